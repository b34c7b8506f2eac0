//! `PATCH /journal-entries/{id}`: a draft changes; of a posted entry only reference and notes do (R2).

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::approval::ENTRY_AWAITS_APPROVAL;
use domain::accounting::journal_entry::{EntryPatch, LINES_MAX, REFERENCE_LENGTH_MAX, check_reverse_on};
use domain::error::{Violation, Violations};
use domain::ids::{JournalEntryId, JournalId};
use domain::money::CurrencyCode;
use domain::text::optional_text;

use super::entry_input::{LineInput, resolve_known_journal, resolve_known_lines};
use super::error::ENTRY_FIELD_FIXED;
use super::ports::books::Books;
use super::ports::journal_entries::StoredEntry;
use super::views::journal_entry::JournalEntryView;
use super::views::journal_entry_build::{draft_view, posted_entry_view, record_entry};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult, STALE_VERSION};
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

/// `None` leaves a field as it is, an inner `None` empties it.
#[derive(Debug, Clone)]
pub struct UpdateJournalEntry {
    pub id: JournalEntryId,
    pub journal: Option<Reference<JournalId>>,
    pub posting_date: Option<NaiveDate>,
    pub document_date: Option<Option<NaiveDate>>,
    /// The day on which the entry is taken back.
    pub reverse_on: Option<Option<NaiveDate>>,
    pub currency: Option<CurrencyCode>,
    pub description: Option<Option<String>>,
    pub reference: Option<Option<String>>,
    pub notes: Option<Option<String>>,
    pub control_reason: Option<Option<String>>,
    /// All lines; they replace the ones before.
    pub lines: Option<Vec<LineInput>>,
}

#[async_trait]
impl Command for UpdateJournalEntry {
    const NAME: &'static str = "update_journal_entry";
    const ACCESS: Access = Access::Permission("accounting.journal_entry.update");
    type Output = JournalEntryView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<JournalEntryView>> {
        let not_found = || AppError::not_found("journal_entry");
        let id = self.id;
        let mut books = Books::open(ctx, uow).await?;
        let (mut before, mut after) = match uow.journal_entries().find(id).await?.ok_or_else(not_found)? {
            StoredEntry::Draft { draft, mut meta } => {
                check_version(ctx, draft.version())?;
                if meta.approval.is_some() {
                    return Err(AppError::of(&ENTRY_AWAITS_APPROVAL));
                }
                let before = draft_view(uow, &mut books, draft.clone(), meta.clone()).await?;
                let taken_back_on = meta.reverse_on;
                meta.reverse_on = self.reverse_on.unwrap_or(meta.reverse_on);
                let posting_date = self.posting_date.unwrap_or(draft.posting_date());
                let dates = check_reverse_on(posting_date, meta.reverse_on);
                let patch = self.patch(uow, &mut books, draft.journal_id(), dates).await?;
                let old = draft.content().clone();
                let draft = draft.update(patch, LINES_MAX)?;
                if *draft.content() != old || meta.reverse_on != taken_back_on {
                    meta.note_maker(ctx.actor.user_id());
                }
                meta.notes = self.notes.clone().unwrap_or(meta.notes);
                let current = draft.version() - 1;
                let saved = uow.journal_entries().update_draft(&draft, &meta).await?;
                saved.then_some(()).ok_or_else(|| stale(current))?;
                (before, draft_view(uow, &mut books, draft, meta).await?)
            }
            StoredEntry::Posted { entry, mut meta, version } => {
                check_version(ctx, version)?;
                self.only_free_fields()?;
                let before = posted_entry_view(uow, &mut books, entry, meta.clone(), version).await?;
                let reference = self.reference.clone().unwrap_or_else(|| before.reference.clone());
                let reference = optional_text(reference.as_deref(), REFERENCE_LENGTH_MAX)
                    .map_err(|violation| violation.at("/reference"))?;
                meta.notes = self.notes.clone().unwrap_or(meta.notes);
                let notes = meta.notes.as_deref();
                let saved =
                    uow.journal_entries().update_posted(id, version, reference.as_deref(), notes).await?;
                saved.then_some(()).ok_or_else(|| stale(version))?;
                let after =
                    JournalEntryView { reference, notes: meta.notes, version: version + 1, ..before.clone() };
                (before, after)
            }
        };
        record_entry(uow, "updated", Some(&mut before), Some(&mut after));
        Ok(Done::of(after.id, after.version, after))
    }
}

fn stale(current: i64) -> AppError {
    AppError::new(Violation::new(&STALE_VERSION).with("current", current))
}

impl UpdateJournalEntry {
    async fn patch(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        journal: JournalId,
        dates: Result<(), Violation>,
    ) -> AppResult<EntryPatch> {
        let mut violations = Violations::new();
        violations.check("", dates);
        let journal_id = match &self.journal {
            Some(reference) => {
                violations.check("", resolve_known_journal(uow, books, Some(reference)).await?)
            }
            None => None,
        };
        let lines = match &self.lines {
            Some(lines) => {
                let mut lines = resolve_known_lines(uow, books, lines, &mut violations).await?;
                let journal = journal_id.unwrap_or(journal);
                books.add_dimension_defaults(uow, journal, &mut lines, &mut violations).await?;
                Some(lines)
            }
            None => None,
        };
        Ok(violations.into_result(EntryPatch {
            journal_id,
            posting_date: self.posting_date,
            document_date: self.document_date,
            currency: self.currency,
            description: self.description.clone(),
            reference: self.reference.clone(),
            control_reason: self.control_reason.clone(),
            lines,
        })?)
    }

    /// Names every field that no longer changes.
    fn only_free_fields(&self) -> AppResult<()> {
        let fixed = [
            ("/journalId", self.journal.is_some()),
            ("/postingDate", self.posting_date.is_some()),
            ("/documentDate", self.document_date.is_some()),
            ("/reverseOn", self.reverse_on.is_some()),
            ("/currency", self.currency.is_some()),
            ("/description", self.description.is_some()),
            ("/controlReason", self.control_reason.is_some()),
            ("/lines", self.lines.is_some()),
        ];
        let mut violations = Violations::new();
        violations.extend(
            fixed
                .iter()
                .filter(|(_, given)| *given)
                .map(|(at, _)| Violation::new(&ENTRY_FIELD_FIXED).at(*at)),
        );
        Ok(violations.into_result(())?)
    }
}
