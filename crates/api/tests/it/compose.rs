//! The product understands everything that docker compose gives it.

use std::process::Command;

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
const COMPOSE: &str = include_str!("../../../../docker-compose.yml");
/// Stands for every variable of `.env`; nobody could guess it.
const VALUE: &str = "q8Rr2vX0mYw1ZpLk7NfTb5Hc9JdSg3Ae";

/// The variables below `x-settings`, which every service that runs the product has.
fn settings() -> Vec<(String, String)> {
    let block = COMPOSE.split("x-settings: &settings\n").nth(1).unwrap();
    let lines = block.lines().take_while(|line| line.starts_with("  "));
    lines
        .filter(|line| !line.trim_start().starts_with('#'))
        .map(|line| {
            let (name, value) = line.trim().split_once(": ").unwrap();
            (name.to_owned(), filled(value.trim_matches('"')))
        })
        .collect()
}

/// The text with `VALUE` for `${NAME:?reason}` and nothing for `${NAME:-}`.
fn filled(text: &str) -> String {
    let mut parts = text.split("${");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (variable, rest) = part.split_once('}').unwrap();
        if variable.contains(":?") {
            filled.push_str(VALUE);
        }
        filled.push_str(rest);
    }
    filled
}

/// Proves: D3, D10, X19, X20.
#[test]
fn compose_gives_settings_that_the_product_takes() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str], more: &[(&str, &str)]| {
        let output = Command::new(BINARY)
            .current_dir(folder.path())
            .env_clear()
            .env("HOME", folder.path())
            // The variable that the image itself sets.
            .env("ASPNETCORE_URLS", "http://*:8080")
            .envs(settings())
            .envs(more.iter().copied())
            .args(arguments)
            .output()
            .unwrap();
        let said =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code(), said)
    };

    let (code, said) = run(&["config", "check"], &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("warning:"), "{said}");

    let (code, said) = run(&["config", "show", "--redact"], &[]);
    assert_eq!(code, Some(0), "{said}");
    for line in [
        "Environment=Development (environment)",
        "Urls=http://*:8080 (environment)",
        "Admin:Urls=http://*:9090 (environment)",
        "ConnectionStrings:DefaultConnection=*** (environment)",
        "ConnectionStrings:Redis=*** (environment)",
        "AzureStorage:ConnectionString=*** (environment)",
        "Auth:SigningKeys:0=*** (environment)",
        "Seq:ServerUrl=http://seq:5341 (environment)",
        "Logging:File:Enabled=false (environment)",
    ] {
        assert!(said.lines().any(|shown| shown == line), "{line}\n{said}");
    }
    assert!(!said.contains(VALUE) && !said.contains(", unknown)"), "{said}");

    std::fs::create_dir(folder.path().join("secrets")).unwrap();
    // A database whose certificate is not looked at is for Development alone.
    let more = [
        ("ASPNETCORE_ENVIRONMENT", "Production"),
        ("ApplicationInsights__ConnectionString", "off"),
        ("Secrets__Directory", "secrets"),
        ("KeyVault__Uri", "file://."),
    ];
    let (code, said) = run(&["config", "check"], &more);
    assert_eq!(code, Some(78), "{said}");
    assert!(said.contains("TrustServerCertificate"), "{said}");
}
