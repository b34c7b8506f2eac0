//! `POST /journal-entries/{id}/reverse`: a new entry that undoes a posted one (R4).

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::journal_entry::{EntryStatus, PostedEntry};
use domain::ids::JournalEntryId;

use super::approvals::submit::post_or_submit;
use super::error::ENTRY_NOT_POSTED;
use super::ports::books::Books;
use super::ports::journal_entries::{EntryMeta, StoredEntry};
use super::views::journal_entry::JournalEntryView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

pub const REVERSE: &str = "accounting.journal_entry.reverse";

#[derive(Debug, Clone)]
pub struct ReverseJournalEntry {
    pub id: JournalEntryId,
    /// `None` is the tenant's today.
    pub posting_date: Option<NaiveDate>,
    pub reason: String,
}

#[async_trait]
impl Command for ReverseJournalEntry {
    const NAME: &'static str = "reverse_journal_entry";
    const ACCESS: Access = Access::Permission(REVERSE);
    /// The reversal.
    type Output = JournalEntryView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<JournalEntryView>> {
        let (original, version) = match uow.journal_entries().find(self.id).await? {
            Some(StoredEntry::Posted { entry, version, .. }) => (entry, version),
            Some(StoredEntry::Draft { .. }) => return Err(AppError::of(&ENTRY_NOT_POSTED)),
            None => return Err(AppError::not_found("journal_entry")),
        };
        check_version(ctx, version)?;
        let date = self.posting_date.unwrap_or_else(|| ctx.today(uow.now()));
        let view = reverse(ctx, uow, &original, date, &self.reason).await?;
        Ok(Done::of(view.id, view.version, view))
    }
}

/// Posts the reversal of a posted entry and links both. One that an approval policy matches is a draft that waits.
pub async fn reverse(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    original: &PostedEntry,
    date: NaiveDate,
    reason: &str,
) -> AppResult<JournalEntryView> {
    let id = JournalEntryId::new(uow.new_id());
    let draft = original.reversal_draft(id, date, reason)?;
    let meta = EntryMeta::new(ctx.actor.user_id(), uow.now());
    let books = Books::open(ctx, uow).await?;
    let view = post_or_submit(ctx, uow, books, (draft, meta)).await?;
    if view.status == EntryStatus::Draft.as_str() {
        return Ok(view);
    }
    uow.record(crate::ports::change::Change {
        tenant: uow.tenant(),
        entity: "journal_entry",
        entity_id: original.id().uuid(),
        action: "reversed",
        before: None,
        after: Some(serde_json::json!({
            "id": original.id().uuid(), "number": original.number(), "reversedById": id.uuid(), "reason": reason,
        })),
    });
    Ok(view)
}
