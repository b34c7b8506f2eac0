//! What setting up a new ledger needs beside the repositories of its resources.

use async_trait::async_trait;
use domain::accounting::fiscal_year::{FiscalYear, FiscalYearDraft};
use domain::ids::FiscalYearId;

use crate::ports::storage_error::StorageResult;

#[async_trait]
pub trait SetupRepository: Send {
    /// All fiscal years, from the earliest.
    async fn fiscal_years(&mut self) -> StorageResult<Vec<FiscalYear>>;
    /// Stores a year and its periods, all open.
    async fn insert_fiscal_year(&mut self, year: &FiscalYearDraft) -> StorageResult<FiscalYearId>;
    /// Whether there is any entry, draft or posted.
    async fn has_entries(&mut self) -> StorageResult<bool>;
}
