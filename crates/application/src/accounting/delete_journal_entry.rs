//! `DELETE /journal-entries/{id}`: only drafts disappear (R2), and their files with them.

use async_trait::async_trait;
use domain::accounting::approval::ENTRY_AWAITS_APPROVAL;
use domain::accounting::journal_entry::DraftEntry;
use domain::ids::JournalEntryId;
use domain::platform::attachment::DocumentType;

use super::error::ENTRY_NOT_DRAFT;
use super::ports::books::Books;
use super::ports::journal_entries::{EntryMeta, StoredEntry};
use super::views::journal_entry_build::{draft_view, record_entry};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::platform::attachments::delete_with_document;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct DeleteJournalEntry {
    pub id: JournalEntryId,
}

#[async_trait]
impl Command for DeleteJournalEntry {
    const NAME: &'static str = "delete_journal_entry";
    const ACCESS: Access = Access::Permission("accounting.journal_entry.delete");
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let stored = uow.journal_entries().find(self.id).await?;
        let (draft, meta) = match stored.ok_or_else(|| AppError::not_found("journal_entry"))? {
            StoredEntry::Draft { draft, meta } => (draft, meta),
            StoredEntry::Posted { .. } => return Err(AppError::of(&ENTRY_NOT_DRAFT)),
        };
        check_version(ctx, draft.version())?;
        if meta.approval.is_some() {
            return Err(AppError::of(&ENTRY_AWAITS_APPROVAL));
        }
        remove_draft(ctx, uow, draft, meta).await?;
        Ok(Done::new(()))
    }
}

/// Deletes a draft with what is attached to it.
pub(super) async fn remove_draft(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    draft: DraftEntry,
    meta: EntryMeta,
) -> AppResult<()> {
    let (id, version) = (draft.id(), draft.version());
    let mut books = Books::open(ctx, uow).await?;
    let mut before = draft_view(uow, &mut books, draft, meta).await?;
    if !uow.journal_entries().delete_draft(id, version).await? {
        return Err(AppError::of(&ENTRY_NOT_DRAFT));
    }
    delete_with_document(uow, DocumentType::JournalEntry, id.uuid()).await?;
    record_entry(uow, "deleted", Some(&mut before), None);
    Ok(())
}
