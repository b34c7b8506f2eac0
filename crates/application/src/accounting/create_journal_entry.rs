//! `POST /journal-entries`: a new draft, or an entry posted at once.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::journal_entry::{DraftEntry, EntryKind, LINES_MAX, NewEntry, check_reverse_on};
use domain::error::Violations;
use domain::ids::{JournalEntryId, JournalId};
use domain::money::CurrencyCode;

use super::entry_input::{
    LineInput, resolve_journal, resolve_known_journal, resolve_known_lines, resolve_lines,
};
use super::error::POST_PERMISSION_NEEDED;
use super::ledger::{Ledger, Posting};
use super::ports::books::Books;
use super::ports::journal_entries::EntryMeta;
use super::views::journal_entry::JournalEntryView;
use super::views::journal_entry_build::{draft_view, record_entry};
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;
use crate::warnings::shown;

pub const CREATE: &str = "accounting.journal_entry.create";
pub const POST: &str = "accounting.journal_entry.post";

#[derive(Debug, Clone)]
pub struct CreateJournalEntry {
    /// `None` is the general journal.
    pub journal: Option<Reference<JournalId>>,
    pub posting_date: NaiveDate,
    pub document_date: Option<NaiveDate>,
    /// The day on which the entry is taken back.
    pub reverse_on: Option<NaiveDate>,
    /// `None` is the company currency.
    pub currency: Option<CurrencyCode>,
    pub description: Option<String>,
    pub reference: Option<String>,
    pub notes: Option<String>,
    pub control_reason: Option<String>,
    pub lines: Vec<LineInput>,
    /// Post in the same transaction; needs the permission to post as well.
    pub post: bool,
}

#[async_trait]
impl Command for CreateJournalEntry {
    const NAME: &'static str = "create_journal_entry";
    const ACCESS: Access = Access::Permission(CREATE);
    type Output = JournalEntryView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<JournalEntryView>> {
        if self.post && !ctx.permissions.allows(POST) {
            return Err(AppError::of(&POST_PERMISSION_NEEDED));
        }
        let mut books = Books::open(ctx, uow).await?;
        let draft = self.draft(uow, &mut books).await?;
        let new = EntryMeta::new(ctx.actor.user_id(), uow.now());
        let meta = EntryMeta { notes: self.notes.clone(), reverse_on: self.reverse_on, ..new };
        let view = if self.post {
            Ledger::with(ctx, books).post_one(uow, Posting::new(draft, meta)).await?
        } else {
            insert_draft(uow, &mut books, draft, meta).await?
        };
        let warnings = shown(&std::mem::take(uow.warnings()), ctx.language);
        let view = JournalEntryView { warnings, ..view };
        Ok(Done::of(view.id, view.version, view))
    }
}

impl CreateJournalEntry {
    async fn draft(&self, uow: &mut dyn UnitOfWork, books: &mut Books) -> AppResult<DraftEntry> {
        let mut violations = Violations::new();
        violations.check("", check_reverse_on(self.posting_date, self.reverse_on));
        let journal = match self.post {
            true => resolve_journal(uow, books, self.journal.as_ref()).await?,
            false => resolve_known_journal(uow, books, self.journal.as_ref()).await?,
        };
        let journal_id = violations.check("", journal);
        let lines = match self.post {
            true => resolve_lines(uow, books, &self.lines, &mut violations).await?,
            false => resolve_known_lines(uow, books, &self.lines, &mut violations).await?,
        };
        let currency = self.currency.unwrap_or(books.company.code);
        let mut lines = lines;
        if let Some(journal) = journal_id {
            books.add_dimension_defaults(uow, journal, &mut lines, &mut violations).await?;
        }
        let Some(journal_id) = journal_id.filter(|_| violations.is_empty()) else {
            return Err(violations.into_vec().into());
        };
        let entry = NewEntry {
            id: JournalEntryId::new(uow.new_id()),
            journal_id,
            kind: EntryKind::Standard,
            posting_date: self.posting_date,
            document_date: self.document_date,
            currency,
            description: self.description.clone(),
            reference: self.reference.clone(),
            control_reason: self.control_reason.clone(),
            reverses: None,
            lines,
        };
        Ok(DraftEntry::new(entry, LINES_MAX)?)
    }
}

/// Stores a new draft, notes it and shows it.
pub(super) async fn insert_draft(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    draft: DraftEntry,
    meta: EntryMeta,
) -> AppResult<JournalEntryView> {
    uow.journal_entries().insert_draft(&draft, &meta).await?;
    let mut view = draft_view(uow, books, draft, meta).await?;
    record_entry(uow, "created", None, Some(&mut view));
    Ok(view)
}
