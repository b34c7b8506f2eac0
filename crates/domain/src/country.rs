//! Countries by their code of ISO 3166-1.

mod names;

use self::names::NAMES;
use crate::error::{Language, Violation};

/// Longest piece of a wrong code that is shown.
const SHOWN_LENGTH_MAX: usize = 20;
const SAUDI_ARABIA: &str = "SA";

crate::errors! {
    INVALID_COUNTRY = "invalid_country", Rule, User,
        "'{value}' is not a country: two capital letters of ISO 3166, such as SA.",
        "'{value}' ليس رمز دولة: حرفان لاتينيان كبيران حسب ISO 3166 مثل SA.";
}

/// An ISO 3166-1 alpha-2 code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Country(String);

impl Country {
    pub fn parse(text: &str) -> Result<Self, Violation> {
        if text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase()) {
            return Ok(Self(text.to_owned()));
        }
        let shown: String = text.chars().take(SHOWN_LENGTH_MAX).collect();
        Err(Violation::new(&INVALID_COUNTRY).with("value", shown))
    }
    pub fn saudi_arabia() -> Self {
        Self(SAUDI_ARABIA.to_owned())
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// What people call it; the code of one that there is not.
    pub fn name(&self, language: Language) -> &str {
        let found = NAMES.binary_search_by(|(code, ..)| (*code).cmp(self.0.as_str()));
        let Some((_, en, ar)) = found.ok().and_then(|index| NAMES.get(index)) else { return &self.0 };
        match language {
            Language::English => en,
            Language::Arabic => ar,
        }
    }
    /// Saudi Arabia, whose addresses and registrations have forms of their own.
    pub fn is_saudi(&self) -> bool {
        self.0 == SAUDI_ARABIA
    }
}

impl std::fmt::Display for Country {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_have_names_in_both_languages() {
        assert!(NAMES.is_sorted_by(|(one, ..), (other, ..)| one < other));
        for (code, en, ar) in
            [("SA", "Saudi Arabia", "المملكة العربية السعودية"), ("US", "United States", "الولايات المتحدة")]
        {
            let country = Country::parse(code).unwrap();
            assert_eq!((country.name(Language::English), country.name(Language::Arabic)), (en, ar));
        }
        assert_eq!(Country::parse("XX").unwrap().name(Language::English), "XX");
    }
}
