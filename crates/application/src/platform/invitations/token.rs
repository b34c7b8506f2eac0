//! The token with which an invitation is accepted.

use crate::platform::api_keys::{hash_token, hex};
use crate::ports::clock::Ids;

/// The prefix of every token, by which a leaked one is recognised.
pub const INVITATION_MARK: &str = "eri_";

/// A new token. Its text exists only here and in the one answer that shows it.
pub struct InvitationToken {
    pub hash: [u8; 32],
    text: String,
}

impl InvitationToken {
    pub fn generate(ids: &dyn Ids) -> Self {
        let text = format!("{INVITATION_MARK}{}", hex(&ids.secret()));
        Self { hash: hash_token(&text), text }
    }

    /// To show once.
    pub fn into_text(self) -> String {
        self.text
    }
}
