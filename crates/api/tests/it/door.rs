//! The door as strangers meet it: how often they may knock, whom a proxy may speak for, and what is noted of it.

use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::Response;
use serde_json::Value;
use testkit::Server;
use testkit::peers::{RedisServer, Relay};
use testkit::server::{command, refused};
use testkit::world::PASSWORD;

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
const EMPTY: (&str, &str) = ("Bootstrap:Template", "empty");
const FRONT_DOOR: &str = "01234567-89ab-cdef-0123-456789abcdef";
const PER_ACCOUNT: &str = "Limits:SignInsPerMinutePerAccount";

struct Started {
    server: Server,
    _folder: tempfile::TempDir,
}

async fn started(settings: &[(&str, &str)]) -> Started {
    let folder = tempfile::tempdir().unwrap();
    let settings = [&[EMPTY], settings].concat();
    Started { server: Server::start(Path::new(BINARY), folder.path(), &settings).await, _folder: folder }
}

impl Started {
    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let request = reqwest::Client::new().get(format!("{}{path}", self.server.url));
        headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value))
            .send()
            .await
            .unwrap()
    }

    async fn sign_in(&self, name: &str, password: &str) -> Response {
        let form =
            [("grant_type", "password"), ("username", name), ("password", password), ("tenant", "home")];
        let url = format!("{}/api/v1/auth/token", self.server.url);
        reqwest::Client::new().post(url).form(&form).send().await.unwrap()
    }
}

/// 429 with everything a client needs to come back in time.
async fn is_limited(answer: Response, policy: &str) {
    assert_eq!(answer.status(), 429);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert!(header("retry-after").parse::<u64>().unwrap() >= 1);
    assert!(header("ratelimit").starts_with(&format!("\"{policy}\";r=0;t=")), "{}", header("ratelimit"));
    assert!(header("ratelimit-policy").starts_with(&format!("\"{policy}\";q=")), "{policy}");
    assert_eq!(header("content-type"), "application/problem+json");
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], "rate_limited");
}

pub async fn of_an_address(key: &str) {
    let door = started(&[(key, "7")]).await;
    for _ in 0..7 {
        assert_eq!(door.get("/api/v1/me", &[]).await.status(), 401);
    }
    is_limited(door.get("/api/v1/me", &[]).await, "address").await;
    // No proxy is trusted, so a client does not become another one by saying so.
    is_limited(door.get("/api/v1/me", &[("X-Forwarded-For", "203.0.113.5")]).await, "address").await;
    let arabic = door.get("/api/v1/me", &[("Accept-Language", "ar")]).await;
    assert!(arabic.json::<Value>().await.unwrap()["detail"].as_str().unwrap().contains("ثانية"));
    assert_eq!(door.get("/health/live", &[]).await.status(), 200, "probes are not counted");
    let log = door.server.log();
    assert!(
        log.contains("Too many requests from 127.0.0.1") && log.contains("Proxy:Trusted should name it"),
        "{log}"
    );
}

pub async fn sign_ins_of_an_address(key: &str) {
    let door = started(&[(key, "4")]).await;
    let token = door.server.token().await;
    for name in ["a@home.example", "b@home.example", "c@home.example"] {
        assert_eq!(door.sign_in(name, "wrong").await.status(), 400);
    }
    is_limited(door.sign_in("admin@home.example", PASSWORD).await, "sign-in-address").await;
    let signed_in = [("Authorization", format!("Bearer {token}"))];
    let signed_in: Vec<_> = signed_in.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(door.get("/api/v1/me", &signed_in).await.status(), 200, "whoever is in stays in");
}

pub async fn sign_ins_to_an_account(key: &str) {
    let door = started(&[(key, "3")]).await;
    for name in ["admin@home.example", "Admin@home.example", " admin@home.example"] {
        assert_eq!(door.sign_in(name, PASSWORD).await.status(), 200);
    }
    let limited = door.sign_in("admin@home.example", PASSWORD).await;
    assert_eq!(limited.json::<Value>().await.unwrap()["code"], "rate_limited");
    // Whether there is such an account makes no difference.
    for status in [400, 400, 400, 429] {
        assert_eq!(door.sign_in("nobody@home.example", "wrong").await.status(), status);
    }
}

#[tokio::test]
async fn a_password_is_not_changed_more_often_than_it_may_be_tried() {
    let door = started(&[(PER_ACCOUNT, "2")]).await;
    let token = door.server.token().await;
    let change = async || {
        let body =
            serde_json::json!({ "currentPassword": "wrong", "newPassword": "another good passphrase" });
        let url = format!("{}/api/v1/me/password", door.server.url);
        reqwest::Client::new().post(url).bearer_auth(&token).json(&body).send().await.unwrap().status()
    };
    let answers = [change().await, change().await, change().await].map(|status| status.as_u16());
    assert_eq!((answers[0], answers[1], answers[2]), (422, 422, 429));
}

