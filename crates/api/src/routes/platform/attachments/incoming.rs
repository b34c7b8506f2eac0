//! A request's body on its way into the file store.

use application::ports::blobs::{Expected, Incoming};
use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use futures::{StreamExt, TryStreamExt};
use http::HeaderMap;

use super::digest;
use crate::middleware::body_limit::{BodyLimit, broken_off};
use crate::middleware::limits::ATTACHMENT_BYTES_MAX;
use crate::problem::Problem;

/// A body with its headers and what they promise of it.
pub struct IncomingFile {
    pub headers: HeaderMap,
    pub expected: Expected,
    pub content: Incoming,
}

impl IncomingFile {
    pub fn of(request: Request) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let limit = parts.extensions.get::<BodyLimit>().copied().unwrap_or(BodyLimit {
            name: "attachment_bytes_max",
            bytes_max: ATTACHMENT_BYTES_MAX,
            buffered: false,
        });
        let expected = Expected { size: body.size_hint().exact(), sha256: digest::declared(&parts.headers)? };
        Ok(Self { headers: parts.headers, expected, content: stream(body, limit) })
    }
}

fn stream(body: Body, limit: BodyLimit) -> Incoming {
    let pieces = body.into_data_stream();
    pieces.map_err(move |error| broken_off(&error, limit).error().clone()).boxed()
}
