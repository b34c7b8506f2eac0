//! Request bodies, read whole and within their limit.

use std::sync::Arc;

use application::ports::pace::Unpaced;
use axum::body::HttpBody as _;
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use domain::error::{Phrase, Violation};
use http::header::CONTENT_TYPE;
use http::{Extensions, HeaderMap};

use crate::middleware::body_limit::{BodyLimit, PARSED_AT_ONCE_BYTES_MAX, read_limited};
use crate::middleware::limits::BODY_BYTES_MAX;
use crate::problem::{Problem, UNSUPPORTED_MEDIA_TYPE};
use crate::unhurried::Unhurried;
use crate::wire::{WireType, parse_body};

/// Where no operation said otherwise.
const DEFAULT_LIMIT: BodyLimit =
    BodyLimit { name: "body_bytes_max", bytes_max: BODY_BYTES_MAX, buffered: true };

/// A JSON body of the declared type, with every problem reported at once.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: WireType + Send + 'static, S: Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Violation::new(&UNSUPPORTED_MEDIA_TYPE)
                .with_phrase("expected", Phrase::literal("application/json, UTF-8"))
                .into());
        }
        let unhurried = unhurried(request.extensions());
        let bytes = read(request).await?;
        if bytes.len() <= PARSED_AT_ONCE_BYTES_MAX {
            return Ok(Self(parse_body(&bytes)?));
        }
        // Others that share this thread would wait for it.
        Ok(Self(unhurried.run(move || parse_body(&bytes)).await??))
    }
}

/// An optional body: the request may have none, or `null`.
#[derive(Debug)]
pub struct OptionalJson<T>(pub Option<T>);

impl<T: WireType + Send + 'static, S: Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if request.body().is_end_stream() {
            return Ok(Self(None));
        }
        Json::<Option<T>>::from_request(request, state).await.map(|Json(body)| Self(body))
    }
}

/// The bytes of a body of any media type, within the operation's limit.
#[derive(Debug)]
pub struct RawBody(pub Bytes);

impl<S: Sync> FromRequest<S> for RawBody {
    type Rejection = Problem;
    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        read(request).await.map(Self)
    }
}

async fn read(request: Request) -> Result<Bytes, Problem> {
    let limit = request.extensions().get::<BodyLimit>().copied().unwrap_or(DEFAULT_LIMIT);
    read_limited(request.into_body(), limit).await
}

/// At which pace a body is parsed that is large.
pub fn unhurried(extensions: &Extensions) -> Unhurried {
    extensions.get::<Unhurried>().cloned().unwrap_or_else(|| Unhurried(Arc::new(Unpaced)))
}

/// `application/json` or any `+json` type, in UTF-8.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(text)) = headers.get(CONTENT_TYPE).map(|value| value.to_str()) else { return false };
    let mut pieces = text.split(';').map(str::trim);
    let name = pieces.next().unwrap_or_default().to_ascii_lowercase();
    let json = name == "application/json" || (name.starts_with("application/") && name.ends_with("+json"));
    let utf8 = pieces.all(|piece| match piece.split_once('=') {
        Some((key, value)) if key.eq_ignore_ascii_case("charset") => {
            value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    });
    json && utf8
}
