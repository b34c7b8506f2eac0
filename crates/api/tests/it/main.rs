//! The API as its users meet it: over HTTP, in the process or as the real binary.

mod access;
mod crash;
mod document;
mod journal_entries;
mod periods;
mod process;
mod walkthrough;
