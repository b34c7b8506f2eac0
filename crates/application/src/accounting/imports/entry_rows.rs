//! From rows to entries: cells are read, rows with the same label become one entry.

use std::collections::HashMap;
use std::io::Read;

use chrono::NaiveDate;
use domain::accounting::dimension::DIMENSIONS_PER_LINE_MAX;
use domain::accounting::journal_entry::JOURNAL_LINES_MAX;
use domain::error::Violation;
use domain::time::parse_date;

use super::cells::{Cells, Place, RowSink};
use super::columns::{Column, ENTRY_COLUMNS, name};
use super::entry_file::{EntryFile, FileDimension, FileEntry};
use super::error::{
    IMPORT_CELL_EMPTY, IMPORT_EMPTY, IMPORT_ENTRY_FIELD_DIFFERS, IMPORT_ENTRY_TOO_LONG, IMPORT_TOO_LONG,
    IMPORT_TOO_MANY_DIMENSIONS,
};
use super::{IMPORT_LINES_MAX, ImportFormat, csv_rows, json_rows};
use crate::error::{AppError, AppResult};

/// Reads a file of journal entries, or one of opening balances, whose rows are one entry.
pub fn read(format: ImportFormat, source: impl Read, opening: bool) -> AppResult<EntryFile> {
    let mut builder = Builder::new(opening);
    let required: &[Column] = if opening {
        &[Column::Account]
    } else {
        &[Column::Entry, Column::Date, Column::Account, Column::Debit, Column::Credit]
    };
    match format {
        ImportFormat::Csv => csv_rows::read(source, ENTRY_COLUMNS, required, &mut builder)?,
        ImportFormat::NdJson => json_rows::read(source, ENTRY_COLUMNS, &mut builder)?,
    }
    builder.finish()
}

/// Whether the rows are the lines of a row that is a whole entry.
#[derive(Debug, Clone, Copy)]
enum Own {
    None,
    /// Its first line comes next.
    Next,
    Entry(u32),
}

pub(super) struct Builder {
    pub(super) file: EntryFile,
    /// Label to entry; rows of one entry need not follow one another.
    labels: HashMap<String, u32>,
    pub(super) combinations: HashMap<Vec<(u32, u32)>, u32>,
    pub(super) combination: Vec<(u32, u32)>,
    own: Own,
    last: u32,
    /// Lines of each entry so far.
    counts: Vec<u32>,
    last_date: (String, Option<NaiveDate>),
    too_long: bool,
    too_many_dimensions: bool,
}

impl Builder {
    fn new(opening: bool) -> Self {
        let file = EntryFile { opening, combinations: vec![Vec::new()], ..EntryFile::default() };
        Self {
            file,
            labels: HashMap::new(),
            combinations: HashMap::from([(Vec::new(), 0)]),
            combination: Vec::new(),
            own: Own::None,
            last: 0,
            counts: Vec::new(),
            last_date: (String::new(), None),
            too_long: false,
            too_many_dimensions: false,
        }
    }

    fn finish(mut self) -> AppResult<EntryFile> {
        if self.too_long {
            return Err(Violation::new(&IMPORT_TOO_LONG).with("max", IMPORT_LINES_MAX).into());
        }
        if self.too_many_dimensions {
            let violation = Violation::new(&IMPORT_TOO_MANY_DIMENSIONS);
            return Err(violation.with("max", DIMENSIONS_PER_LINE_MAX).into());
        }
        let file = &mut self.file;
        if file.lines.is_empty() && file.errors.is_empty() {
            return Err(AppError::of(&IMPORT_EMPTY));
        }
        // Stable, so that lines keep their order; a file whose entries are in one piece is sorted already.
        file.lines.sort_by_key(|line| line.entry);
        let mut start = 0;
        for (index, entry) in file.entries.iter_mut().enumerate() {
            let count = file.lines[start..].iter().take_while(|line| line.entry as usize == index).count();
            entry.lines = start..start + count;
            start += count;
        }
        Ok(self.file)
    }

    pub(super) fn refuse(&mut self, place: Place, column: Column, violation: Violation) {
        self.file.errors.push(place, name(column), violation);
    }

    /// Keeps what was read, or notes why it could not be.
    pub(super) fn checked<T>(
        &mut self,
        place: Place,
        column: Column,
        read: Result<T, Violation>,
    ) -> Option<T> {
        read.map_err(|violation| self.refuse(place, column, violation)).ok()
    }

    pub(super) fn date(&mut self, place: Place, column: Column, text: &str) -> Option<NaiveDate> {
        if text.is_empty() {
            return None;
        }
        if self.last_date.0 == text {
            return self.last_date.1;
        }
        let date = self.checked(place, column, parse_date(text))?;
        self.last_date = (text.to_owned(), Some(date));
        Some(date)
    }

    /// The entry a row belongs to, new or not.
    fn entry(&mut self, place: Place, cells: &dyn Cells) -> Option<u32> {
        let label = cells.get(Column::Entry);
        let known = match self.own {
            _ if self.file.opening => (!self.file.entries.is_empty()).then_some(0),
            Own::Entry(index) => Some(index),
            Own::Next => None,
            Own::None if label.is_empty() => {
                self.refuse(place, Column::Entry, Violation::new(&IMPORT_CELL_EMPTY));
                return None;
            }
            Own::None => match self.file.entries.get(self.last as usize) {
                Some(last) if last.label == label => Some(self.last),
                _ => self.labels.get(label).copied(),
            },
        };
        if let Some(index) = known {
            self.last = index;
            self.entry_row(index, place, cells);
            return Some(index);
        }
        let index = u32::try_from(self.file.entries.len()).ok()?;
        let entry = self.new_entry(place, label, cells);
        self.file.entries.push(entry);
        self.counts.push(0);
        self.last = index;
        match self.own {
            Own::None => drop(self.labels.insert(label.to_owned(), index)),
            _ => self.own = Own::Entry(index),
        }
        Some(index)
    }

