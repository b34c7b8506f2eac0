//! Rows of a CSV file: RFC 4180, with or without BOM, any line ends, separated by comma, semicolon or tab, or by what
//! a first line such as `sep=;` or the options of the file say.

use std::io::{BufReader, Cursor, Read};

use csv::{ErrorKind, ReaderBuilder, StringRecord};
use domain::accounting::import_profile::{Delimiter, TableFormat};
use domain::error::Violation;

use super::cells::{Place, RowSink};
use super::csv_scan::{Broken, CSV_ROW_BYTES_MAX, Fault, Scan};
use super::error::{
    IMPORT_DELIMITER_DIFFERS, IMPORT_EMPTY, IMPORT_HEADER_EMPTY, IMPORT_QUOTE_UNCLOSED, IMPORT_ROW_LENGTH,
    IMPORT_ROW_NOT_UTF8, IMPORT_ROW_TOO_LONG, IMPORT_UNREADABLE,
};
use super::header::{Field, Header, Layout, Record};
use super::shown::Shown;
use super::text_encoding::Decoded;
use crate::accounting::views::import_result::ImportReadingView;
use crate::error::{AppError, AppResult};
use crate::spreadsheet::Stored;

/// Bytes read at once.
const BUFFER_BYTES: usize = 256 * 1024;
/// Bytes in which the line with the headings ends, whose separator is looked for.
const FIRST_LINES_BYTES_MAX: usize = 64 * 1024;
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Reads all rows into `sink`. `delimiter` is known from the media type; otherwise the file or its options say it.
pub(super) fn read(
    source: impl Read,
    layout: Layout<'_>,
    delimiter: Option<u8>,
    shown: &mut Shown,
    sink: &mut dyn RowSink,
) -> AppResult<()> {
    let reading = layout.reading;
    let mut source = Decoded::open(source, reading.encoding)?;
    let start = first_bytes(&mut source, reading.header_row).map_err(|error| unreadable(&error))?;
    let bom = if start.starts_with(BOM) { BOM.len() } else { 0 };
    let named = named_separator(&start[bom..]);
    let said = reading.delimiter.map(Delimiter::byte).or(delimiter);
    if let (Some((_, named)), Some(said)) = (named, reading.delimiter)
        && named != said.byte()
    {
        return Err(separator_differs(said, named));
    }
    let (skipped, delimiter) = match named {
        Some((line, named)) => (bom + line, named),
        None => (bom, said.unwrap_or_else(|| frequent_separator(&start[bom..], reading.header_row))),
    };
    shown.begin(ImportReadingView {
        format: TableFormat::Csv.as_str().to_owned(),
        sheet: None,
        encoding: Some(reading.encoding.as_str().to_owned()),
        delimiter: Delimiter::of_byte(delimiter).map(|delimiter| delimiter.as_str().to_owned()),
        header_row: reading.header_row,
        rows: Vec::new(),
    });
    let first_line = 1 + u32::from(named.is_some());
    let mut start = Cursor::new(start);
    start.set_position(skipped as u64);
    let source =
        Scan::new(BufReader::with_capacity(BUFFER_BYTES, start.chain(source)), delimiter, first_line);
    let reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(BUFFER_BYTES)
        .from_reader(source);
    let mut rows = Rows { reader, record: StringRecord::new(), index: 0, first_line };
    let header = rows.header(layout, named.is_some(), sink)?;
    rows.all(&header, shown, sink)
}

/// The rows of a file, one after the other.
struct Rows<R> {
    reader: csv::Reader<Scan<R>>,
    record: StringRecord,
    /// Rows that were read.
    index: u64,
    first_line: u32,
}

impl<R: Read> Rows<R> {
    fn place(&self, line: u64) -> Place {
        Place::row(u32::try_from(line).unwrap_or(u32::MAX).saturating_add(self.first_line - 1))
    }

    /// The line on which the row begins; the reader skips empty lines before it.
    fn place_of_record(&self) -> Place {
        self.place(self.record.position().map_or(1, csv::Position::line))
    }

    fn broken(&self) -> Option<Broken> {
        self.reader.get_ref().broken_at(self.index)
    }

