//! The state of a limit as callers are told, in the fields of draft-ietf-httpapi-ratelimit-headers.

use std::time::Duration;

use application::error::AppError;
use domain::error::Violation;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::problem::{Problem, RATE_LIMITED};

pub const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
pub const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The rest of a limit that a caller has after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Which limit it is.
    pub policy: &'static str,
    /// Requests that may come at once, and the seconds in which as many come back.
    pub quota: u64,
    pub window_seconds: u64,
    pub remaining: u64,
    /// Seconds until the whole quota is there again, rounded up.
    pub reset_seconds: u64,
}

impl Standing {
    pub fn write(self, headers: &mut HeaderMap) {
        let Self { policy, quota, window_seconds, remaining, reset_seconds } = self;
        let fields = [
            (RATE_LIMIT_POLICY, format!("\"{policy}\";q={quota};w={window_seconds}")),
            (RATE_LIMIT, format!("\"{policy}\";r={remaining};t={reset_seconds}")),
        ];
        for (name, text) in fields {
            if let Ok(value) = HeaderValue::from_maybe_shared(bytes::Bytes::from(text)) {
                headers.insert(name, value);
            }
        }
    }
}

/// Refused; worth trying again after `retry_after_seconds` (at least 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    pub standing: Standing,
    pub retry_after_seconds: u64,
}

impl Refused {
    pub fn error(self) -> AppError {
        let seconds = self.retry_after_seconds;
        let error = AppError::new(Violation::new(&RATE_LIMITED).with("seconds", seconds));
        AppError { retry_after: Some(Duration::from_secs(seconds)), ..error }
    }

    pub fn problem(self) -> Problem {
        self.error().into()
    }
}
