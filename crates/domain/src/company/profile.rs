//! Name and registration of the company, as its documents and returns state them (R39).

use crate::company::branch::BranchId;
use crate::country::Country;
use crate::documents::match_policy::OrderMatch;
use crate::documents::price_match::PriceTolerance;
use crate::error::{Violation, Violations};
use crate::parties::address::Address;
use crate::parties::registration::{Registration, RegistrationScheme, Registrations};
use crate::settlement::bad_debt::BadDebtRelief;
use crate::settlement::tolerance::PaymentTolerances;
use crate::text::LocalizedName;

crate::errors! {
    VAT_NUMBER_APART = "vat_number_apart", Rule, User,
        "The VAT number is not among the registrations: it is the company's own, in vatNumber of the company profile.",
        "لا يدرج الرقم الضريبي بين السجلات: فهو رقم المنشأة نفسها، ومكانه vatNumber في ملف المنشأة.";
}

crate::choices! {
    /// How long a period of the VAT return is.
    pub enum VatPeriod {
        Monthly = "monthly",
        Quarterly = "quarterly",
    }
}

/// Numbers of the company or of a branch: of any scheme but VAT, since the company has one VAT number for all branches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompanyRegistrations(Registrations);

impl CompanyRegistrations {
    pub fn new(registrations: Registrations) -> Result<Self, Violation> {
        let vat =
            registrations.iter().position(|registration| registration.scheme == RegistrationScheme::Vat);
        match vat {
            None => Ok(Self(registrations)),
            Some(index) => {
                Err(Violation::new(&VAT_NUMBER_APART).at(format!("/registrations/{index}/scheme")))
            }
        }
    }

    pub const fn all(&self) -> &Registrations {
        &self.0
    }

    /// The commercial registration in Saudi Arabia.
    pub fn cr_number(&self) -> Option<&str> {
        self.0.cr_number()
    }
}

/// The company as its documents and returns name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyProfile {
    pub legal_name: LocalizedName,
    /// `None` where the company is not registered for VAT. See [`vat_number`].
    pub vat_number: Option<String>,
    pub registrations: CompanyRegistrations,
    pub address: Option<Address>,
    pub vat_period: VatPeriod,
    /// Whether prices of new documents include VAT.
    pub prices_include_vat: bool,
    /// How far prices on bills may be from those of the orders.
    pub price_tolerance: PriceTolerance,
    /// How receipts and bills are matched with orders, where items do not say.
    pub matching: OrderMatch,
    /// Whether a discount for early payment leaves VAT as it was.
    pub discount_without_vat: bool,
    /// The differences of payments that may be written off.
    pub payment_tolerances: PaymentTolerances,
    /// When VAT of a bad debt may be taken back.
    pub bad_debt_relief: BadDebtRelief,
    /// The branch of documents that name none.
    pub default_branch: Option<BranchId>,
    /// 0 while nobody has saved it.
    pub version: i64,
}

impl CompanyProfile {
    /// The profile of a company that has saved none.
    pub fn unsaved(name: LocalizedName) -> Self {
        Self {
            legal_name: name,
            vat_number: None,
            registrations: CompanyRegistrations::default(),
            address: None,
            vat_period: VatPeriod::Quarterly,
            prices_include_vat: false,
            price_tolerance: PriceTolerance::default(),
            matching: OrderMatch::default(),
            discount_without_vat: false,
            payment_tolerances: PaymentTolerances::default(),
            bad_debt_relief: BadDebtRelief::default(),
            default_branch: None,
            version: 0,
        }
    }

    /// Whether the company may charge VAT.
    pub const fn is_vat_registered(&self) -> bool {
        self.vat_number.is_some()
    }

    /// The violations of the address, at `/address/…`.
    pub fn check(&self) -> Violations {
        check_address(self.address.as_ref())
    }
}

/// The violations of an address, at `/address/…`.
pub fn check_address(address: Option<&Address>) -> Violations {
    let mut violations = Violations::new();
    for violation in address.map(|address| address.check().into_vec()).unwrap_or_default() {
        let pointer = format!("/address{}", violation.pointer);
        violations.push(violation.at(pointer));
    }
    violations
}

/// A VAT number of Saudi Arabia in the digits of ASCII, without spaces and dashes.
pub fn vat_number(text: &str) -> Result<String, Violation> {
    let read = Registration::new(RegistrationScheme::Vat, text, Country::saudi_arabia());
    read.map(|registration| registration.number).map_err(|refused| refused.at("/vatNumber"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parties::registration::INVALID_REGISTRATION;

    #[test]
    fn a_vat_number_begins_and_ends_with_3_in_whatever_digits() {
        for text in ["399999999900003", "٣٩٩٩٩٩٩٩٩٩٠٠٠٠٣", " 3999 9999 9900-003"] {
            assert_eq!(vat_number(text).as_deref(), Ok("399999999900003"), "{text}");
        }
        for text in ["", "399999999900002", "299999999900003", "39999999990000", "3999999999O0003"] {
            let refused = vat_number(text).unwrap_err();
            assert_eq!(
                (refused.def, refused.pointer.as_str()),
                (&INVALID_REGISTRATION, "/vatNumber"),
                "{text}"
            );
        }
    }

    #[test]
    fn the_vat_number_is_not_among_the_registrations() {
        let one = |scheme, number| Registration::new(scheme, number, Country::saudi_arabia()).unwrap();
        let crn = one(RegistrationScheme::Crn, "1010010000");
        let vat = one(RegistrationScheme::Vat, "399999999900003");
        let good = CompanyRegistrations::new(Registrations::new(vec![crn.clone()]).unwrap()).unwrap();
        assert_eq!(good.cr_number(), Some("1010010000"));
        let refused = CompanyRegistrations::new(Registrations::new(vec![crn, vat]).unwrap()).unwrap_err();
        assert_eq!((refused.def, refused.pointer.as_str()), (&VAT_NUMBER_APART, "/registrations/1/scheme"));
    }

    #[test]
    fn a_profile_that_nobody_saved_has_the_name_of_the_tenant() {
        let profile = CompanyProfile::unsaved(LocalizedName::parse(None, Some("Najd Trading")).unwrap());
        assert_eq!((profile.version, profile.vat_period), (0, VatPeriod::Quarterly));
        assert!(!profile.is_vat_registered() && !profile.prices_include_vat);
    }
}
