//! A file of journal entries as read: compact, codes not resolved yet.

use chrono::NaiveDate;
use domain::accounting::journal_entry::LineAmount;
use domain::money::{Amount, CurrencyCode, Rate};

use super::cells::{Interner, Place};
use super::row_errors::RowErrors;

/// Everything that was read, and everything that could not be.
#[derive(Debug, Clone, Default)]
pub struct EntryFile {
    pub(super) opening: bool,
    pub(super) entries: Vec<FileEntry>,
    /// The lines of each entry, one entry after the other.
    pub(super) lines: Vec<FileLine>,
    pub(super) accounts: Interner,
    pub(super) journals: Interner,
    pub(super) dimensions: Vec<FileDimension>,
    /// Different combinations of (dimension, value); the first is empty.
    pub(super) combinations: Vec<Vec<(u32, u32)>>,
    pub(super) errors: RowErrors,
    /// Rows that say nothing: opening balances of zero.
    pub(super) skipped: u64,
}

/// A column that names a dimension.
#[derive(Debug, Clone, Default)]
pub struct FileDimension {
    pub header: String,
    pub values: Interner,
}

#[derive(Debug, Clone, Default)]
pub struct FileEntry {
    pub place: Option<Place>,
    pub label: String,
    /// `None` when it could not be read.
    pub date: Option<NaiveDate>,
    pub document_date: Option<NaiveDate>,
    pub description: Option<String>,
    pub reference: Option<String>,
    pub control_reason: Option<String>,
    /// Index in [`EntryFile::journals`].
    pub journal: Option<u32>,
    pub lines: std::ops::Range<usize>,
    /// Something of it could not be read, so its balance says nothing.
    pub broken: bool,
}

#[derive(Debug, Clone)]
pub struct FileLine {
    /// The entry it belongs to.
    pub entry: u32,
    pub place: Place,
    pub account: u32,
    pub amount: LineAmount,
    pub currency: Option<CurrencyCode>,
    pub combination: u32,
    /// What most lines do not have.
    pub more: Option<Box<MoreOfLine>>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MoreOfLine {
    pub description: Option<String>,
    pub party: Option<String>,
    pub reference: Option<String>,
    pub tax_code: Option<String>,
    pub due_date: Option<NaiveDate>,
    pub rate: Option<Rate>,
    pub company_amount: Option<Amount>,
}

impl EntryFile {
    /// The range of the posting dates, for fiscal years that are missing.
    pub fn dates(&self) -> Option<(NaiveDate, NaiveDate)> {
        let dates = || self.entries.iter().filter_map(|entry| entry.date);
        Some((dates().min()?, dates().max()?))
    }
}
