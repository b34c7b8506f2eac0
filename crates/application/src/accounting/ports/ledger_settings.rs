//! The ledger's settings in storage; they are read with [`LedgerRepository::settings`](super::ledger::LedgerRepository::settings).

use async_trait::async_trait;
use domain::ids::TenantId;

use super::ledger::LedgerSettings;
use crate::accounting::views::ledger_settings::LedgerSettingsView;
use crate::error::AppResult;
use crate::ports::storage_error::StorageResult;

#[async_trait]
pub trait LedgerSettingsRepository: Send {
    /// Replaces the settings stored at `settings.version - 1`; version 0 is that of settings never saved. MUST answer
    /// `false` when they are at another.
    async fn save(&mut self, settings: &LedgerSettings) -> StorageResult<bool>;
}

#[async_trait]
pub trait LedgerSettingsQueries: Send + Sync {
    async fn ledger_settings(&self, tenant: TenantId) -> AppResult<LedgerSettingsView>;
}
