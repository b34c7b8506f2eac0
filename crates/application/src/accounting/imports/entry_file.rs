//! A file of journal entries as read: compact, codes not resolved yet.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::accounting::journal_entry::{LineAmount, LineDetails};
use domain::money::{Amount, CurrencyCode, Rate};

use super::cells::{Interner, Place};
use super::fingerprint::Fingerprints;
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
    pub(super) fingerprints: Fingerprints,
    /// Rows that say nothing: opening balances of zero.
    pub(super) skipped: u64,
}

/// A further column, which is to name a dimension.
#[derive(Debug, Clone)]
pub struct FileDimension {
    pub heading: String,
    /// The place of its first occurrence.
    pub place: Place,
    pub values: Interner,
}

/// An entry, and what its rows said of it. Nothing here depends on the order of the rows.
#[derive(Debug, Clone, Default)]
pub struct FileEntry {
    pub place: Option<Place>,
    pub label: String,
    /// `None` when no row names one, or when it could not be read.
    pub date: Option<NaiveDate>,
    pub document_date: Option<NaiveDate>,
    /// The first description among the rows; it is the entry's unless rows differ.
    pub description: Option<String>,
    /// Rows have different descriptions, so that each keeps its own.
    pub descriptions_differ: bool,
    /// The reference from a column of its own, or from the head of a whole entry.
    pub reference: Option<String>,
    /// The reference of a line, whose lines with the same one do not repeat it.
    pub line_reference: Option<String>,
    pub control_reason: Option<String>,
    /// Index in [`EntryFile::journals`].
    pub journal: Option<u32>,
    /// The currency in the head of a whole entry, for lines that do not name their own.
    pub currency: Option<CurrencyCode>,
    pub lines: std::ops::Range<usize>,
    /// A row names a date that cannot be read.
    pub date_refused: bool,
    /// A row with both a description and a description of its line.
    pub described_twice: Option<Place>,
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
    /// `None` is the company's.
    pub currency: Option<CurrencyCode>,
    pub combination: u32,
    /// The row names the description in [`FileEntry::description`].
    pub describes: bool,
    /// The line's reference is [`FileEntry::line_reference`].
    pub refers: bool,
    /// Members that most lines do not have.
    pub more: Option<Box<MoreOfLine>>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MoreOfLine {
    pub details: LineDetails,
    pub rate: Option<Rate>,
    pub company_amount: Option<Amount>,
}

impl FileEntry {
    /// The description of the entry itself.
    pub fn own_description(&self) -> Option<&str> {
        self.description.as_deref().filter(|_| !self.descriptions_differ)
    }
}

impl EntryFile {
    /// The description of a line: its own, or the one that its row names in an entry whose rows differ.
    pub fn description<'a>(&self, entry: &'a FileEntry, line: &'a FileLine) -> Option<&'a str> {
        let own = line.more.as_ref().and_then(|more| more.details.description.as_deref());
        own.or_else(|| entry.description.as_deref().filter(|_| entry.descriptions_differ && line.describes))
    }

    pub fn reference<'a>(&self, entry: &'a FileEntry, line: &'a FileLine) -> Option<&'a str> {
        let own = line.more.as_ref().and_then(|more| more.details.reference.as_deref());
        own.or_else(|| entry.line_reference.as_deref().filter(|_| line.refers))
    }

    /// The posting dates, for fiscal years that are missing.
    pub fn dates(&self) -> BTreeSet<NaiveDate> {
        self.entries.iter().filter_map(|entry| entry.date).collect()
    }
}
