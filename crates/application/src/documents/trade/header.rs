//! The header of a document: party, dates and money.

use chrono::NaiveDate;
use domain::documents::document_type::{DocumentType, TradeSide};
use domain::error::{Violation, Violations};
use domain::money::Rate;
use domain::parties::party::{Party, PartyId};

use super::facts::Role;
use super::input::Input;
use super::original::Original;
use crate::accounting::ports::books::Books;
use crate::context::RequestContext;
use crate::documents::error::{
    CURRENCY_DIFFERS, DUE_DATE_EARLY, NOTE_BEFORE_DOCUMENT, PARTY_DIFFERS, VALID_UNTIL_EARLY,
};
use crate::documents::exchange::{DocumentMoney, MoneyAsked};
use crate::documents::party::{named_party, role_missing};
use crate::error::AppResult;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

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
    let of_original = original.map(|original| Reference::Id(original.document.party));
    let found = named_party(uow, named.or(of_original.as_ref()), violations).await?;
    let Some((party, at)) = found else { return Ok(None) };
    if let Some(original) = original.filter(|original| original.document.party != party.id) {
        violations.push(Violation::new(&PARTY_DIFFERS).at(at).with("number", original.number()));
    }
    let role = Role::of(&party, side);
    if role.is_none() {
        violations.push(role_missing(&party, side, at));
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
        let sale = document_type.side() == TradeSide::Sale || !document_type.posts();
        let posting = input.posting_date.unwrap_or(if sale { document } else { today });
        let supply = input.supply_date.unwrap_or(document);
        let tax = input.tax_date.unwrap_or(due_tax_date(document_type, (supply, document, posting)));
        let corrected = original.and_then(Original::rates_date);
        let corrected = corrected.or(input.note.and_then(|note| note.date));
        if input.due_date.is_some_and(|due| due < document) {
            violations.push(Violation::new(&DUE_DATE_EARLY).at("/dueDate").with("date", document));
        }
        if input.valid_until.is_some_and(|last| last < document) {
            violations.push(Violation::new(&VALID_UNTIL_EARLY).at("/validUntil").with("date", document));
        }
        if document_type.corrects() {
            not_before_corrected(original, input, (document, posting, tax), violations);
        }
        Self { document, posting, supply, tax, rates: corrected.unwrap_or(tax) }
    }
}

/// A note is not dated before what it corrects: its VAT would be taken back before it was owed.
fn not_before_corrected(
    original: Option<&Original>,
    input: &Input<'_>,
    (document, posting, tax): (NaiveDate, NaiveDate, NaiveDate),
    violations: &mut Violations,
) {
    let mut check = |number: &str, date: NaiveDate, first: NaiveDate, at: &str| {
        if date < first {
            let before = Violation::new(&NOTE_BEFORE_DOCUMENT).at(at).with("number", number);
            violations.push(before.with("date", first));
        }
    };
    // The day that a note gives for a document of another system is checked with its number.
    if let Some(original) = original {
        let (number, before) = (original.number(), &original.document);
        check(number, document, before.document_date, "/documentDate");
        check(number, posting, before.posting_date, "/postingDate");
        if let Some(first) = before.view.tax_date.filter(|_| input.tax_date.is_some()) {
            check(number, tax, first, "/taxDate");
        }
    }
}

/// The day on which the VAT of a document is due: the earliest of supply and invoice for sales, that on which it is received
/// for purchases (R67).
pub(super) fn due_tax_date(
    document_type: DocumentType,
    (supply, document, posting): (NaiveDate, NaiveDate, NaiveDate),
) -> NaiveDate {
    let posts = document_type.posts();
    match document_type.side() {
        TradeSide::Purchase if posts => posting,
        _ if posts && !document_type.corrects() => supply.min(document),
        _ => document,
    }
}

/// The currency of a document: the one that it names, that of the document that it corrects, of the party or of the company.
pub(super) async fn money(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    (document_type, dates): (DocumentType, Dates),
    input: &Input<'_>,
    (role, original): (Role, Option<&Original>),
    violations: &mut Violations,
) -> AppResult<Option<DocumentMoney>> {
    let before = original.map(|original| original.document.currency);
    let code = input.currency.or(before).or(role.currency).unwrap_or(books.company.code);
    if let Some(original) = original.filter(|_| before.is_some_and(|before| before != code)) {
        let differs = Violation::new(&CURRENCY_DIFFERS).at("/currency").with("number", original.number());
        violations.push(differs.with("currency", original.document.currency));
    }
    let corrected = original.and_then(|original| Rate::parse(&original.document.view.rate).ok());
    let scale_max = match document_type.side() {
        TradeSide::Sale => EINVOICE_SCALE_MAX,
        TradeSide::Purchase => u8::MAX,
    };
    let asked = MoneyAsked { code, rate: input.rate.or(corrected), date: dates.tax, scale_max };
    DocumentMoney::of(uow, books, asked, violations).await
}
