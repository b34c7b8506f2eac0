//! `POST /write-offs`: takes open items off the books that nobody will pay (R110).

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::account::ControlKind;
use domain::error::{Violation, Violations};
use domain::money::Amount;
use domain::settlement::allocation::{ALLOCATION_AMOUNT_NOT_POSITIVE, AllocationKind, Pair};
use domain::settlement::open_item::OpenItemId;
use domain::settlement::write_off::{
    WRITE_OFF_BEFORE_ITEM, WRITE_OFF_EXCEEDS_OPEN, WRITE_OFF_ITEMS_DIFFER, WRITE_OFF_NOTHING_OPEN,
    WriteOffKind,
};
use domain::text::DESCRIPTION_LENGTH_MAX;

use super::ports::StoredWriteOff;
use super::post::{Taken, WriteOffPosting};
use super::views::WriteOffView;
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::changes::unknown_reference;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::documents::ports::DocumentId;
use crate::error::AppResult;
use crate::request;
use crate::settlement::entry::check_date;
use crate::settlement::ports::FoundItem;
use crate::settlement::settle::Settling;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{List, REQUIRED, RequiredText};

/// Most items of one write-off.
pub const WRITE_OFF_ITEMS_MAX: usize = 1_000;

request! {
    /// Writes open items off.
    pub struct CreateWriteOff as CreateWriteOffBody {
        /// The document whose open items are written off. Give either the document or open items.
        document_id: Option<DocumentId>,
        /// The open items, of one party, account, currency and side.
        open_item_ids: Option<List<OpenItemId, WRITE_OFF_ITEMS_MAX, 1>>,
        /// The amount, in the currency of the items; the items are written off in the order of their due dates until it is used
        /// up. By default everything that is open.
        amount: Option<Amount>,
        /// The day; today by default.
        date: Option<NaiveDate> = "2026-12-31",
        /// The reason, which stays on record.
        reason: RequiredText<DESCRIPTION_LENGTH_MAX> = "Insolvent",
    }
}

#[async_trait]
impl Command for CreateWriteOff {
    const NAME: &'static str = "create_write_off";
    const ACCESS: Access = Access::Permission("settlement.write_off.create");
    type Output = WriteOffView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<WriteOffView>> {
        let date = self.date.unwrap_or_else(|| ctx.today(uow.now()));
        let mut violations = Violations::new();
        let mut books = Books::open(ctx, uow).await?;
        violations.check("", check_date(uow, ctx, &mut books, date).await?);
        let found = self.found(uow, &mut violations).await?;
        let taken = self.taken(uow, &mut books, found, date, &mut violations).await?;
        let taken = violations.into_result(taken)?;
        books.learn_accounts(uow, taken.iter().map(|one| one.item.account).collect()).await?;
        let control = taken.first().and_then(|one| books.accounts.get(&one.item.account));
        let control = control.map_or(ControlKind::None, |facts| facts.control);
        let is_debit = taken.first().is_some_and(|one| one.item.is_debit());
        let kind = WriteOffKind::decided(control, is_debit);
        let posting = WriteOffPosting { ctx, books: &books, kind, date, reason: &self.reason };
        let write_off = posting.post(uow, &taken).await?;
        settle(ctx, uow, &write_off, &taken).await?;
        let scale = books.currencies.get(&write_off.currency).map_or(books.company.scale, |one| one.scale);
        let view = write_off.view(scale, books.company.scale);
        Ok(Done::of(view.id, view.version, view))
    }
}

impl CreateWriteOff {
    /// The items that are named, those that fall due first first.
    async fn found(
        &self,
        uow: &mut dyn UnitOfWork,
        violations: &mut Violations,
    ) -> AppResult<Vec<FoundItem>> {
        let ids: BTreeSet<OpenItemId> = match (&self.open_item_ids, self.document_id) {
            (Some(ids), _) => ids.0.iter().copied().collect(),
            (None, Some(document)) => self.of_document(uow, document, violations).await?,
            (None, None) => {
                violations.push(Violation::new(&REQUIRED).at("/openItemIds"));
                BTreeSet::new()
            }
        };
        let mut found = uow.open_items().open_items(&ids).await?;
        for (index, id) in self.open_item_ids.iter().flat_map(|ids| &ids.0).enumerate() {
            if !found.iter().any(|found| found.item.id == *id) {
                violations.push(unknown_reference(&format!("/openItemIds/{index}"), "open_item", id));
            }
        }
        found.sort_by_key(|found| (found.item.due_date, found.item.id));
        Ok(found)
    }

