//! Distribution runs in storage, and what they distribute.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::distribution::{DistributionKeyId, Held};
use domain::ids::{DimensionId, DimensionValueId, FiscalPeriodId, Id, JournalEntryId, TenantId, UserId};
use domain::money::{Amount, Quantity};
use domain::text::Code;
use domain::time::Timestamp;

use super::views::{DistributionPartView, DistributionRunView};
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

#[derive(Debug)]
pub enum DistributionRun {}
pub type DistributionRunId = Id<DistributionRun>;

/// A run as it is kept; its parts are a document beside it.
#[derive(Debug, Clone)]
pub struct StoredDistribution {
    pub id: DistributionRunId,
    pub key: DistributionKeyId,
    pub key_code: Code,
    pub period: FiscalPeriodId,
    pub date: NaiveDate,
    pub undone: bool,
    /// Its entry is a draft that waits for approval.
    pub waiting: bool,
    pub amount: Amount,
    pub entry: Option<JournalEntryId>,
    pub created_by: Option<UserId>,
    pub created_at: Timestamp,
    pub version: i64,
}

impl StoredDistribution {
    /// The view without parts.
    pub fn view(&self, company_scale: u8) -> DistributionRunView {
        DistributionRunView {
            id: self.id.uuid(),
            key_id: self.key.uuid(),
            key_code: self.key_code.to_string(),
            fiscal_period_id: self.period.uuid(),
            date: self.date,
            status: match (self.undone, self.waiting) {
                (true, _) => "undone",
                (false, true) => "pending_approval",
                (false, false) => "posted",
            },
            amount: self.amount.display(company_scale),
            entry_id: self.entry.map(|id| id.uuid()),
            created_by: self.created_by.map(|id| id.uuid()),
            created_at: self.created_at.to_string(),
            version: self.version,
            parts: None,
            warnings: Vec::new(),
        }
    }
}

#[async_trait]
pub trait DistributionRepository: Send {
    /// What the accounts with these codes gathered in a period in the company currency, by account and combination of dimension
    /// values. MUST include what this unit of work posted.
    async fn held_in_period(
        &mut self,
        period: FiscalPeriodId,
        codes: (&Code, &Code),
    ) -> StorageResult<Vec<Held>>;
    /// The latest figure of each value of a dimension on a day.
    async fn figures(
        &mut self,
        measure: &Code,
        dimension: DimensionId,
        on: NaiveDate,
    ) -> StorageResult<BTreeMap<DimensionValueId, Quantity>>;
    /// Whether there is a figure of the measure and value on exactly this day.
    async fn figure_on(
        &mut self,
        measure: &Code,
        value: DimensionValueId,
        date: NaiveDate,
    ) -> StorageResult<bool>;
    /// The run of a key for a period that was not undone.
    async fn run_of(
        &mut self,
        key: DistributionKeyId,
        period: FiscalPeriodId,
    ) -> StorageResult<Option<DistributionRunId>>;
    async fn find_run(&mut self, id: DistributionRunId) -> StorageResult<Option<StoredDistribution>>;
    async fn insert_run(
        &mut self,
        run: &StoredDistribution,
        parts: &[DistributionPartView],
    ) -> StorageResult<()>;
    /// MUST answer `false` when the run is at another version, or undone.
    async fn mark_undone(&mut self, id: DistributionRunId, version: i64) -> StorageResult<bool>;
}

/// The fields by which `GET /distribution-runs` filters and sorts.
pub static DISTRIBUTION_RUN_LIST: ListSpec = ListSpec {
    resource: "distribution_run",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("keyId", FieldKind::Id),
        FieldSpec::new("fiscalPeriodId", FieldKind::Id),
        FieldSpec::new("date", FieldKind::Date).sortable(),
        FieldSpec::new("status", FieldKind::Word(&["posted", "pending_approval", "undone"])),
    ],
    default_sort: &[("date", Direction::Descending)],
    expand: &[],
};

#[async_trait]
pub trait DistributionQueries: Send + Sync {
    async fn distribution_run(
        &self,
        tenant: TenantId,
        id: DistributionRunId,
    ) -> AppResult<Option<DistributionRunView>>;
    async fn distribution_runs(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<DistributionRunView>>;
}
