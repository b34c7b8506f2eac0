//! `POST /journal-entries/{id}/copy`: a new draft with the same lines.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::journal_entry::{DraftEntry, EntryKind, NewEntry};
use domain::accounting::ledger_settings::LedgerAccountRole;
use domain::ids::JournalEntryId;

use super::create_journal_entry::{CREATE, insert_draft};
use super::ports::books::Books;
use super::ports::journal_entries::{EntryMeta, StoredEntry};
use super::views::journal_entry::JournalEntryView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct CopyJournalEntry {
    pub id: JournalEntryId,
    /// `None` is the tenant's today.
    pub posting_date: Option<NaiveDate>,
}

#[async_trait]
impl Command for CopyJournalEntry {
    const NAME: &'static str = "copy_journal_entry";
    const ACCESS: Access = Access::Permission(CREATE);
    type Output = JournalEntryView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<JournalEntryView>> {
        let stored = uow.journal_entries().find(self.id).await?;
        let mut books = Books::open(ctx, uow).await?;
        let id = JournalEntryId::new(uow.new_id());
        let date = self.posting_date.unwrap_or_else(|| ctx.today(uow.now()));
        let (draft, notes, makers) = match stored.ok_or_else(|| AppError::not_found("journal_entry"))? {
            StoredEntry::Draft { draft, meta } => {
                let kind = EntryKind::Standard;
                let old = draft.into_content();
                let lines_max = old.lines.len();
                let entry =
                    NewEntry { id, kind, posting_date: date, document_date: None, reverses: None, ..old };
                // The figures are still those of the people who wrote them.
                let makers = meta.created_by.into_iter().chain(meta.changed_by).collect();
                (DraftEntry::new(entry, lines_max)?, meta.notes, makers)
            }
            StoredEntry::Posted { entry, meta, .. } => {
                let sets = entry.lines().iter().map(|line| line.dimension_set).filter(|set| !set.is_empty());
                books.learn_sets(uow, sets.collect()).await?;
                let draft =
                    entry.copy_draft(id, date, &|set| books.sets.get(&set).cloned().unwrap_or_default())?;
                (without_balancing(&books, draft), meta.notes, Vec::new())
            }
        };
        let new = EntryMeta::new(ctx.actor.user_id(), uow.now());
        let mut meta = EntryMeta { notes, copied_from: Some(self.id), ..new };
        makers.into_iter().for_each(|maker| meta.note_maker(Some(maker)));
        let view = insert_draft(uow, &mut books, draft, meta).await?;
        Ok(Done::of(view.id, view.version, view))
    }
}

/// Lines between branches are added anew when the copy is posted.
fn without_balancing(books: &Books, draft: DraftEntry) -> DraftEntry {
    let account = books.settings.account(LedgerAccountRole::InterBranch);
    let Some(account) = account.filter(|_| books.settings.balancing_dimension.is_some()) else {
        return draft;
    };
    let lines = draft.lines().iter().filter(|line| line.account != account).cloned().collect();
    draft.with_lines(lines)
}
