//! The entries of a file, one after the other: made into drafts, checked, kept.

use std::collections::HashMap;

use domain::accounting::approval::APPROVAL_REQUIRED;
use domain::accounting::journal_entry::{
    DraftEntry, EXCHANGE_RATE_MISSING, FISCAL_PERIOD_CLOSED, FISCAL_PERIOD_MISSING, PostedEntry,
    ROUNDING_ACCOUNT_MISSING,
};
use domain::accounting::lock::DATE_LOCKED;
use domain::error::{ErrorDef, Violation, Violations};
use domain::ids::JournalEntryId;
use serde_json::json;

use super::entry_drafts::Resolution;
use super::entry_file::FileEntry;
use super::error::OPENING_DATE_MISSING;
use super::import_entries::{ImportEntries, Journals};
use super::row_errors::RowErrors;
use super::{Meter, entry_pointers, opening};
use crate::accounting::ledger::{Ledger, Posting};
use crate::accounting::ports::journal_entries::EntryMeta;
use crate::accounting::views::import_result::ImportResultView;
use crate::accounting::views::journal_entry_build::hex;
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::ports::change::Change;
use crate::unit_of_work::UnitOfWork;

/// Errors that matter only when an entry is posted: a draft may wait for their cure.
const LATER: [&ErrorDef; 6] = [
    &FISCAL_PERIOD_MISSING,
    &FISCAL_PERIOD_CLOSED,
    &DATE_LOCKED,
    &EXCHANGE_RATE_MISSING,
    &ROUNDING_ACCOUNT_MISSING,
    &APPROVAL_REQUIRED,
];

/// Lines that are checked and written together: enough for large pieces, few enough to be held.
const PIECE_LINES: usize = 5_000;

/// The work on the entries of one file.
pub(super) struct Run<'a> {
    pub import: &'a ImportEntries,
    pub ctx: &'a RequestContext,
    pub resolution: Resolution<'a>,
    pub journals: Journals,
    pub ledger: Ledger<'a>,
    pub errors: RowErrors,
    pub result: ImportResultView,
}

/// An entry of the file as a draft, or what is wrong with it.
type Read<'a> = (&'a FileEntry, Result<DraftEntry, Vec<Violation>>);

