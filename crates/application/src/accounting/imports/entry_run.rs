//! The entries of a file, one after the other: made into drafts, checked, kept.

use domain::accounting::journal_entry::{
    DraftEntry, EXCHANGE_RATE_MISSING, FISCAL_PERIOD_CLOSED, FISCAL_PERIOD_MISSING, ROUNDING_ACCOUNT_MISSING,
};
use domain::accounting::lock::DATE_LOCKED;
use domain::error::{ErrorDef, Violation};
use domain::ids::JournalEntryId;
use serde_json::json;

use super::entry_drafts::Resolution;
use super::entry_file::FileEntry;
use super::error::OPENING_DATE_MISSING;
use super::import_entries::{ImportEntries, Journals};
use super::row_errors::RowErrors;
use super::{Meter, entry_pointers, opening};
use crate::accounting::ports::journal_entries::EntryMeta;
use crate::accounting::posting_session::PostingSession;
use crate::accounting::views::import_result::ImportResultView;
use crate::accounting::views::journal_entry_build::hex;
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::ports::change::Change;
use crate::unit_of_work::UnitOfWork;

/// Errors that matter only when an entry is posted: a draft may wait for their cure.
const LATER: [&ErrorDef; 5] = [
    &FISCAL_PERIOD_MISSING,
    &FISCAL_PERIOD_CLOSED,
    &DATE_LOCKED,
    &EXCHANGE_RATE_MISSING,
    &ROUNDING_ACCOUNT_MISSING,
];

/// The work on the entries of one file.
pub(super) struct Run<'a> {
    pub import: &'a ImportEntries,
    pub ctx: &'a RequestContext,
    pub resolution: Resolution<'a>,
    pub journals: Journals,
    pub session: PostingSession,
    pub errors: RowErrors,
    pub result: ImportResultView,
}

impl Run<'_> {
    pub async fn entries(&mut self, uow: &mut dyn UnitOfWork) -> AppResult<()> {
        let file = self.import.file.clone();
        let mut meter = Meter::new(&*self.import.progress, file.lines.len() as u64);
        for entry in &file.entries {
            if let Some(draft) = self.draft(uow, entry).await? {
                self.entry(uow, entry, draft).await?;
            }
            meter.step(entry.lines.len() as u64)?;
        }
        Ok(())
    }

    fn note(&mut self, entry: &FileEntry, violations: Vec<Violation>) {
        entry_pointers::note(&self.import.file, entry, violations, &mut self.errors);
    }

    /// The entry as a draft, unless something of it is unknown, which was noted before.
    async fn draft(&mut self, uow: &mut dyn UnitOfWork, entry: &FileEntry) -> AppResult<Option<DraftEntry>> {
        let journal = match entry.journal {
            Some(index) => self.journals.named[index as usize],
            None => self.journals.default,
        };
        let mut date = entry.date;
        if self.import.file.opening {
            date = date.or(self.import.options.date);
            if date.is_none() {
                date = opening::first_day(uow).await?;
            }
            if date.is_none() && !entry.broken {
                let missing = Violation::new(&OPENING_DATE_MISSING).at("/postingDate");
                self.note(entry, vec![missing]);
                return Ok(None);
            }
        }
        let (Some(journal), Some(date), true) = (journal, date, self.resolution.complete(entry)) else {
            return Ok(None);
        };
        let mut lines = self.resolution.lines(entry);
        if self.import.file.opening {
            let rates =
                self.session.rates_on(uow, lines.iter().filter_map(|line| line.currency), date).await?;
            match opening::balance(lines, self.session.facts(), &rates) {
                Ok(balanced) => lines = balanced,
                Err(violations) => {
                    self.note(entry, violations);
                    return Ok(None);
                }
            }
        }
        let id = JournalEntryId::new(uow.new_id());
        match self.resolution.draft(entry, date, (id, journal), lines) {
            Ok(draft) => Ok(Some(draft)),
            Err(violations) => {
                self.note(entry, violations);
                Ok(None)
            }
        }
    }

    /// Checks the entry and, as long as nothing is wrong with the file, keeps it.
    async fn entry(
        &mut self,
        uow: &mut dyn UnitOfWork,
        entry: &FileEntry,
        draft: DraftEntry,
    ) -> AppResult<()> {
        let post = self.import.posts();
        let kept = (!post).then(|| draft.clone());
        let (id, journal, date) = (draft.id(), draft.journal_id(), draft.posting_date());
        let reference = draft.content().reference.clone();
        let validated = match self.session.validate(uow, draft).await? {
            Ok(validated) => Some(validated),
            Err(mut violations) => {
                if !post {
                    violations.retain(|violation| !LATER.contains(&violation.def));
                }
                self.note(entry, violations);
                None
            }
        };
        if !self.errors.is_empty() {
            return Ok(());
        }
        let now = uow.now();
        let meta = EntryMeta::new(self.ctx.actor.user_id(), now);
        let mut after = json!({
            "id": id.uuid(), "journalId": journal.uuid(), "postingDate": date, "reference": reference,
        });
        if let Some(draft) = kept {
            uow.journal_entries().insert_draft(&draft, &meta).await?;
            self.result.lines += draft.lines().len() as u64;
            after["status"] = json!("draft");
            after["lineCount"] = json!(draft.lines().len());
        } else if let Some(validated) = validated {
            let posting = self.session.post(self.ctx, uow, validated, (journal, date), meta).await?;
            self.result.lines += posting.line_count as u64;
            after["status"] = json!("posted");
            after["number"] = json!(posting.number);
            after["chainSequence"] = json!(posting.chain_sequence);
            after["hash"] = json!(hex(&posting.hash));
            after["total"] = json!(posting.total.display(self.session.facts().company.scale));
            after["lineCount"] = json!(posting.line_count);
            // Another entry may take the number before this file is imported.
            if !self.ctx.dry_run {
                self.result.first_number.get_or_insert_with(|| posting.number.clone());
                self.result.last_number = Some(posting.number);
            }
        }
        let action = if post { "posted" } else { "created" };
        let (tenant, entity_id) = (uow.tenant(), id.uuid());
        let entity = "journal_entry";
        uow.record(Change { tenant, entity, entity_id, action, before: None, after: Some(after) });
        Ok(())
    }
}
