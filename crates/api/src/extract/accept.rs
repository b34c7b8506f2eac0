//! `Accept`: which of the media types an operation offers is wanted.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::media::Media;
use crate::middleware::Caller;

/// The negotiated media type. `Accept` is another name for it in handlers' arguments.
pub type Accept = Media;

impl<S: Sync> FromRequestParts<S> for Media {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Caller>().map_or(Media::Json, |caller| caller.media))
    }
}
