//! The format that a body claims, and the answer that the caller wants.

use std::time::Duration;

use application::accounting::imports::ImportFormat;
use domain::accounting::import_profile::TextEncoding;
use domain::error::{Phrase, Violation};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::media::{OCTET_STREAM, XLSX};
use crate::problem::{Problem, UNSUPPORTED_MEDIA_TYPE};

const EXPECTED: Phrase = Phrase::new(
    "text/csv, text/tab-separated-values, application/x-ndjson, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet \
     or application/octet-stream; text in utf-8, utf-16, windows-1252 or windows-1256",
    "text/csv أو text/tab-separated-values أو application/x-ndjson أو \
     application/vnd.openxmlformats-officedocument.spreadsheetml.sheet أو application/octet-stream؛ والنص بترميز utf-8 أو utf-16 أو \
     windows-1252 أو windows-1256",
);
const PREFER: HeaderName = HeaderName::from_static("prefer");
/// Longest wait a caller may ask for; proxies give up soon after it.
pub const WAIT_SECONDS_MAX: u64 = 60;

/// The format of a body by `Content-Type`, `None` when it only says that these are bytes, and the encoding that it names.
pub fn format(headers: &HeaderMap) -> Result<(Option<ImportFormat>, Option<TextEncoding>), Problem> {
    let unsupported =
        || Problem::from(Violation::new(&UNSUPPORTED_MEDIA_TYPE).with_phrase("expected", EXPECTED));
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let mut pieces = text.split(';').map(str::trim);
    let name = pieces.next().unwrap_or_default().to_ascii_lowercase();
    let format = match name.as_str() {
        "text/csv" | "application/csv" => Some(ImportFormat::Csv),
        "text/tab-separated-values" => Some(ImportFormat::Tsv),
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" | "application/x-jsonlines" => {
            Some(ImportFormat::NdJson)
        }
        XLSX => Some(ImportFormat::Xlsx),
        OCTET_STREAM => None,
        _ => return Err(unsupported()),
    };
    let parameters = pieces.filter_map(|piece| piece.split_once('='));
    let charset =
        parameters.filter(|(key, _)| key.eq_ignore_ascii_case("charset")).map(|(_, value)| value).next();
    let charset = match charset.map(|value| value.trim_matches('"').to_ascii_lowercase()).as_deref() {
        None => None,
        Some("us-ascii" | "utf-8") => Some(TextEncoding::Utf8),
        Some(named) => Some(TextEncoding::parse(named).map_err(|_| unsupported())?),
    };
    let of_text = matches!(format, Some(ImportFormat::Csv | ImportFormat::Tsv));
    match charset {
        Some(charset) if charset != TextEncoding::Utf8 && !of_text => Err(unsupported()),
        // That a file is UTF-8 goes without saying, so it says nothing against a profile.
        charset => Ok((format, charset.filter(|charset| *charset != TextEncoding::Utf8))),
    }
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
