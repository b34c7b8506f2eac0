//! Key Vault: what counts as a setting, and how little is asked.

use application::ports::configuration::ConfigurationSource;
use async_trait::async_trait;
use erp_stubs::{Fault, Secret, Service};
use infrastructure::secrets::key_vault::{KeyVaultOptions, KeyVaultSource};
use infrastructure::secrets::transport::http_client;
use infrastructure::secrets::vaults::{SecretReader, SecretUri, VaultUri, Vaults};
use testkit::conformance::secrets::{SecretPlace, run};

use super::{Cloud, news, value};

/// Long ago, so that a second change in the same second is out of the question.
const OLD: i64 = 1_700_000_000;

fn source(cloud: &Cloud) -> KeyVaultSource {
    KeyVaultSource::new(cloud.vaults(), KeyVaultOptions::new(cloud.vault()), cloud.clock.clone())
}

struct Place {
    cloud: Cloud,
    source: KeyVaultSource,
}

#[async_trait]
impl SecretPlace for Place {
    fn source(&self) -> &dyn ConfigurationSource {
        &self.source
    }
    async fn set(&self, key: &str, value: &str) {
        self.cloud.stubs.vault().set(&key.replace(':', "--"), value);
    }
    async fn remove(&self, key: &str) {
        self.cloud.stubs.vault().delete(&key.replace(':', "--"));
    }
    async fn broken(&self, broken: bool) -> bool {
        match broken {
            true => self.cloud.stubs.fail(Service::Vault, Fault::Status(500, None)),
            false => self.cloud.stubs.heal(Service::Vault),
        }
        true
    }
}

/// Proves: A9.
#[tokio::test]
async fn a_vault_is_a_source_of_secrets() {
    let cloud = Cloud::start().await;
    let source = source(&cloud);
    run(&Place { cloud, source }).await;
}

/// GV11.
/// Proves: B12, GV11.
#[tokio::test]
async fn only_secrets_in_force_count_and_the_newest_wins_a_clash() {
    let cloud = Cloud::start().await;
    let vault = cloud.stubs.vault();
    let now = application::ports::clock::Clock::now(&*cloud.clock).micros() / 1_000_000;
    vault.put("ConnectionStrings--DefaultConnection", Secret::new("older").updated(OLD));
    vault.put("connectionstrings--defaultconnection", Secret::new("newer").updated(OLD + 1));
    vault.put("Off", Secret::new("x").disabled());
    vault.put("Early", Secret::new("x").valid(Some(now + 3_600), None));
    vault.put("Late", Secret::new("x").valid(None, Some(now - 1)));
    vault.put("InTime", Secret::new("x").valid(Some(now - 60), Some(now + 60)));
    vault.put("certificate", Secret::new("x").managed());
    vault.set("jwt-key", "k");
    let source = source(&cloud);
    let layers = news(&source).await;
    let keys: Vec<&str> = layers[0].values.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["connectionstrings:defaultconnection", "InTime", "jwt-key"]);
    assert_eq!(value(&layers, "connectionstrings:defaultconnection").unwrap(), "newer");
    assert_eq!(layers[0].name, format!("Key Vault {}", cloud.stubs.origin()));

    // Time alone changes what is in force.
    cloud.clock.advance(3_700);
    let layers = news(&source).await;
    assert!(value(&layers, "Early").is_some() && value(&layers, "InTime").is_none());

    vault.change("jwt-key", |secret| secret.enabled = false);
    assert_eq!(value(&news(&source).await, "jwt-key"), None);
}

/// Proves: B12.
#[tokio::test]
async fn a_poll_is_one_list_and_values_are_read_when_they_changed() {
    let cloud = Cloud::start().await;
    let vault = cloud.stubs.vault();
    vault.set_page_size(2);
    for name in ["a", "b", "c", "d", "e"] {
        vault.put(name, Secret::new(name).updated(OLD));
    }
    let source = source(&cloud);
    news(&source).await;
    let count = |part: &str| {
        let requests = cloud.stubs.requests(Service::Vault);
        requests.iter().filter(|seen| seen.status == 200 && seen.target.contains(part)).count()
    };
    assert_eq!((count("/secrets?"), count("/secrets/")), (3, 5), "three pages, five values");

    cloud.stubs.forget_requests();
    assert!(source.load().await.unwrap().is_none());
    assert_eq!((count("/secrets?"), count("/secrets/")), (3, 0));
    let challenges = cloud.stubs.requests(Service::Vault).iter().filter(|seen| seen.status == 401).count();
    assert_eq!(challenges, 0, "the challenge is asked for once in the life of the client");

    cloud.stubs.forget_requests();
    vault.put("c", Secret::new("new").updated(OLD + 60));
    assert_eq!(value(&news(&source).await, "c").unwrap(), "new");
    assert_eq!(count("/secrets/"), 1);
    assert_eq!(cloud.stubs.entra().issued(), 1, "one token serves them all");
}

