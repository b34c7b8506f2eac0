//! Names of the environment and of keys: contradictions, old ones, the one that wins.

use super::*;

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
