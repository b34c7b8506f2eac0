//! The text of an API key.

use sha2::{Digest, Sha256};

use crate::ports::clock::Ids;

/// The prefix of every API key.
pub const API_KEY_MARK: &str = "erp_";
/// Bytes shown in the prefix: enough to tell keys apart, nothing towards the secret.
const PREFIX_BYTES: usize = 4;

/// A new key. Its text exists only here and in the one answer that shows it.
pub struct ApiKeySecret {
    pub prefix: String,
    pub hash: [u8; 32],
    text: String,
}

impl ApiKeySecret {
    pub fn generate(ids: &dyn Ids) -> Self {
        let prefix = hex(&ids.secret()[..PREFIX_BYTES]);
        let text = format!("{API_KEY_MARK}{prefix}_{}", hex(&ids.secret()));
        Self { prefix, hash: hash_token(&text), text }
    }

    /// To show once.
    pub fn into_text(self) -> String {
        self.text
    }
}

/// SHA-256 of a key or token: they are random, so nothing slower is needed.
pub fn hash_token(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

pub(in crate::platform) fn hex(bytes: &[u8]) -> String {
    domain::hex::hex(bytes)
}
