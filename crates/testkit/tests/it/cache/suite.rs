use std::sync::Arc;

use infrastructure::cache::layered::{LayeredCache, LayeredParts};
use infrastructure::cache::memory::{CACHE_BYTES_DEFAULT, MemoryCache, Ttl};
use testkit::conformance::cache::{conforms, never_stale};
use testkit::peers::{RedisCluster, RedisServer};

use super::*;

/// Proves: F2, F12, X48.
#[tokio::test(flavor = "multi_thread")]
async fn memory_conforms() {
    conforms(Arc::new(MemoryCache::new(CACHE_BYTES_DEFAULT, Ttl::default()))).await;
}

/// Proves: A7, F2, F12, X48.
#[tokio::test(flavor = "multi_thread")]
async fn layered_conforms() {
    let server = RedisServer::start().await;
    conforms(ready(&server.connection_string()).await).await;
}

/// Proves: F5.
#[tokio::test(flavor = "multi_thread")]
async fn layered_conforms_on_a_cluster_with_and_without_hash_tags() {
    let cluster = RedisCluster::start().await;
    for hash_tag in [false, true] {
        let parts = LayeredParts { hash_tag, ..parts(options(&cluster.connection_string())) };
        let cache = Arc::new(LayeredCache::connect(parts));
        state(&*cache, BreakerState::Closed).await;
        conforms(cache).await;
        let braces = cluster.0.iter().any(|node| node.cli(&["KEYS", "{*}:generation:*"]).contains('{'));
        assert_eq!(braces, hash_tag);
    }
}

/// Proves: A7.
#[tokio::test(flavor = "multi_thread")]
async fn layered_without_redis_is_never_stale() {
    let cache = node("127.0.0.1:1");
    never_stale(cache.clone()).await;
    assert_eq!(redis(&*cache).breaker, BreakerState::Open);
}
