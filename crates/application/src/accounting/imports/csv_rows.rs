//! Rows of a CSV file: RFC 4180, with or without BOM, any line ends, separated by comma, semicolon or tab, or by what
//! a first line such as `sep=;` says.

use std::io::{BufReader, Cursor, Read};

use csv::{ErrorKind, ReaderBuilder, StringRecord};
use domain::error::Violation;

use super::cells::{Cells, Place, RowSink, quoted, unfit};
use super::columns::{self, COLUMNS, Column, Columns};
use super::csv_scan::{Broken, CSV_ROW_BYTES_MAX, Fault, Scan};
use super::error::{
    IMPORT_CELL_WITHOUT_COLUMN, IMPORT_COLUMN_MISSING, IMPORT_COLUMN_TWICE, IMPORT_COLUMN_UNKNOWN,
    IMPORT_EMPTY, IMPORT_QUOTE_UNCLOSED, IMPORT_ROW_LENGTH, IMPORT_ROW_NOT_UTF8, IMPORT_ROW_TOO_LONG,
    IMPORT_UNREADABLE,
};
use super::nearest::nearest;
use crate::error::{AppError, AppResult};

/// Bytes read at once.
const BUFFER_BYTES: usize = 256 * 1024;
/// Bytes in which the first line ends, whose separator is looked for.
const FIRST_LINE_BYTES_MAX: usize = 64 * 1024;
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Reads all rows into `sink`. `required` are columns without which nothing can be read; `delimiter` is known from
/// the media type or found in the first line.
pub fn read(
    mut source: impl Read,
    columns: &'static Columns,
    required: &[Column],
    delimiter: Option<u8>,
    sink: &mut dyn RowSink,
) -> AppResult<()> {
    let start = first_bytes(&mut source).map_err(|error| unreadable(&error))?;
    let bom = if start.starts_with(BOM) { BOM.len() } else { 0 };
    let named = named_separator(&start[bom..]);
    let (skipped, delimiter) = match named {
        Some((line, named)) => (bom + line, named),
        None => (bom, delimiter.unwrap_or_else(|| frequent_separator(&start[bom..]))),
    };
    let first_line = 1 + u32::from(named.is_some());
    let mut start = Cursor::new(start);
    start.set_position(skipped as u64);
    let source =
        Scan::new(BufReader::with_capacity(BUFFER_BYTES, start.chain(source)), delimiter, first_line);
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
    if let Some(broken) = reader.get_ref().broken_at(0) {
        let violation = fault(broken).with("row", broken.line).with("column", broken.field + 1);
        return Err(violation.at(Place::row(broken.line).pointer("")).into());
    }
    let row = |line: u64| Place::row(u32::try_from(line).unwrap_or(u32::MAX).saturating_add(first_line - 1));
    let header = Header::read(row(1), &record, columns, required, sink)?;
    let mut index = 0;
    while sink.more() {
        index += 1;
        let outcome = reader.read_record(&mut record);
        if let Some(broken) = reader.get_ref().broken_at(index) {
            return header.broken(broken, sink);
        }
        match outcome {
            Ok(false) => break,
            // Where the record begins; empty lines before it are skipped by the reader.
            Ok(true) => header.row(row(record.position().map_or(0, csv::Position::line)), &record, sink),
            Err(error) => match error.kind() {
                ErrorKind::Utf8 { pos, .. } => {
                    let place = row(pos.as_ref().map_or(0, csv::Position::line));
                    sink.error(place, "", Violation::new(&IMPORT_ROW_NOT_UTF8));
                }
                _ => return Err(csv_unreadable(&error)),
            },
        }
    }
    Ok(())
}

