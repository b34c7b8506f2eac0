//! Posting of receipts and payments, and their allocation in the same transaction.

use domain::documents::money_document::ALLOCATED_MORE_THAN_PAID;
use domain::error::{Violation, Violations};
use domain::money::Amount;
use domain::settlement::allocation::{AllocationKind, Pair};
use domain::tax::withholding::WithholdingEntryId;

use super::body::MoneyAllocationBody;
use super::named::NamedItems;
use super::prepare::PreparedMoney;
use crate::accounting::ports::books::Books;
use crate::context::RequestContext;
use crate::documents::books_entry::BooksEntry;
use crate::documents::numbering::take_number;
use crate::documents::ports::StoredDocument;
use crate::documents::steps::{keep, note};
use crate::documents::views::DocumentView;
use crate::error::{AppError, AppResult};
use crate::settlement::entry::check_date;
use crate::settlement::settle::Settling;
use crate::unit_of_work::UnitOfWork;

/// Posts a prepared receipt or payment in the place of its draft, if there is one. Answers it, what is left of it, and how it
/// is shown.
pub async fn post_money(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    mut books: Books,
    prepared: PreparedMoney,
    allocations: &[MoneyAllocationBody],
    draft: Option<&StoredDocument>,
) -> AppResult<(StoredDocument, Amount, DocumentView)> {
    let PreparedMoney { document, scale, lines, journal, withholding } = prepared;
    let date = check_date(uow, ctx, &mut books, document.posting_date).await?;
    date.map_err(|violation| AppError::new(violation.at("/postingDate")))?;
    let number = take_number(uow, &books, document.document_type, document.posting_date).await?;
    let reference = number.1.clone();
    let posted = BooksEntry { journal, number, reference, lines }.post(ctx, uow, books, document).await?;
    let posted = keep(uow, posted, draft).await?;
    if let (Some(withholding), Some(entry)) = (&withholding, posted.entry) {
        let id = WithholdingEntryId::new(uow.new_id());
        let entry = withholding.entry(id, &posted, entry, posted.currency);
        uow.withholding().insert_withholding_entries(&[entry]).await?;
    }
    let left = allocate(ctx, uow, &posted, allocations, scale).await?;
    let view = note(uow, &posted, (Some(left), scale), None, "posted");
    Ok((posted, left, view))
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
