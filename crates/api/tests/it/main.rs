//! The API as its users meet it: over HTTP, in the process or as the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)] // tests fail by panicking

// The helpers of tests may fail as loudly as the tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod account_ledger;
mod accounts;
mod crash;
mod currencies;
mod dimensions;
mod document;
mod journal_entries;
mod number_series;
mod platform;
mod process;
mod setup;
mod walkthrough;
