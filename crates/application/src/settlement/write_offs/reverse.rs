//! `POST /write-offs/{id}/reverse`: what was written off is open again.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::journal_entry::{EntrySource, EntrySourceKind};
use domain::error::{Violation, Violations};
use domain::settlement::allocation::UNDO_BEFORE_ALLOCATION;
use domain::settlement::write_off::{WRITE_OFF_REVERSED, WriteOffId};
use domain::text::DESCRIPTION_LENGTH_MAX;

use super::note;
use super::ports::StoredWriteOff;
use super::relief_back::take_relief_back;
use super::views::WriteOffView;
use crate::accounting::ledger::{Ledger, reversal_of};
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::changes::stale;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::request;
use crate::settlement::entry::check_date;
use crate::settlement::undo::Undoing;
use crate::unit_of_work::UnitOfWork;
use crate::wire::RequiredText;

request! {
    /// Takes a write-off back.
    pub struct ReverseWriteOffBody {
        /// The day on which the items are open again; by default today, or the day of the write-off if that is later.
        date: Option<NaiveDate>,
        /// The reason, which becomes the description of the reversal.
        reason: RequiredText<DESCRIPTION_LENGTH_MAX> = "Paid after all",
    }
}

pub struct ReverseWriteOff {
    pub id: WriteOffId,
    pub body: ReverseWriteOffBody,
}

#[async_trait]
impl Command for ReverseWriteOff {
    const NAME: &'static str = "reverse_write_off";
    const ACCESS: Access = Access::Permission("settlement.write_off.reverse");
    type Output = WriteOffView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<WriteOffView>> {
        let found = uow.write_offs().find_write_off(self.id).await?;
        let write_off = found.ok_or_else(|| AppError::not_found("write_off"))?;
        check_version(ctx, write_off.version)?;
        if write_off.reversed {
            return Err(AppError::of(&WRITE_OFF_REVERSED));
        }
        let date = self.body.date.unwrap_or_else(|| ctx.today(uow.now()).max(write_off.date));
        let mut violations = Violations::new();
        if date < write_off.date {
            violations.push(Violation::new(&UNDO_BEFORE_ALLOCATION).at("/date").with("date", write_off.date));
        }
        let mut books = Books::open(ctx, uow).await?;
        violations.check("", check_date(uow, ctx, &mut books, date).await?);
        violations.into_result(())?;
        let documents = BTreeSet::from([write_off.id.uuid()]);
        let live = uow.open_items().allocations_of_documents(&documents).await?;
        let company = books.company.scale;
        let undoing = Undoing { ctx, date, reason: &self.body.reason };
        undoing.undo(uow, books, live).await?;
        let found = uow.write_offs().find_write_off(self.id).await?;
        let reversed = found.ok_or_else(|| AppError::not_found("write_off"))?;
        let mut books = Books::open(ctx, uow).await?;
        books.learn_currencies(uow, &BTreeSet::from([reversed.currency])).await?;
        let scale = books.currencies.get(&reversed.currency).map_or(company, |currency| currency.scale);
        let view = reversed.view(scale, company);
        Ok(Done::of(view.id, view.version, view))
    }
}

/// Reverses the entry of a write-off whose allocations are undone, notes it and shows it.
pub(in crate::settlement) async fn take_back(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    write_off: StoredWriteOff,
    (date, reason): (NaiveDate, &str),
) -> AppResult<()> {
    let source = EntrySource::part(EntrySourceKind::WriteOff, write_off.id.uuid(), 1);
    let posting = reversal_of(ctx, uow, write_off.entry, source, reason, Some(date)).await?;
    let reversal = posting.draft.id();
    let mut ledger = Ledger::open(ctx, uow).await?;
    ledger.post_noted(uow, vec![posting]).await.map_err(|error| error.of_the_whole(""))?;
    let company = ledger.books.company.scale;
    let scale = ledger.books.currencies.get(&write_off.currency).map_or(company, |currency| currency.scale);
    let before = write_off.view(scale, company);
    let version = write_off.version;
    let vat_relief = take_relief_back(ctx, uow, &write_off, (date, reason)).await?;
    let reversed = StoredWriteOff {
        reversed: true,
        reversal_entry: Some(reversal),
        vat_relief,
        version: version + 1,
        ..write_off
    };
    if !uow.write_offs().save_reversed(&reversed).await? {
        return Err(stale(version));
    }
    let view = reversed.view(scale, company);
    note(uow, "reversed", Some(&before), &view);
    Ok(())
}
