//! Tokens: workload identity with its rotating file, managed identity, refusals.

use application::ports::configuration::ConfigurationSource;
use erp_stubs::{Fault, Service, Stubs};
use infrastructure::secrets::identity::{AzureIdentity, IdentityError, IdentityOptions, TokenSource};
use infrastructure::secrets::key_vault::{KeyVaultOptions, KeyVaultSource};

use super::{Cloud, news, workload};

const SQL: &str = "https://database.windows.net/.default";

#[tokio::test]
async fn tokens_are_kept_for_each_scope() {
    let cloud = Cloud::start().await;
    let first = cloud.identity.token(SQL).await.unwrap();
    let again = cloud.identity.token(SQL).await.unwrap();
    let redis = cloud.identity.token("https://redis.azure.com/.default").await.unwrap();
    assert!(first == again && first != redis);
    assert_eq!(cloud.stubs.entra().issued(), 2);
    let whole = cloud.identity.expiring_token(SQL).await.unwrap();
    assert!(!format!("{whole:?}").contains("stub-token"));
    let left = whole.expires_at.micros() - application::ports::clock::Clock::now(&*cloud.clock).micros();
    assert!((3_500..=3_600).contains(&(left / 1_000_000)), "{left}");
}

/// Proves: K7.
#[tokio::test]
async fn the_rotated_token_file_is_read_at_the_next_need() {
    let cloud = Cloud::start().await;
    cloud.stubs.entra().set_life_seconds(200); // less than the five minutes before the end at which tokens are renewed
    cloud.identity.token(SQL).await.unwrap();
    cloud.rotate_federated_token("rotated");
    cloud.identity.token(SQL).await.unwrap();
    assert_eq!(cloud.stubs.entra().issued(), 2);
    let requests = cloud.stubs.requests(Service::Entra);
    assert!(requests.iter().all(|seen| seen.status == 200), "{requests:?}");
}

/// The vault forgets every token, as when the identity was made anew: the next poll gets another.
#[tokio::test]
async fn a_vault_with_a_rotated_identity_goes_on() {
    let cloud = Cloud::start().await;
    cloud.stubs.entra().set_life_seconds(200);
    let source =
        KeyVaultSource::new(cloud.vaults(), KeyVaultOptions::new(cloud.vault()), cloud.clock.clone());
    news(&source).await;
    cloud.rotate_federated_token("rotated");
    cloud.stubs.entra().revoke_all();
    assert!(source.load().await.unwrap().is_none());
}

#[tokio::test]
async fn refusals_say_why_and_failures_pass() {
    let cloud = Cloud::start().await;
    cloud.stubs.entra().accept(&["another"]);
    let error = cloud.identity.token(SQL).await.unwrap_err();
    assert!(matches!(error, IdentityError::Denied(_)), "{error:?}");
    assert!(error.to_string().contains("AADSTS700024"), "{error}");
    assert!(!error.to_string().contains("federated-token"), "{error}");

    cloud.stubs.entra().accept(&["federated-token"]);
    cloud.stubs.fail_next(Service::Entra, 1, Fault::Status(503, None));
    assert!(cloud.identity.token(SQL).await.is_ok(), "one failure is tried again at once");

    let missing = IdentityOptions {
        federated_token_file: Some(cloud.folder.path().join("gone")),
        ..workload(&cloud.stubs, &cloud.folder)
    };
    let identity = AzureIdentity::new(&missing, &cloud.http).unwrap();
    let error = identity.token(SQL).await.unwrap_err().to_string();
    assert!(error.contains("gone") && error.contains("No such file"), "{error}");
}

#[tokio::test]
async fn the_last_token_serves_while_it_is_good() {
    let cloud = Cloud::start().await;
    cloud.stubs.entra().set_life_seconds(200);
    let first = cloud.identity.token(SQL).await.unwrap();
    cloud.stubs.stop().await;
    let same = cloud.identity.token(SQL).await.unwrap();
    assert!(first == same, "the authority is down, the token has three minutes left");
}

/// Proves: K7.
#[tokio::test]
async fn a_machine_without_workload_identity_asks_its_own_endpoint() {
    let stubs = Stubs::start().await.unwrap();
    // The address of the endpoint is the same on every machine of the cloud; here a proxy stands before it.
    let proxy = reqwest::Proxy::http(stubs.plain_origin()).unwrap();
    let http = reqwest::Client::builder().proxy(proxy).build().unwrap();
    let options = IdentityOptions {
        client_id: Some(erp_stubs::entra::CLIENT.to_owned()),
        ..IdentityOptions::default()
    };
    let identity = AzureIdentity::new(&options, &http).unwrap();
    identity.token(SQL).await.unwrap();
    let requests = stubs.requests(Service::ManagedIdentity);
    assert_eq!(requests.len(), 1, "{requests:?}");
    assert!(
        requests[0].target.contains("resource=https%3A%2F%2Fdatabase.windows.net"),
        "{}",
        requests[0].target
    );
    assert!(requests[0].target.contains(&format!("client_id={}", erp_stubs::entra::CLIENT)));

    let stranger = IdentityOptions { client_id: Some("someone".to_owned()), ..IdentityOptions::default() };
    let error = AzureIdentity::new(&stranger, &http).unwrap().token(SQL).await.unwrap_err();
    assert!(matches!(error, IdentityError::Denied(_)), "{error:?}");
}
