use std::sync::Arc;
use std::time::Duration;

use application::accounting::imports::{ImportKind, ImportOptions, ParsedFile, commit};
use application::command::{Application, Executed};
use application::context::RequestContext;
use application::error::{AppError, AppResult};
use application::master_data::registry::MasterReads;
use application::platform::jobs::{self, NewJob, RunningJob};
use axum::extract::{FromRef, Request, State};
use axum::response::Response;
use chrono::NaiveDate;
use domain::accounting::import_profile::{
    DateFormat, DecimalMark, Delimiter, Digits, HEADER_ROW_MAX, HEADING_LENGTH_MAX, TextEncoding,
    ThousandsMark,
};
use domain::ids::JobId;
use domain::text::{CODE_LENGTH_MAX, Code};
use http::HeaderValue;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;
use tokio::task::JoinError;
use tracing::Instrument;

use super::format::{format, preferred_wait};
use super::reading::{Headings, Pairs, ReadingOptions};
use super::upload;
use crate::answer::{self, ApiResult};
use crate::extract::body::unhurried;
use crate::extract::{Ctx, Query};
use crate::middleware::body_limit::BodyLimit;
use crate::middleware::limits::UPLOAD_BYTES_MAX;
use crate::query;
use crate::routes::platform::Jobs;
use crate::routes::platform::jobs::end;
use crate::state::AppState;
use crate::wire::{Int, RequiredText};

/// An import that ends within this time is answered at once; a longer one becomes a job.
pub const INLINE_SECONDS_MAX: u64 = 2;

query! {
    /// The content of a file, and how to import it.
    pub struct ImportQuery {
        /// The kind of records in the file.
        r#type: ImportKind = "journal-entries",
        /// Whether to post the entries or documents or leave them as drafts. By default opening balances are posted, as with `POST
        /// /opening-balances`, and journal entries and documents stay drafts.
        post: Option<bool>,
        /// Whether missing fiscal years are made.
        create_periods: bool => false,
        /// Whether unknown dimensions and values are created; otherwise they are errors.
        create_dimensions: bool => false,
        /// Whether to import entries or documents again that an earlier file has already brought; otherwise that is an error.
        allow_duplicate: bool => false,
        /// Whether accounts, parties, items and prices that differ from the file are changed; otherwise a difference is an error.
        update: bool => false,
        /// The code of the journal for entries that do not name one; by default `GENERAL`, or the opening journal for
        /// opening balances.
        journal: Option<RequiredText<CODE_LENGTH_MAX>> = "GENERAL",
        /// The posting date of opening balances if the file has no column `date`; by default the first day of the
        /// books.
        date: Option<NaiveDate>,
        /// The code of an import profile, which says how a CSV or XLSX file is read. Each of the parameters below replaces what the
        /// profile says.
        profile: Option<Code> = "BANK-DE",
        /// The separator between the columns of a CSV file.
        delimiter: Option<Delimiter> = "semicolon",
        /// The encoding of a CSV file, which the media type may also name as its `charset`; by default `utf-8`.
        encoding: Option<TextEncoding> = "windows-1256",
        /// The sheet of an XLSX file; by default the first one that is not hidden.
        sheet: Option<RequiredText<HEADING_LENGTH_MAX>>,
        /// The row with the headings; by default the first.
        header_row: Option<Int<1, HEADER_ROW_MAX>>,
        /// How dates are written as text: `dmy-slash` is `31/12/2026`; by default `iso`, `2026-12-31`.
        date_format: Option<DateFormat> = "dmy-slash",
        /// The mark before the decimals; by default `point`.
        decimal_mark: Option<DecimalMark> = "comma",
        /// The mark between groups of three digits; by default `none`.
        thousands_mark: Option<ThousandsMark> = "point",
        /// The digits of numbers and dates; by default `latin`.
        digits: Option<Digits> = "arabic-indic",
        /// A column and the heading in the file that fills it: `debit:Soll`. May be repeated.
        column: Pairs,
        /// A column and the value that every row has: `currency:SAR`. May be repeated.
        value: Pairs,
        /// A heading whose column is left aside. May be repeated.
        ignored_column: Headings,
    }
    /// How to take a file of journal entries.
    pub struct ImportEntriesQuery {
        /// Whether to post the entries; otherwise they stay drafts.
        post: bool => false,
        /// Whether missing fiscal years are made.
        create_periods: bool => false,
        /// Whether unknown dimensions and values are created; otherwise they are errors.
        create_dimensions: bool => false,
        /// Whether to import entries again that an earlier file has already brought; otherwise that is an error.
        allow_duplicate: bool => false,
        /// The code of the journal for entries that do not name one; by default `GENERAL`.
        journal: Option<RequiredText<CODE_LENGTH_MAX>> = "GENERAL",
        /// The code of an import profile, which says how a CSV or XLSX file is read.
        profile: Option<Code> = "BANK-DE",
    }
}

