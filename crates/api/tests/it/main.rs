//! The API as its users meet it: over HTTP, in the process or as the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)] // tests fail by panicking

mod access;
mod crash;
mod document;
mod journal_entries;
mod process;
mod reports;
mod walkthrough;
