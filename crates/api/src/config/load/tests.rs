//! The settings that result from a set of files, variables, arguments and remote sources.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use application::platform::feature_flags::FlagSet;
use application::ports::configuration::{
    ConfigurationSource, ConfigurationSourceError, SecretText, SettingsLayer,
};
use async_trait::async_trait;

use super::*;
use crate::config::local::CARGO_VARIABLE;
use crate::config::{
    AppConfigurationLocation, BlobChoice, CacheChoice, DatabaseChoice, KeyVaultLocation, RemoteSources,
    SentinelKey, Severity, Template,
};

mod embedded;
mod names;
mod operators;
mod precedence;
mod remote;
mod specification;

fn accept(_: &str, _: Environment) -> Result<Vec<String>, String> {
    Ok(Vec::new())
}

/// Every cloud string is good.
pub(crate) const CHECKS: ConnectionChecks = ConnectionChecks {
    database_pairs: crate::bootstrap::database_pairs,
    sql_server: accept,
    redis: accept,
    azure_storage: accept,
    azure_container: accept,
    backup_key: accept,
    app_configuration: accept,
};

pub(crate) fn nowhere(environment: Environment) -> RemoteLocations {
    RemoteLocations { environment, key_vault: None, app_configuration: None, sentinel: None }
}

/// Adapters without remote sources.
pub(crate) fn adapters() -> Adapters {
    with_sources(RemoteSources::default())
}

pub(crate) fn with_sources(sources: RemoteSources) -> Adapters {
    Adapters { checks: CHECKS, connect: Arc::new(move |_| Ok(sources.clone())) }
}

/// A source that always says the same.
pub(crate) struct Fixed(pub &'static str, pub Result<Vec<SettingsLayer>, &'static str>);

#[async_trait]
impl ConfigurationSource for Fixed {
    fn name(&self) -> String {
        self.0.to_owned()
    }
    async fn load(&self) -> Result<Option<Vec<SettingsLayer>>, ConfigurationSourceError> {
        let denied = |text: &&str| ConfigurationSourceError::Denied((*text).to_owned());
        self.1.as_ref().map(|layers| Some(layers.clone())).map_err(denied)
    }
}

pub(crate) fn remote_layer(name: &str, pairs: &[(&str, &str)]) -> SettingsLayer {
    let secret = |(key, value): &(&str, &str)| ((*key).to_owned(), SecretText::new(*value));
    SettingsLayer { name: name.to_owned(), values: pairs.iter().map(secret).collect() }
}

pub(crate) fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn load(
    files: &[(&str, &str)],
    variables: &[(&str, &str)],
    settings: &[(&str, &str)],
) -> Result<Configuration, ConfigErrors> {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    let sources = Sources {
        directory: directory.path().to_owned(),
        variables: pairs(variables),
        settings: pairs(settings),
        ..Sources::default()
    };
    futures::executor::block_on(Configuration::load(&sources, &adapters()))
}

fn warnings(configuration: &Configuration) -> Vec<&str> {
    let warnings = configuration.notices.iter().filter(|notice| notice.severity == Severity::Warning);
    warnings.map(|notice| notice.text.as_str()).collect()
}

/// The settings with which a server outside Development starts without any service, but for a vault.
const EMBEDDED: [(&str, &str); 5] = [
    ("ConnectionStrings:DefaultConnection", "Provider=Sqlite;Data Source=/srv/erp.db"),
    ("ConnectionStrings:Redis", "memory://"),
    ("AzureStorage:ConnectionString", "file://files"),
    ("ApplicationInsights:ConnectionString", "off"),
    ("jwt-key", "q8Rr2vX0mYw1ZpLk7NfTb5Hc9JdSg3Ae"),
];

#[test]
fn layers_win_in_order() {
    let base = (
        "appsettings.json",
        r#"{"Limits":{"BodyBytes":2001,"BatchOperations":1,"ConcurrentRequests":1,"EventStreams":1}}"#,
    );
    let development = (
        "appsettings.Development.json",
        r#"{"limits":{"batchOperations":2,"concurrentRequests":2,"eventStreams":2}}"#,
    );
    let variables = [
        ("DOTNET_ENVIRONMENT", "development"),
        ("Limits__ConcurrentRequests", "3"),
        ("LIMITS__EVENTSTREAMS", "3"),
    ];
    let loaded = load(&[base, development], &variables, &[("Limits:EventStreams", "4")]).unwrap();
    let limits = &loaded.settings.limits;
    assert_eq!(
        (limits.body_bytes, limits.batch_operations, limits.concurrent_requests, limits.event_streams),
        (2001, 2, Some(3), 4)
    );
}

