//! Reads outside any transaction.

use application::ports::storage_error::StorageResult;
use futures::StreamExt;
use futures::stream::BoxStream;

use super::super::value::{Row, Value};
use super::batch::Batch;
use super::error::storage_error;
use super::pool::{self, Pool};
use super::tx::{last_sets, result_sets};
use super::values::{Parameter, read_row};

/// Rows on their way to a slow reader.
const STREAM_ROWS: usize = 1_024;
/// Rows of one piece of an export.
const PIECE_ROWS: usize = 512;

/// The rows of each query, in one request.
pub async fn query_all<const N: usize>(
    pool: &Pool,
    queries: &[(&str, &[Value]); N],
) -> StorageResult<[Vec<Row>; N]> {
    let mut batch = Batch::default();
    for (sql, params) in queries {
        batch.push(sql, params);
    }
    let (text, params) = batch.take();
    let mut connection = pool::get(pool).await?;
    last_sets(result_sets(&mut connection, &text, &params).await?)
}

fn rendered(sql: &str, params: &[Value]) -> (String, Vec<Value>) {
    let mut batch = Batch::default();
    batch.push(sql, params);
    batch.take()
}

/// All rows as they come over the wire, with flat memory. One statement sees one snapshot of the committed data.
pub fn stream(pool: Pool, sql: String, params: Vec<Value>) -> BoxStream<'static, StorageResult<Row>> {
    let (sender, receiver) = tokio::sync::mpsc::channel::<StorageResult<Row>>(STREAM_ROWS);
    tokio::spawn(async move {
        if let Err(error) = send_rows(&pool, &sql, &params, &sender).await {
            let _ = sender.send(Err(error)).await;
        }
    });
    tokio_stream::wrappers::ReceiverStream::new(receiver).boxed()
}

async fn send_rows(
    pool: &Pool,
    sql: &str,
    params: &[Value],
    sender: &tokio::sync::mpsc::Sender<StorageResult<Row>>,
) -> StorageResult<()> {
    let (text, params) = rendered(sql, params);
    let params: Vec<Parameter<'_>> = params.iter().map(Parameter).collect();
    let params: Vec<&(dyn mssql_client::ToSql + Sync)> = params.iter().map(|param| param as _).collect();
    let mut connection = pool::get(pool).await?;
    let mut rows = connection.client.query_stream(&text, &params).await.map_err(storage_error)?;
    while let Some(row) = rows.try_next().await.map_err(storage_error)? {
        if sender.send(read_row(&row)).await.is_err() {
            return rows.cancel().await.map_err(storage_error); // the reader went away
        }
    }
    Ok(())
}

/// The same in pieces.
pub fn stream_pieces(
    pool: Pool,
    sql: String,
    params: Vec<Value>,
) -> BoxStream<'static, StorageResult<Vec<Row>>> {
    let pieces = stream(pool, sql, params).ready_chunks(PIECE_ROWS);
    pieces.map(|rows| rows.into_iter().collect()).boxed()
}
