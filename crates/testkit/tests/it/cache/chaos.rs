//! Writers and readers on three processes while Redis hangs, dies and returns: every single answer is judged.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use application::error::AppResult;
use application::ports::cache::{CacheKey, Cached, Load};
use async_trait::async_trait;
use domain::ids::TenantId;
use domain::time::Timestamp;
use infrastructure::cache::layered::LayeredCache;
use testkit::conformance::cache::{account, new_tenant};
use testkit::peers::{RedisServer, RedisSetup};

use super::*;

const PROCESSES: usize = 3;
/// Enough for some to be written only while Redis is away.
const TENANTS: usize = 60;
/// How late another process's write may be seen: the lease of these tests, and a busy machine.
const LATE: Duration = Duration::from_millis(LATE_MS);
const LATE_MS: u64 = 1_500;

/// One row of storage: its version, and which version was committed when and by whom.
struct Row {
    key: CacheKey,
    version: AtomicU64,
    commits: Mutex<Vec<(Instant, u64, usize)>>,
}

#[derive(Default)]
struct Findings {
    reads: AtomicU64,
    wrong: Mutex<Vec<String>>,
}

struct Books(Vec<Arc<Row>>);

#[async_trait]
impl RecentChanges for Books {
    async fn changed_since(&self, _: Timestamp) -> AppResult<Vec<(TenantId, Vec<&'static str>)>> {
        Ok(self.0.iter().map(|row| (row.key.tenant, vec!["account"])).collect())
    }
}

impl Row {
    fn load(self: &Arc<Self>) -> Load {
        let row = self.clone();
        Box::new(move || {
            Box::pin(async move {
                let version = row.version.load(Ordering::SeqCst);
                // A slow answer of what may be old by then.
                tokio::time::sleep(Duration::from_millis(rand(12))).await;
                Ok(Some(Cached { body: version.to_string().into(), version: None }))
            })
        })
    }

    async fn read(self: &Arc<Self>, process: usize, cache: &LayeredCache, findings: &Findings) {
        let began = Instant::now();
        let must = {
            let commits = self.commits.lock().unwrap();
            let counts = |(at, _, by): &&(Instant, u64, usize)| {
                let age = began.saturating_duration_since(*at);
                *by == process || age > LATE
            };
            commits.iter().filter(counts).map(|(_, version, _)| *version).max().unwrap_or(0)
        };
        let found = cache.get_or_load(self.key.clone(), self.load()).await.unwrap().unwrap();
        let seen: u64 = String::from_utf8_lossy(&found.body).parse().unwrap();
        findings.reads.fetch_add(1, Ordering::Relaxed);
        if seen < must {
            let breaker = redis(cache).breaker;
            let text =
                format!("process {process} ({breaker:?}) read version {seen}, but {must} was committed");
            findings.wrong.lock().unwrap().push(text);
        }
    }

    async fn write(self: &Arc<Self>, process: usize, cache: &LayeredCache) {
        let version = self.version.fetch_add(1, Ordering::SeqCst) + 1;
        cache.invalidate(self.key.tenant, &["account"]).await;
        self.commits.lock().unwrap().push((Instant::now(), version, process));
    }
}

/// Less than `below`; good enough to mix things up.
fn rand(below: u64) -> u64 {
    static STATE: AtomicU64 = AtomicU64::new(0x9E37_79B9_7F4A_7C15);
    let mut x = STATE.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (x ^ (x >> 31)) % below
}

/// Proves: F10, X53.
#[tokio::test(flavor = "multi_thread")]
async fn no_answer_is_too_old_whatever_happens_to_redis() {
    let mut server = RedisServer::with(RedisSetup { durable: true, ..RedisSetup::default() }).await;
    let text = server.connection_string();
    let row = |_| {
        let key = account(new_tenant(), 1);
        Arc::new(Row { key, version: AtomicU64::new(0), commits: Mutex::default() })
    };
    let rows: Vec<Arc<Row>> = (0..TENANTS).map(row).collect();
    let books = Arc::new(Books(rows.clone()));
    let caches: Vec<_> = (0..PROCESSES).map(|_| node_with(&text, books.clone())).collect();
    let (findings, stop) = (Arc::new(Findings::default()), Arc::new(AtomicBool::new(false)));
    let mut tasks = Vec::new();
    for (process, cache) in caches.iter().enumerate() {
        for writes in [false, false, false, true] {
            let (cache, rows, findings, stop) = (cache.clone(), rows.clone(), findings.clone(), stop.clone());
            tasks.push(tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let row = &rows[rand(TENANTS as u64) as usize];
                    if writes {
                        row.write(process, &cache).await;
                        row.read(process, &cache, &findings).await;
                        tokio::time::sleep(Duration::from_millis(rand(100))).await;
                    } else {
                        row.read(process, &cache, &findings).await;
                        tokio::time::sleep(Duration::from_millis(rand(3))).await;
                    }
                }
            }));
        }
    }
    for cache in &caches {
        state(&**cache, BreakerState::Closed).await;
    }
    for fault in [0, 1, 0, 2, 1, 3] {
        tokio::time::sleep(Duration::from_millis(300 + rand(900))).await;
        match fault {
            0 => {
                server.stop();
                tokio::time::sleep(Duration::from_millis(LATE_MS + rand(1_200))).await;
                server.resume();
            }
            1 => {
                server.kill();
                tokio::time::sleep(Duration::from_millis(rand(1_200))).await;
                server.restart().await;
            }
            2 => drop(server.cli(&["CLIENT", "KILL", "TYPE", "pubsub"])),
            _ => drop(server.cli(&["FLUSHALL"])),
        }
        if fault == 1 {
            for cache in &caches {
                state(&**cache, BreakerState::Closed).await;
            }
        }
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.unwrap();
    }
    let wrong = findings.wrong.lock().unwrap().clone();
    let reads = findings.reads.load(Ordering::Relaxed);
    assert!(reads > 1_000, "{reads} reads");
    assert!(wrong.is_empty(), "{} of {reads} answers: {:#?}", wrong.len(), &wrong[..wrong.len().min(10)]);
    for cache in &caches {
        state(&**cache, BreakerState::Closed).await;
        assert!(redis(&**cache).opened >= 2, "the faults were noticed");
    }
}
