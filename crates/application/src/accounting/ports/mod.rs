//! The storage that the ledger's use cases need, one trait a resource.

pub mod account_merge;
pub mod accounts;
pub mod books;
pub mod close_checklist;
pub mod dimension_rules;
pub mod dimensions;
pub mod exchange_rates;
pub mod fiscal_years;
pub mod imports;
pub mod integrity;
pub mod integrity_evidence;
pub mod journal_entries;
pub mod ledger;
pub mod ledger_export;
pub mod ledger_settings;
pub mod locks;
pub mod number_series;
pub mod opening_balances;
pub mod posting_rules;
pub mod recurring;
pub mod recurring_entries;
pub mod reports;
