//! App Configuration: labels, references, flags, and polls that cost little.

use std::sync::Arc;
use std::time::{Duration, Instant};

use application::ports::configuration::ConfigurationSource;
use async_trait::async_trait;
use erp_stubs::configuration::KeyValue;
use erp_stubs::{Fault, Service};
use infrastructure::secrets::app_configuration::{
    AppConfigurationOptions, AppConfigurationSource, Endpoint, Sentinel, StoreAccess,
};
use serde_json::json;
use testkit::conformance::secrets::{SecretPlace, run};

use super::{Cloud, news, value};

fn options(cloud: &Cloud) -> AppConfigurationOptions {
    let access = StoreAccess::connection_string(&cloud.stubs.configuration_connection_string()).unwrap();
    AppConfigurationOptions::new(access, "Production")
}

fn source_with(cloud: &Cloud, options: AppConfigurationOptions) -> AppConfigurationSource {
    AppConfigurationSource::new(options, cloud.vaults(), &cloud.http, cloud.clock.clone())
}

fn source(cloud: &Cloud) -> AppConfigurationSource {
    source_with(cloud, options(cloud))
}

struct Place {
    cloud: Cloud,
    source: AppConfigurationSource,
}

#[async_trait]
impl SecretPlace for Place {
    fn source(&self) -> &dyn ConfigurationSource {
        &self.source
    }
    async fn set(&self, key: &str, value: &str) {
        self.cloud.stubs.configuration().set(key, Some("Production"), value);
    }
    async fn remove(&self, key: &str) {
        self.cloud.stubs.configuration().delete(key, Some("Production"));
    }
    async fn wait(&self) {
        self.cloud.clock.advance(2);
    }
    async fn broken(&self, broken: bool) -> bool {
        match broken {
            true => self.cloud.stubs.fail(Service::Configuration, Fault::Status(500, None)),
            false => self.cloud.stubs.heal(Service::Configuration),
        }
        self.cloud.clock.advance(60);
        true
    }
}

#[tokio::test]
async fn a_store_is_a_source_of_settings() {
    let cloud = Cloud::start().await;
    let source = source(&cloud);
    run(&Place { cloud, source }).await;
}

/// Proves: A10, B16, X08.
#[tokio::test]
async fn the_environment_overrides_what_has_no_label() {
    let cloud = Cloud::start().await;
    let store = cloud.stubs.configuration();
    store.set("Cache:Ttl", None, "60");
    store.set("Cache:Ttl", Some("Production"), "300");
    store.set("Cache:Ttl", Some("Staging"), "5");
    store.set("Only", None, "here");
    let layers = news(&source(&cloud)).await;
    let names: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!(names, ["App Configuration (no label)", "App Configuration (label Production)"]);
    assert_eq!(value(&layers, "Cache:Ttl").unwrap(), "300");
    assert_eq!(value(&layers[..1], "Cache:Ttl").unwrap(), "60");
    assert_eq!(value(&layers, "Only").unwrap(), "here");
    assert!(layers[1].values.len() == 1);

    // A label with characters that filters understand is taken as it is.
    let mut odd = options(&cloud);
    odd.labels = vec![Some("Stag*".to_owned()), Some("a,b\\c*".to_owned())];
    store.set("Odd", Some("a,b\\c*"), "yes");
    let layers = news(&source_with(&cloud, odd)).await;
    assert_eq!(value(&layers, "Odd").unwrap(), "yes");
    assert_eq!(value(&layers, "Cache:Ttl"), None);
}

