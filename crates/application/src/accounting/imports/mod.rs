//! Imports: a file of accounts, journal entries, opening balances, parties, items, prices or documents, kept as a whole or not at all.
//!
//! A file is parsed off the writer ([`parse`]), which resolves nothing but finds every cell that cannot be read. One
//! command in one transaction ([`commit`]) then resolves codes once for the whole file, checks and posts. Every problem
//! of the file is reported at once, with the row and the column it is in.

mod account_changes;
mod account_defaults;
mod account_file;
mod account_rows;
mod budget_file;
mod cell_values;
mod cells;
pub mod columns;
mod csv_rows;
mod csv_scan;
mod dimensions;
mod document_bodies;
mod document_columns;
mod document_file;
mod document_names;
mod document_pointers;
mod document_rows;
mod entry_drafts;
mod entry_file;
mod entry_heads;
mod entry_lines;
mod entry_pointers;
mod entry_rows;
mod entry_run;
pub mod error;
mod file_rows;
mod fingerprint;
mod header;
mod import_accounts;
mod import_budget_lines;
mod import_documents;
mod import_entries;
mod import_item_units;
mod import_items;
mod import_parties;
mod import_prices;
mod item_columns;
mod item_file;
mod item_rows;
mod json_bounded;
mod json_rows;
mod known_references;
mod nearest;
mod opening;
mod party_columns;
mod party_file;
mod party_rows;
mod party_target;
mod row_errors;
mod row_reader;
mod sheet_rows;
mod shown;
mod source;
mod text_encoding;

use std::io::Read;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::accounting::import_profile::FileReading;
use domain::ids::JobId;

pub use domain::accounting::import_profile::ImportKind;

pub use account_file::{AccountFile, FileAccount};
pub use budget_file::BudgetFile;
pub use cells::Place;
pub use document_file::DocumentFile;
pub use entry_file::EntryFile;
pub use import_accounts::{ImportAccounts, add_missing_accounts};
pub use import_budget_lines::ImportBudgetLines;
pub use import_documents::ImportDocuments;
pub use import_entries::ImportEntries;
pub use import_item_units::ImportItemUnits;
pub use import_items::ImportItems;
pub use import_parties::ImportParties;
pub use import_prices::ImportPrices;
pub use item_file::{ItemFile, ItemUnitFile, PriceFile};
pub use party_file::PartyFile;

use self::party_file::FileParty;
use self::source::Source;
use crate::accounting::views::import_result::{ImportReadingView, ImportResultView};
use crate::authorize::Permission;
use crate::command::{Application, Executed, execute};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::progress::{JOB_CANCELLED, Progress};

pub const IMPORT: Permission = "accounting.import.create";

/// Most lines in one file: one file is one transaction, and others wait for its end.
pub const IMPORT_LINES_MAX: usize = 2_000_000;
/// Most accounts in one file.
pub const IMPORT_ACCOUNTS_MAX: usize = 100_000;
/// Most parties in one file.
pub const IMPORT_PARTIES_MAX: usize = 20_000;
/// Most rows in one file of items, units of items, prices or documents.
pub const IMPORT_ROWS_MAX: usize = 100_000;
/// Most documents in one file: each is made as a whole, one after the other, in one transaction.
pub const IMPORT_DOCUMENTS_MAX: usize = 20_000;
/// Most problems listed; the number of all is told.
pub const IMPORT_ERRORS_MAX: usize = 1_000;
/// Lines between two looks at whether the import was cancelled.
const LINES_PER_CHECK: u64 = 1_000;

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportFormat {
    Csv,
    /// CSV whose columns are separated by tabs.
    Tsv,
    NdJson,
    Xlsx,
}

/// How a file is to be taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// Post the entries or documents, or leave drafts. `None` is what the same books do by themselves: opening balances are posted, as
    /// with `POST /opening-balances`, other entries stay drafts, as with `POST /journal-entries`.
    pub post: Option<bool>,
    /// Generate fiscal years that are missing.
    pub create_periods: bool,
    /// Create dimensions and values that are unknown; otherwise they are errors.
    pub create_dimensions: bool,
    /// Import entries or documents that were imported before once more.
    pub allow_duplicate: bool,
    /// Change accounts, parties, items and prices that differ from the file; otherwise a difference is an error.
    pub update: bool,
    /// The journal of entries that name none; `None` is the general one, or for opening balances the opening one.
    pub journal: Option<String>,
    /// The posting date of opening balances whose rows have none.
    pub date: Option<NaiveDate>,
    /// How the first rows were read, which a dry run shows.
    pub reading: Option<Arc<ImportReadingView>>,
}

impl ImportOptions {
    /// Whether the entries or documents of a file are posted.
    pub fn posts(&self, kind: ImportKind) -> bool {
        self.post.unwrap_or(kind == ImportKind::OpeningBalances)
    }

    /// The result of an import that has done nothing yet.
    fn result(&self, kind: ImportKind, dry_run: bool) -> ImportResultView {
        ImportResultView {
            r#type: kind.as_str().to_owned(),
            dry_run,
            reading: self.reading.as_deref().cloned(),
            ..ImportResultView::default()
        }
    }
}

/// A file that was read, with what could not be read in it.
#[derive(Debug, Clone)]
pub struct ParsedFile {
    content: Content,
    /// How a table was read.
    pub reading: Option<Arc<ImportReadingView>>,
}

