//! The stubs as a program: started, controlled and asked from another process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests fail by panicking

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// Killed when the test ends, however it ends.
struct Running {
    child: Child,
    addresses: Value,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(directory: &std::path::Path) -> Running {
    let mut child = Command::new(env!("CARGO_BIN_EXE_erp-stubs"))
        .args(["--secret", "jwt-key=first", "--directory"])
        .arg(directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut text = String::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        text.push_str(&line);
        if line == "}" {
            break;
        }
    }
    Running { child, addresses: serde_json::from_str(&text).unwrap() }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[tokio::test]
async fn another_process_sets_secrets_and_faults() {
    let folder = tempfile::tempdir().unwrap();
    let stubs = start(folder.path());
    let at = &stubs.addresses;
    let pem = std::fs::read(folder.path().join("ca.pem")).unwrap();
    let roots = reqwest::Certificate::from_pem_bundle(&pem).unwrap();
    let http = reqwest::Client::builder().tls_certs_merge(roots).build().unwrap();
    let vault = text(&at["keyVault"]).trim_end_matches('/').to_owned();

    let refused = http.get(format!("{vault}/secrets?api-version=7.6")).send().await.unwrap();
    assert_eq!(refused.status(), 401);
    let challenge = refused.headers()["www-authenticate"].to_str().unwrap().to_owned();
    let authority = format!("{}/{}", text(&at["authorityHost"]), text(&at["tenantId"]));
    assert!(challenge.contains(&authority) && challenge.contains("https://vault.azure.net"), "{challenge}");

    let assertion = std::fs::read_to_string(folder.path().join("federated-token")).unwrap();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", &assertion),
        ("client_id", text(&at["clientId"])),
        ("scope", "https://vault.azure.net/.default"),
    ];
    let answer = http.post(format!("{authority}/oauth2/v2.0/token")).form(&form).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    let token = text(&answer["access_token"]).to_owned();
    let read = async || {
        let request = http.get(format!("{vault}/secrets/jwt-key?api-version=7.6")).bearer_auth(&token);
        request.send().await.unwrap()
    };
    assert_eq!(read().await.json::<Value>().await.unwrap()["value"], "first");

    let control = text(&at["control"]);
    let put = http.put(format!("{control}/secrets/jwt-key")).json(&json!({ "value": "second" }));
    assert_eq!(put.send().await.unwrap().status(), 204);
    assert_eq!(read().await.json::<Value>().await.unwrap()["value"], "second");
    let order = json!({ "count": 1, "status": 429, "retryAfterSeconds": 7 });
    let ordered = http.post(format!("{control}/faults/vault")).json(&order).send().await.unwrap();
    assert_eq!(ordered.status(), 204);
    let throttled = read().await;
    assert_eq!(
        (throttled.status().as_u16(), throttled.headers()["retry-after"].to_str().unwrap()),
        (429, "7")
    );
    assert_eq!(read().await.status(), 200);
    let bad = http.post(format!("{control}/faults/vault")).json(&json!({ "status": 500, "hang": true }));
    assert_eq!(bad.send().await.unwrap().status(), 400);

    let identity = http.get(text(&at["managedIdentity"])).query(&[("resource", "https://azconfig.io")]);
    let identity = identity.header("metadata", "true").send().await.unwrap().json::<Value>().await.unwrap();
    let pair = json!({ "key": "Cache:Ttl", "label": "Production", "value": "5" });
    http.put(format!("{control}/key-values")).json(&pair).send().await.unwrap();
    let list = http.get(format!("{vault}/kv?key=*&label=Production&api-version=2023-11-01"));
    let list = list.bearer_auth(text(&identity["access_token"])).send().await.unwrap();
    assert!(list.headers().contains_key("etag") && list.headers().contains_key("sync-token"));
    assert_eq!(list.json::<Value>().await.unwrap()["items"][0]["value"], "5");

    let seen: Value = http.get(format!("{control}/requests")).send().await.unwrap().json().await.unwrap();
    assert!(seen.as_array().unwrap().iter().any(|request| request["service"] == "configuration"));
    assert!(!seen.to_string().contains(&token), "tokens are not kept");
}
