//! An issuer of OpenID Connect in the form of Entra ID: metadata, a list of keys, and tokens for whoever a test says.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use axum::Json;
use axum::extract::{Path, State};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::Inner;
use super::entra::TENANT;
use crate::clock::unix_seconds;

/// `aud` of the tokens, unless a test says otherwise.
pub const AUDIENCE: &str = "api://erp";
/// Life of a token, unless a test says otherwise.
const LIFE_SECONDS: i64 = 3_600;

/// The keys of the issuer; the last one signs.
#[derive(Default)]
pub struct Issuer {
    keys: Mutex<Vec<Key>>,
}

struct Key {
    id: String,
    pair: KeyPair,
}

impl Key {
    fn new(number: usize) -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap_or_else(|_| std::process::abort());
        Self { id: format!("key-{number}"), pair }
    }

    fn listed(&self) -> Value {
        let public = self.pair.public_key();
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({
            "kty": "RSA", "use": "sig", "kid": self.id, "x5t": self.id,
            "n": number(public.modulus().big_endian_without_leading_zero()),
            "e": number(public.exponent().big_endian_without_leading_zero()),
        })
    }

    fn signed(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(header), part(claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let signed = self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature);
        if signed.is_err() {
            signature.clear();
        }
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

impl Issuer {
    fn keys(&self) -> MutexGuard<'_, Vec<Key>> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.is_empty() {
            keys.push(Key::new(1));
        }
        keys
    }

    /// Signs with a new key from now on; the old ones stay in the list.
    pub fn rotate(&self) {
        let mut keys = self.keys();
        let number = keys.len() + 1;
        keys.push(Key::new(number));
    }

    /// A token with these claims beside the usual ones; `null` leaves one out.
    pub(crate) fn token(&self, issuer: &str, claims: &Value) -> String {
        let keys = self.keys();
        let now = unix_seconds();
        let mut all = json!({
            "iss": issuer, "aud": AUDIENCE, "tid": TENANT, "sub": "stub-subject", "ver": "2.0",
            "iat": now, "nbf": now, "exp": now + LIFE_SECONDS,
        });
        for (name, value) in claims.as_object().into_iter().flatten() {
            match value {
                Value::Null => drop(all.as_object_mut().and_then(|all| all.remove(name))),
                value => all[name] = value.clone(),
            }
        }
        let signing = keys.last();
        signing.map_or_else(String::new, |key| {
            key.signed(&json!({ "typ": "JWT", "alg": "RS256", "kid": key.id }), &all)
        })
    }
}

/// `http://127.0.0.1:port/oidc/{tenant}/v2.0`, the issuer of a directory.
pub(crate) fn address(origin: &str, tenant: &str) -> String {
    format!("{origin}/oidc/{tenant}/v2.0")
}

/// `GET /oidc/{tenant}/v2.0/.well-known/openid-configuration`; of `organizations` it speaks for every directory.
pub(crate) async fn metadata(State(inner): State<Arc<Inner>>, Path(tenant): Path<String>) -> Json<Value> {
    let origin = inner.plain_origin();
    let tenant = if tenant == "organizations" { "{tenantid}" } else { &tenant };
    Json(json!({
        "issuer": address(&origin, tenant),
        "jwks_uri": format!("{origin}/oidc/discovery/v2.0/keys"),
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
}

/// `GET /oidc/discovery/v2.0/keys`, with one of a kind that nobody knows.
pub(crate) async fn list(State(inner): State<Arc<Inner>>) -> Json<Value> {
    let mut keys: Vec<_> = inner.issuer.keys().iter().map(Key::listed).collect();
    keys.push(json!({ "kty": "from-the-future", "kid": "odd" }));
    Json(json!({ "keys": keys }))
}
