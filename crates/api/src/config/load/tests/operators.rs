//! Configuration as operators have written it elsewhere, with what it means to them.

use super::*;
use crate::telemetry::Level;

const DEVELOPMENT: (&str, &str) = ("ASPNETCORE_ENVIRONMENT", "Development");

fn level(loaded: &Configuration, source: &str) -> Level {
    loaded.settings.logging.levels.level(source)
}

fn flag(files: &[(&str, &str)], variables: &[(&str, &str)], id: &str) -> bool {
    let loaded = load(files, &[&[DEVELOPMENT], variables].concat(), &[]).unwrap();
    let pairs = |map: &BTreeMap<String, String>| map.clone();
    let (sections, schema) =
        (pairs(&loaded.settings.features.sections), pairs(&loaded.settings.features.schema));
    let of = |map: &'_ BTreeMap<String, String>| {
        map.iter().map(|(k, v)| (k.clone(), v.clone())).collect::<Vec<_>>()
    };
    let (sections, schema) = (of(&sections), of(&schema));
    let (set, _) = FlagSet::read(
        sections.iter().map(|(k, v)| (k.as_str(), v.as_str())),
        schema.iter().map(|(k, v)| (k.as_str(), v.as_str())),
    );
    set.find(id).is_some_and(|flag| flag.enabled && flag.filters.is_empty())
}

