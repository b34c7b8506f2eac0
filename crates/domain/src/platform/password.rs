//! Passwords: long rather than complicated (NIST SP 800-63B, 5.1.1), and never shown.

use unicode_normalization::UnicodeNormalization;

use super::{EmailAddress, PASSWORD_GUESSABLE, PASSWORD_TOO_LONG, PASSWORD_TOO_SHORT};
use crate::error::Violation;

/// Shortest new password, in characters.
pub const PASSWORD_LENGTH_MIN: usize = 12;
/// Longest password, in characters: bounds the work of hashing.
pub const PASSWORD_LENGTH_MAX: usize = 200;
/// A password of fewer different characters is a repetition.
const DIFFERENT_CHARACTERS_MIN: usize = 5;

/// A password as typed, in NFKC so that every keyboard gives the same.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// A password someone chooses: must keep the policy.
    pub fn choose(text: &str, email: &EmailAddress, name: &str) -> Result<Self, Violation> {
        let password = Self::attempt(text)
            .ok_or_else(|| Violation::new(&PASSWORD_TOO_LONG).with("max", PASSWORD_LENGTH_MAX))?;
        if password.0.chars().count() < PASSWORD_LENGTH_MIN {
            return Err(Violation::new(&PASSWORD_TOO_SHORT).with("min", PASSWORD_LENGTH_MIN));
        }
        let plain = password.0.to_lowercase();
        let mut characters: Vec<char> = plain.chars().collect();
        characters.sort_unstable();
        characters.dedup();
        let known = [email.as_str(), email.local_part(), name.trim()];
        let guessable = characters.len() < DIFFERENT_CHARACTERS_MIN
            || known.iter().any(|word| !word.is_empty() && plain == word.to_lowercase());
        if guessable { Err(Violation::new(&PASSWORD_GUESSABLE)) } else { Ok(password) }
    }

    /// A password someone signs in with: anything that may have been chosen once; `None` when it is too long to try.
    pub fn attempt(text: &str) -> Option<Self> {
        // Composition may shorten the text, so the sent length is bounded first.
        if text.chars().count() > PASSWORD_LENGTH_MAX {
            return None;
        }
        Some(Self(text.nfkc().collect()))
    }

    /// For the hasher alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A hashed password in PHC form.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    pub fn new(phc: String) -> Self {
        Self(phc)
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(text: &str) -> Result<Password, Violation> {
        Password::choose(text, &EmailAddress::parse("accountant.one@example.com").unwrap(), "Sara Al-Otaibi")
    }

    #[test]
    fn long_passwords_are_taken_and_easy_ones_refused() {
        assert!(choose("four words in Arabic كلمة").is_ok());
        assert_eq!(choose("short").unwrap_err().def, &PASSWORD_TOO_SHORT);
        assert_eq!(choose(&"ab3!x".repeat(41)).unwrap_err().def, &PASSWORD_TOO_LONG);
        for easy in ["Accountant.One@example.com", "accountant.one", "sara al-otaibi", "abababababab"] {
            assert_eq!(choose(easy).unwrap_err().def, &PASSWORD_GUESSABLE, "{easy}");
        }
    }

    #[test]
    fn a_password_is_never_printed() {
        assert_eq!(format!("{:?}", choose("correct horse battery").unwrap()), "Password(…)");
    }
}
