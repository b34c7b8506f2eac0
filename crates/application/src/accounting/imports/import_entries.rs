//! Takes a file of journal entries or opening balances into the books: all of it, or nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use domain::accounting::journal_entry::{
    DraftEntry, EXCHANGE_RATE_MISSING, FISCAL_PERIOD_CLOSED, FISCAL_PERIOD_MISSING, ROUNDING_ACCOUNT_MISSING,
};
use domain::accounting::lock::DATE_LOCKED;
use domain::error::{ErrorDef, Violation};
use domain::ids::{AccountId, JobId, JournalEntryId, JournalId};
use serde_json::json;

use super::entry_drafts::Resolution;
use super::entry_file::{EntryFile, FileEntry};
use super::error::{IMPORT_PERMISSION_NEEDED, OPENING_DATE_MISSING};
use super::row_errors::RowErrors;
use super::{IMPORT, ImportKind, ImportOptions, Meter, Progress, dimensions, entry_pointers, opening};
use crate::accounting::create_journal_entry::{CREATE, POST};
use crate::accounting::entry_input::JOURNAL_DEFAULT_CODE;
use crate::accounting::error::{ACCOUNT_CODE_UNKNOWN, JOURNAL_UNKNOWN};
use crate::accounting::fiscal_years::ensure_fiscal_years;
use crate::accounting::ports::journal_entries::EntryMeta;
use crate::accounting::posting_session::PostingSession;
use crate::accounting::views::import_result::ImportResultView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::platform::jobs;
use crate::ports::change::Change;
use crate::ports::unit_of_work::UnitOfWork;

/// What only decides when an entry is posted: a draft may wait for it.
const LATER: [&ErrorDef; 5] = [
    &FISCAL_PERIOD_MISSING,
    &FISCAL_PERIOD_CLOSED,
    &DATE_LOCKED,
    &EXCHANGE_RATE_MISSING,
    &ROUNDING_ACCOUNT_MISSING,
];

pub struct ImportEntries {
    pub file: Arc<EntryFile>,
    pub options: ImportOptions,
    /// Finished in the same transaction.
    pub job: Option<JobId>,
    pub progress: Arc<dyn Progress>,
}

#[async_trait]
impl Command for ImportEntries {
    const NAME: &'static str = "import_journal_entries";
    const ACCESS: Access = Access::Permission(IMPORT);
    type Output = ImportResultView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<ImportResultView>> {
        self.authorise(ctx)?;
        let kind = if self.file.opening { ImportKind::OpeningBalances } else { ImportKind::JournalEntries };
        let mut result = ImportResultView {
            r#type: kind.as_str().to_owned(),
            dry_run: ctx.dry_run,
            posted: self.options.post,
            skipped: self.file.skipped,
            ..ImportResultView::default()
        };
        if self.file.opening {
            opening::refuse_second(uow).await?;
        }
        if self.options.create_periods
            && let Some((first, last)) = self.dates()
        {
            result.fiscal_years = ensure_fiscal_years(ctx, uow, first, last).await? as u64;
        }
        let mut errors = self.file.errors.clone();
        let resolved =
            dimensions::resolve(uow, &self.file, self.options.create_dimensions, &mut errors).await?;
        if resolved.created_values > 0 || !resolved.created_dimensions.is_empty() {
            needs(ctx, "accounting.dimension.create")?;
        }
        result.dimensions = resolved.created_dimensions;
        result.dimension_values = resolved.created_values;
        let accounts = self.accounts(uow, &mut errors).await?;
        let mut session = PostingSession::begin(ctx, uow).await?;
        let journals = self.journals(uow, &mut session, &mut errors).await?;
        let resolution = Resolution {
            file: &self.file,
            accounts: &accounts,
            combinations: &resolved.combinations,
            currency: session.facts().company.code,
        };
        let mut run = Run { import: self, ctx, resolution, journals, session, errors, result };
        run.entries(uow).await?;
        let Run { session, errors, mut result, .. } = run;
        if !errors.is_empty() {
            return Err(errors.into_error());
        }
        session.finish(uow).await?;
        result.entries = self.file.entries.len() as u64;
        jobs::finish_in(uow, self.job, &result, self.file.lines.len()).await?;
        Ok(Done::new(result))
    }
}

/// A right that this import needs beside the one to import.
pub(super) fn needs(ctx: &RequestContext, permission: &'static str) -> AppResult<()> {
    if ctx.permissions.allows(permission) {
        return Ok(());
    }
    Err(Violation::new(&IMPORT_PERMISSION_NEEDED).with("permission", permission).into())
}

impl ImportEntries {
    fn authorise(&self, ctx: &RequestContext) -> AppResult<()> {
        needs(ctx, if self.file.opening { "accounting.opening_balance.create" } else { CREATE })?;
        if self.options.post { needs(ctx, POST) } else { Ok(()) }
    }

    fn dates(&self) -> Option<(chrono::NaiveDate, chrono::NaiveDate)> {
        self.file.dates().or(self.options.date.map(|date| (date, date)))
    }

