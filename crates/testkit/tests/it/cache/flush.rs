//! Flushing by pattern on real servers (F4).

use std::fmt::Write;

use testkit::conformance::cache::{Storage, account, new_tenant};
use testkit::peers::{RedisCluster, RedisServer};

use super::*;

const KEYS: usize = 100_000;
/// No command may touch more keys than this: a server that does other work meanwhile answers it in milliseconds.
const STEP: usize = 1_000;

/// How often the server ran a command since its statistics were reset.
fn calls_of(stats: &str, command: &str) -> usize {
    let calls =
        |line: &str| line.strip_prefix(&format!("cmdstat_{command}:calls="))?.split(',').next()?.parse().ok();
    stats.lines().find_map(calls).unwrap_or(0)
}

/// Proves: F4, X46.
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_keys_go_in_small_steps() {
    let server = RedisServer::start().await;
    let cache = ready(&server.connection_string()).await;
    let (own, other) = (new_tenant(), new_tenant());
    let mut commands = String::new();
    for number in 0..KEYS {
        writeln!(commands, "SET {own}:accounting:account:{number} x\r").unwrap();
    }
    writeln!(commands, "SET {other}:accounting:account:1 x\r\nSET foreign:key x\r").unwrap();
    server.pipe(&commands);
    server.cli(&["CONFIG", "RESETSTAT"]);
    let pattern = format!("{own}:accounting:account:*");
    let counted = cache.flush(&pattern, true).await.unwrap();
    assert_eq!((counted.keys, counted.complete), (KEYS as u64, true));
    let flushed = cache.flush(&pattern, false).await.unwrap();
    assert_eq!((flushed.keys, flushed.complete), (KEYS as u64, true));
    let stats = server.cli(&["INFO", "commandstats"]);
    let calls = |command: &str| calls_of(&stats, command);
    assert!(calls("scan") > 2 * KEYS / STEP, "both runs look through the keys in steps: {stats}");
    assert!(calls("unlink") > KEYS / STEP, "keys go in steps, and their memory later: {stats}");
    for blocking in ["keys", "del", "flushdb", "flushall"] {
        assert_eq!(calls(blocking), 0, "{blocking} holds the server for as long as there are keys");
    }
    assert_eq!(server.cli(&["EXISTS", &format!("{other}:accounting:account:1")]), "1");
    cache.flush("*", false).await.unwrap();
    assert_eq!(server.cli(&["EXISTS", "foreign:key"]), "1", "what is no key of the cache is not touched");
    assert_eq!(server.cli(&["EXISTS", &format!("{other}:accounting:account:1")]), "0");
    assert_eq!(redis(&*cache).breaker, BreakerState::Closed);
}

/// Proves: F4, X45.
#[tokio::test(flavor = "multi_thread")]
async fn every_primary_of_a_cluster_is_flushed() {
    let cluster = RedisCluster::start().await;
    let (a, b) = (ready(&cluster.connection_string()).await, ready(&cluster.connection_string()).await);
    let tenant = new_tenant();
    for number in 0..300 {
        Storage::of("x").read(&*a, &account(tenant, number)).await;
    }
    let stored = || -> usize {
        let count =
            |node: &RedisServer| node.cli(&["KEYS", &format!("{tenant}:accounting:*")]).lines().count();
        cluster.0.iter().map(count).sum()
    };
    until("stored", || stored() >= 300).await;
    for node in &cluster.0 {
        assert!(!node.cli(&["KEYS", &format!("{tenant}:accounting:*")]).is_empty(), "spread over all nodes");
    }
    Storage::of("y").read(&*b, &account(tenant, 5)).await;
    assert!(b.peek(&account(tenant, 5)).is_some());
    let pattern = format!("{tenant}:accounting:account:*");
    assert_eq!(a.flush(&pattern, true).await.unwrap().keys, 300);
    assert_eq!(a.flush(&pattern, false).await.unwrap().keys, 300);
    assert_eq!(a.flush(&pattern, true).await.unwrap().keys, 0);
    until("the other process forgets, too", || b.peek(&account(tenant, 5)).is_none()).await;
    assert_eq!(a.ping().await, Ok(()));
}

/// Proves: F4.
#[tokio::test(flavor = "multi_thread")]
async fn a_flush_without_redis_says_so() {
    let cache = node("127.0.0.1:1");
    let error = cache.flush("*", false).await.unwrap_err();
    assert!(error.is(&application::error::TEMPORARILY_UNAVAILABLE));
}
