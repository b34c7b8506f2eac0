//! Calls of the cloud's services go on with the trace of the request that makes them.

use application::ports::clock::Clock;
use application::ports::configuration::ConfigurationSource;
use erp_stubs::{Service, entra};
use infrastructure::identity::oidc::{OidcIssuer, OidcIssuers};
use infrastructure::secrets::app_configuration::{
    AppConfigurationOptions, AppConfigurationSource, StoreAccess,
};
use infrastructure::secrets::key_vault::{KeyVaultOptions, KeyVaultSource};
use serde_json::json;
use tracing::Instrument;
use tracing_subscriber::layer::SubscriberExt;

use super::Cloud;
use crate::telemetry::Edge;

/// Proves: H9.
#[tokio::test]
async fn calls_of_vault_directory_and_configuration_carry_the_trace() {
    let cloud = Cloud::start().await;
    cloud.stubs.vault().set("a", "1");
    let access = StoreAccess::connection_string(&cloud.stubs.configuration_connection_string()).unwrap();
    let options = AppConfigurationOptions::new(access, "Production");
    let store = AppConfigurationSource::new(options, cloud.vaults(), &cloud.http, cloud.clock.clone());
    let vault = KeyVaultSource::new(cloud.vaults(), KeyVaultOptions::new(cloud.vault()), cloud.clock.clone());
    let issuer = OidcIssuer {
        issuer: cloud.stubs.issuer_of(entra::TENANT),
        audience: "api://erp".to_owned(),
        metadata: None,
        tenant_claim: None,
        tenants: Vec::new(),
        user_claim: None,
        roles_claim: "roles".to_owned(),
        roles: Vec::new(),
    };
    let issuers = OidcIssuers::new(vec![issuer], &cloud.http);
    let token = cloud.stubs.token(&json!({ "exp": cloud.clock.now().micros() / 1_000_000 + 600 }));
    let everything = async {
        vault.load().await.unwrap();
        store.load().await.unwrap();
        let _whoever = issuers.verify(&token, cloud.clock.now()).await;
    };

    let edge = Edge::default();
    let _default = tracing::subscriber::set_default(tracing_subscriber::registry().with(edge.clone()));
    everything.instrument(tracing::info_span!("request")).await;
    let trace = format!("00-{}-{}-01", "0a".repeat(16), "b7".repeat(8));
    for service in [Service::Vault, Service::Configuration, Service::Entra, Service::Issuer] {
        let seen = cloud.stubs.requests(service);
        assert!(!seen.is_empty(), "{service:?}");
        assert!(seen.iter().all(|request| request.traceparent.as_deref() == Some(&trace)), "{seen:?}");
    }
    // The keys of an issuer are fetched while callers wait: telemetry hears of that, too.
    let documents = edge.calls().iter().filter(|call| call.contains("openid-configuration")).count();
    assert_eq!(documents, 1, "{:?}", edge.calls());

    // Outside of a request there is no trace to go on with.
    cloud.stubs.forget_requests();
    cloud.stubs.vault().set("b", "2");
    vault.load().await.unwrap();
    assert!(cloud.stubs.requests(Service::Vault).iter().all(|request| request.traceparent.is_none()));
}