impl Run<'_> {
    pub async fn entries(&mut self, uow: &mut dyn UnitOfWork) -> AppResult<()> {
        let file = self.import.file.clone();
        let mut meter = Meter::new(&*self.import.progress, file.lines.len() as u64);
        let (mut piece, mut lines) = (Vec::new(), 0);
        for entry in &file.entries {
            if let Some(draft) = self.draft(uow, entry).await? {
                piece.push((entry, draft));
                lines += entry.lines.len();
            }
            if lines >= PIECE_LINES {
                lines = 0;
                self.piece(uow, std::mem::take(&mut piece)).await?;
            }
            meter.step(entry.lines.len() as u64)?;
        }
        self.piece(uow, piece).await
    }

    fn note(&mut self, entry: &FileEntry, violations: Vec<Violation>) {
        entry_pointers::note(&self.import.file, entry, violations, &mut self.errors);
    }

    /// The entry as a draft, unless something of it is unknown, which was noted before.
    async fn draft(
        &mut self,
        uow: &mut dyn UnitOfWork,
        entry: &FileEntry,
    ) -> AppResult<Option<Result<DraftEntry, Vec<Violation>>>> {
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
                return Ok(Some(Err(vec![missing])));
            }
        }
        let (Some(journal), Some(date), true) = (journal, date, self.resolution.complete(entry)) else {
            return Ok(None);
        };
        let mut lines = self.resolution.lines(entry);
        if self.import.file.opening {
            let rates = self.ledger.books.learn_rates_of(uow, &lines, date).await?;
            match opening::balance(lines, &self.ledger.books, &rates) {
                Ok(balanced) => lines = balanced,
                Err(violations) => return Ok(Some(Err(violations))),
            }
        }
        let mut violations = Violations::new();
        self.ledger.books.add_dimension_defaults(uow, journal, &mut lines, &mut violations).await?;
        if !violations.is_empty() {
            return Ok(Some(Err(violations.into_vec())));
        }
        let id = JournalEntryId::new(uow.new_id());
        Ok(Some(self.resolution.draft(entry, date, (id, journal), lines)))
    }

    /// Checks the entries of a piece and, as long as nothing is wrong with the file, keeps them.
    async fn piece(&mut self, uow: &mut dyn UnitOfWork, piece: Vec<Read<'_>>) -> AppResult<()> {
        let named: Vec<_> =
            piece.iter().filter_map(|(_, draft)| Some(draft.as_ref().ok()?.content())).collect();
        self.ledger.books.learn(uow, &named).await?;
        self.ledger.books.learn_taxes(uow, named.iter().copied()).await?;
        let (post, now) = (self.import.posts(), uow.now());
        let (mut drafts, mut checked) = (Vec::new(), Vec::new());
        let mut origins = HashMap::new();
        for (entry, draft) in piece {
            let draft = match draft {
                Ok(draft) => draft,
                Err(violations) => {
                    self.note(entry, violations);
                    continue;
                }
            };
            origins.insert(draft.id().to_string(), entry);
            let kept = (!post).then(|| draft.clone());
            let meta = EntryMeta::new(self.ctx.actor.user_id(), now);
            match self.ledger.books.check(now, Posting::new(draft, meta)) {
                Ok(good) if post => checked.push(good),
                Ok(_) => {}
                Err(mut violations) => {
                    if !post {
                        violations.retain(|violation| !LATER.contains(&violation.def));
                    }
                    self.note(entry, violations);
                }
            }
            drafts.extend(kept);
        }
        for refused in self.ledger.budget_refusals(uow, &checked).await? {
            if let Some(entry) = refused.param("entry").and_then(|id| origins.get(id)) {
                self.note(entry, vec![refused]);
            }
        }
        if !self.errors.is_empty() {
            return Ok(());
        }
        for draft in drafts {
            self.keep(uow, draft).await?;
        }
        for posted in self.ledger.enter(uow, checked).await? {
            self.posted(uow, &posted.entry);
        }
        Ok(())
    }

    /// Stores a draft.
    async fn keep(&mut self, uow: &mut dyn UnitOfWork, draft: DraftEntry) -> AppResult<()> {
        let meta = EntryMeta::new(self.ctx.actor.user_id(), uow.now());
        uow.journal_entries().insert_draft(&draft, &meta).await?;
        let (entry, lines) = (draft.content(), draft.lines().len());
        self.result.lines += lines as u64;
        let after = json!({
            "id": entry.id.uuid(), "journalId": entry.journal_id.uuid(), "postingDate": entry.posting_date,
            "reference": entry.reference, "status": "draft", "lineCount": lines,
        });
        record(uow, entry.id, "created", after);
        Ok(())
    }

    /// Notes an entry that was posted.
    fn posted(&mut self, uow: &mut dyn UnitOfWork, entry: &PostedEntry) {
        let (header, lines) = (entry.header(), entry.lines().len());
        self.result.lines += lines as u64;
        let after = json!({
            "id": header.id.uuid(), "journalId": header.journal_id.uuid(), "postingDate": header.posting_date,
            "reference": header.reference, "status": "posted", "number": header.number,
            "chainSequence": header.chain_sequence, "hash": hex(entry.hash()),
            "total": entry.total().display(self.ledger.books.company.scale), "lineCount": lines,
        });
        record(uow, header.id, "posted", after);
        // Another entry may take the number before this file is imported.
        if !self.ctx.dry_run {
            self.result.first_number.get_or_insert_with(|| header.number.clone());
            self.result.last_number = Some(header.number.clone());
        }
    }
}

fn record(uow: &mut dyn UnitOfWork, id: JournalEntryId, action: &'static str, after: serde_json::Value) {
    let (tenant, entity, entity_id) = (uow.tenant(), "journal_entry", id.uuid());
    uow.record(Change { tenant, entity, entity_id, action, before: None, after: Some(after) });
}
