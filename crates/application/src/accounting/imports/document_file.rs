//! A file of documents as read: cells in the form that bodies have them in, nothing looked up yet.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::money::CurrencyCode;
use domain::text::code_key;
use sha2::{Digest, Sha256};

use super::ImportKind;
use super::cells::Place;
use super::columns::{Column, name};
use super::fingerprint::{Fields, Fingerprint};
use super::row_errors::RowErrors;

#[derive(Debug, Clone)]
pub struct DocumentFile {
    pub(super) kind: ImportKind,
    /// The documents in the order of their dates, and of their rows within a day, so that numbers follow the calendar.
    pub(super) documents: Vec<FileDocument>,
    pub(super) rows: usize,
    pub(super) errors: RowErrors,
}

/// A document, and what its rows said of it.
#[derive(Debug, Clone)]
pub struct FileDocument {
    /// The text that its rows share.
    pub label: String,
    /// The first row of the document.
    pub place: Place,
    /// The values of the document, each with the row that named it first.
    pub head: Vec<(Column, String, Place)>,
    pub date: Option<NaiveDate>,
    pub lines: Vec<FileLine>,
    /// Something of it could not be read.
    pub broken: bool,
}

/// A row, without what it says of the document.
#[derive(Debug, Clone)]
pub struct FileLine {
    pub place: Place,
    pub cells: Vec<(Column, String)>,
}

impl FileDocument {
    pub fn head(&self, column: Column) -> Option<&str> {
        self.head.iter().find(|(known, ..)| *known == column).map(|(_, text, _)| text.as_str())
    }

    /// The row that gave a value, or the first one.
    pub fn place_of(&self, column: Column) -> Place {
        self.head.iter().find(|(known, ..)| *known == column).map_or(self.place, |(.., place)| *place)
    }
}

impl FileLine {
    pub fn cell(&self, column: Column) -> Option<&str> {
        self.cells.iter().find(|(known, _)| *known == column).map(|(_, text)| text.as_str())
    }
}

impl DocumentFile {
    pub fn dates(&self) -> BTreeSet<NaiveDate> {
        self.documents.iter().filter_map(|document| document.date).collect()
    }

    /// The meaning of the file as a number: neither the order of rows and columns nor the way in which numbers are written
    /// makes a difference. Money of which nothing else is said is in the company's currency, which may as well be named.
    pub fn fingerprint(&self, company: CurrencyCode) -> Fingerprint {
        let money = matches!(self.kind, ImportKind::Receipts | ImportKind::Payments);
        let implied = Some(company.to_string()).filter(|_| money);
        let of = |document| of_document(document, implied.as_deref());
        let mut documents: Vec<Fingerprint> = self.documents.iter().map(of).collect();
        documents.sort_unstable();
        let mut hash = Sha256::new();
        documents.iter().for_each(|document| hash.update(document));
        hash.finalize().into()
    }
}

fn of_document(document: &FileDocument, implied: Option<&str>) -> Fingerprint {
    let head = document.head.iter().map(|(column, text, _)| (*column, text.as_str()));
    let head = head.filter(|(column, text)| *column != Column::Currency || Some(*text) != implied);
    let mut lines: Vec<Fingerprint> = document
        .lines
        .iter()
        .map(|line| of_cells(line.cells.iter().map(|(column, text)| (*column, text.as_str()))))
        .collect();
    lines.sort_unstable();
    let mut hash = Fields(Sha256::new());
    hash.text(Some(&document.label));
    hash.0.update(of_cells(head));
    lines.iter().for_each(|line| hash.0.update(line));
    hash.0.finalize().into()
}

fn of_cells<'c>(cells: impl Iterator<Item = (Column, &'c str)>) -> Fingerprint {
    let mut named: Vec<(&str, String)> = cells
        .map(|(column, text)| (name(column), if is_code(column) { code_key(text) } else { text.to_owned() }))
        .collect();
    named.sort_unstable();
    let mut hash = Fields(Sha256::new());
    for (column, text) in named {
        hash.text(Some(column));
        hash.text(Some(&text));
    }
    hash.0.finalize().into()
}

/// Whether a cell is a code, which is the same in capitals.
pub(super) const fn is_code(column: Column) -> bool {
    matches!(
        column,
        Column::Party
            | Column::Branch
            | Column::Item
            | Column::Unit
            | Column::TaxCode
            | Column::ChargeTaxCode
            | Column::Account
    )
}
