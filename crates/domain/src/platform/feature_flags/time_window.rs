//! A span of time, once or again and again.

use chrono::{DateTime, Duration, FixedOffset};
use thiserror::Error;

use super::recurrence::Recurrence;
use crate::time::Timestamp;

/// Longest window that recurs, in days.
const RECURRING_DAYS_MAX: i64 = 3_650;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TimeWindowError {
    #[error("a time window needs a start, an end, or both")]
    Unbounded,
    #[error("a window that recurs needs a start and an end")]
    RecurrenceWithoutBounds,
    #[error("the end of a window that recurs must come after its start")]
    EndBeforeStart,
    #[error("a window that recurs must not be longer than the time to the next one")]
    TooLong,
    #[error("the interval of a recurrence must be at least 1")]
    Interval,
    #[error("a weekly recurrence needs days of the week")]
    NoDays,
    #[error("the start must be on one of the days of the week")]
    StartOnOtherDay,
    #[error("a recurrence must not end before it starts, nor after less than one window")]
    Range,
}

/// `start` is in, `end` is out. Days of the week are those of the start's own offset from UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeWindow {
    start: Option<DateTime<FixedOffset>>,
    end: Option<DateTime<FixedOffset>>,
    recurrence: Option<Recurrence>,
}

impl TimeWindow {
    pub fn new(
        start: Option<DateTime<FixedOffset>>,
        end: Option<DateTime<FixedOffset>>,
        recurrence: Option<Recurrence>,
    ) -> Result<Self, TimeWindowError> {
        match (&recurrence, start, end) {
            (None, None, None) => return Err(TimeWindowError::Unbounded),
            (None, ..) => {}
            (Some(recurrence), Some(start), Some(end)) => {
                let length = end.signed_duration_since(start);
                if length <= Duration::zero() {
                    return Err(TimeWindowError::EndBeforeStart);
                }
                if length >= Duration::days(RECURRING_DAYS_MAX) {
                    return Err(TimeWindowError::TooLong);
                }
                recurrence.check(start, length)?;
            }
            (Some(_), ..) => return Err(TimeWindowError::RecurrenceWithoutBounds),
        }
        Ok(Self { start, end, recurrence })
    }

    pub fn contains(&self, now: Timestamp) -> bool {
        let now = now.to_datetime().fixed_offset();
        if self.start.is_none_or(|start| now >= start) && self.end.is_none_or(|end| now < end) {
            return true;
        }
        match (&self.recurrence, self.start, self.end) {
            (Some(recurrence), Some(start), Some(end)) if now >= start => {
                let last = recurrence.last_start(start, now);
                last.is_some_and(|last| now < last + end.signed_duration_since(start))
            }
            _ => false,
        }
    }
}
