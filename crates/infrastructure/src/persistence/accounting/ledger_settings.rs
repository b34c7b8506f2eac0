//! The ledger's settings: [`LedgerSettingsRepository`] and [`LedgerSettingsQueries`] in SQL.

use application::accounting::ports::ledger::LedgerSettings;
use application::accounting::ports::ledger_settings::{LedgerSettingsQueries, LedgerSettingsRepository};
use application::accounting::views::ledger_settings::LedgerSettingsView;
use application::error::AppResult;
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::ids::TenantId;

use super::facts::SETTINGS;
use crate::persistence::SqlUnitOfWork;
use crate::sql::db::Db;
use crate::sql::value::{Row, Value};
use crate::statements;

statements! {
    UPDATE = "accounting.ledger_settings.update":
        "UPDATE ledger_settings SET retained_earnings_account_id = ?2, rounding_account_id = ?3, opening_account_id = ?4, \
         version = ?5 WHERE tenant_id = ?1 AND version = ?5 - 1";
    INSERT = "accounting.ledger_settings.insert":
        "INSERT INTO ledger_settings (tenant_id, retained_earnings_account_id, rounding_account_id, opening_account_id, \
         version) VALUES (?1, ?2, ?3, ?4, ?5)";
}

#[async_trait]
impl LedgerSettingsRepository for SqlUnitOfWork {
    async fn save(&mut self, settings: &LedgerSettings) -> StorageResult<bool> {
        let params: [Value; 5] = [
            self.tenant.into(),
            settings.retained_earnings_account_id.into(),
            settings.rounding_account_id.into(),
            settings.opening_account_id.into(),
            settings.version.into(),
        ];
        if self.tx.execute(&UPDATE, &params).await? == 1 {
            return Ok(true);
        }
        let there = self.tx.find(&SETTINGS, &params[..1]).await?.is_some();
        if there || settings.version != 1 {
            return Ok(false);
        }
        self.tx.execute_one(&INSERT, &params).await?;
        Ok(true)
    }
}

#[async_trait]
impl LedgerSettingsQueries for Db {
    async fn ledger_settings(&self, tenant: TenantId) -> AppResult<LedgerSettingsView> {
        let row = self.find(&SETTINGS, &[tenant.into()]).await?;
        let settings = row.map(read_settings).transpose()?.unwrap_or_default();
        Ok(LedgerSettingsView::from(&settings))
    }
}

pub(crate) fn read_settings(row: Row) -> StorageResult<LedgerSettings> {
    let mut columns = row.columns("ledger_settings");
    Ok(LedgerSettings {
        retained_earnings_account_id: columns.get("retained_earnings_account_id")?,
        rounding_account_id: columns.get("rounding_account_id")?,
        opening_account_id: columns.get("opening_account_id")?,
        version: columns.get("version")?,
    })
}
