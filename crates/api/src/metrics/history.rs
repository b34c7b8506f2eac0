//! The last hour, a point a minute: for charts.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use utoipa::ToSchema;

/// Points that are kept: an hour of minutes.
pub const POINTS_MAX: usize = 60;

/// One minute in the life of this process.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Point {
    /// The end of the minute.
    #[schema(format = "date-time")]
    pub at: String,
    pub requests_per_second: Option<f64>,
    /// Requests a second that failed with 5xx, refusals because of overload not counted.
    pub failed_per_second: Option<f64>,
    /// The median response time in seconds; null where there were no requests.
    pub response_p50: Option<f64>,
    pub response_p95: Option<f64>,
    pub response_p99: Option<f64>,
    pub cpu: Option<f64>,
    pub memory: Option<f64>,
}

/// Clones share the points.
#[derive(Clone, Default)]
pub struct History(Arc<Mutex<VecDeque<Point>>>);

impl History {
    fn points(&self) -> MutexGuard<'_, VecDeque<Point>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn add(&self, point: Point) {
        let mut points = self.points();
        if points.len() >= POINTS_MAX {
            points.pop_front();
        }
        points.push_back(point);
    }

    /// Oldest first.
    pub fn read(&self) -> Vec<Point> {
        self.points().iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_kept() {
        let history = History::default();
        for minute in 0..75 {
            history.add(Point {
                at: format!("{minute}"),
                requests_per_second: Some(f64::from(minute)),
                failed_per_second: None,
                response_p50: None,
                response_p95: None,
                response_p99: None,
                cpu: None,
                memory: None,
            });
        }
        let kept: Vec<_> = history.read().into_iter().map(|point| point.at).collect();
        assert_eq!((kept.len(), &*kept[0], &*kept[59]), (POINTS_MAX, "15", "74"));
    }
}
