//! TLS where no proxy ends it, and a certificate that changes while the server runs.

use std::path::Path;
use std::time::Duration;

use rcgen::{CertificateParams, KeyPair};
use testkit::server::{command, free_port, refused};
use testkit::{Server, until};

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");

/// A certificate for this machine that vouches for itself; answers its PEM.
fn certificate(folder: &Path) -> String {
    let key = KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let pem = CertificateParams::new(names).unwrap().self_signed(&key).unwrap().pem();
    std::fs::write(folder.join("tls.key"), key.serialize_pem()).unwrap();
    std::fs::write(folder.join("tls.crt"), &pem).unwrap();
    pem
}

/// The status of health as a client sees it that trusts this certificate alone.
async fn status(url: &str, pem: &str) -> Result<u16, reqwest::Error> {
    let trusted = reqwest::Certificate::from_pem(pem.as_bytes()).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([trusted]).build().unwrap();
    Ok(client.get(format!("{url}/health/ready")).send().await?.status().as_u16())
}

#[tokio::test]
async fn a_changed_certificate_is_shown_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = certificate(folder.path());
    let url = format!("https://127.0.0.1:{}", free_port());
    let settings = [
        ("ASPNETCORE_URLS", url.as_str()),
        ("Bootstrap:Template", "empty"),
        ("Tls:Certificate", "tls.crt"),
        ("Tls:Key", "tls.key"),
    ];
    let mut server = Server::spawn(Path::new(BINARY), folder.path(), &settings);
    until("ready", async || status(&url, &first).await.ok() == Some(200)).await;
    assert!(server.log().contains(&format!("Now listening on: {url}")), "{}", server.log());
    // Nothing is said in plain text.
    let plain = reqwest::get(url.replace("https", "http")).await;
    assert!(plain.is_err(), "{plain:?}");
    assert!(
        command(Path::new(BINARY), folder.path())
            .env("Admin__Urls", server.admin_url())
            .envs(settings.map(|(key, value)| (key.replace(':', "__"), value)))
            .arg("healthcheck")
            .status()
            .unwrap()
            .success()
    );

    // Half of a change is refused, and what was there stays.
    std::fs::write(folder.path().join("tls.key"), KeyPair::generate().unwrap().serialize_pem()).unwrap();
    until("the refusal", async || server.log().contains("The certificate stays as it was")).await;
    assert_eq!(status(&url, &first).await.unwrap(), 200);
    let second = certificate(folder.path());
    until("the change", async || status(&url, &second).await.ok() == Some(200)).await;
    assert!(status(&url, &first).await.is_err());
    server.terminate();
    assert_eq!(server.ended(Duration::from_secs(30)).await, 0, "{}", server.log());
}

#[test]
fn a_certificate_that_cannot_be_used_ends_the_start() {
    let folder = tempfile::tempdir().unwrap();
    certificate(folder.path());
    let start = |settings: &[(&str, &str)]| {
        let mut command = command(Path::new(BINARY), folder.path());
        command.envs(settings.iter().map(|(key, value)| (key.replace(':', "__"), *value)));
        let output = refused(&mut command);
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        (output.status.code(), said)
    };
    let https = ("ASPNETCORE_URLS", "https://127.0.0.1:0");
    let (certificate, key) = (("Tls:Certificate", "tls.crt"), ("Tls:Key", "tls.key"));
    for (settings, named) in [
        (&[https][..], "TLS"),
        (&[https, certificate], "Tls:Key"),
        (&[("ASPNETCORE_URLS", "http://127.0.0.1:0"), certificate, key], "https://"),
        (&[https, certificate, ("Tls:Key", "tls.crt")], "no private key"),
        (&[https, ("Tls:Certificate", "none.crt"), key], "none.crt cannot be read"),
    ] {
        let (code, said) = start(settings);
        assert!(code == Some(78) && said.contains(named), "{named}: {code:?} {said}");
    }
}
