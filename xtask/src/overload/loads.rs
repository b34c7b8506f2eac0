//! The loads, and what is watched while each is offered.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::client::{Client, request};
use super::table::Row;

/// The server and what is known of its books.
pub struct Target {
    pub address: String,
    pub token: String,
    pub account: String,
    pub process: u32,
}

/// The kind of load that is offered.
#[derive(Clone, Copy)]
enum Kind {
    /// So many requests a second, on as many connections as it takes.
    Rate(u64),
    /// So many connections, each with a request twice a second.
    Connections(usize),
    /// So many files at once, again and again.
    Uploads(usize),
    /// So many spreadsheets and exports at once.
    Exports(usize),
    /// So many forms whose end never comes, beside a gentle load.
    SlowBodies(usize),
    /// Two batches of 32 MiB at once, beside a gentle load.
    LargeBatches,
}

pub struct Load {
    pub name: &'static str,
    kind: Kind,
}

/// Connections at most for requests by rate; one more that would be needed is offered and not sent.
const CONNECTIONS_MAX: usize = 1_000;
/// How often liveness is asked for.
const PROBE_EVERY: Duration = Duration::from_millis(20);
const GENTLE_PER_SECOND: u64 = 100;

impl Load {
    pub fn all(rate: u64) -> Vec<Self> {
        let load = |name, kind| Self { name, kind };
        vec![
            load("mixed requests by rate", Kind::Rate(rate)),
            load("2,000 connections", Kind::Connections(2_000)),
            load("1,000 uploads at once", Kind::Uploads(1_000)),
            load("200 exports at once", Kind::Exports(200)),
            load("1,000 slow bodies, gentle load", Kind::SlowBodies(1_000)),
            load("two batches of 32 MiB, gentle load", Kind::LargeBatches),
        ]
    }
}

/// The answers.
#[derive(Default)]
pub struct Seen {
    pub offered: AtomicU64,
    pub served: AtomicU64,
    pub shed: AtomicU64,
    pub failed: AtomicU64,
    latencies: Mutex<Vec<u64>>,
}

