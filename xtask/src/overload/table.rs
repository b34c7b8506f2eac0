//! One line a load.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::json;

use super::loads::Seen;

/// Longest that liveness may take.
const LIVE_MAX_MS: f64 = 50.0;
/// Longest that one in a hundred of the accepted requests may take.
const P99_MAX_MS: f64 = 1_000.0;
/// Memory under any load, and when it has ended, in MiB.
const MEMORY_MAX_MIB: f64 = 410.0;
const MEMORY_AFTER_MAX_MIB: f64 = 120.0;

pub struct Row {
    name: &'static str,
    offered: f64,
    served: f64,
    shed: f64,
    failed: f64,
    p50_ms: f64,
    p99_ms: f64,
    live_ms: f64,
    live_unanswered: u64,
    peak_mib: f64,
    end_mib: f64,
    last: bool,
}

impl Row {
    pub fn new(
        name: &'static str,
        seen: &Seen,
        took: Duration,
        (live, live_unanswered): (Duration, u64),
        (peak_mib, end_mib): (f64, f64),
    ) -> Self {
        let rate = |count: u64| count as f64 / took.as_secs_f64().max(1e-9);
        Self {
            name,
            offered: rate(seen.offered.load(Ordering::Relaxed)),
            served: rate(seen.served.load(Ordering::Relaxed)),
            shed: rate(seen.shed.load(Ordering::Relaxed)),
            failed: rate(seen.failed.load(Ordering::Relaxed)),
            p50_ms: seen.percentile_ms(500),
            p99_ms: seen.percentile_ms(990),
            live_ms: live.as_secs_f64() * 1_000.0,
            live_unanswered,
            peak_mib,
            end_mib,
            last: name.starts_with("afterwards"),
        }
    }

    /// The findings: everything that is not as it should be.
    pub fn findings(&self) -> Vec<String> {
        let mut findings = Vec::new();
        let mut over = |what: &str, value: f64, most: f64, unit: &str| {
            if value > most {
                findings.push(format!(
                    "{}: {what} {value:.0} {unit}, at most {most:.0} {unit} are wanted",
                    self.name
                ));
            }
        };
        over("liveness took", self.live_ms, LIVE_MAX_MS, "ms");
        over("accepted requests took (p99)", self.p99_ms, P99_MAX_MS, "ms");
        let most = if self.last { MEMORY_AFTER_MAX_MIB } else { MEMORY_MAX_MIB };
        over("memory was", if self.last { self.end_mib } else { self.peak_mib }, most, "MiB");
        if self.live_unanswered > 0 {
            findings.push(format!("{}: liveness was not answered {} times", self.name, self.live_unanswered));
        }
        findings
    }
}

pub fn markdown(rows: &[Row]) -> String {
    let mut text = "| load | offered/s | served/s | shed/s | not answered/s | p50 ms | p99 ms | liveness worst ms | memory peak MiB | at its end MiB |\n\
                    |---|---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for row in rows {
        text.push_str(&format!(
            "| {} | {:.0} | {:.0} | {:.0} | {:.0} | {:.1} | {:.1} | {:.1} | {:.0} | {:.0} |\n",
            row.name,
            row.offered,
            row.served,
            row.shed,
            row.failed,
            row.p50_ms,
            row.p99_ms,
            row.live_ms,
            row.peak_mib,
            row.end_mib
        ));
    }
    text
}

pub fn json_lines(rows: &[Row]) -> String {
    let line = |row: &Row| {
        let object = json!({
            "load": row.name, "offeredPerSecond": row.offered, "servedPerSecond": row.served,
            "shedPerSecond": row.shed, "notAnsweredPerSecond": row.failed, "p50Ms": row.p50_ms, "p99Ms": row.p99_ms,
            "livenessWorstMs": row.live_ms, "livenessUnanswered": row.live_unanswered,
            "memoryPeakMib": row.peak_mib, "memoryEndMib": row.end_mib,
        });
        format!("{object}\n")
    };
    rows.iter().map(line).collect()
}
