//! What a request is answered with.

use application::ports::storage_error::{StorageError, StorageResult};

use super::super::value::{Row, Value};
use super::error::storage_error;
use super::pool::{Connection, in_time};
use super::values::{Parameter, read_row};

/// Those of the queries that stand last in a request.
pub fn last_sets<const N: usize>(sets: Vec<Vec<Row>>) -> StorageResult<[Vec<Row>; N]> {
    let from = sets.len().saturating_sub(N);
    let last: Vec<_> = sets.into_iter().skip(from).collect();
    last.try_into().map_err(|_| StorageError::Internal(format!("{N} queries answered fewer result sets")))
}

/// Every result set of a parameterised request.
pub async fn result_sets(
    connection: &mut Connection,
    sql: &str,
    params: &[Value],
) -> StorageResult<Vec<Vec<Row>>> {
    let params: Vec<Parameter<'_>> = params.iter().map(Parameter).collect();
    let params: Vec<&(dyn mssql_client::ToSql + Sync)> = params.iter().map(|param| param as _).collect();
    let patience = connection.patience;
    let answered = in_time(patience, connection.client.query_multiple(sql, &params)).await;
    let mut results = answered.map_err(storage_error)?;
    let mut sets = Vec::with_capacity(results.result_count());
    for _ in 0..results.result_count() {
        let rows = results.collect_current().map_err(storage_error)?;
        sets.push(rows.iter().map(read_row).collect::<StorageResult<_>>()?);
        let _ = results.next_result().await.map_err(storage_error)?;
    }
    Ok(sets)
}