/// Proves: B16.
#[tokio::test]
async fn a_poll_that_finds_nothing_is_a_304_a_page() {
    let cloud = Cloud::start().await;
    let store = cloud.stubs.configuration();
    store.set_page_size(2);
    for key in ["a", "b", "c", "d"] {
        store.set(key, None, "1");
    }
    let source = source(&cloud);
    assert_eq!(news(&source).await[0].values.len(), 4);
    let statuses = || -> Vec<u16> {
        let requests = cloud.stubs.requests(Service::Configuration);
        requests.iter().map(|seen| seen.status).collect()
    };
    assert_eq!(statuses(), [200, 200, 200, 304, 304, 304], "read, and nothing moved meanwhile");
    cloud.stubs.forget_requests();
    assert!(source.load().await.unwrap().is_none());
    assert_eq!(statuses(), [0_u16; 0], "not before the interval has passed");
    cloud.clock.advance(2);
    assert!(source.load().await.unwrap().is_none());
    assert_eq!(statuses(), [304, 304, 304]);
    let seen = cloud.stubs.requests(Service::Configuration);
    assert!(
        seen.iter().all(|seen| seen.sync_token.as_deref().is_some_and(|token| token.starts_with("stub=")))
    );

    // A page that comes after the last known one, and a change on the first.
    store.set("e", None, "1");
    cloud.clock.advance(2);
    assert_eq!(news(&source).await[0].values.len(), 5);
    store.set("a", None, "2");
    cloud.clock.advance(2);
    assert_eq!(value(&news(&source).await, "a").unwrap(), "2");
    for key in ["c", "d", "e"] {
        store.delete(key, None);
    }
    cloud.clock.advance(2);
    assert_eq!(news(&source).await[0].values.len(), 2);
    // Written again with the same value: the tag changes, the settings do not.
    store.set("a", None, "2");
    cloud.clock.advance(2);
    assert!(source.load().await.unwrap().is_none());
}

/// Proves: A10, B16.
#[tokio::test]
async fn with_a_sentinel_nothing_else_is_looked_at() {
    let cloud = Cloud::start().await;
    let store = cloud.stubs.configuration();
    store.set("a", None, "1");
    let mut options = options(&cloud);
    options.sentinel = Some(Sentinel { key: "Settings:Version".to_owned(), label: None });
    let source = source_with(&cloud, options);
    news(&source).await;
    store.set("a", None, "2");
    cloud.clock.advance(2);
    cloud.stubs.forget_requests();
    assert!(source.load().await.unwrap().is_none());
    assert_eq!(cloud.stubs.requests(Service::Configuration).len(), 1);
    for version in ["1", "2"] {
        store.set("a", None, &format!("value {version}"));
        store.set("Settings:Version", None, version);
        cloud.clock.advance(2);
        assert_eq!(value(&news(&source).await, "a").unwrap(), format!("value {version}"));
    }
}

