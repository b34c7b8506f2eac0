//! Rows of an NDJSON file: each line one row with the columns as members, or one entry with its `lines`.

use std::io::{BufRead, BufReader, Read};

use domain::accounting::journal_entry::JOURNAL_LINES_MAX;
use domain::error::Violation;
use serde_json::value::RawValue;

use super::cells::{OwnedCells, Place, RowSink, quoted, unfit};
use super::columns::{self, Column, Columns};
use super::error::{
    IMPORT_CELL_NO_TEXT, IMPORT_COLUMN_OF_ENTRY, IMPORT_COLUMN_TWICE, IMPORT_COLUMN_UNKNOWN, IMPORT_EMPTY,
    IMPORT_ENTRY_TOO_LONG, IMPORT_ROW_NOT_JSON, IMPORT_ROW_NOT_UTF8, IMPORT_ROW_TOO_LONG, IMPORT_UNREADABLE,
};
use super::json_bounded::{Elements, Members};
use super::nearest::nearest;
use crate::error::{AppError, AppResult};

/// Longest line of an NDJSON file, in bytes: an entry of 100,000 lines of 160 bytes each fits.
pub const LINE_BYTES_MAX: u64 = 16 << 20;
const BUFFER_BYTES: usize = 256 * 1024;
/// Longest piece of a parser's explanation quoted back, in characters.
const REASON_LENGTH_MAX: usize = 120;

/// The kind of an object's members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// A line with what its entry is.
    Row,
    /// An entry that has `lines`.
    Head,
    /// One of these lines.
    Line,
}

/// Reads all rows into `sink`.
pub fn read(source: impl Read, columns: &'static Columns, sink: &mut dyn RowSink) -> AppResult<()> {
    let mut source = BufReader::with_capacity(BUFFER_BYTES, source);
    let mut line = Vec::new();
    let mut number = 0_u32;
    let mut seen = false;
    while sink.more() {
        line.clear();
        number = number.saturating_add(1);
        let read = (&mut source).take(LINE_BYTES_MAX + 1).read_until(b'\n', &mut line);
        let read =
            read.map_err(|error| AppError::new(Violation::new(&IMPORT_UNREADABLE).with("reason", error)))?;
        if read == 0 {
            break;
        }
        if read as u64 > LINE_BYTES_MAX {
            let violation = Violation::new(&IMPORT_ROW_TOO_LONG).with("max", LINE_BYTES_MAX);
            return Err(violation.with("row", number).at(Place::row(number).pointer("")).into());
        }
        let bytes = if number == 1 { line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line) } else { &line };
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        seen = true;
        let mut reader = Reader { columns, sink, place: Place::row(number) };
        match std::str::from_utf8(bytes) {
            Ok(text) => reader.object(text),
            Err(_) => reader.refuse("", Violation::new(&IMPORT_ROW_NOT_UTF8)),
        }
    }
    if seen { Ok(()) } else { Err(AppError::of(&IMPORT_EMPTY)) }
}

struct Reader<'s> {
    columns: &'static Columns,
    sink: &'s mut dyn RowSink,
    place: Place,
}

/// The members that an object has named so far.
#[derive(Default)]
struct Named {
    columns: Vec<Column>,
    dimensions: Vec<usize>,
}

