//! The reads and writes of posting: the facts that decide, balances, numbers, the hash chain, entries and their lines.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::account::AccountFacts;
use domain::accounting::dimension::{DimensionCombination, DimensionTree};
use domain::accounting::fiscal_period::{FiscalPeriodKind, PeriodFacts};
use domain::accounting::journal::Journal;
use domain::accounting::journal_entry::{PostedEntry, ValidatedEntry};
use domain::accounting::ledger_settings::{IncomeRate, LedgerAccountRole, LedgerAccounts};
use domain::accounting::number_series::NumberSeries;
use domain::ids::{
    AccountId, DimensionId, DimensionSetId, DimensionValueId, JournalId, NumberSeriesId, UserId,
};
use domain::money::{Currency, CurrencyCode, Rate};
use domain::tax::by_hand::HandTax;
use domain::text::LocalizedName;

use super::books::Books;
use super::journal_entries::EntryMeta;
use crate::ports::storage_error::StorageResult;

#[derive(Debug, Clone)]
pub struct JournalFacts {
    pub journal: Journal,
    pub series: NumberSeries,
}

/// The accounts the ledger itself posts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerSettings {
    pub accounts: LedgerAccounts,
    /// The dimension for each of whose values every entry balances.
    pub balancing_dimension: Option<DimensionId>,
    /// The second currency in which reports are shown on request.
    pub reporting_currency: Option<CurrencyCode>,
    pub reporting_income_rate: IncomeRate,
    pub version: i64,
}

impl Default for LedgerSettings {
    fn default() -> Self {
        Self {
            accounts: LedgerAccounts::default(),
            balancing_dimension: None,
            reporting_currency: None,
            reporting_income_rate: IncomeRate::Average,
            version: 0,
        }
    }
}

impl LedgerSettings {
    pub const fn account(&self, role: LedgerAccountRole) -> Option<AccountId> {
        self.accounts.get(role)
    }
}

/// An account as an entry's lines name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountName {
    pub code: String,
    pub name: LocalizedName,
}

/// Accounts by their ids or by their codes.
#[derive(Debug, Clone, Copy)]
pub enum AccountKeys<'a> {
    Ids(&'a BTreeSet<AccountId>),
    Codes(&'a BTreeSet<String>),
}

/// A journal by its id or by its code.
#[derive(Debug, Clone, Copy)]
pub enum JournalKey<'a> {
    Id(JournalId),
    Code(&'a str),
}

/// The first and the last of some days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    pub first: NaiveDate,
    pub last: NaiveDate,
}

impl Days {
    pub fn of(dates: impl Iterator<Item = NaiveDate>) -> Option<Self> {
        dates.fold(None, |days: Option<Self>, date| match days {
            Some(days) => Some(Self { first: days.first.min(date), last: days.last.max(date) }),
            None => Some(Self { first: date, last: date }),
        })
    }

    pub fn cover(&self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }
}

/// A fiscal period with the code of its year.
#[derive(Debug, Clone)]
pub struct FoundPeriod {
    pub period: PeriodFacts,
    pub year: String,
}

/// A dimension set: its values by id, as the hash has them, and by code, as they are shown.
#[derive(Debug, Clone, Default)]
pub struct FoundSet {
    pub combination: DimensionCombination,
    pub codes: SetCodes,
}

/// The values of a dimension set: dimension code to value code.
pub type SetCodes = BTreeMap<String, String>;

/// The end of a journal's hash chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHead {
    pub sequence: i64,
    pub hash: [u8; 32],
}

/// A series in one of its periods, which is what counts.
pub type CounterKey = (NumberSeriesId, String);

/// The numbers that were taken, and where the chains of the journals end.
#[derive(Debug, Default)]
pub struct Taken {
    /// The number given last before those taken now.
    pub last_numbers: BTreeMap<CounterKey, i64>,
    pub heads: BTreeMap<JournalId, ChainHead>,
}