    fn new_entry(&mut self, place: Place, label: &str, cells: &dyn Cells) -> FileEntry {
        let date_text = cells.get(Column::Date);
        if date_text.is_empty() && !self.file.opening {
            self.refuse(place, Column::Date, Violation::new(&IMPORT_CELL_EMPTY));
        }
        let date = self.date(place, Column::Date, date_text);
        let document_date = self.date(place, Column::DocumentDate, cells.get(Column::DocumentDate));
        let journal = Some(cells.get(Column::Journal)).filter(|code| !code.is_empty());
        FileEntry {
            place: Some(place),
            label: label.to_owned(),
            date,
            document_date,
            description: text(cells.get(Column::Description)),
            reference: text(cells.get(Column::Reference)),
            control_reason: text(cells.get(Column::ControlReason)),
            journal: journal.map(|code| self.file.journals.intern(code)),
            lines: 0..0,
            broken: date.is_none() && !self.file.opening,
        }
    }

    /// What a further row says about its entry must be what the first one said.
    fn entry_row(&mut self, index: u32, place: Place, cells: &dyn Cells) {
        let date = self.date(place, Column::Date, cells.get(Column::Date));
        let entry = &mut self.file.entries[index as usize];
        match (entry.date, date) {
            (Some(first), Some(other)) if first != other => {
                let differs = differs(&entry.label, &other.to_string(), &first.to_string());
                self.refuse(place, Column::Date, differs);
            }
            (None, Some(_)) if self.file.opening => entry.date = date,
            _ => {}
        }
        let document_date = self.date(place, Column::DocumentDate, cells.get(Column::DocumentDate));
        let entry = &mut self.file.entries[index as usize];
        let mut problems = Vec::new();
        if document_date.is_some() && entry.document_date.is_some_and(|first| Some(first) != document_date) {
            let (other, first) = (cells.get(Column::DocumentDate), entry.document_date.unwrap_or_default());
            problems.push((Column::DocumentDate, differs(&entry.label, other, &first.to_string())));
        }
        entry.document_date = entry.document_date.or(document_date);
        let journal = cells.get(Column::Journal);
        if !journal.is_empty() {
            match entry.journal.map(|index| self.file.journals.get(index)) {
                Some(first) if first != journal => {
                    problems.push((Column::Journal, differs(&entry.label, journal, first)));
                }
                Some(_) => {}
                None => entry.journal = Some(self.file.journals.intern(journal)),
            }
        }
        let reason = cells.get(Column::ControlReason);
        if entry.control_reason.is_none() {
            entry.control_reason = text(reason);
        }
        entry.description = entry.description.take().or_else(|| text(cells.get(Column::Description)));
        entry.reference = entry.reference.take().or_else(|| text(cells.get(Column::Reference)));
        for (column, violation) in problems {
            self.refuse(place, column, violation);
        }
    }
}

impl RowSink for Builder {
    fn dimension(&mut self, header: &str) -> Option<usize> {
        let dimensions = &mut self.file.dimensions;
        let known = dimensions.iter().position(|known| known.header.eq_ignore_ascii_case(header));
        if known.is_some() {
            return known;
        }
        if dimensions.len() == DIMENSIONS_PER_LINE_MAX {
            self.too_many_dimensions = true;
            return None;
        }
        dimensions.push(FileDimension { header: header.to_owned(), ..FileDimension::default() });
        Some(dimensions.len() - 1)
    }

    fn row(&mut self, place: Place, cells: &dyn Cells) {
        if self.file.lines.len() >= IMPORT_LINES_MAX {
            self.too_long = true;
            return;
        }
        let Some(index) = self.entry(place, cells) else { return };
        let count = &mut self.counts[index as usize];
        *count += 1;
        if *count as usize > JOURNAL_LINES_MAX {
            if *count as usize == JOURNAL_LINES_MAX + 1 {
                let entry = &mut self.file.entries[index as usize];
                entry.broken = true;
                let label = entry.label.clone();
                let violation = Violation::new(&IMPORT_ENTRY_TOO_LONG);
                let violation = violation.with("entry", label).with("max", JOURNAL_LINES_MAX);
                self.refuse(place, Column::Entry, violation);
            }
            return;
        }
        if self.line(index, place, cells).is_none() {
            self.file.entries[index as usize].broken = true;
        }
    }

    fn entry_begins(&mut self) {
        self.own = Own::Next;
    }
    fn entry_ends(&mut self) {
        self.own = Own::None;
    }

    fn error(&mut self, place: Place, column: &str, violation: Violation) {
        self.file.errors.push(place, column, violation);
        if let Some(entry) = self.file.entries.get_mut(self.last as usize) {
            entry.broken = true;
        }
    }

    fn more(&self) -> bool {
        !self.too_long && !self.too_many_dimensions
    }
}

pub(super) fn text(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn differs(entry: &str, value: &str, first: &str) -> Violation {
    Violation::new(&IMPORT_ENTRY_FIELD_DIFFERS).with("entry", entry).with("value", value).with("first", first)
}
