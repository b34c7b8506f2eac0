//! Integration tests of the adapters, against real engines in temporary folders.

mod backup;
mod database;
mod platform;
mod schema;
mod statements;
