//! Turns rows into documents: cells are read, rows with the same label become one document.

use std::collections::HashMap;
use std::io::Read;

use domain::documents::document_type::InvoiceKind;
use domain::documents::money_document::PaymentMethod;
use domain::documents::note::NoteKind;
use domain::error::Violation;
use domain::money::{Amount, CurrencyCode, Percentage, Price, Quantity, Rate};
use domain::text::Code;
use domain::time::parse_date;

use super::cells::{Cells, Place, RowSink, quoted};
use super::columns::{self, CellKind, Column, Named, Of, name};
use super::document_file::{DocumentFile, FileDocument, FileLine, is_code};
use super::error::{
    IMPORT_CELL_EMPTY, IMPORT_DOCUMENT_FIELD_DIFFERS, IMPORT_EMPTY, IMPORT_TOO_LONG,
    IMPORT_TOO_MANY_DOCUMENTS,
};
use super::row_errors::RowErrors;
use super::row_reader::{RowReader, flag};
use super::source::Source;
use super::{IMPORT_DOCUMENTS_MAX, IMPORT_ROWS_MAX, ImportKind};
use crate::error::{AppError, AppResult};

/// Columns of a document that one of its rows has to fill.
const HEAD_NEEDED: [Column; 5] =
    [Column::Party, Column::Date, Column::Method, Column::CorrectsNumber, Column::Reason];
/// Columns that every row has to fill.
const LINE_NEEDED: [Column; 2] = [Column::Quantity, Column::Amount];

pub(super) fn read(source: &mut Source<'_, impl Read>, kind: ImportKind) -> AppResult<DocumentFile> {
    let columns = columns::of(kind);
    let required: Vec<Column> =
        columns.all.iter().filter(|named| named.required).map(|named| named.column).collect();
    let mut builder = Builder::new(kind);
    source.rows(columns, &required, &mut builder)?;
    builder.finish()
}

struct Builder {
    file: DocumentFile,
    columns: &'static [Named],
    /// Label to document; rows of one document need not follow one another.
    labels: HashMap<String, usize>,
    /// The document whose lines the rows are, while a row is a whole document.
    own: Option<usize>,
    too_long: bool,
    too_many: bool,
}

impl Builder {
    fn new(kind: ImportKind) -> Self {
        let file = DocumentFile { kind, documents: Vec::new(), rows: 0, errors: RowErrors::default() };
        let columns = columns::of(kind).all;
        Self { file, columns, labels: HashMap::new(), own: None, too_long: false, too_many: false }
    }

    fn finish(mut self) -> AppResult<DocumentFile> {
        if self.too_long {
            return Err(Violation::new(&IMPORT_TOO_LONG).with("max", IMPORT_ROWS_MAX).into());
        }
        if self.too_many {
            return Err(Violation::new(&IMPORT_TOO_MANY_DOCUMENTS).with("max", IMPORT_DOCUMENTS_MAX).into());
        }
        if self.file.documents.is_empty() && self.file.errors.is_empty() {
            return Err(AppError::of(&IMPORT_EMPTY));
        }
        let DocumentFile { documents, errors, .. } = &mut self.file;
        for document in documents.iter_mut().filter(|document| !document.broken) {
            for named in self.columns.iter().filter(|named| HEAD_NEEDED.contains(&named.column)) {
                if document.head(named.column).is_none() {
                    document.broken = true;
                    errors.push(document.place, named.name, Violation::new(&IMPORT_CELL_EMPTY));
                }
            }
            document.date = document.head(Column::Date).and_then(|date| parse_date(date).ok());
        }
        documents.sort_by_key(|document| document.date);
        Ok(self.file)
    }

    /// The document of a row, a new one if there is none with its label yet.
    fn document(&mut self, place: Place, label: &str) -> Option<usize> {
        if label.is_empty() {
            self.file.errors.push(place, name(Column::Document), Violation::new(&IMPORT_CELL_EMPTY));
            return None;
        }
        if let Some(index) = self.labels.get(label) {
            return Some(*index);
        }
        if self.file.documents.len() >= IMPORT_DOCUMENTS_MAX {
            self.too_many = true;
            return None;
        }
        let index = self.file.documents.len();
        self.labels.insert(label.to_owned(), index);
        self.file.documents.push(FileDocument {
            label: label.to_owned(),
            place,
            head: Vec::new(),
            date: None,
            lines: Vec::new(),
            broken: false,
        });
        Some(index)
    }

