//! Answers of handlers: status, headers and a body that is JSON already.

mod csv;
pub mod file;
mod list;
pub mod range;

use application::command::Executed;
use application::error::AppError;
use application::ports::cache::Cached;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use crate::base::API_BASE;
use crate::extract::etag::{etag, not_modified};
use crate::media::Media;
use crate::problem::Problem;

pub use csv::Columns;
pub use list::{STREAM_PAGE_ITEMS, cached_list, list, list_from};

pub type ApiResult = Result<Response, Problem>;

pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// 201 with the address and version of what was created. `collection` is the path as registered: `/accounts`.
pub fn created(collection: &str, executed: Executed) -> ApiResult {
    let location = executed.id.map(|id| format!("{API_BASE}{collection}/{id}"));
    let mut response = answer(StatusCode::CREATED, executed);
    if let Some(Ok(location)) = location.map(HeaderValue::try_from) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// 200 with what the command answered.
pub fn ok(executed: Executed) -> ApiResult {
    Ok(answer(StatusCode::OK, executed))
}

/// 202: the work goes on as a job, whose address is given.
pub fn accepted(location: &str, executed: Executed) -> ApiResult {
    let mut response = answer(StatusCode::ACCEPTED, executed);
    if let Ok(location) = HeaderValue::try_from(format!("{API_BASE}{location}")) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// 204; what the command answered is not shown.
pub fn no_content(executed: Executed) -> ApiResult {
    let mut response = StatusCode::NO_CONTENT.into_response();
    replayed(response.headers_mut(), executed.replayed);
    Ok(response)
}

fn answer(status: StatusCode, executed: Executed) -> Response {
    let mut response = json_bytes(status, executed.body);
    if let Some(version) = executed.version {
        response.headers_mut().insert(ETAG, etag(version));
    }
    replayed(response.headers_mut(), executed.replayed);
    response
}

fn replayed(headers: &mut HeaderMap, replayed: bool) {
    if replayed {
        headers.insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    }
}

fn json_bytes(status: StatusCode, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}

/// 200 with a PDF file to look at. `name` is that of the file, without its ending.
pub fn pdf(file: Bytes, name: &str) -> Response {
    let mut response = Response::new(Body::from(file));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(Media::Pdf.as_str()));
    if let Ok(named) = HeaderValue::try_from(format!("inline; filename=\"{name}.pdf\"")) {
        headers.insert(CONTENT_DISPOSITION, named);
    }
    response
}

/// 200 with a view; with a version also its `ETag`, and 304 for a caller who has it.
pub fn view<T: Serialize>(view: &T, version: Option<i64>, headers: &HeaderMap) -> ApiResult {
    let tag = version.map(etag);
    if let Some(tag) = tag.as_ref().filter(|tag| not_modified(headers, tag)) {
        return Ok(unchanged(tag.clone()));
    }
    Ok(tagged(json_bytes(StatusCode::OK, to_bytes(view)?), tag))
}

/// 200 with bytes straight from the cache.
pub fn cached(cached: Cached, headers: &HeaderMap) -> ApiResult {
    let tag = cached.version.map(etag);
    if let Some(tag) = tag.as_ref().filter(|tag| not_modified(headers, tag)) {
        return Ok(unchanged(tag.clone()));
    }
    Ok(tagged(json_bytes(StatusCode::OK, cached.body), tag))
}

/// 200 with any other value as JSON.
pub fn json<T: Serialize>(value: &T) -> ApiResult {
    Ok(json_bytes(StatusCode::OK, to_bytes(value)?))
}

fn tagged(mut response: Response, tag: Option<HeaderValue>) -> Response {
    if let Some(tag) = tag {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

fn unchanged(tag: HeaderValue) -> Response {
    tagged(StatusCode::NOT_MODIFIED.into_response(), Some(tag))
}

pub(crate) fn to_bytes<T: Serialize>(value: &T) -> Result<Bytes, AppError> {
    serde_json::to_vec(value)
        .map(Bytes::from)
        .map_err(|error| AppError::internal(format!("an answer cannot be written: {error}")))
}
