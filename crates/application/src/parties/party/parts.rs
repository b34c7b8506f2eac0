//! The parts of a party, from the bodies that name them.

use domain::error::Violations;
use domain::parties::address::Address;
use domain::parties::contact::Contact;
use domain::parties::registration::{Registration, Registrations};
use domain::parties::roles::{CreditCheck, Customer, CustomerBlock, Residency, Supplier, SupplierBlock};
use domain::tax::tax_code::TaxKind;

use super::{AddressBody, ContactBody, CustomerBody, Known, RegistrationBody, SupplierBody};
use crate::error::AppResult;
use crate::master_data::Check;
use crate::reference::patched;
use crate::wire::Patch;

/// The registrations that bodies name, unless something is wrong with them.
pub fn registrations(bodies: &[RegistrationBody], violations: &mut Violations) -> Option<Registrations> {
    let before = violations.len();
    let read = |(index, body): (usize, &RegistrationBody)| {
        let read = Registration::new(body.scheme, &body.number, body.country.clone());
        violations.check(&format!("/registrations/{index}"), read)
    };
    let read: Vec<Registration> = bodies.iter().enumerate().filter_map(read).collect();
    if violations.len() != before {
        return None;
    }
    match Registrations::new(read) {
        Ok(registrations) => Some(registrations),
        Err(refused) => {
            violations.extend(refused);
            None
        }
    }
}

pub(super) fn addresses(bodies: &[AddressBody]) -> Vec<Address> {
    let address = |body: &AddressBody| {
        let text = |text: &Option<_>| text.clone().map(String::from);
        let address = Address {
            roles: body.roles.0.clone(),
            street: body.street.clone(),
            additional_street: body.additional_street.clone(),
            building_number: text(&body.building_number),
            additional_number: text(&body.additional_number),
            district: body.district.clone(),
            city: body.city.clone(),
            postal_code: text(&body.postal_code),
            province: body.province.clone(),
            country: body.country.clone(),
            short_address: text(&body.short_address),
        };
        address.normal()
    };
    bodies.iter().map(address).collect()
}

pub(super) fn contacts(bodies: &[ContactBody]) -> Vec<Contact> {
    let contact = |body: &ContactBody| Contact {
        name: body.name.clone().into(),
        role: body.role.clone().map(String::from),
        email: body.email.clone(),
        phone: body.phone.clone().map(String::from),
    };
    bodies.iter().map(contact).collect()
}

/// The customer that a change leaves.
pub(super) async fn customer_after(
    old: Option<&Customer>,
    change: &Patch<CustomerBody>,
    known: &mut Known,
    check: &mut Check<'_>,
) -> AppResult<Option<Customer>> {
    match change {
        Patch::Absent => Ok(old.cloned()),
        Patch::Null => Ok(None),
        Patch::Value(body) => customer(old, body, known, check).await.map(Some),
    }
}

pub(super) async fn customer(
    old: Option<&Customer>,
    body: &CustomerBody,
    known: &mut Known,
    check: &mut Check<'_>,
) -> AppResult<Customer> {
    let old = old.cloned().unwrap_or(NO_CUSTOMER);
    let group = patched(body.group_id.clone(), body.group_code.clone());
    let term = patched(body.payment_term_id.clone(), body.payment_term_code.clone());
    let tax = patched(body.tax_treatment_id.clone(), body.tax_treatment_code.clone());
    let list = patched(body.price_list_id.clone(), body.price_list_code.clone());
    let dunning = patched(body.dunning_profile_id.clone(), body.dunning_profile_code.clone());
    let currency = body.currency.or(&old.currency);
    known.currency(currency.filter(|_| currency != old.currency), "/customer/currency", check).await?;
    let blocked = body.blocked.or(&old.blocked);
    let reason = body.blocked_reason.or(&old.blocked_reason);
    let tax = (tax, TaxKind::Sale);
    Ok(Customer {
        group_id: known.group(group, old.group_id, "/customer/group", check).await?,
        payment_term_id: known
            .payment_term(term, old.payment_term_id, "/customer/paymentTerm", check)
            .await?,
        currency,
        credit_limit: body.credit_limit.or(&old.credit_limit),
        credit_check: body.credit_check.or(&old.credit_check),
        blocked,
        blocked_reason: reason.filter(|_| blocked != CustomerBlock::None),
        tax_treatment_id: known.tax_code(tax, old.tax_treatment_id, "/customer/taxTreatment", check).await?,
        price_list_id: known.price_list(list, old.price_list_id, "/customer/priceList", check).await?,
        dunning_profile_id: known
            .dunning_profile(dunning, old.dunning_profile_id, "/customer/dunningProfile", check)
            .await?,
    })
}

/// The supplier that a change leaves.
pub(super) async fn supplier_after(
    old: Option<&Supplier>,
    change: &Patch<SupplierBody>,
    known: &mut Known,
    check: &mut Check<'_>,
) -> AppResult<Option<Supplier>> {
    match change {
        Patch::Absent => Ok(old.cloned()),
        Patch::Null => Ok(None),
        Patch::Value(body) => supplier(old, body, known, check).await.map(Some),
    }
}

pub(super) async fn supplier(
    old: Option<&Supplier>,
    body: &SupplierBody,
    known: &mut Known,
    check: &mut Check<'_>,
) -> AppResult<Supplier> {
    let old = old.cloned().unwrap_or(NO_SUPPLIER);
    let group = patched(body.group_id.clone(), body.group_code.clone());
    let term = patched(body.payment_term_id.clone(), body.payment_term_code.clone());
    let tax = patched(body.withholding_id.clone(), body.withholding_code.clone());
    let currency = body.currency.or(&old.currency);
    known.currency(currency.filter(|_| currency != old.currency), "/supplier/currency", check).await?;
    let blocked = body.blocked.or(&old.blocked);
    let reason = body.blocked_reason.or(&old.blocked_reason);
    let tax = (tax, TaxKind::Withholding);
    Ok(Supplier {
        group_id: known.group(group, old.group_id, "/supplier/group", check).await?,
        payment_term_id: known
            .payment_term(term, old.payment_term_id, "/supplier/paymentTerm", check)
            .await?,
        currency,
        blocked,
        blocked_reason: reason.filter(|_| blocked != SupplierBlock::None),
        residency: body.residency.or(&old.residency),
        withholding_id: known.tax_code(tax, old.withholding_id, "/supplier/withholding", check).await?,
        over_receipt_percent: body.over_receipt_percent.or(&old.over_receipt_percent),
        match_policy: body.match_policy.or(&old.match_policy),
    })
}

/// A customer of whom nothing is known.
pub const NO_CUSTOMER: Customer = Customer {
    group_id: None,
    payment_term_id: None,
    currency: None,
    credit_limit: None,
    credit_check: CreditCheck::None,
    blocked: CustomerBlock::None,
    blocked_reason: None,
    tax_treatment_id: None,
    price_list_id: None,
    dunning_profile_id: None,
};

/// A supplier of whom nothing is known.
pub const NO_SUPPLIER: Supplier = Supplier {
    group_id: None,
    payment_term_id: None,
    currency: None,
    blocked: SupplierBlock::None,
    blocked_reason: None,
    residency: Residency::Resident,
    withholding_id: None,
    over_receipt_percent: None,
    match_policy: None,
};
