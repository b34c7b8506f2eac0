//! The HMAC of a request, computed from what came in and compared with what it says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use sha2::{Digest, Sha256};

use crate::clock::unix_seconds;

/// How far the date of a request may be from now, in seconds.
const SKEW_SECONDS_MAX: i64 = 15 * 60;

/// Why a request is not admitted, in the service's words.
pub fn check(
    method: &str,
    target: &str,
    headers: &HeaderMap,
    credential: &str,
    secret: &str,
) -> Result<(), &'static str> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let header = text("authorization").ok_or("The Authorization header is missing")?;
    let parts = header.strip_prefix("HMAC-SHA256 ").ok_or("The Authorization scheme is not HMAC-SHA256")?;
    let part = |name: &str| parts.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
    let signed = part("SignedHeaders").ok_or("SignedHeaders is missing")?;
    let signature = part("Signature").ok_or("Signature is missing")?;
    if part("Credential") != Some(credential) {
        return Err("Invalid Credential");
    }
    for required in ["x-ms-date", "host", "x-ms-content-sha256"] {
        if !signed.split(';').any(|name| name.eq_ignore_ascii_case(required)) {
            return Err("A required header is not signed");
        }
    }
    let date = text("x-ms-date").and_then(|date| DateTime::parse_from_rfc2822(date).ok());
    let date = date.ok_or("The date is missing or is not of RFC 1123")?;
    if (unix_seconds() - date.timestamp()).abs() > SKEW_SECONDS_MAX {
        return Err("The access token has expired");
    }
    if text("x-ms-content-sha256") != Some(STANDARD.encode(Sha256::digest(b"")).as_str()) {
        return Err("Invalid content hash");
    }
    let values: Option<Vec<&str>> = signed.split(';').map(text).collect();
    let values = values.ok_or("A signed header is missing")?.join(";");
    let key = STANDARD.decode(secret).map_err(|_| "The stub's own secret is not Base64")?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| "The stub's own secret is no key")?;
    mac.update(format!("{method}\n{target}\n{values}").as_bytes());
    let signature = STANDARD.decode(signature).map_err(|_| "Invalid Signature")?;
    mac.verify_slice(&signature).map_err(|_| "Invalid Signature")
}
