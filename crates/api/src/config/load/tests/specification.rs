//! The specification's own files, unchanged, and those that are shipped.

use super::*;

const DEVELOPMENT: &str = include_str!("../../fixtures/appsettings.Development.json");
const STAGING: &str = include_str!("../../fixtures/appsettings.Staging.json");
const PRODUCTION: &str = include_str!("../../fixtures/appsettings.Production.json");

/// Loads one file in its environment; the vault has these secrets.
fn load_in(
    environment: Environment,
    text: &str,
    secrets: &[(&str, &str)],
) -> Result<Configuration, ConfigErrors> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(format!("appsettings.{environment}.json")), text).unwrap();
    let vault = Fixed("Key Vault", Ok(vec![remote_layer("Key Vault", secrets)]));
    let adapters =
        with_sources(RemoteSources { key_vault: Some(Arc::new(vault)), ..RemoteSources::default() });
    let variables = pairs(&[("ASPNETCORE_ENVIRONMENT", environment.name())]);
    let sources = Sources { directory: folder.path().to_owned(), variables, ..Sources::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(Configuration::load(&sources, &adapters))
}

const KEY: (&str, &str) = ("jwt-key", "q8Rr2vX0mYw1ZpLk7NfTb5Hc9JdSg3Ae");

/// Proves: B2, B6.
#[test]
fn the_development_file_starts_as_it_is() {
    let loaded = load_in(Environment::Development, DEVELOPMENT, &[]).unwrap();
    let settings = &loaded.settings;
    let sql = "Server=localhost;Database=ErpDev;User Id=sa;Password=YourStrong@Password;TrustServerCertificate=true;";
    assert_eq!(settings.database.choice, DatabaseChoice::SqlServer(SecretText::new(sql)));
    assert_eq!(settings.cache.choice, CacheChoice::Redis(SecretText::new("localhost:6379")));
    assert_eq!(settings.blobs, BlobChoice::Azure(SecretText::new("UseDevelopmentStorage=true")));
    assert_eq!((settings.remote.key_vault.as_ref(), &settings.telemetry.application_insights), (None, &None));
    // B6: the nulls are one line of information.
    let embedded = loaded.notices.iter().find(|notice| notice.text.starts_with("Embedded: ")).unwrap();
    assert_eq!(embedded.severity, Severity::Information);
    for key in ["KeyVault:Uri", "ApplicationInsights:ConnectionString", "AppConfig:Endpoint", "Seq:ServerUrl"]
    {
        assert_eq!(embedded.text.matches(key).count(), 1, "{}", embedded.text);
    }
    assert_eq!(
        warnings(&loaded),
        [
            "Services:BlobStorage (from appsettings.Development.json) is an old name: set AzureStorage:ConnectionString instead."
        ]
    );
}

/// Proves: B2, B10, X07.
#[test]
fn the_staging_file_starts_with_a_signing_key_from_the_vault() {
    let loaded = load_in(Environment::Staging, STAGING, &[KEY]).unwrap();
    let settings = &loaded.settings;
    let sql = "Server=erp-staging.database.windows.net;Database=ErpStaging;";
    assert_eq!(settings.database.choice, DatabaseChoice::SqlServer(SecretText::new(sql)));
    let redis = "erp-staging.redis.cache.windows.net:6380,ssl=true,password=...";
    assert_eq!(settings.cache.choice, CacheChoice::Redis(SecretText::new(redis)));
    let uri = "https://erp-staging-kv.vault.azure.net".to_owned();
    assert_eq!(settings.remote.key_vault, Some(KeyVaultLocation::Vault { uri, prefix: None }));
    let telemetry = settings.telemetry.application_insights.as_ref().unwrap();
    assert_eq!(telemetry.ingestion_endpoint, "https://dc.services.visualstudio.com");
    let texts = warnings(&loaded).join("\n");
    for part in [
        "Services:KeyVault (from",
        "Services:AppInsights (from",
        "has only an InstrumentationKey",
        "AppConfig:Endpoint is not set in Staging",
    ] {
        assert_eq!(texts.matches(part).count(), 1, "{part}\n{texts}");
    }
}

