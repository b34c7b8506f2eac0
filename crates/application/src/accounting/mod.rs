//! The general ledger: commands, ports and views. One command a file; a pure read has none.

pub mod copy_journal_entry;
pub mod create_journal_entry;
pub mod delete_journal_entry;
pub mod entry_input;
pub mod error;
pub mod integrity;
pub mod ledger_export;
pub mod ports;
pub mod post_journal_entry;
pub mod posting;
pub mod reports;
pub mod reverse_journal_entry;
pub mod update_journal_entry;
pub mod views;
