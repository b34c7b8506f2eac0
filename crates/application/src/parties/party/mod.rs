//! Parties: customers and suppliers.

pub mod archive_party;
mod body;
mod known;
mod made;
pub mod merge_party;
mod numbers;
mod parts;
pub mod unarchive_party;
mod view;

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::error::Violation;
use domain::parties::address::{ADDRESS_LEGAL_TWICE, ADDRESS_PART_INVALID};
use domain::parties::party::{
    NameKeys, PARTY_ANONYMOUS_CUSTOMER, PARTY_ANONYMOUS_MEMBER, PARTY_CODE_FIXED, PARTY_DUPLICATE,
    PARTY_MERGED, Party, PartyId,
};
use domain::parties::registration::{INVALID_REGISTRATION, REGISTRATION_TWICE};
use domain::parties::roles::{BLOCK_REASON_MISSING, CREDIT_LIMIT_NEGATIVE, WITHHOLDING_RESIDENT};
use domain::tax::tax_code::{TAX_CODE_INACTIVE, TAX_CODE_KIND_NOT_TAKEN};

pub use body::{
    AddressBody, ContactBody, CustomerBody, NewParty, PartyChange, REGISTRATION_TEXT_LENGTH_MAX,
    RegistrationBody, SupplierBody,
};
pub use known::Known;
pub use made::made;
pub use numbers::Sharing;
pub use parts::{NO_CUSTOMER, NO_SUPPLIER, registrations};
pub use view::{AddressView, ContactView, CustomerView, PartyView, RegistrationView, SupplierView};

use crate::authorize::Permission;
use crate::error::AppResult;
use crate::master_data::{Check, MasterData};
use crate::paging::FieldKind;
use crate::resource;
use crate::unit_of_work::UnitOfWork;
use crate::warnings::{PARTY_NAME_TAKEN, WarningView};

/// Parties of the same name that a warning tells.
const NAMED_ALIKE_MAX: u32 = 5;

/// To have a number that another party has.
pub const ALLOW_DUPLICATE: Permission = "parties.party.allow_duplicate";

resource! {
    Party by id: PartyId = "parties", "party", "parties" at "/parties", "/parties/{id}";
    en: "a", "party", "parties" + " and their bank accounts"; ar: "الأطراف وحساباتها البنكية";
    about: "Customers and suppliers: identity, addresses, contacts, terms, and the bank accounts to which they are paid.";
    bodies: NewParty, PartyChange => PartyView; unique code;
    list: id sortable, code sortable, name, kind, country = FieldKind::Text, status, anonymous,
        is_customer = FieldKind::Boolean, is_supplier = FieldKind::Boolean,
        customer_group_id nullable = FieldKind::Id, supplier_group_id nullable = FieldKind::Id,
        vat_number nullable = FieldKind::Text;
    order: code;
    refuses:
        create [
            &PARTY_DUPLICATE, &INVALID_REGISTRATION, &REGISTRATION_TWICE, &ADDRESS_PART_INVALID, &ADDRESS_LEGAL_TWICE,
            &BLOCK_REASON_MISSING, &CREDIT_LIMIT_NEGATIVE, &WITHHOLDING_RESIDENT, &PARTY_ANONYMOUS_MEMBER,
            &PARTY_ANONYMOUS_CUSTOMER, &TAX_CODE_KIND_NOT_TAKEN, &TAX_CODE_INACTIVE,
        ],
        change [
            &PARTY_MERGED, &PARTY_DUPLICATE, &PARTY_CODE_FIXED, &INVALID_REGISTRATION, &REGISTRATION_TWICE, &ADDRESS_PART_INVALID,
            &ADDRESS_LEGAL_TWICE, &BLOCK_REASON_MISSING, &CREDIT_LIMIT_NEGATIVE, &WITHHOLDING_RESIDENT,
            &PARTY_ANONYMOUS_MEMBER, &PARTY_ANONYMOUS_CUSTOMER, &TAX_CODE_KIND_NOT_TAKEN, &TAX_CODE_INACTIVE,
        ],
        delete unused [&PARTY_MERGED];
}

