//! Fiscal years and their periods in storage.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::fiscal_period::FiscalPeriod;
use domain::accounting::fiscal_year::FiscalYear;
use domain::accounting::journal::JournalKind;
use domain::accounting::year_close::RemainingBalance;
use domain::ids::{FiscalPeriodId, FiscalYearId, JournalId, TenantId};

use crate::accounting::views::fiscal_year::{FiscalPeriodView, FiscalYearView};
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

#[async_trait]
pub trait FiscalYearRepository: Send {
    /// Every year of the tenant in order, at most
    /// [`FISCAL_YEARS_MAX`](domain::accounting::fiscal_year::FISCAL_YEARS_MAX). MUST keep other years from being
    /// added or changed until the commit, because their order is checked on what is read here.
    async fn fiscal_years(&mut self) -> StorageResult<Vec<FiscalYear>>;
    /// The periods of a year, by number.
    async fn fiscal_periods(&mut self, year: FiscalYearId) -> StorageResult<Vec<FiscalPeriod>>;
    async fn find_fiscal_period(&mut self, id: FiscalPeriodId) -> StorageResult<Option<FiscalPeriod>>;
    async fn insert_fiscal_year(&mut self, year: &FiscalYear, periods: &[FiscalPeriod]) -> StorageResult<()>;
    /// Saves name and status. MUST answer `false` when the stored version is not `year.version - 1`.
    async fn update_fiscal_year(&mut self, year: &FiscalYear) -> StorageResult<bool>;
    /// Saves the status. MUST answer `false` when the stored version is not `period.version - 1`.
    async fn update_fiscal_period(&mut self, period: &FiscalPeriod) -> StorageResult<bool>;
    /// Deletes a year with its periods. MUST answer `false` when it is at another version.
    async fn delete_fiscal_year(&mut self, id: FiscalYearId, version: i64) -> StorageResult<bool>;
    /// Whether an entry, draft or posted, is dated between the two days.
    async fn has_entries_between(&mut self, from: NaiveDate, to: NaiveDate) -> StorageResult<bool>;
    /// The active journal of a kind; the first by code when there are several.
    async fn journal_of_kind(&mut self, kind: JournalKind) -> StorageResult<Option<JournalId>>;
    /// The balances of income and expense accounts at the end of a year, per dimension set and currency. MUST read
    /// maintained balances only, so that it takes as long for ten million lines as for ten thousand. Years before it
    /// are closed, so there is nothing of theirs in the company currency; foreign amounts that an earlier version
    /// left when it closed them are included. Rows without a balance may be left out.
    async fn remaining_balances(&mut self, year: FiscalYearId) -> StorageResult<Vec<RemainingBalance>>;
    /// How many of a year's periods, or of the one period, have balances whose debits and credits differ (R16).
    async fn periods_out_of_balance(
        &mut self,
        year: FiscalYearId,
        period: Option<FiscalPeriodId>,
    ) -> StorageResult<u32>;
}

/// The fields by which `GET /fiscal-years` filters and sorts.
pub static FISCAL_YEAR_LIST: ListSpec = ListSpec {
    resource: "fiscal_year",
    fields: &[
        FieldSpec::new("id", FieldKind::Id),
        FieldSpec::new("code", FieldKind::Text).sortable(),
        FieldSpec::new("start", FieldKind::Date).sortable(),
        FieldSpec::new("end", FieldKind::Date),
        FieldSpec::new("status", FieldKind::Word(&["open", "closed"])),
    ],
    default_sort: &[("start", Direction::Ascending)],
    expand: &[],
};

/// The fields by which `GET /fiscal-periods` filters and sorts.
pub static FISCAL_PERIOD_LIST: ListSpec = ListSpec {
    resource: "fiscal_period",
    fields: &[
        FieldSpec::new("id", FieldKind::Id),
        FieldSpec::new("fiscalYearId", FieldKind::Id),
        FieldSpec::new("number", FieldKind::Integer).sortable(),
        FieldSpec::new("name", FieldKind::Text),
        FieldSpec::new("start", FieldKind::Date).sortable(),
        FieldSpec::new("end", FieldKind::Date),
        FieldSpec::new("kind", FieldKind::Word(&["regular", "closing"])),
        FieldSpec::new("status", FieldKind::Word(&["open", "closed"])),
    ],
    default_sort: &[("start", Direction::Ascending), ("number", Direction::Ascending)],
    expand: &[],
};

#[async_trait]
pub trait FiscalYearQueries: Send + Sync {
    async fn fiscal_year(&self, tenant: TenantId, id: FiscalYearId) -> AppResult<Option<FiscalYearView>>;
    async fn fiscal_years(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<FiscalYearView>>;
    async fn fiscal_period(
        &self,
        tenant: TenantId,
        id: FiscalPeriodId,
    ) -> AppResult<Option<FiscalPeriodView>>;
    async fn fiscal_periods(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<FiscalPeriodView>>;
}
