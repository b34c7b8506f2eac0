//! Imports: a file of accounts, journal entries, opening balances, parties, items, prices or documents, kept as a whole or not at all.
//!
//! A file is parsed off the writer ([`parse`]), which resolves nothing but finds every cell that cannot be read. One
//! command in one transaction ([`commit`]) then resolves codes once for the whole file, checks and posts. Every problem
//! of the file is reported at once, with the row and the column it is in.

mod account_changes;
mod account_file;
mod account_rows;
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
mod import_accounts;
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
mod nearest;
mod opening;
mod party_columns;
mod party_file;
mod party_rows;
mod party_target;
mod row_errors;
mod row_reader;

use std::io::Read;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::ids::JobId;

pub use account_file::{AccountFile, FileAccount};
pub use cells::Place;
pub use document_file::DocumentFile;
pub use entry_file::EntryFile;
pub use import_accounts::{ImportAccounts, add_missing_accounts};
pub use import_documents::ImportDocuments;
pub use import_entries::ImportEntries;
pub use import_item_units::ImportItemUnits;
pub use import_items::ImportItems;
pub use import_parties::ImportParties;
pub use import_prices::ImportPrices;
pub use item_file::{ItemFile, ItemUnitFile, PriceFile};
pub use party_file::PartyFile;

use self::party_file::FileParty;
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

/// The kind of content of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportKind {
    Accounts,
    JournalEntries,
    OpeningBalances,
    Parties,
    Items,
    ItemUnits,
    Prices,
    Invoices,
    PurchaseInvoices,
    CreditNotes,
    Receipts,
    Payments,
}

impl ImportKind {
    pub const ALL: [Self; 12] = [
        Self::Accounts,
        Self::JournalEntries,
        Self::OpeningBalances,
        Self::Parties,
        Self::Items,
        Self::ItemUnits,
        Self::Prices,
        Self::Invoices,
        Self::PurchaseInvoices,
        Self::CreditNotes,
        Self::Receipts,
        Self::Payments,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::JournalEntries => "journal-entries",
            Self::OpeningBalances => "opening-balances",
            Self::Parties => "parties",
            Self::Items => "items",
            Self::ItemUnits => "item-units",
            Self::Prices => "prices",
            Self::Invoices => "invoices",
            Self::PurchaseInvoices => "purchase-invoices",
            Self::CreditNotes => "credit-notes",
            Self::Receipts => "receipts",
            Self::Payments => "payments",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportFormat {
    Csv,
    /// CSV whose columns are separated by tabs.
    Tsv,
    NdJson,
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
}

impl ImportOptions {
    /// Whether the entries or documents of a file are posted.
    pub fn posts(&self, kind: ImportKind) -> bool {
        self.post.unwrap_or(kind == ImportKind::OpeningBalances)
    }
}

/// A file that was read, with what could not be read in it.
#[derive(Debug, Clone)]
pub enum ParsedFile {
    Accounts(Arc<AccountFile>),
    Entries(Arc<EntryFile>),
    Parties(Arc<PartyFile>),
    Items(Arc<ItemFile>),
    ItemUnits(Arc<ItemUnitFile>),
    Prices(Arc<PriceFile>),
    Documents(Arc<DocumentFile>),
}

impl ParsedFile {
    /// Rows that make up the work.
    pub fn rows(&self) -> u64 {
        match self {
            Self::Accounts(file) => file.accounts.len() as u64,
            Self::Entries(file) => file.lines.len() as u64,
            Self::Parties(file) => file.parties.len() as u64,
            Self::Items(file) => file.count() as u64,
            Self::ItemUnits(file) => file.count() as u64,
            Self::Prices(file) => file.count() as u64,
            Self::Documents(file) => file.rows as u64,
        }
    }
}

/// Reads a whole file. Blocks: run it where blocking is allowed.
///
/// Problems of rows are kept in the result, so that they are reported together with what [`commit`] finds; an error here
/// means that the file could not be read at all.
pub fn parse(kind: ImportKind, format: ImportFormat, source: impl Read) -> AppResult<ParsedFile> {
    Ok(match kind {
        ImportKind::Accounts => {
            ParsedFile::Accounts(Arc::new(file_rows::read::<FileAccount>(format, source)?.into()))
        }
        ImportKind::Parties => {
            ParsedFile::Parties(Arc::new(file_rows::read::<FileParty>(format, source)?.into()))
        }
        ImportKind::JournalEntries | ImportKind::OpeningBalances => {
            ParsedFile::Entries(Arc::new(entry_rows::read(format, source, kind)?))
        }
        ImportKind::Items => ParsedFile::Items(Arc::new(file_rows::read(format, source)?)),
        ImportKind::ItemUnits => ParsedFile::ItemUnits(Arc::new(file_rows::read(format, source)?)),
        ImportKind::Prices => ParsedFile::Prices(Arc::new(file_rows::read(format, source)?)),
        ImportKind::Invoices
        | ImportKind::PurchaseInvoices
        | ImportKind::CreditNotes
        | ImportKind::Receipts
        | ImportKind::Payments => ParsedFile::Documents(Arc::new(document_rows::read(format, source, kind)?)),
    })
}

/// Takes a parsed file into the books, in one transaction. `job` is finished in the same one, if there is one.
pub async fn commit(
    app: &Application,
    ctx: &RequestContext,
    file: ParsedFile,
    options: ImportOptions,
    job: Option<JobId>,
    progress: Arc<dyn Progress>,
) -> AppResult<Executed> {
    match file {
        ParsedFile::Accounts(file) => {
            execute(app, ctx, ImportAccounts { file, options, job, progress }).await
        }
        ParsedFile::Entries(file) => execute(app, ctx, ImportEntries { file, options, job, progress }).await,
        ParsedFile::Parties(file) => execute(app, ctx, ImportParties { file, options, job, progress }).await,
        ParsedFile::Items(file) => execute(app, ctx, ImportItems { file, options, job, progress }).await,
        ParsedFile::ItemUnits(file) => {
            execute(app, ctx, ImportItemUnits { file, options, job, progress }).await
        }
        ParsedFile::Prices(file) => execute(app, ctx, ImportPrices { file, options, job, progress }).await,
        ParsedFile::Documents(file) => {
            execute(app, ctx, ImportDocuments { file, options, job, progress }).await
        }
    }
}

/// The whole import of a file, as the command line does it: reads, checks, keeps. Blocks while it reads.
pub async fn import(
    app: &Application,
    ctx: &RequestContext,
    (kind, format): (ImportKind, ImportFormat),
    options: ImportOptions,
    source: impl Read,
    progress: Arc<dyn Progress>,
) -> AppResult<Executed> {
    let file = parse(kind, format, source)?;
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
