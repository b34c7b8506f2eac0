//! The callers' view while Redis is gone: a mixed load on the cloud profile, with Redis failing in the middle of it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::books::{self, Random};
use super::http::Connection;
use super::load::{Call, Measured, Samples, samples};
use super::measures::account_id;
use super::peers::Redis;
use super::server::{Server, Site};
use super::table::{Outage, Table};
use super::{Result, text};

/// Requests of each kind before anything is counted: connections open, caches fill.
const WARM_UP_REQUESTS: usize = 20;
/// How long that may take at most.
const WARM_UP_MAX: Duration = Duration::from_secs(30);

/// Requests of one kind, from so many clients that each rest after an answer.
struct Kind {
    requests: &'static str,
    clients: usize,
    rest: Duration,
}

/// Far from what the machine can do, which the servers share with the load: what is slower then is so for want of Redis.
const KINDS: [Kind; 3] = [
    Kind { requests: "cached reads", clients: 4, rest: Duration::from_millis(1) },
    Kind { requests: "uncached reads", clients: 1, rest: Duration::from_millis(10) },
    Kind { requests: "postings", clients: 1, rest: Duration::from_millis(25) },
];

/// A fault of Redis, and how it ends.
struct Fault {
    name: &'static str,
    begin: fn(&mut Redis) -> Result<()>,
    end: fn(&mut Redis) -> Result<()>,
}

const FAULTS: [Fault; 2] = [
    Fault { name: "killed, started again", begin: Redis::kill, end: Redis::start_again },
    Fault { name: "hung, resumed", begin: |redis| redis.stop(), end: |redis| redis.resume() },
];

/// The times at which counting began and Redis was gone, since the start of the run.
struct Times {
    warm: Duration,
    gone: Duration,
    back: Duration,
    end: Duration,
}

/// So long before the fault, so long during it and so long after it.
pub fn measure(site: &Site<'_>, redis: &mut Redis, phase: Duration, table: &mut Table) -> Result<()> {
    let server = text(Server::start(site))?;
    for fault in &FAULTS {
        let token = text(server.token())?;
        let account = account_id(&mut text(Connection::open(&server.address, &token))?)?;
        let (times, kinds) = under_load(&server.address, &token, &account, |began, is_warm| {
            while !is_warm() && began.elapsed() < WARM_UP_MAX {
                std::thread::sleep(Duration::from_millis(10));
            }
            let warm = began.elapsed();
            std::thread::sleep(phase);
            let gone = began.elapsed();
            (fault.begin)(redis)?;
            std::thread::sleep(phase);
            (fault.end)(redis)?;
            let back = began.elapsed();
            std::thread::sleep(phase);
            Ok(Times { warm, gone, back, end: began.elapsed() })
        })?;
        for (kind, samples) in KINDS.iter().zip(kinds) {
            table.add_outage(row(fault.name, kind.requests, &times, samples));
        }
    }
    Ok(())
}

/// The load for as long as `script` takes.
fn under_load(
    address: &str,
    token: &str,
    account: &str,
    script: impl FnOnce(Instant, &dyn Fn() -> bool) -> Result<Times>,
) -> Result<(Times, Vec<Samples>)> {
    let random = Mutex::new(Random::new(31));
    let call = |kind: usize, number: usize| match kind {
        0 => Call { path: format!("/api/v1/accounts/{account}"), body: None },
        1 => Call { path: format!("/api/v1/journal-entries?limit={}", 1 + number % 5), body: None },
        _ => Call {
            path: "/api/v1/journal-entries".to_owned(),
            body: Some(books::four_lines(&mut random.lock().unwrap_or_else(PoisonError::into_inner))),
        },
    };
    let sent: [AtomicUsize; KINDS.len()] = Default::default();
    let is_warm = || sent.iter().all(|sent| sent.load(Ordering::Relaxed) > WARM_UP_REQUESTS);
    let (stop, began) = (AtomicBool::new(false), Instant::now());
    std::thread::scope(|scope| {
        let loads: Vec<_> = (0..KINDS.len())
            .map(|kind| {
                let (stop, call, sent, Kind { clients, rest, .. }) =
                    (&stop, &call, &sent[kind], &KINDS[kind]);
                scope.spawn(move || {
                    samples(address, token, *clients, began, Duration::MAX, stop, |_, number| {
                        std::thread::sleep(*rest);
                        sent.fetch_add(1, Ordering::Relaxed);
                        call(kind, number)
                    })
                })
            })
            .collect();
        let times = script(began, &is_warm);
        stop.store(true, Ordering::Relaxed);
        let joined = loads.into_iter().map(|load| load.join().map_err(|_| "a load panicked".to_owned()));
        let kinds = joined.collect::<Result<Vec<_>>>()?;
        times.map(|times| (times, kinds))
    })
}

/// A request that was on its way at any moment of the outage counts as of the outage.
fn row(fault: &'static str, requests: &'static str, times: &Times, samples: Samples) -> Outage {
    let of = |from: Duration, to: Duration, within: &dyn Fn(Duration, Duration) -> bool| {
        let counted = samples.answered.iter().filter(|sample| within(sample.sent, sample.sent + sample.took));
        Measured::of(counted.map(|sample| sample.took), to.saturating_sub(from))
    };
    Outage {
        fault,
        requests,
        before: of(times.warm, times.gone, &|sent, answered| sent >= times.warm && answered < times.gone),
        meanwhile: of(times.gone, times.back, &|sent, answered| sent < times.back && answered >= times.gone),
        after: of(times.back, times.end, &|sent, _| sent >= times.back),
        failures: samples.failures,
        first_failure: samples.first_failure,
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::Sample;
    use super::*;

    #[test]
    fn whatever_met_the_outage_counts_as_of_it() {
        let second = Duration::from_secs;
        let times = Times { warm: second(1), gone: second(10), back: second(20), end: second(30) };
        // Warming up, before, across the beginning, within, across the end, after.
        let answered = [(0, 1), (2, 1), (9, 2), (12, 1), (19, 5), (21, 1)];
        let answered =
            answered.map(|(sent, took)| Sample { sent: second(sent), took: second(took) }).to_vec();
        let row = row("hung", "reads", &times, Samples { answered, ..Samples::default() });
        let counts = [&row.before, &row.meanwhile, &row.after].map(|measured| measured.latencies.len());
        assert_eq!(counts, [1, 3, 1]);
        assert!((row.meanwhile.percentile_ms(1000) - 5000.0).abs() < 1e-9);
    }
}
