//! Posting (R79): a document with its number, its entry, its taxes and what it takes of other documents, in one transaction.

use std::collections::BTreeSet;

use chrono::Days;
use domain::accounting::journal::JournalKind;
use domain::accounting::lock::{LockKind, Locks, check_posting_date};
use domain::documents::note::{DocumentGroup, DocumentLine, NOTHING_LEFT, NoteKind};
use domain::documents::posting::{CodeVat, DocumentLines, DocumentPosting};
use domain::error::{Violation, Violations};
use domain::ids::{JournalEntryId, UserId};
use domain::items::item::ItemId;
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount, Quantity, Rate};
use domain::tax::tax_entry::{TaxEntry, TaxEntryId};
use uuid::Uuid;

use super::header::due_tax_date;
use super::moves::OrderMoves;
use super::ordered_charges::move_charges;
use super::prepare::Prepared;
use crate::accounting::ports::books::Books;
use crate::context::RequestContext;
use crate::documents::books_entry::{BooksEntry, source_of};
use crate::documents::error::{DOCUMENT_TOTAL_ZERO, TAX_DATE_LOCKED};
use crate::documents::numbering::take_number;
use crate::documents::ports::StoredDocument;
use crate::documents::steps::keep;
use crate::error::{AppError, AppResult};
use crate::settlement::entry::check_date;
use crate::unit_of_work::UnitOfWork;

/// Posts a prepared document, in the place of its draft if there is one, and answers it as it is kept.
pub async fn post(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    mut books: Books,
    prepared: Prepared,
    draft: Option<&StoredDocument>,
) -> AppResult<StoredDocument> {
    let moves = refuse(ctx, uow, &mut books, &prepared).await?;
    take_progress(uow, &prepared).await?;
    move_charges(uow, &prepared).await?;
    let document = &prepared.document;
    let of = (document.document_type, document.branch.as_ref());
    let number = take_number(uow, &books, of, document.posting_date).await?;
    let reference = document.view.supplier_number.clone().unwrap_or_else(|| number.1.clone());
    let posted = lines(&prepared, &reference)?;
    let journal = document.document_type.journal_code();
    let entry = BooksEntry { journal, number, reference, lines: posted.lines };
    let document = entry.post(ctx, uow, books, document.clone()).await?;
    keep_discounts(uow, &prepared, document.entry).await?;
    let entries = tax_entries(uow, &prepared, &document, &posted.vat)?;
    uow.tax_entries().insert_tax_entries(&entries).await?;
    let document = keep(uow, document, draft).await?;
    keep_progress(uow, &prepared).await?;
    moves.save(uow, document.id, prepared.money.company.scale).await?;
    Ok(document)
}

/// Everything that keeps the document from being posted, at once. Answers what it will do to lines of orders.
async fn refuse(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    prepared: &Prepared,
) -> AppResult<OrderMoves> {
    let mut violations = Violations::new();
    let moves = OrderMoves::of_posting(uow, prepared, &mut violations).await?;
    violations.extend(prepared.refusals.iter().cloned());
    let taxes = prepared.tax_only.iter().any(|one| !one.tax.is_zero());
    if !taxes && prepared.parts.iter().all(|part| part.net.is_zero()) {
        violations.push(Violation::new(&DOCUMENT_TOTAL_ZERO).at("/lines"));
    }
    let date = check_date(uow, ctx, books, prepared.document.posting_date).await?;
    violations.check("", date.map_err(|violation| violation.at("/postingDate")));
    violations.check("", check_tax_date(uow, books, prepared));
    if let Some(credit) = &prepared.credit {
        let released = moves.released(prepared.money.company.scale);
        violations.check("", credit.check(ctx, uow, released).await?);
    }
    Ok(violations.into_result(moves)?)
}

/// Checks that the tax lock leaves the tax date open (R67).
fn check_tax_date(uow: &dyn UnitOfWork, books: &Books, prepared: &Prepared) -> Result<(), Violation> {
    let (Some(date), Some(through)) = (prepared.document.view.tax_date, books.locks.through(LockKind::Tax))
    else {
        return Ok(());
    };
    let only_tax = Locks::from_stored([(LockKind::Tax, through)]);
    let who = (books.user.unwrap_or(UserId::new(Uuid::nil())), uow.now());
    let open = check_posting_date(date, JournalKind::General, true, &only_tax, &books.exceptions, who);
    open.map_err(|_| {
        let first = through.checked_add_days(Days::new(1)).unwrap_or(through);
        Violation::new(&TAX_DATE_LOCKED).at("/taxDate").with("date", through).with("first", first)
    })
}

/// Takes amounts and quantities of the documents that this one corrects or deducts: never more than is left, whoever else
/// takes of them at the same time.
async fn take_progress(uow: &mut dyn UnitOfWork, prepared: &Prepared) -> AppResult<()> {
    let corrected = prepared.document.view.corrects_number.clone().unwrap_or_default();
    let nothing_left = || AppError::new(Violation::new(&NOTHING_LEFT).with("number", corrected.clone()));
    if !uow.documents().use_groups(&prepared.uses).await? {
        return Err(nothing_left());
    }
    if let Some(original) = prepared.document.corrects
        && !uow.documents().credit_lines(original, &prepared.credited).await?
    {
        return Err(nothing_left());
    }
    if let Some((invoice, lines)) = &prepared.given_back
        && !uow.documents().credit_lines(*invoice, lines).await?
    {
        return Err(AppError::internal("what a credit note took cannot be given back"));
    }
    Ok(())
}

