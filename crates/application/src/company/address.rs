//! The address and the registrations of the company and of its branches.

use domain::company::profile::CompanyRegistrations;
use domain::country::Country;
use domain::error::Violations;
use domain::parties::address::{ADDRESS_CODE_LENGTH_MAX, Address, AddressRole};
use domain::text::LocalizedName;
use serde::Serialize;
use utoipa::ToSchema;

use crate::master_data::Shown;
use crate::parties::party::{RegistrationBody, RegistrationView, registrations};
use crate::request;
use crate::views::NameView;
use crate::wire::{Optional, Patch, RequiredText};

request! {
    /// The national address. Members that are left out stay as they are, or are empty where there was no address.
    pub struct CompanyAddressBody {
        street: Patch<LocalizedName>,
        additional_street: Patch<LocalizedName>,
        /// The building number; 4 digits in Saudi Arabia.
        building_number: Patch<RequiredText<ADDRESS_CODE_LENGTH_MAX>>,
        /// The additional number; 4 digits in Saudi Arabia.
        additional_number: Patch<RequiredText<ADDRESS_CODE_LENGTH_MAX>>,
        district: Patch<LocalizedName>,
        city: Patch<LocalizedName>,
        /// The postal code; 5 digits in Saudi Arabia.
        postal_code: Patch<RequiredText<ADDRESS_CODE_LENGTH_MAX>>,
        province: Patch<LocalizedName>,
        /// `SA` at first.
        country: Optional<Country>,
        /// The short address of the Saudi post: 4 letters and 4 digits.
        short_address: Patch<RequiredText<ADDRESS_CODE_LENGTH_MAX>>,
    }
}

impl CompanyAddressBody {
    /// The address after these members have been merged into the old one.
    pub fn merged(&self, old: Option<&Address>) -> Address {
        let old = old.cloned().unwrap_or_else(nowhere);
        let address = Address {
            roles: old.roles,
            street: self.street.or(&old.street),
            additional_street: self.additional_street.or(&old.additional_street),
            building_number: self.building_number.or(&old.building_number),
            additional_number: self.additional_number.or(&old.additional_number),
            district: self.district.or(&old.district),
            city: self.city.or(&old.city),
            postal_code: self.postal_code.or(&old.postal_code),
            province: self.province.or(&old.province),
            country: self.country.or(&old.country),
            short_address: self.short_address.or(&old.short_address),
        };
        address.normal()
    }
}

/// An address of which nothing is known.
fn nowhere() -> Address {
    Address {
        roles: vec![AddressRole::Legal],
        street: None,
        additional_street: None,
        building_number: None,
        additional_number: None,
        district: None,
        city: None,
        postal_code: None,
        province: None,
        country: Country::saudi_arabia(),
        short_address: None,
    }
}

/// The address that a change leaves.
pub(super) fn address_after(old: Option<&Address>, change: &Patch<CompanyAddressBody>) -> Option<Address> {
    match change {
        Patch::Absent => old.cloned(),
        Patch::Null => None,
        Patch::Value(body) => Some(body.merged(old)),
    }
}

/// The registrations that bodies name, unless something is wrong with them.
pub(super) fn own_registrations(
    bodies: &[RegistrationBody],
    violations: &mut Violations,
) -> Option<CompanyRegistrations> {
    let read = registrations(bodies, violations)?;
    violations.check("", CompanyRegistrations::new(read))
}

/// The national address of the company or of a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CompanyAddressView {
    pub street: Option<NameView>,
    pub additional_street: Option<NameView>,
    pub building_number: Option<String>,
    pub additional_number: Option<String>,
    pub district: Option<NameView>,
    pub city: Option<NameView>,
    pub postal_code: Option<String>,
    pub province: Option<NameView>,
    pub country: String,
    pub short_address: Option<String>,
}

impl Shown<Address> for CompanyAddressView {
    fn shown(address: &Address) -> Self {
        let name = |name: &Option<LocalizedName>| name.as_ref().map(NameView::from);
        Self {
            street: name(&address.street),
            additional_street: name(&address.additional_street),
            building_number: address.building_number.clone(),
            additional_number: address.additional_number.clone(),
            district: name(&address.district),
            city: name(&address.city),
            postal_code: address.postal_code.clone(),
            province: name(&address.province),
            country: address.country.to_string(),
            short_address: address.short_address.clone(),
        }
    }
}

impl Shown<CompanyRegistrations> for Vec<RegistrationView> {
    fn shown(registrations: &CompanyRegistrations) -> Self {
        Self::shown(registrations.all())
    }
}
