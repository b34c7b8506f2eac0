//! Values on their way to and from SQL Server.

use application::ports::storage_error::{StorageError, StorageResult};
use chrono::{DateTime, NaiveDateTime};
use domain::money::{Amount, Rate};
use domain::time::Timestamp;
use mssql_client::ToSql;
use mssql_types::{SqlValue, TypeError};
use rust_decimal::Decimal;

use super::super::value::{Names, Row, Value};

/// Digits after the point of `DECIMAL(19,4)`, the type of every amount.
const AMOUNT_SCALE: u32 = 4;
/// Digits after the point of `DECIMAL(19,10)`, the type of every rate.
const RATE_SCALE: u32 = 10;
/// Digits after the point of `DECIMAL(19,6)`, the type of every quantity and price.
const MILLIONTHS_SCALE: u32 = 6;
/// Longest text that is not of the type for any length, in UTF-16 units.
const TEXT_LENGTH_MAX: usize = 4_000;

/// A parameter as the driver wants it. `NULL` never gets here: it is written into the text, because an untyped one
/// does not convert to every column's type.
pub struct Parameter<'a>(pub &'a Value);

impl ToSql for Parameter<'_> {
    fn to_sql(&self) -> Result<SqlValue, TypeError> {
        Ok(match self.0 {
            Value::Null => SqlValue::Null,
            Value::Int(v) => SqlValue::BigInt(*v),
            Value::Text(v) => SqlValue::String(v.clone()),
            Value::Blob(v) => SqlValue::Binary(v.clone().into()),
            Value::Id(v) => SqlValue::Binary(v.as_bytes().to_vec().into()),
            Value::Hash(v) => SqlValue::Binary(v.to_vec().into()),
            Value::Bool(v) => SqlValue::Bool(*v),
            Value::Date(v) => SqlValue::Date(*v),
            Value::Time(v) => SqlValue::DateTime(moment(*v)),
            Value::Amount(v) => SqlValue::Decimal(Decimal::new(v.scaled(), AMOUNT_SCALE)),
            Value::Rate(v) => SqlValue::Decimal(Decimal::new(v.scaled(), RATE_SCALE)),
            Value::Millionths(v) => SqlValue::Decimal(Decimal::new(*v, MILLIONTHS_SCALE)),
        })
    }

    fn sql_type(&self) -> &'static str {
        match self.0 {
            Value::Null | Value::Text(_) => "NVARCHAR",
            Value::Int(_) => "BIGINT",
            Value::Blob(_) | Value::Id(_) | Value::Hash(_) => "VARBINARY",
            Value::Bool(_) => "BIT",
            Value::Date(_) => "DATE",
            Value::Time(_) => "DATETIME2",
            Value::Amount(_) | Value::Rate(_) | Value::Millionths(_) => "DECIMAL",
        }
    }
}

fn moment(time: Timestamp) -> NaiveDateTime {
    DateTime::from_timestamp_micros(time.micros()).unwrap_or_default().naive_utc()
}

/// The type a parameter is declared with: the same for every value of a kind, so that one text has one plan, and like the
/// columns', so that a comparison still finds the index.
pub fn declared_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "NVARCHAR(1)",
        Value::Int(_) => "BIGINT",
        Value::Text(text) if text.encode_utf16().count() <= TEXT_LENGTH_MAX => "NVARCHAR(4000)",
        Value::Text(_) => "NVARCHAR(MAX)",
        Value::Blob(_) => "VARBINARY(MAX)",
        Value::Id(_) => "BINARY(16)",
        Value::Hash(_) => "BINARY(32)",
        Value::Bool(_) => "BIT",
        Value::Date(_) => "DATE",
        Value::Time(_) => "DATETIME2(6)",
        Value::Amount(_) => "DECIMAL(19,4)",
        Value::Rate(_) => "DECIMAL(19,10)",
        Value::Millionths(_) => "DECIMAL(19,6)",
    }
}

/// `@p1 BIGINT, @p2 …`
pub fn declarations(params: &[Value]) -> String {
    let declared = (1..).zip(params).map(|(n, value)| format!("@p{n} {}", declared_type(value)));
    declared.collect::<Vec<_>>().join(", ")
}

