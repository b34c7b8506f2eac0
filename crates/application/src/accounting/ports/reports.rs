//! The data of statements: the calendar, the chart, sums per account and the lines behind them.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::account::{AccountType, CashFlowActivity, ControlKind};
use domain::accounting::fiscal_period::FiscalPeriodKind;
use domain::accounting::ledger_settings::IncomeRate;
use domain::accounting::report_layout::ReportLayout;
use domain::ids::{AccountId, DimensionId, DimensionValueId, JournalEntryId, TenantId};
use domain::money::{Amount, Currency, CurrencyCode, Rate};
use domain::text::LocalizedName;
use domain::time::Timestamp;
use futures::stream::BoxStream;

use crate::error::AppResult;

/// The company currency, and which days belong to which year and period.
#[derive(Debug, Clone)]
pub struct Calendar {
    pub company: Currency,
    pub company_name: LocalizedName,
    /// The tenant's currencies with their decimals, the company's among them.
    pub currencies: BTreeMap<CurrencyCode, Currency>,
    /// The fiscal years in order of their start.
    pub years: Vec<DateSpan>,
    /// Periods of all years, the closing ones too, in order of their start.
    pub periods: Vec<PeriodSpan>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateSpan {
    pub start: NaiveDate,
    pub end: NaiveDate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodSpan {
    pub span: DateSpan,
    pub kind: FiscalPeriodKind,
}

/// An account as statements need it.
#[derive(Debug, Clone)]
pub struct ChartAccount {
    pub id: AccountId,
    pub code: String,
    pub name: LocalizedName,
    pub account_type: AccountType,
    pub parent_id: Option<AccountId>,
    pub is_posting: bool,
    pub control: ControlKind,
    pub cash_flow: CashFlowActivity,
}

/// Lines of one currency, and with values of some dimensions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerFilter {
    /// Amounts are then in this currency, not in the company's.
    pub currency: Option<CurrencyCode>,
    /// All of them must hold.
    pub dimensions: Vec<DimensionSelection>,
}

/// Lines whose value of one dimension is among these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DimensionSelection {
    pub dimension: DimensionId,
    pub values: Vec<DimensionValueId>,
}

/// How a sum treats opening balances and their reversals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Openings {
    /// Like any other entry.
    #[default]
    Counted,
    LeftOut,
    /// Nothing else.
    Alone,
}

/// A range of posting dates, both ends included; an absent end is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// Leave out the closing periods that end on or after this day (R12).
    pub closing_excluded_from: Option<NaiveDate>,
    pub openings: Openings,
}

impl Bucket {
    pub fn new(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Self {
        Self { from, to, closing_excluded_from: None, openings: Openings::Counted }
    }
    /// Leaves out the closing entries dated `from` or later.
    #[must_use]
    pub fn without_closing_from(mut self, from: Option<NaiveDate>) -> Self {
        self.closing_excluded_from = from;
        self
    }
    /// Movements only, without the opening balances, which were there before.
    #[must_use]
    pub fn without_openings(self) -> Self {
        Self { openings: Openings::LeftOut, ..self }
    }
    /// The opening balances dated within the range. Reports over the range begin with them.
    pub fn of_openings(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Self {
        Self { openings: Openings::Alone, ..Self::new(from, to) }
    }
}

/// Which sums are wanted. All of them come from one snapshot of the books.
#[derive(Debug, Clone, Default)]
pub struct MovementQuery {
    pub buckets: Vec<Bucket>,
    pub filter: LedgerFilter,
    /// Only what was recorded up to this moment (R10); then every line is read, otherwise maintained balances are.
    pub known_at: Option<Timestamp>,
    /// Beside the sums of a bucket also those of each value of this dimension.
    pub group: Option<DimensionId>,
    /// Also the sums of the control accounts' lines per party, up to this day.
    pub parties: Option<Bucket>,
    /// The last day of a report in another currency: its sums come apart by the days whose rates they have, and with those of
    /// [`Movements::periods`].
    pub translated_through: Option<NaiveDate>,
}

/// Sums of one account in one bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// Index into [`MovementQuery::buckets`].
    pub bucket: usize,
    pub account: AccountId,
    /// The value of the grouping dimension; `None` is the whole bucket.
    pub group: Option<DimensionValueId>,
    pub debit: Amount,
    pub credit: Amount,
    /// With `translated_through`: the first day of the period in which income and expenses moved, the day on which equity did;
    /// `None` for assets and liabilities.
    pub on: Option<NaiveDate>,
    /// With `translated_through`: whether entries that close a year moved the income, expenses or equity.
    pub closing: bool,
}

/// Sums of one control account's lines for one party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyMovement {
    pub account: AccountId,
    pub party: Option<String>,
    pub debit: Amount,
    pub credit: Amount,
}

#[derive(Debug, Clone, Default)]
pub struct Movements {
    pub sums: Vec<Movement>,
    pub parties: Vec<PartyMovement>,
    /// What income and expense accounts moved in each regular period, so that closing entries move on as much.
    pub periods: Vec<Movement>,
    /// The last moment recorded in the snapshot they were read from; `None` when nothing is posted.
    pub recorded_through: Option<Timestamp>,
}

