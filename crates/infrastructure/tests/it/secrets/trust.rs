//! Which authorities are trusted: those of the machine, which `SSL_CERT_FILE` names, and those given by hand.

use std::process::Command;

use erp_stubs::Stubs;
use infrastructure::secrets::transport::http_client;

const ADDRESS: &str = "STUB_ADDRESS";

/// Run by the test below in a process of its own, because variables belong to a process.
#[tokio::test]
#[ignore = "needs the variables that another test sets"]
async fn asks_the_stub() {
    let address = std::env::var(ADDRESS).unwrap();
    let http = http_client(None).unwrap();
    assert_eq!(http.get(address).send().await.unwrap().status(), 200);
}

fn ask(address: &str, authorities: &std::path::Path) -> bool {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "secrets::trust::asks_the_stub", "--ignored"])
        .env(ADDRESS, address)
        .env("SSL_CERT_FILE", authorities)
        .env_remove("SSL_CERT_DIR")
        .output();
    child.unwrap().status.success()
}

#[tokio::test]
async fn the_machines_authorities_are_a_file_away() {
    let (stubs, other) = (Stubs::start().await.unwrap(), Stubs::start().await.unwrap());
    let folder = tempfile::tempdir().unwrap();
    let (own, foreign) = (folder.path().join("own.pem"), folder.path().join("foreign.pem"));
    std::fs::write(&own, stubs.ca_pem()).unwrap();
    std::fs::write(&foreign, other.ca_pem()).unwrap();
    let address = format!("{}/common/discovery/instance", stubs.origin());
    let asked =
        tokio::task::spawn_blocking(move || (ask(&address, &own), ask(&address, &foreign))).await.unwrap();
    assert_eq!(asked, (true, false));
    assert!(http_client(Some(stubs.ca_pem().as_bytes())).unwrap().get(stubs.origin()).send().await.is_ok());
}
