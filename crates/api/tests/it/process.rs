//! The binary as operators meet it: start, refusal to start, backup, health, stop.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use testkit::Server;
use testkit::server::{command, free_port};

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");

fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(Path::new(BINARY), folder).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test]
async fn a_second_server_on_the_same_folder_says_why_it_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(Path::new(BINARY), folder.path(), &[("Bootstrap:Template", "empty")]).await;
    let second = run(folder.path(), &["serve", "--Urls", "http://127.0.0.1:0"]);
    assert_eq!(second.status.code(), Some(1), "{}", said(&second));
    assert!(said(&second).contains("in use by another server"), "{}", said(&second));
    drop(server);
}

#[tokio::test]
async fn a_running_server_is_backed_up_and_the_copy_serves() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("Bootstrap:Template", "empty")];
    let server = Server::start(Path::new(BINARY), folder.path(), &settings).await;
    let copy = folder.path().join("copy.db");
    let copy_text = copy.to_str().unwrap();
    let backup = run(folder.path(), &["backup", copy_text]);
    assert!(backup.status.success() && said(&backup).contains("1 tenants"), "{}", said(&backup));
    let refused = run(folder.path(), &["restore", copy_text]);
    assert!(!refused.status.success() && said(&refused).contains("in use"), "{}", said(&refused));
    assert_eq!(server.stop(), 0);

    let other = tempfile::tempdir().unwrap();
    let restored = run(other.path(), &["restore", copy_text]);
    assert!(restored.status.success(), "{}", said(&restored));
    let server = Server::start(Path::new(BINARY), other.path(), &settings).await;
    server.token().await;
}

#[test]
fn configuration_mistakes_are_all_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("appsettings.json"), r#"{ "Limits": { "BodyBytes": "many" } }"#)
        .unwrap();
    let output =
        run(folder.path(), &["serve", "--Cache:MemoryBytes=lots", "--Serilog:MinimumLevel:Default=Loud"]);
    assert_eq!(output.status.code(), Some(78), "{}", said(&output));
    for named in ["Limits:BodyBytes", "Cache:MemoryBytes", "Serilog:MinimumLevel:Default"] {
        assert!(said(&output).contains(named), "{named}: {}", said(&output));
    }
}

/// Proves: B6.
#[test]
fn production_generates_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(BINARY)
        .current_dir(folder.path())
        .env_clear()
        .env("ASPNETCORE_ENVIRONMENT", "Production")
        .env("Urls", "http://127.0.0.1:0")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(78), "{}", said(&output));
    assert!(said(&output).contains("ConnectionStrings:DefaultConnection"), "{}", said(&output));
}

#[test]
fn a_folder_that_cannot_be_written_is_a_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("data"), "a file in the way").unwrap();
    let output = run(folder.path(), &["serve", "--Urls", "http://127.0.0.1:0"]);
    assert!(!output.status.success() && said(&output).contains("data"), "{}", said(&output));
}

/// Proves: A3.
#[test]
fn documents_are_printed_without_a_database() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, expected) in [
        (&["openapi"][..], "\"openapi\": \"3.1.0\""),
        (&["openapi", "--profile", "apim"], "\"openapi\": \"3.0.3\""),
        (&["errors"], "unbalanced_entry"),
    ] {
        let output = run(folder.path(), arguments);
        assert!(output.status.success() && said(&output).contains(expected), "{arguments:?}");
    }
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "nothing was written");
}

/// Proves: G9.
#[test]
fn slow_queries_of_the_embedded_engine_are_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["diag", "slow-queries"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("more than 50 ms are in the log, under erp::sql"), "{}", said(&output));
    for wrong in [&["--hours", "0"][..], &["--hours", "24", "--cache"]] {
        let output = run(folder.path(), &[&["diag", "slow-queries"], wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    }
}

/// Proves: C8, X11.
#[tokio::test]
async fn health_is_told_to_the_subcommand() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(Path::new(BINARY), folder.path(), &[("Bootstrap:Template", "empty")]).await;
    let good = run(folder.path(), &["healthcheck", "--url", &server.url]);
    assert_eq!(good.status.code(), Some(0), "{}", said(&good));
    let url = server.url.clone();
    drop(server);
    let bad = run(folder.path(), &["healthcheck", "--url", &url]);
    assert_eq!(bad.status.code(), Some(1));
}

/// Proves: C9.
#[tokio::test]
async fn a_wildcard_is_every_address_of_both_families() {
    if std::net::TcpListener::bind("[::1]:0").is_err() {
        return testkit::not_run("this machine has no IPv6");
    }
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let settings = [("Bootstrap:Template", "empty"), ("ASPNETCORE_URLS", &format!("http://*:{port}"))];
    let _server = Server::spawn(Path::new(BINARY), folder.path(), &settings);
    for host in ["127.0.0.1", "[::1]"] {
        let began = Instant::now();
        let url = format!("http://{host}:{port}/health/live");
        while !reqwest::get(&url).await.is_ok_and(|answer| answer.status() == 200) {
            assert!(began.elapsed() < Duration::from_secs(60), "{url}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
