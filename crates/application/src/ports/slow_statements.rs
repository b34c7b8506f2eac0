//! Statements of the database that took long.

use serde::Serialize;
use utoipa::ToSchema;

/// One statement and all of its slow runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SlowStatement {
    /// The name of the statement, or the beginning of a text that was composed for one request. It contains no values.
    #[schema(example = "accounting.journal_entry.list")]
    pub statement: String,
    /// The number of slow runs.
    pub count: u64,
    /// The milliseconds of all slow runs together.
    pub total_ms: u64,
    /// The milliseconds of the slowest run.
    pub max_ms: u64,
    /// The seconds since the last slow run.
    pub last_seconds_ago: u64,
}

/// The slow statements that a process ran.
pub trait SlowStatements: Send + Sync {
    /// Since the start of the process; those that took longest altogether come first.
    fn slow_statements(&self) -> Vec<SlowStatement>;
}
