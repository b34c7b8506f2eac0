//! Accruals (R151): an entry that is posted together with the entry that takes it back on a later day.

use domain::accounting::journal_entry::{EntryStatus, PostedEntry};
use domain::error::Violation;
use domain::ids::JournalEntryId;

use super::{Ledger, Posting};
use crate::accounting::ports::journal_entries::EntryMeta;
use crate::accounting::ports::ledger::EntryToWrite;
use crate::accounting::views::journal_entry::JournalEntryView;
use crate::accounting::views::journal_entry_build::{posted_view, record_entry};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// The entry that takes an accrual back on the day that it names. It is part of what was approved.
pub(super) fn mirror(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    posted: &EntryToWrite,
) -> AppResult<Option<Posting>> {
    let Some(date) = posted.meta.reverse_on else { return Ok(None) };
    let id = JournalEntryId::new(uow.new_id());
    let draft = posted.entry.reversal_draft(id, date, &reason(&posted.entry)).map_err(at_the_day)?;
    let posting = Posting::new(draft, EntryMeta::new(ctx.actor.user_id(), uow.now()));
    Ok(Some(Posting { approved: true, ..posting }))
}

impl Ledger<'_> {
    /// Posts the mirror and shows the accrual as it is then.
    pub(super) async fn take_back(
        &mut self,
        uow: &mut dyn UnitOfWork,
        accrual: &mut JournalEntryView,
        mirror: Posting,
    ) -> AppResult<()> {
        let posted = self.post(uow, vec![mirror]).await.map_err(of_the_day)?.pop();
        let posted = posted.ok_or_else(|| AppError::internal("an accrual was not taken back"))?;
        let mut view = posted_view(uow, &mut self.books, posted).await?;
        record_entry(uow, "posted", None, Some(&mut view));
        let mut before = accrual.clone();
        accrual.status = EntryStatus::Reversed.as_str();
        accrual.reversed_by_id = Some(view.id);
        accrual.version += 1;
        record_entry(uow, "reversed", Some(&mut before), Some(accrual));
        Ok(())
    }
}

fn reason(entry: &PostedEntry) -> String {
    format!("عكس تلقائي للقيد {} / Automatic reversal of {}", entry.number(), entry.number())
}

/// Nothing of the mirror is the caller's to mend but its day.
fn at_the_day(violation: Violation) -> Violation {
    violation.at("/reverseOn")
}

fn of_the_day(error: AppError) -> AppError {
    let violations = error.violations.into_iter().map(at_the_day).collect();
    AppError { violations, ..error }
}
