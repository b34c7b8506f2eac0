//! Integration tests of the adapters, against real engines in temporary folders.

mod database;
mod schema;
mod statements;
