//! The clients of Azure's configuration services, against stubs that speak their protocols over TLS.

mod app_configuration;
mod faults;
mod identity;
mod key_vault;
mod together;
mod trace;
mod trust;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use application::ports::clock::Clock;
use application::ports::configuration::{ConfigurationSource, SettingsLayer};
use domain::time::Timestamp;
use erp_stubs::{Stubs, entra};
use infrastructure::secrets::identity::{AzureIdentity, IdentityOptions};
use infrastructure::secrets::transport::http_client;
use infrastructure::secrets::vaults::{VaultUri, Vaults};
use infrastructure::system::SystemClock;
use tempfile::TempDir;

/// The machine's clock, moved on by a test.
#[derive(Default)]
struct MovedClock(AtomicI64);

impl MovedClock {
    fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus_seconds(self.0.load(Ordering::SeqCst))
    }
}

/// Stubs and a workload identity that they know.
struct Cloud {
    stubs: Stubs,
    http: reqwest::Client,
    identity: AzureIdentity,
    clock: Arc<MovedClock>,
    folder: TempDir,
}

impl Cloud {
    async fn start() -> Self {
        let stubs = Stubs::start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("token"), "federated-token\n").unwrap();
        let http = http_client(Some(stubs.ca_pem().as_bytes())).unwrap();
        let identity = AzureIdentity::new(&workload(&stubs, &folder), &http).unwrap();
        Self { stubs, http, identity, clock: Arc::default(), folder }
    }

    fn vaults(&self) -> Arc<Vaults> {
        Arc::new(Vaults::new(&self.identity, &self.http))
    }

    fn vault(&self) -> VaultUri {
        VaultUri::parse(&self.stubs.origin()).unwrap()
    }

    fn rotate_federated_token(&self, token: &str) {
        std::fs::write(self.folder.path().join("token"), token).unwrap();
        self.stubs.entra().accept(&[token]);
    }
}

fn workload(stubs: &Stubs, folder: &TempDir) -> IdentityOptions {
    IdentityOptions {
        federated_token_file: Some(folder.path().join("token")),
        client_id: Some(entra::CLIENT.to_owned()),
        tenant_id: Some(entra::TENANT.to_owned()),
        authority_host: Some(stubs.origin()),
        ..IdentityOptions::default()
    }
}

/// The layer of a load that must have something new.
async fn news(source: &dyn ConfigurationSource) -> Vec<SettingsLayer> {
    source.load().await.unwrap().expect("nothing new")
}

/// The value of a key; later layers win.
fn value(layers: &[SettingsLayer], key: &str) -> Option<String> {
    testkit::conformance::secrets::merged(layers).remove(key)
}
