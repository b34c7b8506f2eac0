//! The API's answers about the ledger.

pub mod account;
pub mod account_balance;
pub mod close_checklist;
pub mod currency;
pub mod dimension;
pub mod fiscal_year;
pub mod import_result;
pub mod integrity;
pub mod journal;
pub mod journal_entry;
pub mod journal_entry_build;
pub mod ledger_settings;
pub mod lock;
pub mod recurring_entry;
pub mod reports;

use domain::text::LocalizedName;
use serde::Serialize;
use utoipa::ToSchema;

/// A name in Arabic, English or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NameView {
    pub ar: Option<String>,
    pub en: Option<String>,
}

impl From<&LocalizedName> for NameView {
    fn from(name: &LocalizedName) -> Self {
        Self { ar: name.ar().map(str::to_owned), en: name.en().map(str::to_owned) }
    }
}