fn lines(prepared: &Prepared, reference: &str) -> AppResult<DocumentLines> {
    let document = &prepared.document;
    let account = prepared.party_account;
    let posting = DocumentPosting {
        document_type: document.document_type,
        currency: prepared.money.currency.code,
        scale: prepared.money.currency.scale,
        rate: prepared.money.rate,
        company_scale: prepared.money.company.scale,
        party: &document.party_code,
        party_account: account
            .ok_or_else(|| AppError::internal("a document is posted without its party's account"))?,
        reference: Some(reference),
        dues: &prepared.dues,
        groups: &prepared.calculation.groups,
        parts: &prepared.parts,
        codes: &prepared.taxes,
        deductions: &prepared.deductions,
        tax_only: &prepared.tax_only,
    };
    posting.lines().ok_or_else(|| Violation::new(&AMOUNT_OUT_OF_RANGE).into())
}

fn tax_entries(
    uow: &mut dyn UnitOfWork,
    prepared: &Prepared,
    document: &StoredDocument,
    vat: &[CodeVat],
) -> AppResult<Vec<TaxEntry>> {
    let money = prepared.money;
    let (Some(entry), Some(number)) = (document.entry, &document.number) else {
        return Err(AppError::internal("a document without an entry has no taxes"));
    };
    let exchange = money.rate.unwrap_or(Rate::ONE);
    let company = |amount: Amount| {
        amount
            .convert(exchange, money.company.scale)
            .ok_or_else(|| AppError::new(Violation::new(&AMOUNT_OUT_OF_RANGE)))
    };
    let view = &document.view;
    let tax_date = view.tax_date.unwrap_or(document.posting_date);
    let dates = (view.supply_date.unwrap_or(view.document_date), view.document_date, document.posting_date);
    let due_date = Some(due_tax_date(document.document_type, dates)).filter(|due| *due < tax_date);
    let mut entries = Vec::with_capacity(vat.len());
    for one in vat {
        let (code, rate) = (&prepared.codes[one.code], prepared.rates[one.code]);
        let Some(category) = code.category else { continue };
        let (base, tax) = match one.company {
            Some(amounts) => amounts,
            None => (company(one.base)?, company(one.vat)?),
        };
        entries.push(TaxEntry {
            id: TaxEntryId::new(uow.new_id()),
            source_kind: source_of(document.document_type)?,
            source_id: document.id.uuid(),
            document_number: number.clone(),
            entry,
            party: Some(document.party_code.clone()),
            tax_code: code.code.to_string(),
            category,
            rate,
            account: one.account.filter(|_| !(one.vat.is_zero() && tax.is_zero())),
            side: one.side,
            return_box: one.return_box.clone(),
            currency: document.currency,
            currency_base: one.base,
            currency_tax: one.vat,
            base,
            tax,
            tax_date,
            due_date,
            posting_date: document.posting_date,
            corrects: document.corrects.map(|id| id.uuid()),
        });
    }
    Ok(entries)
}

/// Keeps until when the document's items grant a discount. Its entry begins with a line for each instalment.
async fn keep_discounts(
    uow: &mut dyn UnitOfWork,
    prepared: &Prepared,
    entry: Option<JournalEntryId>,
) -> AppResult<()> {
    let granted = prepared.dues.iter().any(|due| due.discount.is_some());
    if !granted || prepared.document.document_type.corrects() {
        return Ok(());
    }
    let mut items = uow.open_items().open_items_of_entries(&BTreeSet::from_iter(entry)).await?;
    items.sort_by_key(|item| item.line_no);
    let dues = prepared.dues.iter().filter(|due| !due.amount.is_zero());
    let discounts: Vec<_> =
        items.iter().zip(dues).filter_map(|(item, due)| Some((item.id, due.discount?))).collect();
    Ok(uow.open_items().save_discounts(&discounts).await?)
}

/// Whether something may still be taken of the document: not of bills' notes, which are reversed, nor of discounts for early
/// payment, which go with their allocations, nor of what became the invoice's again.
fn keeps_progress(prepared: &Prepared) -> bool {
    let document = &prepared.document;
    let discount = document.kind.as_deref() == Some(NoteKind::EarlyDiscount.as_str());
    document.document_type.is_corrected() && !discount && !prepared.takes_back
}

/// Keeps what later notes and deductions may take of the document.
async fn keep_progress(uow: &mut dyn UnitOfWork, prepared: &Prepared) -> AppResult<()> {
    if !keeps_progress(prepared) {
        return Ok(());
    }
    let group = |(index, group): (usize, &domain::tax::document::Group)| DocumentGroup {
        number: u32::try_from(index + 1).unwrap_or(u32::MAX),
        category: group.category,
        rate: group.rate,
        taxable: group.taxable,
        vat: group.vat,
        used_taxable: Amount::ZERO,
        used_vat: Amount::ZERO,
    };
    let groups: Vec<_> = prepared.calculation.groups.iter().enumerate().map(group).collect();
    let line = |line: &crate::documents::views::DocumentLineView| DocumentLine {
        line_no: line.line_no,
        item: line.item_id.map(ItemId::new),
        quantity: Quantity::parse(&line.quantity).unwrap_or_default(),
        credited_quantity: Quantity::ZERO,
    };
    let lines: Vec<_> = prepared.document.lines.iter().map(line).collect();
    Ok(uow.documents().insert_progress(prepared.document.id, &groups, &lines).await?)
}
