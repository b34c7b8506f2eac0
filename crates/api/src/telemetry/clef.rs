//! Compact log events, one JSON object a line (CLEF).

use super::levels::Level;
use super::local_time::{LocalTime, fraction};
use super::message::{Piece, next};
use super::record::{Enrichers, Record, quoted};

/// Writes the line of an event, ending in a line break.
pub fn line(record: &Record, enrichers: &Enrichers, utc: &mut LocalTime, out: &mut String) {
    out.push_str("{\"@t\":\"");
    let second = utc.at(record.time);
    out.push_str(second.date());
    out.push('T');
    out.push_str(second.clock());
    fraction::<6>(record.time, out);
    out.push_str("Z\",\"@mt\":");
    quoted(&record.template, out);
    renderings(record, enrichers, out);
    if record.level != Level::Information {
        member("@l", record.level.name(), out);
    }
    if let Some(exception) = &record.exception {
        member("@x", exception, out);
    }
    record.each(enrichers, |_, name, value| {
        out.push_str(",\"");
        match name {
            "TraceId" => out.push_str("@tr"),
            "SpanId" => out.push_str("@sp"),
            // A leading @ is doubled, because single ones belong to the format.
            name => {
                if name.starts_with('@') {
                    out.push('@');
                }
                out.push_str(name);
            }
        }
        out.push_str("\":");
        value.json(out);
    });
    member("SourceContext", record.source, out);
    out.push_str("}\n");
}

fn member(name: &str, text: &str, out: &mut String) {
    out.push_str(",\"");
    out.push_str(name);
    out.push_str("\":");
    quoted(text, out);
}

/// How holes with a format are shown: whoever reads the event need not know the formats.
fn renderings(record: &Record, enrichers: &Enrichers, out: &mut String) {
    let mut rest: &str = &record.template;
    let mut before = ",\"@r\":[";
    while let Some((piece, after)) = next(rest) {
        if let Piece::Hole(hole, _) = piece
            && hole.format.is_some()
        {
            let mut shown = String::new();
            record.with(enrichers, hole.name, |value| hole.fill(value, &mut shown));
            out.push_str(std::mem::replace(&mut before, ","));
            quoted(&shown, out);
        }
        rest = after;
    }
    if before == "," {
        out.push(']');
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::telemetry::tests::record;

    fn written(record: &Record) -> String {
        let mut out = String::new();
        line(record, &Enrichers(vec![("MachineName", "m".to_owned())]), &mut LocalTime::utc(), &mut out);
        out
    }

    /// Proves: J3.
    #[test]
    fn an_event_is_one_json_line() {
        let mut late =
            record("Late {Id}", &[("Id", json!(7)), ("TraceId", json!("ab")), ("@odd", json!(true))]);
        late.level = Level::Warning;
        late.source = "erp::outbox";
        late.exception = Some("a\nb".to_owned());
        assert_eq!(
            written(&late),
            concat!(
                r#"{"@t":"2024-01-15T14:30:05.250000Z","@mt":"Late {Id}","@l":"Warning","@x":"a\nb","Id":7,"@tr":"ab","#,
                r#""@@odd":true,"MachineName":"m","SourceContext":"erp::outbox"}"#,
                "\n"
            )
        );
    }

    #[test]
    fn holes_with_a_format_come_with_what_they_show() {
        let took =
            record("Took {Ms:0.0} of {All} ({Part:0.00})", &[("Ms", json!(1.25)), ("Part", json!(0.5))]);
        assert_eq!(
            written(&took),
            concat!(
                r#"{"@t":"2024-01-15T14:30:05.250000Z","@mt":"Took {Ms:0.0} of {All} ({Part:0.00})","@r":["1.2","0.50"],"#,
                r#""Ms":1.25,"Part":0.5,"MachineName":"m","SourceContext":"erp"}"#,
                "\n"
            )
        );
    }
}
