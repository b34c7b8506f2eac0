//! Bodies, parameters and headers that are wrong: every problem, its place, both languages.

use http::StatusCode;
use serde_json::json;

use super::stub::{THING, api, call, read};
use crate::catalogue::{error_catalogue, errors_markdown};

const THINGS: &str = "/api/v1/things";

#[tokio::test]
async fn everything_wrong_with_a_body_is_said_at_once() {
    let body = json!({
        "code": "a b",
        "name": { "ar": " ", "xx": "?" },
        "parentId": "not-an-id",
        "isPosting": null,
        "a/b": 1,
        "lines": [{ "accountId": THING, "debit": 10.5 }, { "debit": "1.23456" }, { "accountId": THING, "debit": "1" }],
    });
    let reply = call(&api(), "POST", THINGS, &[], body.to_string()).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(reply.header("content-type"), "application/problem+json");
    let problem = reply.json();
    assert_eq!(problem["code"], "validation_failed");
    assert_eq!(problem["status"], 422);
    assert_eq!(problem["type"], "/errors/validation_failed");
    assert_eq!(problem["instance"], THINGS);
    assert_eq!(problem["traceId"], THING.replace('-', ""));
    let mut errors = reply.errors();
    errors.sort();
    let expected = [
        ("/a~1b", "unknown_member"),
        ("/code", "invalid_code"),
        ("/isPosting", "wrong_type"),
        ("/lines/0/debit", "amount_as_number"),
        ("/lines/1/accountId", "required"),
        ("/lines/1/debit", "invalid_amount"),
        ("/name/xx", "unknown_member"),
        ("/parentId", "invalid_id"),
    ];
    assert_eq!(errors, expected.map(|(at, code)| (at.to_owned(), code.to_owned())));
}

#[tokio::test]
async fn one_problem_is_the_whole_story_in_either_language() {
    let body = json!({ "code": "1", "name": { "en": "Cash" }, "lines": [1, 2, 3, 4] }).to_string();
    let english = call(&api(), "POST", THINGS, &[], body.clone()).await;
    assert_eq!(english.code(), "too_many_items");
    assert_eq!(english.json()["detail"], "At most 3 items; this has 4.");
    assert_eq!(english.errors(), [("/lines".to_owned(), "too_many_items".to_owned())]);
    let arabic = call(&api(), "POST", THINGS, &["Accept-Language: ar-SA, en;q=0.5"], body).await;
    assert_eq!(arabic.json()["title"], "مخالفة لقاعدة");
    assert!(arabic.json()["detail"].as_str().unwrap().contains("بحد أقصى 3"));
    assert_eq!(arabic.header("content-language"), "ar");
}

#[tokio::test]
async fn malformed_json_is_refused_with_its_position() {
    for (body, reason) in [
        (r#"{"code":"1","code":"2"}"#, "'code' is there twice"),
        (r#"{"code":"1"} x"#, "trailing"),
        (r#"{"code":NaN}"#, "line 1 column"),
        ("", "EOF"),
        ("{\"code\":\"\\ud800\"}", "line 1 column"),
    ] {
        let reply = call(&api(), "POST", THINGS, &[], body).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (400, "malformed_request"), "{body}");
        assert!(reply.json()["detail"].as_str().unwrap().contains(reason), "{}", reply.body);
    }
    let invalid_utf8 = call(&api(), "POST", THINGS, &[], b"{\"code\":\"\xFF\"}".to_vec()).await;
    assert_eq!(invalid_utf8.code(), "malformed_request");
    let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(call(&api(), "POST", THINGS, &[], deep).await.code(), "malformed_request");
}

#[tokio::test]
async fn defaults_apply_and_a_patch_tells_absent_from_null() {
    let body = json!({ "code": "1111", "name": { "en": "Cash" }, "lines": [] }).to_string();
    let created = call(&api(), "POST", THINGS, &[], body).await;
    assert_eq!(created.status, StatusCode::CREATED);
    assert_eq!(created.json()["isPosting"], true);
    let path = format!("{THINGS}/{THING}");
    for (body, note) in [
        ("{}", "kept"),
        (r#"{"note":null}"#, "removed"),
        (r#"{"note":" new "}"#, "new"),
        (r#"{"note":""}"#, ""),
    ] {
        let headers = ["If-Match: \"3\"", "Content-Type: application/merge-patch+json; charset=utf-8"];
        let reply = call(&api(), "PATCH", &path, &headers, body).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["note"]), (200, &json!(note)));
    }
}

#[tokio::test]
async fn guards_of_a_request_are_read_or_refused() {
    let path = format!("{THINGS}/{THING}");
    for (tag, version) in [("\"3\"", json!(3)), ("W/\"7\"", json!(7)), ("*", json!("any"))] {
        let reply = call(&api(), "PATCH", &path, &[&format!("If-Match: {tag}")], "{}").await;
        assert_eq!(reply.json()["version"], version);
    }
    for bad in ["If-Match: 3", "If-Match: \"a\"", "If-Match: \"1\", \"2\""] {
        let reply = call(&api(), "PATCH", &path, &[bad], "{}").await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (400, "invalid_header"));
        assert_eq!(reply.errors()[0].0, "If-Match");
    }
    let long = format!("Idempotency-Key: {}", "k".repeat(256));
    assert_eq!(call(&api(), "PATCH", &path, &[&long], "{}").await.code(), "invalid_header");
    let reply = call(&api(), "PATCH", &format!("{path}?dryRun=maybe"), &[], "{}").await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (400, "invalid_parameter"));
    let reply = call(&api(), "POST", &format!("{THINGS}?dry=true"), &[], "{}").await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (400, "unknown_parameter"));
}