/// The secrets that stand for real hosts; `Services--…` and canonical names both replace a placeholder.
const SECRETS: [(&str, &str); 5] = [
    (
        "ConnectionStrings:DefaultConnection",
        "Server=erp.database.windows.net;Database=ErpProd;User Id=erpuser;Password=p",
    ),
    ("ConnectionStrings:Redis", "erp.redis.cache.windows.net:6380,ssl=true,password=p"),
    ("AzureStorage:ConnectionString", "DefaultEndpointsProtocol=https;AccountName=erp;AccountKey=a2V5"),
    ("Services:AppInsights", "InstrumentationKey=k;IngestionEndpoint=https://in.example/"),
    KEY,
];

/// Proves: B2, B11, X02.
#[test]
fn the_production_file_starts_with_its_vault_and_lists_what_the_vault_lacks() {
    let loaded = load_in(Environment::Production, PRODUCTION, &SECRETS).unwrap();
    assert_eq!(loaded.settings.blobs, BlobChoice::Azure(SecretText::new(SECRETS[2].1)));
    let telemetry = loaded.settings.telemetry.application_insights.unwrap();
    assert_eq!(telemetry.ingestion_endpoint, "https://in.example");
    assert!(loaded.notices.iter().all(|notice| !notice.text.contains("is not used")), "{:?}", loaded.notices);

    let errors = load_in(Environment::Production, PRODUCTION, &[KEY]).unwrap_err();
    let listed: Vec<_> =
        errors.0.iter().map(|problem| (problem.key.as_str(), problem.reason.as_str())).collect();
    let reason = "is a placeholder that no source of secrets replaced";
    let keys = [
        "ConnectionStrings:DefaultConnection",
        "ConnectionStrings:Redis",
        "AzureStorage:ConnectionString",
        "ApplicationInsights:ConnectionString",
    ];
    assert_eq!(listed, keys.map(|key| (key, reason)));
}

/// B6: the same file with its services set to null names each of them.
/// Proves: B6.
#[test]
fn a_nulled_production_file_names_what_is_missing() {
    let nulled = PRODUCTION
        .replace("\"[Retrieved from Key Vault]\"", "null")
        .replace("\"https://erp-prod-kv.vault.azure.net/\"", "null");
    let errors = load_in(Environment::Production, &nulled, &[]).unwrap_err();
    let listed: Vec<_> = errors.0.iter().map(|problem| problem.key.as_str()).collect();
    let keys = [
        "ConnectionStrings:DefaultConnection",
        "ConnectionStrings:Redis",
        "AzureStorage:ConnectionString",
        "KeyVault:Uri",
        "ApplicationInsights:ConnectionString",
        "Auth:SigningKeys:0",
    ];
    assert_eq!(listed, keys);
}

/// Proves: B2, X01.
#[test]
fn the_shipped_files_use_canonical_keys_only() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/config");
    let mut flat = String::new();
    for environment in Environment::ALL {
        let text = std::fs::read_to_string(shipped.join(format!("appsettings.{environment}.json"))).unwrap();
        let layer = crate::config::json::layer("file", &text).unwrap();
        for key in layer.keys() {
            flat.push_str(&format!("{environment} {key}={}\n", layer.get(key).unwrap_or("null")));
        }
        let loaded = load_in(environment, &text, &SECRETS).unwrap();
        assert!(
            loaded
                .notices
                .iter()
                .all(|notice| !notice.text.contains("old name")
                    || notice.text.contains("Services:AppInsights")),
            "{:?}",
            loaded.notices
        );
        assert!(loaded.notices.iter().all(|notice| !notice.text.contains("Unknown")), "{:?}", loaded.notices);
    }
    insta::assert_snapshot!("shipped_settings", flat);
}
