//! The whole ledger as it is stored, for programs that check it independently.

use chrono::NaiveDate;
use domain::accounting::account::AccountType;
use domain::accounting::journal_entry::{EntryHeader, PostedLine};
use domain::ids::{
    AccountId, DimensionId, DimensionSetId, DimensionValueId, JournalEntryId, JournalId, TenantId,
};
use domain::money::{Currency, CurrencyCode};
use domain::text::LocalizedName;
use futures::stream::BoxStream;
use std::collections::BTreeMap;

use crate::error::AppResult;

/// Entries whose posting date lies in the range, both ends included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ExportRange {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// One line of the ledger; the header comes with the first line of its entry.
#[derive(Debug, Clone)]
pub struct ExportedLine {
    pub header: Option<Box<ExportedHeader>>,
    pub line: PostedLine,
}

#[derive(Debug, Clone)]
pub struct ExportedHeader {
    pub entry: EntryHeader,
    pub previous_hash: [u8; 32],
    pub hash: [u8; 32],
    pub reversed_by: Option<JournalEntryId>,
}

/// The books with which lines are written.
#[derive(Debug, Clone)]
pub struct ExportBooks {
    pub company: Currency,
    pub company_name: LocalizedName,
    /// The tenant's currencies, the company's among them.
    pub currencies: BTreeMap<CurrencyCode, Currency>,
    /// The accounts in order of their codes.
    pub accounts: Vec<ExportAccount>,
    pub journals: Vec<(JournalId, String)>,
}

#[derive(Debug, Clone)]
pub struct ExportAccount {
    pub id: AccountId,
    pub code: String,
    pub name: LocalizedName,
    pub account_type: AccountType,
    pub parent_id: Option<AccountId>,
}

/// The dimensions of a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportedSet {
    /// Dimension code to value code, as they are now.
    pub codes: BTreeMap<String, String>,
    /// Dimension id and value id, in order of the dimension ids: what the entry's hash covers.
    pub values: Vec<(DimensionId, DimensionValueId)>,
}

#[async_trait::async_trait]
pub trait LedgerExportQueries: Send + Sync {
    async fn export_books(&self, tenant: TenantId) -> AppResult<ExportBooks>;
    /// Every posted line in order of posting date, entry and line, in batches: one snapshot, flat memory.
    fn export_lines(
        &self,
        tenant: TenantId,
        range: ExportRange,
    ) -> BoxStream<'static, AppResult<Vec<ExportedLine>>>;
    /// The values of one set; sets never change.
    async fn exported_set(&self, tenant: TenantId, set: DimensionSetId) -> AppResult<ExportedSet>;
}