#[tokio::test]
async fn a_second_change_within_a_second_is_seen() {
    let cloud = Cloud::start().await;
    let now = application::ports::clock::Clock::now(&*cloud.clock).micros() / 1_000_000;
    cloud.stubs.vault().put("a", Secret::new("1").updated(now));
    let source = source(&cloud);
    news(&source).await;
    cloud.stubs.vault().put("a", Secret::new("2").updated(now));
    assert_eq!(value(&news(&source).await, "a").unwrap(), "2");
}

/// Proves: B12, X03.
#[tokio::test]
async fn a_prefix_makes_a_shared_vault_ones_own() {
    let cloud = Cloud::start().await;
    for name in ["erp-ConnectionStrings--Redis", "crm-ConnectionStrings--Redis", "PATH"] {
        cloud.stubs.vault().set(name, name);
    }
    let options = KeyVaultOptions { prefix: Some("erp".to_owned()), ..KeyVaultOptions::new(cloud.vault()) };
    let source = KeyVaultSource::new(cloud.vaults(), options, cloud.clock.clone());
    let layers = news(&source).await;
    assert_eq!(layers[0].values.len(), 1);
    assert_eq!(value(&layers, "ConnectionStrings:Redis").unwrap(), "erp-ConnectionStrings--Redis");
    assert_eq!(cloud.stubs.requests(Service::Vault).iter().filter(|r| r.target.contains("crm")).count(), 0);
}

#[tokio::test]
async fn single_secrets_are_read_by_address_and_version() {
    let cloud = Cloud::start().await;
    cloud.stubs.vault().set("db", "first");
    cloud.stubs.vault().set("db", "second");
    let vaults = cloud.vaults();
    let read = async |path: &str| {
        let uri = SecretUri::parse(&format!("{}/secrets/{path}", cloud.stubs.origin())).unwrap();
        vaults.secret(&uri).await.map(|secret| secret.expose().to_owned())
    };
    assert_eq!(read("db").await.unwrap(), "second");
    assert_eq!(read("db/00000000000000000000000000000001").await.unwrap(), "first");
    assert!(read("missing").await.unwrap_err().to_string().contains("missing"));
}

/// The token must not go to a vault that asks for a token of another service.
#[tokio::test]
async fn a_challenge_for_another_domain_is_refused() {
    let cloud = Cloud::start().await;
    cloud.stubs.vault().set("a", "1");
    let port = cloud.stubs.tls_port();
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let roots = reqwest::Certificate::from_pem_bundle(cloud.stubs.ca_pem().as_bytes()).unwrap();
    let http = reqwest::Client::builder()
        .tls_certs_merge(roots)
        .resolve("erp.vault.localhost", address)
        .build()
        .unwrap();
    let uri = VaultUri::parse(&format!("https://erp.vault.localhost:{port}")).unwrap();
    let source = |http: &reqwest::Client| {
        let vaults = std::sync::Arc::new(Vaults::new(&cloud.identity, http));
        KeyVaultSource::new(vaults, KeyVaultOptions::new(uri.clone()), cloud.clock.clone())
    };
    let error = source(&http).load().await.unwrap_err().to_string();
    assert!(error.contains("doesn't match the requested domain"), "{error}");
    assert_eq!(cloud.stubs.entra().issued(), 0);

    cloud.stubs.vault().set_resource("https://vault.localhost");
    assert!(source(&http).load().await.is_ok());
    // And a name that the certificate does not have is not believed at all.
    let stranger = http_client(None).unwrap();
    assert!(source(&stranger).load().await.is_err());
}