    /// The account of each code; unknown ones are noted at every line that names them.
    async fn accounts(
        &self,
        uow: &mut dyn UnitOfWork,
        errors: &mut RowErrors,
    ) -> AppResult<Vec<Option<AccountId>>> {
        let codes = self.file.accounts.texts();
        let wanted: BTreeSet<String> = codes.iter().cloned().collect();
        let found = uow.ledger().accounts_by_code(&wanted).await?;
        let accounts: Vec<_> = codes.iter().map(|code| found.get(code).copied()).collect();
        for line in self.file.lines.iter().filter(|line| accounts[line.account as usize].is_none()) {
            let code = self.file.accounts.get(line.account);
            errors.push(line.place, "account", Violation::new(&ACCOUNT_CODE_UNKNOWN).with("code", code));
        }
        Ok(accounts)
    }

    /// The journal of each code, then the one of entries that name none; all of them are open in the session.
    async fn journals(
        &self,
        uow: &mut dyn UnitOfWork,
        session: &mut PostingSession,
        errors: &mut RowErrors,
    ) -> AppResult<Journals> {
        let mut named = Vec::new();
        for code in self.file.journals.texts() {
            named.push(open(uow, session, code).await?);
        }
        for entry in &self.file.entries {
            if let (Some(index), Some(place)) = (entry.journal, entry.place)
                && let Err(violation) = &named[index as usize]
            {
                errors.push(place, "journal", violation.clone());
            }
        }
        let needed = self.file.entries.iter().any(|entry| entry.journal.is_none());
        let mut default = None;
        if needed {
            let opened = match &self.options.journal {
                None if self.file.opening => {
                    let id = opening::journal(uow).await?;
                    session.open_journal(uow, id).await?.map(|()| id)
                }
                code => open(uow, session, code.as_deref().unwrap_or(JOURNAL_DEFAULT_CODE)).await?,
            };
            default = Some(opened.map_err(|violation| violation.at("?journal"))?);
        }
        Ok(Journals { named: named.into_iter().map(Result::ok).collect(), default })
    }
}

/// Journals of a file by the index of their code.
struct Journals {
    named: Vec<Option<JournalId>>,
    default: Option<JournalId>,
}

async fn open(
    uow: &mut dyn UnitOfWork,
    session: &mut PostingSession,
    code: &str,
) -> AppResult<Result<JournalId, Violation>> {
    let Some(id) = uow.ledger().journal_by_code(code).await? else {
        return Ok(Err(Violation::new(&JOURNAL_UNKNOWN)));
    };
    Ok(session.open_journal(uow, id).await?.map(|()| id))
}

/// The work on the entries of one file.
struct Run<'a> {
    import: &'a ImportEntries,
    ctx: &'a RequestContext,
    resolution: Resolution<'a>,
    journals: Journals,
    session: PostingSession,
    errors: RowErrors,
    result: ImportResultView,
}

impl Run<'_> {
    async fn entries(&mut self, uow: &mut dyn UnitOfWork) -> AppResult<()> {
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
        let mut entry = std::borrow::Cow::Borrowed(entry);
        if self.import.file.opening {
            let entry = entry.to_mut();
            entry.date = entry.date.or(self.import.options.date);
            if entry.date.is_none() {
                entry.date = opening::first_day(uow).await?;
            }
            let text = || Some(opening::DESCRIPTION.to_owned());
            entry.description = entry.description.take().or_else(text);
            entry.control_reason = entry.control_reason.take().or_else(text);
            if entry.date.is_none() && !entry.broken {
                let missing = Violation::new(&OPENING_DATE_MISSING).at("/postingDate");
                self.note(&entry.clone(), vec![missing]);
                return Ok(None);
            }
        }
        let (Some(journal), true) = (journal, self.resolution.complete(&entry)) else { return Ok(None) };
        let mut lines = self.resolution.lines(&entry);
        if self.import.file.opening {
            let date = entry.date.unwrap_or_default();
            let rates =
                self.session.rates_on(uow, lines.iter().filter_map(|line| line.currency), date).await?;
            match opening::balance(lines, self.session.facts(), &rates) {
                Ok(balanced) => lines = balanced,
                Err(violations) => {
                    self.note(&entry, violations);
                    return Ok(None);
                }
            }
        }
        let id = JournalEntryId::new(uow.new_id());
        match self.resolution.draft(&entry, id, journal, lines) {
            Ok(draft) => Ok(Some(draft)),
            Err(violations) => {
                self.note(&entry, violations);
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
        let post = self.import.options.post;
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
        let meta = EntryMeta {
            notes: None,
            recurring_entry_id: None,
            created_by: self.ctx.actor.user_id(),
            created_at: now,
        };
        let mut after = json!({
            "id": id.uuid(), "journalId": journal.uuid(), "postingDate": date, "reference": reference,
        });
        if let Some(draft) = kept {
            uow.journal_entries().insert_draft(&draft, &meta).await?;
            self.result.lines += draft.lines().len() as u64;
            after["status"] = json!("draft");
            after["lineCount"] = json!(draft.lines().len());
        } else if let Some(validated) = validated {
            let posting = self.session.post(uow, validated, (journal, date), meta).await?;
            self.result.lines += posting.line_count as u64;
            after["status"] = json!("posted");
            after["number"] = json!(posting.number);
            after["total"] = json!(posting.total.display(self.session.facts().company.scale));
            after["lineCount"] = json!(posting.line_count);
            self.result.first_number.get_or_insert_with(|| posting.number.clone());
            self.result.last_number = Some(posting.number);
        }
        let action = if post { "posted" } else { "created" };
        let (tenant, entity_id) = (uow.tenant(), id.uuid());
        let entity = "journal_entry";
        uow.record(Change { tenant, entity, entity_id, action, before: None, after: Some(after) });
        Ok(())
    }
}
