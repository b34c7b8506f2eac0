//! Settings of the ledger and the result of setting it up.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::accounting::ports::ledger::LedgerSettings;

/// The accounts the ledger itself posts to; null where none is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LedgerSettingsView {
    /// Takes profit and loss at year close.
    pub retained_earnings_account_id: Option<Uuid>,
    /// Takes what conversion leaves over.
    pub rounding_account_id: Option<Uuid>,
    /// Balances opening entries.
    pub opening_account_id: Option<Uuid>,
    pub version: i64,
}

impl From<&LedgerSettings> for LedgerSettingsView {
    fn from(settings: &LedgerSettings) -> Self {
        Self {
            retained_earnings_account_id: settings.retained_earnings_account_id.map(|id| id.uuid()),
            rounding_account_id: settings.rounding_account_id.map(|id| id.uuid()),
            opening_account_id: settings.opening_account_id.map(|id| id.uuid()),
            version: settings.version,
        }
    }
}

/// How many of each were created; what was there already is left as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetupSummary {
    pub template: String,
    pub currencies: u32,
    pub accounts: u32,
    pub number_series: u32,
    pub journals: u32,
    pub dimensions: u32,
    pub fiscal_years: u32,
    /// Ledger settings that were empty and now name an account.
    pub ledger_settings: u32,
}
