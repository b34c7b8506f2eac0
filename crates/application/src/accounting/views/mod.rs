//! The API's answers about the ledger.

pub mod account;
pub mod account_balance;
pub mod account_merge;
pub mod close_checklist;
pub mod dimension;
pub mod entry_legend;
pub mod exchange_rate;
pub mod fiscal_year;
pub mod import_result;
pub mod integrity;
pub mod journal;
pub mod journal_entry;
pub mod journal_entry_build;
pub mod layout_statement;
pub mod ledger_settings;
pub mod lock;
pub mod recurring;
pub mod recurring_entry;
pub mod reports;

pub use crate::views::NameView;
