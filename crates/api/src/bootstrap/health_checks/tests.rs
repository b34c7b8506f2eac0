//! Each line of the wiring, and the specification's documents from a running server, byte for byte (GV1).

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use http::HeaderMap;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::*;
use crate::health::schema::{Reader, check_health_report};
use crate::health::{HealthState, HealthStatus, Lifecycle, Stopwatch, router_with_access};
use crate::overload::Budget;
use crate::serving::{Patience, Serving};

struct Says(CheckResult);

#[async_trait]
impl HealthCheck for Says {
    async fn check(&self) -> CheckResult {
        self.0.clone()
    }
}

struct Hangs;

#[async_trait]
impl HealthCheck for Hangs {
    async fn check(&self) -> CheckResult {
        std::future::pending().await
    }
}

fn says(result: CheckResult) -> Arc<dyn HealthCheck> {
    Arc::new(Says(result))
}

fn all_well() -> Asked {
    Asked {
        database: says(CheckResult::healthy()),
        redis: Some(says(CheckResult::healthy())),
        blobs: says(CheckResult::healthy()),
        custom: says(CheckResult::healthy().describe("All systems operational")),
    }
}

/// Proves: I1, I2, I3, X36.
#[test]
fn every_profile_has_its_entries_in_the_order_of_the_specification() {
    use HealthStatus::{Degraded, Unhealthy};
    type Entry = (&'static str, &'static [&'static str], HealthStatus);
    const REDIS: Entry = ("redis", &["cache"], Degraded);
    const BLOBS: Entry = ("blob-storage", &["storage"], Degraded);
    const CUSTOM: Entry = ("custom-check", &[], Unhealthy);
    const SERVER: Entry = ("sql-server", &["db", "critical"], Unhealthy);
    const SQLITE: Entry = ("sqlite", &["db", "critical"], Unhealthy);
    for (dialect, with_redis, expected) in [
        (Dialect::SqlServer, true, vec![SERVER, REDIS, BLOBS, CUSTOM]),
        (Dialect::Sqlite, true, vec![SQLITE, REDIS, BLOBS, CUSTOM]),
        (Dialect::SqlServer, false, vec![SERVER, BLOBS, CUSTOM]),
        (Dialect::Sqlite, false, vec![SQLITE, BLOBS, CUSTOM]),
    ] {
        let mut asked = all_well();
        asked.redis = asked.redis.filter(|_| with_redis);
        let checks = registrations(dialect, asked);
        let seen: Vec<_> =
            checks.iter().map(|check| (check.name, check.tags, check.failure_status)).collect();
        assert_eq!(seen, expected);
        assert!(checks.iter().all(|check| check.timeout == Duration::from_secs(2)), "I1, I3");
    }
}

/// Allows every caller, or none.
struct Allows(bool);

#[async_trait]
impl DetailAccess for Allows {
    async fn allows(&self, _: &HeaderMap) -> bool {
        self.0
    }
}

/// Durations in 100 ns: of the whole, and of each check in its order.
const WHOLE: u64 = 123_456;
const EACH: [u64; 4] = [34_567, 12_000, 45_000, 1_000];

/// A clock whose checks take the times of the specification. `late` is the check that answers after all others.
fn stopwatch(late: Option<usize>) -> Stopwatch {
    let mut times = VecDeque::from([0]);
    for (index, duration) in EACH.into_iter().enumerate() {
        times.push_back(0);
        if late != Some(index) {
            times.push_back(duration);
        }
    }
    times.extend(late.map(|index| EACH[index]));
    times.push_back(WHOLE);
    let times = Mutex::new(times);
    Arc::new(move || Duration::from_nanos(times.lock().unwrap().pop_front().unwrap() * 100))
}

/// In the order in which they are asked.
const READERS: [Reader; 3] = [Reader::Operator, Reader::Authorised, Reader::Anybody];

/// The answer to a caller: status, headers and the bytes of the body.
async fn answered(state: HealthState) -> (u16, HeaderMap, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/health", listener.local_addr().unwrap());
    let router = router_with_access(state);
    let (_stop, stopped) = watch::channel(false);
    let serving =
        Serving::new(router, Lifecycle::default(), (Budget::new(1 << 20), None), 4, Patience::default());
    tokio::spawn(serving.run(listener, stopped));
    let answer = reqwest::get(url).await.unwrap();
    (answer.status().as_u16(), answer.headers().clone(), answer.text().await.unwrap())
}

/// The documents for operators, for authorised callers and for anybody.
async fn documents(asked: Asked, late: Option<usize>) -> (u16, [String; 3]) {
    let checks = HealthChecks::measured(registrations(Dialect::SqlServer, asked), stopwatch(late)).unwrap();
    let state = |allowed| HealthState::new(checks.clone(), Lifecycle::default(), Arc::new(Allows(allowed)));
    let mut bodies = Vec::new();
    let mut statuses = Vec::new();
    for state in [state(false).for_operators(), state(true), state(false)] {
        let (status, headers, body) = answered(state).await;
        for (name, value) in [
            ("content-type", "application/json"),
            ("cache-control", "no-store, no-cache"),
            ("pragma", "no-cache"),
            ("expires", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ] {
            assert_eq!(headers[name], value);
        }
        statuses.push(status);
        check_health_report(READERS[bodies.len()], &body);
        bodies.push(body);
    }
    statuses.dedup();
    assert_eq!(statuses.len(), 1, "whoever asks");
    (statuses[0], bodies.try_into().unwrap())
}

const SQL_SERVER: &str =
    r#""sql-server":{"data":{},"duration":"00:00:00.0034567","status":"Healthy","tags":["db","critical"]}"#;
const SQL_SERVER_DOWN: &str = r#""sql-server":{"data":{},"description":"login failed","duration":"00:00:00.0034567","exception":"login failed","status":"Unhealthy","tags":["db","critical"]}"#;
const SQL_SERVER_LATE: &str = r#""sql-server":{"data":{},"description":"A timeout occurred while running check.","duration":"00:00:00.0034567","status":"Unhealthy","tags":["db","critical"]}"#;
const REDIS: &str =
    r#""redis":{"data":{},"duration":"00:00:00.0012000","status":"Healthy","tags":["cache"]}"#;
const REDIS_DOWN: &str = r#""redis":{"data":{},"description":"connection refused","duration":"00:00:00.0012000","exception":"connection refused","status":"Degraded","tags":["cache"]}"#;
const REDIS_LATE: &str = r#""redis":{"data":{},"description":"A timeout occurred while running check.","duration":"00:00:00.0012000","status":"Degraded","tags":["cache"]}"#;
const REST: &str = r#""blob-storage":{"data":{},"duration":"00:00:00.0045000","status":"Healthy","tags":["storage"]},"custom-check":{"data":{},"description":"All systems operational","duration":"00:00:00.0001000","status":"Healthy","tags":[]}"#;

/// Proves: I5, I6, I8, GV1.
#[tokio::test]
async fn a_running_server_answers_the_documents_of_the_specification() {
    let failed = |why: &str| says(CheckResult::error(why));
    let hangs = || Arc::new(Hangs) as Arc<dyn HealthCheck>;
    for (asked, late, code, status, entries) in [
        (all_well(), None, 200, "Healthy", [SQL_SERVER, REDIS]),
        (
            Asked { redis: Some(failed("connection refused")), ..all_well() },
            None,
            200,
            "Degraded",
            [SQL_SERVER, REDIS_DOWN],
        ),
        (
            Asked { database: failed("login failed"), ..all_well() },
            None,
            503,
            "Unhealthy",
            [SQL_SERVER_DOWN, REDIS],
        ),
        (Asked { redis: Some(hangs()), ..all_well() }, Some(1), 200, "Degraded", [SQL_SERVER, REDIS_LATE]),
        (Asked { database: hangs(), ..all_well() }, Some(0), 503, "Unhealthy", [SQL_SERVER_LATE, REDIS]),
    ] {
        let (answered, [full, redacted, anonymous]) = documents(asked, late).await;
        assert_eq!(answered, code);
        let head = format!(r#"{{"status":"{status}","totalDuration":"00:00:00.0123456","entries":{{"#);
        let whole = format!("{head}{},{},{REST}}}}}", entries[0], entries[1]);
        assert_eq!(full, whole);
        let hidden = whole
            .replace("connection refused", "Exception Occurred.")
            .replace("login failed", "Exception Occurred.");
        assert_eq!(redacted, hidden);
        assert_eq!(anonymous, format!("{head}}}}}"));
    }
}
