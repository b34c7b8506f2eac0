//! Integration tests of the adapters, against real engines in temporary folders.

mod backup;
mod database;
mod periods;
mod platform;
mod schema;
mod statements;
