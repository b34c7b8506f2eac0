//! The embedded parts and the addresses of a server when nothing or little is set.

use super::*;

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
