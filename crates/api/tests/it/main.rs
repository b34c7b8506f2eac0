//! The API as its users meet it: over HTTP, in the process or as the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)] // tests fail by panicking

mod access;
mod account_ledger;
mod accounts;
mod attachments;
mod azure_configuration;
mod batch;
mod books;
mod configuration;
mod crash;
mod currencies;
mod dimensions;
mod disk;
mod document;
mod events;
mod exports;
mod feature_flags;
mod files;
mod imports;
mod job_runners;
mod journal_entries;
mod lists;
mod number_series;
mod periods;
mod platform;
mod process;
mod properties;
mod read_only;
mod recurring_entries;
mod reports;
mod setup;
mod specification_files;
mod sql_server;
mod sql_server_faults;
mod statement_budget;
mod walkthrough;
