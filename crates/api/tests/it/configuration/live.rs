//! Settings that change while the server runs.

use std::fs;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use testkit::peers::{Azurite, RedisServer, RedisSetup};

use super::{KEYS, Logged, key_id, replace};

/// The id of a journal entry of the template.
async fn first_entry(server: &Logged, token: &str) -> String {
    let answer = server.api(Method::GET, "/journal-entries?limit=1", token).send().await.unwrap();
    answer.json::<Value>().await.unwrap()["items"][0]["id"].as_str().unwrap().to_owned()
}

async fn attach(server: &Logged, token: &str, document: &str, name: &str) -> (u16, Value) {
    let path = format!("/attachments?documentType=journal_entry&documentId={document}&name={name}");
    let request = server.api(Method::POST, &path, token).header("Content-Type", "application/pdf");
    let answer = request.body("%PDF-1.7\n%%EOF").send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Proves: B1, J1, X09.
#[tokio::test]
async fn a_log_level_in_a_file_counts_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("appsettings.json");
    fs::write(&file, r#"{ "Serilog": { "MinimumLevel": { "Default": "Information" } } }"#).unwrap();
    let server = Logged::start(folder.path(), |_| {}).await;
    assert!(server.said().contains("Running in Production"), "{}", server.said());
    server.get("/api/v1/me", None).await;
    assert!(!server.said().contains("request refused"), "{}", server.said());
    replace(
        &file,
        r#"{ "Serilog": { "MinimumLevel": { "Default": "Debug" } }, "Limits": { "BodyBytes": 5000 } }"#,
    );
    let took = server.until_said("Settings changed and are in force: Serilog:MinimumLevel:Default").await;
    assert!(took < Duration::from_secs(1), "{took:?}");
    server.get("/api/v1/me", None).await;
    server.until_said("request refused").await;
    server.until_said("Settings changed that count after a restart only: Limits:BodyBytes").await;

    replace(&file, r#"{ "Serilog": { "MinimumLevel": { "Default": "Loud" } } }"#);
    server.until_said("Changed settings were refused, the last good ones stay in force.").await;
    server.until_said("Serilog:MinimumLevel:Default = 'Loud' (from appsettings.json)").await;
    assert_eq!(server.get("/health/ready", None).await, Some(200));
}

/// Proves: K9.
#[tokio::test]
async fn a_rotated_signing_key_signs_at_once_and_no_token_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let server = Logged::start(folder.path(), |command| {
        command.env("Bootstrap__Template", "sa-standard");
    })
    .await;
    let (_, old) = server.token().await;
    let old = old["access_token"].as_str().unwrap();
    let (status, file) = attach(&server, old, &first_entry(&server, old).await, "invoice.pdf").await;
    assert_eq!(status, 201, "{file}");
    let link = async || {
        let path = format!("/attachments/{}/download-url", file["id"].as_str().unwrap());
        let made = server.api(Method::POST, &path, old).json(&json!({})).send().await.unwrap();
        made.json::<Value>().await.unwrap()["url"].as_str().unwrap().to_owned()
    };
    let old_link = link().await;
    replace(&folder.path().join("secrets/jwt-key"), KEYS[1]);
    server.until_said("Tokens and links are signed with the first of 1 keys").await;
    let new_link = link().await;
    for link in [&old_link, &new_link] {
        assert_eq!(server.get(link, None).await, Some(200), "{link}");
    }
    let (_, new) = server.token().await;
    let new = new["access_token"].as_str().unwrap();
    assert_ne!(key_id(old), key_id(new));
    for token in [old, new] {
        assert_eq!(server.get("/api/v1/me", Some(token)).await, Some(200));
    }
    // The way for several replicas: the next key first verifies everywhere, then it signs.
    replace(&folder.path().join("secrets/jwt-key-next"), KEYS[2]);
    server.until_said("Tokens and links are signed with the first of 2 keys").await;
    replace(&folder.path().join("secrets/jwt-key"), "too short");
    server.until_said("jwt-key = '***'").await;
    let (status, again) = server.token().await;
    assert_eq!((status, key_id(again["access_token"].as_str().unwrap())), (200, key_id(new)));
}

/// Proves: A5.
#[tokio::test]
async fn read_only_mode_comes_and_goes_with_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("appsettings.json");
    let server = Logged::start(folder.path(), |_| {}).await;
    let (_, tokens) = server.token().await;
    let token = tokens["access_token"].as_str().unwrap();
    replace(&file, r#"{ "Region": { "ReadOnly": true } }"#);
    server.until_said("Read-only: changes are refused").await;
    assert_eq!(server.get("/api/v1/me", Some(token)).await, Some(200));
    let (status, body) = server.token().await;
    assert_eq!((status, &body["code"]), (503, &json!("read_only")));
    replace(&file, r#"{ "Region": { "ReadOnly": false } }"#);
    let began = Instant::now();
    while server.token().await.0 != 200 {
        assert!(began.elapsed() < Duration::from_secs(10), "{}", server.said());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Proves: B15, X04.
#[tokio::test]
async fn a_changed_storage_string_is_used_without_a_restart() {
    let (folder, first, second) =
        (tempfile::tempdir().unwrap(), Azurite::start().await, Azurite::start().await);
    let file = folder.path().join("appsettings.json");
    let names = |azurite: &Azurite| {
        json!({ "AzureStorage": { "ConnectionString": azurite.connection_string() } }).to_string()
    };
    replace(&file, &names(&first));
    let server = Logged::start(folder.path(), |command| {
        command.env_remove("AzureStorage__ConnectionString").env("Bootstrap__Template", "sa-standard");
    })
    .await;
    let (_, tokens) = server.token().await;
    let token = tokens["access_token"].as_str().unwrap();
    let document = first_entry(&server, token).await;
    let attach = async |name: &str| attach(&server, token, &document, name).await.0;
    assert_eq!(attach("before.pdf").await, 201);
    replace(&file, &names(&second));
    server.until_said("Files are reached with the changed connection string").await;
    drop(first);
    assert_eq!(attach("after.pdf").await, 201, "{}", server.said());
    // Another container would hide every file: it waits for a restart.
    let mut other = serde_json::from_str::<Value>(&names(&second)).unwrap();
    other["AzureStorage"]["Container"] = json!("another");
    replace(&file, &other.to_string());
    server.until_said("Settings changed that count after a restart only: AzureStorage:Container").await;
    assert_eq!(server.said().matches("Files are reached with the changed connection string").count(), 1);
}

/// Waits until something holds; what the server said is told where it never does.
async fn until(server: &Logged, what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < Duration::from_secs(30), "never: {what}\n{}", server.said());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Proves: A5.
#[tokio::test]
async fn background_work_goes_to_the_other_region_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("appsettings.json");
    let server = Logged::start(folder.path(), |command| {
        command.env("Region__Role", "Secondary");
        fs::write(&file, r#"{ "Region": { "ActiveRole": "Secondary" } }"#).unwrap();
    })
    .await;
    let begun = || server.said().matches("This process does the background work from now on").count();
    until(&server, "it leads", async || begun() == 1).await;
    replace(&file, r#"{ "Region": { "ActiveRole": "Primary" } }"#);
    server.until_said("Background work is the other region's").await;
    server
        .until_said("This process no longer does the background work: it is not this installation's to do")
        .await;
    assert_eq!(server.get("/health/ready", None).await, Some(200), "requests are served all the same");
    replace(&file, r#"{ "Region": { "ActiveRole": "Secondary" } }"#);
    until(&server, "it leads again", async || begun() == 2).await;
}

/// Proves: F9.
#[tokio::test]
async fn another_life_of_cached_values_counts_without_a_restart() {
    let (folder, redis) = (tempfile::tempdir().unwrap(), RedisServer::start().await);
    let file = folder.path().join("appsettings.json");
    let server = Logged::start(folder.path(), |command| {
        command.env("ConnectionStrings__Redis", redis.connection_string());
    })
    .await;
    let (_, tokens) = server.token().await;
    let token = tokens["access_token"].as_str().unwrap();
    // While somebody loads a list, its lock is there, too.
    let lists = || -> Vec<String> {
        let keys = redis.cli(&["KEYS", "*:accounting:account:list:*"]);
        keys.lines().filter(|key| !key.contains(":lock:")).map(str::to_owned).collect()
    };
    // Each number of rows is a list of its own.
    let life_of_next = async |limit: u32| {
        let before = lists();
        let path = format!("/accounts?limit={limit}");
        assert_eq!(server.api(Method::GET, &path, token).send().await.unwrap().status(), 200);
        until(&server, "the list is in Redis", async || lists().len() > before.len()).await;
        let list = lists().into_iter().find(|key| !before.contains(key)).unwrap();
        redis.cli(&["PTTL", &list]).parse::<i64>().unwrap()
    };
    until(&server, "Redis is used", async || server.said().contains("Redis is used")).await;
    let life = life_of_next(5).await;
    assert!((255_000..=330_000).contains(&life), "{life}");
    replace(&file, r#"{ "Cache": { "Ttl": { "Reference": 20 } } }"#);
    server.until_said("Settings changed and are in force: Cache:Ttl:Reference").await;
    let life = life_of_next(6).await;
    assert!((1..=22_000).contains(&life), "{life}");
}

/// Proves: B15, X04.
#[tokio::test]
async fn a_changed_password_of_redis_is_used_without_a_restart() {
    let setup = RedisSetup { password: Some("first"), ..RedisSetup::default() };
    let (folder, redis) = (tempfile::tempdir().unwrap(), RedisServer::with(setup).await);
    let file = folder.path().join("appsettings.json");
    let names = |password: &str| {
        let text = format!("{},password={password}", redis.endpoint());
        json!({ "ConnectionStrings": { "Redis": text } }).to_string()
    };
    replace(&file, &names("first"));
    let server = Logged::start(folder.path(), |command| {
        command.env_remove("ConnectionStrings__Redis");
    })
    .await;
    let (_, tokens) = server.token().await;
    let token = tokens["access_token"].as_str().unwrap();
    let state = async || {
        let answer = server.api(Method::GET, "/health", token).send().await.unwrap();
        answer.json::<Value>().await.unwrap()["entries"]["redis"]["status"].clone()
    };
    until(&server, "Redis is used", async || state().await == "Healthy").await;
    // Both count while the settings change, then the old one ends, and every connection with it.
    redis.cli(&["ACL", "SETUSER", "operator", "on", ">of-operators", "+@all"]);
    redis.cli(&["ACL", "SETUSER", "default", ">second"]);
    replace(&file, &names("second"));
    server.until_said("Settings changed and are in force: ConnectionStrings:Redis").await;
    let operate = |arguments: &[&str]| {
        let login = ["--user", "operator", "--pass", "of-operators"];
        redis.cli(&[&login, arguments].concat())
    };
    assert_eq!(operate(&["ACL", "SETUSER", "default", "<first"]), "OK");
    assert_ne!(operate(&["CLIENT", "KILL", "USER", "default"]), "0");
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    until(&server, "Redis is used with the new password", async || state().await == "Healthy").await;
    let said = server.said();
    assert!(!said.contains("WRONGPASS"), "{said}");
}
