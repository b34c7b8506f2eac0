//! Ways to a server: passwords, TLS, Sentinel, replicas, renamed commands; and what health says.

use std::sync::Mutex;

use async_trait::async_trait;
use infrastructure::cache::connection_string::{Password, RedisCredential, RedisCredentials};
use infrastructure::cache::layered::{LayeredCache, LayeredParts};
use testkit::conformance::cache::{Storage, account, conforms, new_tenant};
use testkit::peers::{RedisSentinel, RedisServer, RedisSetup};

use super::*;

/// Proves: B15, X04.
#[tokio::test(flavor = "multi_thread")]
async fn passwords_are_needed_checked_and_changed_without_a_gap() {
    let server = RedisServer::with(RedisSetup { password: Some("first"), ..RedisSetup::default() }).await;
    let wrong = node(&format!("{},password=hush", server.endpoint()));
    let none = node(&server.endpoint());
    let cache = ready(&server.connection_string()).await;
    for refused in [&wrong, &none] {
        assert_eq!(redis(&**refused).breaker, BreakerState::Open);
        let why = refused.ping().await.unwrap_err();
        assert!(
            why.contains("NOAUTH") || why.contains("WRONGPASS") || why.contains("uthentication"),
            "{why}"
        );
        assert!(!why.contains("hush"), "{why}");
        Storage::of("served").read(&**refused, &account(new_tenant(), 1)).await;
    }
    // Both passwords hold during the change, as operators do it.
    server.cli(&["ACL", "SETUSER", "default", ">second"]);
    let (tenant, storage) = (new_tenant(), Storage::of("x"));
    let key = account(tenant, 1);
    storage.read(&*cache, &key).await;
    cache.reconnect(options(&format!("{},password=second", server.endpoint())));
    until("forgotten with the old connection", || cache.peek(&key).is_none()).await;
    assert_eq!(redis(&*cache).breaker, BreakerState::Closed, "no gap");
    storage.read(&*cache, &key).await;
    assert_eq!(storage.loads(), 1, "found again in Redis");
    server.cli(&["ACL", "SETUSER", "default", "<first"]);
    assert_eq!(cache.ping().await, Ok(()));
    assert_eq!(redis(&*cache).opened, 0);
    // A wrong one does no harm: the connection that works stays.
    cache.reconnect(options(&format!("{},password=hush", server.endpoint())));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(redis(&*cache).breaker, BreakerState::Closed);
    wrong.reconnect(options(&format!("{},password=second", server.endpoint())));
    state(&*wrong, BreakerState::Closed).await;
}

/// As a source of Entra tokens does: every credential ends.
struct Tokens(Arc<Mutex<Vec<String>>>);

#[async_trait]
impl RedisCredentials for Tokens {
    async fn current(&self) -> Result<RedisCredential, String> {
        let password = format!("token-{}", self.0.lock().unwrap().len());
        self.0.lock().unwrap().push(password.clone());
        let valid_for = Duration::from_millis(800);
        Ok(RedisCredential { user: "app".to_owned(), password: Password::new(password), valid_for })
    }
}

/// Proves: B8, X06.
#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_renewed_before_they_end() {
    let server = RedisServer::start().await;
    server.cli(&["ACL", "SETUSER", "app", "on", "nopass", "~*", "&*", "+@all"]);
    let given = Arc::new(Mutex::new(Vec::new()));
    let options = options(&server.connection_string()).with_credentials(Arc::new(Tokens(given.clone())));
    let cache = LayeredCache::connect(parts(options));
    state(&cache, BreakerState::Closed).await;
    until("a third token", || given.lock().unwrap().len() > 2).await;
    assert_eq!(redis(&cache).opened, 0);
    assert!(server.cli(&["CLIENT", "LIST"]).contains("user=app"));
}

/// Proves: B4, B8.
#[tokio::test(flavor = "multi_thread")]
async fn tls_with_a_certificate_of_ones_own() {
    let setup = RedisSetup { tls: true, password: Some("hush"), ..RedisSetup::default() };
    let server = RedisServer::with(setup).await;
    let text = server.connection_string();
    let trusting = options(&text).trusting(&server.authority());
    let cache = Arc::new(LayeredCache::connect(parts(trusting.clone())));
    state(&*cache, BreakerState::Closed).await;
    assert_eq!(cache.ping().await, Ok(()));
    conforms(cache).await;
    let strangers = LayeredCache::connect(parts(options(&text)));
    let why = strangers.ping().await.unwrap_err();
    assert!(why.contains("certificate"), "{why}");
    let elsewhere = options(&format!("{text},sslHost=other.example")).trusting(&server.authority());
    let why = LayeredCache::connect(parts(elsewhere)).ping().await.unwrap_err();
    assert!(why.contains("certificate"), "{why}");
    // The address with the certificate's name.
    let by_address = text.replace("localhost", "127.0.0.1") + ",sslHost=localhost";
    let by_address = options(&by_address).trusting(&server.authority());
    assert_eq!(LayeredCache::connect(parts(by_address)).ping().await, Ok(()));
}

