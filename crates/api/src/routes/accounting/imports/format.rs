//! The format that a body claims, and the answer that the caller wants.

use std::time::Duration;

use application::accounting::imports::ImportFormat;
use domain::error::{Phrase, Violation};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::media::OCTET_STREAM;
use crate::problem::{Problem, UNSUPPORTED_MEDIA_TYPE};

const EXPECTED: Phrase = Phrase::new(
    "text/csv, text/tab-separated-values, application/x-ndjson or application/octet-stream, UTF-8",
    "text/csv أو text/tab-separated-values أو application/x-ndjson أو application/octet-stream بترميز UTF-8",
);
const PREFER: HeaderName = HeaderName::from_static("prefer");
/// Longest wait a caller may ask for; proxies give up soon after it.
pub const WAIT_SECONDS_MAX: u64 = 60;

/// CSV, columns separated by tabs, or NDJSON by `Content-Type`, in UTF-8; `None` when it only says that these are bytes.
pub fn format(headers: &HeaderMap) -> Result<Option<ImportFormat>, Problem> {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let mut pieces = text.split(';').map(str::trim);
    let name = pieces.next().unwrap_or_default().to_ascii_lowercase();
    let utf8 = pieces.all(|piece| match piece.split_once('=') {
        Some((key, value)) if key.eq_ignore_ascii_case("charset") => {
            let value = value.trim_matches('"');
            value.eq_ignore_ascii_case("utf-8") || value.eq_ignore_ascii_case("us-ascii")
        }
        _ => true,
    });
    let format = match name.as_str() {
        "text/csv" | "application/csv" => Some(Some(ImportFormat::Csv)),
        "text/tab-separated-values" => Some(Some(ImportFormat::Tsv)),
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" | "application/x-jsonlines" => {
            Some(Some(ImportFormat::NdJson))
        }
        OCTET_STREAM => Some(None),
        _ => None,
    };
    format
        .filter(|_| utf8)
        .ok_or_else(|| Violation::new(&UNSUPPORTED_MEDIA_TYPE).with_phrase("expected", EXPECTED).into())
}

/// How long the caller wants to wait for the end before it gets a job (RFC 7240): `Prefer: wait=10` so many seconds,
/// `Prefer: respond-async` not at all. Answers it with what was applied; `None` when nothing was asked.
pub fn preferred_wait(headers: &HeaderMap) -> Option<(Duration, HeaderValue)> {
    let mut words = headers.get_all(PREFER).iter().filter_map(|value| value.to_str().ok());
    let words: Vec<_> = words.by_ref().flat_map(|text| text.split(',')).map(preference).collect();
    let waits = words.iter().filter(|(name, _)| name.eq_ignore_ascii_case("wait"));
    if let Some(seconds) = waits.filter_map(|(_, value)| value.parse::<u64>().ok()).next() {
        let seconds = seconds.min(WAIT_SECONDS_MAX);
        let applied = HeaderValue::from_str(&format!("wait={seconds}")).ok()?;
        return Some((Duration::from_secs(seconds), applied));
    }
    let asks = words.iter().any(|(name, _)| name.eq_ignore_ascii_case("respond-async"));
    asks.then_some((Duration::ZERO, HeaderValue::from_static("respond-async")))
}

/// The name and value of a preference, without its parameters.
fn preference(text: &str) -> (&str, &str) {
    let word = text.split(';').next().unwrap_or_default();
    let (name, value) = word.split_once('=').unwrap_or((word, ""));
    (name.trim(), value.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preference_is_seconds_or_none_at_all() {
        let of = |text: &'static str| {
            let headers = HeaderMap::from_iter([(PREFER, HeaderValue::from_static(text))]);
            preferred_wait(&headers)
                .map(|(wait, applied)| (wait.as_secs(), applied.to_str().unwrap().to_owned()))
        };
        let applied = |seconds, text: &str| Some((seconds, text.to_owned()));
        assert_eq!(of("respond-async"), applied(0, "respond-async"));
        assert_eq!(of("handling=lenient, Respond-Async;x=1"), applied(0, "respond-async"));
        assert_eq!(of("respond-async, wait=10"), applied(10, "wait=10"));
        assert_eq!(of("wait=\"5\""), applied(5, "wait=5"));
        assert_eq!(of("wait=86400"), applied(WAIT_SECONDS_MAX, "wait=60"));
        assert_eq!(of("wait=soon"), None);
        assert_eq!(of("return=minimal"), None);
    }
}
