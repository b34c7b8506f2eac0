//! Sources that are somewhere else: where they are, what they may say, and when they are late or refuse.

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

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
struct Slow(AtomicU32, u32);

#[async_trait]
impl ConfigurationSource for Slow {
    fn name(&self) -> String {
        "Key Vault https://slow".to_owned()
    }
    async fn load(&self) -> Result<Option<Vec<SettingsLayer>>, ConfigurationSourceError> {
        match self.0.fetch_add(1, Ordering::Relaxed) {
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
