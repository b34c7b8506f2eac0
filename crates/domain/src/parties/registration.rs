//! Numbers under which authorities know a party (R43).

use crate::country::Country;
use crate::error::{Phrase, Violation, Violations};
use crate::text::{ascii_digit, is_invisible};

/// Most registrations of a party: one of each scheme.
pub const REGISTRATIONS_MAX: usize = RegistrationScheme::ALL.len();
/// Longest number, in characters.
pub const REGISTRATION_LENGTH_MAX: usize = 30;
/// The place of the digit that tells a VAT group, from 0.
const GROUP_DIGIT: usize = 10;

crate::errors! {
    INVALID_REGISTRATION = "invalid_registration", Rule, User,
        "'{number}' is not a number of the scheme {scheme}: {form}.",
        "'{number}' ليس رقمًا من النوع {scheme}: {form}.";
    REGISTRATION_TWICE = "registration_twice", Rule, User,
        "A party has one number of the scheme {scheme}.", "للطرف رقم واحد من النوع {scheme}.";
}

crate::choices! {
    /// The authority or register that a number comes from, as e-invoices name it.
    pub enum RegistrationScheme {
        /// VAT number.
        Vat = "VAT",
        /// Commercial registration.
        Crn = "CRN",
        /// Unified number of an establishment.
        Unified = "700",
        /// Tax identification number.
        Tin = "TIN",
        /// National identity.
        National = "NAT",
        /// Residence permit.
        Iqama = "IQA",
        /// Licence of the ministry of municipalities.
        Momrah = "MOM",
        /// Licence of the ministry of human resources.
        Mhrsd = "MLS",
        /// Licence of the ministry of investment.
        Misa = "SAG",
        /// Identity of a state of the Gulf Cooperation Council.
        Gcc = "GCC",
        /// Passport.
        Passport = "PAS",
        /// Any other.
        Other = "OTH",
    }
}

/// A number under which an authority knows a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    pub scheme: RegistrationScheme,
    /// The number without spaces and dashes, in ASCII digits.
    pub number: String,
    pub country: Country,
}

impl Registration {
    pub fn new(scheme: RegistrationScheme, number: &str, country: Country) -> Result<Self, Violation> {
        let dropped = |c: char| c.is_whitespace() || is_invisible(c) || matches!(c, '-' | '‐' | '‑' | '–');
        let number: String = number.chars().filter(|c| !dropped(*c)).map(ascii_digit).collect();
        let form = if country.is_saudi() { saudi_form(scheme) } else { None };
        let (good, form) = match form {
            Some((good, form)) => (good(&number), form),
            None => (is_alphanumeric(&number), ANY_FORM),
        };
        if good {
            return Ok(Self { scheme, number, country });
        }
        let shown: String = number.chars().take(REGISTRATION_LENGTH_MAX).collect();
        let refused = Violation::new(&INVALID_REGISTRATION).at("/number").with("number", shown);
        Err(refused.with("scheme", scheme).with_phrase("form", form))
    }

    /// Whether several taxable persons share the number.
    fn is_of_vat_group(&self) -> bool {
        self.country.is_saudi() && self.number.as_bytes().get(GROUP_DIGIT) == Some(&b'1')
    }
}

type Form = (fn(&str) -> bool, Phrase);

const ANY_FORM: Phrase = Phrase::new(
    "1 to 30 Latin letters and digits, without spaces and dashes",
    "من 1 إلى 30 حرفًا لاتينيًا أو رقمًا دون مسافات أو شرطات",
);

