//! Rows of a CSV file: RFC 4180, with or without BOM, any line ends, separated by comma, semicolon or tab.

use std::io::{BufRead, BufReader, Read};

use csv::{ErrorKind, ReaderBuilder, StringRecord};
use domain::error::Violation;

use super::cells::{Cells, Place, RowSink};
use super::columns::{self, COLUMNS, Column};
use super::error::{
    IMPORT_COLUMN_MISSING, IMPORT_COLUMN_TWICE, IMPORT_COLUMN_UNKNOWN, IMPORT_EMPTY, IMPORT_ROW_LENGTH,
    IMPORT_ROW_NOT_UTF8, IMPORT_UNREADABLE,
};
use crate::error::{AppError, AppResult};

/// Bytes read at once; the header line's separator is found in the first of them.
const BUFFER_BYTES: usize = 256 * 1024;
/// Longest header quoted back, in characters.
const QUOTED_LENGTH_MAX: usize = 60;
const BOM: &[u8] = b"\xEF\xBB\xBF";

type Named = (Column, &'static str, &'static [&'static str]);

/// Reads all rows into `sink`. `required` are columns without which nothing can be read.
pub fn read(
    source: impl Read,
    names: &'static [Named],
    required: &[Column],
    sink: &mut dyn RowSink,
) -> AppResult<()> {
    let mut source = BufReader::with_capacity(BUFFER_BYTES, source);
    let start = source.fill_buf().map_err(|error| unreadable(&error))?;
    let bom = if start.starts_with(BOM) { BOM.len() } else { 0 };
    let delimiter = delimiter(&start[bom..]);
    source.consume(bom);
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(BUFFER_BYTES)
        .from_reader(source);
    let mut record = StringRecord::new();
    if !reader.read_record(&mut record).map_err(|error| csv_unreadable(&error))? {
        return Err(AppError::of(&IMPORT_EMPTY));
    }
    let header = Header::read(&record, names, required, sink)?;
    while sink.more() {
        // Where the next record begins; empty lines before it are skipped by the reader.
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {
                let line = record.position().map_or(0, csv::Position::line);
                header.row(Place::row(u32::try_from(line).unwrap_or(u32::MAX)), &record, sink);
            }
            Err(error) => match error.kind() {
                ErrorKind::Utf8 { pos, .. } => {
                    let line = pos.as_ref().map_or(0, csv::Position::line);
                    let place = Place::row(u32::try_from(line).unwrap_or(u32::MAX));
                    sink.error(place, "", Violation::new(&IMPORT_ROW_NOT_UTF8));
                }
                _ => return Err(csv_unreadable(&error)),
            },
        }
    }
    Ok(())
}

/// The separator that the header line has most of.
fn delimiter(start: &[u8]) -> u8 {
    let line = start.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let count = |wanted: u8| line.iter().filter(|byte| **byte == wanted).count();
    [b';', b'\t'].into_iter().fold(b',', |best, other| if count(other) > count(best) { other } else { best })
}

fn unreadable(error: &std::io::Error) -> AppError {
    AppError::new(Violation::new(&IMPORT_UNREADABLE).with("reason", error))
}

fn csv_unreadable(error: &csv::Error) -> AppError {
    AppError::new(Violation::new(&IMPORT_UNREADABLE).with("reason", error))
}

/// Which field of a record is which column.
struct Header {
    fields: usize,
    columns: [Option<usize>; COLUMNS],
    /// Dimension and field.
    dimensions: Vec<(usize, usize)>,
}

impl Header {
    fn read(
        record: &StringRecord,
        names: &'static [Named],
        required: &[Column],
        sink: &mut dyn RowSink,
    ) -> AppResult<Self> {
        let mut header = Self { fields: record.len(), columns: [None; COLUMNS], dimensions: Vec::new() };
        let mut problems = Vec::new();
        for (field, text) in record.iter().enumerate() {
            let text = text.trim();
            let quoted: String = text.chars().take(QUOTED_LENGTH_MAX).collect();
            let at = Place::row(1).pointer(&quoted);
            let twice = Violation::new(&IMPORT_COLUMN_TWICE).with("name", &quoted).at(at.clone());
            if let Some(column) = columns::column(names, text) {
                let known = &mut header.columns[column as usize];
                if known.is_some() {
                    problems.push(twice);
                }
                *known = Some(field);
            } else if let Some(dimension) =
                Some(text).filter(|text| !text.is_empty()).and_then(|text| sink.dimension(text))
            {
                if header.dimensions.iter().any(|(known, _)| *known == dimension) {
                    problems.push(twice);
                }
                header.dimensions.push((dimension, field));
            } else if !text.is_empty() {
                let allowed: Vec<_> = names.iter().map(|(_, name, _)| *name).collect();
                let unknown = Violation::new(&IMPORT_COLUMN_UNKNOWN).with("name", &quoted);
                problems.push(unknown.with("allowed", allowed.join(", ")).at(at));
            }
        }
        for column in required.iter().filter(|column| header.columns[**column as usize].is_none()) {
            let name = columns::name(*column);
            let missing = Violation::new(&IMPORT_COLUMN_MISSING).with("name", name);
            problems.push(missing.at(Place::row(1).pointer(name)));
        }
        if problems.is_empty() { Ok(header) } else { Err(problems.into()) }
    }

    fn row(&self, place: Place, record: &StringRecord, sink: &mut dyn RowSink) {
        if record.len() != self.fields {
            // A row of separators only says nothing, however many there are.
            if record.iter().all(|field| field.trim().is_empty()) {
                return;
            }
            let violation = Violation::new(&IMPORT_ROW_LENGTH);
            sink.error(place, "", violation.with("found", record.len()).with("expected", self.fields));
        } else if !record.iter().all(|field| field.trim().is_empty()) {
            sink.row(place, &CsvCells { header: self, record });
        }
    }
}

struct CsvCells<'a> {
    header: &'a Header,
    record: &'a StringRecord,
}

impl Cells for CsvCells<'_> {
    fn get(&self, column: Column) -> &str {
        let field = self.header.columns[column as usize].and_then(|field| self.record.get(field));
        field.map_or("", str::trim)
    }
    fn dimensions<'a>(&'a self, each: &mut dyn FnMut(usize, &'a str)) {
        for (dimension, field) in &self.header.dimensions {
            let text = self.record.get(*field).map_or("", str::trim);
            if !text.is_empty() {
                each(*dimension, text);
            }
        }
    }
}
