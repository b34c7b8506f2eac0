//! Several processes, each with its own connection, as far as Redis can tell.

use std::sync::Mutex;

use testkit::conformance::cache::{Storage, account, new_tenant};
use testkit::peers::RedisServer;

use super::*;

/// F10.
const TOLD_WITHIN: Duration = Duration::from_millis(250);

/// Proves: F10.
#[tokio::test(flavor = "multi_thread")]
async fn what_one_writes_the_other_reads() {
    let server = RedisServer::start().await;
    let (a, b) = (ready(&server.connection_string()).await, ready(&server.connection_string()).await);
    let tenant = new_tenant();
    let (key, storage) = (account(tenant, 1), Storage::of("0"));
    let mut slowest = Duration::ZERO;
    for round in 1..=50 {
        assert_eq!(storage.read(&*b, &key).await, (round - 1).to_string());
        storage.set(&round.to_string());
        a.invalidate(tenant, &["account"]).await;
        assert_eq!(storage.read(&*a, &key).await, round.to_string(), "never stale after one's own write");
        let began = Instant::now();
        while storage.read(&*b, &key).await != round.to_string() {
            assert!(began.elapsed() < TOLD_WITHIN, "round {round}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        slowest = slowest.max(began.elapsed());
    }
    assert!(slowest < TOLD_WITHIN, "{slowest:?}");
    assert!(redis(&*b).remote_invalidations >= 50);
    assert_eq!(redis(&*a).remote_invalidations, 0, "its own news are none");
}

/// Proves: F12, X52.
#[tokio::test(flavor = "multi_thread")]
async fn a_value_is_loaded_once_for_all_processes() {
    let server = RedisServer::start().await;
    let nodes = [ready(&server.connection_string()).await, ready(&server.connection_string()).await];
    let key = account(new_tenant(), 1);
    let storage = Storage::of("shared").taking(Duration::from_millis(150));
    let readers = (0..200).map(|number| {
        let (cache, storage, key) = (nodes[number % 2].clone(), storage.clone(), key.clone());
        tokio::spawn(async move { storage.read(&*cache, &key).await })
    });
    for reader in readers.collect::<Vec<_>>() {
        assert_eq!(reader.await.unwrap(), "shared");
    }
    assert_eq!(storage.loads(), 1, "200 misses at once in two processes");
    assert_eq!(nodes.iter().map(|node| redis(&**node).awaited).sum::<u64>(), 1);
    let third = ready(&server.connection_string()).await;
    assert_eq!(storage.read(&*third, &key).await, "shared");
    assert_eq!(storage.loads(), 1, "a process that comes later finds it");
}

/// The process that loads for all may die with the lock in its hand.
/// Proves: F12.
#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_nobody_gives_back_costs_little() {
    let server = RedisServer::start().await;
    let cache = ready(&server.connection_string()).await;
    let key = account(new_tenant(), 1);
    let lock = format!("{}:lock:accounting:account:{}", key.tenant, uuid::Uuid::from_u128(1));
    server.cli(&["SET", &lock, "dead", "PX", "5000"]);
    let began = Instant::now();
    assert_eq!(Storage::of("x").read(&*cache, &key).await, "x");
    assert!(
        (Duration::from_millis(350)..Duration::from_secs(2)).contains(&began.elapsed()),
        "{:?}",
        began.elapsed()
    );
}

/// A loader of another process that read before the write must not fill Redis after it.
/// Proves: F10, X53.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_loader_elsewhere_puts_nothing_back() {
    let server = RedisServer::start().await;
    let (a, b) = (ready(&server.connection_string()).await, ready(&server.connection_string()).await);
    let tenant = new_tenant();
    let key = account(tenant, 1);
    let slow = Storage::of("old").taking(Duration::from_millis(300));
    let reader = tokio::spawn({
        let (b, slow, key) = (b.clone(), slow.clone(), key.clone());
        async move { slow.read(&*b, &key).await }
    });
    until("the slow load", || slow.loads() > 0).await;
    a.invalidate(tenant, &["account"]).await;
    let fresh = Storage::of("new");
    assert_eq!(fresh.read(&*a, &key).await, "new");
    assert_eq!(reader.await.unwrap(), "old");
    tokio::time::sleep(Duration::from_millis(100)).await;
    let third = ready(&server.connection_string()).await;
    for cache in [&a, &b, &third] {
        assert_eq!(fresh.read(&**cache, &key).await, "new");
    }
}

