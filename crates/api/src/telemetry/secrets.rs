//! The secrets this process was given, so that no text that happens to hold one shows it: of a panic, of an error, of any field
//! of a log line, of a failed call in telemetry. Types keep them out of everything else (`SecretText`).

use std::collections::VecDeque;
use std::sync::{PoisonError, RwLock, TryLockError};

/// The text in place of a secret.
const HIDDEN: &str = "***";
/// Secrets remembered, those of before a rotation included; then the oldest is forgotten.
const SECRETS_MAX: usize = 256;
/// A shorter one is also a part of harmless words.
const SECRET_BYTES_MIN: usize = 6;
/// Words in the names of a connection string's parts that are secrets themselves.
const SECRET_PARTS: [&str; 6] = ["password", "pwd", "key", "secret", "token", "signature"];

/// One for the process, as the panic hook is.
static KNOWN: RwLock<VecDeque<String>> = RwLock::new(VecDeque::new());

/// Remembers secrets, and the secret parts of those that are connection strings.
pub fn remember<'a>(secrets: impl IntoIterator<Item = &'a str>) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    for secret in secrets {
        for part in std::iter::once(secret).chain(parts(secret)) {
            if part.len() >= SECRET_BYTES_MIN && !known.iter().any(|known| known == part) {
                known.push_back(part.to_owned());
            }
        }
    }
    let surplus = known.len().saturating_sub(SECRETS_MAX);
    known.drain(..surplus);
    // A secret that is a part of another one is looked for after it.
    known.make_contiguous().sort_by_key(|secret| std::cmp::Reverse(secret.len()));
}

/// The text without any of them.
pub fn hide(mut text: String) -> String {
    let known = match KNOWN.try_read() {
        Ok(known) => known,
        Err(TryLockError::Poisoned(known)) => known.into_inner(),
        // The thread that panics may be the one that remembers.
        Err(TryLockError::WouldBlock) => return HIDDEN.to_owned(),
    };
    for secret in known.iter() {
        if text.contains(secret.as_str()) {
            text = text.replace(secret.as_str(), HIDDEN);
        }
    }
    text
}

/// `Password=…`, `AccountKey=…` and the like.
fn parts(secret: &str) -> impl Iterator<Item = &str> {
    secret.split([';', ',']).filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        let name = name.to_ascii_lowercase();
        SECRET_PARTS.iter().any(|word| name.contains(word)).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_their_parts_are_hidden() {
        remember(["Server=db;User Id=erp;Password=zq8-sentinel-a;Encrypt=True", "zq8-sentinel-jwt", "short"]);
        for (text, shown) in [
            ("Login failed for zq8-sentinel-a.", "Login failed for ***."),
            ("of 'Server=db;User Id=erp;Password=zq8-sentinel-a;Encrypt=True'", "of '***'"),
            ("zq8-sentinel-jwt zq8-sentinel-jwt", "*** ***"),
            ("short is no secret, nor is Server=db", "short is no secret, nor is Server=db"),
        ] {
            assert_eq!(hide(text.to_owned()), shown);
        }
    }
}
