//! The report of a run, in the JSON shape that monitoring of .NET services reads (GV1, GV2).

use std::time::Duration;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::check::HealthStatus;

/// The text in place of an exception's.
const EXCEPTION_OCCURRED: &str = "Exception Occurred.";

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    #[serde(skip)]
    pub name: &'static str,
    pub data: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(serialize_with = "as_time_span")]
    pub duration: Duration,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exception: Option<String>,
    pub status: HealthStatus,
    pub tags: &'static [&'static str],
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub status: HealthStatus,
    #[serde(serialize_with = "as_time_span")]
    pub total_duration: Duration,
    #[serde(serialize_with = "as_map")]
    pub entries: Vec<Entry>,
}

impl Report {
    /// The worst status of the entries; none is healthy.
    pub fn new(total_duration: Duration, entries: Vec<Entry>) -> Self {
        let status = entries.iter().map(|entry| entry.status).max().unwrap_or(HealthStatus::Healthy);
        Self { status, total_duration, entries }
    }

    /// The report without names and texts, for anonymous callers.
    #[must_use]
    pub fn anonymous(&self) -> Self {
        Self { entries: Vec::new(), ..self.clone() }
    }

    /// The report with names but without the texts of exceptions.
    #[must_use]
    pub fn redacted(&self) -> Self {
        let mut report = self.clone();
        for entry in &mut report.entries {
            let Some(exception) = entry.exception.as_mut() else { continue };
            let shows_it = entry.description.as_ref().is_none_or(|description| description == exception);
            EXCEPTION_OCCURRED.clone_into(exception);
            if shows_it {
                entry.description = Some(EXCEPTION_OCCURRED.to_owned());
            }
        }
        report
    }

    /// HTTP status: only `Unhealthy` is a failure (I6).
    pub fn http_status(&self) -> http::StatusCode {
        match self.status {
            HealthStatus::Healthy | HealthStatus::Degraded => http::StatusCode::OK,
            HealthStatus::Unhealthy => http::StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// One line of JSON; characters that mean something in HTML are escaped, all others are not.
    pub fn json(&self) -> String {
        escape_html(&serde_json::to_string(self).unwrap_or_default())
    }
}

/// These characters stand only inside strings of compact JSON, so that escaping them keeps its meaning.
fn escape_html(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut characters = json.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('"') => out.push_str("\\u0022"),
                Some(other) => out.extend(['\\', other]),
                None => out.push('\\'),
            },
            '<' | '>' | '&' | '\'' | '+' | '`' => out.push_str(&format!("\\u{:04X}", u32::from(character))),
            other => out.push(other),
        }
    }
    out
}

fn as_map<S: Serializer>(entries: &[Entry], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(entries.len()))?;
    for entry in entries {
        map.serialize_entry(entry.name, entry)?;
    }
    map.end()
}

fn as_time_span<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time_span(*duration))
}

/// A duration as .NET's constant format writes it: `1.02:00:00`, `00:00:00.0123456`, in steps of 100 ns.
pub fn time_span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
    let days = if days == 0 { String::new() } else { format!("{days}.") };
    let ticks = duration.subsec_nanos() / 100;
    let fraction = if ticks == 0 { String::new() } else { format!(".{ticks:07}") };
    format!("{days}{hours:02}:{minutes:02}:{rest:02}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &'static str, tags: &'static [&'static str], nanoseconds: u64) -> Entry {
        Entry {
            name,
            data: Map::new(),
            description: None,
            duration: Duration::from_nanos(nanoseconds),
            exception: None,
            status: HealthStatus::Healthy,
            tags,
        }
    }

    fn redis_down() -> Report {
        let mut redis = entry("redis", &["cache"], 1_200_000);
        redis.status = HealthStatus::Degraded;
        redis.exception = Some("connection refused".to_owned());
        redis.description = redis.exception.clone();
        let mut custom = entry("custom-check", &[], 100_000);
        custom.description = Some("All systems operational".to_owned());
        let entries = vec![
            entry("sql-server", &["db", "critical"], 3_456_700),
            redis,
            entry("blob-storage", &["storage"], 4_500_000),
            custom,
        ];
        Report::new(Duration::from_nanos(12_345_600), entries)
    }

    const REDIS_DOWN: &str = concat!(
        r#"{"status":"Degraded","totalDuration":"00:00:00.0123456","entries":{"#,
        r#""sql-server":{"data":{},"duration":"00:00:00.0034567","status":"Healthy","tags":["db","critical"]},"#,
        r#""redis":{"data":{},"description":"connection refused","duration":"00:00:00.0012000","exception":"connection refused","status":"Degraded","tags":["cache"]},"#,
        r#""blob-storage":{"data":{},"duration":"00:00:00.0045000","status":"Healthy","tags":["storage"]},"#,
        r#""custom-check":{"data":{},"description":"All systems operational","duration":"00:00:00.0001000","status":"Healthy","tags":[]}}}"#
    );

    /// Proves: I5, GV1.
    #[test]
    fn the_report_is_byte_exact() {
        assert_eq!(redis_down().json(), REDIS_DOWN);
        assert_eq!(redis_down().http_status(), 200);
        assert_eq!(
            redis_down().redacted().json(),
            REDIS_DOWN.replace("connection refused", "Exception Occurred.")
        );
        assert_eq!(
            redis_down().anonymous().json(),
            r#"{"status":"Degraded","totalDuration":"00:00:00.0123456","entries":{}}"#
        );
    }

    /// Proves: I5, I6.
    #[test]
    fn a_description_of_its_own_survives_redaction() {
        let mut report = redis_down();
        report.entries[1].description = Some("cache away".to_owned());
        assert_eq!(report.redacted().entries[1].description.as_deref(), Some("cache away"));
        report.entries[0].status = HealthStatus::Unhealthy;
        assert_eq!(Report::new(Duration::ZERO, report.entries).http_status(), 503);
    }

    /// Proves: I5.
    #[test]
    fn html_is_escaped_and_arabic_is_not() {
        let mut report = redis_down();
        report.entries.truncate(1);
        report.entries[0].description = Some("<b> \"ق\" \\ 'x'".to_owned());
        let json = report.json();
        assert!(json.contains(r#""\u003Cb\u003E \u0022ق\u0022 \\ \u0027x\u0027""#), "{json}");
    }

    /// Proves: GV2.
    #[test]
    fn durations_are_time_spans() {
        for (duration, text) in [
            (Duration::ZERO, "00:00:00"),
            (Duration::from_nanos(12_345_600), "00:00:00.0123456"),
            (Duration::from_secs(26 * 3600), "1.02:00:00"),
            (Duration::from_millis(61_500), "00:01:01.5000000"),
        ] {
            assert_eq!(time_span(duration), text);
        }
    }
}
