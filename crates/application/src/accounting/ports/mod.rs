//! What the ledger's use cases need from storage, one trait a resource.

pub mod integrity;
pub mod journal_entries;
pub mod ledger;
pub mod ledger_export;
pub mod reports;
