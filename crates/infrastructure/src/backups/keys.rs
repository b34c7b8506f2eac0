//! The keys that backups are sealed with.

use std::fmt;
use std::io;

use aws_lc_rs::aead::{AES_256_GCM, LessSafeKey, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub const KEY_ID_BYTES: usize = 8;
pub const KEY_BYTES: usize = 32;
const PURPOSE: &[u8] = b"erp-backup-file";

/// 256 bits for AES-GCM.
#[derive(Clone, PartialEq, Eq)]
pub struct SealingKey([u8; KEY_BYTES]);

impl SealingKey {
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// Reads Base64, as `openssl rand -base64 32` prints it. The error repeats nothing of the key.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bytes =
            STANDARD.decode(text.trim()).ok().and_then(|bytes| <[u8; KEY_BYTES]>::try_from(bytes).ok());
        let bytes = bytes.ok_or_else(|| {
            format!("expected Base64 of {KEY_BYTES} bytes: openssl rand -base64 {KEY_BYTES}")
        })?;
        if bytes.iter().all(|byte| *byte == bytes[0]) {
            return Err("is one byte over and over".to_owned());
        }
        Ok(Self(bytes))
    }

    /// Tells keys apart, and nothing of the key itself.
    pub fn id(&self) -> [u8; KEY_ID_BYTES] {
        let mut id = [0; KEY_ID_BYTES];
        let digest = Sha256::new().chain_update(b"erp-backup-key-id").chain_update(self.0).finalize();
        id.copy_from_slice(&digest[..KEY_ID_BYTES]);
        id
    }

    pub fn shown_id(&self) -> String {
        domain::hex::hex(&self.id())
    }

    /// The key of one file.
    pub(super) fn cipher(&self, id: Uuid, random: [u8; 16]) -> io::Result<LessSafeKey> {
        let unusable = |_| io::Error::other("the key cannot be used");
        let derived = Salt::new(HKDF_SHA256, &random).extract(&self.0);
        let about = [PURPOSE, id.as_bytes()];
        let key = UnboundKey::from(derived.expand(&about, &AES_256_GCM).map_err(unusable)?);
        Ok(LessSafeKey::new(key))
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey({})", self.shown_id())
    }
}

/// The key that seals, and those that only open what was sealed before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyRing {
    pub current: Option<SealingKey>,
    pub retired: Vec<SealingKey>,
}

impl KeyRing {
    pub(super) fn find(&self, id: [u8; KEY_ID_BYTES]) -> io::Result<&SealingKey> {
        let mut keys = self.current.iter().chain(&self.retired);
        keys.find(|key| key.id() == id).ok_or_else(|| {
            let id = domain::hex::hex(&id);
            io::Error::other(format!(
                "it is sealed with the key {id}, which is neither Backup:EncryptionKey nor a retired one"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_32_random_bytes() {
        let key = SealingKey::parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
        assert_eq!(format!("{key:?}"), format!("SealingKey({})", key.shown_id()));
        assert_eq!(key.shown_id().len(), 16);
        for bad in ["", "AAAA", "not base64!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] {
            assert!(SealingKey::parse(bad).is_err(), "{bad}");
        }
    }
}
