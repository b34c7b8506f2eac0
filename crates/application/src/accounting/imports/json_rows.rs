//! Rows of an NDJSON file: each line one row with the columns as members, or one entry with its `lines`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

use domain::error::Violation;
use serde_json::value::RawValue;

use super::cells::{OwnedCells, Place, RowSink};
use super::columns::{self, Column};
use super::error::{
    IMPORT_CELL_NO_TEXT, IMPORT_COLUMN_UNKNOWN, IMPORT_EMPTY, IMPORT_ROW_NOT_JSON, IMPORT_ROW_NOT_UTF8,
    IMPORT_TOO_LONG, IMPORT_UNREADABLE,
};
use crate::error::{AppError, AppResult};

/// Longest line of an NDJSON file: an entry of 100,000 lines fits.
pub const LINE_BYTES_MAX: u64 = 64 << 20;
const BUFFER_BYTES: usize = 256 * 1024;
/// Longest piece of a parser's explanation quoted back, in characters.
const REASON_LENGTH_MAX: usize = 120;

type Named = (Column, &'static str, &'static [&'static str]);
type Members = BTreeMap<String, Box<RawValue>>;

/// Reads all rows into `sink`.
pub fn read(source: impl Read, names: &'static [Named], sink: &mut dyn RowSink) -> AppResult<()> {
    let mut source = BufReader::with_capacity(BUFFER_BYTES, source);
    let mut line = Vec::new();
    let mut number = 0_u32;
    let mut seen = false;
    while sink.more() {
        line.clear();
        number = number.saturating_add(1);
        let read = (&mut source).take(LINE_BYTES_MAX).read_until(b'\n', &mut line);
        let read =
            read.map_err(|error| AppError::new(Violation::new(&IMPORT_UNREADABLE).with("reason", error)))?;
        if read == 0 {
            break;
        }
        if read as u64 == LINE_BYTES_MAX {
            let violation = Violation::new(&IMPORT_TOO_LONG).with("max", LINE_BYTES_MAX);
            return Err(violation.at(Place::row(number).pointer("")).into());
        }
        let bytes = if number == 1 { line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line) } else { &line };
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        seen = true;
        let mut reader = Reader { names, sink, place: Place::row(number) };
        match std::str::from_utf8(bytes) {
            Ok(text) => reader.object(text),
            Err(_) => reader.refuse("", Violation::new(&IMPORT_ROW_NOT_UTF8)),
        }
    }
    if seen { Ok(()) } else { Err(AppError::of(&IMPORT_EMPTY)) }
}

struct Reader<'s> {
    names: &'static [Named],
    sink: &'s mut dyn RowSink,
    place: Place,
}

impl Reader<'_> {
    fn refuse(&mut self, column: &str, violation: Violation) {
        self.sink.error(self.place, column, violation);
    }

    fn parse(&mut self, text: &str) -> Option<Members> {
        match serde_json::from_str(text) {
            Ok(members) => Some(members),
            Err(error) => {
                let reason: String = error.to_string().chars().take(REASON_LENGTH_MAX).collect();
                self.refuse("", Violation::new(&IMPORT_ROW_NOT_JSON).with("reason", reason));
                None
            }
        }
    }

    fn object(&mut self, text: &str) {
        let Some(mut members) = self.parse(text) else { return };
        let Some(lines) = members.remove("lines") else {
            let cells = self.cells(&members, &OwnedCells::default(), false);
            return self.sink.row(self.place, &cells);
        };
        let head = self.cells(&members, &OwnedCells::default(), false);
        let lines: Vec<Box<RawValue>> = match serde_json::from_str(lines.get()) {
            Ok(lines) => lines,
            Err(error) => {
                let reason: String = error.to_string().chars().take(REASON_LENGTH_MAX).collect();
                return self.refuse("lines", Violation::new(&IMPORT_ROW_NOT_JSON).with("reason", reason));
            }
        };
        if lines.is_empty() {
            return self.refuse("lines", Violation::new(&IMPORT_EMPTY));
        }
        self.sink.entry_begins();
        for (index, line) in lines.iter().enumerate() {
            self.place.line = u32::try_from(index).ok();
            if let Some(members) = self.parse(line.get()) {
                let cells = self.cells(&members, &head, true);
                self.sink.row(self.place, &cells);
            }
        }
        self.place.line = None;
        self.sink.entry_ends();
    }

    /// The members as cells, over those of the entry they are a line of.
    fn cells(&mut self, members: &Members, head: &OwnedCells, within: bool) -> OwnedCells {
        let mut cells = head.clone();
        for (name, value) in members {
            if name == "dimensions" {
                self.dimensions(value, &mut cells);
                continue;
            }
            let Some(text) = self.text(name, value) else { continue };
            match columns::column(self.names, name) {
                // Inside an entry the description is the line's own.
                Some(Column::Description) if within => cells.set(Column::LineDescription, &text),
                Some(column) => cells.set(column, &text),
                None => self.dimension(name, &text, &mut cells),
            }
        }
        cells
    }

    fn dimension(&mut self, name: &str, text: &str, cells: &mut OwnedCells) {
        match self.sink.dimension(name) {
            Some(dimension) => cells.set_dimension(dimension, text),
            None => {
                let allowed: Vec<_> = self.names.iter().map(|(_, name, _)| *name).collect();
                let violation = Violation::new(&IMPORT_COLUMN_UNKNOWN).with("name", name);
                self.refuse(name, violation.with("allowed", allowed.join(", ")));
            }
        }
    }

    fn dimensions(&mut self, value: &RawValue, cells: &mut OwnedCells) {
        let Some(members) = self.parse(value.get()) else { return };
        for (name, value) in &members {
            if let Some(text) = self.text(name, value) {
                self.dimension(name, &text, cells);
            }
        }
    }

    /// A text, or a number exactly as it is written: an amount never passes through a float.
    fn text(&mut self, name: &str, value: &RawValue) -> Option<String> {
        let raw = value.get();
        match raw.as_bytes().first() {
            Some(b'"') => serde_json::from_str(raw).ok(),
            Some(b'n') => Some(String::new()),
            Some(b'{' | b'[') | None => {
                self.refuse(name, Violation::new(&IMPORT_CELL_NO_TEXT));
                None
            }
            Some(_) => Some(raw.to_owned()),
        }
    }
}
