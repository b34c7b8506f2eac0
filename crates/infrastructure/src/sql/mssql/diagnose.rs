//! What the server itself says of the queries that cost most (row G9).

use std::sync::Arc;

use application::ports::storage_error::StorageResult;

use super::super::value::{Row, Value};
use super::answers::result_sets;
use super::connection_string::SqlServerOptions;
use super::pool::{self, LoginTokens};

/// The texts operators run by hand, too.
const CACHE: &str = include_str!("../../../../../deploy/sql-server/slow_queries_cache.sql");
const QUERY_STORE: &str = include_str!("../../../../../deploy/sql-server/slow_queries_query_store.sql");

/// Who is asked.
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
    let sets = match of {
        SlowQueriesOf::Cache => result_sets(&mut connection, CACHE, &[]).await?,
        SlowQueriesOf::QueryStore { hours } => {
            result_sets(&mut connection, QUERY_STORE, &[Value::Int(hours.into())]).await?
        }
    };
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
