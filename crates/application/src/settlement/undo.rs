//! `POST /allocations/{id}/undo`: gives back what an allocation took, and takes back its exchange difference.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::error::{Violation, Violations};
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
        let on = (date, &*self.body.reason);
        let done = give_back(ctx, uow, books, &original, on).await?;
        let mut made = BTreeSet::from_iter(original.document);
        for companion in uow.open_items().companions_of(self.id).await? {
            made.extend(companion.document);
        }
        for document in made {
            undo_document(ctx, uow, document, on).await?;
            take_back(ctx, uow, document, on).await?;
        }
        Ok(Done::new(done))
    }
}

/// Undoes what is left of the allocations that a note or a write-off was made for.
pub(super) async fn undo_document(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    document: Uuid,
    on: (NaiveDate, &str),
) -> AppResult<()> {
    for allocation in uow.open_items().allocations_of_document(document).await? {
        let books = Books::open(ctx, uow).await?;
        give_back(ctx, uow, books, &allocation, on).await?;
    }
    Ok(())
}

/// Reverses the note of a discount, or a write-off.
async fn take_back(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    document: Uuid,
    (date, reason): (NaiveDate, &str),
) -> AppResult<()> {
    if let Some(write_off) = uow.write_offs().find_write_off(WriteOffId::new(document)).await? {
        write_offs::reverse::take_back(ctx, uow, write_off, (date, reason)).await?;
        return Ok(());
    }
    let note = uow.documents().find_document(DocumentId::new(document)).await?;
    let note = note.ok_or_else(|| AppError::internal("the note of a discount is gone"))?;
    reverse_document(ctx, uow, note, reason, Some(date)).await?;
    Ok(())
}

async fn give_back(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    mut books: Books,
    original: &StoredAllocation,
    (date, reason): (NaiveDate, &str),
) -> AppResult<AllocationView> {
    let allocation = original.allocation.clone();
    let ids = BTreeSet::from([allocation.debit, allocation.credit]);
    let found = uow.open_items().open_items(&ids).await?;
    let items = Items::learn(uow, &mut books, found).await?;
    let mut allocator = items.allocator(&books, original.kind, date);
    let undone = allocator.undo(&allocation);
    undone.ok_or_else(|| AppError::internal("an allocation cannot be given back"))?;
    let (after, movements) = (allocator.items, allocator.movements);
    let id = AllocationId::new(uow.new_id());
    let entry = SettlementEntry { date, source: id.uuid(), movements };
    let entry = entry.post(ctx, uow, books.clone()).await?;
    items.save(uow, after).await?;
    let stored = StoredAllocation {
        id,
        batch: AllocationBatchId::new(id.uuid()),
        kind: AllocationKind::Undo,
        date,
        allocation,
        entry,
        undoes: Some(original.id),
        belongs_to: None,
        document: None,
        reason: Some(reason.to_owned()),
        created_by: ctx.actor.user_id(),
        recorded_at: uow.now(),
    };
    uow.open_items().insert_allocations(std::slice::from_ref(&stored)).await?;
    let view = view(&stored, &books, &items);
    record(uow, "allocation", original.id.uuid(), "undone", None, Some(&view));
    Ok(view)
}