    /// Takes over what a row says about its document: rows that give a value give the same.
    fn head(&mut self, index: usize, place: Place, cells: &dyn Cells) {
        let document = &mut self.file.documents[index];
        let mut row = RowReader::new(place, cells, &mut self.file.errors);
        for named in self.columns.iter().filter(|named| named.of == Of::Document) {
            let column = named.column;
            if column == Column::Document {
                continue;
            }
            let read = given(cells, column).map(|text| written(cells, column, text));
            let Some(text) = read.and_then(|read| row.checked(column, read)) else { continue };
            match document.head.iter().find(|(known, ..)| *known == column) {
                None => document.head.push((column, text, place)),
                Some((_, first, _)) if *first != text => {
                    let differs = Violation::new(&IMPORT_DOCUMENT_FIELD_DIFFERS)
                        .with("document", quoted(&document.label))
                        .with("value", quoted(&text))
                        .with("first", quoted(first));
                    row.refuse(column, differs);
                }
                Some(_) => {}
            }
        }
        document.broken |= !row.good;
    }

    fn line(&mut self, index: usize, place: Place, cells: &dyn Cells) {
        let document = &mut self.file.documents[index];
        let mut row = RowReader::new(place, cells, &mut self.file.errors);
        let mut line = FileLine { place, cells: Vec::new() };
        for named in self.columns.iter().filter(|named| named.of == Of::Line) {
            let column = named.column;
            match given(cells, column) {
                Some(text) => {
                    let read = row.checked(column, written(cells, column, text));
                    line.cells.extend(read.map(|text| (column, text)));
                }
                None if LINE_NEEDED.contains(&column) => {
                    row.refuse(column, Violation::new(&IMPORT_CELL_EMPTY));
                }
                None => {}
            }
        }
        document.broken |= !row.good;
        document.lines.push(line);
    }
}

impl RowSink for Builder {
    fn dimension(&mut self, _: &str, _: Place) -> Option<usize> {
        None
    }

    fn row(&mut self, place: Place, cells: &dyn Cells) {
        if self.file.rows >= IMPORT_ROWS_MAX {
            self.too_long = true;
            return;
        }
        self.file.rows += 1;
        let index = match self.own {
            Some(index) => Some(index),
            None => self.document(place, cells.get(Column::Document)),
        };
        if let Some(index) = index {
            self.head(index, place, cells);
            self.line(index, place, cells);
        }
    }

    fn entry_begins(&mut self, place: Place, head: &dyn Cells) {
        self.own = self.document(place, head.get(Column::Document));
        if let Some(index) = self.own {
            self.head(index, place, head);
        }
    }

    fn entry_ends(&mut self) {
        self.own = None;
    }

    fn error(&mut self, place: Place, column: &str, violation: Violation) {
        self.file.errors.push(place, column, violation);
    }

    fn spoiled(&mut self, place: Place, cells: &dyn Cells) {
        let label = cells.get(Column::Document);
        let index = match self.own {
            None if label.is_empty() => None,
            None => self.document(place, label),
            own => own,
        };
        if let Some(index) = index {
            self.file.documents[index].broken = true;
        }
    }

    fn more(&self) -> bool {
        !self.too_long && !self.too_many
    }
}

/// A cell that says something. What a whole document or one of its lines calls its reference or description is told apart by
/// the reader of such rows, which files of documents need not.
fn given(cells: &dyn Cells, column: Column) -> Option<&str> {
    let also = match column {
        Column::Description => Some(Column::LineDescription),
        Column::Reference => Some(Column::EntryReference),
        _ => None,
    };
    let filled = |column: Column| Some(cells.get(column)).filter(|text| !text.is_empty());
    filled(column).or_else(|| also.and_then(filled))
}

/// A cell that says something, in the one form in which a body has it.
fn written(cells: &dyn Cells, column: Column, text: &str) -> Result<String, Violation> {
    match columns::cell_kind(column) {
        CellKind::Text => canonical(column, text),
        _ => canonical(column, &cells.value(column)?),
    }
}

/// The text of a cell in the one form in which a body has it.
fn canonical(column: Column, text: &str) -> Result<String, Violation> {
    let lower = || text.to_lowercase();
    Ok(match column {
        Column::Quantity => Quantity::parse(text)?.to_string(),
        Column::UnitPrice => Price::parse(text)?.to_string(),
        Column::Amount
        | Column::Charge
        | Column::Charges
        | Column::DiscountAmount
        | Column::DocumentDiscount => Amount::parse(text)?.display(2),
        Column::DiscountPercent => Percentage::parse(text)?.to_string(),
        Column::Rate => Rate::parse(text)?.to_string(),
        Column::Date | Column::DueDate | Column::CorrectsDate => parse_date(text)?.to_string(),
        Column::PricesIncludeVat => flag(text)?.to_string(),
        Column::Currency => CurrencyCode::parse(&text.to_ascii_uppercase())?.to_string(),
        Column::Kind => InvoiceKind::parse(&lower())?.to_string(),
        Column::NoteKind => NoteKind::parse(&lower())?.to_string(),
        Column::Method => PaymentMethod::parse(&lower())?.to_string(),
        code if is_code(code) => Code::parse(text)?.into_string(),
        _ => text.to_owned(),
    })
}