/// Waits until a request for this was answered.
async fn asked(cloud: &Cloud, part: &str) {
    let began = Instant::now();
    while !cloud.stubs.requests(Service::Configuration).iter().any(|seen| seen.target.contains(part)) {
        assert!(began.elapsed() < Duration::from_secs(10), "never asked for {part}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn an_edit_between_two_pages_is_never_half_seen() {
    let cloud = Cloud::start().await;
    let store = cloud.stubs.configuration();
    let set = |value: &str| {
        store.set("Pair:First", None, value);
        store.set("Pair:Second", Some("Production"), value);
    };
    for sentinel in [None, Some(Sentinel { key: "Settings:Version".to_owned(), label: None })] {
        set("old");
        let mut options = options(&cloud);
        options.sentinel = sentinel;
        let source = source_with(&cloud, options);
        cloud.stubs.forget_requests();
        // The second page takes its time, and both values change before it comes.
        let slow = Fault::Delay(Duration::from_millis(500));
        cloud.stubs.fail_path(Service::Configuration, "label=Production", slow);
        let (layers, ()) = tokio::join!(news(&source), async {
            asked(&cloud, "/kv?key=%2A&label=%00").await;
            set("new");
        });
        assert_eq!(value(&layers, "Pair:First").unwrap(), "new");
        assert_eq!(value(&layers, "Pair:Second").unwrap(), "new");
        cloud.stubs.heal(Service::Configuration);
    }
}

#[tokio::test]
async fn a_store_that_never_rests_leaves_what_was_known() {
    let cloud = Cloud::start().await;
    let store = cloud.stubs.configuration();
    store.set("a", None, "0");
    let source = source(&cloud);
    assert_eq!(value(&news(&source).await, "a").unwrap(), "0");
    let slow = Fault::Delay(Duration::from_millis(200));
    cloud.stubs.fail_path(Service::Configuration, "label=Production", slow);
    store.set("a", None, "1");
    cloud.clock.advance(2);
    let editing = async {
        for edit in 2.. {
            tokio::time::sleep(Duration::from_millis(20)).await;
            store.set("a", None, &edit.to_string());
        }
    };
    let read = tokio::select! {
        read = source.load() => read,
        () = editing => Ok(None),
    };
    let error = read.unwrap_err().to_string();
    assert!(error.contains("changed while it was read, 3 times"), "{error}");
    assert!(source.back_off().is_some());
    cloud.stubs.heal(Service::Configuration);
    cloud.clock.advance(31);
    assert_ne!(value(&news(&source).await, "a").unwrap(), "0");
}

/// Proves: A10, B16, X08.
#[tokio::test]
async fn references_are_resolved_and_followed() {
    let cloud = Cloud::start().await;
    let (store, vault) = (cloud.stubs.configuration(), cloud.stubs.vault());
    vault.set("redis", "first");
    let address = format!("{}/secrets/redis", cloud.stubs.origin());
    store.set_reference("ConnectionStrings:Redis", None, &address);
    store.set_reference("Cache:Redis", Some("Production"), &address);
    let source = source(&cloud);
    let layers = news(&source).await;
    assert_eq!(value(&layers, "ConnectionStrings:Redis").unwrap(), "first");
    assert_eq!(value(&layers, "Cache:Redis").unwrap(), "first");
    let reads = || cloud.stubs.requests(Service::Vault).iter().filter(|seen| seen.status == 200).count();
    assert_eq!(reads(), 1, "one secret, however many refer to it");

    vault.set("redis", "second");
    cloud.clock.advance(60);
    assert!(source.load().await.unwrap().is_none(), "secrets are read every five minutes");
    cloud.clock.advance(250);
    assert_eq!(value(&news(&source).await, "Cache:Redis").unwrap(), "second");
    cloud.clock.advance(310);
    assert!(source.load().await.unwrap().is_none());
    assert_eq!(reads(), 3);

    store.set_reference("Broken", None, &format!("{}/secrets/missing", cloud.stubs.origin()));
    cloud.clock.advance(2);
    let error = source.load().await.unwrap_err().to_string();
    assert!(error.contains("'Broken'") && error.contains("missing"), "{error}");
}

/// Proves: A10, B16, X08.
#[tokio::test]
async fn flags_and_json_become_settings() {
    let cloud = Cloud::start().await;
    let store = cloud.stubs.configuration();
    store.set_flag(None, &json!({ "id": "Beta", "enabled": false }));
    store.set_flag(Some("Production"), &json!({ "id": "Beta", "enabled": true }));
    store.put(KeyValue {
        key: "Limits".to_owned(),
        label: None,
        value: json!({ "Users": 5, "Hosts": ["a", "b"] }).to_string(),
        content_type: Some("application/json".to_owned()),
    });
    let layers = news(&source(&cloud)).await;
    let flag = value(&layers, "feature_management:feature_flags:Beta").unwrap();
    assert!(flag.contains("\"enabled\":true"), "{flag}");
    assert_eq!(value(&layers, "Limits:Users").unwrap(), "5");
    assert_eq!(value(&layers, "Limits:Hosts:1").unwrap(), "b");
}

/// Proves: B16.
#[tokio::test]
async fn the_products_identity_is_enough() {
    let cloud = Cloud::start().await;
    cloud.stubs.configuration().set("a", None, "1");
    let endpoint = Endpoint::parse(&cloud.stubs.origin()).unwrap();
    let access = StoreAccess::identity(endpoint, Arc::new(cloud.identity.clone()));
    let source = source_with(&cloud, AppConfigurationOptions::new(access, "Production"));
    assert_eq!(value(&news(&source).await, "a").unwrap(), "1");
    assert!(
        cloud
            .stubs
            .requests(Service::Configuration)
            .iter()
            .all(|seen| seen.scheme.as_deref() == Some("Bearer"))
    );
}

/// Read as JSON it would be one odd setting, and what is in the snapshot would be missing without a word.
#[tokio::test]
async fn a_reference_to_a_snapshot_is_refused_and_what_was_known_stays() {
    let cloud = Cloud::start().await;
    let store = cloud.stubs.configuration();
    store.set("a", None, "1");
    let known = source(&cloud);
    assert_eq!(value(&news(&known).await, "a").unwrap(), "1");
    store.set_snapshot_reference("Release", Some("Production"), "June");
    cloud.clock.advance(2);
    for source in [known, source(&cloud)] {
        let error = source.load().await.unwrap_err().to_string();
        assert!(error.contains("'Release' refers to the snapshot 'June'"), "{error}");
    }
}
