//! Integration tests of the adapters, against real engines in temporary folders.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)] // tests fail by panicking

mod backup;
mod column_names;
mod composed;
mod database;
mod embedded_settings;
mod health;
mod maintenance;
mod migrated_data;
mod newer_schema;
mod pace;
mod periods;
mod platform;
mod posting_rules;
mod printing;
mod reference_tables;
mod reports;
mod schema;
mod secrets;
mod sql_server;
mod statements;
mod store;
mod telemetry;
mod transfers;
