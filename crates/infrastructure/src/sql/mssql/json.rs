//! Rows as one JSON parameter: any number of them in one round trip.

use chrono::DateTime;
use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::super::value::{Kind, Value};

/// `[[…], […]]`, each row in the order of its statement's columns.
pub fn rows_json(kinds: &[Kind], rows: &[Vec<Value>]) -> String {
    let rows = rows.iter().map(|row| {
        let cells = kinds.iter().zip(row).map(|(kind, value)| match value {
            // JSON already: part of the parameter, not a text in it.
            Value::Text(document) if *kind == Kind::Document => document.clone(),
            value => cell(value).to_string(),
        });
        format!("[{}]", cells.collect::<Vec<_>>().join(","))
    });
    format!("[{}]", rows.collect::<Vec<_>>().join(","))
}

/// `[…]`, the keys of a look-up.
pub fn keys_json(keys: &[Value]) -> String {
    Json::Array(keys.iter().map(cell).collect()).to_string()
}

/// Binary values as hexadecimal digits, numbers with a point as text: JSON's own would pass through floating point.
fn cell(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Int(v) => Json::from(*v),
        Value::Bool(v) => Json::from(u8::from(*v)),
        Value::Text(v) => Json::from(v.as_str()),
        Value::Id(v) => Json::from(v.simple().to_string()),
        Value::Blob(v) => Json::from(hex(v)),
        Value::Hash(v) => Json::from(hex(v)),
        Value::Date(v) => Json::from(v.format("%Y-%m-%d").to_string()),
        Value::Time(v) => {
            let time = DateTime::from_timestamp_micros(v.micros()).unwrap_or_default();
            Json::from(time.format("%Y-%m-%dT%H:%M:%S%.6f").to_string())
        }
        Value::Amount(v) => Json::from(Decimal::new(v.scaled(), 4).to_string()),
        Value::Rate(v) => Json::from(Decimal::new(v.scaled(), 10).to_string()),
        Value::Millionths(v) => Json::from(Decimal::new(*v, 6).to_string()),
    }
}

fn hex(bytes: &[u8]) -> String {
    domain::hex::hex(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_part_of_the_parameter() {
        let row = vec![
            Value::Text("say \"hi\"".to_owned()),
            Value::Text(r#"{"a":"\"b\""}"#.to_owned()),
            Value::Null,
        ];
        let kinds = [Kind::Text(20), Kind::Document, Kind::Document];
        assert_eq!(rows_json(&kinds, &[row]), r#"[["say \"hi\"",{"a":"\"b\""},null]]"#);
    }
}