/// The form of Saudi registration numbers; `None` where any letters and digits are accepted.
fn saudi_form(scheme: RegistrationScheme) -> Option<Form> {
    use RegistrationScheme as Scheme;
    Some(match scheme {
        Scheme::Vat => (
            |number| is_digits(number, 15) && number.starts_with('3') && number.ends_with('3'),
            Phrase::new("15 digits that begin and end with 3", "15 رقمًا تبدأ وتنتهي بالرقم 3"),
        ),
        Scheme::Crn => (|number| is_digits(number, 10), Phrase::new("10 digits", "10 أرقام")),
        Scheme::Unified => (
            |number| is_digits(number, 10) && number.starts_with('7'),
            Phrase::new("10 digits that begin with 7", "10 أرقام تبدأ بالرقم 7"),
        ),
        Scheme::Tin => (
            |number| is_digits(number, 10) && number.starts_with('3'),
            Phrase::new("10 digits that begin with 3", "10 أرقام تبدأ بالرقم 3"),
        ),
        Scheme::National => (
            |number| is_digits(number, 10) && number.starts_with('1') && has_check_digit(number),
            Phrase::new(
                "10 digits that begin with 1, the last of which is a check digit",
                "10 أرقام تبدأ بالرقم 1 وآخرها رقم تحقق",
            ),
        ),
        Scheme::Iqama => (
            |number| is_digits(number, 10) && number.starts_with('2') && has_check_digit(number),
            Phrase::new(
                "10 digits that begin with 2, the last of which is a check digit",
                "10 أرقام تبدأ بالرقم 2 وآخرها رقم تحقق",
            ),
        ),
        _ => return None,
    })
}

