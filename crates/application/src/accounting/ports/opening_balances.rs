//! The tenant's opening entry in storage.

use async_trait::async_trait;
use domain::ids::{JournalEntryId, TenantId};

use crate::accounting::views::journal_entry::JournalEntryView;
use crate::error::AppResult;
use crate::ports::storage_error::StorageResult;

#[async_trait]
pub trait OpeningBalanceRepository: Send {
    /// The opening entry that is posted and not reversed, with its number. Storage MUST hold at most one.
    async fn current_opening_entry(&mut self) -> StorageResult<Option<(JournalEntryId, String)>>;
}

#[async_trait]
pub trait OpeningBalanceQueries: Send + Sync {
    async fn opening_balances(&self, tenant: TenantId) -> AppResult<Option<JournalEntryView>>;
}
