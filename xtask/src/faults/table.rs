//! The callers' view of a fault, as a table.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use super::load::{KINDS, Outcome, Sample};

/// Part of a second's requests that must be served for it to count as well.
const WELL: f64 = 0.99;
/// Kinds of refusals that are named.
const NAMED_MAX: usize = 3;

/// The times at which the fault and the load began and ended, since the start of the load.
pub struct Times {
    pub counted: Duration,
    pub begun: Duration,
    pub healed: Duration,
    pub end: Duration,
}

pub struct Row {
    pub profile: &'static str,
    pub dependency: &'static str,
    pub fault: &'static str,
    pub seen: Vec<Seen>,
    /// The answer of readiness while the fault lasted.
    pub readiness: String,
}

/// One kind of requests.
pub struct Seen {
    pub kind: &'static str,
    pub before: Phase,
    pub meanwhile: Phase,
    /// Seconds from the end of the fault to the first from which on all are served; `None` when that never came.
    pub recovery: Option<u64>,
    pub refusals: Vec<(String, usize)>,
}

/// Requests that were sent within some time.
#[derive(Default)]
pub struct Phase {
    pub sent: usize,
    pub served: usize,
    pub p99: Duration,
}

impl Phase {
    fn of<'a>(samples: impl Iterator<Item = &'a Sample>) -> Self {
        let (mut phase, mut took) = (Self::default(), Vec::new());
        for sample in samples {
            phase.sent += 1;
            phase.served += usize::from(sample.outcome == Outcome::Served);
            took.push(sample.took);
        }
        took.sort_unstable();
        phase.p99 = took.get(took.len() * 99 / 100).copied().unwrap_or_default();
        phase
    }

    /// The percentage of requests sent that were not served.
    fn failed(&self) -> f64 {
        if self.sent == 0 { 0.0 } else { (self.sent - self.served) as f64 * 100.0 / self.sent as f64 }
    }
}

pub fn seen(samples: &[Sample], times: &Times) -> Vec<Seen> {
    let of_kind = |(kind, name): (usize, &&'static str)| {
        let own: Vec<_> = samples.iter().filter(|sample| sample.kind == kind).collect();
        let between = |from: Duration, to: Duration| {
            let within = move |sample: &&&Sample| sample.sent >= from && sample.sent < to;
            own.iter().filter(within).copied()
        };
        let mut refusals = BTreeMap::<String, usize>::new();
        for sample in between(times.begun, times.end) {
            let name = match &sample.outcome {
                Outcome::Served => continue,
                Outcome::Refused(status, code) => format!("{status} {code}"),
                Outcome::Unanswered => "no answer".to_owned(),
            };
            *refusals.entry(name).or_default() += 1;
        }
        let mut refusals: Vec<_> = refusals.into_iter().collect();
        refusals.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        Seen {
            kind: name,
            before: Phase::of(between(times.counted, times.begun)),
            meanwhile: Phase::of(between(times.begun, times.healed)),
            recovery: recovery(&between(times.healed, times.end).collect::<Vec<_>>(), times),
            refusals,
        }
    };
    KINDS.iter().enumerate().map(of_kind).collect()
}

/// The second from which on every second is well.
fn recovery(samples: &[&Sample], times: &Times) -> Option<u64> {
    let seconds = times.end.saturating_sub(times.healed).as_secs();
    let well = |second: u64| {
        let from = times.healed + Duration::from_secs(second);
        let within = |sample: &&&Sample| sample.sent >= from && sample.sent < from + Duration::from_secs(1);
        let phase = Phase::of(samples.iter().filter(within).copied());
        phase.sent == 0 || phase.served as f64 >= WELL * phase.sent as f64
    };
    let last_bad = (0..seconds).rev().find(|second| !well(*second));
    match last_bad {
        None => Some(0),
        Some(second) if second + 1 < seconds => Some(second + 1),
        Some(_) => None,
    }
}

pub fn markdown(rows: &[Row], rate: u64, postings: u64) -> String {
    let mut out = format!(
        "{rate} requests/s were offered, {} of them postings. `failed` is the part of the requests sent while the fault lasted that was not served; p99 \
         is of all of them, in milliseconds, and in parentheses before the fault.\n\n\
         | profile | what fails | how | requests | failed | p99 | seconds to recover | what callers saw | ready |\n\
         |---|---|---|---|---|---|---|---|---|\n",
        postings.min(rate / 5)
    );
    for row in rows {
        for (index, seen) in row.seen.iter().enumerate() {
            let [profile, dependency, fault, ready] = match index {
                0 => [row.profile, row.dependency, row.fault, &row.readiness],
                _ => [""; 4],
            };
            let recovery = seen.recovery.map_or_else(|| "never".to_owned(), |seconds| seconds.to_string());
            let named: Vec<_> = seen
                .refusals
                .iter()
                .take(NAMED_MAX)
                .map(|(name, count)| format!("{count} × {name}"))
                .collect();
            let named = if named.is_empty() { "–".to_owned() } else { named.join(", ") };
            let _ = writeln!(
                out,
                "| {profile} | {dependency} | {fault} | {} | {:.1} % | {:.0} ({:.0}) | {recovery} | {named} | {ready} |",
                seen.kind,
                seen.meanwhile.failed(),
                seen.meanwhile.p99.as_secs_f64() * 1e3,
                seen.before.p99.as_secs_f64() * 1e3,
            );
        }
    }
    out
}

/// One object for each kind of requests of each fault.
pub fn json_lines(rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows {
        for seen in &row.seen {
            let phase = |phase: &Phase| serde_json::json!({ "sent": phase.sent, "served": phase.served, "p99Ms": phase.p99.as_secs_f64() * 1e3 });
            let line = serde_json::json!({
                "profile": row.profile, "dependency": row.dependency, "fault": row.fault, "requests": seen.kind,
                "before": phase(&seen.before), "meanwhile": phase(&seen.meanwhile), "recoverySeconds": seen.recovery,
                "refusals": seen.refusals, "readiness": row.readiness,
            });
            let _ = writeln!(out, "{line}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(second: f64, outcome: Outcome) -> Sample {
        Sample { kind: 2, sent: Duration::from_secs_f64(second), took: Duration::from_millis(9), outcome }
    }

    #[test]
    fn recovery_counts_to_the_last_second_that_was_not_well() {
        let second = Duration::from_secs;
        let times = Times { counted: second(0), begun: second(10), healed: second(20), end: second(30) };
        let late = || Outcome::Refused(503, "late".to_owned());
        let mut samples: Vec<_> = (0..300).map(|n| sample(f64::from(n) / 10.0, Outcome::Served)).collect();
        let of = |samples: &[Sample]| seen(samples, &times).swap_remove(2);
        assert_eq!(of(&samples).recovery, Some(0));
        samples.push(sample(22.5, late()));
        samples.push(sample(15.0, Outcome::Unanswered));
        let found = of(&samples);
        assert_eq!((found.recovery, found.meanwhile.sent, found.meanwhile.served), (Some(3), 101, 100));
        assert_eq!(found.refusals.len(), 2);
        samples.push(sample(29.5, late()));
        assert_eq!(of(&samples).recovery, None);
    }
}
