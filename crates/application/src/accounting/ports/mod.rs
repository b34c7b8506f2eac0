//! What the ledger's use cases need from storage, one trait a resource.

pub mod close_checklist;
pub mod fiscal_years;
pub mod imports;
pub mod integrity;
pub mod journal_entries;
pub mod ledger;
pub mod ledger_batch;
pub mod ledger_export;
pub mod locks;
pub mod opening_balances;
pub mod recurring_entries;
pub mod reports;
