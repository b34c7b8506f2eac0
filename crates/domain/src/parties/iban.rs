//! International bank account numbers (ISO 13616), R44.

use crate::country::Country;
use crate::error::Violation;
use crate::text::{ascii_digit, is_invisible};

/// Longest number of any country, in characters.
pub const IBAN_LENGTH_MAX: usize = 34;
/// Country and check digits, which go to the end before the remainder is taken.
const HEAD_LENGTH: usize = 4;
/// The digits that are added to make the remainder come out right.
const CHECK_DIGITS: std::ops::RangeInclusive<u32> = 2..=98;

crate::errors! {
    IBAN_INVALID = "iban_invalid", Rule, User,
        "'{value}' is not an IBAN: {reason}.", "'{value}' ليس رقم IBAN صحيحًا: {reason}.";
}

/// The length of the numbers of each country in the registry of ISO 13616.
static LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HN", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
    ("YE", 30),
];

/// A number without spaces and in capitals, whose check digits are right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Iban(String);

impl Iban {
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let number: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !is_invisible(*c))
            .map(|c| ascii_digit(c).to_ascii_uppercase())
            .collect();
        let refused = |reason| {
            let shown: String = number.chars().take(IBAN_LENGTH_MAX).collect();
            Err(Violation::new(&IBAN_INVALID).with("value", shown).with_phrase("reason", reason))
        };
        if !number.chars().all(|c| c.is_ascii_alphanumeric()) {
            return refused(phrases::LETTERS);
        }
        let country = number.get(..2).unwrap_or_default();
        let Some((_, length)) = LENGTHS.iter().find(|(known, _)| *known == country) else {
            return refused(phrases::COUNTRY);
        };
        if number.len() != *length {
            return refused(phrases::length(country, *length, number.len()));
        }
        let check = number.get(2..HEAD_LENGTH).and_then(|digits| digits.parse().ok());
        if !check.is_some_and(|check| CHECK_DIGITS.contains(&check)) || remainder(&number) != 1 {
            return refused(phrases::CHECK);
        }
        Ok(Self(number))
    }

    /// A number as stored.
    pub fn stored(text: &str) -> Option<Self> {
        (1..=IBAN_LENGTH_MAX).contains(&text.len()).then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The country whose bank keeps the account.
    pub fn country(&self) -> Option<Country> {
        self.0.get(..2).and_then(|code| Country::parse(code).ok())
    }
}

impl std::fmt::Display for Iban {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The number by 97, with its first four characters at the end and letters as 10 to 35.
fn remainder(number: &str) -> u32 {
    let (head, rest) = number.split_at(HEAD_LENGTH.min(number.len()));
    let values = rest.chars().chain(head.chars()).filter_map(|c| c.to_digit(36));
    values.fold(0, |sum, value| (if value < 10 { sum * 10 } else { sum * 100 } + value) % 97)
}

mod phrases {
    use crate::error::Phrase;

    pub const LETTERS: Phrase =
        Phrase::new("it consists of Latin letters and digits", "يتكون من حروف لاتينية وأرقام فقط");
    pub const COUNTRY: Phrase =
        Phrase::new("it begins with a country that has IBANs", "يبدأ برمز دولة تستخدم أرقام IBAN");
    pub const CHECK: Phrase = Phrase::new("its check digits are wrong", "رقما التحقق غير صحيحين");

    pub fn length(country: &str, expected: usize, found: usize) -> Phrase {
        Phrase::made(
            format!("those of {country} have {expected} characters, this has {found}"),
            format!("طول أرقام {country} هو {expected} خانة وطول هذا الرقم {found}"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_numbers_are_kept_without_spaces_and_in_capitals() {
        for (text, kept) in [
            ("SA0380000000608010167519", "SA0380000000608010167519"),
            ("sa03 8000 0000 6080 1016 7519", "SA0380000000608010167519"),
            ("SA٠٣٨٠٠٠٠٠٠٠٦٠٨٠١٠١٦٧٥١٩", "SA0380000000608010167519"),
            ("SA4420000001234567891234", "SA4420000001234567891234"),
            ("DE89370400440532013000", "DE89370400440532013000"),
            ("GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432"),
            ("AE070331234567890123456", "AE070331234567890123456"),
        ] {
            assert_eq!(Iban::parse(text).unwrap().as_str(), kept, "{text}");
        }
        assert_eq!(Iban::parse("GB82WEST12345698765432").unwrap().country().unwrap().as_str(), "GB");
    }

    #[test]
    fn a_wrong_number_says_what_is_wrong() {
        for (text, reason) in [
            ("SA0380000000608010167518", "check digits"),
            ("SA038000000060801016751", "have 24 characters, this has 23"),
            ("SA03800000006080101675190", "have 24 characters, this has 25"),
            ("ZZ0380000000608010167519", "country"),
            ("SA03-8000-0000-6080-1016-7519", "Latin letters and digits"),
            ("", "country"),
            ("SAXX80000000608010167519", "check digits"),
        ] {
            let refused = Iban::parse(text).unwrap_err();
            assert_eq!(refused.def, &IBAN_INVALID, "{text}");
            assert!(refused.param("reason").unwrap().contains(reason), "{text}: {refused:?}");
        }
    }

    /// Any single digit that is mistyped, and any two neighbours that are swapped, are noticed.
    #[test]
    fn typing_errors_are_noticed() {
        let good = "SA0380000000608010167519";
        for index in 4..good.len() {
            let mut bytes = good.as_bytes().to_vec();
            bytes[index] = if bytes[index] == b'9' { b'0' } else { bytes[index] + 1 };
            assert!(Iban::parse(std::str::from_utf8(&bytes).unwrap()).is_err(), "digit {index}");
            let mut swapped = good.as_bytes().to_vec();
            swapped.swap(index - 1, index);
            if swapped != good.as_bytes() {
                assert!(Iban::parse(std::str::from_utf8(&swapped).unwrap()).is_err(), "swap {index}");
            }
        }
    }

    #[test]
    fn countries_stand_once_and_in_order() {
        assert!(LENGTHS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(LENGTHS.iter().all(|(_, length)| (15..=IBAN_LENGTH_MAX).contains(length)));
    }
}
