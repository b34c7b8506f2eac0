//! The answers to a request.

use application::ports::storage_error::{StorageError, StorageResult};

use super::super::value::{Names, Row, Value};
use super::error::of_request;
use super::pool::{Connection, in_time};
use super::values::{Parameter, declarations, names_of, read_row};

/// Runs a text with parameters; its plan is kept under the text and their types.
const EXECUTE: &str = "sp_executesql";

/// The result sets of the queries that stand last in a request.
pub fn last_sets<const N: usize>(sets: Vec<Vec<Row>>) -> StorageResult<[Vec<Row>; N]> {
    let from = sets.len().saturating_sub(N);
    let last: Vec<_> = sets.into_iter().skip(from).collect();
    last.try_into().map_err(|_| StorageError::Internal(format!("{N} queries answered fewer result sets")))
}

/// Every result set of a parameterised request. The parameters are declared here: the driver would declare each text at its
/// own length, and every length would be another plan.
pub async fn result_sets(
    connection: &mut Connection,
    sql: &str,
    params: &[Value],
) -> StorageResult<Vec<Vec<Row>>> {
    let patience = connection.patience;
    let (text, declared) = (Value::Text(sql.to_owned()), Value::Text(declarations(params)));
    let given: Vec<Parameter<'_>> = [&text, &declared].into_iter().chain(params).map(Parameter).collect();
    // Without parameters there is nothing to declare.
    let given = if params.is_empty() { &given[..1] } else { &given[..] };
    let given: Vec<&(dyn mssql_client::ToSql + Sync)> = given.iter().map(|param| param as _).collect();
    let answered = in_time(patience, connection.client.call_procedure(EXECUTE, &given)).await;
    let results = answered.map_err(|error| of_request(error, sql))?.result_sets;
    let mut sets = Vec::with_capacity(results.len());
    for mut set in results {
        let rows = set.collect_all().map_err(|error| of_request(error, sql))?;
        let names = rows.first().map(names_of).unwrap_or_else(|| Names::new([]));
        sets.push(rows.iter().map(|row| read_row(row, &names)).collect::<StorageResult<_>>()?);
    }
    Ok(sets)
}