/// Proves: F2, F9, X52.
#[tokio::test(flavor = "multi_thread")]
async fn lives_differ_by_a_tenth_and_follow_the_settings() {
    let server = RedisServer::start().await;
    let cache = ready(&server.connection_string()).await;
    let tenant = new_tenant();
    for number in 0..60 {
        Storage::of("x").read(&*cache, &account(tenant, number)).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let life = |number: u128| {
        let key = format!("{tenant}:accounting:account:{}", uuid::Uuid::from_u128(number));
        server.cli(&["PTTL", &key]).parse::<i64>().unwrap()
    };
    let lives: Vec<i64> = (0..60).map(life).collect();
    assert!(lives.iter().all(|life| (255_000..=330_000).contains(life)), "{lives:?}");
    assert!(lives.iter().max().unwrap() - lives.iter().min().unwrap() > 20_000, "{lives:?}");
    cache.set_ttl(Ttl { reference: Duration::from_secs(10), transactional: Duration::from_secs(5) });
    Storage::of("x").read(&*cache, &account(tenant, 99)).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!((1..=11_000).contains(&life(99)));
}

/// F1, X49; and answers of another build are not read.
/// Proves: F1, X49.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_removed_and_loaded_again() {
    let server = RedisServer::start().await;
    let cache = ready(&server.connection_string()).await;
    let tenant = new_tenant();
    let name = format!("{tenant}:accounting:account:{}", uuid::Uuid::from_u128(1));
    server.cli(&["SET", &name, "{\"v\":1,\"schema\":"]);
    assert_eq!(Storage::of("good").read(&*cache, &account(tenant, 1)).await, "good");
    assert_eq!(redis(&*cache).undecodable, 1);
    until("the good value", || server.cli(&["GET", &name]).contains("good")).await;
    let next = LayeredCache::connect(LayeredParts {
        schema: "next".to_owned(),
        ..parts(options(&server.connection_string()))
    });
    state(&next, BreakerState::Closed).await;
    assert_eq!(Storage::of("other").read(&next, &account(tenant, 1)).await, "other");
    assert_eq!(redis(&next).undecodable, 0, "another build's value is no rubbish");
}

#[tokio::test(flavor = "multi_thread")]
async fn others_changes_are_passed_on() {
    let server = RedisServer::start().await;
    let (a, b) = (ready(&server.connection_string()).await, ready(&server.connection_string()).await);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let note = heard.clone();
    b.on_remote_change(Arc::new(move |tenant| note.lock().unwrap().push(tenant)));
    let tenant = new_tenant();
    a.invalidate(tenant, &["journal_entry"]).await;
    b.invalidate(new_tenant(), &["journal_entry"]).await;
    until("the news", || !heard.lock().unwrap().is_empty()).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(*heard.lock().unwrap(), [tenant]);
}

/// A version that is not written yet may have news this one cannot read.
/// Proves: F10.
#[tokio::test(flavor = "multi_thread")]
async fn news_that_cannot_be_read_make_everything_forgotten() {
    let server = RedisServer::start().await;
    let cache = ready(&server.connection_string()).await;
    let key = account(new_tenant(), 1);
    Storage::of("x").read(&*cache, &key).await;
    assert!(cache.peek(&key).is_some());
    server.cli(&["PUBLISH", "erp:cache:changes", "{\"from\":\"x\",\"news\":\"tomorrow\"}"]);
    until("forgotten", || cache.peek(&key).is_none()).await;
}
