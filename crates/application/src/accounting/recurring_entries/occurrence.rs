//! One occurrence: made, or noted as failed. It is the next one of its entry, or one that failed before.

use chrono::NaiveDate;
use domain::accounting::journal_entry::DraftEntry;
use domain::accounting::recurring_entry::{RecurringEntry, TEMPLATE_LINES_MAX};
use domain::ids::JournalEntryId;

use super::save;
use crate::accounting::approvals::submit::post_or_submit;
use crate::accounting::create_journal_entry::insert_draft;
use crate::accounting::ports::books::Books;
use crate::accounting::ports::journal_entries::EntryMeta;
use crate::accounting::ports::recurring_entries::{StoredRecurringEntry, UnmadeOccurrence};
use crate::accounting::views::journal_entry::JournalEntryView;
use crate::accounting::views::recurring_entry::RecurringFailureView;
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// Makes the entry of a date, in the caller's name and transaction. One that would be posted and that an approval policy
/// matches is submitted instead.
pub(super) async fn make(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    entry: &RecurringEntry,
    date: NaiveDate,
) -> AppResult<JournalEntryView> {
    let id = JournalEntryId::new(uow.new_id());
    let draft = DraftEntry::new(entry.entry_on(date, id), TEMPLATE_LINES_MAX)?;
    let new = EntryMeta::new(ctx.actor.user_id(), uow.now());
    let meta = EntryMeta { recurring_entry_id: Some(entry.id), ..new };
    let mut books = Books::open(ctx, uow).await?;
    if entry.auto_post {
        return post_or_submit(ctx, uow, books, (draft, meta)).await;
    }
    insert_draft(uow, &mut books, draft, meta).await
}

/// Saves that the occurrence of `date` was made.
pub(super) async fn settle_made(
    uow: &mut dyn UnitOfWork,
    stored: StoredRecurringEntry,
    date: NaiveDate,
) -> AppResult<StoredRecurringEntry> {
    if stored.entry.next_date == Some(date) {
        let next = stored.advance();
        save(uow, &next).await?;
        return Ok(next);
    }
    uow.recurring_entries().remove_occurrence(stored.entry.id, date).await?;
    settle_failed_before(uow, stored).await
}

/// Saves that the occurrence of `failure` could not be made: the later ones need not wait for it.
pub(super) async fn settle_failed(
    uow: &mut dyn UnitOfWork,
    stored: StoredRecurringEntry,
    failure: RecurringFailureView,
) -> AppResult<StoredRecurringEntry> {
    let (id, date) = (stored.entry.id, failure.date);
    let retry_on = failure.attempted_on.succ_opt().unwrap_or(failure.attempted_on);
    let occurrence = UnmadeOccurrence::Failed { failure: failure.clone(), retry_on };
    if stored.entry.next_date != Some(date) {
        uow.recurring_entries().update_occurrence(id, &occurrence).await?;
        return settle_failed_before(uow, stored).await;
    }
    uow.recurring_entries().insert_occurrences(id, &[occurrence]).await?;
    let next = StoredRecurringEntry {
        last_error: stored.last_error.filter(|_| stored.failed_count > 0).or(Some(failure)),
        failed_count: stored.failed_count + 1,
        entry: stored.entry.advance(),
    };
    save(uow, &next).await?;
    Ok(next)
}

/// Saves the entry after something happened to one of its failed occurrences; what is due next stays.
pub(super) async fn settle_failed_before(
    uow: &mut dyn UnitOfWork,
    stored: StoredRecurringEntry,
) -> AppResult<StoredRecurringEntry> {
    let mut failed = uow.recurring_entries().failed_occurrences(stored.entry.id).await?;
    let failed_count = u32::try_from(failed.len()).unwrap_or(u32::MAX);
    let last_error = if failed.is_empty() { None } else { Some(failed.swap_remove(0)) };
    let entry = RecurringEntry { version: stored.entry.version + 1, ..stored.entry };
    let next = StoredRecurringEntry { entry, last_error, failed_count };
    save(uow, &next).await?;
    Ok(next)
}
