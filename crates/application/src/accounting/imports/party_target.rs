//! The party that a row of a file asks for.

use domain::error::{Language, Violation};
use domain::parties::address::{Address, AddressRole};
use domain::parties::contact::Contact;
use domain::parties::party::{NameKeys, PARTY_MERGED, Party, PartyId, PartyKind, PartyStatus};
use domain::parties::registration::Registrations;
use domain::parties::roles::{Customer, Supplier};

use super::columns::{Column, name};
use super::error::IMPORT_PARTY_ROLE;
use super::party_file::FileParty;
use super::row_errors::RowErrors;
use crate::error::AppResult;
use crate::master_data::Check;
use crate::parties::party::{Known, NO_CUSTOMER, NO_SUPPLIER};
use crate::reference::Reference;

/// The party as the row leaves it: what is stored with the cells that are not empty, or a new one. Everything that is wrong goes
/// into `errors`.
pub(super) async fn target(
    row: &FileParty,
    stored: Option<&Party>,
    id: PartyId,
    known: &mut Known,
    check: &mut Check<'_>,
    errors: &mut RowErrors,
) -> AppResult<Party> {
    let before = stored.cloned().unwrap_or_else(|| blank(row, id));
    if before.merged_into_id.is_some() {
        errors.push(row.place, name(Column::Code), Violation::new(&PARTY_MERGED).with("code", &row.code));
    }
    let customer = row.is_customer.unwrap_or(before.customer.is_some());
    let customer = customer.then(|| before.customer.clone().unwrap_or(NO_CUSTOMER));
    let supplier = row.is_supplier.unwrap_or(before.supplier.is_some());
    let supplier = supplier.then(|| before.supplier.clone().unwrap_or(NO_SUPPLIER));
    let group = known.group(named(&row.group), None, "/group", check).await?;
    let term = known.payment_term(named(&row.payment_terms), None, "/paymentTerm", check).await?;
    let list = known.price_list(named(&row.price_list), None, "/priceList", check).await?;
    known.currency(row.currency, "/currency", check).await?;
    let customer = customer.map(|old| Customer {
        group_id: group.or(old.group_id),
        payment_term_id: term.or(old.payment_term_id),
        currency: row.currency.or(old.currency),
        credit_limit: row.credit_limit.or(old.credit_limit),
        price_list_id: list.or(old.price_list_id),
        ..old
    });
    let supplier = supplier.map(|old| Supplier {
        group_id: group.or(old.group_id),
        payment_term_id: term.or(old.payment_term_id),
        currency: row.currency.or(old.currency),
        ..old
    });
    let either = customer.is_some() || supplier.is_some();
    for (given, belongs, column) in [
        (row.currency.is_some(), either || row.iban.is_some(), Column::Currency),
        (row.group.is_some(), either, Column::Group),
        (row.payment_terms.is_some(), either, Column::PaymentTerms),
        (row.credit_limit.is_some(), customer.is_some(), Column::CreditLimit),
        (row.price_list.is_some(), customer.is_some(), Column::PriceList),
    ] {
        if given && !belongs {
            errors.push(row.place, name(column), Violation::new(&IMPORT_PARTY_ROLE));
        }
    }
    let party = Party {
        name: row.name.clone(),
        name_keys: NameKeys::of(&row.name),
        kind: row.kind.unwrap_or(before.kind),
        country: row.country.clone(),
        customer,
        supplier,
        registrations: registrations(row, &before.registrations, errors),
        addresses: addresses(row, &before),
        contacts: contacts(row, &before),
        ..before
    };
    check.violations.extend(party.check(known.company(check.uow).await?).into_vec());
    Ok(party)
}

