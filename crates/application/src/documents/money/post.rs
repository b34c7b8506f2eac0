//! Posting of receipts and payments, and their allocation in the same transaction.

use domain::accounting::journal_entry::{DraftEntry, EntryKind, EntrySource, JOURNAL_LINES_MAX, NewEntry};
use domain::documents::money_document::ALLOCATED_MORE_THAN_PAID;
use domain::error::{Language, Violation, Violations};
use domain::ids::JournalEntryId;
use domain::money::Amount;
use domain::settlement::allocation::{AllocationKind, Pair};
use domain::tax::withholding::WithholdingEntryId;

use super::body::MoneyAllocationBody;
use super::named::NamedItems;
use super::prepare::PreparedMoney;
use crate::accounting::error::JOURNAL_UNKNOWN;
use crate::accounting::ledger::{Ledger, Posting};
use crate::accounting::ports::books::Books;
use crate::accounting::ports::journal_entries::EntryMeta;
use crate::context::RequestContext;
use crate::documents::numbering::take_number;
use crate::documents::ports::{DocumentStatus, StoredDocument};
use crate::documents::trade::of_the_whole;
use crate::error::{AppError, AppResult};
use crate::settlement::entry::check_date;
use crate::settlement::settle::Settling;
use crate::unit_of_work::UnitOfWork;

/// Posts a prepared receipt or payment. Answers it as it is to be kept, and what is left of it.
pub async fn post_money(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    mut books: Books,
    prepared: PreparedMoney,
    allocations: &[MoneyAllocationBody],
) -> AppResult<(StoredDocument, Amount)> {
    let date = check_date(uow, ctx, &mut books, prepared.document.posting_date).await?;
    date.map_err(|violation| AppError::new(violation.at("/postingDate")))?;
    let document = prepared.document;
    let (series, number) = take_number(uow, &books, document.document_type, document.posting_date).await?;
    let journal = books.journal_by_code(uow, prepared.journal).await?;
    let journal_id = journal.ok_or_else(|| AppError::new(Violation::new(&JOURNAL_UNKNOWN)))?;
    let name = document.document_type.name();
    let text = |language| name.text(language).to_owned();
    let id = JournalEntryId::new(uow.new_id());
    let entry = NewEntry {
        id,
        journal_id,
        kind: EntryKind::Standard,
        posting_date: document.posting_date,
        document_date: Some(document.document_date),
        currency: document.currency,
        description: Some(format!("{} / {} {number}", text(Language::Arabic), text(Language::English))),
        reference: Some(number.clone()),
        control_reason: None,
        reverses: None,
        lines: prepared.lines,
    };
    let draft = DraftEntry::new(entry, JOURNAL_LINES_MAX)?;
    let draft = draft.of(EntrySource::new(document.document_type.source(), document.id.uuid()));
    let meta = EntryMeta::new(ctx.actor.user_id(), uow.now());
    Ledger::with(ctx, books).post_one(uow, Posting::new(draft, meta)).await.map_err(of_the_whole)?;
    let posted = StoredDocument {
        status: DocumentStatus::Posted,
        number: Some(number),
        series: Some(series),
        entry: Some(id),
        posted_at: Some(uow.now()),
        ..document
    };
    if let Some(withholding) = &prepared.withholding {
        let entry = WithholdingEntryId::new(uow.new_id());
        let entry = withholding.entry(entry, &posted, id, posted.currency);
        uow.withholding().insert_withholding_entries(&[entry]).await?;
    }
    let left = allocate(ctx, uow, &posted, allocations, prepared.scale).await?;
    Ok((posted, left))
}

/// Settles what the body names with the item that the document made. Answers what is left of it.
async fn allocate(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    document: &StoredDocument,
    allocations: &[MoneyAllocationBody],
    scale: u8,
) -> AppResult<Amount> {
    if allocations.is_empty() {
        return Ok(document.total);
    }
    let entry = document.entry.into_iter().collect();
    let own = uow.open_items().open_items_of_entries(&entry).await?.pop();
    let own = own.ok_or_else(|| AppError::internal("a receipt or a payment made no open item"))?;
    let named = NamedItems::learn(uow, allocations).await?;
    let mut left = document.total;
    let mut pairs = Vec::new();
    let mut violations = Violations::new();
    for (index, allocation) in allocations.iter().enumerate() {
        let at = format!("/allocations/{index}");
        let items = named.of(allocation, &own, &at, &mut violations);
        let mut wanted = allocation.amount.unwrap_or(left);
        if wanted > left {
            let more = Violation::new(&ALLOCATED_MORE_THAN_PAID).at(format!("{at}/amount"));
            let more = more.with("allocated", wanted.display(scale)).with("amount", left.display(scale));
            violations.push(more);
            wanted = left;
        }
        let last = items.len().saturating_sub(1);
        for (place, item) in items.iter().enumerate() {
            // What a caller names beyond what is open is refused where it is allocated.
            let named_too_much = place == last && allocation.amount.is_some();
            let amount = if named_too_much { wanted } else { wanted.min(item.open_amount.abs()) };
            if amount.is_positive() {
                let (debit, credit) = if own.is_debit() { (own.id, item.id) } else { (item.id, own.id) };
                pairs.push(Pair { debit, credit, amount: Some(amount), credit_amount: None });
                wanted = wanted.checked_sub(amount).unwrap_or_default();
                left = left.checked_sub(amount).unwrap_or_default();
            }
        }
    }
    violations.into_result(())?;
    if !pairs.is_empty() {
        let date = document.posting_date;
        Settling { kind: AllocationKind::Payment, date, pairs }
            .run(ctx, uow)
            .await
            .map_err(as_allocations)?;
    }
    Ok(left)
}

/// Pairs are made of the body's allocations, so what is refused points at those as a whole.
fn as_allocations(error: AppError) -> AppError {
    let violations = error.violations.into_iter().map(|violation| violation.at("/allocations")).collect();
    AppError { violations, ..error }
}