/// The value as a T-SQL constant, for a batch that cannot take parameters.
pub fn constant(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Int(v) => v.to_string(),
        Value::Text(v) => text_constant(v),
        Value::Blob(v) => binary_constant(v),
        Value::Id(v) => binary_constant(v.as_bytes()),
        Value::Hash(v) => binary_constant(v),
        Value::Bool(v) => u8::from(*v).to_string(),
        Value::Date(v) => format!("'{}'", v.format("%Y-%m-%d")),
        Value::Time(v) => format!("'{}'", moment(*v).format("%Y-%m-%dT%H:%M:%S%.6f")),
        Value::Amount(v) => Decimal::new(v.scaled(), AMOUNT_SCALE).to_string(),
        Value::Rate(v) => Decimal::new(v.scaled(), RATE_SCALE).to_string(),
        Value::Millionths(v) => Decimal::new(*v, MILLIONTHS_SCALE).to_string(),
    }
}

pub fn binary_constant(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2 + 2);
    out.push_str("0x");
    for byte in bytes {
        out.push_str(&format!("{byte:02X}"));
    }
    out
}

/// A quoted text: the quotation mark is doubled and nothing else has a meaning, but for a backslash before a line end,
/// which T-SQL removes; a text with one travels as binary.
fn text_constant(text: &str) -> String {
    if text.contains("\\\n") || text.contains("\\\r") {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        return format!("CONVERT(NVARCHAR(MAX), {})", binary_constant(&bytes));
    }
    format!("N'{}'", text.replace('\'', "''"))
}

/// The names of the columns of a result set, of which this is a row.
pub fn names_of(row: &mssql_client::Row) -> Names {
    Names::new(row.columns().iter().map(|column| column.name.as_str()))
}

/// One row as read. Decimals are told apart by their scale, which is their column's.
pub fn read_row(row: &mssql_client::Row, names: &Names) -> StorageResult<Row> {
    let values = (0..row.len()).map(|index| read(row.get_raw(index).unwrap_or(SqlValue::Null)));
    Ok(Row::new(names.clone(), values.collect::<StorageResult<_>>()?))
}

fn read(value: SqlValue) -> StorageResult<Value> {
    Ok(match value {
        SqlValue::Null => Value::Null,
        SqlValue::Bool(v) => Value::Bool(v),
        SqlValue::TinyInt(v) => Value::Int(v.into()),
        SqlValue::SmallInt(v) => Value::Int(v.into()),
        SqlValue::Int(v) => Value::Int(v.into()),
        SqlValue::BigInt(v) => Value::Int(v),
        SqlValue::String(v) => Value::Text(v),
        SqlValue::Binary(v) => Value::Blob(v.to_vec()),
        SqlValue::Date(v) => Value::Date(v),
        SqlValue::DateTime(v) => Value::Time(Timestamp::from_micros(v.and_utc().timestamp_micros())),
        SqlValue::Decimal(v) => decimal(v)?,
        other => return Err(StorageError::Internal(format!("a column of type {}", other.type_name()))),
    })
}

fn decimal(value: Decimal) -> StorageResult<Value> {
    let too_large = || StorageError::Internal(format!("{value} does not fit"));
    let scaled = |scale: u32| {
        let shift = scale.checked_sub(value.scale()).ok_or_else(too_large)?;
        let scaled = 10_i128.checked_pow(shift).and_then(|factor| value.mantissa().checked_mul(factor));
        scaled.and_then(|scaled| i64::try_from(scaled).ok()).ok_or_else(too_large)
    };
    match value.scale() {
        0 => scaled(0).map(Value::Int),
        1..=AMOUNT_SCALE => scaled(AMOUNT_SCALE).map(|v| Value::Amount(Amount::from_scaled(v))),
        5..=MILLIONTHS_SCALE => scaled(MILLIONTHS_SCALE).map(Value::Millionths),
        _ => scaled(RATE_SCALE).map(|v| Value::Rate(Rate::from_scaled(v))),
    }
}
