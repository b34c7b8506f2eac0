//! The state of overload protection at one moment, as operators read it.

use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    pub requests: Requests,
    /// Uploads, imports, exports and reports as files.
    pub transfers: Share,
    pub bytes_in_flight: Share,
    /// Bodies of callers nobody knows.
    pub anonymous_bytes_in_flight: Share,
    pub writer: Writer,
}

/// Requests that run and wait, and how many may run just now, which lies between two bounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Requests {
    pub running: usize,
    pub running_writes: usize,
    pub waiting_reads: usize,
    pub waiting_writes: usize,
    pub limit: usize,
    pub limit_min: usize,
    pub limit_max: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Share {
    pub used: usize,
    pub limit: usize,
}

/// Writes that have not begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Writer {
    pub waiting: usize,
    pub oldest_ms: Option<u64>,
}
