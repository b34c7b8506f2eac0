//! The limits of the HTTP edge, each with a name, a unit and a default.

use std::time::Duration;

use super::proxies::Proxies;
use super::rate::Rates;

/// Longest a request may take until its answer begins, in seconds.
pub const REQUEST_TIMEOUT_SECONDS: u64 = 30;
/// Longest that uploads, imports and large reports may take until their answer begins, in seconds.
pub const LONG_REQUEST_TIMEOUT_SECONDS: u64 = 300;
/// Largest body of an ordinary request: 1 MiB.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// Largest body of a document with many lines or of a batch: 32 MiB.
pub const LARGE_BODY_BYTES_MAX: usize = 32 << 20;
/// Largest upload: 350 MiB.
pub const UPLOAD_BYTES_MAX: usize = 350 << 20;
/// Largest file of a document: 350 MiB.
pub const ATTACHMENT_BYTES_MAX: usize = 350 << 20;
/// Most operations in one batch.
pub const BATCH_OPERATIONS_MAX: usize = 1_000;
/// Largest body of an operation that anybody may call, such as signing in: 64 KiB.
pub const ANONYMOUS_BODY_BYTES_MAX: usize = 64 << 10;
/// How long the body of such a request is waited for, in seconds.
pub const ANONYMOUS_BODY_SECONDS_MAX: u64 = 5;
/// How long any body is waited for before its pace counts, in seconds.
pub const BODY_GRACE_SECONDS: u64 = 10;
/// The pace of a body after that.
pub const BODY_BYTES_PER_SECOND_MIN: u64 = 4_096;
/// Answers smaller than this are not compressed.
pub const GZIP_BYTES_MIN: u16 = 2_048;
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpLimits {
    pub request_timeout: Duration,
    pub long_request_timeout: Duration,
    pub body_bytes_max: usize,
    pub large_body_bytes_max: usize,
    pub upload_bytes_max: usize,
    pub attachment_bytes_max: usize,
    /// Operations of one batch.
    pub batch_operations_max: usize,
    pub anonymous_body: Duration,
    pub body_grace: Duration,
    pub body_bytes_per_second_min: u64,
    /// Origins that browsers may call from; `*` for any. Empty: none.
    pub cors_origins: Vec<String>,
    /// 0 switches compression off.
    pub gzip_bytes_min: u16,
    pub rates: Rates,
    pub proxies: Proxies,
    /// Sends `Strict-Transport-Security`; for deployments behind TLS.
    pub hsts: bool,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(REQUEST_TIMEOUT_SECONDS),
            long_request_timeout: Duration::from_secs(LONG_REQUEST_TIMEOUT_SECONDS),
            body_bytes_max: BODY_BYTES_MAX,
            large_body_bytes_max: LARGE_BODY_BYTES_MAX,
            upload_bytes_max: UPLOAD_BYTES_MAX,
            attachment_bytes_max: ATTACHMENT_BYTES_MAX,
            batch_operations_max: BATCH_OPERATIONS_MAX,
            anonymous_body: Duration::from_secs(ANONYMOUS_BODY_SECONDS_MAX),
            body_grace: Duration::from_secs(BODY_GRACE_SECONDS),
            body_bytes_per_second_min: BODY_BYTES_PER_SECOND_MIN,
            cors_origins: Vec::new(),
            gzip_bytes_min: GZIP_BYTES_MIN,
            rates: Rates::OFF,
            proxies: Proxies::default(),
            hsts: false,
        }
    }
}