#[tokio::test]
async fn the_request_hash_covers_method_path_query_and_body() {
    let body = |code: &str| json!({ "code": code, "name": { "en": "Cash" }, "lines": [] }).to_string();
    let mut hashes = Vec::new();
    for (query, code) in [("", "1"), ("", "1"), ("", "2"), ("?dryRun=false", "1")] {
        let path = format!("{THINGS}{query}");
        let reply = call(&api(), "POST", &path, &["Idempotency-Key: order 1"], body(code)).await;
        assert_eq!(reply.json()["key"][0], "order 1");
        hashes.push(reply.json()["key"][1].clone());
    }
    assert_eq!(hashes[0], hashes[1]);
    assert_ne!(hashes[0], hashes[2]);
    assert_ne!(hashes[0], hashes[3]);
}

#[tokio::test]
async fn query_parameters_are_typed_and_known() {
    let good = read(&format!("/api/v1/report?from=2026-01-31&accountIds={THING},{THING}")).await;
    assert_eq!(good.json(), json!({ "depth": 3, "accounts": 2, "from": "2026-01-31" }));
    let bad = read("/api/v1/report?from=2026-13-01&depth=300&who=me").await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
    let errors = bad.errors();
    for expected in [
        ("who", "unknown_parameter"),
        ("from", "invalid_date"),
        ("depth", "number_out_of_range"),
        ("accountIds", "required"),
    ] {
        assert!(errors.contains(&(expected.0.to_owned(), expected.1.to_owned())), "{errors:?}");
    }
    assert_eq!(read("/api/v1/report?from=%FF").await.code(), "malformed_request");
}

#[test]
fn every_code_is_defined_once_and_documented() {
    let defs = error_catalogue();
    let codes: std::collections::BTreeSet<_> = defs.iter().map(|def| def.code).collect();
    assert_eq!(codes.len(), defs.len(), "a code is defined twice");
    let page = errors_markdown(&defs);
    assert!(page.contains("| 405 | <a id=\"method_not_allowed\"></a>`method_not_allowed` |"));
    assert_eq!(page.lines().filter(|line| line.starts_with("| ")).count(), defs.len() + 1);
}

/// The type of every problem leads to its explanation, for programs and for people, in both languages.
#[tokio::test]
async fn every_code_is_explained_where_its_type_leads() {
    let all = read("/errors").await.json();
    assert_eq!(all["items"].as_array().unwrap().len(), error_catalogue().len());
    for item in all["items"].as_array().unwrap() {
        let alone = read(item["type"].as_str().unwrap()).await;
        assert_eq!((alone.status, &alone.json()), (StatusCode::OK, item));
    }
    let problem = read("/api/v1/nowhere").await.json();
    let explained = problem["type"].as_str().unwrap().to_owned();
    let arabic = call(&api(), "GET", &explained, &["Accept-Language: ar"], "").await;
    assert_eq!(
        (arabic.header("content-type"), arabic.header("content-language")),
        ("application/json", "ar")
    );
    assert_eq!(arabic.json()["title"], "غير موجود");
    let browser = ["Accept: text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language: ar"];
    for path in [explained.as_str(), "/errors"] {
        let page = call(&api(), "GET", path, &browser, "").await;
        assert!(page.header("content-type").starts_with("text/html"), "{}", page.body);
        assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
        assert!(page.body.contains("dir=\"rtl\"") && page.body.contains("route_not_found"), "{}", page.body);
    }
    let unknown = read("/errors/no_such_code").await;
    assert_eq!((unknown.status, unknown.code().as_str()), (StatusCode::NOT_FOUND, "error_code_unknown"));
    let image = call(&api(), "GET", "/errors", &["Accept: image/png"], "").await;
    assert_eq!(image.status, StatusCode::NOT_ACCEPTABLE);
}
