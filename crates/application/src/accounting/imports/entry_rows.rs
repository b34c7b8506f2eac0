//! Turns rows into entries: cells are read, rows with the same label become one entry.

use std::collections::HashMap;
use std::io::Read;

use chrono::NaiveDate;
use domain::accounting::journal_entry::JOURNAL_LINES_MAX;
use domain::error::Violation;
use domain::time::parse_date;

use super::cells::{Cells, Interner, Place, RowSink, quoted};
use super::columns::{self, Column, name};
use super::entry_file::{EntryFile, FileDimension};
use super::error::{
    IMPORT_CELL_EMPTY, IMPORT_EMPTY, IMPORT_ENTRY_TOO_LONG, IMPORT_TOO_LONG, IMPORT_TOO_MANY_COLUMNS,
};
use super::fingerprint::Fingerprints;
use super::source::Source;
use super::{IMPORT_LINES_MAX, ImportKind};
use crate::error::{AppError, AppResult};

/// Most columns beside the known ones; which of them name dimensions is found out later.
const FURTHER_COLUMNS_MAX: usize = 100;

/// Reads a file of journal entries, or one of opening balances, whose rows are one entry.
pub(super) fn read(source: &mut Source<'_, impl Read>, kind: ImportKind) -> AppResult<EntryFile> {
    let opening = kind == ImportKind::OpeningBalances;
    let mut builder = Builder::new(opening);
    let required: &[Column] = if opening {
        &[Column::Account]
    } else {
        &[Column::Entry, Column::Date, Column::Account, Column::Debit, Column::Credit]
    };
    source.rows(columns::of(kind), required, &mut builder)?;
    builder.finish()
}

pub(super) struct Builder {
    pub(super) file: EntryFile,
    /// Label to entry; rows of one entry need not follow one another.
    labels: HashMap<String, u32>,
    pub(super) combinations: HashMap<Vec<(u32, u32)>, u32>,
    pub(super) combination: Vec<(u32, u32)>,
    /// The entry whose lines the rows are, while a row is a whole entry.
    pub(super) own: Option<u32>,
    last: u32,
    /// Lines of each entry so far.
    pub(super) counts: Vec<u32>,
    last_date: (String, Option<NaiveDate>),
    too_long: bool,
    too_many_columns: bool,
}

impl Builder {
    fn new(opening: bool) -> Self {
        let file = EntryFile { opening, combinations: vec![Vec::new()], ..EntryFile::default() };
        Self {
            file,
            labels: HashMap::new(),
            combinations: HashMap::from([(Vec::new(), 0)]),
            combination: Vec::new(),
            own: None,
            last: 0,
            counts: Vec::new(),
            last_date: (String::new(), None),
            too_long: false,
            too_many_columns: false,
        }
    }

    fn finish(mut self) -> AppResult<EntryFile> {
        if self.too_long {
            return Err(Violation::new(&IMPORT_TOO_LONG).with("max", IMPORT_LINES_MAX).into());
        }
        if self.too_many_columns {
            return Err(Violation::new(&IMPORT_TOO_MANY_COLUMNS).with("max", FURTHER_COLUMNS_MAX).into());
        }
        self.check_heads();
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
        if self.file.errors.is_empty() {
            self.file.fingerprints = Fingerprints::of(&self.file);
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

    /// The date in a cell; one that cannot be read is noted.
    pub(super) fn date(
        &mut self,
        place: Place,
        column: Column,
        cells: &dyn Cells,
    ) -> Result<Option<NaiveDate>, ()> {
        if cells.get(column).is_empty() {
            return Ok(None);
        }
        let text = &*self.checked(place, column, cells.value(column)).ok_or(())?;
        if self.last_date.0 != text {
            let date = self.checked(place, column, parse_date(text)).ok_or(())?;
            self.last_date = (text.to_owned(), Some(date));
        }
        Ok(self.last_date.1)
    }

    /// The entry a row belongs to, new or not.
    fn entry(&mut self, place: Place, cells: &dyn Cells) -> Option<u32> {
        if let Some(own) = self.own {
            return Some(own);
        }
        let label = cells.get(Column::Entry);
        let known = if self.file.opening {
            (!self.file.entries.is_empty()).then_some(0)
        } else if label.is_empty() {
            self.refuse(place, Column::Entry, Violation::new(&IMPORT_CELL_EMPTY));
            return None;
        } else {
            match self.file.entries.get(self.last as usize) {
                Some(last) if last.label == label => Some(self.last),
                _ => self.labels.get(label).copied(),
            }
        };
        let index = match known {
            Some(index) => index,
            None => {
                let index = self.new_entry(place, label)?;
                if !self.file.opening {
                    self.labels.insert(label.to_owned(), index);
                }
                index
            }
        };
        self.last = index;
        self.entry_says(index, place, cells, false);
        Some(index)
    }
}

impl RowSink for Builder {
    fn dimension(&mut self, heading: &str, place: Place) -> Option<usize> {
        let dimensions = &mut self.file.dimensions;
        let known = dimensions.iter().position(|known| known.heading.eq_ignore_ascii_case(heading));
        if known.is_some() {
            return known;
        }
        if dimensions.len() == FURTHER_COLUMNS_MAX {
            self.too_many_columns = true;
            return None;
        }
        let heading = heading.to_owned();
        dimensions.push(FileDimension { heading, place, values: Interner::default() });
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
                let label = quoted(&entry.label);
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

    fn entry_begins(&mut self, place: Place, head: &dyn Cells) {
        let known = (self.file.opening && !self.file.entries.is_empty()).then_some(0);
        let Some(index) = known.or_else(|| self.new_entry(place, head.get(Column::Entry))) else { return };
        self.own = Some(index);
        self.last = index;
        self.entry_says(index, place, head, true);
    }
    fn entry_ends(&mut self) {
        self.own = None;
    }

    fn error(&mut self, place: Place, column: &str, violation: Violation) {
        self.file.errors.push(place, column, violation);
        if let Some(entry) = self.file.entries.get_mut(self.last as usize) {
            entry.broken = true;
        }
    }

    fn spoiled(&mut self, place: Place, cells: &dyn Cells) {
        let label = cells.get(Column::Entry);
        let known = match self.own {
            Some(own) => Some(own),
            None if self.file.opening => (!self.file.entries.is_empty()).then_some(0),
            None if label.is_empty() => return,
            None => self.labels.get(label).copied(),
        };
        let Some(index) = known.or_else(|| self.new_entry(place, label)) else { return };
        if self.own.is_none() && !self.file.opening {
            self.labels.insert(label.to_owned(), index);
        }
        self.last = index;
        let entry = &mut self.file.entries[index as usize];
        // Nor is its date missing for sure.
        (entry.broken, entry.date_refused) = (true, true);
    }

    fn more(&self) -> bool {
        !self.too_long && !self.too_many_columns
    }
}

pub(super) fn text(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
