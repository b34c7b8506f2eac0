//! The keys that sign access tokens.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use application::ports::clock::Ids;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use thiserror::Error;

/// Shortest secret: HS256 asks for as many bits as its hash has (RFC 7518, 3.2).
pub const SECRET_BYTES_MIN: usize = 32;
/// Keys accepted at the same time: the one that signs, and those that are being retired.
pub const KEYS_MAX: usize = 4;
/// The file of the generated key, beside the database.
pub const KEY_FILE: &str = "signing-key";
const KEY_ID_LENGTH_MAX: usize = 64;

#[derive(Debug, Error)]
pub enum KeyError {
    #[error("the signing key '{0}' has less than 256 bits: give at least 32 random bytes in Base64")]
    TooShort(String),
    #[error("the signing key '{0}' is not Base64")]
    NotBase64(String),
    #[error("a signing key's id has 1 to 64 letters, digits or . _ -")]
    BadId,
    #[error("two signing keys have the id '{0}'")]
    Repeated(String),
    #[error("give 1 to 4 signing keys")]
    Number,
    #[error("the signing key file {path}: {reason}")]
    File { path: String, reason: String },
}

/// A secret with its name.
#[derive(Clone)]
pub struct SigningKey {
    id: String,
    secret: Vec<u8>,
}

impl SigningKey {
    pub fn new(id: &str, secret: Vec<u8>) -> Result<Self, KeyError> {
        let named = (1..=KEY_ID_LENGTH_MAX).contains(&id.len())
            && id.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        if !named {
            return Err(KeyError::BadId);
        }
        if secret.len() < SECRET_BYTES_MIN {
            return Err(KeyError::TooShort(id.to_owned()));
        }
        Ok(Self { id: id.to_owned(), secret })
    }

    /// As configured: the secret in Base64.
    pub fn from_base64(id: &str, secret: &str) -> Result<Self, KeyError> {
        let bytes = STANDARD.decode(secret.trim()).map_err(|_| KeyError::NotBase64(id.to_owned()))?;
        Self::new(id, bytes)
    }

    pub fn id(&self) -> &str {
        &self.id
    }
    /// A key for another use, from which nobody can find this one.
    pub fn derive(&self, purpose: &str) -> Result<[u8; 32], KeyError> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.secret);
        let mac = mac.map_err(|_| KeyError::TooShort(self.id.clone()))?;
        Ok(mac.chain_update(purpose).finalize().into_bytes().into())
    }
    pub(super) fn secret(&self) -> &[u8] {
        &self.secret
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.id)
    }
}

/// The key of a development machine: made at the first start, then read, for the owner's eyes only.
pub fn development_key(directory: &Path, ids: &dyn Ids) -> Result<SigningKey, KeyError> {
    let path = directory.join(KEY_FILE);
    let fail = |reason: String| KeyError::File { path: path.display().to_string(), reason };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(&path) {
        Ok(mut file) => {
            let secret = ids.secret();
            let id = format!("development-{}", ids.new_id().simple());
            let line = format!("{id}:{}\n", STANDARD.encode(secret));
            file.write_all(line.as_bytes())
                .and_then(|()| file.sync_all())
                .map_err(|e| fail(e.to_string()))?;
            SigningKey::new(&id, secret.to_vec())
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let mut line = String::new();
            let mut file = std::fs::File::open(&path).map_err(|e| fail(e.to_string()))?;
            file.read_to_string(&mut line).map_err(|e| fail(e.to_string()))?;
            let (id, secret) = line
                .trim()
                .split_once(':')
                .ok_or_else(|| fail("is not 'id:secret'; delete it to make a new one".to_owned()))?;
            SigningKey::from_base64(id, secret)
        }
        Err(error) => Err(fail(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemIds;

    #[test]
    fn the_development_key_is_made_once_and_private() {
        let directory = tempfile::tempdir().unwrap();
        let first = development_key(directory.path(), &SystemIds).unwrap();
        let again = development_key(directory.path(), &SystemIds).unwrap();
        assert_eq!((first.id(), first.secret()), (again.id(), again.secret()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(directory.path().join(KEY_FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    /// Proves: K9.
    #[test]
    fn weak_keys_are_refused() {
        assert!(matches!(SigningKey::new("a", vec![7; 31]), Err(KeyError::TooShort(_))));
        assert!(matches!(SigningKey::new("a b", vec![7; 32]), Err(KeyError::BadId)));
        assert!(matches!(SigningKey::from_base64("a", "not base64!"), Err(KeyError::NotBase64(_))));
        assert_eq!(format!("{:?}", SigningKey::new("a", vec![7; 32]).unwrap()), "SigningKey(a)");
    }
}
