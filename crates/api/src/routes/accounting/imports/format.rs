//! What a body says it is, and how the caller wants to be answered.

use application::accounting::imports::ImportFormat;
use domain::error::Violation;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName};

use crate::problem::{Problem, UNSUPPORTED_MEDIA_TYPE};

const PREFER: HeaderName = HeaderName::from_static("prefer");

/// CSV or NDJSON by `Content-Type`, in UTF-8.
pub fn format(headers: &HeaderMap) -> Result<ImportFormat, Problem> {
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
        "text/csv" | "application/csv" => Some(ImportFormat::Csv),
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" | "application/x-jsonlines" => {
            Some(ImportFormat::NdJson)
        }
        _ => None,
    };
    format.filter(|_| utf8).ok_or_else(|| {
        Violation::new(&UNSUPPORTED_MEDIA_TYPE).with("expected", "text/csv or application/x-ndjson").into()
    })
}

/// Whether the caller wants a job whatever it takes (RFC 7240).
pub fn wants_job(headers: &HeaderMap) -> bool {
    let words = headers.get_all(PREFER).iter().filter_map(|value| value.to_str().ok());
    words.flat_map(|text| text.split(',')).any(|word| {
        word.split(';').next().is_some_and(|word| word.trim().eq_ignore_ascii_case("respond-async"))
    })
}
