//! Use cases and ports: what the product does, without a driver and without HTTP.
//!
//! A write is a [`command::Command`] run by [`command::execute`]; a read is a method of a `*Queries` port that
//! returns a view. Views are what the API answers, so there is no mapping layer between them (ADR 0009).

pub mod accounting;
pub mod actor;
pub mod authorize;
pub mod changes;
pub mod command;
pub mod company;
pub mod context;
pub mod documents;
pub mod error;
pub mod flat_json;
pub mod items;
pub mod master_data;
pub mod nouns;
pub mod paging;
pub mod parties;
pub mod permission_set;
pub mod platform;
pub mod ports;
pub mod printing;
pub mod reference;
pub mod retry;
pub mod settlement;
pub mod spreadsheet;
pub mod tax;
pub mod tenancy;
pub mod unit_of_work;
pub mod views;
pub mod warnings;
pub mod wire;
