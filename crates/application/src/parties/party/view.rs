//! Parties as the API shows them.

use domain::parties::address::Address;
use domain::parties::contact::Contact;
use domain::parties::party::Party;
use domain::parties::registration::{Registration, Registrations};
use domain::parties::roles::{Customer, Supplier};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::master_data::Shown;
use crate::view;
use crate::views::NameView;
use crate::warnings::WarningView;

/// A number under which an authority knows the party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RegistrationView {
    pub scheme: String,
    pub number: String,
    pub country: String,
}

impl Shown<Registrations> for Vec<RegistrationView> {
    fn shown(registrations: &Registrations) -> Self {
        let view = |registration: &Registration| RegistrationView {
            scheme: registration.scheme.to_string(),
            number: registration.number.clone(),
            country: registration.country.to_string(),
        };
        registrations.iter().map(view).collect()
    }
}

/// An address in parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddressView {
    /// `legal`, `billing`, `delivery`.
    pub roles: Vec<String>,
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

impl Shown<Vec<Address>> for Vec<AddressView> {
    fn shown(addresses: &Vec<Address>) -> Self {
        let view = |address: &Address| AddressView {
            roles: address.roles.iter().map(ToString::to_string).collect(),
            street: address.street.as_ref().map(NameView::from),
            additional_street: address.additional_street.as_ref().map(NameView::from),
            building_number: address.building_number.clone(),
            additional_number: address.additional_number.clone(),
            district: address.district.as_ref().map(NameView::from),
            city: address.city.as_ref().map(NameView::from),
            postal_code: address.postal_code.clone(),
            province: address.province.as_ref().map(NameView::from),
            country: address.country.to_string(),
            short_address: address.short_address.clone(),
        };
        addresses.iter().map(view).collect()
    }
}

/// A person to talk to at the party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ContactView {
    pub name: String,
    pub role: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
}

impl Shown<Vec<Contact>> for Vec<ContactView> {
    fn shown(contacts: &Vec<Contact>) -> Self {
        let view = |contact: &Contact| ContactView {
            name: contact.name.clone(),
            role: contact.role.clone(),
            email: contact.email.as_ref().map(ToString::to_string),
            phone: contact.phone.clone(),
        };
        contacts.iter().map(view).collect()
    }
}

/// The customer role of a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerView {
    pub group_id: Option<Uuid>,
    pub payment_term_id: Option<Uuid>,
    /// The currency of documents that name none.
    pub currency: Option<String>,
    /// The credit limit in the company currency; null is no limit.
    pub credit_limit: Option<String>,
    /// `none`, `order`, `delivery`, `invoice` or `all`: where the limit is checked.
    pub credit_check: String,
    /// `none`, `orders`, `deliveries`, `invoices` or `all`.
    pub blocked: String,
    pub blocked_reason: Option<String>,
    /// The tax code of sales that name none.
    pub tax_treatment_id: Option<Uuid>,
    /// The list in which prices are looked up first.
    pub price_list_id: Option<Uuid>,
    /// How it is reminded of what is overdue.
    pub dunning_profile_id: Option<Uuid>,
}

/// Decimals of a credit limit: at least these, as of most currencies.
const LIMIT_DECIMALS: u8 = 2;

impl Shown<Customer> for CustomerView {
    fn shown(customer: &Customer) -> Self {
        Self {
            group_id: customer.group_id.map(|id| id.uuid()),
            payment_term_id: customer.payment_term_id.map(|id| id.uuid()),
            currency: customer.currency.map(|currency| currency.to_string()),
            credit_limit: customer.credit_limit.map(|limit| limit.display(LIMIT_DECIMALS)),
            credit_check: customer.credit_check.to_string(),
            blocked: customer.blocked.to_string(),
            blocked_reason: customer.blocked_reason.clone(),
            tax_treatment_id: customer.tax_treatment_id.map(|id| id.uuid()),
            price_list_id: customer.price_list_id.map(|id| id.uuid()),
            dunning_profile_id: customer.dunning_profile_id.map(|id| id.uuid()),
        }
    }
}

/// The supplier role of a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SupplierView {
    pub group_id: Option<Uuid>,
    pub payment_term_id: Option<Uuid>,
    /// The currency of documents that name none.
    pub currency: Option<String>,
    /// `none`, `orders`, `payments` or `all`.
    pub blocked: String,
    pub blocked_reason: Option<String>,
    /// `resident` or `non_resident`.
    pub residency: String,
    /// The tax code of what is withheld from payments.
    pub withholding_id: Option<Uuid>,
    /// How far receipts may go beyond orders, in per cent; null is what the company profile says.
    pub over_receipt_percent: Option<String>,
    /// `three_way` or `two_way`; null is what the company profile says.
    pub match_policy: Option<String>,
}

impl Shown<Supplier> for SupplierView {
    fn shown(supplier: &Supplier) -> Self {
        Self {
            group_id: supplier.group_id.map(|id| id.uuid()),
            payment_term_id: supplier.payment_term_id.map(|id| id.uuid()),
            currency: supplier.currency.map(|currency| currency.to_string()),
            blocked: supplier.blocked.to_string(),
            blocked_reason: supplier.blocked_reason.clone(),
            residency: supplier.residency.to_string(),
            withholding_id: supplier.withholding_id.map(|id| id.uuid()),
            over_receipt_percent: supplier.over_receipt_percent.map(|percent| percent.to_string()),
            match_policy: supplier.match_policy.map(|policy| policy.to_string()),
        }
    }
}

view! {
    /// A customer, a supplier, or both.
    pub struct PartyView of Party {
        id: Uuid,
        /// Lines of the ledger name the party by it.
        code: String,
        name: NameView,
        /// `company`, `person` or `government`.
        kind: &'static str,
        country: String,
        /// The language in which the party is written to: `ar` or `en`.
        language: String,
        /// `active` or `archived`.
        status: &'static str,
        /// Whether it stands for customers without a name, who pay at once.
        anonymous: bool,
        /// Null when it is no customer.
        customer: Option<CustomerView>,
        /// Null when it is no supplier.
        supplier: Option<SupplierView>,
        /// The VAT number among the registrations.
        vat_number: Option<String> = |party| party.registrations.vat_number().map(str::to_owned),
        registrations: Vec<RegistrationView>,
        addresses: Vec<AddressView>,
        contacts: Vec<ContactView>,
        /// The reason for which it has a number of another active party; null when it has no such number.
        allow_duplicate_reason: Option<String>,
        /// The party that it was merged into; null when it was not.
        merged_into_id: Option<Uuid>,
        /// Warnings; only in the answer to the request that they are about.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        warnings: Vec<WarningView> = |_| Vec::new(),
    }
}
