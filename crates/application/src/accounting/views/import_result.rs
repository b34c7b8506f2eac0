//! What an import did.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What an import did, or with `dryRun` would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportResultView {
    /// `accounts`, `journal-entries` or `opening-balances`.
    pub r#type: String,
    /// Everything was checked and nothing was kept.
    pub dry_run: bool,
    /// The entries are posted; otherwise they are drafts.
    pub posted: bool,
    pub entries: u64,
    pub lines: u64,
    /// Accounts that were created.
    pub accounts: u64,
    /// Accounts that were changed, with `update=true`.
    pub accounts_updated: u64,
    /// Rows that changed nothing: accounts that are there already, opening balances of zero.
    pub skipped: u64,
    /// Codes of the dimensions that were created.
    pub dimensions: Vec<String>,
    /// How many dimension values were created.
    pub dimension_values: u64,
    /// How many fiscal years were created.
    pub fiscal_years: u64,
    /// Of journal entries: what a later import of the same entries is told; also the id of its job.
    pub import_id: Option<Uuid>,
    /// The legal number of the first entry posted; null in a dry run, since another entry may take it before.
    pub first_number: Option<String>,
    pub last_number: Option<String>,
}
