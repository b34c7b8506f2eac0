//! Warnings about a document of trade: nothing that keeps it from being posted.

use chrono::{Datelike, NaiveDate, Weekday};
use domain::accounting::fiscal_period::FiscalPeriodKind;
use domain::company::profile::{CompanyProfile, VatPeriod};
use domain::error::Violation;
use domain::money::{Amount, Price};

use super::content::Content;
use super::facts::Facts;
use super::input::Supplier;
use super::line::Line;
use super::prepare::{Prepared, Preparing};
use super::resolve::Resolved;
use crate::accounting::ports::books::Books;
use crate::documents::ports::StoredDocument;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;
use crate::warnings::{
    DUE_DATE_IN_CLOSED_PERIOD, DUE_DATE_ON_WEEKEND, LINE_PRICE_ZERO, POSTING_DATE_CLOSED,
    PRICE_LIST_UNUSABLE, SUPPLIER_VAT_TAKEN_OVER, TAX_DATE_IN_OTHER_PERIOD,
};

const MONTHS_OF_QUARTER: u32 = 3;

impl Preparing<'_> {
    /// Warnings about the content, the company profile and the supplier's figures; `taken` is the VAT of the lines and the
    /// one that was taken over.
    pub(super) fn warnings(
        &self,
        facts: &Facts,
        document: &StoredDocument,
        content: &Content,
        (taken, scale): ((Amount, Amount), u8),
    ) -> Vec<Violation> {
        let mut warnings = of_content(&facts.company, document, &content.lines);
        warnings.extend(of_price_list(content));
        let supplier = self.input.supplier.as_ref();
        warnings.extend(supplier.and_then(|supplier| of_supplier(supplier, taken, scale)));
        warnings
    }
}

/// Prices that were found elsewhere, although the customer has a list of his own.
fn of_price_list(content: &Content) -> Vec<Violation> {
    let Some(list) = &content.unusable_list else { return Vec::new() };
    let found = |resolved: &Resolved| resolved.price.is_some_and(|price| price.source != "given");
    let lines = content.lines.iter().filter(|(_, resolved)| resolved.item.is_some() && found(resolved));
    let warning = |(line, _): &(Line, Resolved)| {
        Violation::new(&PRICE_LIST_UNUSABLE).at(format!("{}/unitPrice", line.at)).with("list", list)
    };
    lines.map(warning).collect()
}

fn of_content(
    company: &CompanyProfile,
    document: &StoredDocument,
    lines: &[(Line, Resolved)],
) -> Vec<Violation> {
    let mut warnings = Vec::new();
    let free = |resolved: &Resolved| resolved.price.is_some_and(|price| price.price == Price::ZERO);
    for (line, _) in lines.iter().filter(|(_, resolved)| free(resolved)) {
        warnings.push(Violation::new(&LINE_PRICE_ZERO).at(format!("{}/unitPrice", line.at)));
    }
    if !document.document_type.posts() {
        return warnings;
    }
    if let Some(date) = due_dates(document).find(|date| is_weekend(company, *date)) {
        warnings.push(Violation::new(&DUE_DATE_ON_WEEKEND).at("/dueDate").with("date", date));
    }
    let period = |date: NaiveDate| vat_period(company.vat_period, date);
    let posting = document.posting_date;
    if let Some(date) = document.view.tax_date.filter(|date| period(*date) != period(posting)) {
        let other = Violation::new(&TAX_DATE_IN_OTHER_PERIOD).at("/taxDate").with("date", date);
        warnings.push(other.with("posting", posting));
    }
    warnings
}

/// The warning about VAT taken over from the supplier's figures: `computed` is the VAT of the lines.
fn of_supplier(supplier: &Supplier<'_>, (computed, taken): (Amount, Amount), scale: u8) -> Option<Violation> {
    let at = if supplier.vat.is_some() { "/supplierVat" } else { "/supplierTotal" };
    (computed != taken).then(|| {
        let warning = Violation::new(&SUPPLIER_VAT_TAKEN_OVER).at(at).with("given", taken.display(scale));
        warning.with("computed", computed.display(scale))
    })
}

/// Warnings from the books: closed periods, and the customer's credit limit.
pub(super) async fn of_books(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    prepared: &Prepared,
    revises: bool,
) -> AppResult<Vec<Violation>> {
    let mut warnings = Vec::new();
    let document = &prepared.document;
    if document.document_type.posts() {
        let posting = document.posting_date;
        if is_closed(uow, books, posting).await? {
            warnings.push(Violation::new(&POSTING_DATE_CLOSED).at("/postingDate").with("date", posting));
        }
        let earliest = due_dates(document).min().filter(|date| *date != posting);
        if let Some(date) = earliest
            && is_closed(uow, books, date).await?
        {
            warnings.push(Violation::new(&DUE_DATE_IN_CLOSED_PERIOD).at("/dueDate").with("date", date));
        }
    }
    if let Some(branch) = document.branch.as_ref().filter(|_| document.document_type.posts()) {
        warnings.extend(branch.warning(uow).await?);
    }
    if let Some(credit) = &prepared.credit {
        // The part of a limit that an order uses is not used again by its invoice or its revision.
        let is_counted = revises || !prepared.bills.is_empty();
        warnings.extend(credit.warning(uow, is_counted).await?);
    }
    Ok(warnings)
}

fn due_dates(document: &StoredDocument) -> impl Iterator<Item = NaiveDate> {
    document.view.instalments.iter().map(|due| due.due_date)
}

/// Whether the day lies in a period that takes no entries.
async fn is_closed(uow: &mut dyn UnitOfWork, books: &mut Books, date: NaiveDate) -> AppResult<bool> {
    books.learn_date(uow, date).await?;
    let known = books.period(FiscalPeriodKind::Regular, date).is_some();
    Ok(known && books.check_date(uow.now(), date).is_err())
}

/// Friday and Saturday in Saudi Arabia, where a company without an address is, too.
fn is_weekend(company: &CompanyProfile, date: NaiveDate) -> bool {
    let saudi = company.address.as_ref().is_none_or(|address| address.country.is_saudi());
    let days = if saudi { [Weekday::Fri, Weekday::Sat] } else { [Weekday::Sat, Weekday::Sun] };
    days.contains(&date.weekday())
}

/// The VAT period of a day: its year, and its month or quarter.
fn vat_period(rhythm: VatPeriod, date: NaiveDate) -> (i32, u32) {
    match rhythm {
        VatPeriod::Monthly => (date.year(), date.month0()),
        VatPeriod::Quarterly => (date.year(), date.month0() / MONTHS_OF_QUARTER),
    }
}
