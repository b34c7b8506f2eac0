//! What a set of files, variables, arguments and remote sources comes to.

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

mod operators;
mod precedence;
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

/// What makes a server outside Development start without any service, but for a vault.
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

/// Proves: B6.
#[test]
fn a_fresh_clone_under_cargo_runs_in_development() {
    let loaded = load(&[], &[(CARGO_VARIABLE, "/x")], &[]).unwrap();
    let settings = &loaded.settings;
    assert_eq!(settings.environment, Environment::Development);
    assert_eq!(settings.listen[0].to_string(), "127.0.0.1:8080");
    assert_eq!(settings.database.choice, DatabaseChoice::Sqlite("data/erp.db".into()));
    assert_eq!(settings.cache.choice, CacheChoice::Memory);
    assert_eq!(settings.blobs, BlobChoice::Directory("data/blobs".into()));
    assert_eq!(settings.bootstrap.template, Template::SaStandard);
    assert!(settings.region.runs_jobs() && !settings.region.read_only);
    assert_eq!(warnings(&loaded), Vec::<&str>::new());
    let embedded = loaded.notices.iter().find(|notice| notice.text.starts_with("Embedded: ")).unwrap();
    for key in ["DefaultConnection", "Redis", "AzureStorage", "KeyVault", "AppConfig", "Insights", "Seq"] {
        assert!(embedded.text.contains(key), "{key}: {}", embedded.text);
    }
}

/// Proves: B6.
#[test]
fn production_names_everything_that_is_missing() {
    for environment in ["Staging", "Production"] {
        let settings = [("Limits:BodyBytes", "big"), ("Bootstrap:Currency", "riyal")];
        let errors = load(&[], &[("ASPNETCORE_ENVIRONMENT", environment)], &settings).unwrap_err();
        let text = errors.to_string().replace(environment, "E");
        for part in [
            "8 errors",
            "ConnectionStrings:DefaultConnection: is required in E; write Provider=Sqlite;Data Source=<file>",
            "ConnectionStrings:Redis: is required in E; write memory://",
            "AzureStorage:ConnectionString: is required in E; write file://blobs",
            "KeyVault:Uri: is required in E; write file:///app/secrets",
            "ApplicationInsights:ConnectionString: is required in E; write off",
            "Auth:SigningKeys:0: is required in E",
            "Limits:BodyBytes = 'big' (from command line): expected a whole number of bytes from 1024 to 67108864",
            "Bootstrap:Currency = 'riyal'",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }
}

/// Proves: B6, C9.
#[test]
fn production_starts_embedded_when_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let vault = format!("file://{}", folder.path().display());
    let mut settings = EMBEDDED.to_vec();
    settings.push(("KeyVault:Uri", &vault));
    let loaded = load(&[], &[("SQLCONNSTR_X", "y")], &settings).unwrap();
    let settings = &loaded.settings;
    assert_eq!(settings.listen[0].to_string(), "[::]:8080");
    assert_eq!(settings.database.sqlite_file(), Some(Path::new("/srv/erp.db")));
    assert_eq!(settings.blobs, BlobChoice::Directory("data/files".into()));
    assert_eq!(settings.auth.signing_keys[0].expose(), EMBEDDED[4].1);
    assert_eq!(settings.remote.key_vault, Some(KeyVaultLocation::Directory(folder.path().into())));
    assert!(!format!("{loaded:?}").contains(EMBEDDED[4].1));
    let warnings = warnings(&loaded).join("\n");
    for part in [
        "ConnectionStrings:DefaultConnection chooses the embedded engine in Production.",
        "ConnectionStrings:Redis chooses the cache of this process in Production.",
        "AzureStorage:ConnectionString chooses a directory in Production.",
        "ApplicationInsights:ConnectionString chooses no telemetry in Production.",
        "KeyVault:Uri chooses a directory instead of a vault in Production.",
        "AppConfig:Endpoint is not set in Production",
    ] {
        assert!(warnings.contains(part), "{part}\n{warnings}");
    }
    let empty = settings.bootstrap.check_for_empty_database(Environment::Production).unwrap_err();
    assert_eq!(empty.0.len(), 2);
}

