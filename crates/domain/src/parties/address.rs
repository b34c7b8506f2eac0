//! Addresses in parts (R42).

use crate::country::Country;
use crate::error::{Language, Phrase, Violation, Violations};
use crate::text::{LocalizedName, TEXT_TOO_LONG, ascii_digit, is_invisible, length};

/// Most addresses of a party.
pub const ADDRESSES_MAX: usize = 20;
/// Longest additional street, district, city and province in one language, in characters: what e-invoices take.
pub const PLACE_LENGTH_MAX: usize = 127;
/// Longest number or code in an address, in characters.
pub const ADDRESS_CODE_LENGTH_MAX: usize = 20;

crate::errors! {
    ADDRESS_PART_INVALID = "address_part_invalid", Rule, User,
        "'{value}' is not a {part} of Saudi Arabia: {form}.", "'{value}' ليس {part} في السعودية: {form}.";
    ADDRESS_LEGAL_TWICE = "address_legal_twice", Rule, User,
        "A party has one legal address.", "للطرف عنوان نظامي واحد.";
}

crate::choices! {
    /// The use of an address.
    pub enum AddressRole {
        /// The registered address; e-invoices bear it.
        Legal = "legal",
        /// The address for invoices.
        Billing = "billing",
        /// The address for goods.
        Delivery = "delivery",
    }
}

/// An address of a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The roles without repetitions, in the order of [`AddressRole::ALL`].
    pub roles: Vec<AddressRole>,
    pub street: Option<LocalizedName>,
    pub additional_street: Option<LocalizedName>,
    pub building_number: Option<String>,
    pub additional_number: Option<String>,
    pub district: Option<LocalizedName>,
    pub city: Option<LocalizedName>,
    pub postal_code: Option<String>,
    pub province: Option<LocalizedName>,
    pub country: Country,
    pub short_address: Option<String>,
}

impl Address {
    /// The address with its parts as they are kept: roles once and in order, numbers in the digits of ASCII and without spaces.
    #[must_use]
    pub fn normal(mut self) -> Self {
        self.roles.sort_unstable();
        self.roles.dedup();
        for part in [
            &mut self.building_number,
            &mut self.additional_number,
            &mut self.postal_code,
            &mut self.short_address,
        ] {
            *part = part.as_deref().map(normal_code).filter(|code| !code.is_empty());
        }
        if self.country.is_saudi() {
            self.short_address = self.short_address.map(|code| code.to_uppercase());
        }
        self
    }

    /// The address on one line, as letters bear it.
    pub fn line(&self, language: Language) -> String {
        let name = |name: &Option<LocalizedName>| name.as_ref().and_then(|name| text(name, language));
        let together = |parts: [Option<String>; 2]| {
            let joined = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
            Some(joined).filter(|text| !text.is_empty())
        };
        let parts = [
            together([self.building_number.clone(), name(&self.street)]),
            name(&self.additional_street),
            name(&self.district),
            together([
                name(&self.city),
                together([self.postal_code.clone(), self.additional_number.clone()]),
            ]),
            name(&self.province),
            Some(self.country.name(language).to_owned()),
        ];
        let separator = match language {
            Language::Arabic => "، ",
            Language::English => ", ",
        };
        parts.into_iter().flatten().collect::<Vec<_>>().join(separator)
    }

    /// Everything about the parts that an e-invoice would refuse; pointers begin at the address.
    pub fn check(&self) -> Violations {
        let mut violations = Violations::new();
        for (part, name) in [
            (&self.additional_street, "additionalStreet"),
            (&self.district, "district"),
            (&self.city, "city"),
            (&self.province, "province"),
        ] {
            check_place(part.as_ref(), name, &mut violations);
        }
        if self.country.is_saudi() {
            for (code, part) in [
                (&self.building_number, &phrases::BUILDING),
                (&self.additional_number, &phrases::ADDITIONAL),
                (&self.postal_code, &phrases::POSTAL),
                (&self.short_address, &phrases::SHORT),
            ] {
                if let Some(code) = code.as_deref().filter(|code| !part.fits(code)) {
                    let refused = Violation::new(&ADDRESS_PART_INVALID).at(format!("/{}", part.member));
                    let refused = refused.with("value", code).with_phrase("part", part.name.clone());
                    violations.push(refused.with_phrase("form", part.form.clone()));
                }
            }
        }
        violations
    }
}

/// Everything that is wrong with a party's addresses, at `/addresses/…`.
pub fn check(addresses: &[Address]) -> Violations {
    let mut violations = Violations::new();
    let mut legal = false;
    for (index, address) in addresses.iter().enumerate() {
        let at = format!("/addresses/{index}");
        for violation in address.check().into_vec() {
            let pointer = format!("{at}{}", violation.pointer);
            violations.push(violation.at(pointer));
        }
        if address.roles.contains(&AddressRole::Legal) {
            if legal {
                violations.push(Violation::new(&ADDRESS_LEGAL_TWICE).at(format!("{at}/roles")));
            }
            legal = true;
        }
    }
    violations
}

