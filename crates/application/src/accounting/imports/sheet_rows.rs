//! Rows of a sheet of a workbook.

use std::io::Read;

use domain::accounting::import_profile::TableFormat;
use domain::error::Violation;

use super::IMPORT_ERRORS_MAX;
use super::cells::{Place, RowSink};
use super::error::{IMPORT_CELLS_MERGED, IMPORT_EMPTY, IMPORT_HEADER_EMPTY, IMPORT_UNREADABLE};
use super::header::{Field, Header, Layout, Record};
use super::shown::Shown;
use crate::accounting::views::import_result::ImportReadingView;
use crate::error::{AppError, AppResult};
use crate::spreadsheet::{Merged, SheetRow, SheetSink, WORKBOOK_BYTES_MAX, Workbook};

/// Reads all rows into `sink`.
pub(super) fn read(
    source: impl Read,
    layout: Layout<'_>,
    shown: &mut Shown,
    sink: &mut dyn RowSink,
) -> AppResult<()> {
    let mut bytes = Vec::new();
    let read = source.take(WORKBOOK_BYTES_MAX as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| AppError::new(Violation::new(&IMPORT_UNREADABLE).with("reason", error)))?;
    let mut workbook = Workbook::open(bytes)?;
    let header_row = layout.reading.header_row;
    shown.begin(ImportReadingView {
        format: TableFormat::Xlsx.as_str().to_owned(),
        sheet: None,
        encoding: None,
        delimiter: None,
        header_row,
        rows: Vec::new(),
    });
    let mut rows = Rows { layout, shown, sink, header: None, refused: None };
    let name = workbook.read(layout.reading.sheet.as_deref(), &mut rows)?;
    if let Some(refused) = rows.refused {
        return Err(refused);
    }
    if rows.header.is_none() {
        return Err(AppError::of(&IMPORT_EMPTY));
    }
    shown.of_sheet(name);
    Ok(())
}

struct Rows<'a, 's> {
    layout: Layout<'a>,
    shown: &'s mut Shown,
    sink: &'s mut dyn RowSink,
    header: Option<Header>,
    refused: Option<AppError>,
}

impl Rows<'_, '_> {
    fn headings(&mut self, row: &SheetRow) -> AppResult<Header> {
        let place = Place::row(row.number);
        if row.number != self.layout.reading.header_row {
            let row = self.layout.reading.header_row;
            let empty = Violation::new(&IMPORT_HEADER_EMPTY).with("row", row);
            return Err(empty.at(Place::row(row).pointer("")).into());
        }
        if let Some(refused) = row.cells.iter().find_map(|cell| cell.refused.clone()) {
            return Err(refused.at(place.pointer("")).into());
        }
        let width = row.cells.last().map_or(0, |cell| cell.column + 1);
        let mut headings = vec![""; width];
        for cell in &row.cells {
            headings[cell.column] = &cell.text;
        }
        Header::read(place, &headings, self.layout, self.sink)
    }
}

impl SheetSink for Rows<'_, '_> {
    fn row(&mut self, row: &SheetRow) -> bool {
        // After headings that were refused only merged cells are looked for, which may be the reason.
        if row.number < self.layout.reading.header_row || self.refused.is_some() {
            return true;
        }
        match &self.header {
            Some(header) => header.row(Place::row(row.number), row, self.shown, self.sink),
            None => match self.headings(row) {
                Ok(header) => self.header = Some(header),
                Err(refused) => self.refused = Some(refused),
            },
        }
        self.sink.more()
    }

    /// Merged cells have their value in the first one only; the others would be read as empty.
    fn merged(&mut self, merged: Merged) {
        let (first, last) = merged.rows;
        let header_row = self.layout.reading.header_row;
        let violation = Violation::new(&IMPORT_CELLS_MERGED).with("cells", merged);
        if let Some(refused) = &mut self.refused
            && (first..=last).contains(&header_row)
            && refused.violations.len() < IMPORT_ERRORS_MAX
        {
            refused.violations.push(violation.at(Place::row(header_row).pointer("")));
            return;
        }
        let Some(header) = &self.header else { return };
        if last < header_row || !header.reads(merged.columns.0..=merged.columns.1) {
            return;
        }
        let column = header.heading(merged.columns.0);
        self.sink.error(Place::row(first.max(header_row)), &column, violation);
    }
}

impl Record for SheetRow {
    fn width(&self) -> usize {
        self.cells.last().map_or(0, |cell| cell.column + 1)
    }

    fn field(&self, index: usize) -> Option<Field<'_>> {
        let cell = self.cell(index)?;
        let raw = cell.raw.as_deref().unwrap_or(&cell.text);
        Some(Field { text: &cell.text, stored: cell.kind, raw, refused: cell.refused.as_ref() })
    }
}
