//! The cache as callers of the API notice it.

use erp_api::event_hub::EventHub;
use http_body_util::BodyExt;
use infrastructure::cache::memory::MemoryCache;
use infrastructure::cache::redis::OPERATION_TIMEOUT;
use serde_json::{Value, json};
use testkit::peers::RedisServer;
use testkit::world::PASSWORD;
use testkit::{Client, TenantKit, World};

use super::*;

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

/// A clerk of the tenant who may read accounts, with the assignment that lets them.
async fn clerk(world: &World, tenant: &TenantKit) -> (Client, String) {
    let role =
        json!({ "code": "clerk", "name": { "en": "Clerk" }, "permissions": ["accounting.account.read"] });
    let role = id(&tenant.client.post("/roles", role).await.expect(201).json());
    let email = format!("clerk@{}.example", tenant.code);
    let user = world.user(&tenant.client, &email, &[]).await;
    let body = json!({ "userId": user, "roleId": role });
    let assignment = id(&tenant.client.post("/role-assignments", body).await.expect(201).json());
    (world.sign_in(&email, PASSWORD, None).await, assignment)
}

/// X55, also from another process, and also when there is no Redis to tell it.
/// Proves: F7, X55.
#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_right_bites_within_a_second_everywhere() {
    let server = RedisServer::start().await;
    let world = World::new().await;
    let text = server.connection_string();
    for (code, dead) in [("alive", false), ("dead", true)] {
        let tenant = world.tenant(code, "SAR", "empty").await;
        let (clerk, assignment) = clerk(&world, &tenant).await;
        let (a, b) = (ready(&text).await, ready(&text).await);
        let admin = tenant.client.at(world.process(a));
        let clerk = clerk.at(world.process(b));
        for _ in 0..5 {
            clerk.get("/accounts").await.expect(200);
        }
        if dead {
            server.stop();
        }
        let etag = admin.get(&format!("/role-assignments/{assignment}")).await.etag();
        let path = format!("/role-assignments/{assignment}");
        admin.with_etag("DELETE", &path, &etag, Value::Null).await.expect(204);
        let began = Instant::now();
        while clerk.get("/accounts").await.status != 403 {
            assert!(began.elapsed() < Duration::from_secs(1), "{code}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        if dead {
            server.resume();
        }
    }
}

