//! Lines for people: `[14:30:05 INF] Account 123 posted {"MachineName":"m"}` (GV3).

use super::local_time::LocalTime;
use super::message::{escape, message};
use super::record::{Enrichers, Record, quoted};

/// Writes the line of an event, ending in a line break; an exception follows on lines of its own.
pub fn line(record: &Record, enrichers: &Enrichers, time: &mut LocalTime, out: &mut String) {
    out.push('[');
    out.push_str(time.at(record.time).clock());
    out.push(' ');
    out.push_str(record.level.short());
    out.push_str("] ");
    let used = message(record, enrichers, out);
    out.push_str(" {");
    let mut first = true;
    record.each(enrichers, |place, name, value| {
        if used.has(place) {
            return;
        }
        if !std::mem::take(&mut first) {
            out.push(',');
        }
        quoted(name, out);
        out.push(':');
        value.json(out);
    });
    out.push_str("}\n");
    exception(record, out);
}

/// An exception, on lines of its own, none of which begins as the line of an event does.
pub fn exception(record: &Record, out: &mut String) {
    for line in record.exception.iter().flat_map(|text| text.split('\n')) {
        if line.starts_with(|first: char| first == '[' || first.is_ascii_digit()) {
            out.push(' ');
        }
        escape(line, out);
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::telemetry::tests::{record, riyadh};

    fn written(record: &Record, enrichers: &Enrichers) -> String {
        let mut out = String::new();
        line(record, enrichers, &mut LocalTime::new(jiff::tz::TimeZone::UTC), &mut out);
        out
    }

    /// Proves: J2, J3, GV3.
    #[test]
    fn lines_are_those_of_the_specification() {
        let machine = Enrichers(vec![("MachineName", "m".to_owned())]);
        let none = Enrichers::default();
        let posted = record("Account {Id} posted", &[("Id", json!(123))]);
        assert_eq!(written(&posted, &machine), "[14:30:05 INF] Account 123 posted {\"MachineName\":\"m\"}\n");
        assert_eq!(
            written(&posted, &Enrichers::standard("m", "Production")),
            "[14:30:05 INF] Account 123 posted \
             {\"MachineName\":\"m\",\"EnvironmentName\":\"Production\",\"Application\":\"ERP-API\"}\n"
        );
        let hello = record("Hello {Name}", &[("Name", json!("World"))]);
        assert_eq!(written(&hello, &none), "[14:30:05 INF] Hello World {}\n");
        let structure = record("Hello {@User}", &[("User", json!({ "Name": "World" }))]);
        assert_eq!(written(&structure, &none), "[14:30:05 INF] Hello {\"Name\":\"World\"} {}\n");
        let mut failed = posted;
        failed.exception = Some("disk full\n ---> no space".to_owned());
        assert_eq!(
            written(&failed, &none),
            "[14:30:05 INF] Account 123 posted {}\ndisk full\n ---> no space\n"
        );
    }

    /// Proves: J3.
    #[test]
    fn the_time_is_that_of_the_place() {
        let mut out = String::new();
        let mut time = LocalTime::new(riyadh());
        line(&record("x", &[]), &Enrichers::default(), &mut time, &mut out);
        assert_eq!(out, "[17:30:05 INF] x {}\n");
    }

    /// Proves: J3.
    #[test]
    fn unused_properties_follow_and_nothing_forges_a_line() {
        let record = record(
            "Left {Nothing} {Who} {",
            &[("Who", json!("a\n[14:30:05 INF] b")), ("فرع", json!("الرياض")), ("n", json!(1))],
        );
        assert_eq!(
            written(&record, &Enrichers::default()),
            "[14:30:05 INF] Left {Nothing} a\\n[14:30:05 INF] b { {\"فرع\":\"الرياض\",\"n\":1}\n"
        );
        let mut failed = record;
        failed.template = "x".into();
        failed.properties.clear();
        failed.exception = Some("[14:30:05 INF] a\r\n2024-01-15 b\n\u{1b}[2Jc\n ---> فرع".to_owned());
        assert_eq!(
            written(&failed, &Enrichers::default()),
            "[14:30:05 INF] x {}\n [14:30:05 INF] a\\r\n 2024-01-15 b\n\\u{1b}[2Jc\n ---> فرع\n"
        );
    }

    #[test]
    fn a_property_shadows_an_enricher_and_a_message_may_show_one() {
        let enrichers = Enrichers(vec![("MachineName", "m".to_owned()), ("Application", "a".to_owned())]);
        let record = record("On {Application}", &[("MachineName", json!("own"))]);
        assert_eq!(written(&record, &enrichers), "[14:30:05 INF] On a {\"MachineName\":\"own\"}\n");
    }
}