/// The position of a line in the ledger of its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineKey {
    pub posting_date: NaiveDate,
    pub entry_id: JournalEntryId,
    pub line_no: u32,
}

/// Which lines the general ledger shows.
#[derive(Debug, Clone, Default)]
pub struct LineSelection {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub filter: LedgerFilter,
    pub known_at: Option<Timestamp>,
    pub closing_excluded_from: Option<NaiveDate>,
    /// Leave out opening balances and their reversals.
    pub without_openings: bool,
    /// One account; `None` is all, in order of their codes.
    pub account: Option<AccountId>,
}

/// The lines whose amounts make up a figure of a statement.
#[derive(Debug, Clone)]
pub struct FigureSelection {
    /// Accounts whose lines before `from` count, with opening entries of the range.
    pub opening: Vec<AccountId>,
    /// Accounts whose lines of the range count, without opening entries.
    pub movement: Vec<AccountId>,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub filter: LedgerFilter,
    /// Only lines that have no value of this dimension.
    pub without: Option<DimensionId>,
    pub known_at: Option<Timestamp>,
    /// Leave lines of the range out that stand in closing periods which end on or after this day.
    pub closing_excluded_from: Option<NaiveDate>,
}

/// A line of a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureRow {
    pub row: GeneralLedgerRow,
    /// Whether it counts as opening, not as a movement of the range.
    pub is_opening: bool,
}

/// A line of the general ledger. `debit` and `credit` are in the company currency, unless the filter names another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneralLedgerRow {
    pub account: AccountId,
    pub key: LineKey,
    pub journal: String,
    pub number: String,
    /// The line's, or the entry's where the line has none.
    pub description: Option<String>,
    pub party: Option<String>,
    pub reference: Option<String>,
    pub debit: Amount,
    pub credit: Amount,
    pub currency: CurrencyCode,
    pub currency_debit: Amount,
    pub currency_credit: Amount,
    pub rate: Rate,
    /// Codes of dimensions and of the line's values.
    pub dimensions: BTreeMap<String, String>,
}

/// A dimension with every value of it, for filters and columns.
#[derive(Debug, Clone)]
pub struct DimensionTree {
    pub id: DimensionId,
    pub code: String,
    pub values: Vec<DimensionNode>,
}

#[derive(Debug, Clone)]
pub struct DimensionNode {
    pub id: DimensionValueId,
    pub code: String,
    pub name: LocalizedName,
    pub parent_id: Option<DimensionValueId>,
}

/// The second currency in which a tenant sees its reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportingCurrency {
    pub currency: CurrencyCode,
    pub income_rate: IncomeRate,
    /// The account that shows what translation leaves over.
    pub difference: AccountId,
    /// Company units for one unit of the currency, each from its day on, in order of the days.
    pub rates: Vec<(NaiveDate, Rate)>,
}

impl ReportingCurrency {
    /// The rate in force on a day.
    pub fn rate_on(&self, day: NaiveDate) -> Option<Rate> {
        let after = self.rates.partition_point(|(from, _)| *from <= day);
        after.checked_sub(1).and_then(|last| self.rates.get(last)).map(|(_, rate)| *rate)
    }
}

#[async_trait]
pub trait ReportQueries: Send + Sync {
    async fn calendar(&self, tenant: TenantId) -> AppResult<Calendar>;
    /// Every account, in order of its code; as the chart was at `known_at`, if that is given.
    async fn chart(&self, tenant: TenantId, known_at: Option<Timestamp>) -> AppResult<Vec<ChartAccount>>;
    /// `None` when there is no such dimension.
    async fn dimension(&self, tenant: TenantId, code: &str) -> AppResult<Option<DimensionTree>>;
    /// `None` when there is no such layout.
    async fn layout(&self, tenant: TenantId, code: &str) -> AppResult<Option<ReportLayout>>;
    /// `None` when the tenant has no second currency.
    async fn reporting_currency(&self, tenant: TenantId) -> AppResult<Option<ReportingCurrency>>;
    /// MUST read maintained balances, and lines only for the partial periods at either end of a range that is
    /// filtered by dimension or for equity of a translated report, unless `known_at` is given. Accounts without postings are absent.
    async fn movements(&self, tenant: TenantId, query: &MovementQuery) -> AppResult<Movements>;
    /// The next lines of one account after a key, in order of date, entry and line.
    async fn account_lines(
        &self,
        tenant: TenantId,
        account: AccountId,
        selection: &LineSelection,
        after: Option<LineKey>,
        limit: u32,
    ) -> AppResult<Vec<GeneralLedgerRow>>;
    /// The next lines of a figure after a line of the account with a code, in order of account code, date, entry and line.
    async fn figure_lines(
        &self,
        tenant: TenantId,
        selection: &FigureSelection,
        after: Option<(&str, LineKey)>,
        limit: u32,
    ) -> AppResult<Vec<FigureRow>>;
    /// All lines in order of account code, date, entry and line: one snapshot, flat memory.
    fn stream_lines(
        &self,
        tenant: TenantId,
        selection: &LineSelection,
    ) -> BoxStream<'static, AppResult<GeneralLedgerRow>>;
}
