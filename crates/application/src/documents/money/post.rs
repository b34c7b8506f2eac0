//! Posting of receipts and payments, and their allocation in the same transaction.

use std::collections::{BTreeMap, BTreeSet};

use domain::documents::money_document::ALLOCATED_MORE_THAN_PAID;
use domain::error::{Violation, Violations};
use domain::money::Amount;
use domain::settlement::allocation::{
    ALLOCATION_AMOUNT_NOT_POSITIVE, ALLOCATION_NO_MONEY_LEFT, ALLOCATION_NOTHING_OPEN, AllocationKind, Pair,
};
use domain::settlement::open_item::OpenItem;
use domain::tax::withholding::WithholdingEntryId;
use uuid::Uuid;

use super::body::MoneyAllocationBody;
use super::named::{Called, Named, NamedItems};
use super::prepare::PreparedMoney;
use crate::accounting::ports::books::Books;
use crate::context::RequestContext;
use crate::documents::books_entry::BooksEntry;
use crate::documents::numbering::take_number;
use crate::documents::ports::StoredDocument;
use crate::documents::steps::{keep, note};
use crate::documents::views::{CreatedDocumentView, DocumentAllocationView, DocumentView};
use crate::error::{AppError, AppResult};
use crate::settlement::discounts::discount_of;
use crate::settlement::entry::check_date;
use crate::settlement::settle::Settling;
use crate::settlement::views::AllocationView;
use crate::unit_of_work::UnitOfWork;

/// The members that allocations of a body have in common with pairs of items.
const MEMBERS: [&str; 3] = ["amount", "takeDiscount", "writeOffDifference"];

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
    let PreparedMoney { document, scale, lines, journal, withholding, refusals, .. } = prepared;
    let mut violations = Violations::new();
    violations.extend(refusals);
    let date = check_date(uow, ctx, &mut books, document.posting_date).await?;
    violations.check("", date.map_err(|violation| violation.at("/postingDate")));
    violations.into_result(())?;
    let of = (document.document_type, document.branch.as_ref());
    let number = take_number(uow, &books, of, document.posting_date).await?;
    let reference = number.1.clone();
    let posted = BooksEntry { journal, number, reference, lines }.post(ctx, uow, books, document).await?;
    let posted = keep(uow, posted, draft).await?;
    if let (Some(withholding), Some(entry)) = (&withholding, posted.entry) {
        let id = WithholdingEntryId::new(uow.new_id());
        let entry = withholding.entry(id, &posted, entry, posted.currency);
        uow.withholding().insert_withholding_entries(&[entry]).await?;
    }
    let Allocated { left, created, allocations } = allocate(ctx, uow, &posted, allocations, scale).await?;
    let view = note(uow, &posted, (Some(left), scale), None, "posted");
    Ok((posted, left, DocumentView { created, allocations: Some(allocations), ..view }))
}

/// What became of the money.
struct Allocated {
    /// The rest, which stays open.
    left: Amount,
    created: Vec<CreatedDocumentView>,
    allocations: Vec<DocumentAllocationView>,
}

/// Settles the items that the body names with the item that the document made.
async fn allocate(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    document: &StoredDocument,
    allocations: &[MoneyAllocationBody],
    scale: u8,
) -> AppResult<Allocated> {
    if allocations.is_empty() {
        return Ok(Allocated { left: document.total, created: Vec::new(), allocations: Vec::new() });
    }
    let entries: BTreeSet<_> = document.entry.into_iter().collect();
    let own = uow.open_items().open_items_of_entries(&entries).await?.pop();
    let own = own.ok_or_else(|| AppError::internal("a receipt or a payment made no open item"))?;
    let mut violations = Violations::new();
    let mut paying = Paying { own: &own, scale, left: document.total, pairs: Vec::new(), of: Vec::new() };
    let mut named = NamedItems::learn(uow, allocations).await?;
    let mut called = BTreeMap::new();
    let own_number = document.number.clone().unwrap_or_default();
    for (index, allocation) in allocations.iter().enumerate() {
        let at = format!("/allocations/{index}");
        let Some(named) = named.of(allocation, (&own, &own_number), &at, &mut violations) else { continue };
        if let Some(refused) = paying.idle(allocation, &named) {
            violations.push(refused.at(at));
            continue;
        }
        paying.pay(uow, (index, allocation), &named.items, &mut violations).await?;
        called.extend(named.items.iter().map(|item| (item.id.uuid(), named.called.clone())));
    }
    violations.into_result(())?;
    let Paying { left, pairs, of, .. } = paying;
    let settling = Settling::new(AllocationKind::Payment, document.posting_date, pairs);
    let settled = settling.run(ctx, uow).await.map_err(|error| as_allocations(error, &of))?;
    let paid = settled.allocations.into_iter().filter_map(|one| shown(one, &own, &called)).collect();
    if settled.created.is_empty() {
        return Ok(Allocated { left, created: Vec::new(), allocations: paid });
    }
    // A difference may have been written off of the money itself.
    let own = uow.open_items().open_items_of_entries(&entries).await?.pop();
    let left = own.map_or(left, |own| own.open_amount.abs());
    Ok(Allocated { left, created: settled.created, allocations: paid })
}

