//! Causes that end a start before any login is answered (rows B7, X10).

use std::process::Command;

use erp_stubs::Stubs;
use testkit::server::refused;

use super::Door;

/// The exit code and what was said.
fn ended(mut command: Command) -> (Option<i32>, String) {
    let output = refused(&mut command);
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code(), said)
}

/// Proves: B7.
#[tokio::test(flavor = "multi_thread")]
async fn without_credentials_and_identity_nothing_starts() {
    let door = Door::new().await;
    let place = door.sql.place();
    let half = |name: &str| {
        let mut command = door.identified("Production", &place);
        command.env_remove(name);
        command
    };
    let mut migrating = half("AZURE_TENANT_ID");
    migrating.arg("migrate");
    let cases = [
        ("nobody", door.command("Production", &place), "no identity can log in"),
        ("no tenant", half("AZURE_TENANT_ID"), "AZURE_TENANT_ID is missing"),
        ("no client", half("AZURE_CLIENT_ID"), "AZURE_CLIENT_ID is missing"),
        ("no tenant, migrating", migrating, "AZURE_TENANT_ID is missing"),
    ];
    for (case, command, told) in cases {
        let (code, said) = ended(command);
        assert_eq!(code, Some(78), "{case}: {said}");
        assert!(
            said.contains("ConnectionStrings:DefaultConnection") && said.contains(told),
            "{case}: {said}"
        );
    }
    door.stubs.entra().accept(&[]);
    let (code, said) = ended(door.identified("Production", &place));
    assert!(code == Some(78) && said.contains("AADSTS700024"), "{code:?} {said}");
    assert_eq!(door.sql.dials(), 0, "nobody was dialled");
}

/// The service that gives the tokens may be back in a moment.
#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_cannot_be_had_yet_are_waited_for() {
    let door = Door::new().await;
    door.stubs.stop().await;
    let mut command = door.identified("Production", &door.sql.place());
    command.env("Startup__TimeoutSeconds", "1");
    let (code, said) = ended(command);
    assert_eq!(code, Some(69), "{said}");
    assert!(said.contains("away for 1 s (Startup:TimeoutSeconds)"), "{said}");
    assert_eq!(door.sql.dials(), 0);
}

/// Proves: B3, X10.
#[tokio::test(flavor = "multi_thread")]
async fn outside_development_no_certificate_is_trusted_unseen() {
    let door = Door::new().await;
    let database = door.sql.connection_string("TrustServerCertificate=true");
    for environment in ["Production", "Staging"] {
        for arguments in [&["serve"][..], &["migrate"], &["config", "check"]] {
            let mut command = door.command(environment, &database);
            command.args(arguments);
            let (code, said) = ended(command);
            assert_eq!(code, Some(78), "{environment} {arguments:?}: {said}");
            assert!(said.contains("TrustServerCertificate=True"), "{said}");
        }
    }
    assert_eq!(door.sql.dials(), 0, "nobody was dialled");
    let _server = door.started(door.command("Development", &database)).await;
    assert!(!door.sql.logins().is_empty());
}

/// Proves: B3, X10.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_an_unknown_certificate_hears_no_password() {
    let door = Door::new().await;
    let unknown = Stubs::start().await.unwrap();
    std::fs::write(door.folder().join("other.pem"), unknown.ca_pem()).unwrap();
    let authority = format!("ServerCertificate={}", door.sql.authority().display());
    let other = format!("ServerCertificate={}", door.folder().join("other.pem").display());
    let trusted = door.sql.connection_string("");
    assert!(trusted.contains(&authority));
    for database in [trusted.replace(&authority, &other), trusted.replace(&authority, "Encrypt=False")] {
        let mut command = door.command("Production", &database);
        command.env("Startup__TimeoutSeconds", "1");
        let (code, said) = ended(command);
        assert_eq!(code, Some(69), "{said}");
        assert!(said.contains("certificate"), "{said}");
    }
    assert!(door.sql.dials() > 0 && door.sql.logins().is_empty());
}