/// Proves: C9.
#[test]
fn ports_of_dotnet_are_addresses_unless_urls_say_where() {
    let listens = |variables: &[(&str, &str)]| {
        let variables = [&[("ASPNETCORE_ENVIRONMENT", "Development")], variables].concat();
        let listen = load(&[], &variables, &[]).unwrap().settings.listen;
        listen.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(listens(&[("ASPNETCORE_HTTP_PORTS", "8080;81")]), ["[::]:8080", "[::]:81"]);
    assert_eq!(listens(&[("ASPNETCORE_URLS", "http://127.0.0.1:5")]), ["127.0.0.1:5"]);
    assert_eq!(listens(&[("Urls", "http://127.0.0.1:6")]), ["127.0.0.1:6"]);
    let both = [("ASPNETCORE_HTTP_PORTS", "8080"), ("ASPNETCORE_URLS", "http://127.0.0.1:5")];
    assert_eq!(listens(&both), ["127.0.0.1:5"]);
    let wrong = [("ASPNETCORE_ENVIRONMENT", "Development"), ("ASPNETCORE_HTTP_PORTS", "http")];
    assert!(load(&[], &wrong, &[]).unwrap_err().to_string().contains("'http' is not a port"));
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

/// Proves: B1, X09.
#[test]
fn contradicting_environments_refuse() {
    let files = [("appsettings.Staging.json", r#"{"Environment":"Production"}"#)];
    let errors = load(&files, &[("ASPNETCORE_ENVIRONMENT", "Staging")], &[]).unwrap_err();
    assert!(errors.to_string().contains("contradicts 'Staging'"), "{errors}");
    let both = [("ASPNETCORE_ENVIRONMENT", "Staging"), ("DOTNET_ENVIRONMENT", "Production")];
    assert!(load(&[], &both, &[]).is_err());
}

/// Proves: B14, H1, K6, X01.
#[test]
fn old_names_work_and_draw_one_warning_each() {
    let file = (
        "appsettings.json",
        r#"{"Environment":"Development","Services":{"BlobStorage":"file://a","KeyVault":null,
            "AppInsights":"InstrumentationKey=k;IngestionEndpoint=https://h/"},"KeyVault":{"Name":"erp-kv"}}"#,
    );
    let loaded =
        load(&[file], &[("APPLICATIONINSIGHTS_CONNECTION_STRING", "InstrumentationKey=other")], &[]).unwrap();
    assert_eq!(
        warnings(&loaded),
        [
            "Services:BlobStorage (from appsettings.json) is an old name: set AzureStorage:ConnectionString instead.",
            "KeyVault:Name (from appsettings.json) is an old name: set KeyVault:Uri instead.",
            "Services:AppInsights (from appsettings.json) is an old name: set ApplicationInsights:ConnectionString instead.",
            "APPLICATIONINSIGHTS_CONNECTION_STRING from environment is not used: ApplicationInsights:ConnectionString has another value from appsettings.json.",
        ]
    );
    let uri = "https://erp-kv.vault.azure.net".to_owned();
    assert_eq!(loaded.settings.remote.key_vault, Some(KeyVaultLocation::Vault { uri, prefix: None }));
    assert_eq!(loaded.settings.blobs, BlobChoice::Directory("data/a".into()));
    let telemetry = loaded.settings.telemetry.application_insights.unwrap();
    assert_eq!(telemetry.ingestion_endpoint, "https://h");
}

/// Proves: B14, X01.
#[test]
fn the_canonical_name_wins_over_old_ones_wherever_it_is() {
    let files =
        [("appsettings.json", r#"{"KeyVault":{"Uri":"https://one"},"Services":{"KeyVault":"https://one"}}"#)];
    let variables = [("ASPNETCORE_ENVIRONMENT", "Development"), ("KeyVault__Name", "two")];
    let loaded = load(&files, &variables, &[]).unwrap();
    let uri = "https://one".to_owned();
    assert_eq!(loaded.settings.remote.key_vault, Some(KeyVaultLocation::Vault { uri, prefix: None }));
    let conflict =
        "KeyVault:Name from environment is not used: KeyVault:Uri has another value from appsettings.json.";
    assert!(warnings(&loaded).contains(&conflict), "{:?}", warnings(&loaded));
    assert_eq!(warnings(&loaded).len(), 3);
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

/// Proves: B11, X02.
#[tokio::test]
async fn a_source_that_fails_at_start_is_named_beside_what_it_should_have_given() {
    let vault = Fixed("Key Vault https://erp-kv.vault.azure.net", Err("the identity has no role"));
    let adapters =
        with_sources(RemoteSources { key_vault: Some(Arc::new(vault)), ..RemoteSources::default() });
    let variables = pairs(&[
        ("ASPNETCORE_ENVIRONMENT", "Development"),
        ("KeyVault__Uri", "https://erp-kv.vault.azure.net/"),
        ("ConnectionStrings__Redis", "[Retrieved from Key Vault]"),
    ]);
    let sources = Sources { directory: "/nowhere".into(), variables, ..Sources::default() };
    let errors = Configuration::load(&sources, &adapters).await.unwrap_err().to_string();
    assert_eq!(
        errors,
        "The configuration has 2 errors:\n  - Key Vault https://erp-kv.vault.azure.net: refuses access: the identity \
         has no role\n  - ConnectionStrings:Redis = '[…]' (from environment): is a placeholder that no source of \
         secrets replaced"
    );
}

/// Proves: B1.
#[tokio::test]
async fn a_remote_source_cannot_name_another_environment() {
    let layers = vec![remote_layer("App Configuration", &[("Environment", "Production")])];
    let source = Arc::new(Fixed("App Configuration", Ok(layers)));
    let adapters =
        with_sources(RemoteSources { app_configuration: Some(source), ..RemoteSources::default() });
    let variables = pairs(&[
        ("ASPNETCORE_ENVIRONMENT", "Development"),
        ("AppConfig__ConnectionString", "Endpoint=https://h;Id=i;Secret=s"),
    ]);
    let sources = Sources { directory: "/nowhere".into(), variables, ..Sources::default() };
    let errors = Configuration::load(&sources, &adapters).await.unwrap_err().to_string();
    assert!(errors.contains("'Production' (from Environment in App Configuration): contradicts"), "{errors}");
}

/// Proves: B2, GV10.
#[test]
fn where_sources_are_is_read_from_the_lower_ones() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("AppConfig__Endpoint"), "https://late").unwrap();
    let directory = folder.path().display().to_string();
    let settings = [
        ("Environment", "Development"),
        ("Secrets:Directory", directory.as_str()),
        ("AppConfig:Endpoint", "https://early/"),
    ];
    let loaded = load(&[], &[], &settings).unwrap();
    let early = AppConfigurationLocation::Endpoint("https://early".to_owned());
    assert_eq!(loaded.settings.remote.app_configuration, Some(early));
    let late = format!(
        "AppConfig:Endpoint from {directory} is not used: it is read from the sources up to the command line."
    );
    assert_eq!(warnings(&loaded), [late]);
    for (key, value) in [
        ("Secrets:Directory", "/no/such/folder"),
        ("KeyVault:Uri", "file:///no/such/folder"),
        ("KeyVault:Uri", "http://vault.example"),
        ("AppConfig:Endpoint", "https://u:hush@h"),
    ] {
        let errors = load(&[], &[], &[("Environment", "Development"), (key, value)]).unwrap_err().to_string();
        assert!(errors.contains(key) && !errors.contains("hush"), "{errors}");
    }
}

/// Proves: B16.
#[test]
fn the_sentinel_has_the_environments_label_unless_another_is_named() {
    let sentinel = |settings: &[(&str, &str)]| {
        let settings: Vec<_> = [("Environment", "Development")].iter().chain(settings).copied().collect();
        load(&[], &[], &settings).unwrap().settings.remote.sentinel
    };
    let key = ("AppConfig:Sentinel", " Settings:Version ");
    let expected = |label: Option<&str>| {
        Some(SentinelKey { key: "Settings:Version".to_owned(), label: label.map(str::to_owned) })
    };
    assert_eq!(sentinel(&[key]), expected(Some("Development")));
    assert_eq!(sentinel(&[key, ("AppConfig:SentinelLabel", "blue")]), expected(Some("blue")));
    assert_eq!(sentinel(&[key, ("AppConfig:SentinelLabel", "\\0")]), expected(None));
    assert_eq!(sentinel(&[("AppConfig:SentinelLabel", "blue")]), None);
}

/// Never answers, or only when it is asked again.
struct Slow(std::sync::atomic::AtomicU32, u32);

#[async_trait]
impl ConfigurationSource for Slow {
    fn name(&self) -> String {
        "Key Vault https://slow".to_owned()
    }
    async fn load(&self) -> Result<Option<Vec<SettingsLayer>>, ConfigurationSourceError> {
        match self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
            asked if asked < self.1 => Err(ConfigurationSourceError::Unavailable("status 503".to_owned())),
            asked if asked == self.1 => {
                Ok(Some(vec![remote_layer("Key Vault", &[("Bootstrap:Tenant", "late")])]))
            }
            _ => std::future::pending().await,
        }
    }
}

/// Proves: X02.
#[tokio::test(start_paused = true)]
async fn a_source_that_is_late_is_waited_for_but_not_for_ever() {
    let started = |asked: u32, answers: u32| async move {
        let source = Arc::new(Slow(asked.into(), answers));
        let adapters = with_sources(RemoteSources { key_vault: Some(source), ..RemoteSources::default() });
        let variables =
            pairs(&[("ASPNETCORE_ENVIRONMENT", "Development"), ("KeyVault__Uri", "https://slow")]);
        let sources = Sources { directory: "/nowhere".into(), variables, ..Sources::default() };
        let began = tokio::time::Instant::now();
        let loaded = Configuration::load(&sources, &adapters).await;
        (
            loaded.map(|loaded| loaded.settings.bootstrap.tenant).map_err(|e| e.to_string()),
            began.elapsed().as_secs(),
        )
    };
    assert_eq!(started(0, 2).await, (Ok("late".to_owned()), 3));
    let (refused, _) = started(0, 3).await;
    assert!(refused.unwrap_err().contains("Key Vault https://slow: cannot be reached: status 503"));
    let (hung, seconds) = started(1, 0).await;
    assert!(hung.unwrap_err().contains("cannot be reached: no answer within 50 s"));
    assert_eq!(seconds, 50);
}
