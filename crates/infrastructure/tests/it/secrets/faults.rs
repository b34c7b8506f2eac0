//! Services that fail, throttle, hang, refuse and come back.

use std::time::{Duration, Instant};

use application::ports::configuration::{ConfigurationSource, ConfigurationSourceError};
use erp_stubs::{Fault, Secret, Service};
use infrastructure::secrets::app_configuration::{
    AppConfigurationOptions, AppConfigurationSource, StoreAccess,
};
use infrastructure::secrets::key_vault::{KeyVaultOptions, KeyVaultSource};

use super::{Cloud, news, value};

fn vault_source(cloud: &Cloud, timeout: Duration) -> KeyVaultSource {
    let options = KeyVaultOptions { timeout, ..KeyVaultOptions::new(cloud.vault()) };
    KeyVaultSource::new(cloud.vaults(), options, cloud.clock.clone())
}

fn store_source(cloud: &Cloud) -> AppConfigurationSource {
    let access = StoreAccess::connection_string(&cloud.stubs.configuration_connection_string()).unwrap();
    let mut options = AppConfigurationOptions::new(access, "Production");
    options.timeout = Duration::from_secs(2);
    AppConfigurationSource::new(options, cloud.vaults(), &cloud.http, cloud.clock.clone())
}

fn unavailable(error: &ConfigurationSourceError) -> bool {
    matches!(error, ConfigurationSourceError::Unavailable(_))
}

#[tokio::test]
async fn a_vault_that_throttles_once_costs_only_time() {
    let cloud = Cloud::start().await;
    cloud.stubs.vault().set("a", "1");
    let source = vault_source(&cloud, Duration::from_secs(20));
    news(&source).await;
    cloud.stubs.vault().put("a", Secret::new("2").updated(4_000_000_000));
    cloud.stubs.fail_next(Service::Vault, 1, Fault::Status(429, Some(1)));
    let start = Instant::now();
    assert_eq!(value(&news(&source).await, "a").unwrap(), "2");
    assert!(start.elapsed() >= Duration::from_secs(1), "Retry-After is kept");
}

#[tokio::test]
async fn a_vault_that_fails_is_unavailable_and_what_was_known_is_not_lost() {
    let cloud = Cloud::start().await;
    cloud.stubs.vault().put("a", Secret::new("1").updated(1_700_000_000));
    cloud.stubs.vault().put("b", Secret::new("1").updated(1_700_000_000));
    let source = vault_source(&cloud, Duration::from_secs(20));
    news(&source).await;
    for status in [500, 503] {
        cloud.stubs.fail(Service::Vault, Fault::Status(status, None));
        let error = source.load().await.unwrap_err();
        assert!(unavailable(&error) && error.to_string().contains(&status.to_string()), "{error}");
        cloud.stubs.heal(Service::Vault);
    }
    // One value that cannot be read fails the whole: half a configuration is none.
    cloud.stubs.vault().put("b", Secret::new("2").updated(1_700_000_100));
    cloud.stubs.fail_path(Service::Vault, "/secrets/b", Fault::Status(500, None));
    assert!(source.load().await.is_err());
    cloud.stubs.heal(Service::Vault);
    cloud.stubs.forget_requests();
    assert_eq!(value(&news(&source).await, "b").unwrap(), "2");
    let reads = cloud.stubs.requests(Service::Vault);
    assert!(
        !reads.iter().any(|seen| seen.target.contains("/secrets/a")),
        "what did not change is not read again"
    );
}

#[tokio::test]
async fn a_vault_that_hangs_is_given_up_in_time() {
    let cloud = Cloud::start().await;
    let source = vault_source(&cloud, Duration::from_millis(500));
    cloud.stubs.fail(Service::Vault, Fault::Hang);
    let start = Instant::now();
    let error = source.load().await.unwrap_err();
    assert!(unavailable(&error) && error.to_string().contains("0.5 s"), "{error}");
    assert!(start.elapsed() < Duration::from_secs(5));
    cloud.stubs.heal(Service::Vault);
    assert!(source.load().await.is_ok());
}

#[tokio::test]
async fn a_vault_that_is_down_and_comes_back() {
    let cloud = Cloud::start().await;
    let source = vault_source(&cloud, Duration::from_secs(20));
    news(&source).await;
    cloud.stubs.stop().await;
    let error = source.load().await.unwrap_err();
    assert!(unavailable(&error), "{error}");
    cloud.stubs.resume().await.unwrap();
    cloud.stubs.vault().set("a", "1");
    assert_eq!(value(&news(&source).await, "a").unwrap(), "1");
}