/// An entry as it is written.
#[derive(Debug)]
pub struct EntryToWrite {
    pub entry: PostedEntry,
    pub meta: EntryMeta,
    /// The version of the draft that it was, if one is stored, as read in this unit of work.
    pub draft_version: Option<i64>,
    /// The VAT that a manual journal entry declares.
    pub taxes: Vec<HandTax>,
}

#[async_trait]
pub trait LedgerRepository: Send {
    /// The facts that every entry finds; nothing yet of what entries name.
    async fn books(&mut self, user: Option<UserId>) -> StorageResult<Books>;
    async fn settings(&mut self) -> StorageResult<LedgerSettings>;
    /// The tenant's own currency.
    async fn company_currency(&mut self) -> StorageResult<Currency>;
    /// Currencies of the tenant with whether they are active; those that are not set up are absent.
    async fn currencies(&mut self, codes: &BTreeSet<CurrencyCode>) -> StorageResult<Vec<(Currency, bool)>>;
    async fn accounts(&mut self, keys: AccountKeys<'_>) -> StorageResult<Vec<(AccountFacts, LocalizedName)>>;
    async fn journal(&mut self, key: JournalKey<'_>) -> StorageResult<Option<JournalFacts>>;
    /// The periods of a kind that have any of the days, in the order of their dates.
    async fn periods(&mut self, kind: FiscalPeriodKind, days: Days) -> StorageResult<Vec<FoundPeriod>>;
    /// The rates in force on any of the days, in the order of their dates.
    async fn rates(&mut self, currency: CurrencyCode, days: Days) -> StorageResult<Vec<(NaiveDate, Rate)>>;
    /// Adds to `tree` how values lie, and with `upwards` what lies above them.
    async fn add_to_tree(
        &mut self,
        tree: &mut DimensionTree,
        values: &BTreeSet<DimensionValueId>,
        upwards: bool,
    ) -> StorageResult<()>;

    /// Adds the lines to the maintained balances of their period and day. May be kept until the command ends; a
    /// balance read in the same unit of work MUST include it.
    async fn add_to_balances(&mut self, entry: &ValidatedEntry) -> StorageResult<()>;
    /// Takes so many numbers of each counter, without gaps (R14), in the order given, then reads the ends of the chains
    /// (R5). All of them stay locked until the commit, so this comes when nothing can be refused any more.
    async fn take_numbers(
        &mut self,
        counts: &BTreeMap<CounterKey, i64>,
        journals: &BTreeSet<JournalId>,
    ) -> StorageResult<Taken>;
    /// Writes headers and lines of posted entries.
    async fn write_entries(&mut self, entries: &[EntryToWrite]) -> StorageResult<()>;
    /// Moves the end of a chain. MUST fail when it is not at `from` any more.
    async fn move_chain(&mut self, journal: JournalId, from: ChainHead, to: ChainHead) -> StorageResult<()>;

    async fn accounts_by_code(
        &mut self,
        codes: &BTreeSet<String>,
    ) -> StorageResult<HashMap<String, AccountId>>;
    async fn account_names(
        &mut self,
        ids: &BTreeSet<AccountId>,
    ) -> StorageResult<HashMap<AccountId, AccountName>>;

    /// Dimension and value ids for pairs of codes; pairs that do not exist or are inactive are absent.
    async fn dimension_values(
        &mut self,
        pairs: &BTreeSet<(String, String)>,
    ) -> StorageResult<HashMap<(String, String), DimensionPair>>;
    /// The stored set of a combination; stores it when it is new.
    async fn dimension_set(&mut self, combination: &DimensionCombination) -> StorageResult<DimensionSetId>;
    /// The values of each set; sets without any are absent.
    async fn dimension_sets(
        &mut self,
        sets: &BTreeSet<DimensionSetId>,
    ) -> StorageResult<HashMap<DimensionSetId, FoundSet>>;
}

/// A dimension with one of its values.
pub type DimensionPair = (DimensionId, DimensionValueId);