/// Proves: B3, G4, K8, X59.
#[test]
fn cloud_strings_are_carried_and_checked_by_their_adapters() {
    fn refuse(text: &str, environment: Environment) -> Result<Vec<String>, String> {
        if text.contains("frobnicate") {
            return Err(format!("has the unknown word 'frobnicate' in {environment}"));
        }
        Ok(vec!["MultipleActiveResultSets is not used".to_owned()])
    }
    let checks = ConnectionChecks { sql_server: refuse, redis: refuse, ..CHECKS };
    let adapters = Adapters { checks, ..adapters() };
    let load = |settings: &[(&str, &str)]| {
        let settings = pairs(settings);
        let variables = pairs(&[("ASPNETCORE_ENVIRONMENT", "Development")]);
        let sources = Sources { directory: "/nowhere".into(), variables, settings, ..Sources::default() };
        futures::executor::block_on(Configuration::load(&sources, &adapters))
    };
    let loaded = load(&[
        ("ConnectionStrings:DefaultConnection", "Server=h;User Id=u"),
        ("ConnectionStrings:Redis", "h:6380,ssl=true"),
        ("db-password", "a;b"),
        ("redis-password", "c=d"),
        ("AzureStorage:ConnectionString", "UseDevelopmentStorage=true"),
    ])
    .unwrap();
    let text = |secret: &SecretText| secret.expose().to_owned();
    let DatabaseChoice::SqlServer(database) = &loaded.settings.database.choice else { panic!() };
    let CacheChoice::Redis(redis) = &loaded.settings.cache.choice else { panic!() };
    let BlobChoice::Azure(storage) = &loaded.settings.blobs else { panic!() };
    assert_eq!(text(database), "Server=h;User Id=u;Password=\"a;b\"");
    assert_eq!(text(redis), "h:6380,ssl=true,password=c=d");
    assert_eq!(text(storage), "UseDevelopmentStorage=true");
    let remarks = warnings(&loaded);
    let remark = "ConnectionStrings:DefaultConnection: MultipleActiveResultSets is not used";
    assert!(remarks.contains(&remark), "{remarks:?}");

    let errors = load(&[
        ("ConnectionStrings:DefaultConnection", "Server=h;frobnicate=hush"),
        ("ConnectionStrings:Redis", "h,password=hush,frobnicate=1"),
    ])
    .unwrap_err()
    .to_string();
    for part in [
        "ConnectionStrings:DefaultConnection = '***' (from command line): has the unknown word 'frobnicate' in Development",
        "ConnectionStrings:Redis = '***' (from command line)",
    ] {
        assert!(errors.contains(part), "{part}\n{errors}");
    }
    assert!(!errors.contains("hush"), "{errors}");
}

/// Proves: K8, K9.
#[test]
fn signing_keys_have_256_bits_and_are_told_apart() {
    let (one, two) =
        ("q8Rr2vX0mYw1ZpLk7NfTb5Hc9JdSg3Ae".to_owned(), "T5bHc9JdSg3Aeq8Rr2vX0mYw1ZpLk7Nf".to_owned());
    let load = |keys: &[(&str, &str)]| {
        let settings: Vec<_> = keys.iter().copied().chain([("Environment", "Development")]).collect();
        super::tests::load(&[], &[], &settings)
    };
    let keys = |loaded: &Configuration| {
        loaded.settings.auth.signing_keys.iter().map(|key| key.expose().to_owned()).collect::<Vec<_>>()
    };
    let loaded = load(&[("jwt-key-next", &two), ("jwt-key", &one)]).unwrap();
    assert_eq!(keys(&loaded), [one.as_str(), two.as_str()]);
    let loaded = load(&[("jwt-key", &one), ("Auth:SigningKeys:0", &two)]).unwrap();
    assert_eq!(keys(&loaded), [two.as_str()]);
    assert!(
        warnings(&loaded)[0].starts_with("jwt-key from command line is not used"),
        "{:?}",
        warnings(&loaded)
    );
    for (given, part) in [
        (
            vec![("jwt-key", "short-sentinel")],
            "jwt-key = '***' (from command line): expected at least 32 bytes",
        ),
        (vec![("jwt-key", one.as_str()), ("jwt-key-next", one.as_str())], "the same key twice"),
    ] {
        let text = load(&given).unwrap_err().to_string();
        assert!(text.contains(part) && !text.contains("sentinel"), "{part}\n{text}");
    }
    let many: Vec<_> = (0..5).map(|n| (format!("Auth:SigningKeys:{n}"), format!("{n}").repeat(32))).collect();
    let many: Vec<_> = many.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert!(load(&many).unwrap_err().to_string().contains("more than 4 keys"));
}

/// Proves: A5.
#[test]
fn region_and_reload_settings_are_read() {
    let settings = [
        ("Environment", "Development"),
        ("Region:Role", "secondary"),
        ("ReloadInterval", "00:01:30"),
        ("AppConfig:RefreshSeconds", "5"),
        ("FeatureManagement:Beta", "true"),
        ("feature_management:feature_flags:0:id", "Beta"),
    ];
    let settings = load(&[], &[], &settings).unwrap().settings;
    assert!(!settings.region.runs_jobs() && !settings.region.read_only);
    assert_eq!((settings.reload.interval.as_secs(), settings.reload.app_configuration.as_secs()), (90, 5));
    assert_eq!(settings.features.sections["Beta"], "true");
    assert_eq!(settings.features.schema["feature_flags:0:id"], "Beta");
    let bad = load(
        &[],
        &[],
        &[("Environment", "Development"), ("ReloadInterval", "often"), ("Region:ReadOnly", "2")],
    );
    let text = bad.unwrap_err().to_string();
    assert!(text.contains("ReloadInterval = 'often'") && text.contains("Region:ReadOnly = '2'"), "{text}");
}
