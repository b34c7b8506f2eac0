//! Values, rows and errors as the engine has them.

use application::ports::storage_error::StorageError;
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql};
use uuid::Uuid;

use super::super::value::{Names, Row, Value, date_to_sqlite};

/// Makes the plan of a statement independent of its parameters. Otherwise the engine, which knows how values are spread,
/// plans a statement again whenever it is run with other ones.
pub fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(|_| ())
}

pub fn bind(statement: &mut rusqlite::Statement<'_>, params: &[Value]) -> rusqlite::Result<()> {
    for (index, value) in params.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, value)?;
    }
    Ok(())
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        use rusqlite::types::Value as Owned;
        Ok(match self {
            Value::Null => ToSqlOutput::Owned(Owned::Null),
            Value::Int(v) => ToSqlOutput::Owned(Owned::Integer(*v)),
            Value::Text(v) => ToSqlOutput::Borrowed(ValueRef::Text(v.as_bytes())),
            Value::Blob(v) => ToSqlOutput::Borrowed(ValueRef::Blob(v)),
            Value::Id(v) => ToSqlOutput::Borrowed(ValueRef::Blob(v.as_bytes())),
            Value::Hash(v) => ToSqlOutput::Borrowed(ValueRef::Blob(v)),
            Value::Bool(v) => ToSqlOutput::Owned(Owned::Integer((*v).into())),
            Value::Date(v) => ToSqlOutput::Owned(Owned::Integer(date_to_sqlite(*v))),
            Value::Time(v) => ToSqlOutput::Owned(Owned::Integer(v.micros())),
            Value::Amount(v) => ToSqlOutput::Owned(Owned::Integer(v.scaled())),
            Value::Rate(v) => ToSqlOutput::Owned(Owned::Integer(v.scaled())),
            Value::Millionths(v) => ToSqlOutput::Owned(Owned::Integer(*v)),
        })
    }
}

/// The names of a prepared statement's columns.
pub fn names_of(statement: &rusqlite::Statement<'_>) -> Names {
    Names::new(statement.column_names())
}

pub fn read_row(row: &rusqlite::Row<'_>, names: &Names) -> rusqlite::Result<Row> {
    let mut values = Vec::with_capacity(names.count());
    for index in 0..names.count() {
        values.push(match row.get_ref(index)? {
            ValueRef::Null | ValueRef::Real(_) => Value::Null,
            ValueRef::Integer(v) => Value::Int(v),
            ValueRef::Text(v) => Value::Text(String::from_utf8_lossy(v).into_owned()),
            ValueRef::Blob(v) => blob(v),
        });
    }
    Ok(Row::new(names.clone(), values))
}

/// Ids and hashes, which nearly all blobs are, take no memory of their own.
fn blob(bytes: &[u8]) -> Value {
    if let Ok(id) = Uuid::from_slice(bytes) {
        return Value::Id(id);
    }
    bytes.try_into().map_or_else(|_| Value::Blob(bytes.to_vec()), Value::Hash)
}

/// Classifies an engine error; the name of a violated constraint is kept so that adapters can explain it.
pub fn storage_error(error: rusqlite::Error) -> StorageError {
    let text = error.to_string();
    let rusqlite::Error::SqliteFailure(failure, detail) = &error else {
        return StorageError::Internal(text);
    };
    match failure.code {
        ErrorCode::ConstraintViolation => {
            let detail = detail.clone().unwrap_or_default();
            let constraint = detail.rsplit(": ").next().unwrap_or_default().to_owned();
            StorageError::Constraint { constraint, detail }
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StorageError::Retryable(text),
        ErrorCode::DiskFull
        | ErrorCode::ReadOnly
        | ErrorCode::PermissionDenied
        | ErrorCode::SystemIoFailure => StorageError::Full(text),
        ErrorCode::CannotOpen => StorageError::Unavailable(text),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StorageError::Damaged(text),
        _ => StorageError::Internal(text),
    }
}
