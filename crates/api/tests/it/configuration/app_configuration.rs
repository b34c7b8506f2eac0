//! A store with a sentinel: nothing counts before that key moves.

use std::process::Command;
use std::time::Duration;

use erp_stubs::{Service, Stubs};

use super::{Logged, command, embedded, said};

/// Operators write the sentinel with the label of the environment unless they say otherwise.
const LABEL: Option<&str> = Some("Production");

fn with_store(command: &mut Command, folder: &std::path::Path, stubs: &Stubs) {
    std::fs::write(folder.join("ca.pem"), stubs.ca_pem()).unwrap();
    command
        .env("SSL_CERT_FILE", folder.join("ca.pem"))
        .env("AppConfig__ConnectionString", stubs.configuration_connection_string())
        .env("AppConfig__RefreshSeconds", "1")
        .env("AppConfig__Sentinel", "Settings:Version");
}

/// How often the store was asked for the sentinel, and for everything.
fn asked(stubs: &Stubs) -> (usize, usize) {
    let requests = stubs.requests(Service::Configuration);
    let of = |part: &str| requests.iter().filter(|seen| seen.target.starts_with(part)).count();
    (of("/kv/Settings%3AVersion?label=Production&"), of("/kv?key=%2A&"))
}

async fn polls(stubs: &Stubs, server: &Logged) {
    let began = std::time::Instant::now();
    let (before, _) = asked(stubs);
    while asked(stubs).0 < before + 3 {
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}\n{}", asked(stubs), server.said());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Proves: A10, B16.
#[tokio::test]
async fn a_change_counts_when_the_sentinel_moves_and_not_before() {
    let (stubs, folder) = (Stubs::start().await.unwrap(), tempfile::tempdir().unwrap());
    let store = stubs.configuration();
    store.set("Settings:Version", LABEL, "1");
    store.set("Serilog:MinimumLevel:Default", None, "Information");
    let server = Logged::start(folder.path(), |command| with_store(command, folder.path(), &stubs)).await;
    // Two values that belong together, and a sentinel of another environment.
    store.set("Serilog:MinimumLevel:Default", None, "Debug");
    store.set("Serilog:MinimumLevel:Override:Microsoft", None, "Error");
    store.set("Settings:Version", None, "2");
    store.set("Settings:Version", Some("Staging"), "2");
    stubs.forget_requests();
    polls(&stubs, &server).await;
    assert_eq!(asked(&stubs).1, 0, "only the sentinel is looked at");
    assert!(!server.said().contains("Settings changed"), "{}", server.said());
    server.get("/api/v1/me", None).await;
    assert!(!server.said().contains("request refused"), "{}", server.said());

    store.set("Settings:Version", LABEL, "2");
    let both =
        "Settings changed and are in force: Serilog:MinimumLevel:Default, Serilog:MinimumLevel:Override:*";
    let took = server.until_said(both).await;
    assert!(took < Duration::from_secs(2), "{took:?}");
    server.get("/api/v1/me", None).await;
    server.until_said("request refused").await;
    assert!(!server.said().contains("Unknown key"), "the sentinel is no setting: {}", server.said());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sentinel_in_the_store_itself_is_not_used_and_named() {
    let (stubs, folder) = (Stubs::start().await.unwrap(), tempfile::tempdir().unwrap());
    stubs.configuration().set("AppConfig:SentinelLabel", None, "blue");
    let mut command = command(folder.path());
    embedded(&mut command, folder.path());
    with_store(&mut command, folder.path(), &stubs);
    let output = command.args(["config", "check"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let warning = "AppConfig:SentinelLabel from App Configuration (no label) is not used: it is read from the \
                   sources up to the command line.";
    assert!(said(&output).contains(warning), "{}", said(&output));
}