#[async_trait]
impl MasterData for Party {
    async fn create(new: &NewParty, id: PartyId, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let Some(mut party) = made(new, id, &mut Known::default(), check).await? else { return Ok(None) };
        let reason = new.allow_duplicate_reason.as_deref();
        party.allow_duplicate_reason =
            Sharing::read(&[&party], check.uow).await?.reason(&party, reason, check);
        Ok(Some(party))
    }

    /// Names are no keys: another party with the same one is told, never refused (R46).
    async fn warnings(&self, before: Option<&Self>, uow: &mut dyn UnitOfWork) -> AppResult<Vec<Violation>> {
        if before.is_some_and(|before| before.name_keys == self.name_keys) {
            return Ok(Vec::new());
        }
        let mut codes = BTreeSet::new();
        for key in [&self.name_keys.ar, &self.name_keys.en].into_iter().flatten() {
            let others = uow.parties().named_alike(key, NAMED_ALIKE_MAX).await?;
            codes.extend(
                others.into_iter().filter(|other| other.id != self.id.uuid()).map(|other| other.code),
            );
        }
        let codes: Vec<String> = codes.into_iter().collect();
        let taken = || Violation::new(&PARTY_NAME_TAKEN).at("/name").with("parties", codes.join(", "));
        Ok((!codes.is_empty()).then(taken).into_iter().collect())
    }

    fn warned(view: PartyView, warnings: Vec<WarningView>) -> PartyView {
        PartyView { warnings, ..view }
    }

    async fn change(&self, change: &PartyChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        if self.merged_into_id.is_some() {
            check.refuse(Violation::new(&PARTY_MERGED).with("code", &self.code));
            return Ok(None);
        }
        let known = &mut Known::default();
        let customer = parts::customer_after(self.customer.as_ref(), &change.customer, known, check).await?;
        let supplier = parts::supplier_after(self.supplier.as_ref(), &change.supplier, known, check).await?;
        let registrations = match &change.registrations.0 {
            Some(bodies) => parts::registrations(&bodies.0, &mut check.violations),
            None => Some(self.registrations.clone()),
        };
        let name = change.name.or(&self.name);
        let mut next = Self {
            code: change.code.or(&self.code),
            name_keys: NameKeys::of(&name),
            name,
            kind: change.kind.or(&self.kind),
            country: change.country.or(&self.country),
            language: change.language.or(&self.language),
            anonymous: change.anonymous.or(&self.anonymous),
            customer,
            supplier,
            addresses: change
                .addresses
                .0
                .as_ref()
                .map_or_else(|| self.addresses.clone(), |a| parts::addresses(&a.0)),
            contacts: change
                .contacts
                .0
                .as_ref()
                .map_or_else(|| self.contacts.clone(), |c| parts::contacts(&c.0)),
            ..self.clone()
        };
        check.violations.extend(next.check(known.company(check.uow).await?).into_vec());
        if next.code != self.code && check.uow.parties().is_on_lines(self.id).await? {
            check.refuse(Violation::new(&PARTY_CODE_FIXED).at("/code").with("code", &self.code));
        }
        let Some(registrations) = registrations else { return Ok(None) };
        if registrations != self.registrations {
            next.registrations = registrations;
            let reason = change.allow_duplicate_reason.clone().into_option().flatten();
            next.allow_duplicate_reason =
                Sharing::read(&[&next], check.uow).await?.reason(&next, reason.as_deref(), check);
        }
        Ok(Some(next))
    }

    async fn delete(&self, check: &mut Check<'_>) -> AppResult<()> {
        if self.merged_into_id.is_some() {
            check.refuse(Violation::new(&PARTY_MERGED).with("code", &self.code));
        }
        Ok(())
    }
}
