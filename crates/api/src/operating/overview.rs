//! Everything an operator looks at first, in one answer.

use domain::error::Language;
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use application::ports::slow_statements::SlowStatement;

use super::Operating;
use super::build::Running;
use super::targets::{TargetView, targets};
use crate::health::{Entry, HealthStatus, Report};
use crate::metrics::{Metrics, Point, defs};

/// Slow statements in the overview; all of them have an address of their own.
const SLOW_STATEMENTS_SHOWN: usize = 10;

/// One check of health, without the texts of errors.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HealthEntryView {
    pub name: &'static str,
    #[schema(value_type = String, example = "Healthy")]
    pub status: HealthStatus,
    pub duration_ms: f64,
    pub description: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HealthView {
    /// The worst status of the entries.
    #[schema(value_type = String, example = "Healthy")]
    pub status: HealthStatus,
    pub entries: Vec<HealthEntryView>,
}

/// How busy the process is at this moment. A figure that the process does not measure is null.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoadView {
    pub requests_running: Option<f64>,
    pub requests_waiting: Option<f64>,
    /// The number of requests that may run at once at this moment.
    pub requests_limit: Option<f64>,
    /// Requests refused since the start because more came than could be served.
    pub requests_refused: Option<f64>,
    /// Requests answered with 5xx since the start, refusals because of overload not counted.
    pub requests_failed: Option<f64>,
    pub transfers: Option<f64>,
    pub connections_used: Option<f64>,
    pub connections_limit: Option<f64>,
    /// Changes that are waiting for the database's writer.
    pub writer_queue: Option<f64>,
    pub jobs_running: Option<f64>,
    /// Whether this process does the background work for all processes.
    pub leader: Option<bool>,
}

/// Changes that other processes have not yet been told of.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OutboxView {
    pub length: f64,
    /// The seconds for which the oldest of these changes has waited.
    pub lag_seconds: f64,
}

/// One class of the cache on one level, since the start of the process.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CacheClassView {
    #[schema(example = "reference")]
    pub class: String,
    /// The level of the cache: `memory` or `redis`.
    pub level: String,
    pub hits: f64,
    pub misses: f64,
    /// The share of hits, from 0 to 1; null before the first look-up.
    pub hit_ratio: Option<f64>,
}

/// The state of the process that answers.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OverviewView {
    /// The process that answers. Each process measures only itself, so behind a load balancer the next answer may
    /// describe another one.
    pub process: Running,
    pub health: HealthView,
    pub targets: Vec<TargetView>,
    /// The last hour, one point a minute, oldest first.
    pub history: Vec<Point>,
    pub load: LoadView,
    /// Changes that other processes are still to be told of; null where there are no other processes.
    pub outbox: Option<OutboxView>,
    pub cache: Vec<CacheClassView>,
    /// The statements with the longest total time; `/admin/slow-statements` has all of them.
    pub slow_statements: Vec<SlowStatement>,
}

impl Operating {
    pub async fn overview(&self, now: Timestamp, language: Language) -> OverviewView {
        let report = self.health.report().await.redacted();
        let mut slow_statements = self.slow.slow_statements();
        slow_statements.truncate(SLOW_STATEMENTS_SHOWN);
        OverviewView {
            process: self.build.running(now),
            health: HealthView::from(report),
            targets: targets(&self.metrics, language),
            history: self.history.read(),
            load: load(&self.metrics),
            outbox: outbox(&self.metrics),
            cache: cache(&self.metrics),
            slow_statements,
        }
    }
}

impl From<Report> for HealthView {
    fn from(report: Report) -> Self {
        Self {
            status: report.status,
            entries: report.entries.into_iter().map(HealthEntryView::from).collect(),
        }
    }
}

impl From<Entry> for HealthEntryView {
    fn from(entry: Entry) -> Self {
        let duration_ms = (entry.duration.as_secs_f64() * 1e6).round() / 1e3;
        Self { name: entry.name, status: entry.status, duration_ms, description: entry.description }
    }
}

fn load(metrics: &Metrics) -> LoadView {
    let sum = |metric| {
        let values = metrics.of(metric);
        (!values.is_empty()).then(|| values.iter().map(|(_, value)| value).sum())
    };
    let used = |metric| metrics.of(metric).into_iter().find(|(labels, _)| labels[0] == "used");
    LoadView {
        requests_running: sum(&defs::HTTP_RUNNING),
        requests_waiting: sum(&defs::HTTP_WAITING),
        requests_limit: metrics.number(&defs::HTTP_LIMIT),
        requests_refused: metrics.number(&defs::HTTP_REFUSED),
        requests_failed: metrics.number(&defs::EXCEPTIONS),
        transfers: metrics.number(&defs::TRANSFERS),
        connections_used: used(&defs::DB_CONNECTIONS).map(|(_, value)| value),
        connections_limit: metrics.number(&defs::DB_CONNECTIONS_MAX),
        writer_queue: metrics.number(&defs::WRITER_WAITING),
        jobs_running: metrics.number(&defs::JOBS),
        leader: metrics.number(&defs::LEADER).map(|leads| leads > 0.0),
    }
}

fn outbox(metrics: &Metrics) -> Option<OutboxView> {
    let length = metrics.number(&defs::OUTBOX_LENGTH)?;
    Some(OutboxView { length, lag_seconds: metrics.number(&defs::OUTBOX_LAG).unwrap_or_default() })
}

fn cache(metrics: &Metrics) -> Vec<CacheClassView> {
    let misses = metrics.of(&defs::CACHE_MISSES);
    let class = |(labels, hits): (Vec<String>, f64)| {
        let missed = misses.iter().find(|(of, _)| *of == labels).map_or(0.0, |(_, misses)| *misses);
        let asked = hits + missed;
        let [class, level] = <[String; 2]>::try_from(labels).ok()?;
        let hit_ratio = (asked > 0.0).then(|| hits / asked);
        Some(CacheClassView { class, level, hits, misses: missed, hit_ratio })
    };
    metrics.of(&defs::CACHE_HITS).into_iter().filter_map(class).collect()
}
