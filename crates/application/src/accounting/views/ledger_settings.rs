//! Settings of the ledger and the result of setting it up.

use domain::accounting::ledger_settings::LedgerAccountRole;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::accounting::ports::ledger::LedgerSettings;

/// The accounts that the ledger itself posts to; null where none is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LedgerSettingsView {
    /// The account that takes profit and loss at year close; null when none is set.
    pub retained_earnings_account_id: Option<Uuid>,
    /// The account that takes rounding differences of currency conversion; null when none is set.
    pub rounding_account_id: Option<Uuid>,
    /// The account that balances opening entries; null when none is set.
    pub opening_account_id: Option<Uuid>,
    /// The account that takes realised exchange differences; null when none is set.
    pub exchange_differences_account_id: Option<Uuid>,
    /// The account that takes unrealised exchange differences of revaluation; null when none is set.
    pub unrealised_exchange_account_id: Option<Uuid>,
    /// The account beside the receivables that takes their revaluation; null when none is set.
    pub receivable_revaluation_account_id: Option<Uuid>,
    /// The account beside the payables that takes their revaluation; null when none is set.
    pub payable_revaluation_account_id: Option<Uuid>,
    /// The dimension for each of whose values every entry balances, such as the branch; null when entries balance only as a
    /// whole.
    pub balancing_dimension_id: Option<Uuid>,
    /// The account that takes the other side for each value; null when none is set.
    pub inter_branch_account_id: Option<Uuid>,
    /// The second currency in which reports are shown on request; null when there is none.
    pub reporting_currency: Option<String>,
    /// The rate at which income and expenses are shown in it: `average` or `period_end`.
    pub reporting_income_rate: &'static str,
    /// The equity account under which reports in it show the translation difference; null when none is set.
    pub translation_difference_account_id: Option<Uuid>,
    pub version: i64,
}

impl From<&LedgerSettings> for LedgerSettingsView {
    fn from(settings: &LedgerSettings) -> Self {
        let account = |role| settings.account(role).map(|id| id.uuid());
        Self {
            retained_earnings_account_id: account(LedgerAccountRole::RetainedEarnings),
            rounding_account_id: account(LedgerAccountRole::Rounding),
            opening_account_id: account(LedgerAccountRole::Opening),
            exchange_differences_account_id: account(LedgerAccountRole::ExchangeDifferences),
            unrealised_exchange_account_id: account(LedgerAccountRole::UnrealisedExchange),
            receivable_revaluation_account_id: account(LedgerAccountRole::ReceivableRevaluation),
            payable_revaluation_account_id: account(LedgerAccountRole::PayableRevaluation),
            balancing_dimension_id: settings.balancing_dimension.map(|id| id.uuid()),
            inter_branch_account_id: account(LedgerAccountRole::InterBranch),
            reporting_currency: settings.reporting_currency.map(|code| code.to_string()),
            reporting_income_rate: settings.reporting_income_rate.as_str(),
            translation_difference_account_id: account(LedgerAccountRole::TranslationDifference),
            version: settings.version,
        }
    }
}

/// The number of records of each kind that were created. Existing records stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetupSummary {
    pub template: String,
    pub currencies: u32,
    pub accounts: u32,
    pub number_series: u32,
    pub journals: u32,
    pub dimensions: u32,
    pub tax_codes: u32,
    pub payment_terms: u32,
    pub party_groups: u32,
    pub units: u32,
    pub item_categories: u32,
    pub price_lists: u32,
    pub posting_rules: u32,
    pub report_layouts: u32,
    pub fiscal_years: u32,
    /// The number of empty ledger settings that now name an account.
    pub ledger_settings: u32,
}
