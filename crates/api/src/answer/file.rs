//! Files from the store: whole or in parts, always as a download, with the checksum they were kept with.

use std::future::Future;
use std::ops::Range;

use application::error::AppResult;
use application::ports::blobs::{Blob, BlobLabel, from_hex};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::error::Violation;
use futures::TryStreamExt;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::ApiResult;
use super::range::{Wanted, wanted};
use crate::extract::etag::not_modified;
use crate::problem::{Problem, RANGE_NOT_SATISFIABLE};

/// RFC 9530: of the whole file, also when only a part is sent.
const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");
/// Kept by nobody without asking us again; a proxy must not recompress what has a checksum.
const CACHE: HeaderValue = HeaderValue::from_static("private, no-cache, no-transform");

/// The facts about a file that are known before it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// 64 hexadecimal digits; also its tag: the same bytes have the same one, whatever they are called by now.
    pub sha256: String,
    /// In bytes.
    pub size: u64,
    pub label: BlobLabel,
}

/// Answers a request for a file, opening it only when bytes of it are wanted.
pub async fn send<F: Future<Output = AppResult<Blob>>>(
    facts: &FileFacts,
    headers: &HeaderMap,
    open: impl FnOnce(Option<Range<u64>>) -> F,
) -> ApiResult {
    let tag = HeaderValue::try_from(format!("\"{}\"", facts.sha256));
    let tag = tag.unwrap_or(HeaderValue::from_static("\"\""));
    let range = match wanted(headers, facts.size, &tag) {
        _ if not_modified(headers, &tag) => return Ok(unchanged(tag)),
        Wanted::Whole => None,
        Wanted::Part(range) => Some(range),
        Wanted::Nothing => return Ok(nothing(facts.size)),
    };
    let part = range.is_some();
    let mut response = streamed(open(range).await?, part);
    let headers = response.headers_mut();
    headers.insert(ETAG, tag);
    headers.insert(CACHE_CONTROL, CACHE);
    let digest = from_hex(&facts.sha256).map(|digest| format!("sha-256=:{}:", STANDARD.encode(digest)));
    for (name, value) in [
        (CONTENT_TYPE, Some(facts.label.content_type.clone())),
        (CONTENT_DISPOSITION, facts.label.disposition.clone()),
        (REPR_DIGEST, digest),
    ] {
        if let Some(Ok(value)) = value.map(HeaderValue::try_from) {
            headers.insert(name, value);
        }
    }
    Ok(response)
}

fn streamed(blob: Blob, part: bool) -> Response {
    let (key, range, size) = (blob.info.key, blob.range, blob.info.size);
    let pieces = blob.content.map_err(move |error| {
        // Too late for a status: the connection is cut, so that the file is not taken for complete.
        tracing::error!(%error, blob = %key, "A download broke off: {{error}}");
        std::io::Error::other("the download broke off")
    });
    let mut response = Response::new(Body::from_stream(pieces));
    let headers = response.headers_mut();
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
    if part {
        let text = format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1));
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(CONTENT_RANGE, value);
        }
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    response
}

fn unchanged(tag: HeaderValue) -> Response {
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    response.headers_mut().insert(ETAG, tag);
    response.headers_mut().insert(CACHE_CONTROL, CACHE);
    response
}

fn nothing(size: u64) -> Response {
    let problem = Problem::from(Violation::new(&RANGE_NOT_SATISFIABLE).with("size", size).at(":Range"));
    let mut response = problem.into_response();
    if let Ok(value) = HeaderValue::try_from(format!("bytes */{size}")) {
        response.headers_mut().insert(CONTENT_RANGE, value);
    }
    response
}