#[tokio::test]
async fn a_vault_that_refuses_says_so() {
    let cloud = Cloud::start().await;
    cloud.stubs.vault().set("a", "sentinel");
    let source = vault_source(&cloud, Duration::from_secs(20));
    cloud.stubs.vault().forbid(true);
    let error = source.load().await.unwrap_err();
    assert!(matches!(error, ConfigurationSourceError::Denied(_)), "{error:?}");
    cloud.stubs.vault().forbid(false);
    news(&source).await;
    // Bodies that are not JSON, and JSON that is no secret.
    for body in ["<html>sentinel</html>", r#"{"value":[{"id":7,"attributes":"sentinel"}]}"#] {
        cloud.stubs.fail_next(Service::Vault, 1, Fault::Body(body.to_owned()));
        let error = source.load().await.unwrap_err();
        assert!(matches!(error, ConfigurationSourceError::Malformed(_)), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("sentinel"), "{error:?}");
    }
}

#[tokio::test]
async fn a_store_that_fails_is_asked_less_and_less() {
    let cloud = Cloud::start().await;
    cloud.stubs.configuration().set("a", None, "1");
    let source = store_source(&cloud);
    news(&source).await;
    let asked = || cloud.stubs.requests(Service::Configuration).len();
    cloud.stubs.fail(Service::Configuration, Fault::Status(503, None));
    cloud.clock.advance(2);
    cloud.stubs.forget_requests();
    let error = source.load().await.unwrap_err();
    assert!(unavailable(&error) && error.to_string().contains("503"), "{error}");
    assert_eq!(asked(), 2, "once, and once more a moment later");
    for _ in 0..5 {
        let error = source.load().await.unwrap_err();
        assert!(
            error.to_string().contains("not asked again for") && error.to_string().contains("503"),
            "{error}"
        );
    }
    assert_eq!(asked(), 2);
    cloud.clock.advance(31);
    assert!(source.load().await.is_err());
    assert_eq!(asked(), 4);
    cloud.clock.advance(31);
    assert!(source.load().await.is_err());
    assert_eq!(asked(), 4, "the second pause is a minute");
    cloud.stubs.heal(Service::Configuration);
    cloud.stubs.configuration().set("a", None, "2");
    cloud.clock.advance(31);
    assert_eq!(value(&news(&source).await, "a").unwrap(), "2");
}

#[tokio::test]
async fn a_store_that_throttles_is_left_alone_as_long_as_it_says() {
    let cloud = Cloud::start().await;
    let source = store_source(&cloud);
    news(&source).await;
    cloud.stubs.fail_next(Service::Configuration, 1, Fault::Status(429, Some(120)));
    cloud.clock.advance(2);
    cloud.stubs.forget_requests();
    assert!(unavailable(&source.load().await.unwrap_err()));
    cloud.clock.advance(100);
    assert!(source.load().await.is_err());
    assert_eq!(cloud.stubs.requests(Service::Configuration).len(), 1);
    let left = source.back_off().unwrap().as_secs();
    assert!((20..=44).contains(&left), "{left}");
    cloud.clock.advance(45);
    assert_eq!(source.back_off(), None);
    assert!(source.load().await.unwrap().is_none());
}

#[tokio::test]
async fn a_store_that_hangs_or_sends_rubbish() {
    let cloud = Cloud::start().await;
    let source = store_source(&cloud);
    cloud.stubs.fail(Service::Configuration, Fault::Hang);
    let error = source.load().await.unwrap_err();
    assert!(unavailable(&error) && error.to_string().contains("within 2 s"), "{error}");
    cloud.stubs.heal(Service::Configuration);
    for body in [
        "sentinel",
        r#"{"items":[{"key":"sentinel"}"#,
        r#"{"items":[],"@nextLink":"https://sentinel.example/kv"}"#,
    ] {
        cloud.stubs.fail_next(Service::Configuration, 1, Fault::Body(body.to_owned()));
        let error = source.load().await.unwrap_err();
        assert!(matches!(error, ConfigurationSourceError::Malformed(_)), "{error:?}");
        assert!(!error.to_string().contains("sentinel"), "{error}");
    }
    // Before the first success nothing is held back: the start of the process asks as often as it wants to.
    assert!(source.load().await.unwrap().is_some());
}

#[tokio::test]
async fn a_store_refuses_a_wrong_key() {
    let cloud = Cloud::start().await;
    let source = store_source(&cloud);
    cloud.stubs.configuration().set_access_key("stub-id", "b3RoZXI=");
    let error = source.load().await.unwrap_err();
    assert!(
        matches!(&error, ConfigurationSourceError::Denied(text) if text.contains("Invalid Signature")),
        "{error:?}"
    );
    cloud.stubs.configuration().set_access_key("other-id", "b3RoZXI=");
    let error = source.load().await.unwrap_err();
    assert!(
        matches!(&error, ConfigurationSourceError::Denied(text) if text.contains("Invalid Credential")),
        "{error:?}"
    );
}
