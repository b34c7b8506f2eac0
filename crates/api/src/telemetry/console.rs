//! Lines for people: `[14:30:05 INF] Account 123 posted {"MachineName":"m"}` (GV3).

use serde_json::{Map, Value};

use super::record::{Enrichers, Record};

/// The line of an event, ending in a line break; an exception follows on lines of its own.
pub fn line(record: &Record, enrichers: &Enrichers) -> String {
    let (message, used) = message(record);
    let mut rest = Map::new();
    for (name, value) in record.properties.iter().filter(|(name, _)| !used.contains(&name.as_str())) {
        rest.insert(name.clone(), value.clone());
    }
    for (name, value) in &enrichers.0 {
        if !used.contains(name) {
            rest.entry(*name).or_insert_with(|| Value::String(value.clone()));
        }
    }
    let time = record.time.to_datetime().format("%H:%M:%S");
    let mut line = format!("[{time} {}] {message} {}\n", record.level.short(), Value::Object(rest));
    if let Some(exception) = &record.exception {
        line.push_str(exception);
        line.push('\n');
    }
    line
}

/// The message with its properties filled in, and their names. Control characters are escaped, so that no value can
/// forge a line of its own.
pub fn message(record: &Record) -> (String, Vec<&str>) {
    let mut out = String::with_capacity(record.template.len());
    let mut used = Vec::new();
    let mut rest = record.template.as_str();
    while let Some(start) = rest.find('{') {
        let (before, from) = rest.split_at(start);
        escape(before, &mut out);
        let hole = from.find('}').map(|end| &from[1..end]);
        let found = hole.and_then(|hole| {
            let name = hole.trim_start_matches(['@', '$']).split([',', ':']).next()?;
            record.properties.iter().find(|(own, _)| own == name)
        });
        match (hole, found) {
            (Some(hole), Some((name, value))) => {
                match value {
                    Value::String(text) => escape(text, &mut out),
                    other => out.push_str(&other.to_string()),
                }
                used.push(name.as_str());
                rest = &from[hole.len() + 2..];
            }
            _ => {
                out.push('{');
                rest = &from[1..];
            }
        }
    }
    escape(rest, &mut out);
    (out, used)
}

fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        if character.is_control() {
            out.extend(character.escape_default());
        } else {
            out.push(character);
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::time::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::telemetry::Level;

    fn record(template: &str, properties: &[(&str, Value)]) -> Record {
        Record {
            time: Timestamp::parse("2024-01-15T14:30:05.25Z").unwrap(),
            level: Level::Information,
            source: "erp".to_owned(),
            template: template.to_owned(),
            properties: properties.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            exception: None,
        }
    }

    #[test]
    fn lines_are_those_of_the_specification() {
        let machine = Enrichers(vec![("MachineName", "m".to_owned())]);
        let none = Enrichers::default();
        let posted = record("Account {Id} posted", &[("Id", json!(123))]);
        assert_eq!(line(&posted, &machine), "[14:30:05 INF] Account 123 posted {\"MachineName\":\"m\"}\n");
        assert_eq!(
            line(&posted, &Enrichers::standard("m", "Production")),
            "[14:30:05 INF] Account 123 posted \
             {\"MachineName\":\"m\",\"EnvironmentName\":\"Production\",\"Application\":\"ERP-API\"}\n"
        );
        let hello = record("Hello {Name}", &[("Name", json!("World"))]);
        assert_eq!(line(&hello, &none), "[14:30:05 INF] Hello World {}\n");
        let structure = record("Hello {@User}", &[("User", json!({ "Name": "World" }))]);
        assert_eq!(line(&structure, &none), "[14:30:05 INF] Hello {\"Name\":\"World\"} {}\n");
        let mut failed = posted;
        failed.exception = Some("disk full\n ---> no space".to_owned());
        assert_eq!(line(&failed, &none), "[14:30:05 INF] Account 123 posted {}\ndisk full\n ---> no space\n");
    }

    #[test]
    fn unused_properties_follow_and_nothing_forges_a_line() {
        let record = record(
            "Left {Nothing} {Who} {",
            &[("Who", json!("a\n[14:30:05 INF] b")), ("فرع", json!("الرياض")), ("n", json!(1))],
        );
        assert_eq!(
            line(&record, &Enrichers::default()),
            "[14:30:05 INF] Left {Nothing} a\\n[14:30:05 INF] b { {\"فرع\":\"الرياض\",\"n\":1}\n"
        );
    }
}
