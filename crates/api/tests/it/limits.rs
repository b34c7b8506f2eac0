//! Every documented limit is in force: each is set to something else than its default and changes what a client sees.

use std::time::Duration;

use application::authorize::Access;
use application::command::{Command, Done, execute};
use application::context::RequestContext;
use application::error::AppResult;
use application::unit_of_work::UnitOfWork;
use async_trait::async_trait;
use domain::ids::UserId;
use domain::platform::PasswordHash;
use erp_api::config::registry;
use futures::future::LocalBoxFuture;
use serde_json::json;
use testkit::world::{PASSWORD, encode};
use testkit::{Answer, Client, World};

use crate::{connections, door};

const JSON: &str = "Content-Type: application/json";

async fn home(key: &str, value: &str) -> (World, Client) {
    let world = World::with(&[("Bootstrap:Template", "empty"), (key, value)]).await;
    let client = world.home().await;
    (world, client)
}

/// A limit that nobody proves would be a promise that nobody keeps.
/// Proves: X42.
#[tokio::test]
async fn every_limit_changes_what_a_client_sees() {
    for def in registry::ALL.iter().filter(|def| def.key.starts_with("Limits:")) {
        eprintln!("{}", def.key);
        proof(def.key).await;
    }
}

/// In a box each, and made outside of what waits for them: together they would not fit on the stack of a test.
fn proof(key: &'static str) -> LocalBoxFuture<'static, ()> {
    match key {
        "Limits:BodyBytes" => Box::pin(body_bytes(key)),
        "Limits:ImportBodyBytes" => Box::pin(import_body_bytes(key)),
        "Limits:RequestTimeoutSeconds" => Box::pin(body_seconds(key, "/accounts", true)),
        "Limits:ImportTimeoutSeconds" => Box::pin(body_seconds(key, "/batch", true)),
        "Limits:AnonymousBodySeconds" => Box::pin(body_seconds(key, "/auth/token", false)),
        "Limits:BodyBytesPerSecondMin" => Box::pin(body_pace(key)),
        "Limits:ConcurrentRequests" => Box::pin(concurrent_requests(key)),
        "Limits:ConcurrentTransfers" => Box::pin(concurrent_transfers(key)),
        "Limits:BytesInFlight" => Box::pin(bytes_in_flight(key)),
        "Limits:RatePerMinutePerTenant" | "Limits:RatePerMinutePerUser" => Box::pin(rate(key)),
        "Limits:RatePerMinutePerAddress" => Box::pin(door::of_an_address(key)),
        "Limits:SignInsPerMinutePerAddress" => Box::pin(door::sign_ins_of_an_address(key)),
        "Limits:SignInsPerMinutePerAccount" => Box::pin(door::sign_ins_to_an_account(key)),
        "Limits:BatchOperations" => Box::pin(batch_operations(key)),
        "Limits:EventStreams" => Box::pin(event_streams(key)),
        // A limit of the socket, which a client in this process does not have.
        "Limits:Connections" => Box::pin(connections::count(key)),
        "Limits:HeaderTimeoutSeconds" => Box::pin(connections::half_a_head(key)),
        "Limits:KeepAliveSeconds" => Box::pin(connections::idle(key)),
        "Limits:ConcurrentPasswordHashes" => Box::pin(password_hashes(key)),
        other => panic!("{other}: no test says what it changes"),
    }
}

async fn body_bytes(key: &str) {
    let (_world, home) = home(key, "2000").await;
    let long = json!({ "name": "x".repeat(2_000) });
    let refused = home.call("PATCH", "/me", &[], long.to_string()).await.expect(413);
    assert!(refused.text().contains("2000"), "{}", refused.text());
}

async fn import_body_bytes(key: &str) {
    let (_world, home) = home(key, "2000").await;
    let csv = format!("code,name,type\n{}", "1000,Cash,asset\n".repeat(200));
    home.call("POST", "/imports?type=accounts", &["Content-Type: text/csv"], csv).await.expect(413);
}

/// A body that never comes to its end, `size` bytes of which come at once.
fn endless(size: usize) -> axum::body::Body {
    use futures::StreamExt;
    let first = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from(vec![b' '; size]))]);
    axum::body::Body::from_stream(first.chain(futures::stream::pending()))
}

async fn body_seconds(key: &str, path: &str, signed_in: bool) {
    let (world, home) = home(key, "1").await;
    let client = if signed_in { home } else { world.anonymous() };
    let slow = client.call("POST", path, &["Content-Type: application/json"], endless(10)).await.expect(408);
    assert_eq!(slow.code(), "body_too_slow");
}

/// A million bytes buy a second where a million a second are wanted, and four minutes otherwise.
async fn body_pace(key: &str) {
    let (_world, home) = home(key, "1000000").await;
    let csv = endless(1_000_000);
    let slow =
        home.call("POST", "/imports?type=accounts", &["Content-Type: text/csv"], csv).await.expect(408);
    assert_eq!(slow.code(), "body_too_slow");
}

/// A request that stays on its way until it is dropped.
struct OnItsWay(tokio::task::JoinHandle<Answer>);

