//! [`OpeningBalanceRepository`] and [`OpeningBalanceQueries`] in SQL.

use application::accounting::ports::journal_entries::JournalEntryQueries;
use application::accounting::ports::opening_balances::{OpeningBalanceQueries, OpeningBalanceRepository};
use application::accounting::views::journal_entry::JournalEntryView;
use application::error::AppResult;
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::ids::{JournalEntryId, TenantId};

use crate::persistence::SqlUnitOfWork;
use crate::sql::db::Db;
use crate::statements;

statements! {
    // The condition is that of the unique index `uq_journal_entry_opening`, so that it is found there.
    CURRENT = "accounting.journal_entry.opening":
        "SELECT id, number FROM journal_entry WHERE tenant_id = ?1 AND kind = 'opening' AND status = 'posted'";
}

#[async_trait]
impl OpeningBalanceRepository for SqlUnitOfWork {
    async fn current_opening_entry(&mut self) -> StorageResult<Option<(JournalEntryId, String)>> {
        let Some(row) = self.tx.find(&CURRENT, &[self.tenant.into()]).await? else { return Ok(None) };
        let mut columns = row.columns("journal_entry");
        Ok(Some((columns.get("id")?, columns.get("number")?)))
    }
}

#[async_trait]
impl OpeningBalanceQueries for Db {
    async fn opening_balances(&self, tenant: TenantId) -> AppResult<Option<JournalEntryView>> {
        let Some(row) = self.find(&CURRENT, &[tenant.into()]).await? else { return Ok(None) };
        let id = row.columns("journal_entry").get("id")?;
        self.journal_entry(tenant, id).await
    }
}
