//! `POST /journal-entries/{id}/post`: a draft enters the ledger.

use async_trait::async_trait;
use domain::accounting::approval::ENTRY_AWAITS_APPROVAL;
use domain::accounting::journal_entry::{DraftEntry, EntryApproval, EntryKind};
use domain::ids::JournalEntryId;

use super::approvals::sources;
use super::create_journal_entry::POST;
use super::error::ENTRY_NOT_DRAFT;
use super::ledger::{Ledger, Posting};
use super::ports::journal_entries::{EntryMeta, StoredEntry};
use super::views::journal_entry::JournalEntryView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;
use crate::warnings::shown;

#[derive(Debug, Clone)]
pub struct PostJournalEntry {
    pub id: JournalEntryId,
}

#[async_trait]
impl Command for PostJournalEntry {
    const NAME: &'static str = "post_journal_entry";
    const ACCESS: Access = Access::Permission(POST);
    type Output = JournalEntryView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<JournalEntryView>> {
        let (draft, meta) = stored_draft(uow, self.id).await?;
        check_version(ctx, draft.version())?;
        if meta.approval == Some(EntryApproval::PendingApproval) {
            return Err(AppError::of(&ENTRY_AWAITS_APPROVAL));
        }
        let source = draft.source();
        let view = Ledger::open(ctx, uow).await?.post_one(uow, Posting::stored(draft, meta)).await?;
        sources::posted(ctx, uow, source, self.id).await?;
        let warnings = shown(&std::mem::take(uow.warnings()), ctx.language);
        let view = JournalEntryView { warnings, ..view };
        Ok(Done::of(view.id, view.version, view))
    }
}

/// The draft as it is stored, with what a reversal has from the entry that it reverses.
pub(super) async fn stored_draft(
    uow: &mut dyn UnitOfWork,
    id: JournalEntryId,
) -> AppResult<(DraftEntry, EntryMeta)> {
    let stored = uow.journal_entries().find(id).await?;
    let (draft, meta) = match stored.ok_or_else(|| AppError::not_found("journal_entry"))? {
        StoredEntry::Draft { draft, meta } => (draft, meta),
        StoredEntry::Posted { .. } => return Err(AppError::of(&ENTRY_NOT_DRAFT)),
    };
    let Some(original) = draft.content().reverses else { return Ok((draft, meta)) };
    match uow.journal_entries().find(original).await? {
        Some(StoredEntry::Posted { entry, .. }) if entry.header().kind == EntryKind::Opening => {
            Ok((draft.of_opening(), meta))
        }
        _ => Ok((draft, meta)),
    }
}
