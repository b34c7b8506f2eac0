//! What names an account and is not posted, in storage, so that it can name another one.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::year_close::RemainingBalance;
use domain::ids::AccountId;
use uuid::Uuid;

use crate::ports::storage_error::StorageResult;

domain::choices! {
    /// Where accounts are named in texts.
    pub enum NamingKind {
        JournalEntry = "journal-entries",
        RecurringEntry = "recurring-entries",
        DistributionKey = "distribution-keys",
        Document = "documents",
        RecurringInvoice = "recurring-invoices",
    }
}

/// A record whose texts are JSON in which an account may be named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamingRecord {
    pub kind: NamingKind,
    pub id: Uuid,
    pub texts: Vec<String>,
}

#[async_trait]
pub trait AccountMergeRepository: Send {
    /// What the account holds in every currency and combination of dimension values, over all days.
    async fn held_balances(&mut self, account: AccountId) -> StorageResult<Vec<RemainingBalance>>;
    async fn last_posting(&mut self, account: AccountId) -> StorageResult<Option<NaiveDate>>;
    async fn has_open_lines(&mut self, account: AccountId) -> StorageResult<bool>;
    /// Whether an entry that waits for approval names the account.
    async fn awaits_approval(&mut self, account: AccountId) -> StorageResult<bool>;
    /// Records that are not posted and whose texts hold the id or the code of the account as JSON strings, at most `max`. The
    /// code may be there for another reason.
    async fn naming_records(
        &mut self,
        account: AccountId,
        code: &str,
        max: i64,
    ) -> StorageResult<Vec<NamingRecord>>;
    /// Replaces the texts of a record, one version later.
    async fn rewrite(&mut self, record: &NamingRecord) -> StorageResult<()>;
    /// Gives rows that name an account in a column to another one, and answers how many of each resource there were. Of two rows that
    /// then say the same, that of `into` stays; amounts of budgets are added.
    async fn rename_rows(
        &mut self,
        from: AccountId,
        into: AccountId,
    ) -> StorageResult<Vec<(&'static str, u64)>>;
}