fn normal_code(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c)).map(ascii_digit).collect()
}

fn check_place(place: Option<&LocalizedName>, name: &str, violations: &mut Violations) {
    let Some(place) = place else { return };
    for (text, language) in [(place.ar(), "ar"), (place.en(), "en")] {
        let found = text.map_or(0, length);
        if found > PLACE_LENGTH_MAX {
            let long = Violation::new(&TEXT_TOO_LONG).at(format!("/{name}/{language}"));
            violations.push(long.with("max", PLACE_LENGTH_MAX).with("length", found));
        }
    }
}

/// A part of an address in Saudi Arabia that has a form.
struct Part {
    member: &'static str,
    letters: usize,
    digits: usize,
    name: Phrase,
    form: Phrase,
}

impl Part {
    fn fits(&self, code: &str) -> bool {
        let (letters, digits) = code.split_at_checked(self.letters).unwrap_or(("", ""));
        letters.bytes().all(|byte| byte.is_ascii_uppercase())
            && digits.len() == self.digits
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    }
}

mod phrases {
    use super::Part;
    use crate::error::Phrase;

    const FOUR_DIGITS: Phrase = Phrase::new("it has 4 digits", "يتكون من 4 أرقام");

    pub static BUILDING: Part = Part {
        member: "buildingNumber",
        letters: 0,
        digits: 4,
        name: Phrase::new("building number", "رقم مبنى"),
        form: FOUR_DIGITS,
    };
    pub static ADDITIONAL: Part = Part {
        member: "additionalNumber",
        letters: 0,
        digits: 4,
        name: Phrase::new("additional number", "رقمًا إضافيًا"),
        form: FOUR_DIGITS,
    };
    pub static POSTAL: Part = Part {
        member: "postalCode",
        letters: 0,
        digits: 5,
        name: Phrase::new("postal code", "رمزًا بريديًا"),
        form: Phrase::new("it has 5 digits", "يتكون من 5 أرقام"),
    };
    pub static SHORT: Part = Part {
        member: "shortAddress",
        letters: 4,
        digits: 4,
        name: Phrase::new("short address", "عنوانًا مختصرًا"),
        form: Phrase::new("it has 4 Latin letters and 4 digits", "يتكون من 4 حروف لاتينية و4 أرقام"),
    };
}

/// The legal address, or whatever is known.
pub fn legal(addresses: &[Address]) -> Option<&Address> {
    addresses.iter().find(|address| address.roles.contains(&AddressRole::Legal)).or(addresses.first())
}

/// A text in a language, or else in the other one.
fn text(name: &LocalizedName, language: Language) -> Option<String> {
    let (first, second) = match language {
        Language::Arabic => (name.ar(), name.en()),
        Language::English => (name.en(), name.ar()),
    };
    first.or(second).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(country: &str) -> Address {
        let text = |text: &str| LocalizedName::parse(None, Some(text)).ok();
        Address {
            roles: vec![AddressRole::Billing, AddressRole::Legal, AddressRole::Billing],
            street: text("King Fahd Road"),
            additional_street: None,
            building_number: Some("٢٩٢٩".to_owned()),
            additional_number: Some("8118".to_owned()),
            district: text("Al Olaya"),
            city: text("Riyadh"),
            postal_code: Some(" 12 214".to_owned()),
            province: None,
            country: Country::parse(country).unwrap(),
            short_address: Some("rrrd2929".to_owned()),
        }
        .normal()
    }

    fn pointers(violations: Violations) -> Vec<String> {
        violations.into_vec().into_iter().map(|violation| violation.pointer).collect()
    }

    #[test]
    fn a_saudi_address_has_its_forms() {
        let good = address("SA");
        assert_eq!(good.roles, [AddressRole::Legal, AddressRole::Billing]);
        assert_eq!(
            (good.building_number.as_deref(), good.postal_code.as_deref()),
            (Some("2929"), Some("12214"))
        );
        assert_eq!(good.short_address.as_deref(), Some("RRRD2929"));
        assert!(good.check().is_empty());
        let bad = Address {
            building_number: Some("29A9".to_owned()),
            additional_number: Some("811".to_owned()),
            postal_code: Some("1221".to_owned()),
            short_address: Some("RRR92929".to_owned()),
            city: LocalizedName::parse(Some(&"ر".repeat(128)), None).ok(),
            ..good
        };
        let found = pointers(bad.check());
        assert_eq!(
            found,
            ["/city/ar", "/buildingNumber", "/additionalNumber", "/postalCode", "/shortAddress"]
        );
        let abroad = Address { postal_code: Some("SW1A1AA".to_owned()), ..address("GB") };
        assert!(abroad.check().is_empty());
    }

    #[test]
    fn one_address_is_legal() {
        let addresses = [address("SA"), address("AE")];
        let found: Vec<_> = check(&addresses).into_vec();
        assert_eq!((found[0].def, found[0].pointer.as_str()), (&ADDRESS_LEGAL_TWICE, "/addresses/1/roles"));
    }
}
