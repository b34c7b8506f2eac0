//! The only place that knows there are two engines.
//!
//! SQL is written once, as a [`statement::Statement`], with `?1, ?2` and a few hooks that [`dialect`] renders.
//! [`db::Db`] runs it: reads on a pool of read-only connections, writes in the unit of work that is the transaction.

pub mod ado;
pub mod backup;
pub mod bulk;
pub mod bulk_update;
pub mod composed;
pub mod constraints;
pub mod db;
pub mod dialect;
pub mod list;
pub mod list_cursor;
pub mod meter;
pub mod migrate;
pub mod moments;
pub mod mssql;
pub mod pointed_files;
pub mod reference_memory;
pub mod reference_tables;
pub mod refusal;
pub mod row;
pub mod slow;
mod slow_statements;
pub mod sqlite;
pub mod statement;
pub mod tls;
pub mod tx;
pub mod unit;
pub mod value;
