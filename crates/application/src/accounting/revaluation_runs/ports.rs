//! Revaluation runs in storage, and the balances that they value.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::account::ControlKind;
use domain::accounting::revaluation::ForeignBalance;
use domain::ids::{Id, JournalEntryId, TenantId, UserId};
use domain::money::{Amount, CurrencyCode};
use domain::time::Timestamp;

use super::views::{RevaluationLineView, RevaluationRunView};
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

#[derive(Debug)]
pub enum RevaluationRun {}
pub type RevaluationRunId = Id<RevaluationRun>;

/// A run as it is kept; its lines are a document beside it.
#[derive(Debug, Clone)]
pub struct StoredRun {
    pub id: RevaluationRunId,
    pub date: NaiveDate,
    pub undone: bool,
    pub difference: Amount,
    pub entry: Option<JournalEntryId>,
    pub mirror_entry: Option<JournalEntryId>,
    pub line_count: u32,
    pub created_by: Option<UserId>,
    pub created_at: Timestamp,
    pub version: i64,
}

impl StoredRun {
    /// The view without lines.
    pub fn view(&self, company_scale: u8) -> RevaluationRunView {
        RevaluationRunView {
            id: self.id.uuid(),
            date: self.date,
            status: if self.undone { "undone" } else { "posted" },
            difference: self.difference.display(company_scale),
            entry_id: self.entry.map(|id| id.uuid()),
            mirror_entry_id: self.mirror_entry.map(|id| id.uuid()),
            line_count: self.line_count,
            created_by: self.created_by.map(|id| id.uuid()),
            created_at: self.created_at.to_string(),
            version: self.version,
            lines: None,
            warnings: Vec::new(),
        }
    }
}

/// The balance of an account that is neither receivable nor payable.
#[derive(Debug, Clone)]
pub struct AccountBalance {
    pub balance: ForeignBalance,
    pub code: String,
    /// It is cash, or kept in one foreign currency: valued without being asked for.
    pub monetary: bool,
}

#[async_trait]
pub trait RevaluationRepository: Send {
    /// The items in foreign currencies that were open on a day, at most `max`.
    async fn foreign_items(
        &mut self,
        control: ControlKind,
        on: NaiveDate,
        company: CurrencyCode,
        max: i64,
    ) -> StorageResult<Vec<ForeignBalance>>;
    /// The foreign currency balances, on a day, of asset and liability accounts without control kind.
    async fn foreign_balances(
        &mut self,
        on: NaiveDate,
        company: CurrencyCode,
    ) -> StorageResult<Vec<AccountBalance>>;
    /// The run of a day that was not undone.
    async fn run_on(&mut self, date: NaiveDate) -> StorageResult<Option<RevaluationRunId>>;
    async fn find_run(&mut self, id: RevaluationRunId) -> StorageResult<Option<StoredRun>>;
    async fn insert_run(&mut self, run: &StoredRun, lines: &[RevaluationLineView]) -> StorageResult<()>;
    /// MUST answer `false` when the run is at another version, or undone.
    async fn mark_undone(&mut self, id: RevaluationRunId, version: i64) -> StorageResult<bool>;
}

/// The fields by which `GET /revaluation-runs` filters and sorts.
pub static REVALUATION_RUN_LIST: ListSpec = ListSpec {
    resource: "revaluation_run",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("date", FieldKind::Date).sortable(),
        FieldSpec::new("status", FieldKind::Word(&["posted", "undone"])),
    ],
    default_sort: &[("date", Direction::Descending)],
    expand: &[],
};

#[async_trait]
pub trait RevaluationQueries: Send + Sync {
    async fn revaluation_run(
        &self,
        tenant: TenantId,
        id: RevaluationRunId,
    ) -> AppResult<Option<RevaluationRunView>>;
    async fn revaluation_runs(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<RevaluationRunView>>;
}