fn blank(row: &FileParty, id: PartyId) -> Party {
    Party {
        id,
        code: row.code.clone(),
        name: row.name.clone(),
        name_keys: NameKeys::of(&row.name),
        kind: PartyKind::Company,
        country: row.country.clone(),
        language: if row.country.is_saudi() { Language::Arabic } else { Language::English },
        status: PartyStatus::Active,
        anonymous: false,
        customer: None,
        supplier: None,
        registrations: Registrations::default(),
        addresses: Vec::new(),
        contacts: Vec::new(),
        allow_duplicate_reason: None,
        merged_into_id: None,
        version: 1,
    }
}

/// A code of the row, as a patch has it.
fn named<Id>(code: &Option<String>) -> Option<Option<Reference<Id>>> {
    code.clone().map(|code| Some(Reference::Code(code)))
}

/// Numbers of the row take the place of those of their scheme.
fn registrations(row: &FileParty, before: &Registrations, errors: &mut RowErrors) -> Registrations {
    if row.registrations.is_empty() {
        return before.clone();
    }
    let replaced = |scheme| row.registrations.iter().any(|given| given.scheme == scheme);
    let kept = before.iter().filter(|old| !replaced(old.scheme)).cloned();
    match Registrations::new(kept.chain(row.registrations.iter().cloned()).collect()) {
        Ok(registrations) => registrations,
        Err(refused) => {
            for violation in refused {
                errors.push(row.place, name(Column::IdScheme), violation);
            }
            before.clone()
        }
    }
}

/// The address of the row takes the place of the legal one.
fn addresses(row: &FileParty, before: &Party) -> Vec<Address> {
    let Some(address) = row.address.clone() else { return before.addresses.clone() };
    let mut addresses = before.addresses.clone();
    match addresses.iter_mut().find(|old| old.roles.contains(&AddressRole::Legal)) {
        Some(old) => {
            let roles = old.roles.clone();
            *old = Address { roles, ..address };
        }
        None => addresses.insert(0, address),
    }
    addresses
}

/// Email and phone are those of the first contact, or of one with the party's name.
fn contacts(row: &FileParty, before: &Party) -> Vec<Contact> {
    let mut contacts = before.contacts.clone();
    if row.email.is_none() && row.phone.is_none() {
        return contacts;
    }
    if contacts.is_empty() {
        let name = row.name.ar().or(row.name.en()).unwrap_or_default().to_owned();
        contacts.push(Contact { name, role: None, email: None, phone: None });
    }
    if let Some(first) = contacts.first_mut() {
        first.email = row.email.clone().or_else(|| first.email.take());
        first.phone = row.phone.clone().or_else(|| first.phone.take());
    }
    contacts
}

/// The column that a violation of a party is about.
pub(super) fn column_of(violation: &Violation, party: &Party) -> &'static str {
    let mut parts = violation.pointer.split('/').skip(1);
    let (first, second, third) = (parts.next(), parts.next(), parts.next());
    let column = match (first, third.or(second).or(first)) {
        (Some("registrations"), _) => {
            let index: Option<usize> = second.and_then(|index| index.parse().ok());
            let registration = index.and_then(|index| party.registrations.iter().nth(index));
            match registration.map(|registration| registration.scheme.as_str()) {
                Some("VAT") => Column::VatNumber,
                Some("CRN") => Column::CrNumber,
                _ => Column::IdNumber,
            }
        }
        (_, Some("groupCode")) => Column::Group,
        (_, Some("paymentTermCode")) => Column::PaymentTerms,
        (_, Some("priceListCode")) => Column::PriceList,
        (_, Some("currency")) => Column::Currency,
        (_, Some("creditLimit")) => Column::CreditLimit,
        (_, Some("buildingNumber")) => Column::Building,
        (_, Some("additionalNumber")) => Column::AdditionalNumber,
        (_, Some("postalCode")) => Column::PostalCode,
        (_, Some("shortAddress")) => Column::ShortAddress,
        (_, Some("district")) => Column::District,
        (_, Some("city")) => Column::City,
        (_, Some("province")) => Column::Province,
        (_, Some("iban")) => Column::Iban,
        _ => Column::Code,
    };
    name(column)
}
