//! GV10: which layer wins.

use proptest::prelude::*;

use super::*;

/// All layers, lowest first, as `config show` names them (files by their folder).
const LAYERS: [&str; 10] = [
    "appsettings.json",
    "appsettings.Development.json",
    "user-secrets",
    "environment",
    "command line",
    "App Configuration (no label)",
    "App Configuration (label Development)",
    "/secrets",
    "Key Vault",
    "--break-glass",
];
const KEY: &str = "Bootstrap:Tenant";

/// Loads with the key set in the layers that `has`, to the number of the layer.
fn winner(has: [bool; 10]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let value = |index: usize| format!("layer-{index}");
    let pair = |index: usize| if has[index] { pairs(&[(KEY, &value(index))]) } else { Vec::new() };
    let json = |index: usize, file: std::path::PathBuf| {
        let text = if has[index] {
            format!(r#"{{ "bootstrap": {{ "tenant": "{}" }} }}"#, value(index))
        } else {
            "{}".into()
        };
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    json(0, path(LAYERS[0]));
    json(1, path(LAYERS[1]));
    json(2, path(".microsoft/usersecrets/erp-api/secrets.json"));
    let mut variables = pairs(&[
        ("ASPNETCORE_ENVIRONMENT", "Development"),
        ("HOME", folder.path().to_str().unwrap()),
        ("KeyVault__Uri", "https://vault"),
        ("AppConfig__Endpoint", "https://config"),
    ]);
    variables.extend(pair(3).into_iter().map(|(key, value)| (key.replace(':', "__").to_uppercase(), value)));
    let mut settings = pair(4);
    settings.extend(pairs(&[("Secrets:Directory", path("secrets").to_str().unwrap())]));
    std::fs::create_dir(path("secrets")).unwrap();
    if has[7] {
        std::fs::write(path("secrets").join("Bootstrap--Tenant"), value(7)).unwrap();
    }
    let remote = |index: usize| SettingsLayer {
        name: LAYERS[index].to_owned(),
        values: pair(index).into_iter().map(|(key, value)| (key, SecretText::new(value))).collect(),
    };
    let adapters = with_sources(RemoteSources {
        app_configuration: Some(Arc::new(Fixed("App Configuration", Ok(vec![remote(5), remote(6)])))),
        key_vault: Some(Arc::new(Fixed("Key Vault", Ok(vec![remote(8)])))),
    });
    let directory = folder.path().to_owned();
    let sources = Sources { directory, variables, settings, break_glass: pair(9), problems: Vec::new() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (gathered, _) = runtime.block_on(Gathered::read(&sources, &adapters)).unwrap();
    let found = gathered.layers.get(KEY)?;
    let shown = gathered.show();
    let line = format!("{KEY}={} ({})", found.value, found.layer);
    assert!(shown.lines().any(|shown| shown == line), "{line}\n{shown}");
    let layer = found.layer.strip_prefix(folder.path().to_str().unwrap()).unwrap_or(found.layer);
    assert_eq!(found.value, value(LAYERS.iter().position(|name| *name == layer).unwrap()));
    Some(layer.to_owned())
}

/// Proves: B2, GV10.
#[test]
fn each_layer_wins_when_those_above_it_are_gone() {
    let mut has = [true; 10];
    for index in (0..10).rev() {
        assert_eq!(winner(has).as_deref(), Some(LAYERS[index]));
        has[index] = false;
    }
    assert_eq!(winner(has), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Proves: B2, GV10.
    #[test]
    fn the_highest_layer_that_has_the_key_wins(has in any::<[bool; 10]>()) {
        let expected = has.iter().rposition(|has| *has).map(|index| LAYERS[index]);
        let winner = winner(has);
        prop_assert_eq!(winner.as_deref(), expected);
    }
}

/// Proves: B2, GV10.
#[test]
fn user_secrets_are_for_development_only() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = folder.path().join(".microsoft/usersecrets/erp-api");
    std::fs::create_dir_all(&secrets).unwrap();
    std::fs::write(secrets.join("secrets.json"), r#"{ "Bootstrap:Tenant": "mine" }"#).unwrap();
    for (environment, tenant) in [("Development", Some("mine")), ("Staging", None)] {
        let variables =
            pairs(&[("ASPNETCORE_ENVIRONMENT", environment), ("HOME", folder.path().to_str().unwrap())]);
        let sources = Sources { directory: "/nowhere".into(), variables, ..Sources::default() };
        let gathered = Gathered::local(&sources).unwrap();
        assert_eq!(gathered.layers.get(KEY).map(|found| found.value), tenant, "{environment}");
    }
}

/// Proves: B2, GV10.
#[test]
fn arrays_merge_by_index() {
    let base = ("appsettings.json", r#"{"Cors":{"AllowedOrigins":["https://a","https://b","https://c"]}}"#);
    let variables = [("ASPNETCORE_ENVIRONMENT", "Development"), ("Cors__AllowedOrigins__0", "https://x")];
    let loaded = load(&[base], &variables, &[]).unwrap();
    assert_eq!(loaded.settings.cors_origins, ["https://x", "https://b", "https://c"]);
}
