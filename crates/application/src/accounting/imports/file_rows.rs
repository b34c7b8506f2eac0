//! The frame of files whose rows are records: accounts, parties, items and what belongs to them.

use std::collections::HashMap;
use std::io::Read;

use domain::error::{ErrorDef, Violation};
use domain::text::Code;

use super::cells::{Cells, Place, RowSink};
use super::columns::{self, Column, name};
use super::error::{IMPORT_EMPTY, IMPORT_TOO_LONG};
use super::item_file::RowFile;
use super::row_reader::RowReader;
use super::source::Source;
use super::{IMPORT_ROWS_MAX, ImportKind};
use crate::error::{AppError, AppResult};

/// A row of a file without entries.
pub(super) trait FileRow: Sized {
    const KIND: ImportKind;
    const REQUIRED: &'static [Column];
    /// Most rows of a file.
    const ROWS_MAX: usize = IMPORT_ROWS_MAX;

    /// `None` when a cell cannot be read, which is noted.
    fn read(row: &mut RowReader<'_>) -> Option<Self>;

    /// The code that a file has once, and the error of a second row with it.
    fn code(&self) -> Option<(&Code, &'static ErrorDef)> {
        None
    }
}

pub(super) fn read<T: FileRow>(source: &mut Source<'_, impl Read>) -> AppResult<RowFile<T>> {
    let mut builder = Builder::<T> { file: RowFile::default(), codes: HashMap::new(), too_long: false };
    source.rows(columns::of(T::KIND), T::REQUIRED, &mut builder)?;
    if builder.too_long {
        return Err(Violation::new(&IMPORT_TOO_LONG).with("max", T::ROWS_MAX).into());
    }
    if builder.file.rows.is_empty() && builder.file.errors.is_empty() {
        return Err(AppError::of(&IMPORT_EMPTY));
    }
    Ok(builder.file)
}

struct Builder<T> {
    file: RowFile<T>,
    /// The key of a code to its row.
    codes: HashMap<String, u32>,
    too_long: bool,
}

impl<T: FileRow> RowSink for Builder<T> {
    fn dimension(&mut self, _: &str, _: Place) -> Option<usize> {
        None
    }

    fn row(&mut self, place: Place, cells: &dyn Cells) {
        if self.file.rows.len() >= T::ROWS_MAX {
            self.too_long = true;
            return;
        }
        let Some(read) = T::read(&mut RowReader::new(place, cells, &mut self.file.errors)) else { return };
        if let Some((code, twice)) = read.code() {
            if let Some(first) = self.codes.get(&code.key()) {
                let twice = Violation::new(twice).with("code", code).with("first", first);
                self.file.errors.push(place, name(Column::Code), twice);
                return;
            }
            self.codes.insert(code.key(), place.row);
        }
        self.file.rows.push((place, read));
    }

    fn error(&mut self, place: Place, column: &str, violation: Violation) {
        self.file.errors.push(place, column, violation);
    }

    fn more(&self) -> bool {
        !self.too_long
    }
}