/// What the money paid; `None` for what was settled beside it.
fn shown(
    allocation: AllocationView,
    own: &OpenItem,
    called: &BTreeMap<Uuid, Called>,
) -> Option<DocumentAllocationView> {
    let (paid, amount, currency) = match own.is_debit() {
        true => (allocation.credit_item_id, allocation.credit_amount, allocation.credit_currency),
        false => (allocation.debit_item_id, allocation.amount, allocation.currency),
    };
    let of_own = allocation.debit_item_id == own.id.uuid() || allocation.credit_item_id == own.id.uuid();
    let called = called.get(&paid).filter(|_| of_own)?;
    let document = called.document.clone();
    Some(DocumentAllocationView {
        allocation_id: allocation.id,
        date: allocation.date,
        open_item_id: paid,
        document_id: document.as_ref().map(|(id, _)| id.uuid()),
        document_type: document.map(|(_, document_type)| document_type),
        number: Some(called.number.clone()),
        amount,
        currency,
    })
}

/// The pairs that a document's allocations come to.
struct Paying<'a> {
    own: &'a OpenItem,
    scale: u8,
    left: Amount,
    pairs: Vec<Pair>,
    /// Per pair the position of its allocation in the body.
    of: Vec<usize>,
}

impl Paying<'_> {
    /// Why an allocation would settle nothing: who asks for one does not mean an advance. One with an amount is refused where
    /// it is allocated.
    fn idle(&self, allocation: &MoneyAllocationBody, named: &Named<'_>) -> Option<Violation> {
        let open = named.items.iter().any(|item| !item.open_amount.is_zero());
        match () {
            () if allocation.amount.is_some_and(|amount| !amount.is_positive()) => {
                Some(Violation::new(&ALLOCATION_AMOUNT_NOT_POSITIVE))
            }
            () if named.items.is_empty() || (!open && allocation.amount.is_none()) => {
                Some(Violation::new(&ALLOCATION_NOTHING_OPEN).with("number", &named.called.number))
            }
            () if self.left.is_zero() && allocation.amount.is_none() => {
                Some(Violation::new(&ALLOCATION_NO_MONEY_LEFT).with("number", &named.called.number))
            }
            () => None,
        }
    }

    /// Pays the items that one allocation names, as far as the money goes. Its wishes are for the last of them.
    async fn pay(
        &mut self,
        uow: &mut dyn UnitOfWork,
        (index, allocation): (usize, &MoneyAllocationBody),
        items: &[&OpenItem],
        violations: &mut Violations,
    ) -> AppResult<()> {
        let mut wanted = allocation.amount.unwrap_or(self.left);
        if wanted > self.left {
            let more = Violation::new(&ALLOCATED_MORE_THAN_PAID).at(format!("/allocations/{index}/amount"));
            let more = more.with("allocated", wanted.display(self.scale));
            violations.push(more.with("amount", self.left.display(self.scale)));
            wanted = self.left;
        }
        let last = items.len().saturating_sub(1);
        let none = items.iter().all(|item| item.discount.is_none());
        for (place, item) in items.iter().copied().enumerate() {
            // Where no item grants one, that is said where the pairs are settled.
            let take_discount = allocation.take_discount && (none || item.discount.is_some());
            let mut open = item.open_amount.abs();
            if take_discount {
                let on = (self.own.posting_date, self.scale);
                if let Ok(discount) = discount_of(uow, item, on, "").await? {
                    open = open.checked_sub(discount).unwrap_or_default();
                }
            }
            // An amount beyond the open amount is refused where it is allocated.
            let named_too_much = place == last && allocation.amount.is_some();
            let amount = if named_too_much { wanted } else { wanted.min(open) };
            if amount.is_positive() {
                let own = self.own;
                let (debit, credit) = if own.is_debit() { (own.id, item.id) } else { (item.id, own.id) };
                let write_off_difference = allocation.write_off_difference && place == last;
                let pair = Pair::new(debit, credit).of(amount);
                self.pairs.push(Pair { take_discount, write_off_difference, ..pair });
                self.of.push(index);
                wanted = wanted.checked_sub(amount).unwrap_or_default();
                self.left = self.left.checked_sub(amount).unwrap_or_default();
            }
        }
        Ok(())
    }
}

/// Pairs are made of the body's allocations, so what is refused points at those: at a member that both have, or at the whole.
fn as_allocations(error: AppError, of: &[usize]) -> AppError {
    let renamed = |violation: Violation| {
        let mut parts = violation.pointer.split('/').skip(2);
        let index = parts.next().and_then(|place| of.get(place.parse::<usize>().ok()?));
        let Some(index) = index else { return violation.at("/allocations") };
        let member = parts.next().filter(|member| MEMBERS.contains(member));
        let pointer = member.map(|member| format!("/allocations/{index}/{member}"));
        violation.at(pointer.unwrap_or_else(|| format!("/allocations/{index}")))
    };
    AppError { violations: error.violations.into_iter().map(renamed).collect(), ..error }
}
