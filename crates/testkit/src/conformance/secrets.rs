//! The contract of every source of secrets and settings, wherever they are: a vault, a store, a directory.

use std::collections::BTreeMap;

use application::ports::configuration::{ConfigurationSource, ConfigurationSourceError, SettingsLayer};
use async_trait::async_trait;

/// A place with secrets that a test may change, and the source that reads it.
#[async_trait]
pub trait SecretPlace: Send + Sync {
    fn source(&self) -> &dyn ConfigurationSource;
    /// Sets the value under a key with `:`, by whatever name it has in this place.
    async fn set(&self, key: &str, value: &str);
    async fn remove(&self, key: &str);
    /// Lets as much time pass as the source waits before it looks again.
    async fn wait(&self) {}
    /// Makes the place unreadable, or readable again; `false` if that cannot be done here.
    async fn broken(&self, broken: bool) -> bool {
        let _ = broken;
        false
    }
}

/// Keys and values of all layers; later ones win.
pub fn merged(layers: &[SettingsLayer]) -> BTreeMap<String, String> {
    let values = layers.iter().flat_map(|layer| &layer.values);
    values.map(|(key, value)| (key.clone(), value.expose().to_owned())).collect()
}

async fn changed(place: &dyn SecretPlace, why: &str) -> BTreeMap<String, String> {
    place.wait().await;
    let layers = place.source().load().await.unwrap_or_else(|error| panic!("{why}: {error}"));
    merged(&layers.unwrap_or_else(|| panic!("{why}: the source says that nothing changed")))
}

async fn unchanged(place: &dyn SecretPlace, why: &str) {
    place.wait().await;
    let layers = place.source().load().await.unwrap_or_else(|error| panic!("{why}: {error}"));
    assert!(layers.is_none(), "{why}: {layers:?}");
}

/// Runs every case, one after the other, on an empty place.
pub async fn run(place: &dyn SecretPlace) {
    nothing_is_a_first_answer(place).await;
    keys_and_values(place).await;
    changes(place).await;
    failures(place).await;
    nothing_is_told_to_logs(place).await;
}

async fn nothing_is_a_first_answer(place: &dyn SecretPlace) {
    assert!(!place.source().name().is_empty());
    assert!(changed(place, "the first load of an empty place").await.is_empty());
    unchanged(place, "an empty place").await;
}

async fn keys_and_values(place: &dyn SecretPlace) {
    let long = "k".repeat(20_000);
    let values = [
        ("ConnectionStrings:DefaultConnection", "Server=tcp:db,1433;Password=a;b'c\"d=="),
        ("jwt-key", "5f0e1c"),
        ("Auth:SigningKeys:0", "مفتاح سري"),
        ("Pem", "-----BEGIN-----\nline two\n-----END-----"),
        ("Long", long.as_str()),
    ];
    for (key, value) in values {
        place.set(key, value).await;
    }
    let found = changed(place, "five new secrets").await;
    for (key, value) in values {
        assert_eq!(found.get(key).map(String::as_str), Some(value), "{key}");
    }
    assert_eq!(found.len(), values.len(), "{:?}", found.keys());
    unchanged(place, "nothing was written").await;
}

async fn changes(place: &dyn SecretPlace) {
    place.set("jwt-key", "a new one").await;
    let found = changed(place, "one changed secret").await;
    assert_eq!(found["jwt-key"], "a new one");
    assert_eq!(found.len(), 5, "a change gives all settings, not only the changed ones");
    unchanged(place, "the change was seen").await;
    place.remove("Long").await;
    place.remove("Pem").await;
    let found = changed(place, "removed secrets").await;
    assert!(!found.contains_key("Long") && found.len() == 3, "{:?}", found.keys());
    unchanged(place, "the removal was seen").await;
}

async fn failures(place: &dyn SecretPlace) {
    place.wait().await;
    if !place.broken(true).await {
        return;
    }
    let error = place.source().load().await.expect_err("a broken place is an error, never an empty answer");
    assert!(matches!(error, ConfigurationSourceError::Unavailable(_)), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("a new one"));
    assert!(place.broken(false).await);
    unchanged(place, "the place is back as it was").await;
    place.set("jwt-key", "after the failure").await;
    assert_eq!(changed(place, "a change after a failure").await["jwt-key"], "after the failure");
}

async fn nothing_is_told_to_logs(place: &dyn SecretPlace) {
    place.set("jwt-key", "sentinel").await;
    place.wait().await;
    let layers = place.source().load().await.unwrap();
    assert!(layers.is_some());
    assert!(!format!("{layers:?} {}", place.source().name()).contains("sentinel"));
}
