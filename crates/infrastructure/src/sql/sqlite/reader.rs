//! The readers of the embedded engine: a pool of read-only connections that never wait for the writer (WAL).

use std::path::Path;
use std::time::Duration;

use application::ports::storage_error::{StorageError, StorageResult};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Decode, Row as _, SqlSafeStr, Sqlite, TypeInfo, ValueRef};
use tracing::Instrument;

use super::super::value::{Row, Value, date_to_sqlite};
use super::options::SqliteOptions;
use super::page_cache::PageCache;

/// How long a read waits for a free connection.
pub const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

pub async fn open_readers(path: &Path, options: &SqliteOptions) -> StorageResult<SqlitePool> {
    let (connections, cache) = (options.readers.max(1), options.page_cache());
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .create_if_missing(false)
        .busy_timeout(options.busy_timeout)
        .statement_cache_capacity(256)
        .pragma("cache_size", PageCache::pragma(cache.reader_kib()))
        .pragma("temp_store", "MEMORY")
        .pragma("query_only", "ON");
    SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .map_err(storage_error)
}

pub async fn query(pool: &SqlitePool, sql: &str, params: &[Value]) -> StorageResult<Vec<Row>> {
    let rows = sqlx::query_with(AssertSqlSafe(sql).into_sql_str(), arguments(params)?)
        .fetch_all(pool)
        .await
        .map_err(storage_error)?;
    rows.iter().map(read_row).collect()
}

/// All rows, one after the other, in one read snapshot; flat memory whatever their number.
pub fn stream(pool: SqlitePool, sql: String, params: Vec<Value>) -> BoxStream<'static, StorageResult<Row>> {
    async_stream(pool, sql, params).boxed()
}

fn async_stream(
    pool: SqlitePool,
    sql: String,
    params: Vec<Value>,
) -> impl futures::Stream<Item = StorageResult<Row>> + Send + 'static {
    let (sender, receiver) = tokio::sync::mpsc::channel::<StorageResult<Row>>(1_024);
    let reading = async move {
        let arguments = match arguments(&params) {
            Ok(arguments) => arguments,
            Err(error) => return drop(sender.send(Err(error)).await),
        };
        let mut rows = sqlx::query_with(AssertSqlSafe(sql).into_sql_str(), arguments).fetch(&pool);
        loop {
            let item = match rows.try_next().await {
                Ok(Some(row)) => read_row(&row),
                Ok(None) => return,
                Err(error) => Err(storage_error(error)),
            };
            let failed = item.is_err();
            if sender.send(item).await.is_err() || failed {
                return; // the reader went away, or nothing more can come
            }
        }
    };
    tokio::spawn(reading.in_current_span());
    tokio_stream::wrappers::ReceiverStream::new(receiver)
}

fn arguments(params: &[Value]) -> StorageResult<SqliteArguments> {
    let mut arguments = SqliteArguments::default();
    for value in params {
        let added = match value {
            Value::Null => arguments.add(Option::<i64>::None),
            Value::Int(v) => arguments.add(*v),
            Value::Text(v) => arguments.add(v.clone()),
            Value::Blob(v) => arguments.add(v.clone()),
            Value::Id(v) => arguments.add(v.as_bytes().to_vec()),
            Value::Hash(v) => arguments.add(v.to_vec()),
            Value::Bool(v) => arguments.add(i64::from(*v)),
            Value::Date(v) => arguments.add(date_to_sqlite(*v)),
            Value::Time(v) => arguments.add(v.micros()),
            Value::Amount(v) => arguments.add(v.scaled()),
            Value::Rate(v) => arguments.add(v.scaled()),
        };
        added.map_err(|error| StorageError::Internal(format!("parameter: {error}")))?;
    }
    Ok(arguments)
}

fn read_row(row: &SqliteRow) -> StorageResult<Row> {
    let decode_error = |error| StorageError::Internal(format!("column: {error}"));
    let read = |index| {
        let value = row.try_get_raw(index).map_err(storage_error)?;
        if value.is_null() {
            return Ok(Value::Null);
        }
        let kind = value.type_info();
        match kind.name() {
            "INTEGER" => <i64 as Decode<Sqlite>>::decode(value).map(Value::Int).map_err(decode_error),
            "TEXT" => <String as Decode<Sqlite>>::decode(value).map(Value::Text).map_err(decode_error),
            "BLOB" => <Vec<u8> as Decode<Sqlite>>::decode(value).map(Value::Blob).map_err(decode_error),
            other => Err(StorageError::Internal(format!("column of type {other}"))),
        }
    };
    (0..row.len()).map(read).collect::<StorageResult<_>>().map(Row)
}

fn storage_error(error: sqlx::Error) -> StorageError {
    let text = error.to_string();
    match &error {
        sqlx::Error::PoolTimedOut => StorageError::Timeout("no reader became free in time".to_owned()),
        sqlx::Error::PoolClosed | sqlx::Error::Io(_) => StorageError::Unavailable(text),
        sqlx::Error::Database(database) => {
            // The lowest byte is the kind; what is above it tells more of the same.
            let code = database.code().and_then(|code| code.parse::<u32>().ok());
            match code.map(|code| code & 0xff) {
                Some(5 | 6) => StorageError::Retryable(text),
                Some(11 | 26) => StorageError::Damaged(text),
                _ => StorageError::Internal(text),
            }
        }
        _ => StorageError::Internal(text),
    }
}
