//! The meaning of a failed request.

use std::error::Error as _;

use application::ports::blobs::{BlobError, BlobKey};
use http::StatusCode;
use object_store::Error;
use object_store::client::{HttpError, HttpErrorKind};

/// Longest text kept of a failure: answers of the service quote whole requests.
const TEXT_LENGTH_MAX: usize = 400;

/// An error as text for the log, shortened. Signatures in addresses are cut out with everything behind them.
pub fn clipped(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string();
    let text = text.split("sig=").next().unwrap_or_default();
    text.chars().take(TEXT_LENGTH_MAX).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

pub fn failure(key: BlobKey, error: &Error) -> BlobError {
    match error {
        Error::NotFound { .. } => BlobError::NotFound(key),
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => BlobError::Refused(clipped(error)),
        Error::Generic { .. } => match transport(error) {
            Some(HttpErrorKind::Timeout) => BlobError::Timeout(clipped(error)),
            _ => BlobError::Unavailable(clipped(error)),
        },
        _ => BlobError::Internal(clipped(error)),
    }
}

/// The kind of the failed transport below an error, if it was that.
fn transport(error: &Error) -> Option<HttpErrorKind> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<HttpError>() {
            return Some(error.kind());
        }
        cause = error.source();
    }
    None
}

/// A request of our own that did not get through.
pub fn broken_off(error: &HttpError) -> BlobError {
    match error.kind() {
        HttpErrorKind::Timeout => BlobError::Timeout(clipped(error)),
        _ => BlobError::Unavailable(clipped(error)),
    }
}

/// An answer that says no.
pub fn refused(status: StatusCode, code: &str) -> BlobError {
    let text = format!("{status} {code}");
    match status {
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => BlobError::Refused(text),
        StatusCode::INSUFFICIENT_STORAGE => BlobError::Full(text),
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            BlobError::Unavailable(text)
        }
        _ => BlobError::Internal(text),
    }
}
