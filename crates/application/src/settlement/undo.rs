//! `POST /allocations/{id}/undo`: gives back what an allocation took, and takes back its exchange difference.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::error::{Violation, Violations};
use domain::ids::JournalEntryId;
use domain::settlement::allocation::{
    ALLOCATION_OF_REVERSAL, ALLOCATION_UNDONE, AllocationId, AllocationKind, UNDO_BEFORE_ALLOCATION,
};
use domain::settlement::write_off::WriteOffId;
use domain::text::DESCRIPTION_LENGTH_MAX;
use uuid::Uuid;

use super::entry::{self, SettlementEntry};
use super::ports::{AllocationBatchId, StoredAllocation};
use super::settle::{Items, view};
use super::views::AllocationView;
use super::write_offs;
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::changes::record;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::documents::ports::DocumentId;
use crate::documents::reversal::reverse_document;
use crate::error::{AppError, AppResult};
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::RequiredText;

request! {
    /// Undoes an allocation.
    pub struct UndoAllocationBody {
        /// The day on which the items are open again; by default today, or the day of the allocation if that is later.
        date: Option<NaiveDate>,
        /// The reason, which stays on record.
        reason: RequiredText<DESCRIPTION_LENGTH_MAX> = "Paid by another customer",
    }
}

pub struct UndoAllocation {
    pub id: AllocationId,
    pub body: UndoAllocationBody,
}

#[async_trait]
impl Command for UndoAllocation {
    const NAME: &'static str = "undo_allocation";
    const ACCESS: Access = Access::Permission("settlement.allocation.undo");
    /// The allocation that undoes it.
    type Output = AllocationView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<AllocationView>> {
        let found = uow.open_items().find_allocation(self.id).await?;
        let original = found.ok_or_else(|| AppError::not_found("allocation"))?;
        match original.kind {
            AllocationKind::Reversal => return Err(AppError::of(&ALLOCATION_OF_REVERSAL)),
            AllocationKind::Undo => return Err(AppError::of(&ALLOCATION_UNDONE)),
            AllocationKind::Payment
            | AllocationKind::Note
            | AllocationKind::Discount
            | AllocationKind::WriteOff
            | AllocationKind::Netting => {}
        }
        if uow.open_items().is_undone(self.id).await? {
            return Err(AppError::of(&ALLOCATION_UNDONE));
        }
        let date = self.body.date.unwrap_or_else(|| ctx.today(uow.now()).max(original.date));
        let mut books = Books::open(ctx, uow).await?;
        let mut violations = Violations::new();
        if date < original.date {
            let before = Violation::new(&UNDO_BEFORE_ALLOCATION).with("date", original.date);
            violations.push(before.at("/date"));
        }
        violations.check("", entry::check_date(uow, ctx, &mut books, date).await?);
        violations.into_result(())?;
        let undoing = Undoing { ctx, date, reason: &self.body.reason };
        let mut done = undoing.undo(uow, books, vec![original]).await?;
        Ok(Done::new(done.pop().ok_or_else(|| AppError::internal("an allocation was not undone"))?))
    }
}

/// Undoes every live allocation of an entry's items on one day, with one entry: today, or the day of the latest of them if that
/// is later. Those with notes stay: a note takes them back itself.
pub async fn undo_allocations_of(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    entry: JournalEntryId,
    reason: &str,
) -> AppResult<()> {
    let mut live = uow.open_items().live_allocations(entry).await?;
    live.retain(|allocation| allocation.kind != AllocationKind::Note);
    let Some(latest) = live.iter().map(|allocation| allocation.date).max() else { return Ok(()) };
    let today = ctx.today(uow.now());
    undo_on(ctx, uow, live, (today.max(latest), reason)).await
}

/// Undoes what a note settled of the document that it corrects, on the day on which the note is taken back.
pub async fn undo_allocations_of_note(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    entry: JournalEntryId,
    (date, reason): (NaiveDate, &str),
) -> AppResult<()> {
    let mut live = uow.open_items().live_allocations(entry).await?;
    live.retain(|allocation| allocation.kind == AllocationKind::Note);
    let Some(latest) = live.iter().map(|allocation| allocation.date).max() else { return Ok(()) };
    undo_on(ctx, uow, live, (date.max(latest), reason)).await
}

