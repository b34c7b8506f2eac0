//! `POST /journal-entries/{id}/post`: a draft enters the ledger.

use async_trait::async_trait;
use domain::ids::JournalEntryId;

use super::create_journal_entry::POST;
use super::error::ENTRY_NOT_DRAFT;
use super::ledger::{Ledger, Posting};
use super::ports::journal_entries::StoredEntry;
use super::views::journal_entry::JournalEntryView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

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
        let stored = uow.journal_entries().find(self.id).await?;
        let (draft, meta) = match stored.ok_or_else(|| AppError::not_found("journal_entry"))? {
            StoredEntry::Draft { draft, meta } => (draft, meta),
            StoredEntry::Posted { .. } => return Err(AppError::of(&ENTRY_NOT_DRAFT)),
        };
        check_version(ctx, draft.version())?;
        let entry = Posting { draft_version: Some(draft.version()), draft, meta };
        let view = Ledger::open(ctx, uow).await?.post_one(uow, entry).await?;
        Ok(Done::of(view.id, view.version, view))
    }
}
