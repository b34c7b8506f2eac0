//! What callers notice while Redis is gone: a mixed load on the cloud profile, with Redis failing in the middle of it.

use std::sync::atomic::{AtomicBool, Ordering};
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

/// The load before anything is counted: connections open, caches fill.
const WARM_UP: Duration = Duration::from_secs(3);

/// The requests of the load and how many clients send them. One posts, so that postings wait for Redis or for nobody.
const KINDS: [(&str, usize); 3] = [("cached reads", 4), ("uncached reads", 2), ("postings", 1)];

/// What happens to Redis, and how it ends.
struct Fault {
    name: &'static str,
    begin: fn(&mut Redis) -> Result<()>,
    end: fn(&mut Redis) -> Result<()>,
}

const FAULTS: [Fault; 2] = [
    Fault { name: "killed, started again", begin: Redis::kill, end: Redis::start_again },
    Fault { name: "hung, resumed", begin: |redis| redis.stop(), end: |redis| redis.resume() },
];

/// When Redis was gone, in the time of the run.
struct Times {
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
        let (times, kinds) = under_load(&server.address, &token, &account, || {
            let began = Instant::now();
            std::thread::sleep(WARM_UP + phase);
            let gone = began.elapsed();
            (fault.begin)(redis)?;
            std::thread::sleep(phase);
            (fault.end)(redis)?;
            let back = began.elapsed();
            std::thread::sleep(phase);
            Ok(Times { gone, back, end: began.elapsed() })
        })?;
        for ((requests, _), samples) in KINDS.into_iter().zip(kinds) {
            table.add_outage(row(fault.name, requests, &times, samples));
        }
    }
    Ok(())
}

/// The load for as long as `script` takes.
fn under_load(
    address: &str,
    token: &str,
    account: &str,
    script: impl FnOnce() -> Result<Times>,
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
    let (stop, began) = (AtomicBool::new(false), Instant::now());
    std::thread::scope(|scope| {
        let loads: Vec<_> = (0..KINDS.len())
            .map(|kind| {
                let (stop, call) = (&stop, &call);
                scope.spawn(move || {
                    samples(address, token, KINDS[kind].1, began, Duration::MAX, stop, |_, n| call(kind, n))
                })
            })
            .collect();
        let times = script();
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
        before: of(WARM_UP, times.gone, &|sent, answered| sent >= WARM_UP && answered < times.gone),
        meanwhile: of(times.gone, times.back, &|sent, answered| sent < times.back && answered >= times.gone),
        after: of(times.back, times.end, &|sent, _| sent >= times.back),
        failures: samples.failures,
        first_failure: samples.first_failure,
    }
}
