//! Closed-loop load: so many clients, each sending its next request when it has the answer.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::http::Connection;

/// What one run measured.
#[derive(Debug, Clone, Default)]
pub struct Measured {
    /// Microseconds, sorted.
    pub latencies: Vec<u64>,
    pub failures: usize,
    pub seconds: f64,
    pub first_failure: Option<String>,
}

impl Measured {
    pub fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.seconds.max(1e-9)
    }
    /// Milliseconds below which `part` of 1,000 answers lie.
    pub fn percentile_ms(&self, part: usize) -> f64 {
        let index = (self.latencies.len() * part / 1000).min(self.latencies.len().saturating_sub(1));
        self.latencies.get(index).map_or(0.0, |micros| *micros as f64 / 1000.0)
    }
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
    let parts: Vec<Measured> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..clients)
            .map(|client| {
                let call = &call;
                scope.spawn(move || one(address, token, client, began, duration, stop, call))
            })
            .collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let mut all = Measured { seconds: began.elapsed().as_secs_f64(), ..Measured::default() };
    for part in parts {
        all.latencies.extend(part.latencies);
        all.failures += part.failures;
        all.first_failure = all.first_failure.or(part.first_failure);
    }
    all.latencies.sort_unstable();
    all
}

fn one(
    address: &str,
    token: &str,
    client: usize,
    began: Instant,
    duration: Duration,
    stop: &AtomicBool,
    call: &(impl Fn(usize, usize) -> Call + Sync),
) -> Measured {
    let mut measured = Measured::default();
    let mut connection = match Connection::open(address, token) {
        Ok(connection) => connection,
        Err(error) => {
            measured.failures = 1;
            measured.first_failure = Some(error.to_string());
            return measured;
        }
    };
    let mut number = 0;
    while began.elapsed() < duration && !stop.load(Ordering::Relaxed) {
        let Call { path, body } = call(client, number);
        number += 1;
        let sent = Instant::now();
        let answer = match &body {
            Some(body) => connection.post(&path, "application/json", body.as_bytes()),
            None => connection.get(&path),
        };
        let micros = u64::try_from(sent.elapsed().as_micros()).unwrap_or(u64::MAX);
        match answer {
            Ok(answer) if (200..300).contains(&answer.status) => measured.latencies.push(micros),
            Ok(answer) => {
                measured.failures += 1;
                let text = String::from_utf8_lossy(&answer.body).chars().take(300).collect::<String>();
                measured.first_failure.get_or_insert(format!("{} {path}: {text}", answer.status));
            }
            Err(error) => {
                measured.failures += 1;
                measured.first_failure.get_or_insert(error.to_string());
                return measured;
            }
        }
    }
    measured
}
