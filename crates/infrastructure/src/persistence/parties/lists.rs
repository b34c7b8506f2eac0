//! Registrations, addresses and contacts as documents in the row of their party. The numbers that two active parties do not share
//! stand beside them, where an index finds them.

use application::ports::storage_error::StorageResult;
use domain::company::profile::CompanyRegistrations;
use domain::country::Country;
use domain::parties::address::{Address, AddressRole};
use domain::parties::contact::Contact;
use domain::parties::registration::{Registration, RegistrationScheme, Registrations};
use domain::platform::EmailAddress;
use domain::text::LocalizedName;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::persistence::table::{Column, optional};
use crate::sql::value::{Columns, Value};

#[derive(Serialize, Deserialize)]
struct StoredRegistration {
    scheme: String,
    number: String,
    country: String,
}

impl Column for Registrations {
    fn put(&self, values: &mut Vec<Value>) {
        values.extend([
            registrations_document(self).into(),
            self.vat_number().into(),
            self.in_vat_group().into(),
            self.cr_number().into(),
            self.unified_number().into(),
        ]);
    }
    fn take(columns: &mut Columns, _: &[&'static str]) -> StorageResult<Self> {
        let registrations = columns.parse("registrations", registrations_in)?;
        // They follow from the list.
        let _: Option<String> = columns.get("vat_number")?;
        let _: bool = columns.get("vat_group")?;
        let _: Option<String> = columns.get("cr_number")?;
        let _: Option<String> = columns.get("unified_number")?;
        Ok(registrations)
    }
}

fn registrations_document(registrations: &Registrations) -> String {
    let stored = |registration: &Registration| StoredRegistration {
        scheme: registration.scheme.to_string(),
        number: registration.number.clone(),
        country: registration.country.to_string(),
    };
    let stored: Vec<_> = registrations.iter().map(stored).collect();
    serde_json::json!(stored).to_string()
}

fn registrations_in(text: &str) -> Option<Registrations> {
    let read = |stored: StoredRegistration| {
        let scheme = RegistrationScheme::parse(&stored.scheme).ok()?;
        let country = Country::parse(&stored.country).ok()?;
        Some(Registration { scheme, number: stored.number, country })
    };
    Registrations::new(list(text, read)?).ok()
}

/// Only the document: nobody looks for the company by its numbers.
impl Column for CompanyRegistrations {
    fn put(&self, values: &mut Vec<Value>) {
        values.push(registrations_document(self.all()).into());
    }
    fn take(columns: &mut Columns, _: &[&'static str]) -> StorageResult<Self> {
        columns.parse("registrations", |text| Self::new(registrations_in(text)?).ok())
    }
}

/// A text in two languages: Arabic, English.
type StoredText = Option<(Option<String>, Option<String>)>;

#[derive(Serialize, Deserialize)]
struct StoredAddress {
    roles: Vec<String>,
    street: StoredText,
    additional_street: StoredText,
    building_number: Option<String>,
    additional_number: Option<String>,
    district: StoredText,
    city: StoredText,
    postal_code: Option<String>,
    province: StoredText,
    country: String,
    short_address: Option<String>,
}

impl StoredAddress {
    fn of(address: &Address) -> Self {
        let text = |name: &Option<LocalizedName>| {
            name.as_ref().map(|name| (name.ar().map(str::to_owned), name.en().map(str::to_owned)))
        };
        Self {
            roles: address.roles.iter().map(ToString::to_string).collect(),
            street: text(&address.street),
            additional_street: text(&address.additional_street),
            building_number: address.building_number.clone(),
            additional_number: address.additional_number.clone(),
            district: text(&address.district),
            city: text(&address.city),
            postal_code: address.postal_code.clone(),
            province: text(&address.province),
            country: address.country.to_string(),
            short_address: address.short_address.clone(),
        }
    }

    fn address(self) -> Option<Address> {
        let text = |stored: StoredText| stored.and_then(|(ar, en)| LocalizedName::stored(ar, en));
        let roles = self.roles.iter().map(|role| AddressRole::parse(role).ok()).collect::<Option<_>>()?;
        Some(Address {
            roles,
            street: text(self.street),
            additional_street: text(self.additional_street),
            building_number: self.building_number,
            additional_number: self.additional_number,
            district: text(self.district),
            city: text(self.city),
            postal_code: self.postal_code,
            province: text(self.province),
            country: Country::parse(&self.country).ok()?,
            short_address: self.short_address,
        })
    }
}

impl Column for Option<Address> {
    fn put(&self, values: &mut Vec<Value>) {
        let document = |address| serde_json::json!(StoredAddress::of(address)).to_string();
        values.push(self.as_ref().map(document).into());
    }
    fn take(columns: &mut Columns, _: &[&'static str]) -> StorageResult<Self> {
        optional(columns, "address", |text| serde_json::from_str::<StoredAddress>(text).ok()?.address())
    }
}

impl Column for Vec<Address> {
    fn put(&self, values: &mut Vec<Value>) {
        let stored: Vec<_> = self.iter().map(StoredAddress::of).collect();
        values.push(serde_json::json!(stored).to_string().into());
    }
    fn take(columns: &mut Columns, _: &[&'static str]) -> StorageResult<Self> {
        columns.parse("addresses", |text| list(text, StoredAddress::address))
    }
}

#[derive(Serialize, Deserialize)]
struct StoredContact {
    name: String,
    role: Option<String>,
    email: Option<String>,
    phone: Option<String>,
}

impl Column for Vec<Contact> {
    fn put(&self, values: &mut Vec<Value>) {
        let stored = |contact: &Contact| StoredContact {
            name: contact.name.clone(),
            role: contact.role.clone(),
            email: contact.email.as_ref().map(ToString::to_string),
            phone: contact.phone.clone(),
        };
        let stored: Vec<_> = self.iter().map(stored).collect();
        values.push(serde_json::json!(stored).to_string().into());
    }
    fn take(columns: &mut Columns, _: &[&'static str]) -> StorageResult<Self> {
        let read = |stored: StoredContact| {
            let email = match stored.email {
                Some(text) => Some(EmailAddress::parse(&text).ok()?),
                None => None,
            };
            Some(Contact { name: stored.name, role: stored.role, email, phone: stored.phone })
        };
        columns.parse("contacts", |text| list(text, read))
    }
}

/// A document of the row; `None` where it is none that was written.
fn list<S: DeserializeOwned, T>(text: &str, read: impl FnMut(S) -> Option<T>) -> Option<Vec<T>> {
    let stored: Vec<S> = serde_json::from_str(text).ok()?;
    stored.into_iter().map(read).collect()
}
