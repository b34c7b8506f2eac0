//! Where a page of a list ended: the sort values of its last row, opaque to clients.

use application::error::AppError;
use application::paging::{Direction, invalid_cursor};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::money::Amount;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::value::{FromValue, Value};

/// Columns with their directions.
pub type Order = [(&'static str, Direction)];

#[derive(Serialize, Deserialize)]
struct Cursor {
    /// The order it belongs to, so that it is refused under another.
    o: String,
    /// The sort values of the last row.
    v: Vec<CursorValue>,
}

#[derive(Serialize, Deserialize, Clone)]
enum CursorValue {
    #[serde(rename = "i")]
    Int(i64),
    #[serde(rename = "t")]
    Text(String),
    #[serde(rename = "u")]
    Id(Uuid),
    #[serde(rename = "d")]
    Date(chrono::NaiveDate),
    #[serde(rename = "s")]
    Time(i64),
    #[serde(rename = "a")]
    Amount(i64),
}

/// ` DESC` where it is.
pub fn sql_direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "",
        Direction::Descending => " DESC",
    }
}

fn order_name(order: &Order) -> String {
    order
        .iter()
        .map(|(column, direction)| format!("{column}{}", sql_direction(*direction)))
        .collect::<Vec<_>>()
        .join(",")
}

pub fn write(order: &Order, values: Vec<Value>) -> Result<String, AppError> {
    let values = values.into_iter().map(|value| match value {
        Value::Int(v) => Ok(CursorValue::Int(v)),
        Value::Text(v) => Ok(CursorValue::Text(v)),
        Value::Id(v) => Ok(CursorValue::Id(v)),
        Value::Date(v) => Ok(CursorValue::Date(v)),
        Value::Time(v) => Ok(CursorValue::Time(v.micros())),
        Value::Amount(v) => Ok(CursorValue::Amount(v.scaled())),
        Value::Bool(v) => Ok(CursorValue::Int(v.into())),
        Value::Blob(_) => Uuid::from_value(value).map(CursorValue::Id),
        other => Err(format!("cursor over {other:?}")),
    });
    let v = values.collect::<Result<Vec<_>, _>>().map_err(AppError::internal)?;
    let json = serde_json::to_vec(&Cursor { o: order_name(order), v })
        .map_err(|e| AppError::internal(e.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

pub fn read(text: &str, order: &Order) -> Result<Vec<Value>, AppError> {
    let bad = || AppError::from(invalid_cursor());
    let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| bad())?;
    let cursor: Cursor = serde_json::from_slice(&json).map_err(|_| bad())?;
    if cursor.o != order_name(order) || cursor.v.len() != order.len() {
        return Err(bad());
    }
    let value = |value| match value {
        CursorValue::Int(v) => Value::Int(v),
        CursorValue::Text(v) => Value::Text(v),
        CursorValue::Id(v) => Value::Id(v),
        CursorValue::Date(v) => Value::Date(v),
        CursorValue::Time(v) => Value::Time(Timestamp::from_micros(v)),
        CursorValue::Amount(v) => Value::Amount(Amount::from_scaled(v)),
    };
    Ok(cursor.v.into_iter().map(value).collect())
}
