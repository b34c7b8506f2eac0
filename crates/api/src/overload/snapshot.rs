//! The state of overload protection at one moment, as operators read it.

use std::time::Duration;

use serde::Serialize;

use super::{Admission, Budget, Class, Overload};

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

impl Overload {
    /// The present state, for operators.
    pub fn snapshot(&self) -> Snapshot {
        let bytes = |budget: &Budget| Share { used: budget.used(), limit: budget.bytes_max() };
        let (used, limit) = self.transfers.running();
        Snapshot {
            requests: self.admission.requests(),
            transfers: Share { used, limit },
            bytes_in_flight: bytes(&self.budget),
            anonymous_bytes_in_flight: bytes(&self.anonymous),
            writer: self.admission.writer(),
        }
    }
}

impl Admission {
    fn requests(&self) -> Requests {
        let mut state = self.state();
        state.forget_gone();
        let (controller, waiting) = (&state.controller, &state.waiting);
        let bounds = controller.bounds();
        Requests {
            running: controller.running(),
            running_writes: controller.running_writes(),
            waiting_reads: waiting[Class::Read as usize].len(),
            waiting_writes: waiting[Class::Write as usize].len(),
            limit: controller.limit(),
            limit_min: bounds.min,
            limit_max: bounds.max,
        }
    }

    fn writer(&self) -> Writer {
        let (waiting, oldest) = self.0.writer.waiting();
        let millis = |oldest: Duration| u64::try_from(oldest.as_millis()).unwrap_or(u64::MAX);
        Writer { waiting, oldest_ms: oldest.map(millis) }
    }
}
