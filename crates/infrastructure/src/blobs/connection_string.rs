//! Azure storage connection strings as .NET writes them.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The account of every Azure emulator; its name and key are public.
pub const EMULATOR_ACCOUNT: &str = "devstoreaccount1";
const EMULATOR_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const EMULATOR_BLOB_PORT: u16 = 10_000;
/// Longest name of an account outside Azure.
const ACCOUNT_LENGTH_MAX: usize = 63;
const DEFAULT_SUFFIX: &str = "core.windows.net";

/// Keys of other services: known, and of no use here.
const IGNORED: &[&str] = &[
    "accountkeyname",
    "blobsecondaryendpoint",
    "fileendpoint",
    "filesecondaryendpoint",
    "queueendpoint",
    "queuesecondaryendpoint",
    "tableendpoint",
    "tablesecondaryendpoint",
];
const KNOWN: &str = "UseDevelopmentStorage, DevelopmentStorageProxyUri, DefaultEndpointsProtocol, AccountName, \
    AccountKey, SharedAccessSignature, BlobEndpoint, EndpointSuffix";

/// How requests are authorised. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// Base64, as the portal gives it.
    AccountKey(String),
    /// A query string without its `?`.
    SharedAccessSignature(String),
    /// The process's own identity in Entra ID.
    Identity,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccountKey(_) => "AccountKey(***)",
            Self::SharedAccessSignature(_) => "SharedAccessSignature(***)",
            Self::Identity => "Identity",
        })
    }
}

/// A parsed connection string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AzureConnection {
    pub account: String,
    /// The blob service without a slash at the end: `https://acme.blob.core.windows.net`.
    pub endpoint: String,
    pub credential: Credential,
}

