//! Redis dead, hung, slow to come back, and full of what has changed meanwhile.

use application::error::AppResult;
use async_trait::async_trait;
use domain::ids::TenantId;
use domain::time::Timestamp;
use testkit::conformance::cache::{Storage, account, never_stale, new_tenant};
use testkit::peers::{RedisServer, RedisSetup};

use super::*;

/// Proves: A7, F1, X50.
#[tokio::test(flavor = "multi_thread")]
async fn a_hung_redis_costs_next_to_nothing_and_heals_by_itself() {
    let server = RedisServer::start().await;
    let cache = ready(&server.connection_string()).await;
    let tenant = new_tenant();
    server.stop();
    let mut times = Vec::new();
    for number in 0..200_u128 {
        let began = Instant::now();
        Storage::of("x").read(&*cache, &account(tenant, number)).await;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    assert!(times[189] < Duration::from_millis(50), "p95 of uncached reads: {:?}", times[189]);
    assert!(times[199] < Duration::from_millis(400), "the slowest: {:?}", times[199]);
    assert_eq!(redis(&*cache).breaker, BreakerState::Open);
    never_stale(cache.clone()).await;
    let began = Instant::now();
    cache.invalidate(tenant, &["account"]).await;
    assert!(began.elapsed() < Duration::from_millis(100), "a write does not wait for Redis");
    server.resume();
    assert!(state(&*cache, BreakerState::Closed).await < Duration::from_secs(5));
    assert_eq!(redis(&*cache).pending_invalidations, 0);
    assert_eq!(redis(&*cache).opened, 1);
}

/// The heart of it: what was written while Redis was away must not come back with it.
/// Proves: A7, F10, X53.
#[tokio::test(flavor = "multi_thread")]
async fn old_values_do_not_return_with_redis() {
    for hang in [true, false] {
        let setup = RedisSetup { durable: true, ..RedisSetup::default() };
        let mut server = RedisServer::with(setup).await;
        let text = server.connection_string();
        let (a, b) = (ready(&text).await, ready(&text).await);
        let tenant = new_tenant();
        let (key, storage) = (account(tenant, 1), Storage::of("old"));
        for cache in [&a, &b] {
            assert_eq!(storage.read(&**cache, &key).await, "old");
        }
        until("stored", || {
            !server
                .cli(&["GET", &format!("{tenant}:accounting:account:{}", uuid::Uuid::from_u128(1))])
                .is_empty()
        })
        .await;
        if hang {
            server.stop()
        } else {
            server.kill()
        }
        storage.set("new");
        a.invalidate(tenant, &["account"]).await;
        assert_eq!(storage.read(&*a, &key).await, "new", "never stale after one's own write");
        // B cannot be told; its belief ends by itself.
        let waited = until("B doubts", || b.peek(&key).is_none()).await;
        assert!(waited < Duration::from_secs(1), "{waited:?}");
        assert_eq!(storage.read(&*b, &key).await, "new");
        if hang {
            server.resume()
        } else {
            server.restart().await
        }
        for _ in 0..200 {
            for cache in [&a, &b] {
                assert_eq!(storage.read(&**cache, &key).await, "new", "hang: {hang}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        for cache in [&a, &b] {
            state(&**cache, BreakerState::Closed).await;
            assert_eq!(storage.read(&**cache, &key).await, "new");
        }
        let late = ready(&text).await;
        assert_eq!(storage.read(&*late, &key).await, "new");
    }
}

/// Without any Redis, another process's write is seen after a moment all the same.
/// Proves: A7.
#[tokio::test(flavor = "multi_thread")]
async fn without_redis_a_value_is_believed_for_a_moment_only() {
    let (a, b) = (node("127.0.0.1:1"), node("127.0.0.1:1"));
    let tenant = new_tenant();
    let (key, storage) = (account(tenant, 1), Storage::of("old"));
    for _ in 0..50 {
        assert_eq!(storage.read(&*b, &key).await, "old");
    }
    assert!(storage.loads() < 10, "hot values are still kept: {} loads of 50", storage.loads());
    storage.set("new");
    a.invalidate(tenant, &["account"]).await;
    let began = Instant::now();
    while storage.read(&*b, &key).await != "new" {
        assert!(began.elapsed() < Duration::from_millis(250));
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// The changes that the books report.
struct Books(Vec<(TenantId, Vec<&'static str>)>);

#[async_trait]
impl RecentChanges for Books {
    async fn changed_since(&self, _: Timestamp) -> AppResult<Vec<(TenantId, Vec<&'static str>)>> {
        Ok(self.0.clone())
    }
}

/// A process that died between its commit and the news of it: the books know.
/// Proves: F10, X53.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_process_could_not_tell_the_books_do() {
    let server = RedisServer::start().await;
    let text = server.connection_string();
    let tenant = new_tenant();
    let (key, storage) = (account(tenant, 1), Storage::of("old"));
    let survivor = ready(&text).await;
    assert_eq!(storage.read(&*survivor, &key).await, "old");
    tokio::time::sleep(Duration::from_millis(100)).await;
    storage.set("new");
    let restarted = node_with(&text, Arc::new(Books(vec![(tenant, vec!["account"])])));
    state(&*restarted, BreakerState::Closed).await;
    assert_eq!(storage.read(&*restarted, &key).await, "new");
    until("the survivor hears of it", || survivor.peek(&key).is_none()).await;
    assert_eq!(storage.read(&*survivor, &key).await, "new");
}

/// Proves: A7.
#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_starts_again_empty_is_filled_again() {
    let mut server = RedisServer::start().await;
    let cache = ready(&server.connection_string()).await;
    let key = account(new_tenant(), 1);
    let storage = Storage::of("x");
    storage.read(&*cache, &key).await;
    server.kill();
    state(&*cache, BreakerState::Open).await;
    assert!(cache.ping().await.is_err());
    server.restart().await;
    state(&*cache, BreakerState::Closed).await;
    assert_eq!(cache.ping().await, Ok(()));
    let before = storage.loads();
    for _ in 0..5 {
        assert_eq!(storage.read(&*cache, &key).await, "x");
    }
    assert_eq!(storage.loads(), before + 1);
}

/// A server that is full refuses to store, but not to forget.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_redis_serves_no_old_values() {
    let server = RedisServer::start().await;
    let (a, b) = (ready(&server.connection_string()).await, ready(&server.connection_string()).await);
    let tenant = new_tenant();
    let (key, storage) = (account(tenant, 1), Storage::of("old"));
    assert_eq!(storage.read(&*b, &key).await, "old");
    server.cli(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    server.cli(&["CONFIG", "SET", "maxmemory", "1mb"]);
    storage.set("new");
    a.invalidate(tenant, &["account"]).await;
    assert_eq!(redis(&*a).pending_invalidations, 0);
    until("B hears of it", || b.peek(&key).is_none()).await;
    assert_eq!(storage.read(&*b, &key).await, "new");
    assert_eq!(redis(&*a).breaker, BreakerState::Closed);
}

/// More changes than are remembered one by one.
#[tokio::test(flavor = "multi_thread")]
async fn too_many_changes_to_remember_are_made_up_for_all_the_same() {
    let mut server = RedisServer::with(RedisSetup { durable: true, ..RedisSetup::default() }).await;
    let text = server.connection_string();
    let (a, b) = (ready(&text).await, ready(&text).await);
    let last = new_tenant();
    let (key, storage) = (account(last, 1), Storage::of("old"));
    assert_eq!(storage.read(&*b, &key).await, "old");
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.kill();
    state(&*a, BreakerState::Open).await;
    for _ in 0..10_000 {
        a.invalidate(new_tenant(), &["account"]).await;
    }
    storage.set("new");
    a.invalidate(last, &["account"]).await;
    assert_eq!(redis(&*a).pending_invalidations, 10_001);
    server.restart().await;
    for cache in [&a, &b] {
        state(&**cache, BreakerState::Closed).await;
        assert_eq!(storage.read(&**cache, &key).await, "new");
    }
    assert!(a.drain(Duration::from_secs(1)).await);
    assert_eq!(redis(&*a).pending_invalidations, 0);
}
