//! Reads outside any transaction.

use std::time::Duration;

use application::ports::storage_error::{StorageError, StorageResult};
use futures::StreamExt;
use futures::stream::BoxStream;
use tracing::Instrument;

use super::super::value::{Row, Value};
use super::answers::{last_sets, result_sets};
use super::batch::Batch;
use super::error::storage_error;
use super::pool::{self, Connection, Pool, in_time};
use super::session;
use super::values::{Parameter, names_of, read_row};

/// Rows on their way to a slow reader.
const STREAM_ROWS: usize = 1_024;
/// Rows of one piece of an export.
const PIECE_ROWS: usize = 512;
/// How long the server may join and sort before the first row of an export: as long as a long request may take. From row
/// to row it is the `Command Timeout`.
const FIRST_ROW_TIMEOUT: Duration = Duration::from_secs(300);

/// The rows of each query, in one request; the first says whose rows all of them are about.
pub async fn query_all<const N: usize>(
    connection: &mut Connection,
    queries: &[(&str, &[Value]); N],
) -> StorageResult<[Vec<Row>; N]> {
    let mut batch = session::of_read(queries.first().map_or(&[], |(_, params)| params));
    for (sql, params) in queries {
        batch.push(sql, params);
    }
    let (text, params) = batch.take();
    last_sets(result_sets(connection, &text, &params).await?)
}

/// All rows as they come over the wire, with flat memory. One statement sees one snapshot of the committed data.
pub fn stream(pool: Pool, sql: String, params: Vec<Value>) -> BoxStream<'static, StorageResult<Row>> {
    let (sender, receiver) = tokio::sync::mpsc::channel::<StorageResult<Row>>(STREAM_ROWS);
    let reading = async move {
        let mut sent = false;
        let mut ended = send_rows(&pool, &sql, &params, &sender, &mut sent).await;
        if matches!(ended, Err(StorageError::Unavailable(_))) && !sent {
            // The idle connections of a server that restarted are all dead.
            pool.retain(|_, _| false);
            ended = send_rows(&pool, &sql, &params, &sender, &mut sent).await;
        }
        if let Err(error) = ended {
            let _ = sender.send(Err(error)).await;
        }
    };
    tokio::spawn(reading.in_current_span());
    tokio_stream::wrappers::ReceiverStream::new(receiver).boxed()
}

async fn send_rows(
    pool: &Pool,
    sql: &str,
    params: &[Value],
    sender: &tokio::sync::mpsc::Sender<StorageResult<Row>>,
    sent: &mut bool,
) -> StorageResult<()> {
    let tenant = session::tenant_of(params);
    let mut batch = Batch::default();
    batch.push(sql, params);
    let (text, params) = batch.take();
    let params: Vec<Parameter<'_>> = params.iter().map(Parameter).collect();
    let params: Vec<&(dyn mssql_client::ToSql + Sync)> = params.iter().map(|param| param as _).collect();
    let mut connection = pool::get(pool).await?;
    let patience = connection.patience;
    if let Some(tenant) = tenant {
        // A request of its own, because a stream ends with the first result.
        let named = in_time(patience, connection.client.execute(&session::of_tenant(tenant), &[])).await;
        named.map_err(storage_error)?;
    }
    let first = patience.map(|patience| patience.max(FIRST_ROW_TIMEOUT));
    let begun = in_time(first, connection.client.query_stream(&text, &params)).await;
    let mut rows = begun.map_err(storage_error)?;
    let mut names = None;
    while let Some(row) =
        in_time(if *sent { patience } else { first }, rows.try_next()).await.map_err(storage_error)?
    {
        *sent = true;
        if sender.send(read_row(&row, names.get_or_insert_with(|| names_of(&row)))).await.is_err() {
            return rows.cancel().await.map_err(storage_error); // the reader went away
        }
    }
    Ok(())
}

/// Streams the rows in pieces.
pub fn stream_pieces(
    pool: Pool,
    sql: String,
    params: Vec<Value>,
) -> BoxStream<'static, StorageResult<Vec<Row>>> {
    let pieces = stream(pool, sql, params).ready_chunks(PIECE_ROWS);
    pieces.map(|rows| rows.into_iter().collect()).boxed()
}
