//! The form of a request: one key, one host, no encoding, and secrets that stay out of answers and logs.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use axum::body::Body;
use serde_json::{Value, json};
use testkit::World;
use testkit::server::Server;
use testkit::world::entry;

#[tokio::test]
async fn the_version_asked_for_is_part_of_what_a_key_stands_for() {
    let world = World::new().await;
    let tenant = world.tenant("acme", "SAR", "empty").await;
    tenant.accounts(&[("1000", "asset"), ("4000", "income")]).await;
    let lines = [("1000", "5", ""), ("4000", "", "5")];
    let draft = tenant.client.post("/journal-entries", entry("2026-03-01", &lines, false)).await.expect(201);
    let path = format!("/journal-entries/{}", draft.json()["id"].as_str().unwrap());
    let change = json!({ "description": "Changed" }).to_string();
    let patch = |version: &'static str| {
        let headers = ["Idempotency-Key: once", version];
        let (client, path, change) = (tenant.client.clone(), path.clone(), change.clone());
        async move { client.call("PATCH", &path, &headers, change).await }
    };
    assert_eq!(patch("If-Match: \"1\"").await.expect(200).header("idempotency-replayed"), "");
    assert_eq!(patch("If-Match: \"1\"").await.expect(200).header("idempotency-replayed"), "true");
    assert_eq!(patch("If-Match: \"2\"").await.code(), "idempotency_key_reused");
    assert_eq!(patch("If-Match: *").await.code(), "idempotency_key_reused");
}

#[tokio::test]
async fn one_request_has_one_key() {
    let world = World::new().await;
    let tenant = world.tenant("acme", "SAR", "empty").await;
    let body = json!({ "code": "1000", "name": { "en": "Cash" }, "type": "asset" }).to_string();
    let headers = ["Idempotency-Key: a", "Idempotency-Key: b"];
    let refused = tenant.client.call("POST", "/accounts", &headers, body.clone()).await.expect(400);
    assert_eq!(refused.errors(), [("Idempotency-Key".to_owned(), "invalid_header".to_owned())]);
    let same = ["Idempotency-Key: a", "Idempotency-Key: a"];
    tenant.client.call("POST", "/accounts", &same, body).await.expect(400);
    assert_eq!(tenant.client.get("/accounts?code=1000").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn a_body_that_says_it_is_encoded_is_refused() {
    let world = World::new().await;
    let tenant = world.tenant("acme", "SAR", "empty").await;
    let account = |code: &str| json!({ "code": code, "name": { "en": "Cash" }, "type": "asset" }).to_string();
    for encoding in ["gzip", "br", "deflate", "identity, gzip", "unheard-of"] {
        let header = format!("Content-Encoding: {encoding}");
        let refused = tenant.client.call("POST", "/accounts", &[&header], account("1000")).await.expect(415);
        assert_eq!(refused.code(), "unsupported_media_type", "{encoding}");
        let headers = [header.as_str(), "Content-Type: text/csv"];
        tenant.client.call("POST", "/imports?type=accounts", &headers, "code,name,type\n").await.expect(415);
    }
    let form = ["Content-Type: application/x-www-form-urlencoded", "Content-Encoding: gzip"];
    world.anonymous().call("POST", "/auth/token", &form, "grant_type=password").await.expect(415);
    let plain = ["Content-Encoding: identity"];
    tenant.client.call("POST", "/accounts", &plain, account("1000")).await.expect(201);
}

#[tokio::test]
async fn a_token_is_no_api_key_because_it_was_just_seen_as_a_token() {
    let world = World::new().await;
    let tenant = world.tenant("acme", "SAR", "empty").await;
    let token = tenant.client.token().unwrap();
    tenant.client.get("/me").await.expect(200);
    let header = format!("X-Api-Key: {token}");
    world.anonymous().call("GET", "/me", &[&header], Body::empty()).await.expect(401);
    tenant.client.get("/me").await.expect(200);
}

#[tokio::test]
async fn the_document_is_compressed_for_those_who_take_it_and_is_the_same() {
    let world = World::new().await;
    let plain = world.anonymous().get("/openapi.json").await.expect(200);
    let packed =
        world.anonymous().call("GET", "/openapi.json", &["Accept-Encoding: gzip"], Body::empty()).await;
    assert_eq!((plain.header("content-encoding"), packed.header("content-encoding")), ("", "gzip"));
    assert_eq!(packed.header("vary"), "accept-encoding");
    assert_eq!(packed.header("etag"), plain.header("etag"));
    assert!(packed.body.starts_with(&[0x1f, 0x8b]) && packed.body.len() * 4 < plain.body.len());
    let (nobody, gzip) = (world.anonymous(), ["Accept-Encoding: gzip"]);
    let page = nobody.call("GET", "/docs/swagger-ui-bundle.js", &gzip, Body::empty()).await.expect(200);
    assert_eq!(page.header("content-encoding"), "gzip");
    assert!(page.body.starts_with(&[0x1f, 0x8b]));
}

/// The status line's number, and the whole answer.
fn raw(address: &str, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    (status, answer)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_links_token_stays_out_of_answers_and_logs_and_a_request_names_one_host() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("Serilog:MinimumLevel:Default", "Debug"), ("Bootstrap:Template", "empty")];
    let server = Server::start(Path::new(env!("CARGO_BIN_EXE_erp-api")), folder.path(), &settings).await;
    let token = "AQEBoiN".repeat(13);
    let http = reqwest::Client::new();
    for (path, instance) in [
        (format!("attachment-links/{token}"), "/api/v1/attachment-links/{token}"),
        (format!("attachment-links/{token}/"), "/api/v1/attachment-links/…/"),
        (format!("attachment-linksx/{token}"), "/api/v1/attachment-linksx/…"),
    ] {
        for method in [reqwest::Method::GET, reqwest::Method::PUT, reqwest::Method::DELETE] {
            let request = http.request(method, format!("{}/api/v1/{path}", server.url)).body("x");
            let problem: Value = request.send().await.unwrap().json().await.unwrap();
            assert_eq!(problem["instance"], instance, "{problem}");
            assert!(!problem.to_string().contains(&token), "{problem}");
        }
    }

    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    for (request, status) in [
        (format!("GET /health/live HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"), 200),
        ("GET /health/live HTTP/1.0\r\n\r\n".to_owned(), 200),
        ("GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(), 400),
        ("GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n".to_owned(), 400),
        ("GET /api/v1/me HTTP/1.1\r\nHost: a\r\nHost: a\r\nConnection: close\r\n\r\n".to_owned(), 400),
        ("GET /api/v1/me HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".to_owned(), 401),
    ] {
        let (got, answer) = raw(&address, &request);
        assert_eq!(got, status, "{request}: {answer}");
        assert!(status != 400 || answer.contains("\"invalid_header\""), "{answer}");
    }
    let log = server.log();
    assert!(log.contains("/api/v1/attachment-links/{token}"), "the route is logged: {log}");
    assert!(!log.contains(&token), "the token is not");
}