/// The beginning of the file up to the end of its first line, in as many pieces as it comes.
fn first_bytes(source: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut start = Vec::new();
    let mut piece = vec![0; FIRST_LINE_BYTES_MAX];
    while start.len() < FIRST_LINE_BYTES_MAX && !start.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        match source.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => start.extend_from_slice(&piece[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(start)
}

/// Excel's first line `sep=;`: its length with its end, and the separator. It is no row.
fn named_separator(start: &[u8]) -> Option<(usize, u8)> {
    let end = start.iter().position(|byte| matches!(byte, b'\n' | b'\r'))?;
    let line = start[..end].trim_ascii_start();
    let line = line.strip_prefix(b"\"").map_or(line, |rest| rest.strip_suffix(b"\"").unwrap_or(rest));
    let (word, separator) = line.split_at_checked(4)?;
    let separator = *separator.first().filter(|_| word.eq_ignore_ascii_case(b"sep="))?;
    let known = matches!(separator, b',' | b';' | b'\t' | b'|') && line.len() == 5;
    known.then_some((end, separator))
}

/// The separator that the header line has most of.
fn frequent_separator(start: &[u8]) -> u8 {
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

fn fault(broken: Broken) -> Violation {
    match broken.fault {
        Fault::Quote => Violation::new(&IMPORT_QUOTE_UNCLOSED),
        Fault::RowTooLong => Violation::new(&IMPORT_ROW_TOO_LONG).with("max", CSV_ROW_BYTES_MAX),
    }
}

/// Which field of a record is which column.
struct Header {
    headings: Vec<String>,
    columns: [Option<usize>; COLUMNS],
    /// Dimension and field.
    dimensions: Vec<(usize, usize)>,
}

impl Header {
    fn read(
        place: Place,
        record: &StringRecord,
        columns: &'static Columns,
        required: &[Column],
        sink: &mut dyn RowSink,
    ) -> AppResult<Self> {
        let headings: Vec<String> = record.iter().map(quoted).map(|text| text.trim().to_owned()).collect();
        let mut header = Self { headings, columns: [None; COLUMNS], dimensions: Vec::new() };
        let mut problems = Vec::new();
        for (field, text) in record.iter().enumerate() {
            let text = text.trim();
            let shown = &header.headings[field];
            let at = place.pointer(shown);
            let twice = Violation::new(&IMPORT_COLUMN_TWICE).with("name", shown).at(at.clone());
            if let Some(column) = columns.column(text) {
                let known = &mut header.columns[column as usize];
                if known.is_some() {
                    problems.push(twice);
                }
                *known = Some(field);
            } else if let Some(dimension) =
                Some(text).filter(|text| !text.is_empty()).and_then(|text| sink.dimension(text, place))
            {
                if header.dimensions.iter().any(|(known, _)| *known == dimension) {
                    problems.push(twice);
                }
                header.dimensions.push((dimension, field));
            } else if !text.is_empty() && sink.more() {
                let meant = nearest(text, columns, std::iter::empty());
                let unknown = Violation::new(&IMPORT_COLUMN_UNKNOWN).with("name", shown);
                problems.push(unknown.with("nearest", meant.name).with("allowed", columns.names()).at(at));
            }
        }
        for column in required.iter().filter(|column| header.columns[**column as usize].is_none()) {
            let name = columns::name(*column);
            let missing = Violation::new(&IMPORT_COLUMN_MISSING).with("name", name);
            problems.push(missing.at(place.pointer(name)));
        }
        if problems.is_empty() { Ok(header) } else { Err(problems.into()) }
    }

    fn row(&self, place: Place, record: &StringRecord, sink: &mut dyn RowSink) {
        // A row of separators only says nothing, however many there are.
        if record.iter().all(|field| field.trim().is_empty()) {
            return;
        }
        if record.len() != self.headings.len() {
            let violation = Violation::new(&IMPORT_ROW_LENGTH);
            let violation = violation.with("found", record.len()).with("expected", self.headings.len());
            return sink.error(place, "", violation);
        }
        for (field, (text, heading)) in record.iter().zip(&self.headings).enumerate() {
            if let Some(violation) = unfit(text) {
                return sink.error(place, heading, violation);
            }
            if heading.is_empty() && !text.trim().is_empty() {
                let violation = Violation::new(&IMPORT_CELL_WITHOUT_COLUMN).with("field", field + 1);
                return sink.error(place, "", violation);
            }
        }
        sink.row(place, &CsvCells { header: self, record });
    }

    /// Ends the file at a row that cannot be told from what follows it.
    fn broken(&self, broken: Broken, sink: &mut dyn RowSink) -> AppResult<()> {
        let place = Place::row(broken.line);
        match broken.fault {
            Fault::Quote => {
                let heading = self.headings.get(broken.field).filter(|heading| !heading.is_empty());
                let number = (broken.field + 1).to_string();
                sink.error(place, heading.unwrap_or(&number), fault(broken));
                Ok(())
            }
            Fault::RowTooLong => Err(fault(broken).with("row", broken.line).at(place.pointer("")).into()),
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
