//! Takes a file of journal entries or opening balances into the books: all of it, or nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::error::Violation;
use domain::ids::{AccountId, JobId, JournalId};

use super::cells::{code_text, quoted};
use super::entry_drafts::Resolution;
use super::entry_file::EntryFile;
use super::entry_run::Run;
use super::error::IMPORT_PERMISSION_NEEDED;
use super::row_errors::RowErrors;
use super::{IMPORT, ImportKind, ImportOptions, dimensions, fingerprint, opening, unless_cancelled};
use crate::accounting::create_journal_entry::{CREATE, POST};
use crate::accounting::entry_input::JOURNAL_DEFAULT_CODE;
use crate::accounting::error::{ACCOUNT_CODE_UNKNOWN, JOURNAL_UNKNOWN};
use crate::accounting::fiscal_years::{Ensured, ensure_fiscal_years, ensure_next_year};
use crate::accounting::ledger::Ledger;
use crate::accounting::ports::books::Books;
use crate::accounting::views::import_result::ImportResultView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::platform::jobs;
use crate::platform::on_behalf::with_rights_of_now;
use crate::ports::progress::Progress;
use crate::unit_of_work::UnitOfWork;
use crate::warnings::shown;

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
        // The import may have waited since it was asked for.
        let ctx = &with_rights_of_now(ctx, uow, Self::ACCESS).await?;
        self.authorise(ctx)?;
        let kind = self.kind();
        let mut result = ImportResultView {
            posted: self.posts(),
            skipped: self.file.skipped,
            ..self.options.result(kind, ctx.dry_run)
        };
        if self.file.errors.is_empty() {
            // A dry run is noted, too, so that it waits for others, and forgotten with everything else.
            let company = uow.ledger().company_currency().await?.code;
            let fingerprint = self.file.fingerprints.for_company(&self.file, company);
            let how = (self.job, self.options.allow_duplicate);
            result.import_id = Some(fingerprint::note(uow, kind.as_str(), fingerprint, how).await?);
        }
        let mut errors = self.file.errors.clone();
        let dates = self.dates();
        if self.options.create_periods {
            match ensure_fiscal_years(ctx, uow, &dates).await? {
                Ensured::Made(years) => result.fiscal_years = years as u64,
                Ensured::TooFar(dates) => return Err(self.too_far(&dates, errors)),
            }
        }
        let resolved =
            dimensions::resolve(uow, &self.file, self.options.create_dimensions, &mut errors).await?;
        if resolved.created_values > 0 || !resolved.created_dimensions.is_empty() {
            needs(ctx, "accounting.dimension.create")?;
        }
        result.dimensions = resolved.created_dimensions;
        result.dimension_values = resolved.created_values;
        let mut ledger = Ledger::open(ctx, uow).await?;
        let accounts = self.accounts(uow, &mut ledger.books, &mut errors).await?;
        if let Some(last) = dates.last().filter(|_| self.posts()) {
            ensure_next_year(ctx, uow, *last).await?;
        }
        let journals = self.journals(uow, &mut ledger.books, &mut errors).await?;
        let resolution = Resolution {
            file: &self.file,
            accounts: &accounts,
            combinations: &resolved.combinations,
            company: ledger.books.company.code,
        };
        let mut run = Run { import: self, ctx, resolution, journals, ledger, errors, result };
        run.entries(uow).await?;
        let Run { errors, mut result, .. } = run;
        if !errors.is_empty() {
            return Err(errors.into_error());
        }
        result.entries = self.file.entries.len() as u64;
        result.warnings = shown(&std::mem::take(uow.warnings()), ctx.language);
        if let Some(id) = result.import_id.filter(|_| !ctx.dry_run) {
            let numbers = result.first_number.as_deref().zip(result.last_number.as_deref());
            uow.imports().complete_import(id, result.entries, numbers).await?;
        } else {
            result.import_id = None;
        }
        jobs::finish_in(uow, self.job, &result, self.file.lines.len()).await?;
        unless_cancelled(&*self.progress)?;
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
    fn kind(&self) -> ImportKind {
        if self.file.opening { ImportKind::OpeningBalances } else { ImportKind::JournalEntries }
    }

    pub(super) fn posts(&self) -> bool {
        self.options.posts(self.kind())
    }

    /// A user who may make opening balances may post them, here as with `POST /opening-balances`.
    fn authorise(&self, ctx: &RequestContext) -> AppResult<()> {
        match self.kind() {
            ImportKind::OpeningBalances => needs(ctx, "accounting.opening_balance.create"),
            _ => {
                needs(ctx, CREATE)?;
                if self.posts() { needs(ctx, POST) } else { Ok(()) }
            }
        }
    }

    /// Every posting date of the file.
    fn dates(&self) -> BTreeSet<NaiveDate> {
        let mut dates = self.file.dates();
        // Opening balances whose rows have no date take that of the request.
        dates.extend(self.options.date.filter(|_| self.file.opening));
        dates
    }

    /// Names the rows whose dates are too far from the fiscal years there are, beside what else is wrong with the file.
    fn too_far(&self, dates: &[(NaiveDate, Violation)], mut errors: RowErrors) -> AppError {
        for entry in &self.file.entries {
            let far = entry.date.and_then(|date| dates.iter().find(|(far, _)| *far == date));
            let line = self.file.lines.get(entry.lines.start).map(|line| line.place);
            if let (Some((_, violation)), Some(place)) = (far, entry.place.or(line)) {
                errors.push(place, "date", violation.clone());
            }
        }
        let asked = dates.iter().find(|(date, _)| Some(*date) == self.options.date);
        match asked.filter(|_| errors.is_empty()) {
            Some((_, violation)) => violation.clone().at("?date").into(),
            None => errors.into_error(),
        }
    }

    /// The account of each code; unknown ones are noted at every line that names them.
    async fn accounts(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        errors: &mut RowErrors,
    ) -> AppResult<Vec<Option<AccountId>>> {
        let codes: Vec<String> = self.file.accounts.texts().iter().map(|text| code_text(text)).collect();
        let wanted: BTreeSet<String> = codes.iter().cloned().collect();
        let found = books.accounts_by_code(uow, &wanted).await?;
        let accounts: Vec<_> = codes.iter().map(|code| found.get(code).copied()).collect();
        for line in self.file.lines.iter().filter(|line| accounts[line.account as usize].is_none()) {
            let code = self.file.accounts.get(line.account);
            errors.push(
                line.place,
                "account",
                Violation::new(&ACCOUNT_CODE_UNKNOWN).with("code", quoted(code)),
            );
        }
        Ok(accounts)
    }

    /// The journal of each code, then the one of entries that name none; all of them are active.
    async fn journals(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        errors: &mut RowErrors,
    ) -> AppResult<Journals> {
        let mut named = Vec::new();
        for code in self.file.journals.texts() {
            named.push(open(uow, books, &code_text(code)).await?);
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
                    books.journal(uow, id).await?;
                    books.usable_journal(id).map(|_| id)
                }
                code => open(uow, books, &code_text(code.as_deref().unwrap_or(JOURNAL_DEFAULT_CODE))).await?,
            };
            default = Some(opened.map_err(|violation| violation.at("?journal"))?);
        }
        Ok(Journals { named: named.into_iter().map(Result::ok).collect(), default })
    }
}

/// Journals of a file by the index of their code.
pub(super) struct Journals {
    pub named: Vec<Option<JournalId>>,
    pub default: Option<JournalId>,
}

async fn open(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    code: &str,
) -> AppResult<Result<JournalId, Violation>> {
    let Some(id) = books.journal_by_code(uow, code).await? else {
        return Ok(Err(Violation::new(&JOURNAL_UNKNOWN)));
    };
    Ok(books.usable_journal(id).map(|_| id))
}