    async fn of_document(
        &self,
        uow: &mut dyn UnitOfWork,
        id: DocumentId,
        violations: &mut Violations,
    ) -> AppResult<BTreeSet<OpenItemId>> {
        let document = uow.documents().find_document(id).await?;
        let Some(entry) = document.and_then(|document| document.entry) else {
            violations.push(unknown_reference("/documentId", "document", id));
            return Ok(BTreeSet::new());
        };
        let items = uow.open_items().open_items_of_entries(&BTreeSet::from([entry])).await?;
        Ok(items.into_iter().map(|item| item.id).collect())
    }

    /// How much is taken of each item.
    async fn taken(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        found: Vec<FoundItem>,
        date: NaiveDate,
        violations: &mut Violations,
    ) -> AppResult<Vec<Taken>> {
        let Some(first) = found.first().map(|found| found.item.clone()) else { return Ok(Vec::new()) };
        books.learn_currencies(uow, &BTreeSet::from([first.currency])).await?;
        let currency = books.currencies.get(&first.currency).copied().unwrap_or(books.company);
        if let Some(amount) = self.amount {
            violations.check("/amount", amount.check_in(currency));
            if !amount.is_positive() {
                violations.push(Violation::new(&ALLOCATION_AMOUNT_NOT_POSITIVE).at("/amount"));
            }
        }
        let mut taken: Vec<Taken> = Vec::with_capacity(found.len());
        let open = Amount::sum(found.iter().map(|found| found.item.open_amount.abs())).unwrap_or_default();
        let mut left = self.amount.unwrap_or(open);
        for FoundItem { item, number, .. } in found {
            let differs = |other: &domain::settlement::open_item::OpenItem| {
                (&other.party, other.account, other.currency, other.is_debit())
                    != (&first.party, first.account, first.currency, first.is_debit())
            };
            if differs(&item) {
                violations
                    .push(Violation::new(&WRITE_OFF_ITEMS_DIFFER).at("/openItemIds").with("number", &number));
            }
            if date < item.posting_date {
                let before = Violation::new(&WRITE_OFF_BEFORE_ITEM).at("/date").with("number", &number);
                violations.push(before.with("date", item.posting_date));
            }
            let amount = left.min(item.open_amount.abs());
            if amount.is_positive() {
                left = left.checked_sub(amount).unwrap_or_default();
                taken.push(Taken { item, amount, number });
            }
        }
        if let Some(exceeding) = self.amount.filter(|_| left.is_positive()) {
            let number = taken.first().map_or("", |one| one.number.as_str());
            let exceeds = Violation::new(&WRITE_OFF_EXCEEDS_OPEN).at("/amount").with("number", number);
            let exceeds = exceeds.with("open", open.display(currency.scale)).with("currency", currency.code);
            violations.push(exceeds.with("amount", exceeding.display(currency.scale)));
        } else if taken.is_empty() {
            violations.push(Violation::new(&WRITE_OFF_NOTHING_OPEN));
        }
        Ok(taken)
    }
}

/// Settles the items with those of the write-off, whose lines are in the same order.
async fn settle(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    write_off: &StoredWriteOff,
    taken: &[Taken],
) -> AppResult<()> {
    let mut own = uow.open_items().open_items_of_entries(&BTreeSet::from([write_off.entry])).await?;
    own.sort_by_key(|item| item.line_no);
    let pair = |(own, one): (&domain::settlement::open_item::OpenItem, &Taken)| {
        let (debit, credit) = if own.is_debit() { (own.id, one.item.id) } else { (one.item.id, own.id) };
        Pair::new(debit, credit).of(one.amount)
    };
    let pairs = own.iter().zip(taken).map(pair).collect();
    let settling = Settling::new(AllocationKind::WriteOff, write_off.date, pairs);
    settling.of_document(write_off.id.uuid()).run(ctx, uow).await?;
    Ok(())
}
