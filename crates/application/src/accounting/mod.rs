//! The general ledger: commands, ports and views. One command a file; a pure read has none.

pub mod close_checklist;
pub mod copy_journal_entry;
pub mod create_journal_entry;
pub mod delete_journal_entry;
pub mod entry_input;
pub mod error;
pub mod fiscal_periods;
pub mod fiscal_years;
pub mod imports;
pub mod integrity;
pub mod ledger_export;
pub mod lock_exceptions;
pub mod locks;
pub mod opening_balances;
pub mod ports;
pub mod post_journal_entry;
pub mod posting;
pub mod posting_session;
pub mod recurring_entries;
pub mod reports;
pub mod reverse_journal_entry;
pub mod update_journal_entry;
pub mod views;
