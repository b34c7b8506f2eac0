//! Compact log events, one JSON object a line (CLEF).

use serde_json::{Map, Value};

use super::levels::Level;
use super::record::{Enrichers, Record};

/// The line of an event, ending in a line break.
pub fn line(record: &Record, enrichers: &Enrichers) -> String {
    let mut event = Map::new();
    let mut put = |name: &str, value: Value| {
        event.entry(name).or_insert(value);
    };
    put("@t", Value::String(record.time.to_string()));
    put("@mt", Value::String(record.template.clone()));
    if record.level != Level::Information {
        put("@l", Value::String(record.level.name().to_owned()));
    }
    if let Some(exception) = &record.exception {
        put("@x", Value::String(exception.clone()));
    }
    for (property, field) in [("TraceId", "@tr"), ("SpanId", "@sp")] {
        if let Some(value) = record.property(property) {
            put(field, value.clone());
        }
    }
    for (name, value) in &record.properties {
        match name.strip_prefix('@') {
            // A leading @ is doubled, because single ones belong to the format.
            Some(rest) => put(&format!("@@{rest}"), value.clone()),
            None if matches!(name.as_str(), "TraceId" | "SpanId") => {}
            None => put(name, value.clone()),
        }
    }
    put("SourceContext", Value::String(record.source.clone()));
    for (name, value) in &enrichers.0 {
        put(name, Value::String(value.clone()));
    }
    format!("{}\n", Value::Object(event))
}

#[cfg(test)]
mod tests {
    use domain::time::Timestamp;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_one_json_line() {
        let record = Record {
            time: Timestamp::parse("2024-01-15T14:30:05Z").unwrap(),
            level: Level::Warning,
            source: "erp::outbox".to_owned(),
            template: "Late {Id}".to_owned(),
            properties: vec![
                ("Id".to_owned(), json!(7)),
                ("TraceId".to_owned(), json!("ab")),
                ("@odd".to_owned(), json!(true)),
            ],
            exception: Some("a\nb".to_owned()),
        };
        assert_eq!(
            line(&record, &Enrichers(vec![("MachineName", "m".to_owned())])),
            concat!(
                r#"{"@t":"2024-01-15T14:30:05.000000Z","@mt":"Late {Id}","@l":"Warning","@x":"a\nb","@tr":"ab","Id":7,"#,
                r#""@@odd":true,"SourceContext":"erp::outbox","MachineName":"m"}"#,
                "\n"
            )
        );
    }
}
