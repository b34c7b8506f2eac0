//! Health reports against their published schema, docs/health.schema.json. For tests, those over HTTP included.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

const SCHEMA: &str = include_str!("../../../../docs/health.schema.json");

/// The kind of caller, which decides on the form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    Anybody,
    /// A caller who may read the audit log.
    Authorised,
    Operator,
}

/// The schema of one form, by its name in the document.
fn form(name: &str) -> Validator {
    let mut schema: Value = serde_json::from_str(SCHEMA).unwrap();
    schema["$ref"] = format!("#/$defs/{name}").into();
    jsonschema::validator_for(&schema).unwrap()
}

/// Fails the test when a report is not what its reader is promised.
#[track_caller]
pub fn check_health_report(reader: Reader, body: &str) {
    static FORMS: LazyLock<[Validator; 3]> =
        LazyLock::new(|| ["anonymous", "authorised", "operator"].map(form));
    let schema = &FORMS[reader as usize];
    let report: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"));
    let errors: Vec<_> =
        schema.iter_errors(&report).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(errors.is_empty(), "{reader:?} gets {body}: {}", errors.join("; "));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(entries: &str) -> String {
        format!(r#"{{"status":"Degraded","totalDuration":"00:00:00.0123456","entries":{{{entries}}}}}"#)
    }

    fn refused(reader: Reader, body: &str) -> bool {
        std::panic::catch_unwind(|| check_health_report(reader, body)).is_err()
    }

    /// Proves: I5.
    #[test]
    fn each_form_refuses_what_its_reader_must_not_see() {
        let redis = |exception: &str| {
            report(&format!(
                r#""redis":{{"data":{{}},"description":"x","duration":"00:00:00","exception":"{exception}","status":"Degraded","tags":["cache"]}}"#
            ))
        };
        let (full, hidden, nothing) = (redis("10.0.0.7 refused"), redis("Exception Occurred."), report(""));
        let forms = [Reader::Anybody, Reader::Authorised, Reader::Operator];
        for (body, taken) in
            [(&full, [false, false, true]), (&hidden, [false, true, true]), (&nothing, [true; 3])]
        {
            assert_eq!(forms.map(|reader| !refused(reader, body)), taken, "{body}");
        }
        for wrong in [
            full.replace("Degraded", "degraded"),
            full.replace("00:00:00\"", "0.5\""),
            full.replace(r#""tags":["cache"]"#, r#""tags":null"#),
            full.replace("\"data\":{},", ""),
            full.replace("\"description\":\"x\",", ""),
            full.replace("redis", "cache"),
            full.replace("\"entries\"", "\"checks\""),
            full.replace("\"data\"", "\"error\":1,\"data\""),
            full.replace("\"status\":\"Degraded\",\"tags\"", "\"status\":\"Healthy\",\"tags\""),
        ] {
            assert!(refused(Reader::Operator, &wrong), "{wrong}");
        }
    }
}
