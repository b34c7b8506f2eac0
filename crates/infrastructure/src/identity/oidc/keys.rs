//! The keys of an issuer, fetched where its metadata says, and again when a token names one that is not known.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use application::error::{AppError, AppResult, TEMPORARILY_UNAVAILABLE};
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, PublicKeyUse};
use serde::Deserialize;
use serde_json::Value;
use signals::event::Service;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tracing::{info, warn};

use super::{DIRECTORY, OidcIssuer, refused};
use crate::http_calls::HttpCall;

/// A token with an unknown key has the keys fetched again, but no more often than this: whoever makes up keys does not
/// make this server flood the issuer.
pub const REFETCH_MIN: Duration = Duration::from_secs(60);
/// Keys older than this are fetched again, so that one that was withdrawn does not count for ever.
pub const KEYS_LIFE: Duration = Duration::from_secs(3_600);
/// The pause after a fetch that failed while there are no keys at all.
const RETRY_PAUSE: Duration = Duration::from_secs(5);
/// Longest a fetch may take, in which callers wait.
const FETCH_MAX: Duration = Duration::from_secs(5);
/// Longest document that is read, in bytes.
const DOCUMENT_BYTES_MAX: usize = 512 * 1024;
/// Keys of one issuer.
const KEYS_MAX: usize = 64;
/// The directory whose metadata speaks for all where the issuer serves several.
const ANY_DIRECTORY: &str = "organizations";

type Keys = Arc<HashMap<String, DecodingKey>>;

#[derive(Default)]
struct Fetched {
    keys: Keys,
    at: Option<Instant>,
}

pub struct IssuerKeys {
    issuer: String,
    metadata: String,
    http: reqwest::Client,
    known: RwLock<Fetched>,
    /// The time at which the last fetch began; the lock is held by whoever fetches.
    fetching: Mutex<Option<Instant>>,
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

impl IssuerKeys {
    pub fn new(issuer: &OidcIssuer, http: reqwest::Client) -> Self {
        let discovered = || {
            let base = issuer.issuer.replace(DIRECTORY, ANY_DIRECTORY);
            format!("{}/.well-known/openid-configuration", base.trim_end_matches('/'))
        };
        let metadata = issuer.metadata.clone().unwrap_or_else(discovered);
        let (known, fetching) = (RwLock::default(), Mutex::default());
        Self { issuer: issuer.issuer.clone(), metadata, http, known, fetching }
    }

    /// The key of this name. While the issuer is away, the keys it gave last count.
    pub async fn key(&self, kid: &str) -> AppResult<DecodingKey> {
        let (known, fresh) = self.known(kid);
        if let Some(key) = known.clone().filter(|_| fresh) {
            return Ok(key);
        }
        // A caller with a key that was good an hour ago does not wait for another caller's request.
        let turn = match known {
            Some(_) => self.fetching.try_lock().ok(),
            None => Some(self.fetching.lock().await),
        };
        if let Some(mut last) = turn {
            // The first of the waiting callers has fetched for all of them.
            let (again, fresh) = self.known(kid);
            let pause = if self.is_empty() { RETRY_PAUSE } else { REFETCH_MIN };
            let may = last.is_none_or(|last| last.elapsed() >= pause);
            if may && (again.is_none() || !fresh) {
                *last = Some(Instant::now());
                self.fetch().await;
            }
        }
        match self.known(kid).0 {
            Some(key) => Ok(key),
            None if self.is_empty() => Err(AppError {
                internal: Some(format!("the keys of {} are not known", self.issuer)),
                retry_after: Some(RETRY_PAUSE),
                ..AppError::of(&TEMPORARILY_UNAVAILABLE)
            }),
            None => Err(refused("token of an unknown key of its issuer")),
        }
    }

    fn known(&self, kid: &str) -> (Option<DecodingKey>, bool) {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let fresh = known.at.is_some_and(|at| at.elapsed() < KEYS_LIFE);
        (known.keys.get(kid).cloned(), fresh)
    }

    fn is_empty(&self) -> bool {
        self.known.read().unwrap_or_else(PoisonError::into_inner).keys.is_empty()
    }

    /// A failure leaves what was known.
    async fn fetch(&self) {
        let late = |_| Err(format!("no answer within {} s", FETCH_MAX.as_secs()));
        match tokio::time::timeout(FETCH_MAX, self.fetched()).await.unwrap_or_else(late) {
            Ok(keys) => {
                let count = keys.len();
                let fetched = Fetched { keys: Arc::new(keys), at: Some(Instant::now()) };
                *self.known.write().unwrap_or_else(PoisonError::into_inner) = fetched;
                info!(target: "erp::identity", issuer = self.issuer, count, "The issuer {{issuer}} has {{count}} keys");
            }
            Err(error) => {
                warn!(target: "erp::identity", issuer = self.issuer, error, "The keys of {{issuer}} cannot be fetched: {{error}}");
            }
        }
    }

    async fn fetched(&self) -> Result<HashMap<String, DecodingKey>, String> {
        let metadata: Metadata = self.document(&self.metadata).await?;
        if metadata.issuer != self.issuer {
            return Err(format!("the metadata is of another issuer, {}", metadata.issuer));
        }
        let found: Value = self.document(&metadata.jwks_uri).await?;
        let listed = found.get("keys").and_then(Value::as_array).ok_or("there is no list of keys")?;
        // A key of a kind that is not known is none, and the others count.
        let keys = listed.iter().take(KEYS_MAX).filter_map(signing_key).collect::<HashMap<_, _>>();
        if keys.is_empty() { Err("none of the keys can be used".to_owned()) } else { Ok(keys) }
    }

    async fn document<T: for<'d> Deserialize<'d>>(&self, url: &str) -> Result<T, String> {
        if !is_safe(url) {
            return Err(format!("{url} is not reached by https"));
        }
        let failed = |error: reqwest::Error| crate::secrets::problem::chain(&error);
        let call = HttpCall::begin(Service::Http, "GET", url);
        let headers = call.trace_header().into_iter().collect();
        let answered = self.http.get(url).headers(headers).send().await;
        match &answered {
            Ok(response) => call.answered(response.status().as_u16()),
            Err(error) => call.failed(error),
        }
        let mut answer = answered.and_then(reqwest::Response::error_for_status).map_err(failed)?;
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            if bytes.len() + chunk.len() > DOCUMENT_BYTES_MAX {
                return Err(format!("{url} is longer than {DOCUMENT_BYTES_MAX} bytes"));
            }
            bytes.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&bytes).map_err(|error| format!("{url}: {error}"))
    }
}

/// A public key for signatures, with its name. A key that is a shared secret has no place in a public list.
fn signing_key(listed: &Value) -> Option<(String, DecodingKey)> {
    let jwk: Jwk = serde_json::from_value(listed.clone()).ok()?;
    let for_signatures =
        jwk.common.public_key_use.as_ref().is_none_or(|purpose| *purpose == PublicKeyUse::Signature);
    let public = matches!(jwk.algorithm, AlgorithmParameters::RSA(_) | AlgorithmParameters::EllipticCurve(_));
    let name = jwk.common.key_id.clone().filter(|_| for_signatures && public)?;
    Some((name, DecodingKey::from_jwk(&jwk).ok()?))
}

/// By TLS, or on this machine.
fn is_safe(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    url.scheme() == "https" || (url.scheme() == "http" && here)
}