/// Several processes have one limit while they share a Redis, and each its own while Redis is away.
#[tokio::test]
async fn processes_that_share_a_redis_count_together() {
    let redis = RedisServer::start().await;
    let relay = Relay::to(redis.endpoint()).await;
    let text = format!("127.0.0.1:{}", relay.port());
    let settings = [("ConnectionStrings:Redis", text.as_str()), (PER_ACCOUNT, "6")];
    let (one, other) = tokio::join!(started(&settings), started(&settings));
    let nobody = async |door: &Started, name: &str| door.sign_in(name, "wrong").await.status().as_u16();
    for _ in 0..5 {
        assert_eq!(nobody(&one, "shared@home.example").await, 400);
    }
    // Told in the background: each attempt there is one more in the count.
    let began = Instant::now();
    let mut let_in = 0;
    while nobody(&other, "shared@home.example").await != 429 {
        let_in += 1;
        assert!(let_in <= 4 && began.elapsed() < Duration::from_secs(30), "{let_in} more were let in");
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
    relay.go_away().await;
    for door in [&one, &other] {
        let answers = futures::future::join_all((0..7).map(|_| nobody(door, "alone@home.example"))).await;
        assert_eq!(answers.iter().filter(|status| **status == 429).count(), 1, "{answers:?}");
    }
}

/// Proves: A1, X96.
#[tokio::test]
async fn a_trusted_proxy_speaks_for_its_clients_and_nobody_else_does() {
    let settings = [("Limits:RatePerMinutePerAddress", "2"), ("Proxy:Trusted:0", "127.0.0.0/8")];
    let door = started(&settings).await;
    let asked = async |forwarded: &str| {
        door.get("/api/v1/me", &[("X-Forwarded-For", forwarded)]).await.status().as_u16()
    };
    for client in ["203.0.113.5", "203.0.113.6"] {
        assert_eq!([asked(client).await, asked(client).await, asked(client).await], [401, 401, 429]);
    }
    // An entry that the client itself wrote before the proxy's does not make it another one.
    assert_eq!(asked("198.51.100.7, 203.0.113.5").await, 429);
    assert_eq!(asked("203.0.113.6, 127.0.0.9").await, 429, "through two proxies");
}

/// Proves: A1, X96.
#[tokio::test]
async fn a_request_that_did_not_come_through_the_front_door_is_refused() {
    let door = started(&[("Proxy:FrontDoorId", FRONT_DOOR)]).await;
    let asked = async |id: &str| door.get("/api/v1/me", &[("X-Azure-FDID", id)]).await;
    let refused = door.get("/api/v1/me", &[]).await;
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "not_through_front_door");
    assert_eq!(asked("01234567-89ab-cdef-0123-456789abcdee").await.status(), 403);
    assert_eq!(asked(FRONT_DOOR).await.status(), 401);
    assert_eq!(door.get("/health/ready", &[]).await.status(), 200);
    assert_eq!(door.get("/docs", &[]).await.status(), 403);
    drop(door);
    // The id is no secret: where proxies are named, it counts from them only.
    let door = started(&[("Proxy:FrontDoorId", FRONT_DOOR), ("Proxy:Trusted:0", "10.0.0.0/8")]).await;
    assert_eq!(door.get("/api/v1/me", &[("X-Azure-FDID", FRONT_DOOR)]).await.status(), 403);
}

#[tokio::test]
async fn the_log_keeps_who_came_in_and_who_did_not_whatever_its_level() {
    let door = started(&[("Serilog:MinimumLevel:Default", "Error")]).await;
    let token = door.server.token().await;
    door.sign_in("admin@home.example", "wrong").await;
    door.sign_in("nobody@home.example", "wrong").await;
    let post = async |path: &str, token: &str, body: Value| {
        let url = format!("{}/api/v1{path}", door.server.url);
        reqwest::Client::new().post(url).bearer_auth(token).json(&body).send().await.unwrap()
    };
    let key = serde_json::json!({ "name": "reader", "scopes": ["accounting.account.read"] });
    let key = post("/api-keys", &token, key).await.json::<Value>().await.unwrap()["key"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(post("/accounts", &key, serde_json::json!({})).await.status(), 403);
    let administered = post("/admin/tenants", &token, serde_json::json!({})).await.status().as_u16();
    let log = door.server.log();
    for line in [
        "Signed in by password",
        "A sign-in was refused: the password is wrong or the address unknown",
        "A request was refused: the caller lacks the right to it",
        &format!("The platform was administered: answered with {administered}"),
    ] {
        assert!(log.contains(line), "{line}: {log}");
    }
    assert!(log.contains("127.0.0.1"), "{log}");
    for secret in [PASSWORD, key.as_str(), token.as_str()] {
        assert!(!log.contains(secret), "{log}");
    }
}

/// A certificate that nobody checks would give the password to whoever is asked for it.
/// Proves: B3, GV7, X10.
#[test]
fn an_unchecked_certificate_of_the_database_is_for_development_only() {
    for environment in ["Production", "Staging"] {
        let folder = tempfile::tempdir().unwrap();
        let text =
            "Server=sql.example;Database=erp;User Id=erp;Password=Secret-Word-1;TrustServerCertificate=True";
        let mut command = command(Path::new(BINARY), folder.path());
        command
            .env("ASPNETCORE_ENVIRONMENT", environment)
            .env("Urls", "http://127.0.0.1:0")
            .env("ConnectionStrings__DefaultConnection", text);
        let output = refused(&mut command);
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.code(), Some(78), "{said}");
        let named = format!("has TrustServerCertificate=True, which {environment} does not allow");
        assert!(said.contains(&named) && !said.contains("Secret-Word-1"), "{said}");
    }
}