/// Proves: B4.
#[tokio::test(flavor = "multi_thread")]
async fn renamed_and_disabled_commands() {
    let lines: &[&str] = &[
        "rename-command SELECT use",
        "rename-command INFO \"\"",
        "rename-command UNLINK \"\"",
        "rename-command GET fetch",
    ];
    let server = RedisServer::with(RedisSetup { lines, ..RedisSetup::default() }).await;
    let text = format!(
        "{},$SELECT=use,$INFO=,$UNLINK=,$GET=fetch,defaultDatabase=3,name=erp,channelPrefix=own:",
        server.connection_string()
    );
    let cache = ready(&text).await;
    conforms(cache.clone()).await;
    let clients = server.cli(&["CLIENT", "LIST"]);
    assert!(clients.lines().any(|line| line.contains("name=erp") && line.contains("db=3")), "{clients}");
    assert!(server.cli(&["PUBSUB", "CHANNELS"]).lines().all(|channel| channel.starts_with("own:erp:cache:")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_primary_is_found_behind_replicas_and_sentinels() {
    let primary = RedisServer::start().await;
    let replica = RedisServer::start().await;
    replica.cli(&["REPLICAOF", "127.0.0.1", &primary.port().to_string()]);
    until("a replica", || replica.cli(&["INFO", "replication"]).contains("master_link_status:up")).await;
    let sentinel = RedisSentinel::watching(&primary, "erp-primary").await;
    let dead = "127.0.0.1:1";
    for text in [
        format!("{dead},{},{}", replica.endpoint(), primary.endpoint()),
        replica.endpoint(),
        format!("{dead},{},serviceName=erp-primary", sentinel.endpoint()),
    ] {
        let cache = ready(&text).await;
        let key = account(new_tenant(), 1);
        Storage::of("x").read(&*cache, &key).await;
        let name = format!("{}:accounting:account:{}", key.tenant, uuid::Uuid::from_u128(1));
        until("stored on the primary", || primary.cli(&["EXISTS", &name]) == "1").await;
    }
    assert_eq!(node(&replica.endpoint()).ping().await, Ok(()), "every endpoint is asked, whatever its role");
    let unknown = node(&format!("{},serviceName=nobody", sentinel.endpoint()));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(redis(&*unknown).breaker, BreakerState::Open);
}

/// A primary that was demoted answers, but takes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_failover_is_followed() {
    let (first, second) = (RedisServer::start().await, RedisServer::start().await);
    second.cli(&["REPLICAOF", "127.0.0.1", &first.port().to_string()]);
    until("a replica", || second.cli(&["INFO", "replication"]).contains("master_link_status:up")).await;
    let text = format!("{},{}", first.endpoint(), second.endpoint());
    let (a, b) = (ready(&text).await, ready(&text).await);
    let tenant = new_tenant();
    let (key, storage) = (account(tenant, 1), Storage::of("old"));
    for cache in [&a, &b] {
        storage.read(&**cache, &key).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    second.cli(&["REPLICAOF", "NO", "ONE"]);
    first.cli(&["REPLICAOF", "127.0.0.1", &second.port().to_string()]);
    storage.set("new");
    a.invalidate(tenant, &["account"]).await;
    assert_eq!(storage.read(&*a, &key).await, "new");
    for cache in [&a, &b] {
        until("the new primary is used", || {
            let now = redis(&**cache);
            now.opened > 0 && now.breaker == BreakerState::Closed && now.pending_invalidations == 0
        })
        .await;
        assert_eq!(storage.read(&**cache, &key).await, "new");
    }
}

/// Proves: I2.
#[tokio::test(flavor = "multi_thread")]
async fn health_tells_why() {
    let server = RedisServer::start().await;
    let refused = node("127.0.0.1:1");
    let why = refused.ping().await.unwrap_err();
    assert!(why.to_lowercase().contains("connection refused"), "{why}");
    let both = node(&format!("{},127.0.0.1:1", server.endpoint()));
    assert!(both.ping().await.is_err(), "each endpoint counts");
    let cache = node(&server.connection_string());
    assert_eq!(cache.ping().await, Ok(()));
    server.stop();
    let began = Instant::now();
    assert_eq!(cache.ping().await, Err("Healthcheck timed out".to_owned()));
    assert!(began.elapsed() < Duration::from_secs(2), "within the check's own limit");
    server.resume();
    let lone = RedisServer::with(RedisSetup { cluster: true, ..RedisSetup::default() }).await;
    let why = node(&lone.connection_string()).ping().await.unwrap_err();
    assert!(why.contains("cluster state is fail"), "{why}");
}

/// No state shows a secret.
/// Proves: B8.
#[tokio::test(flavor = "multi_thread")]
async fn secrets_stay_secret() {
    let options = options("127.0.0.1:1,password=sentinel-secret,user=app,ssl=true");
    assert!(!format!("{options:?} {options:#?}").contains("sentinel-secret"));
    let cache = LayeredCache::connect(LayeredParts { ..parts(options) });
    let why = cache.ping().await.unwrap_err();
    assert!(!why.contains("sentinel-secret"), "{why}");
}
