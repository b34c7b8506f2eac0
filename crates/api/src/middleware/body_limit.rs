//! How large a body may be, and why one could not be read to its end.

use application::error::MALFORMED_REQUEST;
use axum::body::Body;
use bytes::Bytes;
use domain::error::Violation;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::pace::TooSlow;
use crate::problem::{BODY_TOO_LARGE, BODY_TOO_SLOW, Problem};

/// Larger bodies are parsed on a thread of their own.
pub const PARSED_AT_ONCE_BYTES_MAX: usize = 256 << 10;

/// Which limit a body falls under; the name is what a refusal says.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimit {
    pub name: &'static str,
    pub bytes_max: usize,
    /// Whole in memory; uploads are not, so that their bytes are not part of the request hash.
    pub buffered: bool,
}

/// Reads a body whole, at most as many bytes as its limit allows.
pub async fn read_limited(body: Body, limit: BodyLimit) -> Result<Bytes, Problem> {
    match Limited::new(body, limit.bytes_max).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) => Err(broken_off(&*error, limit)),
    }
}

/// Why a body could not be read to its end.
pub fn broken_off(error: &(dyn std::error::Error + 'static), limit: BodyLimit) -> Problem {
    if is::<LengthLimitError>(error) {
        let violation = Violation::new(&BODY_TOO_LARGE).with("limit", limit.bytes_max);
        return violation.with("name", limit.name).into();
    }
    if is::<TooSlow>(error) {
        return Problem::of(&BODY_TOO_SLOW);
    }
    Violation::new(&MALFORMED_REQUEST).with("reason", "the body ended early").into()
}

/// Whether `error` is an `E`, or was caused by one.
fn is<E: std::error::Error + 'static>(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<E>() {
            return true;
        }
        cause = error.source();
    }
    false
}
