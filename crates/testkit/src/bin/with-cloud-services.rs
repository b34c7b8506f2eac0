//! `with-cloud-services PROGRAM …`: runs a program beside Azurite and the stubs of Key Vault, App Configuration and Entra, which
//! its environment names, and ends as it ends.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a run without its services is no run

use std::process::ExitCode;

use erp_stubs::{Stubs, entra};
use testkit::cloud::{AZURITE, STUBS};
use testkit::peers::Azurite;
use tokio::process::Command;

/// The key that signs tokens.
const SIGNING_KEY: &str = "of the tests' vault, and nothing secret";

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let program = arguments.next().expect("with-cloud-services PROGRAM [ARGUMENT …]");
    let azurite = Azurite::start().await;
    let stubs = Stubs::start().await.unwrap();
    stubs.vault().set("jwt-key", SIGNING_KEY);
    stubs.configuration().set("Limits:EventStreams", None, "100");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), stubs.ca_pem()).unwrap();
    std::fs::write(folder.path().join("token"), "federated-token").unwrap();
    let mut command = Command::new(program);
    // A cargo that runs this leaves its own words, for which another cargo would build some crates again.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CARGO_")) {
        if !["CARGO_TARGET_DIR", "CARGO_HOME", "CARGO_TERM_COLOR"].contains(&name.as_str()) {
            command.env_remove(name);
        }
    }
    let ended = command
        .args(arguments)
        .env(AZURITE, azurite.connection_string())
        .env(STUBS, stubs.origin())
        .env("SSL_CERT_FILE", folder.path().join("ca.pem"))
        .env("AZURE_AUTHORITY_HOST", stubs.origin())
        .env("AZURE_TENANT_ID", entra::TENANT)
        .env("AZURE_CLIENT_ID", entra::CLIENT)
        .env("AZURE_FEDERATED_TOKEN_FILE", folder.path().join("token"))
        .status()
        .await
        .unwrap();
    ExitCode::from(ended.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
