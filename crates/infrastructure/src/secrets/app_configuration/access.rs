//! The address of a store and the right to read it: an access key, or the product's identity.

use std::net::IpAddr;
use std::sync::Arc;

use application::ports::configuration::SecretText;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::time::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Url;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::secrets::identity::{IdentityError, TokenSource};

/// The scope of tokens for the public cloud's stores.
const PUBLIC_SCOPE: &str = "https://azconfig.io/.default";
/// The scopes of tokens for other domains, by the ending of a store's name.
const OTHER_SCOPES: [(&str, &str); 5] = [
    (".azconfig.azure.us", "https://azconfig.azure.us/.default"),
    (".azconfig.azure.cn", "https://azconfig.azure.cn/.default"),
    (".appconfig.azure.com", "https://appconfig.azure.com/.default"),
    (".appconfig.azure.us", "https://appconfig.azure.us/.default"),
    (".appconfig.azure.cn", "https://appconfig.azure.cn/.default"),
];

#[derive(Debug, Error, PartialEq, Eq)]
pub enum AccessError {
    #[error("the connection string has no {0}")]
    Missing(&'static str),
    #[error("the connection string has {0} twice")]
    Repeated(&'static str),
    #[error("the connection string's part {0} is not one of Endpoint, Id and Secret")]
    Unknown(usize),
    #[error("the Secret is not Base64")]
    SecretNotBase64,
    #[error("'{0}' is not the address of a store: write it as https://name.azconfig.io")]
    NotAnEndpoint(String),
}

/// `https://name.azconfig.io`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

impl Endpoint {
    pub fn parse(text: &str) -> Result<Self, AccessError> {
        let bad = || AccessError::NotAnEndpoint(text.to_owned());
        let url: Url = text.trim().parse().map_err(|_| bad())?;
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        // Microsoft's emulator speaks plain HTTP; a key only goes that way to this machine.
        let host = url.host_str().ok_or_else(bad)?;
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        let here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
        if !(url.scheme() == "https" || (url.scheme() == "http" && here)) || !bare {
            return Err(bad());
        }
        Ok(Self(url))
    }

    /// The address of a path of this store, or of a link it gave.
    pub(super) fn join(&self, target: &str) -> Option<Url> {
        let url = self.0.join(target).ok()?;
        (url.origin() == self.0.origin()).then_some(url)
    }

    fn scope(&self) -> &'static str {
        let host = self.0.host_str().unwrap_or_default();
        let other = OTHER_SCOPES.iter().find(|(ending, _)| host.ends_with(ending));
        other.map_or(PUBLIC_SCOPE, |(_, scope)| scope)
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// How the store is reached.
#[derive(Clone)]
pub struct StoreAccess {
    endpoint: Endpoint,
    right: Right,
}

#[derive(Clone)]
enum Right {
    Key { id: String, secret: Arc<[u8]> },
    Identity(Arc<dyn TokenSource>),
}

impl StoreAccess {
    /// `Endpoint=https://…;Id=…;Secret=…`
    pub fn connection_string(text: &str) -> Result<Self, AccessError> {
        let [mut endpoint, mut id, mut secret] = [None, None, None];
        let parts = text.split(';').map(str::trim).enumerate().filter(|(_, part)| !part.is_empty());
        for (index, part) in parts {
            let (name, value) = part.split_once('=').ok_or(AccessError::Unknown(index + 1))?;
            let (slot, name) = match name.trim().to_ascii_lowercase().as_str() {
                "endpoint" => (&mut endpoint, "Endpoint"),
                "id" => (&mut id, "Id"),
                "secret" => (&mut secret, "Secret"),
                _ => return Err(AccessError::Unknown(index + 1)),
            };
            if slot.replace(value.trim()).is_some() {
                return Err(AccessError::Repeated(name));
            }
        }
        let given = |value: Option<&str>, name| match value {
            Some(value) if !value.is_empty() => Ok(value.to_owned()),
            _ => Err(AccessError::Missing(name)),
        };
        let endpoint = Endpoint::parse(&given(endpoint, "Endpoint")?)?;
        let id = given(id, "Id")?;
        let secret = STANDARD.decode(given(secret, "Secret")?).map_err(|_| AccessError::SecretNotBase64)?;
        Ok(Self { endpoint, right: Right::Key { id, secret: secret.into() } })
    }

    /// The product's own identity.
    pub fn identity(endpoint: Endpoint, tokens: Arc<dyn TokenSource>) -> Self {
        Self { endpoint, right: Right::Identity(tokens) }
    }

    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Headers that admit a GET of this address.
    pub(super) async fn headers(
        &self,
        url: &Url,
        now: Timestamp,
    ) -> Result<Vec<(&'static str, SecretText)>, IdentityError> {
        match &self.right {
            Right::Identity(tokens) => {
                let token = tokens.token(self.endpoint.scope()).await?;
                Ok(vec![("authorization", SecretText::new(format!("Bearer {}", token.expose())))])
            }
            Right::Key { id, secret } => Ok(signed(url, now, id, secret)),
        }
    }
}

/// The signature covers exactly the path and query that go on the wire.
fn signed(url: &Url, now: Timestamp, id: &str, secret: &[u8]) -> Vec<(&'static str, SecretText)> {
    let date = now.to_datetime().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let content = STANDARD.encode(Sha256::digest(b""));
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let text = format!("GET\n{target}\n{date};{};{content}", url.authority());
    // An HMAC takes keys of every length.
    let signature = Hmac::<Sha256>::new_from_slice(secret).map(|mut mac| {
        mac.update(text.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    });
    let authorization = format!(
        "HMAC-SHA256 Credential={id}&SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={}",
        signature.unwrap_or_default()
    );
    vec![
        ("x-ms-date", SecretText::new(date)),
        ("x-ms-content-sha256", SecretText::new(content)),
        ("authorization", SecretText::new(authorization)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> AccessError {
        StoreAccess::connection_string(text).err().unwrap()
    }

    #[test]
    fn connection_strings() {
        let good = "Endpoint=https://erp.azconfig.io;Id=a=b:c;Secret=c2VjcmV0PQ==;";
        let access = StoreAccess::connection_string(good).unwrap();
        assert_eq!(access.endpoint().to_string(), "https://erp.azconfig.io");
        let Right::Key { id, secret } = &access.right else { panic!("no key") };
        assert_eq!((id.as_str(), &secret[..]), ("a=b:c", &b"secret="[..]));
        assert!(StoreAccess::connection_string("secret=YQ==; ID=x ;endpoint=https://e.azconfig.io/").is_ok());

        assert_eq!(error(""), AccessError::Missing("Endpoint"));
        assert_eq!(error("Endpoint=https://e;Secret=YQ=="), AccessError::Missing("Id"));
        assert_eq!(error("Endpoint=https://e;Id=x;Secret="), AccessError::Missing("Secret"));
        assert_eq!(error("Endpoint=https://e;Id=x;Id=y;Secret=YQ=="), AccessError::Repeated("Id"));
        assert_eq!(error("Endpoint=https://e;Id=x;Secret=?"), AccessError::SecretNotBase64);
        assert_eq!(error("Endpoint=https://e;Key=x;Secret=YQ=="), AccessError::Unknown(2));
        assert_eq!(error("c2VjcmV0"), AccessError::Unknown(1));
        for emulator in ["http://localhost:8483", "http://127.0.0.1:8483", "http://[::1]:8483/"] {
            assert!(Endpoint::parse(emulator).is_ok(), "{emulator}");
        }
        for bad in
            ["http://e.azconfig.io", "http://10.0.0.1", "e.azconfig.io", "https://e/kv", "https://u:p@e"]
        {
            let text = format!("Endpoint={bad};Id=x;Secret=YQ==");
            assert_eq!(error(&text), AccessError::NotAnEndpoint(bad.to_owned()));
        }
        assert!(!error("Endpoint=https://e;Id=x;sentinel").to_string().contains("sentinel"));
    }

    /// Checked with openssl: printf 'GET\n…' | openssl dgst -sha256 -mac HMAC -macopt key:secret
    /// Proves: B16.
    #[test]
    fn requests_are_signed() {
        let url = Url::parse("https://erp.azconfig.io/kv?key=%2A&label=%00&api-version=1.0").unwrap();
        let now = Timestamp::parse("2026-03-01T09:05:07Z").unwrap();
        let headers = signed(&url, now, "id", b"secret");
        let value =
            |name: &str| headers.iter().find(|(known, _)| *known == name).unwrap().1.expose().to_owned();
        assert_eq!(value("x-ms-date"), "Sun, 01 Mar 2026 09:05:07 GMT");
        assert_eq!(value("x-ms-content-sha256"), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        let signature = "QRukEB/mGF6QS8xVynDEF7Tur6lgC2N4ubq5bV1Vz28=";
        let expected = format!(
            "HMAC-SHA256 Credential=id&SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
        );
        assert_eq!(value("authorization"), expected);
    }

    #[test]
    fn links_stay_in_the_store_and_clouds_have_their_scopes() {
        let endpoint = Endpoint::parse("https://erp.azconfig.io").unwrap();
        assert!(endpoint.join("/kv?after=x").is_some());
        assert!(endpoint.join("https://other.azconfig.io/kv").is_none());
        assert_eq!(endpoint.scope(), "https://azconfig.io/.default");
        let government = Endpoint::parse("https://erp.azconfig.azure.us").unwrap();
        assert_eq!(government.scope(), "https://azconfig.azure.us/.default");
    }
}