/// Proves: F8, F10.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_at_one_process_is_read_at_the_other() {
    let server = RedisServer::start().await;
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    let text = server.connection_string();
    let here = tenant.client.at(world.process(ready(&text).await));
    let there = tenant.client.at(world.process(ready(&text).await));
    let soon = async |what: &str, path: &str, expected: &dyn Fn(&Value) -> bool| {
        let began = Instant::now();
        loop {
            let answer = there.get(path).await.ok();
            if expected(&answer) {
                return;
            }
            assert!(began.elapsed() < Duration::from_millis(500), "{what}: {answer}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    // Configuration.
    assert_eq!(there.get("/config/vat-rate").await.ok()["value"], "15");
    let etag = here.get("/config/vat-rate").await.etag();
    here.with_etag("PUT", "/config/vat-rate", &etag, json!({ "value": "5" })).await.expect(200);
    assert_eq!(here.get("/config/vat-rate").await.ok()["value"], "5", "at once where it was written");
    soon("configuration", "/config/vat-rate", &|view| view["value"] == "5").await;
    // A list, and a page of it.
    assert_eq!(there.get("/accounts").await.ok()["items"], json!([]));
    let body = |code: &str| json!({ "code": code, "name": { "en": code }, "type": "asset" });
    let account = here.post("/accounts", body("1")).await.expect(201);
    assert_eq!(here.get("/accounts?limit=1").await.ok()["items"].as_array().map(Vec::len), Some(1));
    soon("a list", "/accounts", &|list| list["items"].as_array().map(Vec::len) == Some(1)).await;
    // One resource.
    let path = format!("/accounts/{}", id(&account.json()));
    there.get(&path).await.expect(200);
    let renamed = json!({ "name": { "en": "Cash" } });
    here.with_etag("PATCH", &path, &account.etag(), renamed).await.expect(200);
    assert_eq!(here.get(&path).await.ok()["name"]["en"], "Cash");
    soon("an account", &path, &|view| view["name"]["en"] == "Cash").await;
    // A report.
    here.post("/accounts", json!({ "code": "2", "name": { "en": "Sales" }, "type": "income" }))
        .await
        .expect(201);
    here.post("/fiscal-years/generate", json!({ "start": "2026-01-01" })).await;
    let report = "/reports/trial-balance?asOf=2026-03-31";
    let before = there.get(report).await.ok();
    let lines = [("1", "7.00", ""), ("2", "", "7.00")];
    here.post("/journal-entries", testkit::world::entry("2026-03-01", &lines, true)).await.expect(201);
    assert_ne!(here.get(report).await.ok(), before);
    soon("a report", report, &|after| *after != before).await;
}

/// F1: the endpoint, not only the cache.
/// Proves: F1, X50.
#[tokio::test(flavor = "multi_thread")]
async fn a_hung_redis_is_not_felt_by_callers() {
    let server = RedisServer::start().await;
    let (world, tenant) = World::books_of(&[("1", "asset")]).await;
    let cache = ready(&server.connection_string()).await;
    let client = tenant.client.at(world.process(cache.clone()));
    let path = format!("/accounts/{}", id(&client.get("/accounts").await.ok()["items"][0]));
    let path = path.as_str();
    let mixture = async |round: &str| {
        let (mut reads, mut writes) = (Vec::new(), Vec::new());
        for number in 0..300 {
            let began = Instant::now();
            if number % 10 == 0 {
                let code = format!("{round}{number}");
                let body = json!({ "code": code, "name": { "en": "x" }, "type": "asset" });
                client.post("/accounts", body).await.expect(201);
                writes.push(began.elapsed());
            } else {
                client.get(path).await.expect(200);
                reads.push(began.elapsed());
            }
        }
        reads.sort_unstable();
        writes.sort_unstable();
        (reads, writes)
    };
    let (reads, writes) = mixture("8").await;
    server.stop();
    let (hung_reads, hung_writes) = mixture("9").await;
    let (middle, late) = (hung_reads.len() / 2, hung_reads.len() * 95 / 100);
    eprintln!(
        "reads, middle and 95 %: {:?} {:?}, with Redis hung {:?} {:?}; writes, middle: {:?}, with Redis hung {:?}",
        reads[middle], reads[late], hung_reads[middle], hung_reads[late], writes[15], hung_writes[15]
    );
    // Reads that Redis had answered go to the database, and nobody waits for Redis once it is known to hang.
    let all = |reads: &[Duration], writes: &[Duration]| reads.iter().chain(writes).sum::<Duration>();
    let (healthy, hung) = (all(&reads, &writes), all(&hung_reads, &hung_writes));
    assert!(hung < healthy * 3 + OPERATION_TIMEOUT * 300 / 4, "{hung:?} instead of {healthy:?} in all");
    server.resume();
    state(&*cache, BreakerState::Closed).await;
    let list = client.get("/accounts?limit=100").await.ok();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(61), "and nothing written meanwhile is missing");
}

/// F11, on both caches.
async fn flushes(world: &World, cache: Arc<dyn Cache>) {
    let router = world.process(cache.clone());
    let suffix = cache.statistics().redis.map_or("m", |_| "r");
    let own = world.tenant(&format!("own{suffix}"), "SAR", "empty").await;
    let other = world.tenant(&format!("other{suffix}"), "SAR", "empty").await;
    let (own, other) = (own.client.at(router.clone()), other.client.at(router.clone()));
    let platform = world.home().await.at(router.clone());
    let tenant = id(&own.get("/tenants/current").await.ok());
    let others = id(&other.get("/tenants/current").await.ok());
    own.get("/accounts").await.expect(200);
    own.get("/config/vat-rate").await.expect(200);
    other.get("/config/vat-rate").await.expect(200);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let flush = async |client: &Client, pattern: &str, dry_run: bool| {
        client.post("/admin/cache/flush", json!({ "pattern": pattern, "dryRun": dry_run })).await
    };
    for pattern in ["*".to_owned(), format!("{others}:*"), "?*".to_owned(), tenant.clone()] {
        let refused = flush(&own, &pattern, true).await.expect(403);
        assert_eq!(refused.code(), "cache_pattern_outside_tenant", "{pattern}");
        assert!(refused.text().contains(&tenant));
    }
    let body = json!({ "pattern": "*" }).to_string();
    let arabic = own.call("POST", "/admin/cache/flush", &["Accept-Language: ar"], body).await.expect(403);
    assert!(arabic.text().contains("بادئة منشأتك"), "{}", arabic.text());
    assert_eq!(flush(&own, "", false).await.expect(422).errors()[0].0, "/pattern");
    let pattern = format!("{tenant}:config:*");
    assert_eq!(flush(&own, &pattern, true).await.ok()["keys"], 1);
    let flushed = flush(&own, &pattern, false).await.ok();
    assert_eq!(flushed, json!({ "pattern": pattern, "dryRun": false, "keys": 1, "complete": true }));
    assert_eq!(flush(&own, &pattern, false).await.ok()["keys"], 0);
    assert_eq!(flush(&platform, &format!("{others}:config:*"), true).await.ok()["keys"], 1, "left alone");
    let by_parameter = json!({ "pattern": format!("{others}:config:*") });
    assert_eq!(platform.post("/admin/cache/flush?dryRun=true", by_parameter).await.ok()["dryRun"], true);
    assert!(flush(&platform, "*", false).await.ok()["keys"].as_u64().unwrap() > 1);
    let rows = own.get("/audit-log?entity=cache").await.ok();
    let rows = rows["items"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "a dry run leaves none: {rows:?}");
    let first = own.get(&format!("/audit-log/{}", id(&rows[1]))).await.ok();
    let second = own.get(&format!("/audit-log/{}", id(&rows[0]))).await.ok();
    let keys = |row: &Value| row["after"]["keys"].as_u64();
    assert_eq!([keys(&first), keys(&second)].into_iter().flatten().max(), Some(1), "{first} {second}");
    assert_eq!(first["after"]["pattern"], pattern);
    // Statistics are the platform's.
    own.get("/admin/cache/statistics").await.expect(403);
    let statistics = platform.get("/admin/cache/statistics").await.ok();
    let classes = statistics["classes"].as_array().unwrap();
    assert!(
        classes.iter().any(|class| class["level"] == "memory" && class["hits"].as_u64() > Some(0)),
        "{statistics}"
    );
    assert_eq!(statistics["redis"].is_null(), suffix == "m");
    if suffix == "r" {
        assert_eq!(statistics["redis"]["breaker"], "closed");
    }
}

/// Proves: F4, F11, M5, X47.
#[tokio::test(flavor = "multi_thread")]
async fn administrators_flush_their_own_tenant() {
    let world = World::new().await;
    flushes(&world, Arc::new(MemoryCache::new(CACHE_BYTES_DEFAULT, Ttl::default()))).await;
    let server = RedisServer::start().await;
    flushes(&world, ready(&server.connection_string()).await).await;
    let away = node("127.0.0.1:1");
    let platform = world.home().await.at(world.process(away));
    let problem = platform.post("/admin/cache/flush", json!({ "pattern": "*" })).await.expect(503);
    assert_eq!(problem.code(), "temporarily_unavailable");
}

/// F6: answers are shared by those with the same rights only.
/// Proves: F6, X54.
#[tokio::test(flavor = "multi_thread")]
async fn lists_are_kept_by_rights_and_language() {
    let server = RedisServer::start().await;
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    let (clerk, _) = clerk(&world, &tenant).await;
    let router = world.process(ready(&server.connection_string()).await);
    let (admin, clerk) = (tenant.client.at(router.clone()), clerk.at(router));
    let tenant = id(&admin.get("/tenants/current").await.ok());
    let lists = || server.cli(&["KEYS", &format!("{tenant}:accounting:account:list:*")]).lines().count();
    for expected in [(&admin, "en", 1), (&admin, "en", 1), (&clerk, "en", 2), (&admin, "ar", 3)] {
        let (client, language, count) = expected;
        let language = format!("Accept-Language: {language}");
        client.call("GET", "/accounts?limit=5", &[&language], axum::body::Body::empty()).await.expect(200);
        until("stored", || lists() >= count).await;
        assert_eq!(lists(), count);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn event_streams_hear_of_other_processes_at_once() {
    let server = RedisServer::start().await;
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    let text = server.connection_string();
    let writer = tenant.client.at(world.process(ready(&text).await));
    // A stream of its own would not look again within this test: what comes was announced.
    let hub = EventHub::default().looking_every(Duration::from_secs(3600));
    let reader = tenant.client.at(world.process_with(ready(&text).await, hub));
    let mut stream = reader.stream("/events?after=latest&type=account.*").await;
    for code in 1..=6 {
        let body = json!({ "code": code.to_string(), "name": { "en": "x" }, "type": "asset" });
        writer.post("/accounts", body).await.expect(201);
        let name = format!("\"code\":\"{code}\"");
        let told = async {
            loop {
                let piece = stream.frame().await.unwrap().unwrap().into_data().unwrap();
                if String::from_utf8_lossy(&piece).contains(&name) {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(60), told).await.expect("the event was announced");
    }
}
