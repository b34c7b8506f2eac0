//! What a document says before its lines: party, dates and money.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::accounting::journal_entry::{CURRENCY_UNKNOWN, EXCHANGE_RATE_MISSING};
use domain::documents::document_type::{DocumentType, TradeSide};
use domain::error::{Phrase, Violation, Violations};
use domain::money::{Currency, Rate};
use domain::parties::party::{Party, PartyId};

use super::facts::Role;
use super::input::Input;
use super::original::Original;
use crate::accounting::ports::books::Books;
use crate::changes::unknown_reference;
use crate::context::RequestContext;
use crate::documents::error::{
    CURRENCY_DIFFERS, DUE_DATE_EARLY, PARTY_ARCHIVED, PARTY_DIFFERS, PARTY_ROLE_MISSING,
};
use crate::error::AppResult;
use crate::master_data::Records;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;
use crate::wire::REQUIRED;

/// Most decimals of amounts on documents that may become e-invoices.
const EINVOICE_SCALE_MAX: u8 = 2;

/// The party that is named.
pub async fn party(
    uow: &mut dyn UnitOfWork,
    side: TradeSide,
    named: Option<&Reference<PartyId>>,
    original: Option<&Original>,
    violations: &mut Violations,
) -> AppResult<Option<(Party, Role)>> {
    let (id, at) = match (named, original) {
        (Some(Reference::Id(id)), _) => (Some(*id), "/partyId"),
        (Some(Reference::Code(code)), _) => (Records::<Party>::by_code(uow, (), code).await?, "/partyCode"),
        (None, Some(original)) => (Some(original.document.party), "/partyId"),
        (None, None) => {
            violations.push(Violation::new(&REQUIRED).at("/partyId"));
            return Ok(None);
        }
    };
    let found = match id {
        Some(id) => Records::<Party>::find(uow, id).await?,
        None => None,
    };
    let Some(party) = found.map(|stored| stored.value) else {
        let value = match named {
            Some(Reference::Code(code)) => code.clone(),
            Some(Reference::Id(id)) => id.to_string(),
            None => String::new(),
        };
        violations.push(unknown_reference(at, "party", value));
        return Ok(None);
    };
    if let Some(original) = original.filter(|original| original.document.party != party.id) {
        violations.push(Violation::new(&PARTY_DIFFERS).at(at).with("number", original.number()));
    }
    if !party.is_active() {
        violations.push(Violation::new(&PARTY_ARCHIVED).at(at).with("party", &party.code));
    }
    let role = Role::of(&party, side);
    if role.is_none() {
        let wanted = match side {
            TradeSide::Sale => Phrase::new("customer", "عميلًا"),
            TradeSide::Purchase => Phrase::new("supplier", "موردًا"),
        };
        let missing = Violation::new(&PARTY_ROLE_MISSING).at(at).with("party", &party.code);
        violations.push(missing.with_phrase("role", wanted));
    }
    Ok(role.map(|role| (party, role)))
}

/// The dates of a document.
#[derive(Debug, Clone, Copy)]
pub struct Dates {
    pub document: NaiveDate,
    pub posting: NaiveDate,
    pub supply: NaiveDate,
    /// Decides the period of the return.
    pub tax: NaiveDate,
    /// Decides the rates of tax codes: that of the corrected document for a note.
    pub rates: NaiveDate,
}

impl Dates {
    pub fn of(
        ctx: &RequestContext,
        uow: &dyn UnitOfWork,
        document_type: DocumentType,
        input: &Input<'_>,
        original: Option<&Original>,
        violations: &mut Violations,
    ) -> Self {
        let today = ctx.today(uow.now());
        let document = input.document_date.unwrap_or(today);
        let sale = document_type.side() == TradeSide::Sale;
        let posting = input.posting_date.unwrap_or(if sale { document } else { today });
        let supply = input.supply_date.unwrap_or(document);
        let derived = match (sale, document_type.corrects()) {
            (true, false) => supply.min(document),
            (true, true) => document,
            (false, _) => posting,
        };
        let tax = input.tax_date.unwrap_or(derived);
        let corrected = original.and_then(|original| original.document.view.tax_date);
        let corrected = corrected.or(input.note.and_then(|note| note.date));
        if input.due_date.is_some_and(|due| due < document) {
            violations.push(Violation::new(&DUE_DATE_EARLY).at("/dueDate").with("date", document));
        }
        Self { document, posting, supply, tax, rates: corrected.unwrap_or(tax) }
    }
}

/// The currency of a document and what it is worth.
#[derive(Debug, Clone, Copy)]
pub struct DocumentMoney {
    /// With the decimals of the document's amounts.
    pub currency: Currency,
    pub company: Currency,
    /// `None` is the company currency.
    pub rate: Option<Rate>,
}

impl DocumentMoney {
    /// Amounts in the company currency.
    pub const fn of_company(company: Currency) -> Self {
        Self { currency: company, company, rate: None }
    }

    pub async fn of(
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        (document_type, dates): (DocumentType, Dates),
        input: &Input<'_>,
        (role, original): (Role, Option<&Original>),
        violations: &mut Violations,
    ) -> AppResult<Option<Self>> {
        let company = books.company;
        let before = original.map(|original| original.document.currency);
        let code = input.currency.or(before).or(role.currency).unwrap_or(company.code);
        if let Some(original) = original.filter(|_| before.is_some_and(|before| before != code)) {
            let differs = Violation::new(&CURRENCY_DIFFERS).at("/currency").with("number", original.number());
            violations.push(differs.with("currency", original.document.currency));
        }
        let scaled = |scale: u8| match document_type.side() {
            TradeSide::Sale => scale.min(EINVOICE_SCALE_MAX),
            TradeSide::Purchase => scale,
        };
        if code == company.code {
            let currency = Currency { code, scale: scaled(company.scale) };
            return Ok(Some(Self { currency, company, rate: None }));
        }
        books.learn_currencies(uow, &BTreeSet::from([code])).await?;
        let known =
            books.currencies.get(&code).filter(|_| !books.inactive_currencies.contains(&code)).copied();
        let Some(known) = known else {
            violations.push(Violation::new(&CURRENCY_UNKNOWN).at("/currency").with("currency", code));
            return Ok(None);
        };
        let corrected = original.and_then(|original| Rate::parse(&original.document.view.rate).ok());
        let rate = match input.rate.or(corrected) {
            Some(rate) => Some(rate),
            None => books.rates_of(uow, &BTreeSet::from([code]), dates.tax).await?.get(&code).copied(),
        };
        if rate.is_none() {
            let missing = Violation::new(&EXCHANGE_RATE_MISSING).at("/rate").with("currency", code);
            violations.push(missing.with("company", company.code));
        }
        let currency = Currency { code, scale: scaled(known.scale) };
        Ok(rate.map(|rate| Self { currency, company, rate: Some(rate) }))
    }
}
