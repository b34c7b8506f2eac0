//! What changes while the server runs.

use std::fs;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use testkit::peers::Azurite;

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