impl OnItsWay {
    fn send(
        client: &Client,
        path: &'static str,
        kind: &'static str,
        body: impl Into<axum::body::Body>,
    ) -> Self {
        let body: axum::body::Body = body.into();
        let client = client.clone();
        Self(tokio::spawn(async move { client.call("POST", path, &[kind], body).await }))
    }
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Asks for `path` while `first` is on its way, until it answers `status`.
async fn meanwhile(first: OnItsWay, client: &Client, path: &str, status: u16) {
    for _ in 0..200 {
        assert!(!first.0.is_finished(), "it ended before it was seen beside it");
        if client.get(path).await.status == status {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{path} never answered {status}");
}

async fn concurrent_requests(key: &str) {
    let (_world, home) = home(key, "1").await;
    // A batch that takes its time has the only place.
    let check = json!({ "method": "GET", "path": "/api/v1/integrity/checks" });
    let batch = json!({ "items": vec![check; 1_000] }).to_string();
    meanwhile(OnItsWay::send(&home, "/batch", JSON, batch), &home, "/me", 503).await;
}

async fn concurrent_transfers(key: &str) {
    let (_world, home) = home(key, "1").await;
    // An answer that is not read keeps its place.
    let path = "/exports/ledger?format=ndjson";
    let unread = home.unread(path, "application/x-ndjson").await;
    home.get(path).await.expect(503);
    drop(unread);
    home.get(path).await.expect(200);
}

async fn bytes_in_flight(key: &str) {
    let (_world, home) = home(key, "1048576").await;
    let large = json!({ "items": [{ "method": "GET", "path": "/api/v1/me" }] }).to_string();
    let large = format!("{large}{}", " ".repeat(400_000));
    let first = OnItsWay::send(&home, "/batch", JSON, endless(200_000));
    // The memory it holds counts from when its first bytes are read.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!first.0.is_finished(), "it ended before it was seen beside it");
    let mut tries = 0..200;
    let refused = loop {
        let answer = home.call("POST", "/batch", &[JSON], large.clone()).await;
        if answer.status != 200 || tries.next().is_none() {
            break answer.expect(503);
        }
    };
    assert_eq!((refused.code().as_str(), refused.header("retry-after")), ("overloaded", "1"));
    drop(first);
    while home.call("POST", "/batch", &[JSON], large.clone()).await.status != 200 {
        assert!(tries.next().is_some(), "the budget is never given back");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn rate(key: &str) {
    let (_world, home) = home(key, "7").await;
    assert!(home.get("/me").await.header("ratelimit-policy").ends_with(";q=7;w=60"));
    for _ in 0..8 {
        home.get("/me").await;
    }
    home.get("/me").await.expect(429);
}

async fn batch_operations(key: &str) {
    let (_world, home) = home(key, "2").await;
    let batch = |count: usize| {
        let reads: Vec<_> = (0..count).map(|_| json!({ "method": "GET", "path": "/api/v1/me" })).collect();
        home.post("/batch", json!({ "items": reads }))
    };
    batch(2).await.expect(200);
    let refused = batch(3).await.expect(422);
    assert_eq!(refused.errors(), [("/items".to_owned(), "too_many_items".to_owned())]);
}

async fn event_streams(key: &str) {
    let (_world, home) = home(key, "1").await;
    let first = home.stream("/events").await;
    home.call("GET", "/events", &["Accept: text/event-stream"], axum::body::Body::empty()).await.expect(429);
    drop(first);
    drop(home.stream("/events").await);
}

/// Passes of a hash that costs as much as sixty others: it has its place while many of them are answered.
const SLOW_PASSES: u32 = 120;
/// Answered beside the slow one, these are more than could be while it had not begun.
const ANSWERED: usize = 12;

/// Gives somebody a hash that was made at another cost; it verifies at that cost, and shows only then that it is of no password.
struct SlowPassword(UserId);

#[async_trait]
impl Command for SlowPassword {
    const NAME: &'static str = "slow_password";
    const ACCESS: Access = Access::SignedIn;
    type Output = ();

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let mut user = uow.users().find(self.0).await?.unwrap();
        let (salt, hash) = ("c2FsdHNhbHRzYWx0c2FsdA", "A".repeat(43));
        let slow = format!("$argon2id$v=19$m=19456,t={SLOW_PASSES},p=1${salt}${hash}");
        user.password_hash = Some(PasswordHash::new(slow));
        user.version += 1;
        uow.users().update(&user).await?;
        Ok(Done::new(()))
    }
}

/// With one place whoever comes after a slow hash is answered after it; with two, one after the other beside it.
async fn password_hashes(key: &str) {
    assert!(answered_beside_a_slow_hash(key, "1").await < ANSWERED, "one place");
    assert_eq!(answered_beside_a_slow_hash(key, "2").await, ANSWERED, "two places");
}

/// How many sign-ins are answered before a slow one is, [`ANSWERED`] at most.
async fn answered_beside_a_slow_hash(key: &str, places: &str) -> usize {
    let (world, home) = home(key, places).await;
    let id = world.user(&home, "slow@home.example", &[]).await;
    let tenant =
        home.get("/tenants/current").await.ok()["id"].as_str().unwrap().parse::<uuid::Uuid>().unwrap();
    let ctx = RequestContext::system(tenant.into(), "test");
    execute(&world.parts.application, &ctx, SlowPassword(id.parse().unwrap())).await.unwrap();
    let client = world.anonymous();
    let form = |name: &str| {
        let password = encode(PASSWORD);
        format!("grant_type=password&username={}&password={password}&tenant=home", encode(name))
    };
    let kind = "Content-Type: application/x-www-form-urlencoded";
    let slow = OnItsWay::send(&client, "/auth/token", kind, form("slow@home.example"));
    let mut answered = 0;
    while answered < ANSWERED {
        client.call("POST", "/auth/token", &[kind], form("admin@home.example")).await.expect(200);
        if slow.0.is_finished() {
            break;
        }
        answered += 1;
    }
    answered
}
