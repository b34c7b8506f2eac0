//! The body of a request: refused, limited, read without a place, and hashed.

use application::authorize::Access;
use application::error::AppResult;
use application::ports::pace::breathe_out;
use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use bytes::Bytes;
use domain::error::{Phrase, Violation};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, IF_MATCH};
use http::{HeaderMap, HeaderValue, Method};
use http_body_util::Limited;
use sha2::{Digest, Sha256};

use super::{Guard, Verified};
use crate::change_options::IDEMPOTENCY_KEY;
use crate::middleware::body;
use crate::middleware::body_limit::{PARSED_AT_ONCE_BYTES_MAX, read_limited};
use crate::middleware::pace::Paced;
use crate::overload::{Held, Place};
use crate::problem::{BODY_TOO_LARGE, Problem, UNSUPPORTED_MEDIA_TYPE};
use crate::unhurried::Unhurried;

impl Guard {
    /// Reads a body that is wanted whole. One that is not there yet is waited for without a place: a client that takes its
    /// time keeps nobody else from running.
    pub(super) async fn receive(
        &self,
        request: &mut Request,
        place: &mut Option<Place>,
    ) -> Result<Vec<Held>, Problem> {
        // The body of a batch's operation is part of one that has been read already.
        let batched = request.extensions().get::<Verified>().is_some();
        let read = self.body.buffered && *request.method() != Method::GET && !batched;
        if !read || request.body().is_end_stream() {
            return Ok(Vec::new());
        }
        let body = std::mem::replace(request.body_mut(), Body::empty());
        let large = body.size_hint().exact().is_none_or(|bytes| bytes > PARSED_AT_ONCE_BYTES_MAX as u64);
        let admission = || self.overload.admission.clone();
        let body = if large { body::breathing(body, None, admission()) } else { body };
        let known = self.access != Access::Public;
        let budget = if known { &self.overload.budget } else { &self.overload.anonymous };
        let mut reading = Box::pin(body::receive(body, self.body, budget, known));
        let received = match futures::poll!(&mut reading) {
            std::task::Poll::Ready(received) => received?,
            std::task::Poll::Pending => {
                let ran = place.take().is_some();
                let received = reading.await?;
                if ran {
                    *place = Some(self.enter().await?);
                }
                received
            }
        };
        if received.bytes.len() > PARSED_AT_ONCE_BYTES_MAX {
            request.extensions_mut().insert(self.unhurried());
        }
        *request.body_mut() = Body::from(received.bytes);
        Ok(received.held)
    }

    fn too_large(&self) -> Problem {
        Violation::new(&BODY_TOO_LARGE).with("limit", self.body.bytes_max).with("name", self.body.name).into()
    }

    /// A body that says it is too large is refused unread; any other is cut off at the limit.
    pub(super) fn limit_body(&self, request: &mut Request) -> Result<(), Problem> {
        let size = request.body().size_hint();
        if size.lower() > self.body.bytes_max as u64 {
            return Err(self.too_large());
        }
        if !request.body().is_end_stream() {
            let mut body = std::mem::replace(request.body_mut(), Body::empty());
            if size.exact().is_none() {
                body = Body::new(Limited::new(body, self.body.bytes_max));
            }
            *request.body_mut() = Body::new(Paced::new(body, self.pace));
        }
        request.extensions_mut().insert(self.body);
        Ok(())
    }

    /// SHA-256 over method, path, query, body and version asked for, each ended so that they cannot run into one another.
    pub(super) async fn request_hash(&self, request: &mut Request) -> Result<Option<[u8; 32]>, Problem> {
        if request.method() == Method::GET || !request.headers().contains_key(IDEMPOTENCY_KEY) {
            return Ok(None);
        }
        let mut hash = Sha256::new();
        let uri = request.uri();
        for part in [request.method().as_str(), uri.path(), uri.query().unwrap_or("")] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        if self.body.buffered {
            let body = std::mem::replace(request.body_mut(), Body::empty());
            let bytes = read_limited(body, self.body).await?;
            hash = hashed(hash, bytes.clone(), self.unhurried()).await?;
            *request.body_mut() = Body::from(bytes);
        } else if let Some(length) = request.headers().get(CONTENT_LENGTH) {
            hash.update(length.as_bytes());
        }
        for version in request.headers().get_all(IF_MATCH) {
            hash.update([0]);
            hash.update(version.as_bytes());
        }
        Ok(Some(hash.finalize().into()))
    }
}

/// Hashes a body, a large one on a thread of its own.
async fn hashed(mut hash: Sha256, bytes: Bytes, unhurried: Unhurried) -> AppResult<Sha256> {
    if bytes.len() <= PARSED_AT_ONCE_BYTES_MAX {
        hash.update(&bytes);
        return Ok(hash);
    }
    let hashing = move || {
        for piece in bytes.chunks(PARSED_AT_ONCE_BYTES_MAX) {
            hash.update(piece);
            breathe_out();
        }
        hash
    };
    unhurried.run(hashing).await
}

/// A body is read as it comes; one that says it is compressed would be taken for something it is not.
pub fn refuse_encoded(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    let plain = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    if *method == Method::GET || headers.get_all(CONTENT_ENCODING).iter().all(plain) {
        return Ok(());
    }
    Err(Violation::new(&UNSUPPORTED_MEDIA_TYPE)
        .with_phrase("expected", Phrase::new("a body without Content-Encoding", "محتوى بلا Content-Encoding"))
        .at(":Content-Encoding")
        .into())
}
