//! What the ledger's use cases need from storage, one trait a resource.

pub mod accounts;
pub mod currencies;
pub mod dimension_rules;
pub mod dimensions;
pub mod exchange_rates;
pub mod journal_entries;
pub mod journals;
pub mod ledger;
pub mod ledger_settings;
pub mod number_series;
pub mod setup;
pub mod stored;
