//! Statements of the database that took long.

use serde::Serialize;
use utoipa::ToSchema;

/// All slow runs of one statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SlowStatement {
    /// Its name, or the beginning of a text that was composed for the request. It holds no values.
    #[schema(example = "accounting.journal_entry.list")]
    pub statement: String,
    /// How often it was slow.
    pub count: u64,
    /// Milliseconds of all slow runs together.
    pub total_ms: u64,
    /// The slowest run.
    pub max_ms: u64,
    /// Since the last slow run.
    pub last_seconds_ago: u64,
}

/// What a process knows of the slow statements it ran.
pub trait SlowStatements: Send + Sync {
    /// Since the start of the process; those that took longest altogether come first.
    fn slow_statements(&self) -> Vec<SlowStatement>;
}
