use application::platform::attachments::{Attachment, Attachments, content_disposition};
use application::ports::blobs::{Blob, hex};
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::error::Violation;
use domain::ids::{AttachmentId, TenantId};
use futures::TryStreamExt;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::digest;
use super::range::{RANGE_NOT_SATISFIABLE, Wanted, wanted};
use crate::answer::ApiResult;
use crate::extract::etag::not_modified;
use crate::extract::{Ctx, Id};
use crate::problem::Problem;

/// RFC 9530: of the whole file, also when only a part is sent.
const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");
/// Kept by nobody without asking us again; a proxy must not recompress what has a checksum.
const CACHE: HeaderValue = HeaderValue::from_static("private, no-cache, no-transform");

pub async fn get(
    State(attachments): State<Attachments>,
    ctx: Ctx,
    Id(id): Id<AttachmentId>,
    headers: HeaderMap,
) -> ApiResult {
    let attachment = attachments.readable(&ctx, id).await?;
    send(&attachments, ctx.tenant, attachment, &headers).await
}

/// The bytes of an attachment, or the part that is asked for.
pub async fn send(
    attachments: &Attachments,
    tenant: TenantId,
    attachment: Attachment,
    headers: &HeaderMap,
) -> ApiResult {
    // The same bytes have the same tag, whatever they are called by now.
    let tag = HeaderValue::try_from(format!("\"{}\"", hex(&attachment.sha256)))
        .unwrap_or(HeaderValue::from_static("\"\""));
    let size = attachment.size;
    let range = match wanted(headers, size, &tag) {
        _ if not_modified(headers, &tag) => return Ok(unchanged(tag)),
        Wanted::Whole => None,
        Wanted::Part(range) => Some(range),
        Wanted::Nothing => return Ok(nothing(size)),
    };
    let part = range.is_some();
    let open = attachments.open(tenant, attachment, range).await?;
    let mut response = streamed(open.blob, part);
    let headers = response.headers_mut();
    headers.insert(ETAG, tag);
    headers.insert(CACHE_CONTROL, CACHE);
    for (name, value) in [
        (CONTENT_TYPE, HeaderValue::try_from(open.attachment.content_type.as_str()).ok()),
        (CONTENT_DISPOSITION, HeaderValue::try_from(content_disposition(&open.attachment.name)).ok()),
        (REPR_DIGEST, digest::written(&open.attachment.sha256)),
    ] {
        if let Some(value) = value {
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