pub async fn create(
    State(importer): State<Importer>,
    ctx: Ctx,
    Query(query): Query<ImportQuery>,
    request: Request,
) -> ApiResult {
    let options = ImportOptions {
        post: query.post,
        create_periods: query.create_periods,
        create_dimensions: query.create_dimensions,
        allow_duplicate: query.allow_duplicate,
        update: query.update,
        journal: query.journal.map(String::from),
        date: query.date,
        reading: None,
    };
    let reading = ReadingOptions {
        profile: query.profile,
        delimiter: query.delimiter,
        encoding: query.encoding,
        sheet: query.sheet,
        header_row: query.header_row,
        date_format: query.date_format,
        decimal_mark: query.decimal_mark,
        thousands_mark: query.thousands_mark,
        digits: query.digits,
        column: query.column,
        value: query.value,
        ignored_column: query.ignored_column,
    };
    importer.run(ctx.0, query.r#type, (options, reading), request).await
}

pub async fn create_journal_entries(
    State(importer): State<Importer>,
    ctx: Ctx,
    Query(query): Query<ImportEntriesQuery>,
    request: Request,
) -> ApiResult {
    let options = ImportOptions {
        post: Some(query.post),
        create_periods: query.create_periods,
        create_dimensions: query.create_dimensions,
        allow_duplicate: query.allow_duplicate,
        journal: query.journal.map(String::from),
        ..ImportOptions::default()
    };
    let reading = ReadingOptions { profile: query.profile, ..ReadingOptions::default() };
    importer.run(ctx.0, ImportKind::JournalEntries, (options, reading), request).await
}

/// The parts that imports need.
#[derive(Clone)]
pub struct Importer {
    pub jobs: Jobs,
    pub reads: Arc<dyn MasterReads>,
}

impl FromRef<AppState> for Importer {
    fn from_ref(state: &AppState) -> Self {
        Self { jobs: Jobs::from_ref(state), reads: FromRef::from_ref(state) }
    }
}

impl Importer {
    async fn run(
        self,
        mut ctx: RequestContext,
        kind: ImportKind,
        (options, reading): (ImportOptions, ReadingOptions),
        request: Request,
    ) -> ApiResult {
        let said = format(request.headers())?;
        let preferred = preferred_wait(request.headers());
        let limit = request.extensions().get::<BodyLimit>().copied().unwrap_or(BodyLimit {
            name: "upload_bytes_max",
            bytes_max: UPLOAD_BYTES_MAX,
            buffered: false,
        });
        // Before the body is read: whoever has too many jobs need not send it.
        let (id, running) = self.jobs.enter(ctx.tenant)?;
        let unhurried = unhurried(request.extensions());
        let form = reading.form(&*self.reads, (ctx.tenant, kind), said).await?;
        let (file, digest) = upload::read(request.into_body(), limit, kind, form, unhurried).await?;
        if let Some(key) = &mut ctx.idempotency {
            // The guard does not hash uploads; the same key with another file is another request.
            let mut hash = Sha256::new();
            hash.update(key.request_hash);
            hash.update(digest);
            key.request_hash = hash.finalize().into();
        }
        let name = match kind {
            ImportKind::Accounts => "import_accounts",
            ImportKind::JournalEntries => "import_journal_entries",
            ImportKind::OpeningBalances => "import_opening_balances",
            ImportKind::Parties => "import_parties",
            ImportKind::Items => "import_items",
            ImportKind::ItemUnits => "import_item_units",
            ImportKind::Prices => "import_prices",
            ImportKind::BudgetLines => "import_budget_lines",
            ImportKind::Invoices => "import_invoices",
            ImportKind::PurchaseInvoices => "import_purchase_invoices",
            ImportKind::CreditNotes => "import_credit_notes",
            ImportKind::Receipts => "import_receipts",
            ImportKind::Payments => "import_payments",
        };
        let job = self.jobs.new_job(&ctx, id, name, input(kind, &options, ctx.dry_run));
        let job = NewJob { total: i64::try_from(file.rows()).ok(), ..job };
        let tenant = ctx.tenant;
        let (noted, is_noted) = oneshot::channel();
        let app = self.jobs.app.clone();
        // From here on it is not the caller's alone: one who goes away must not leave a job that nobody works at.
        let work = async move {
            jobs::start(&app, &ctx, job).await?;
            let _ = noted.send(());
            finished(app, ctx, running, file, options, id).await
        };
        let mut work = tokio::spawn(work.in_current_span());
        let wait = preferred.as_ref().map_or(Duration::from_secs(INLINE_SECONDS_MAX), |(wait, _)| *wait);
        let ended = if wait.is_zero() { None } else { tokio::time::timeout(wait, &mut work).await.ok() };
        if let Some(ended) = ended {
            return with_preference(answer::ok(outcome(ended)?)?, preferred);
        }
        if is_noted.await.is_err() {
            return answer::ok(outcome(work.await)?);
        }
        with_preference(self.jobs.accepted(tenant, id).await?, preferred)
    }
}

/// Says which preference was applied.
fn with_preference(mut response: Response, preferred: Option<(Duration, HeaderValue)>) -> ApiResult {
    if let Some((_, applied)) = preferred {
        response.headers_mut().insert("preference-applied", applied);
    }
    Ok(response)
}

fn outcome(ended: Result<AppResult<Executed>, JoinError>) -> AppResult<Executed> {
    ended.unwrap_or_else(|error| Err(AppError::internal(format!("an import: {error}"))))
}

/// Commits the file and sees to it that the job says how it ended.
async fn finished(
    app: Application,
    ctx: RequestContext,
    running: RunningJob,
    file: ParsedFile,
    options: ImportOptions,
    id: JobId,
) -> AppResult<Executed> {
    let outcome = commit(&app, &ctx, file, options, Some(id), running.progress.clone()).await;
    // A committed import has ended its job in the same transaction.
    let ended = matches!(&outcome, Ok(executed) if !executed.replayed && !ctx.dry_run);
    if !ended {
        end(&app, &ctx, running, id, &outcome).await;
    }
    outcome
}

fn input(kind: ImportKind, options: &ImportOptions, dry_run: bool) -> String {
    json!({
        "type": kind.as_str(),
        "post": options.posts(kind),
        "createPeriods": options.create_periods,
        "createDimensions": options.create_dimensions,
        "allowDuplicate": options.allow_duplicate,
        "update": options.update,
        "journal": options.journal,
        "date": options.date,
        "dryRun": dry_run,
    })
    .to_string()
}
