//! The ledger's settings: [`LedgerSettingsRepository`] and [`LedgerSettingsQueries`] in SQL.

use application::accounting::ports::ledger::LedgerSettings;
use application::accounting::ports::ledger_settings::{LedgerSettingsQueries, LedgerSettingsRepository};
use application::accounting::views::ledger_settings::LedgerSettingsView;
use application::error::AppResult;
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use domain::accounting::ledger_settings::{IncomeRate, LedgerAccountRole, LedgerAccounts};
use domain::ids::TenantId;

use super::facts::SETTINGS;
use crate::persistence::SqlUnitOfWork;
use crate::sql::db::Db;
use crate::sql::value::{Row, Value};
use crate::statements;

/// The column of each role, in the order of [`LedgerAccountRole::ALL`].
const COLUMNS: [(LedgerAccountRole, &str); 9] = [
    (LedgerAccountRole::RetainedEarnings, "retained_earnings_account_id"),
    (LedgerAccountRole::Rounding, "rounding_account_id"),
    (LedgerAccountRole::Opening, "opening_account_id"),
    (LedgerAccountRole::ExchangeDifferences, "exchange_differences_account_id"),
    (LedgerAccountRole::UnrealisedExchange, "unrealised_exchange_account_id"),
    (LedgerAccountRole::ReceivableRevaluation, "receivable_revaluation_account_id"),
    (LedgerAccountRole::PayableRevaluation, "payable_revaluation_account_id"),
    (LedgerAccountRole::InterBranch, "inter_branch_account_id"),
    (LedgerAccountRole::TranslationDifference, "translation_difference_account_id"),
];

statements! {
    UPDATE = "accounting.ledger_settings.update":
        "UPDATE ledger_settings SET retained_earnings_account_id = ?3, rounding_account_id = ?4, opening_account_id = ?5, \
         exchange_differences_account_id = ?6, unrealised_exchange_account_id = ?7, \
         receivable_revaluation_account_id = ?8, payable_revaluation_account_id = ?9, inter_branch_account_id = ?10, \
         translation_difference_account_id = ?11, balancing_dimension_id = ?12, reporting_currency = ?13, \
         reporting_income_rate = ?14, version = ?2 \
         WHERE tenant_id = ?1 AND version = ?2 - 1";
    INSERT = "accounting.ledger_settings.insert":
        "INSERT INTO ledger_settings (tenant_id, version, retained_earnings_account_id, rounding_account_id, \
         opening_account_id, exchange_differences_account_id, unrealised_exchange_account_id, \
         receivable_revaluation_account_id, payable_revaluation_account_id, inter_branch_account_id, \
         translation_difference_account_id, balancing_dimension_id, reporting_currency, reporting_income_rate) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
}

#[async_trait]
impl LedgerSettingsRepository for SqlUnitOfWork {
    async fn save(&mut self, settings: &LedgerSettings) -> StorageResult<bool> {
        let mut params: Vec<Value> = vec![self.tenant.into(), settings.version.into()];
        params.extend(COLUMNS.map(|(role, _)| settings.account(role).into()));
        params.push(settings.balancing_dimension.into());
        params.push(settings.reporting_currency.into());
        params.push(settings.reporting_income_rate.as_str().into());
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

/// What an earlier version wrote has none.
pub(super) fn income_rate(word: Option<String>) -> StorageResult<IncomeRate> {
    let Some(word) = word else { return Ok(IncomeRate::Average) };
    IncomeRate::parse(&word).map_err(|_| StorageError::Internal(format!("income rate {word:?}")))
}

pub(crate) fn read_settings(row: Row) -> StorageResult<LedgerSettings> {
    let mut columns = row.columns("ledger_settings");
    let mut accounts = LedgerAccounts::default();
    for (role, column) in COLUMNS {
        accounts.set(role, columns.get(column)?);
    }
    let balancing_dimension = columns.get("balancing_dimension_id")?;
    let reporting_currency = columns.get("reporting_currency")?;
    let reporting_income_rate = income_rate(columns.get("reporting_income_rate")?)?;
    let version = columns.get("version")?;
    Ok(LedgerSettings { accounts, balancing_dimension, reporting_currency, reporting_income_rate, version })
}