async fn undo_on(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    live: Vec<StoredAllocation>,
    (date, reason): (NaiveDate, &str),
) -> AppResult<()> {
    let mut books = Books::open(ctx, uow).await?;
    entry::check_date(uow, ctx, &mut books, date).await??;
    Undoing { ctx, date, reason }.undo(uow, books, live).await?;
    Ok(())
}

/// The data that undone allocations have in common.
pub(super) struct Undoing<'a> {
    pub(super) ctx: &'a RequestContext,
    pub(super) date: NaiveDate,
    pub(super) reason: &'a str,
}

impl Undoing<'_> {
    /// Undoes allocations that nobody has undone, with the discounts and differences that belong to them: their notes and
    /// write-offs are reversed on the day. Answers those that undo them, in their order.
    pub(super) async fn undo(
        &self,
        uow: &mut dyn UnitOfWork,
        books: Books,
        originals: Vec<StoredAllocation>,
    ) -> AppResult<Vec<AllocationView>> {
        let ids: BTreeSet<_> = originals.iter().map(|original| original.id).collect();
        let companions = uow.open_items().companions_of(&ids).await?;
        let documents: BTreeSet<Uuid> =
            originals.iter().chain(&companions).filter_map(|one| one.document).collect();
        let count = originals.len();
        let mut all = originals;
        let made = uow.open_items().allocations_of_documents(&documents).await?;
        all.extend(made.into_iter().filter(|one| !ids.contains(&one.id)));
        let mut views = self.give_back(uow, books, all).await?;
        views.truncate(count);
        for document in documents {
            self.take_back(uow, document).await?;
        }
        Ok(views)
    }

    /// Reverses the note of a discount, or a write-off.
    async fn take_back(&self, uow: &mut dyn UnitOfWork, document: Uuid) -> AppResult<()> {
        if let Some(write_off) = uow.write_offs().find_write_off(WriteOffId::new(document)).await? {
            return write_offs::reverse::take_back(self.ctx, uow, write_off, (self.date, self.reason)).await;
        }
        let note = uow.documents().find_document(DocumentId::new(document)).await?;
        let note = note.ok_or_else(|| AppError::internal("the note of a discount is gone"))?;
        reverse_document(self.ctx, uow, note, self.reason, Some(self.date)).await?;
        Ok(())
    }

    /// Gives back what allocations took that nobody has undone, and answers those that undo them, in their order.
    async fn give_back(
        &self,
        uow: &mut dyn UnitOfWork,
        mut books: Books,
        originals: Vec<StoredAllocation>,
    ) -> AppResult<Vec<AllocationView>> {
        let allocations = originals.iter().map(|original| &original.allocation);
        let ids = allocations.flat_map(|allocation| [allocation.debit, allocation.credit]).collect();
        let found = uow.open_items().open_items(&ids).await?;
        let items = Items::learn(uow, &mut books, found).await?;
        let mut allocator = items.allocator(&books, AllocationKind::Undo, self.date);
        let mut undone = Vec::with_capacity(originals.len());
        for original in originals {
            let given = allocator.undo(&original.allocation);
            given.ok_or_else(|| AppError::internal("an allocation cannot be given back"))?;
            undone.push((AllocationId::new(uow.new_id()), original));
        }
        let (after, movements) = (allocator.items, allocator.movements);
        // The first of them names the batch.
        let Some(batch) = undone.first().map(|(id, _)| id.uuid()) else { return Ok(Vec::new()) };
        let entry = SettlementEntry { date: self.date, source: batch, movements };
        let entry = entry.post(self.ctx, uow, books.clone()).await?;
        items.save(uow, &books, after).await?;
        let stored = undone.into_iter().map(|(id, original)| StoredAllocation {
            id,
            batch: AllocationBatchId::new(batch),
            kind: AllocationKind::Undo,
            date: self.date,
            allocation: original.allocation,
            entry,
            undoes: Some(original.id),
            belongs_to: None,
            document: None,
            reason: Some(self.reason.to_owned()),
            created_by: self.ctx.actor.user_id(),
            recorded_at: uow.now(),
        });
        let stored: Vec<_> = stored.collect();
        uow.open_items().insert_allocations(&stored).await?;
        let mut views = Vec::with_capacity(stored.len());
        for stored in &stored {
            let view = view(stored, &books, &items);
            if let Some(original) = stored.undoes {
                record(uow, "allocation", original.uuid(), "undone", None, Some(&view));
            }
            views.push(view);
        }
        Ok(views)
    }
}
