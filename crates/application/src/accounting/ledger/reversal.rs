//! The reversal of an entry that something else than a person posted: a run, a match, a document.

use chrono::NaiveDate;
use domain::accounting::journal_entry::EntrySource;
use domain::ids::JournalEntryId;

use super::Posting;
use crate::accounting::ports::journal_entries::{EntryMeta, StoredEntry};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// What posts the opposite of an entry as a further part of its source, on the entry's own day unless another is given.
pub async fn reversal_of(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    entry: JournalEntryId,
    source: EntrySource,
    reason: &str,
    date: Option<NaiveDate>,
) -> AppResult<Posting> {
    let Some(StoredEntry::Posted { entry, .. }) = uow.journal_entries().find(entry).await? else {
        return Err(AppError::internal("an entry to take back is not in the ledger"));
    };
    let id = JournalEntryId::new(uow.new_id());
    let date = date.unwrap_or(entry.header().posting_date);
    let draft = entry.document_reversal(id, date, reason, source)?;
    Ok(Posting::new(draft, EntryMeta::new(ctx.actor.user_id(), uow.now())))
}