#[derive(Debug, Clone)]
enum Content {
    Accounts(Arc<AccountFile>),
    Entries(Arc<EntryFile>),
    Parties(Arc<PartyFile>),
    Items(Arc<ItemFile>),
    ItemUnits(Arc<ItemUnitFile>),
    Prices(Arc<PriceFile>),
    BudgetLines(Arc<BudgetFile>),
    Documents(Arc<DocumentFile>),
}

impl ParsedFile {
    /// Rows that make up the work.
    pub fn rows(&self) -> u64 {
        match &self.content {
            Content::Accounts(file) => file.accounts.len() as u64,
            Content::Entries(file) => file.lines.len() as u64,
            Content::Parties(file) => file.parties.len() as u64,
            Content::Items(file) => file.count() as u64,
            Content::ItemUnits(file) => file.count() as u64,
            Content::Prices(file) => file.count() as u64,
            Content::BudgetLines(file) => file.count() as u64,
            Content::Documents(file) => file.rows as u64,
        }
    }
}

/// Reads a whole file. Blocks: run it where blocking is allowed.
///
/// Problems of rows are kept in the result, so that they are reported together with what [`commit`] finds; an error here
/// means that the file could not be read at all.
pub fn parse(
    kind: ImportKind,
    format: ImportFormat,
    reading: &FileReading,
    source: impl Read,
) -> AppResult<ParsedFile> {
    let mut source = Source::new(source, format, reading);
    let from = &mut source;
    let content = match kind {
        ImportKind::Accounts => Content::Accounts(Arc::new(file_rows::read::<FileAccount>(from)?.into())),
        ImportKind::Parties => Content::Parties(Arc::new(file_rows::read::<FileParty>(from)?.into())),
        ImportKind::JournalEntries | ImportKind::OpeningBalances => {
            Content::Entries(Arc::new(entry_rows::read(from, kind)?))
        }
        ImportKind::Items => Content::Items(Arc::new(file_rows::read(from)?)),
        ImportKind::ItemUnits => Content::ItemUnits(Arc::new(file_rows::read(from)?)),
        ImportKind::Prices => Content::Prices(Arc::new(file_rows::read(from)?)),
        ImportKind::BudgetLines => Content::BudgetLines(Arc::new(file_rows::read(from)?)),
        ImportKind::Invoices
        | ImportKind::PurchaseInvoices
        | ImportKind::CreditNotes
        | ImportKind::Receipts
        | ImportKind::Payments => Content::Documents(Arc::new(document_rows::read(from, kind)?)),
    };
    Ok(ParsedFile { content, reading: source.into_view().map(Arc::new) })
}

/// Takes a parsed file into the books, in one transaction. `job` is finished in the same one, if there is one.
pub async fn commit(
    app: &Application,
    ctx: &RequestContext,
    file: ParsedFile,
    mut options: ImportOptions,
    job: Option<JobId>,
    progress: Arc<dyn Progress>,
) -> AppResult<Executed> {
    options.reading = file.reading.filter(|_| ctx.dry_run);
    match file.content {
        Content::Accounts(file) => execute(app, ctx, ImportAccounts { file, options, job, progress }).await,
        Content::Entries(file) => execute(app, ctx, ImportEntries { file, options, job, progress }).await,
        Content::Parties(file) => execute(app, ctx, ImportParties { file, options, job, progress }).await,
        Content::Items(file) => execute(app, ctx, ImportItems { file, options, job, progress }).await,
        Content::ItemUnits(file) => execute(app, ctx, ImportItemUnits { file, options, job, progress }).await,
        Content::Prices(file) => execute(app, ctx, ImportPrices { file, options, job, progress }).await,
        Content::BudgetLines(file) => {
            execute(app, ctx, ImportBudgetLines { file, options, job, progress }).await
        }
        Content::Documents(file) => execute(app, ctx, ImportDocuments { file, options, job, progress }).await,
    }
}

/// The whole import of a file, as the command line does it: reads, checks, keeps. Blocks while it reads.
pub async fn import(
    app: &Application,
    ctx: &RequestContext,
    (kind, format, reading): (ImportKind, ImportFormat, &FileReading),
    options: ImportOptions,
    source: impl Read,
    progress: Arc<dyn Progress>,
) -> AppResult<Executed> {
    let file = parse(kind, format, reading, source)?;
    commit(app, ctx, file, options, None, progress).await
}

/// Tells the progress and stops an import that was cancelled.
struct Meter<'a> {
    progress: &'a dyn Progress,
    done: u64,
    told: u64,
    total: u64,
}

impl<'a> Meter<'a> {
    fn new(progress: &'a dyn Progress, total: u64) -> Self {
        progress.advance(0, total);
        Self { progress, done: 0, told: 0, total }
    }

    fn step(&mut self, rows: u64) -> AppResult<()> {
        self.done += rows;
        if self.done - self.told >= LINES_PER_CHECK || self.done == self.total {
            self.told = self.done;
            self.progress.advance(self.done, self.total);
            unless_cancelled(self.progress)?;
        }
        Ok(())
    }
}

/// Asked last when nothing but the commit is left to do: to write all rows may have taken longer than to go through them.
fn unless_cancelled(progress: &dyn Progress) -> AppResult<()> {
    if progress.cancelled() { Err(AppError::of(&JOB_CANCELLED)) } else { Ok(()) }
}
