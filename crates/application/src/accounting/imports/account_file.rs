//! A file of accounts as read: parents not resolved yet.

use domain::accounting::account::{AccountType, CashFlowActivity, ControlKind};
use domain::money::CurrencyCode;
use domain::text::{Code, LocalizedName};

use super::cells::Place;
use super::row_errors::RowErrors;

#[derive(Debug, Clone, Default)]
pub struct AccountFile {
    pub(super) accounts: Vec<FileAccount>,
    pub(super) errors: RowErrors,
}

/// One row. `None` stands for an empty cell or no column: an existing account keeps its value, a new one gets the
/// default.
#[derive(Debug, Clone)]
pub struct FileAccount {
    pub place: Place,
    pub code: Code,
    pub name: LocalizedName,
    pub account_type: AccountType,
    /// The code of the heading above.
    pub parent: Option<String>,
    pub subtype: Option<String>,
    pub currency: Option<CurrencyCode>,
    pub is_posting: Option<bool>,
    pub control: Option<ControlKind>,
    pub cash_flow: Option<CashFlowActivity>,
    pub active: Option<bool>,
    pub reconcilable: Option<bool>,
    /// Codes of dimensions and of their values.
    pub default_dimensions: Option<Vec<(String, String)>>,
}
