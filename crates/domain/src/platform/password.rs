//! Passwords: long rather than complicated (NIST SP 800-63B, 5.1.1), not guessable, and never shown.

mod guessable;

use unicode_normalization::UnicodeNormalization;

use super::{EmailAddress, PASSWORD_GUESSABLE, PASSWORD_TOO_LONG, PASSWORD_TOO_SHORT};
use crate::error::Violation;

/// Shortest new password, in characters.
pub const PASSWORD_LENGTH_MIN: usize = 12;
/// Longest password, in characters: bounds the work of hashing.
pub const PASSWORD_LENGTH_MAX: usize = 200;

/// A password as typed, in NFKC so that every keyboard gives the same.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// A password someone chooses: must keep the policy. `words` are what an attacker knows of them beside the address: their
    /// name, their company.
    pub fn choose(text: &str, email: &EmailAddress, words: &[&str]) -> Result<Self, Violation> {
        let password = Self::attempt(text)
            .ok_or_else(|| Violation::new(&PASSWORD_TOO_LONG).with("max", PASSWORD_LENGTH_MAX))?;
        if password.0.chars().count() < PASSWORD_LENGTH_MIN {
            return Err(Violation::new(&PASSWORD_TOO_SHORT).with("min", PASSWORD_LENGTH_MIN));
        }
        if guessable::is_guessable(&password.0, email, words) {
            return Err(Violation::new(&PASSWORD_GUESSABLE));
        }
        Ok(password)
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
        let words = ["Sara Al-Otaibi", "شركة الأفق التجارية", "Horizon Trading"];
        Password::choose(text, &EmailAddress::parse("accountant.one@example.com").unwrap(), &words)
    }

    /// The candidates that are not refused as guessable.
    fn accepted<'a>(candidates: &[&'a str]) -> Vec<&'a str> {
        let guessable = |text: &str| choose(text).err().is_some_and(|error| error.def == &PASSWORD_GUESSABLE);
        candidates.iter().copied().filter(|text| !guessable(text)).collect()
    }

    #[test]
    fn long_passwords_are_taken_and_others_refused() {
        for good in [
            "four words in Arabic كلمة",
            "correct horse battery staple",
            "another long password",
            "a completely new one",
            "قهوة سوداء فوق جبل بعيد",
            "kT9#vQ2!mZ7$",
            "Tr0ub4dor&3-elephant",
            "7f3a9c1e5b2d",
        ] {
            assert!(choose(good).is_ok(), "{good}");
        }
        assert_eq!(choose("short").unwrap_err().def, &PASSWORD_TOO_SHORT);
        assert_eq!(choose(&"ab3!x".repeat(41)).unwrap_err().def, &PASSWORD_TOO_LONG);
    }

    #[test]
    fn what_everybody_tries_is_refused() {
        let accepted = accepted(&[
            "password1234",
            "Password1234!",
            "P@ssw0rd1234",
            "passwordpassword",
            "123456789012",
            "1234567890123456",
            "098765432109",
            "qwertyuiop12",
            "qwertyuiopasdfgh",
            "1qaz2wsx3edc",
            "abcdefghijkl",
            "abcabcabcabc",
            "aaaaaaaaaaaa",
            "abababababab",
            "letmein12345",
            "iloveyou1234",
            "welcome12345",
            "Welcome@2026!",
            "administrator",
            "Administrator1",
            "changeme1234",
            "monkeymonkey1",
            "Summer2026!!!",
            "january012026",
            "13/05/1990 13/05/1990",
            "drowssap4321",
            "١٢٣٤٥٦٧٨٩٠١٢",
            "كلمةالمرور١٢٣",
            "كلمة المرور 1234",
            "ضصثقفغعهخحجد",
            "بسم الله الرحمن الرحيم",
        ]);
        assert!(accepted.is_empty(), "{accepted:?}");
    }

    #[test]
    fn what_an_attacker_knows_of_a_person_is_refused() {
        let accepted = accepted(&[
            "Accountant.One@example.com",
            "accountant.one",
            "my accountant.one is the best of all",
            "sara al-otaibi",
            "Sara Al-Otaibi and her four cats",
            "SaraOtaibi2026",
            "0taibi-s@ra-1990",
            "HorizonTrading1",
            "Horizon-Trading-2026",
            "شركة الأفق التجارية",
            "شركة الأفق التجارية ٢٠٢٦",
            "example.com2026",
        ]);
        assert!(accepted.is_empty(), "{accepted:?}");
    }

    #[test]
    fn a_password_is_never_printed() {
        assert_eq!(format!("{:?}", choose("correct horse battery").unwrap()), "Password(…)");
    }
}