/// Why a connection string is not one. No text repeats a value that could be secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectionStringError {
    #[error("a part has no '=': settings have the form name=value, separated by ';'")]
    NotASetting,
    #[error("{0} is given twice")]
    Duplicate(String),
    #[error("has the unknown setting '{0}' (known: {KNOWN})")]
    Unknown(String),
    #[error("{0} is empty")]
    Empty(&'static str),
    #[error("UseDevelopmentStorage can only be true")]
    NotTrue,
    #[error("{0} goes with UseDevelopmentStorage=true only")]
    OnlyForDevelopment(&'static str),
    #[error("UseDevelopmentStorage=true stands for a whole account; {0} does not go with it")]
    NotForDevelopment(&'static str),
    #[error("DefaultEndpointsProtocol is http or https")]
    Protocol,
    #[error("{0} is not an http or https address")]
    Address(&'static str),
    #[error("AccountName has 3 to 24 lower-case letters and digits")]
    AccountName,
    #[error("is in quotation marks, which are part of the value here; leave them out")]
    Quoted,
    #[error("has a BlobEndpoint that does not name its account; add AccountName=…")]
    NoAccountForEndpoint,
    #[error("AccountKey is not base64")]
    AccountKey,
    #[error("SharedAccessSignature has no signature (sig=…)")]
    Signature,
    #[error("AccountKey and SharedAccessSignature exclude one another")]
    TwoCredentials,
    #[error("names neither an AccountName nor a BlobEndpoint")]
    NoAccount,
    #[error("has no AccountKey and no SharedAccessSignature, and the identity of the process needs https")]
    IdentityOverHttp,
}

/// The settings of a string by their lower-case names.
struct Parts<'a>(BTreeMap<String, &'a str>);

impl<'a> Parts<'a> {
    fn read(text: &'a str) -> Result<Self, ConnectionStringError> {
        let mut parts = BTreeMap::new();
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            // Keys and signatures have '=' of their own: only the first one separates.
            let (name, value) = part.split_once('=').ok_or(ConnectionStringError::NotASetting)?;
            let shown = crate::shown_keyword(name.trim());
            if parts.insert(name.trim().to_ascii_lowercase(), value.trim()).is_some() {
                return Err(ConnectionStringError::Duplicate(shown));
            }
        }
        Ok(Self(parts))
    }

    /// Takes a setting that, if it is there, is not empty.
    fn take(&mut self, name: &'static str) -> Result<Option<&'a str>, ConnectionStringError> {
        match self.0.remove(&name.to_ascii_lowercase()) {
            Some("") => Err(ConnectionStringError::Empty(name)),
            value => Ok(value),
        }
    }

    /// Refuses keywords that were not used.
    fn finish(self) -> Result<(), ConnectionStringError> {
        match self.0.into_keys().find(|name| !IGNORED.contains(&name.as_str())) {
            Some(name) => Err(ConnectionStringError::Unknown(crate::shown_keyword(&name))),
            None => Ok(()),
        }
    }
}

impl AzureConnection {
    pub fn parse(text: &str) -> Result<Self, ConnectionStringError> {
        let trimmed = text.trim();
        if trimmed.len() > 1 && ['"', '\''].iter().any(|q| trimmed.starts_with(*q) && trimmed.ends_with(*q)) {
            return Err(ConnectionStringError::Quoted);
        }
        let mut parts = Parts::read(text)?;
        let development = parts.take("UseDevelopmentStorage")?;
        let proxy = parts.take("DevelopmentStorageProxyUri")?;
        let protocol = parts.take("DefaultEndpointsProtocol")?;
        let name = parts.take("AccountName")?;
        let key = parts.take("AccountKey")?;
        let signature = parts.take("SharedAccessSignature")?;
        let endpoint = parts.take("BlobEndpoint")?;
        let suffix = parts.take("EndpointSuffix")?;
        parts.finish()?;
        if let Some(value) = development {
            let others = [
                ("DefaultEndpointsProtocol", protocol),
                ("AccountName", name),
                ("AccountKey", key),
                ("SharedAccessSignature", signature),
                ("BlobEndpoint", endpoint),
                ("EndpointSuffix", suffix),
            ];
            return match others.into_iter().find(|(_, value)| value.is_some()) {
                _ if !value.eq_ignore_ascii_case("true") => Err(ConnectionStringError::NotTrue),
                Some((other, _)) => Err(ConnectionStringError::NotForDevelopment(other)),
                None => Self::emulator(proxy),
            };
        }
        if proxy.is_some() {
            return Err(ConnectionStringError::OnlyForDevelopment("DevelopmentStorageProxyUri"));
        }
        // A URL copied from the portal carries its signature.
        let (endpoint, signature) = match endpoint.and_then(|endpoint| endpoint.split_once('?')) {
            Some((_, _)) if signature.is_some() => return Err(ConnectionStringError::TwoCredentials),
            Some((address, query)) => (Some(address), Some(query)),
            None => (endpoint, signature),
        };
        let signed = signature.is_some();
        let (account, endpoint) = place(name, endpoint, protocol, suffix, signed)?;
        let credential = credential(key, signature, &endpoint)?;
        Ok(Self { account, endpoint, credential })
    }

    /// The emulator on this machine or, like in .NET, at the host of the proxy.
    fn emulator(proxy: Option<&str>) -> Result<Self, ConnectionStringError> {
        let base = match proxy {
            None => "http://127.0.0.1".to_owned(),
            Some(uri) => {
                let (scheme, host, _) =
                    split_url(uri).ok_or(ConnectionStringError::Address("DevelopmentStorageProxyUri"))?;
                format!("{scheme}://{}", without_port(host))
            }
        };
        Ok(Self {
            account: EMULATOR_ACCOUNT.to_owned(),
            endpoint: format!("{base}:{EMULATOR_BLOB_PORT}/{EMULATOR_ACCOUNT}"),
            credential: Credential::AccountKey(EMULATOR_KEY.to_owned()),
        })
    }
}

/// Account and blob endpoint, each of which may follow from the other. A signature needs no account's name.
fn place(
    name: Option<&str>,
    endpoint: Option<&str>,
    protocol: Option<&str>,
    suffix: Option<&str>,
    signed: bool,
) -> Result<(String, String), ConnectionStringError> {
    let protocol = match protocol.map(str::to_ascii_lowercase).as_deref() {
        None | Some("https") => "https",
        Some("http") => "http",
        Some(_) => return Err(ConnectionStringError::Protocol),
    };
    if let Some(name) = name {
        let of_azure = (3..=24).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        // Emulators and proxies, which have an address of their own, take other names, too.
        let of_others = endpoint.is_some()
            && name.len() <= ACCOUNT_LENGTH_MAX
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !of_azure && !of_others {
            return Err(ConnectionStringError::AccountName);
        }
    }
    let Some(endpoint) = endpoint else {
        let name = name.ok_or(ConnectionStringError::NoAccount)?;
        let suffix = suffix.unwrap_or(DEFAULT_SUFFIX);
        let good = suffix.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'));
        if !good {
            return Err(ConnectionStringError::Address("EndpointSuffix"));
        }
        return Ok((name.to_owned(), format!("{protocol}://{name}.blob.{suffix}")));
    };
    let bad = ConnectionStringError::Address("BlobEndpoint");
    let (scheme, host, path) = split_url(endpoint).ok_or_else(|| bad.clone())?;
    let first_label = host.split(['.', ':']).next().unwrap_or_default();
    let account = match name {
        Some(name) => name,
        // Emulators and proxies have the account in the path, the service has it in the host.
        None if !path.is_empty() => path.split('/').next().unwrap_or_default(),
        None => match without_port(host).split_once(".blob.") {
            Some((account, _)) => account,
            None if signed => first_label,
            None => return Err(ConnectionStringError::NoAccountForEndpoint),
        },
    };
    let path = if path.is_empty() { String::new() } else { format!("/{path}") };
    Ok((account.to_owned(), format!("{scheme}://{host}{path}")))
}

fn credential(
    key: Option<&str>,
    signature: Option<&str>,
    endpoint: &str,
) -> Result<Credential, ConnectionStringError> {
    match (key, signature) {
        (Some(_), Some(_)) => Err(ConnectionStringError::TwoCredentials),
        (Some(key), None) => match STANDARD.decode(key) {
            Ok(_) => Ok(Credential::AccountKey(key.to_owned())),
            Err(_) => Err(ConnectionStringError::AccountKey),
        },
        (None, Some(text)) => {
            let query = text.trim_start_matches('?');
            let signed =
                query.split('&').any(|pair| pair.strip_prefix("sig=").is_some_and(|sig| !sig.is_empty()));
            if !signed {
                return Err(ConnectionStringError::Signature);
            }
            Ok(Credential::SharedAccessSignature(query.to_owned()))
        }
        (None, None) if endpoint.starts_with("https://") => Ok(Credential::Identity),
        (None, None) => Err(ConnectionStringError::IdentityOverHttp),
    }
}

/// Scheme, host with port, and path without slashes around it; `None` for anything with more or less.
fn split_url(text: &str) -> Option<(&'static str, &str, &str)> {
    let (scheme, rest) = match text.split_once("://")? {
        (scheme, rest) if scheme.eq_ignore_ascii_case("http") => ("http", rest),
        (scheme, rest) if scheme.eq_ignore_ascii_case("https") => ("https", rest),
        _ => return None,
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let plain = |text: &str, more: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
    let good = !host.is_empty() && plain(host, ".-_:[]") && plain(path, ".-_/");
    good.then_some((scheme, host, path.trim_matches('/')))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use ConnectionStringError as E;

    use super::*;

    const KEY: &str = "aHVzaC1odXNoLWh1c2g9PQ==";

    /// Proves: B5, B9, GV14, X06.
    #[test]
    fn the_strings_of_the_specification_and_of_the_portal_are_understood() {
        for (text, account, endpoint, credential) in [
            (
                "UseDevelopmentStorage=true",
                EMULATOR_ACCOUNT,
                "http://127.0.0.1:10000/devstoreaccount1",
                "AccountKey(***)",
            ),
            (
                " usedevelopmentstorage = True ;",
                EMULATOR_ACCOUNT,
                "http://127.0.0.1:10000/devstoreaccount1",
                "AccountKey(***)",
            ),
            (
                "UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://azurite:9999",
                EMULATOR_ACCOUNT,
                "http://azurite:10000/devstoreaccount1",
                "AccountKey(***)",
            ),
            (
                "DefaultEndpointsProtocol=https;AccountName=erpstaging;",
                "erpstaging",
                "https://erpstaging.blob.core.windows.net",
                "Identity",
            ),
            (
                &format!(
                    "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={KEY};EndpointSuffix=core.chinacloudapi.cn"
                ),
                "acme",
                "https://acme.blob.core.chinacloudapi.cn",
                "AccountKey(***)",
            ),
            (
                &format!(
                    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={KEY};\
                     BlobEndpoint=http://azurite:10000/devstoreaccount1;QueueEndpoint=http://azurite:10001/devstoreaccount1;"
                ),
                EMULATOR_ACCOUNT,
                "http://azurite:10000/devstoreaccount1",
                "AccountKey(***)",
            ),
            (
                "BlobEndpoint=https://acme.blob.core.windows.net/;SharedAccessSignature=?sv=2024-05-04&ss=b&sig=a%2Bb%3D",
                "acme",
                "https://acme.blob.core.windows.net",
                "SharedAccessSignature(***)",
            ),
            (
                "BlobEndpoint=https://files.acme.example;AccountName=acme",
                "acme",
                "https://files.acme.example",
                "Identity",
            ),
            (
                "BlobEndpoint=http://[::1]:10000/devstoreaccount1;SharedAccessSignature=sig=x",
                EMULATOR_ACCOUNT,
                "http://[::1]:10000/devstoreaccount1",
                "SharedAccessSignature(***)",
            ),
        ] {
            understood(text, account, endpoint, credential);
        }
    }

    fn understood(text: &str, account: &str, endpoint: &str, credential: &str) {
        let parsed = AzureConnection::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!((parsed.account.as_str(), parsed.endpoint.as_str()), (account, endpoint), "{text}");
        assert_eq!(format!("{:?}", parsed.credential), credential, "{text}");
        assert!(!format!("{parsed:?}").contains("hush") && !format!("{parsed:?}").contains(KEY));
    }

    #[test]
    fn endpoints_of_others_and_signed_urls_are_understood() {
        for (text, account, endpoint, credential) in [
            (
                "BlobEndpoint=https://files.erp.example/;SharedAccessSignature=sv=1&sig=hush",
                "files",
                "https://files.erp.example",
                "SharedAccessSignature(***)",
            ),
            (
                "BlobEndpoint=HTTPS://acme.blob.core.windows.net/?sv=1&sig=hush",
                "acme",
                "https://acme.blob.core.windows.net",
                "SharedAccessSignature(***)",
            ),
            (
                &format!(
                    "AccountName=erp-local;AccountKey={KEY};BlobEndpoint=http://azurite:10000/erp-local"
                ),
                "erp-local",
                "http://azurite:10000/erp-local",
                "AccountKey(***)",
            ),
            (
                &format!(
                    "AccountName=devStoreAccount1;AccountKey={KEY};BlobEndpoint=http://127.0.0.1:10000/devStoreAccount1"
                ),
                "devStoreAccount1",
                "http://127.0.0.1:10000/devStoreAccount1",
                "AccountKey(***)",
            ),
        ] {
            understood(text, account, endpoint, credential);
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_repeating_a_secret() {
        for (text, error) in [
            ("", E::NoAccount),
            ("nonsense", E::NotASetting),
            ("AccountName=acme;hush", E::NotASetting),
            ("AccountName=acme;accountname=other", E::Duplicate("accountname".into())),
            ("AccountName=acme;Frobnicate=hush", E::Unknown("frobnicate".into())),
            ("AccountName=;AccountKey=hush", E::Empty("AccountName")),
            ("UseDevelopmentStorage=false", E::NotTrue),
            ("UseDevelopmentStorage=true;AccountKey=hush", E::NotForDevelopment("AccountKey")),
            (
                "UseDevelopmentStorage=true;DevelopmentStorageProxyUri=azurite",
                E::Address("DevelopmentStorageProxyUri"),
            ),
            (
                "AccountName=acme;DevelopmentStorageProxyUri=http://a",
                E::OnlyForDevelopment("DevelopmentStorageProxyUri"),
            ),
            ("DefaultEndpointsProtocol=ftp;AccountName=acme", E::Protocol),
            ("AccountName=Acme_1", E::AccountName),
            ("AccountName=acme;EndpointSuffix=core/../x", E::Address("EndpointSuffix")),
            ("AccountName=acme;AccountKey=not*base64*hush", E::AccountKey),
            ("AccountName=acme;SharedAccessSignature=sv=2024&se=hush", E::Signature),
            ("AccountName=acme;AccountKey=aHVzaA==;SharedAccessSignature=sig=hush", E::TwoCredentials),
            ("AccountKey=aHVzaA==", E::NoAccount),
            ("BlobEndpoint=ftp://acme/", E::Address("BlobEndpoint")),
            ("BlobEndpoint=https://user:hush@acme/", E::Address("BlobEndpoint")),
            ("BlobEndpoint=https://acme.blob.core.windows.net/?se=hush", E::Signature),
            (
                "BlobEndpoint=https://acme.blob.core.windows.net/?sig=hush;SharedAccessSignature=sig=hush",
                E::TwoCredentials,
            ),
            ("BlobEndpoint=https://files.acme.example", E::NoAccountForEndpoint),
            ("\"AccountName=acme;AccountKey=aHVzaA==\"", E::Quoted),
            ("DefaultEndpointsProtocol=http;AccountName=acme", E::IdentityOverHttp),
        ] {
            let found = AzureConnection::parse(text).unwrap_err();
            assert_eq!(found, error, "{text}");
            assert!(!found.to_string().contains("hush"), "{found}");
        }
    }
}