    /// The row with the headings. Rows above it are no data; a line `sep=` is none of the file's.
    fn header(&mut self, layout: Layout<'_>, named: bool, sink: &mut dyn RowSink) -> AppResult<Header> {
        let wanted = layout.reading.header_row + u32::from(named && layout.reading.header_row == 1);
        loop {
            let read = match self.reader.read_record(&mut self.record) {
                Err(error) if matches!(error.kind(), ErrorKind::Utf8 { .. }) => {
                    let place = match error.kind() {
                        ErrorKind::Utf8 { pos: Some(pos), .. } => self.place(pos.line()),
                        _ => self.place(1),
                    };
                    return Err(Violation::new(&IMPORT_ROW_NOT_UTF8).at(place.pointer("")).into());
                }
                read => read.map_err(|error| csv_unreadable(&error))?,
            };
            if let Some(broken) = self.broken() {
                let violation = fault(broken).with("row", broken.line).with("column", broken.field + 1);
                return Err(violation.at(Place::row(broken.line).pointer("")).into());
            }
            if !read {
                return Err(AppError::of(&IMPORT_EMPTY));
            }
            self.index += 1;
            let place = self.place_of_record();
            // Without options the headings are the first row that is not empty.
            if place.row == wanted || layout.reading.header_row == 1 {
                let headings: Vec<&str> = self.record.iter().collect();
                return Header::read(place, &headings, layout, sink);
            }
            if place.row > wanted {
                let empty = Violation::new(&IMPORT_HEADER_EMPTY).with("row", wanted);
                return Err(empty.at(Place::row(wanted).pointer("")).into());
            }
        }
    }

    fn all(mut self, header: &Header, shown: &mut Shown, sink: &mut dyn RowSink) -> AppResult<()> {
        while sink.more() {
            let outcome = self.reader.read_record(&mut self.record);
            if let Some(broken) = self.broken() {
                return ended(header, broken, sink);
            }
            self.index += 1;
            match outcome {
                Ok(false) => break,
                Ok(true) => self.row(header, shown, sink),
                Err(error) => match error.kind() {
                    ErrorKind::Utf8 { pos, .. } => {
                        let place = self.place(pos.as_ref().map_or(0, csv::Position::line));
                        sink.error(place, "", Violation::new(&IMPORT_ROW_NOT_UTF8));
                    }
                    _ => return Err(csv_unreadable(&error)),
                },
            }
        }
        Ok(())
    }

    fn row(&self, header: &Header, shown: &mut Shown, sink: &mut dyn RowSink) {
        // A row of separators only says nothing, however many there are.
        if self.record.iter().all(|field| field.trim().is_empty()) {
            return;
        }
        let place = self.place_of_record();
        if self.record.len() != header.width() {
            let violation = Violation::new(&IMPORT_ROW_LENGTH);
            let violation = violation.with("found", self.record.len()).with("expected", header.width());
            return sink.error(place, "", violation);
        }
        header.row(place, &self.record, shown, sink);
    }
}

impl Record for StringRecord {
    fn width(&self) -> usize {
        self.len()
    }

    fn field(&self, index: usize) -> Option<Field<'_>> {
        let text = self.get(index)?;
        Some(Field { text, stored: Stored::Text, raw: text, refused: None })
    }
}

/// Ends the file at a row that cannot be told from what follows it.
fn ended(header: &Header, broken: Broken, sink: &mut dyn RowSink) -> AppResult<()> {
    let place = Place::row(broken.line);
    match broken.fault {
        Fault::Quote => {
            sink.error(place, &header.heading(broken.field), fault(broken));
            Ok(())
        }
        Fault::RowTooLong => Err(fault(broken).with("row", broken.line).at(place.pointer("")).into()),
    }
}

fn separator_differs(said: Delimiter, named: u8) -> AppError {
    let named = Delimiter::of_byte(named).map_or("-", Delimiter::as_str);
    AppError::new(Violation::new(&IMPORT_DELIMITER_DIFFERS).with("delimiter", said).with("found", named))
}

/// The beginning of the file up to the end of the line with the headings, in as many pieces as it comes.
fn first_bytes(source: &mut impl Read, lines: u32) -> std::io::Result<Vec<u8>> {
    let mut start = Vec::new();
    let mut piece = vec![0; FIRST_LINES_BYTES_MAX];
    let ends = |start: &[u8]| start.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    while start.len() < FIRST_LINES_BYTES_MAX && ends(&start) < lines as usize {
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
fn frequent_separator(start: &[u8], header_row: u32) -> u8 {
    let mut lines = start.split(|byte| *byte == b'\n').flat_map(|line| {
        // A line that ends with both is one.
        line.strip_suffix(b"\r").unwrap_or(line).split(|byte| *byte == b'\r')
    });
    let line = lines.nth(header_row.saturating_sub(1) as usize).unwrap_or_default();
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
