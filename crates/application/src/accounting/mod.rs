//! The general ledger: commands, ports and views. One command a file; a pure read has none.

pub mod accounts;
pub mod changes;
pub mod copy_journal_entry;
pub mod create_journal_entry;
pub mod currencies;
pub mod delete_journal_entry;
pub mod dimension_rules;
pub mod dimensions;
pub mod entry_input;
pub mod error;
pub mod exchange_rates;
pub mod journals;
pub mod ledger_settings;
pub mod number_series;
pub mod ports;
pub mod post_journal_entry;
pub mod posting;
pub mod reverse_journal_entry;
pub mod setup;
pub mod update_journal_entry;
pub mod views;