impl Reader<'_> {
    fn refuse(&mut self, column: &str, violation: Violation) {
        self.sink.error(self.place, &quoted(column), violation);
    }

    fn parsed<T>(&mut self, column: &str, parsed: Result<T, serde_json::Error>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(error) => {
                let reason: String = error.to_string().chars().take(REASON_LENGTH_MAX).collect();
                self.refuse(column, Violation::new(&IMPORT_ROW_NOT_JSON).with("reason", reason));
                None
            }
        }
    }

    fn object(&mut self, text: &str) {
        let Some(Members(mut members)) = self.parsed("", serde_json::from_str(text)) else { return };
        let whole = members.iter().position(|(name, _)| name == "lines");
        let Some(lines) = whole.map(|index| members.swap_remove(index).1) else {
            let cells = self.cells(&members, &OwnedCells::default(), Level::Row);
            return self.sink.row(self.place, &cells);
        };
        let mut head = self.cells(&members, &OwnedCells::default(), Level::Head);
        let Some(Elements { elements, more }) = self.parsed("lines", serde_json::from_str(lines.get()))
        else {
            return;
        };
        if more {
            let label = quoted(super::cells::Cells::get(&head, Column::Entry));
            let violation = Violation::new(&IMPORT_ENTRY_TOO_LONG).with("entry", label);
            return self.refuse("lines", violation.with("max", JOURNAL_LINES_MAX));
        }
        if elements.is_empty() {
            return self.refuse("lines", Violation::new(&IMPORT_EMPTY));
        }
        self.sink.entry_begins(self.place, &head);
        head.keep_for_lines();
        for (index, line) in elements.iter().enumerate() {
            self.place.line = u32::try_from(index).ok();
            if let Some(Members(members)) = self.parsed("", serde_json::from_str(line.get())) {
                let cells = self.cells(&members, &head, Level::Line);
                self.sink.row(self.place, &cells);
            }
        }
        self.place.line = None;
        self.sink.entry_ends();
    }

    /// The members as cells, over those of the entry they are a line of.
    fn cells(&mut self, members: &[(String, Box<RawValue>)], head: &OwnedCells, level: Level) -> OwnedCells {
        let mut cells = head.clone();
        let mut named = Named::default();
        for (name, value) in members {
            if name == "dimensions" {
                self.dimensions(value, &mut named, &mut cells);
                continue;
            }
            let Some(text) = self.text(name, value) else { continue };
            let column = match (self.columns.column(name), level) {
                // Inside an entry description and reference are those of the object they stand in.
                (Some(Column::Description), Level::Line) => Some(Column::LineDescription),
                (Some(Column::Reference), Level::Head) => Some(Column::EntryReference),
                (Some(column), Level::Line) if columns::is_of_entry(column) => {
                    self.refuse(name, Violation::new(&IMPORT_COLUMN_OF_ENTRY).with("name", quoted(name)));
                    continue;
                }
                (column, _) => column,
            };
            match column {
                Some(column) if named.columns.contains(&column) => self.twice(name),
                Some(column) => {
                    named.columns.push(column);
                    cells.set(column, &text);
                }
                None => self.dimension(name, &text, &mut named, &mut cells),
            }
        }
        cells
    }

    fn twice(&mut self, name: &str) {
        self.refuse(name, Violation::new(&IMPORT_COLUMN_TWICE).with("name", quoted(name)));
    }

    fn dimension(&mut self, name: &str, text: &str, named: &mut Named, cells: &mut OwnedCells) {
        match self.sink.dimension(name, self.place) {
            Some(dimension) if named.dimensions.contains(&dimension) => self.twice(name),
            Some(dimension) => {
                named.dimensions.push(dimension);
                cells.set_dimension(dimension, text);
            }
            None => {
                let meant = nearest(name, self.columns, std::iter::empty());
                let violation = Violation::new(&IMPORT_COLUMN_UNKNOWN).with("name", quoted(name));
                let violation = violation.with("nearest", meant.name).with("allowed", self.columns.names());
                self.refuse(name, violation);
            }
        }
    }

    fn dimensions(&mut self, value: &RawValue, named: &mut Named, cells: &mut OwnedCells) {
        if value.get() == "null" {
            return;
        }
        let Some(Members(members)) = self.parsed("dimensions", serde_json::from_str(value.get())) else {
            return;
        };
        for (name, value) in &members {
            if let Some(text) = self.text(name, value) {
                self.dimension(name, &text, named, cells);
            }
        }
    }

    /// A text, or a number exactly as it is written: an amount never passes through a float.
    fn text(&mut self, name: &str, value: &RawValue) -> Option<String> {
        let raw = value.get();
        let text = match raw.as_bytes().first() {
            Some(b'"') => serde_json::from_str(raw).ok()?,
            Some(b'n') => String::new(),
            Some(b'{' | b'[') | None => {
                self.refuse(name, Violation::new(&IMPORT_CELL_NO_TEXT));
                return None;
            }
            Some(_) => raw.to_owned(),
        };
        if let Some(violation) = unfit(&text).or_else(|| unfit(name)) {
            self.refuse(name, violation);
            return None;
        }
        Some(text)
    }
}