impl Seen {
    fn answered(&self, answer: &std::io::Result<u16>, took: Duration) {
        match answer {
            Ok(200..=299) => {
                self.served.fetch_add(1, Ordering::Relaxed);
                let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
                self.latencies.lock().unwrap_or_else(PoisonError::into_inner).push(micros);
            }
            Ok(429 | 503) => {
                self.shed.fetch_add(1, Ordering::Relaxed);
            }
            _ => {
                self.failed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    async fn call(&self, client: &mut Client, request: &[u8]) -> bool {
        self.offered.fetch_add(1, Ordering::Relaxed);
        let began = Instant::now();
        let answer = client.call(request).await;
        self.answered(&answer, began.elapsed());
        answer.is_ok() && client.is_open()
    }

    /// Milliseconds below which `part` of a thousand lie.
    pub fn percentile_ms(&self, part: usize) -> f64 {
        let mut latencies = self.latencies.lock().unwrap_or_else(PoisonError::into_inner);
        latencies.sort_unstable();
        let index = (latencies.len() * part / 1000).min(latencies.len().saturating_sub(1));
        latencies.get(index).map_or(0.0, |micros| *micros as f64 / 1000.0)
    }
}

/// Eight reads to two postings.
fn mixed(target: &Target, number: u64) -> Vec<u8> {
    let get = |path: &str| request("GET", path, &target.token, &[], b"");
    match number % 10 {
        0 | 5 => {
            let body = r#"{"postingDate":"2026-01-15","post":true,"lines":[{"accountCode":"6210","debit":"10.00","dimensions":{"cost-centre":"ADMIN"}},{"accountCode":"1113","credit":"10.00"}]}"#;
            let headers = ["Content-Type: application/json"];
            request("POST", "/api/v1/journal-entries", &target.token, &headers, body.as_bytes())
        }
        1 | 6 => get("/api/v1/journal-entries?limit=20"),
        2 => get("/api/v1/reports/trial-balance?asOf=2026-01-31"),
        _ => get(&format!("/api/v1/accounts/{}", target.account)),
    }
}

/// Offers one load and watches the server meanwhile.
pub async fn offer(target: &Arc<Target>, load: &Load, duration: Duration) -> Row {
    let seen = Arc::new(Seen::default());
    // Made before anything is measured: it keeps a processor busy.
    let batch = matches!(load.kind, Kind::LargeBatches).then(|| Arc::new(large_batch(target)));
    let watch = Watch::start(target.clone());
    let began = Instant::now();
    let end = began + duration;
    match load.kind {
        Kind::Rate(rate) => by_rate(target, &seen, rate, end).await,
        Kind::Connections(count) => {
            each(target, &seen, count, end, mixed, Duration::from_millis(500)).await;
        }
        Kind::Uploads(count) => {
            let rows: String = (0..4_000).map(|row| format!("U{row:04},Upload,asset\n")).collect();
            let csv = Arc::new(format!("code,name,type\n{rows}"));
            let upload = move |target: &Target, _: u64| {
                let path = "/api/v1/imports?type=accounts&dryRun=true";
                request("POST", path, &target.token, &["Content-Type: text/csv"], csv.as_bytes())
            };
            each(target, &seen, count, end, upload, Duration::from_millis(100)).await;
        }
        Kind::Exports(count) => {
            let export = |target: &Target, number: u64| {
                let sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
                match number % 2 {
                    0 => request(
                        "GET",
                        "/api/v1/reports/trial-balance?asOf=2026-01-31",
                        &target.token,
                        &[&format!("Accept: {sheet}")],
                        b"",
                    ),
                    _ => request("GET", "/api/v1/exports/ledger?format=ndjson", &target.token, &[], b""),
                }
            };
            each(target, &seen, count, end, export, Duration::from_millis(100)).await;
        }
        Kind::SlowBodies(count) => {
            let dribbling = tokio::spawn(dribble(target.clone(), count, end));
            by_rate(target, &seen, GENTLE_PER_SECOND, end).await;
            dribbling.abort();
        }
        Kind::LargeBatches => {
            let send = || batch.clone().map(|batch| tokio::spawn(send_again(target.clone(), batch)));
            let batches: Vec<_> = [send(), send()].into_iter().flatten().collect();
            by_rate(target, &seen, GENTLE_PER_SECOND, end).await;
            for batch in batches {
                batch.abort();
            }
        }
    }
    watch.end(load.name, &seen, began.elapsed()).await
}

/// The state of the server once the load is over.
pub async fn afterwards(target: &Arc<Target>) -> Row {
    let seen = Arc::new(Seen::default());
    let watch = Watch::start(target.clone());
    let began = Instant::now();
    by_rate(target, &seen, 10, began + Duration::from_secs(2)).await;
    watch.end("afterwards, ten requests a second", &seen, began.elapsed()).await
}

/// Requests come by the clock, whether or not those before them were answered.
async fn by_rate(target: &Arc<Target>, seen: &Arc<Seen>, rate: u64, end: Instant) {
    let free: Arc<Mutex<Vec<Client>>> = Arc::default();
    let mut running = JoinSet::new();
    let began = Instant::now();
    let mut number = 0;
    while Instant::now() < end {
        let due = (began.elapsed().as_secs_f64() * rate as f64) as u64;
        while number < due {
            number += 1;
            while running.try_join_next().is_some() {}
            if running.len() >= CONNECTIONS_MAX {
                seen.offered.fetch_add(1, Ordering::Relaxed);
                seen.failed.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            let (target, seen, free) = (target.clone(), seen.clone(), free.clone());
            running.spawn(async move {
                let known = free.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let client = match known {
                    Some(client) => Ok(client),
                    None => Client::open(&target.address).await,
                };
                let Ok(mut client) = client else {
                    seen.offered.fetch_add(1, Ordering::Relaxed);
                    seen.failed.fetch_add(1, Ordering::Relaxed);
                    return;
                };
                if seen.call(&mut client, &mixed(&target, number)).await {
                    free.lock().unwrap_or_else(PoisonError::into_inner).push(client);
                }
            });
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    while running.join_next().await.is_some() {}
}

/// So many clients, each with its own connection and a pause between its requests.
async fn each(
    target: &Arc<Target>,
    seen: &Arc<Seen>,
    count: usize,
    end: Instant,
    make: impl Fn(&Target, u64) -> Vec<u8> + Clone + Send + Sync + 'static,
    pause: Duration,
) {
    let mut clients = JoinSet::new();
    for place in 0..count {
        let (target, seen, make) = (target.clone(), seen.clone(), make.clone());
        clients.spawn(async move {
            let mut number = place as u64;
            let mut client = None;
            while Instant::now() < end {
                if client.is_none() {
                    client = Client::open(&target.address).await.ok();
                }
                if let Some(open) = &mut client
                    && !seen.call(open, &make(&target, number)).await
                {
                    client = None;
                }
                number += 1;
                tokio::time::sleep(pause).await;
            }
        });
    }
    while clients.join_next().await.is_some() {}
}

async fn dribble(target: Arc<Target>, count: usize, end: Instant) {
    let mut slow = Vec::new();
    let head = b"POST /api/v1/auth/token HTTP/1.1\r\nHost: server\r\nContent-Length: 100\r\n\r\ngrant_type=";
    while Instant::now() < end {
        if slow.len() < count
            && let Ok(mut client) = Client::open(&target.address).await
        {
            let _ = client.write(head).await;
            slow.push(client);
        } else {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn large_batch(target: &Target) -> Vec<u8> {
    let items = "1,".repeat((16 << 20) - 64);
    let body = format!(r#"{{"items":[{{"method":"POST","path":"/api/v1/accounts","body":[{items}1]}}]}}"#);
    let headers = ["Content-Type: application/json"];
    request("POST", "/api/v1/batch", &target.token, &headers, body.as_bytes())
}

async fn send_again(target: Arc<Target>, request: Arc<Vec<u8>>) {
    loop {
        if let Ok(mut client) = Client::open(&target.address).await {
            let _ = client.call(&request).await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Liveness and memory while a load is offered.
struct Watch {
    target: Arc<Target>,
    ended: Arc<AtomicBool>,
    live: std::thread::JoinHandle<(Duration, u64)>,
    memory: tokio::task::JoinHandle<f64>,
}

/// The result when liveness could not be watched at all: the worst there is.
const NOT_WATCHED: (Duration, u64) = (Duration::MAX, 1);

impl Watch {
    fn start(target: Arc<Target>) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        // Apart from the loads, which keep their threads busy.
        let (probed, until) = (target.clone(), ended.clone());
        let live = std::thread::spawn(move || {
            match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime.block_on(liveness(probed, until)),
                Err(_) => NOT_WATCHED,
            }
        });
        let memory = tokio::spawn(memory(target.process, ended.clone()));
        Self { target, ended, live, memory }
    }

    async fn end(self, name: &'static str, seen: &Seen, took: Duration) -> Row {
        let now = resident_mib(self.target.process);
        self.ended.store(true, Ordering::Relaxed);
        let live = tokio::task::spawn_blocking(move || self.live.join()).await;
        let (worst, unanswered) = live.ok().and_then(Result::ok).unwrap_or(NOT_WATCHED);
        Row::new(name, seen, took, (worst, unanswered), (self.memory.await.unwrap_or(0.0), now))
    }
}

async fn liveness(target: Arc<Target>, ended: Arc<AtomicBool>) -> (Duration, u64) {
    let probe = request("GET", "/health/live", "", &[], b"");
    let (mut worst, mut unanswered, mut client) = (Duration::ZERO, 0, None);
    while !ended.load(Ordering::Relaxed) {
        let began = Instant::now();
        if client.is_none() {
            client = Client::open(&target.address).await.ok();
        }
        let answered = match &mut client {
            Some(open) => open.call(&probe).await.is_ok_and(|status| status == 200),
            None => false,
        };
        worst = worst.max(began.elapsed());
        if !answered {
            unanswered += 1;
            client = None;
        }
        tokio::time::sleep(PROBE_EVERY).await;
    }
    (worst, unanswered)
}

async fn memory(process: u32, ended: Arc<AtomicBool>) -> f64 {
    let mut peak: f64 = 0.0;
    while !ended.load(Ordering::Relaxed) {
        peak = peak.max(resident_mib(process));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    peak
}

fn resident_mib(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}
