//! The server's own record of the queries that cost most (row G9).

use std::sync::Arc;

use application::ports::storage_error::StorageResult;

use super::super::value::{Row, Value};
use super::answers::result_sets;
use super::connection_string::SqlServerOptions;
use super::pool::{self, LoginTokens};

/// The text operators run by hand, too: of the cached plans, and of the Query Store.
const QUERIES: &str = include_str!("../../../../../deploy/sql/maintenance/expensive-queries.sql");
/// Between its two batches.
const NEXT_BATCH: &str = "\nGO\n";
/// The text of the second query by hand, and its replacement by a parameter.
const HOURS: (&str, &str) = ("DECLARE @hours INT = 24;", "DECLARE @hours INT = CAST(@p1 AS INT);");

/// The source of slow queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlowQueriesOf {
    /// The Query Store, for the last hours.
    QueryStore { hours: u32 },
    /// The plans that are cached now.
    Cache,
}

/// One query, all its runs together. Times in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlowQuery {
    pub executions: i64,
    pub total_ms: i64,
    pub average_ms: i64,
    pub cpu_ms: i64,
    /// Pages of 8 KiB read from memory or disk, a run.
    pub average_reads: i64,
    pub text: String,
}

/// At most ten, the most expensive first. Needs `VIEW DATABASE STATE`.
pub async fn slow_queries(
    options: &SqlServerOptions,
    tokens: Option<Arc<dyn LoginTokens>>,
    of: SlowQueriesOf,
) -> StorageResult<Vec<SlowQuery>> {
    let pool = pool::pool(&SqlServerOptions { pool_min: 0, pool_max: 1, ..options.clone() }, tokens)?;
    let mut connection = pool::get(&pool).await?;
    let params = match of {
        SlowQueriesOf::Cache => Vec::new(),
        SlowQueriesOf::QueryStore { hours } => vec![Value::Int(hours.into())],
    };
    let sets = result_sets(&mut connection, &text(of), &params).await?;
    sets.into_iter().flatten().map(read).collect()
}

fn read(row: Row) -> StorageResult<SlowQuery> {
    let mut columns = row.columns("slow_query");
    Ok(SlowQuery {
        executions: columns.get("executions")?,
        total_ms: columns.get("total_ms")?,
        average_ms: columns.get("average_ms")?,
        cpu_ms: columns.get("cpu_ms")?,
        average_reads: columns.get("average_reads")?,
        text: columns.get("statement_text")?,
    })
}

fn text(of: SlowQueriesOf) -> String {
    let (cache, query_store) = QUERIES.split_once(NEXT_BATCH).unwrap_or((QUERIES, ""));
    match of {
        SlowQueriesOf::Cache => cache.to_owned(),
        SlowQueriesOf::QueryStore { .. } => query_store.replace(HOURS.0, HOURS.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_batch_is_a_text_of_its_own() {
        let (cache, store) = (text(SlowQueriesOf::Cache), text(SlowQueriesOf::QueryStore { hours: 1 }));
        assert!(cache.contains("sys.dm_exec_query_stats") && !cache.contains("query_store"), "{cache}");
        assert!(store.contains("sys.query_store_runtime_stats") && store.contains("-@hours"), "{store}");
        assert!(store.starts_with(HOURS.1) && !cache.contains("\nGO") && !store.contains("\nGO"), "{store}");
    }
}
