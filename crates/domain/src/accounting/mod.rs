//! The general ledger: accounts, journals, entries, periods, dimensions and their rules (R1–R16).

pub mod account;
pub mod approval;
pub mod budget;
pub mod currency;
pub mod deferral;
pub mod dimension;
pub mod distribution;
pub mod exchange_rate;
pub mod fiscal_period;
pub mod fiscal_year;
pub mod hash_chain;
pub mod import_profile;
pub mod journal;
pub mod journal_entry;
pub mod ledger_settings;
pub mod line_match;
pub mod lock;
pub mod number_series;
pub mod opening;
pub mod posting_rule;
pub mod recurrence;
pub mod recurring;
pub mod recurring_entry;
pub mod report_layout;
pub mod revaluation;
pub mod year_close;