fn is_digits(number: &str, length: usize) -> bool {
    number.len() == length && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_alphanumeric(number: &str) -> bool {
    (1..=REGISTRATION_LENGTH_MAX).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Luhn: from the right, every second digit counts double, and the sum ends in 0.
fn has_check_digit(number: &str) -> bool {
    let digits = number.chars().rev().filter_map(|c| c.to_digit(10)).enumerate();
    let counted = digits.map(|(place, digit)| match (place % 2, digit * 2) {
        (0, _) => digit,
        (_, double) if double > 9 => double - 9,
        (_, double) => double,
    });
    counted.sum::<u32>() % 10 == 0
}

/// A party's numbers, at most one of each scheme.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Registrations(Vec<Registration>);

impl Registrations {
    /// All violations at once, at `/registrations/…`.
    pub fn new(registrations: Vec<Registration>) -> Result<Self, Vec<Violation>> {
        let mut violations = Violations::new();
        for (index, registration) in registrations.iter().enumerate() {
            let scheme = registration.scheme;
            if registrations.iter().take(index).any(|other| other.scheme == scheme) {
                let twice = Violation::new(&REGISTRATION_TWICE).with("scheme", scheme);
                violations.push(twice.at(format!("/registrations/{index}/scheme")));
            }
        }
        violations.into_result(Self(registrations))
    }

    pub fn iter(&self) -> impl Iterator<Item = &Registration> {
        self.0.iter()
    }

    pub fn get(&self, scheme: RegistrationScheme) -> Option<&Registration> {
        self.0.iter().find(|registration| registration.scheme == scheme)
    }

    /// The VAT number, whatever the country.
    pub fn vat_number(&self) -> Option<&str> {
        self.get(RegistrationScheme::Vat).map(|registration| registration.number.as_str())
    }

    /// Whether the VAT number is that of a group.
    pub fn in_vat_group(&self) -> bool {
        self.get(RegistrationScheme::Vat).is_some_and(Registration::is_of_vat_group)
    }

    /// The commercial registration in Saudi Arabia. Registers of other countries count for themselves.
    pub fn cr_number(&self) -> Option<&str> {
        self.saudi(RegistrationScheme::Crn)
    }

    /// The unified number in Saudi Arabia.
    pub fn unified_number(&self) -> Option<&str> {
        self.saudi(RegistrationScheme::Unified)
    }

    fn saudi(&self, scheme: RegistrationScheme) -> Option<&str> {
        let registration = self.get(scheme).filter(|registration| registration.country.is_saudi());
        registration.map(|registration| registration.number.as_str())
    }

    /// The numbers that no two active parties share, with their schemes (R46).
    pub fn unshared(&self) -> Vec<(RegistrationScheme, &str)> {
        let vat = self.vat_number().filter(|_| !self.in_vat_group());
        [
            vat.map(|number| (RegistrationScheme::Vat, number)),
            self.cr_number().map(|number| (RegistrationScheme::Crn, number)),
            self.unified_number().map(|number| (RegistrationScheme::Unified, number)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Language;

    fn registration(scheme: &str, number: &str, country: &str) -> Result<Registration, Violation> {
        Registration::new(
            RegistrationScheme::parse(scheme).unwrap(),
            number,
            Country::parse(country).unwrap(),
        )
    }

    #[test]
    fn numbers_have_the_form_of_their_scheme() {
        for (scheme, number, kept) in [
            ("VAT", "399999999900003", "399999999900003"),
            ("VAT", "٣٩٩٩٩٩٩٩٩٩٠٠٠٠٣", "399999999900003"),
            ("VAT", "3999 9999 9900-003", "399999999900003"),
            ("CRN", "1010010000", "1010010000"),
            ("CRN", " 1010-010-000\u{200F}", "1010010000"),
            ("700", "7001234567", "7001234567"),
            ("TIN", "3999999999", "3999999999"),
            ("NAT", "1045678917", "1045678917"),
            ("IQA", "2000000014", "2000000014"),
            ("MOM", "AB-12345", "AB12345"),
            ("PAS", "N01234567", "N01234567"),
        ] {
            assert_eq!(registration(scheme, number, "SA").unwrap().number, kept, "{scheme} {number}");
        }
        for (scheme, number) in [
            ("VAT", "300000000000002"),
            ("VAT", "200000000000003"),
            ("VAT", "30000000000003"),
            ("VAT", "3000000000000A3"),
            ("CRN", "101001000"),
            ("700", "1001234567"),
            ("TIN", "1999999999"),
            ("NAT", "1045678918"),
            ("NAT", "2000000014"),
            ("IQA", "2000000015"),
            ("OTH", ""),
            ("OTH", "رخصة"),
            ("PAS", "0123456789012345678901234567890"),
        ] {
            let refused = registration(scheme, number, "SA").unwrap_err();
            assert_eq!((refused.def, refused.pointer.as_str()), (&INVALID_REGISTRATION, "/number"));
            assert_eq!(refused.param("scheme"), Some(scheme), "{number}");
            assert!(!refused.text(Language::Arabic).contains('{'), "{scheme} {number}");
        }
        assert!(registration("VAT", "DE 123 456 789", "DE").is_ok(), "other countries have other forms");
    }

    #[test]
    fn a_party_has_one_number_of_a_scheme() {
        let good = vec![
            registration("VAT", "399999999900003", "SA").unwrap(),
            registration("CRN", "1010010000", "SA").unwrap(),
        ];
        let numbers = Registrations::new(good).unwrap();
        let unshared =
            [(RegistrationScheme::Vat, "399999999900003"), (RegistrationScheme::Crn, "1010010000")];
        assert_eq!(numbers.unshared(), unshared);
        let twice = vec![
            registration("CRN", "1010010000", "SA").unwrap(),
            registration("CRN", "4030000000", "SA").unwrap(),
        ];
        let refused = Registrations::new(twice).unwrap_err();
        assert_eq!(
            (refused[0].def, refused[0].pointer.as_str()),
            (&REGISTRATION_TWICE, "/registrations/1/scheme")
        );
    }

    #[test]
    fn members_of_a_vat_group_share_its_number() {
        let group = Registrations::new(vec![registration("VAT", "399999999910003", "SA").unwrap()]).unwrap();
        assert!(group.in_vat_group() && group.unshared().is_empty());
        assert_eq!(group.vat_number(), Some("399999999910003"));
        let abroad = Registrations::new(vec![registration("CRN", "1010010000", "AE").unwrap()]).unwrap();
        assert!(abroad.unshared().is_empty(), "a register abroad counts for itself");
    }
}
