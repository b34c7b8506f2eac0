//! Closed-loop load: so many clients, each sending its next request when it has the answer.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::http::Connection;

/// The measurements of one run.
#[derive(Debug, Clone, Default)]
pub struct Measured {
    /// Microseconds, sorted.
    pub latencies: Vec<u64>,
    pub failures: usize,
    pub seconds: f64,
    pub first_failure: Option<String>,
}

impl Measured {
    /// So many answers in so long.
    pub fn of(latencies: impl Iterator<Item = Duration>, time: Duration) -> Self {
        let micros = |latency: Duration| u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        let mut latencies: Vec<_> = latencies.map(micros).collect();
        latencies.sort_unstable();
        Self { latencies, seconds: time.as_secs_f64(), ..Self::default() }
    }
    pub fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.seconds.max(1e-9)
    }
    /// The rate as text, with a decimal for slow servers.
    pub fn rate(&self) -> String {
        let (rate, digits) = (self.per_second(), usize::from(self.per_second() < 10.0));
        format!("{rate:.digits$}/s")
    }
    /// Milliseconds below which `part` of 1,000 answers lie.
    pub fn percentile_ms(&self, part: usize) -> f64 {
        let index = (self.latencies.len() * part / 1000).min(self.latencies.len().saturating_sub(1));
        self.latencies.get(index).map_or(0.0, |micros| *micros as f64 / 1000.0)
    }
}

/// A request that was answered as it should.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Since the run began.
    pub sent: Duration,
    pub took: Duration,
}

/// All requests of one run.
#[derive(Debug, Default)]
pub struct Samples {
    pub answered: Vec<Sample>,
    pub failures: usize,
    pub first_failure: Option<String>,
}

/// One request: path and, for a POST, a JSON body.
pub struct Call {
    pub path: String,
    pub body: Option<String>,
}

/// Runs `clients` for `duration`, or until `stop` is set.
pub fn run(
    address: &str,
    token: &str,
    clients: usize,
    duration: Duration,
    stop: &AtomicBool,
    call: impl Fn(usize, usize) -> Call + Sync,
) -> Measured {
    let began = Instant::now();
    let all = samples(address, token, clients, began, duration, stop, call);
    let measured = Measured::of(all.answered.iter().map(|sample| sample.took), began.elapsed());
    Measured { failures: all.failures, first_failure: all.first_failure, ..measured }
}

/// Runs the load and answers every request with its time.
pub fn samples(
    address: &str,
    token: &str,
    clients: usize,
    began: Instant,
    duration: Duration,
    stop: &AtomicBool,
    call: impl Fn(usize, usize) -> Call + Sync,
) -> Samples {
    let parts: Vec<Samples> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..clients)
            .map(|client| {
                let call = &call;
                let go_on = move || began.elapsed() < duration && !stop.load(Ordering::Relaxed);
                scope.spawn(move || one(address, token, began, go_on, |number| call(client, number)))
            })
            .collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let mut all = Samples::default();
    for part in parts {
        all.answered.extend(part.answered);
        all.failures += part.failures;
        all.first_failure = all.first_failure.or(part.first_failure);
    }
    all
}

fn one(
    address: &str,
    token: &str,
    began: Instant,
    go_on: impl Fn() -> bool,
    call: impl Fn(usize) -> Call,
) -> Samples {
    let mut samples = Samples::default();
    let mut number = 0;
    // A failed connection is replaced, one that cannot be made ends the client.
    while go_on() {
        let mut connection = match Connection::open(address, token) {
            Ok(connection) => connection,
            Err(error) => {
                samples.failures += 1;
                samples.first_failure.get_or_insert(error.to_string());
                return samples;
            }
        };
        while go_on() {
            let Call { path, body } = call(number);
            number += 1;
            let sent = Instant::now();
            let answer = match &body {
                Some(body) => connection.post(&path, "application/json", body.as_bytes()),
                None => connection.get(&path),
            };
            let sample = Sample { sent: sent.duration_since(began), took: sent.elapsed() };
            match answer {
                Ok(answer) if (200..300).contains(&answer.status) => samples.answered.push(sample),
                Ok(answer) => {
                    samples.failures += 1;
                    let text = String::from_utf8_lossy(&answer.body).chars().take(300).collect::<String>();
                    samples.first_failure.get_or_insert(format!("{} {path}: {text}", answer.status));
                }
                Err(error) => {
                    samples.failures += 1;
                    samples.first_failure.get_or_insert(error.to_string());
                    break;
                }
            }
        }
    }
    samples
}