/// Proves: B14.
#[test]
fn keys_nobody_here_uses_never_end_a_start() {
    let file = (
        "appsettings.json",
        r#"{"AllowedHosts":"[::1]","Other":{"AllowedRegions":"[\"eu\",\"us\"]","Pattern":"[a-zA-Z0-9]"},
            "AzureAd":{"TenantId":"[Enter the tenant id]"},
            "Serilog":{"WriteTo":[{"Args":{"outputTemplate":"[{Timestamp:HH:mm:ss} {Level:u3}] [{Message}]"}}]}}"#,
    );
    let loaded = load(&[file], &[DEVELOPMENT], &[("ConnectionStrings:Redis", "[::1]")]).unwrap();
    assert_eq!(loaded.settings.cache.choice, CacheChoice::Redis(SecretText::new("[::1]")));
    assert!(warnings(&loaded).iter().any(|text| text.contains("AllowedHosts")), "{:?}", warnings(&loaded));
    let listed =
        load(&[], &[DEVELOPMENT, ("Cors__AllowedOrigins", r#"["https://a.example"]"#)], &[]).unwrap();
    let text = warnings(&listed).join("\n");
    assert!(text.contains("Cors:AllowedOrigins (a list: write Cors:AllowedOrigins:0"), "{text}");
}

/// Proves: B11, X02.
#[test]
fn a_secret_that_nothing_replaced_ends_the_start_wherever_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let vault = format!("file://{}", folder.path().display());
    for marker in [
        "@Microsoft.KeyVault(SecretUri=https://erp-kv.vault.azure.net/secrets/jwt-key/)",
        "#{Auth.SigningKey.Production.Value}#",
        "${AUTH_SIGNING_KEY:?set it}-0123456789abcdef",
        "<put a random key of 32 bytes here>",
        "__AUTH_SIGNING_KEY_OF_PRODUCTION__",
    ] {
        for key in [
            "Auth:SigningKeys:0",
            "Bootstrap:AdminPassword",
            "db-password",
            "redis-password",
            "ConnectionStrings:Redis",
            "ConnectionStrings:DefaultConnection",
            "AzureStorage:ConnectionString",
        ] {
            let kept = EMBEDDED.iter().copied().filter(|(name, _)| *name != key);
            let settings: Vec<_> = kept.chain([("KeyVault:Uri", vault.as_str()), (key, marker)]).collect();
            let errors = load(&[], &[("ASPNETCORE_ENVIRONMENT", "Production")], &settings).unwrap_err();
            let text = errors.to_string();
            assert!(
                text.contains(&format!("{key} = '[…]'")) && text.contains("is a placeholder"),
                "{key} {text}"
            );
            assert!(!text.contains(marker), "{text}");
        }
    }
    for guessable in [
        "a".repeat(32),
        "changeme-changeme-changeme-changeme".to_owned(),
        "YOUR_SECRET_KEY_AT_LEAST_32_CHARACTERS".to_owned(),
    ] {
        let settings: Vec<_> = EMBEDDED[..4]
            .iter()
            .copied()
            .chain([("KeyVault:Uri", vault.as_str()), ("jwt-key", &guessable)])
            .collect();
        let text = load(&[], &[("ASPNETCORE_ENVIRONMENT", "Production")], &settings).unwrap_err().to_string();
        assert!(text.contains("jwt-key = '***'") && text.contains("others can guess it"), "{text}");
    }
}

#[test]
fn a_flag_may_be_forced_over_its_filters() {
    let filtered = |flag: &str| {
        let text = format!(r#"{{"FeatureManagement":{{"Filt":{flag}}}}}"#);
        text
    };
    let with_filters = filtered(r#"{"EnabledFor":[{"Name":"Percentage","Parameters":{"Value":50}}]}"#);
    let file = ("appsettings.json", with_filters.as_str());
    assert!(!flag(&[file], &[], "Filt"), "the filters count");
    assert!(flag(&[file], &[("FeatureManagement__Filt", "true")], "Filt"));
    assert!(!flag(&[file], &[("FeatureManagement__Filt", "false")], "Filt"));
    let on = filtered(r#"{"EnabledFor":true}"#);
    assert!(flag(&[("appsettings.json", &on)], &[], "Filt"));
    let off_below = filtered("false");
    let files = [("appsettings.json", off_below.as_str()), ("appsettings.Development.json", on.as_str())];
    assert!(flag(&files, &[], "Filt"), "what the higher file describes");
}

/// Proves: J1.
#[test]
fn serilogs_short_form_and_switches_are_understood() {
    let shipped = ("appsettings.json", r#"{"Serilog":{"MinimumLevel":{"Default":"Information"}}}"#);
    let loaded = load(&[shipped], &[DEVELOPMENT, ("Serilog__MinimumLevel", "Debug")], &[]).unwrap();
    assert_eq!(level(&loaded, "anything"), Level::Debug);
    let specific = ("appsettings.Development.json", r#"{"Serilog":{"MinimumLevel":"Error"}}"#);
    let loaded = load(&[shipped, specific], &[DEVELOPMENT], &[]).unwrap();
    assert_eq!(level(&loaded, "anything"), Level::Error);
    let switches = (
        "appsettings.json",
        r#"{"Serilog":{"LevelSwitches":{"$s":"Debug","other":"Error"},
            "MinimumLevel":{"ControlledBy":"$s","Override":{"Microsoft":"$other"}}}}"#,
    );
    let loaded = load(&[switches], &[DEVELOPMENT], &[]).unwrap();
    assert_eq!((level(&loaded, "anything"), level(&loaded, "Microsoft.X")), (Level::Debug, Level::Error));
    let missing = [("Serilog__MinimumLevel__ControlledBy", "$gone"), DEVELOPMENT];
    assert!(load(&[], &missing, &[]).unwrap_err().to_string().contains("names no switch"));
}

#[test]
fn files_are_read_as_editors_write_them() {
    let text = r#"{"Bootstrap":{"Tenant":"caf\u00e9"},"db-password":12345678901234567890123}"#;
    let directory = tempfile::tempdir().unwrap();
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    std::fs::write(directory.path().join("appsettings.json"), utf16).unwrap();
    std::fs::write(
        directory.path().join("appsettings.production.json"),
        b"{ // caf\xE9\r \"Auth\": {\"Issuer\": \"i\"} }",
    )
    .unwrap();
    let sources = Sources {
        directory: directory.path().to_owned(),
        variables: pairs(&[("ASPNETCORE_ENVIRONMENT", "production")]),
        ..Sources::default()
    };
    let gathered = Gathered::local(&sources).unwrap();
    let value = |key: &str| gathered.layers.get(key).map(|found| found.value.to_owned());
    assert_eq!(value("db-password").as_deref(), Some("12345678901234567890123"));
    assert_eq!(value("Auth:Issuer").as_deref(), Some("i"), "the file in another case counts");
    std::fs::write(directory.path().join("appsettings.json"), b"{\"Auth\": {\"Issuer\": \"caf\xE9\"}}")
        .unwrap();
    assert!(Gathered::local(&sources).unwrap_err().to_string().contains("is not UTF-8"));
}

#[test]
fn variables_of_the_host_are_the_lowest_source() {
    let variables = [DEVELOPMENT, ("ASPNETCORE_ConnectionStrings__DefaultConnection", "Server=h;Database=d")];
    let loaded = load(&[], &variables, &[]).unwrap();
    assert!(matches!(loaded.settings.database.choice, DatabaseChoice::SqlServer(_)));
    let file = ("appsettings.json", r#"{"Limits":{"BodyBytes":2001}}"#);
    let variables = [DEVELOPMENT, ("DOTNET_Limits__BodyBytes", "3001"), ("ASPNETCORE_HTTPS_PORTS", "443")];
    let loaded = load(&[file], &variables, &[]).unwrap();
    assert_eq!(loaded.settings.limits.body_bytes, 2001);
    let text = warnings(&loaded).join("\n");
    assert!(text.contains("ASPNETCORE_HTTPS_PORTS (TLS is ended by the proxy in front)"), "{text}");
}

#[test]
fn an_empty_variable_leaves_the_file_in_force() {
    let file = ("appsettings.json", r#"{"Region":{"ReadOnly":true},"Limits":{"BodyBytes":2001}}"#);
    let variables = [DEVELOPMENT, ("Region__ReadOnly", ""), ("Limits__BodyBytes", " ")];
    let loaded = load(&[file], &variables, &[]).unwrap();
    assert!(loaded.settings.region.read_only);
    assert_eq!(loaded.settings.limits.body_bytes, 2001);
    let null = ("appsettings.Development.json", r#"{"Region":{"ReadOnly":null}}"#);
    let loaded = load(&[file, null], &[DEVELOPMENT], &[]).unwrap();
    assert!(!loaded.settings.region.read_only, "a null takes the lower value away");
}

#[test]
fn whoever_only_wants_to_try_it_is_told_how() {
    let hint = "ASPNETCORE_ENVIRONMENT=Development erp-api";
    assert!(load(&[], &[], &[]).unwrap_err().to_string().contains(hint));
    assert!(
        !load(&[], &[("ASPNETCORE_ENVIRONMENT", "Production")], &[]).unwrap_err().to_string().contains(hint)
    );
}

#[test]
fn origins_match_what_browsers_send() {
    let settings = [
        ("Cors:AllowedOrigins:0", "HTTPS://App.Example.com:443"),
        ("Cors:AllowedOrigins:1", "https://münchen.example"),
    ];
    let loaded = load(&[], &[DEVELOPMENT], &settings).unwrap();
    assert_eq!(loaded.settings.cors_origins, ["https://app.example.com", "https://xn--mnchen-3ya.example"]);
}
