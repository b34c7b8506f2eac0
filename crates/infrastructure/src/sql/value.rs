//! Values on their way into and out of an engine.

use application::ports::storage_error::{StorageError, StorageResult};
use chrono::{Datelike, NaiveDate};
use domain::ids::Id;
use domain::money::{Amount, CurrencyCode, Price, Quantity, Rate};
use domain::time::{Timestamp, date_key};
use uuid::Uuid;

pub use super::row::{Columns, Names, Row};

/// A bound parameter, or a column as read. SQLite knows integers, texts and blobs; SQL Server keeps the other types.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
    Id(Uuid),
    Bool(bool),
    Date(NaiveDate),
    Time(Timestamp),
    Amount(Amount),
    Rate(Rate),
    /// A quantity or a price, in millionths.
    Millionths(i64),
    Hash([u8; 32]),
}

/// The type of a column in a bulk statement, from which each engine's text is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Id,
    Int,
    Bool,
    /// With its length in characters.
    Text(u16),
    /// Text without a limit.
    Document,
    Date,
    Time,
    Amount,
    Rate,
    /// Six decimals: quantities and prices.
    Millionths,
    Hash,
}

macro_rules! into_value {
    ($($from:ty => $make:expr;)*) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                let make: fn($from) -> Self = $make;
                make(value)
            }
        }
    )*};
}
into_value! {
    i64 => Value::Int;
    i32 => |v| Value::Int(v.into());
    u32 => |v| Value::Int(v.into());
    u8 => |v| Value::Int(v.into());
    bool => Value::Bool;
    String => Value::Text;
    &String => |v| Value::Text(v.clone());
    &str => |v| Value::Text(v.to_owned());
    Uuid => Value::Id;
    NaiveDate => Value::Date;
    Timestamp => Value::Time;
    Amount => Value::Amount;
    Rate => Value::Rate;
    Quantity => |v| Value::Millionths(v.scaled());
    Price => |v| Value::Millionths(v.scaled());
    [u8; 32] => Value::Hash;
    CurrencyCode => |v| Value::Text(v.as_str().to_owned());
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// Reads one column. `Err` says what was found instead.
pub trait FromValue: Sized {
    fn from_value(value: Value) -> Result<Self, String>;
}

macro_rules! from_value {
    ($($to:ty: $($pattern:pat => $make:expr),+;)*) => {$(
        impl FromValue for $to {
            fn from_value(value: Value) -> Result<Self, String> {
                match value {
                    $($pattern => $make,)+
                    #[allow(unreachable_patterns)]
                    other => Err(format!("found {other:?}")),
                }
            }
        }
    )*};
}
from_value! {
    i64: Value::Int(v) => Ok(v);
    u32: Value::Int(v) => u32::try_from(v).map_err(|e| e.to_string());
    u64: Value::Int(v) => u64::try_from(v).map_err(|e| e.to_string());
    u8: Value::Int(v) => u8::try_from(v).map_err(|e| e.to_string());
    bool: Value::Bool(v) => Ok(v), Value::Int(v) => Ok(v != 0);
    String: Value::Text(v) => Ok(v);
    Uuid: Value::Id(v) => Ok(v), Value::Blob(v) => Uuid::from_slice(&v).map_err(|e| e.to_string());
    NaiveDate: Value::Date(v) => Ok(v), Value::Int(v) => date_from_key(v);
    Timestamp: Value::Time(v) => Ok(v), Value::Int(v) => Ok(Timestamp::from_micros(v));
    Amount: Value::Amount(v) => Ok(v), Value::Int(v) => Ok(Amount::from_scaled(v)), Value::Null => Ok(Amount::ZERO);
    Rate: Value::Rate(v) => Ok(v), Value::Int(v) => Ok(Rate::from_scaled(v));
    Quantity: Value::Millionths(v) | Value::Int(v) => Ok(Quantity::from_scaled(v));
    Price: Value::Millionths(v) | Value::Int(v) => Ok(Price::from_scaled(v));
    CurrencyCode: Value::Text(v) => CurrencyCode::parse(&v).map_err(|e| e.def.code.to_owned());
    [u8; 32]: Value::Hash(v) => Ok(v), Value::Blob(v) => v.try_into().map_err(|_| "not 32 bytes".to_owned());
}

impl<T> FromValue for Id<T> {
    fn from_value(value: Value) -> Result<Self, String> {
        Uuid::from_value(value).map(Self::from)
    }
}
impl<T> From<Id<T>> for Value {
    fn from(id: Id<T>) -> Self {
        Self::Id(id.uuid())
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }
}

fn date_from_key(key: i64) -> Result<NaiveDate, String> {
    let part = |value: i64| u32::try_from(value).unwrap_or_default();
    i32::try_from(key / 10_000)
        .ok()
        .and_then(|year| NaiveDate::from_ymd_opt(year, part(key / 100 % 100), part(key % 100)))
        .ok_or_else(|| format!("{key} is not a date"))
}

/// Ids as the one parameter that the hook `{ids ?n}` reads.
pub fn id_list(ids: impl Iterator<Item = Uuid>) -> Value {
    let ids: Vec<serde_json::Value> = ids.map(|id| id.simple().to_string().into()).collect();
    Value::Text(serde_json::Value::from(ids).to_string())
}

/// Codes as the one parameter that the hook `{codes ?n}` reads.
pub fn code_list<'c>(codes: impl Iterator<Item = &'c str>) -> Value {
    let codes: Vec<serde_json::Value> = codes.map(serde_json::Value::from).collect();
    Value::Text(serde_json::Value::from(codes).to_string())
}

/// The keys of a look-up as one JSON array, which both engines can read: ids as hexadecimal text.
pub fn json_keys(keys: impl Iterator<Item = Value>) -> StorageResult<Vec<serde_json::Value>> {
    let key = |key| match key {
        Value::Id(id) => Ok(id.simple().to_string().into()),
        Value::Text(text) => Ok(text.into()),
        Value::Int(number) => Ok(number.into()),
        other => Err(StorageError::Internal(format!("{other:?} is not a key to look up"))),
    };
    keys.map(key).collect()
}

/// SQLite's form of a value: ids and hashes as blobs, dates as 20261122, moments as microseconds, money as scaled integers.
pub fn date_to_sqlite(date: NaiveDate) -> i64 {
    debug_assert!(date.year() >= 0);
    date_key(date)
}
