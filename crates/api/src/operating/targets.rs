//! The specification's nine targets, each with its value over the last minute.

use domain::error::Language;
use serde::Serialize;
use signals::Metric;
use utoipa::ToSchema;

use crate::metrics::{Metrics, defs};

/// The unit of a target's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Unit {
    Seconds,
    /// From 0 to 1.
    Ratio,
    Users,
    RequestsPerSecond,
}

/// The side of the target on which a value should lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    Below,
    Above,
    /// The server is able to do so much; what it is asked for just now says nothing about it.
    Capacity,
}

/// One performance target, and how the process does against it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TargetView {
    /// The name of the metric.
    #[schema(example = "erp_response_time_p95_seconds")]
    pub metric: &'static str,
    /// The title, in the language of the request.
    pub title: &'static str,
    pub unit: Unit,
    pub side: Side,
    pub target: f64,
    /// The value over the last minute in this process; null where there is nothing to measure.
    pub value: Option<f64>,
    /// Whether the target is met; null for capacities, and where there is no value.
    pub met: Option<bool>,
}

struct Target {
    metric: &'static Metric,
    en: &'static str,
    ar: &'static str,
    unit: Unit,
    side: Side,
    target: f64,
}

const fn target(
    metric: &'static Metric,
    (en, ar): (&'static str, &'static str),
    unit: Unit,
    (side, target): (Side, f64),
) -> Target {
    Target { metric, en, ar, unit, side, target }
}

/// In the order of the specification.
static TARGETS: [Target; 9] = [
    target(
        &defs::RESPONSE_P50,
        ("Response time, median", "زمن الاستجابة، الوسيط"),
        Unit::Seconds,
        (Side::Below, 0.1),
    ),
    target(
        &defs::RESPONSE_P95,
        ("Response time, 95 %", "زمن الاستجابة، ٩٥٪"),
        Unit::Seconds,
        (Side::Below, 0.2),
    ),
    target(
        &defs::RESPONSE_P99,
        ("Response time, 99 %", "زمن الاستجابة، ٩٩٪"),
        Unit::Seconds,
        (Side::Below, 0.5),
    ),
    target(
        &defs::DATABASE_P95,
        ("Database query, 95 %", "استعلام قاعدة البيانات، ٩٥٪"),
        Unit::Seconds,
        (Side::Below, 0.05),
    ),
    target(
        &defs::CACHE_HIT_RATIO,
        ("Cache hit rate", "نسبة إصابة الذاكرة المؤقتة"),
        Unit::Ratio,
        (Side::Above, 0.9),
    ),
    target(
        &defs::CONCURRENT_USERS,
        ("Concurrent users", "المستخدمون المتزامنون"),
        Unit::Users,
        (Side::Capacity, 1_000.0),
    ),
    target(
        &defs::REQUESTS_PER_SECOND,
        ("Requests per second", "الطلبات في الثانية"),
        Unit::RequestsPerSecond,
        (Side::Capacity, 500.0),
    ),
    target(&defs::CPU_USAGE, ("Processor", "المعالج"), Unit::Ratio, (Side::Below, 0.7)),
    target(&defs::MEMORY_USAGE, ("Memory", "الذاكرة"), Unit::Ratio, (Side::Below, 0.8)),
];

pub fn targets(metrics: &Metrics, language: Language) -> Vec<TargetView> {
    TARGETS.iter().map(|target| view(target, metrics.number(target.metric), language)).collect()
}

fn view(target: &Target, value: Option<f64>, language: Language) -> TargetView {
    let met = value.and_then(|value| match target.side {
        Side::Below => Some(value < target.target),
        Side::Above => Some(value > target.target),
        Side::Capacity => None,
    });
    TargetView {
        metric: target.metric.name,
        title: match language {
            Language::English => target.en,
            Language::Arabic => target.ar,
        },
        unit: target.unit,
        side: target.side,
        target: target.target,
        value,
        met,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_met_on_its_side() {
        let met = |index: usize, value: f64| view(&TARGETS[index], Some(value), Language::English).met;
        assert_eq!(
            (met(0, 0.05), met(0, 0.1), met(4, 0.95), met(4, 0.9)),
            (Some(true), Some(false), Some(true), Some(false))
        );
        assert_eq!((met(5, 3.0), view(&TARGETS[0], None, Language::Arabic).met), (None, None));
        assert!(TARGETS.iter().all(|target| target.en != target.ar));
    }
}
