//! A note settles the document that it corrects, from the moment in which it is posted (R102): what it takes back is owed by
//! nobody, and only what is beyond that stays as a credit of the party.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::error::Violation;
use domain::ids::JournalEntryId;
use domain::money::Amount;
use domain::settlement::allocation::{AllocationKind, Pair};
use domain::settlement::open_item::OpenItem;

use super::error::DOCUMENT_WRITTEN_OFF;
use super::ports::{DocumentId, StoredDocument};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::settlement::settle::Settling;
use crate::unit_of_work::UnitOfWork;

/// Settles what is open of the corrected document with a note that was posted just now: those of its items that fall due first
/// before the others. Answers what is open of the document itself then, be it a note or not.
pub(in crate::documents) async fn settle_corrected(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    note: &StoredDocument,
) -> AppResult<Option<Amount>> {
    let payable = Amount::parse(&note.view.totals.payable).ok();
    let corrected = note.corrects.filter(|_| note.document_type.reduces());
    let (Some(corrected), Some(entry)) = (corrected, note.entry) else { return Ok(payable) };
    let of_corrected = uow.documents().entries_of(&BTreeSet::from([corrected])).await?;
    let Some(corrected_entry) = of_corrected.first().map(|document| document.entry) else {
        return Ok(payable);
    };
    let entries = BTreeSet::from([corrected_entry, entry]);
    let items = uow.open_items().open_items_of_entries(&entries).await?;
    let (own, debts): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| item.entry == entry);
    let (pairs, settled) = pairs(&own, debts).ok_or_else(|| AppError::internal("open items do not fit"))?;
    if let Some(date) = pairs.iter().map(|(_, date)| *date).max() {
        let pairs = pairs.into_iter().map(|(pair, _)| pair).collect();
        Settling::new(AllocationKind::Note, date, pairs).run(ctx, uow).await?;
    }
    let left = payable.and_then(|payable| payable.checked_sub(settled));
    if let Some(excess) = left.filter(|left| left.is_positive()) {
        refuse_unpaid(uow, (corrected, corrected_entry), excess).await?;
    }
    Ok(left)
}

/// Where something of the document was written off, no more of a note stays as a credit than somebody has paid.
async fn refuse_unpaid(
    uow: &mut dyn UnitOfWork,
    (corrected, entry): (DocumentId, JournalEntryId),
    excess: Amount,
) -> AppResult<()> {
    let live = uow.open_items().live_allocations(entry).await?;
    let sum = |written_off: bool| {
        let kind = |kind| match kind {
            AllocationKind::WriteOff => written_off,
            AllocationKind::Note => false,
            _ => !written_off,
        };
        let amounts = live.iter().filter(|one| kind(one.kind)).map(|one| one.allocation.amount);
        Amount::sum(amounts).unwrap_or_default()
    };
    let (written_off, paid) = (sum(true), sum(false));
    if written_off.is_zero() || excess <= paid {
        return Ok(());
    }
    let document = uow.documents().find_document(corrected).await?;
    let document = document.ok_or_else(|| AppError::internal("a corrected document is gone"))?;
    Err(written_off_first(&document, written_off))
}

/// The refusal of a note beside a write-off.
pub(in crate::documents) fn written_off_first(document: &StoredDocument, amount: Amount) -> AppError {
    let number = document.number.clone().unwrap_or_default();
    let refused = Violation::new(&DOCUMENT_WRITTEN_OFF).with("number", number);
    refused.with("amount", amount.display(2)).into()
}

/// The pairs of a note's items with those that they settle, each with the first day on which it may, and how much they come to.
/// Items on another account, as after a change of the posting rules, do not settle each other.
fn pairs(own: &[OpenItem], mut corrected: Vec<OpenItem>) -> Option<(Vec<(Pair, NaiveDate)>, Amount)> {
    corrected.sort_by_key(|item| (item.due_date, item.line_no));
    let (mut pairs, mut settled) = (Vec::new(), Amount::ZERO);
    for credit in own {
        let mut left = credit.open_amount.abs();
        for debt in &mut corrected {
            let same = (debt.account, debt.currency) == (credit.account, credit.currency)
                && debt.party == credit.party
                && debt.is_debit() != credit.is_debit();
            let amount = left.min(debt.open_amount.abs());
            if !same || !amount.is_positive() {
                continue;
            }
            let (debit, credit_id) =
                if credit.is_debit() { (credit.id, debt.id) } else { (debt.id, credit.id) };
            let date = debt.posting_date.max(credit.posting_date);
            pairs.push((Pair::new(debit, credit_id).of(amount), date));
            left = left.checked_sub(amount)?;
            debt.open_amount = debt.open_amount.abs().checked_sub(amount)?;
            settled = settled.checked_add(amount)?;
        }
    }
    Some((pairs, settled))
}
