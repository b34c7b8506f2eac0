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
    // The line `sep=` is row 1 of the file.
    let first_row = (1 + u32::from(named.is_some()), start[..skipped].ends_with(b"\r"));
    let mut start = Cursor::new(start);
    start.set_position(skipped as u64);
    let source = Scan::new(BufReader::with_capacity(BUFFER_BYTES, start.chain(source)), delimiter, first_row);
    let reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(BUFFER_BYTES)
        .from_reader(source);
    let mut rows = Rows { reader, record: StringRecord::new(), index: 0, number: first_row.0 };
    let header = rows.header(layout, named.is_some(), sink)?;
    rows.all(&header, shown, sink)
}

/// The rows of a file, one after the other.
struct Rows<R> {
    reader: csv::Reader<Scan<R>>,
    record: StringRecord,
    /// Rows that were read.
    index: u64,
    /// The number of the row that was read last.
    number: u32,
}

impl<R: Read> Rows<R> {
    /// Reads the next row that is not empty.
    fn next(&mut self) -> csv::Result<bool> {
        let read = self.reader.read_record(&mut self.record);
        if !matches!(read, Ok(false)) {
            self.number = self.reader.get_mut().next_row().unwrap_or(self.number);
        }
        read
    }

    fn place(&self) -> Place {
        Place::row(self.number)
    }

    fn broken(&self) -> Option<Broken> {
        self.reader.get_ref().broken_at(self.index)
    }

    /// The row with the headings. Rows above it are no data; a line `sep=` is none of the file's.
    fn header(&mut self, layout: Layout<'_>, named: bool, sink: &mut dyn RowSink) -> AppResult<Header> {
        let wanted = layout.reading.header_row + u32::from(named && layout.reading.header_row == 1);
        loop {
            let read = match self.next() {
                Err(error) if matches!(error.kind(), ErrorKind::Utf8 { .. }) => {
                    let broken = Violation::new(&IMPORT_ROW_NOT_UTF8).with("row", self.number);
                    return Err(broken.at(self.place().pointer("")).into());
                }
                read => read.map_err(|error| csv_unreadable(&error))?,
            };
            if let Some(broken) = self.broken() {
                let violation = fault(broken).with("row", broken.row).with("column", broken.field + 1);
                return Err(violation.at(Place::row(broken.row).pointer("")).into());
            }
            if !read {
                return Err(AppError::of(&IMPORT_EMPTY));
            }
            self.index += 1;
            let place = self.place();
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
            let outcome = self.next();
            if let Some(broken) = self.broken() {
                return ended(header, broken, sink);
            }
            self.index += 1;
            match outcome {
                Ok(false) => break,
                Ok(true) => self.row(header, shown, sink),
                Err(error) => match error.kind() {
                    ErrorKind::Utf8 { .. } => {
                        sink.error(self.place(), "", Violation::new(&IMPORT_ROW_NOT_UTF8));
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
        let place = self.place();
        if self.record.len() != header.width() {
            let violation = Violation::new(&IMPORT_ROW_LENGTH);
            let violation = violation.with("found", self.record.len()).with("expected", header.width());
            sink.error(place, "", violation);
            return header.spoiled(place, &self.record, sink);
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
    let place = Place::row(broken.row);
    match broken.fault {
        Fault::Quote => {
            sink.error(place, &header.heading(broken.field), fault(broken));
            Ok(())
        }
        Fault::RowTooLong => Err(fault(broken).with("row", broken.row).at(place.pointer("")).into()),
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
    while start.len() < FIRST_LINES_BYTES_MAX && rows_of(&start).count() <= lines as usize {
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
    let end = end + if start[end..].starts_with(b"\r\n") { 2 } else { 1 };
    known.then_some((end, separator))
}

/// The rows at the beginning of a file, whatever ends them: CR LF is one end, and one in quotation marks is none.
fn rows_of(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut quoted = false;
        let mut before = b',';
        let end = text.iter().position(|byte| {
            let opens = matches!(before, b',' | b';' | b'\t' | b'|' | b'"');
            quoted = quoted != (*byte == b'"' && (quoted || opens));
            before = *byte;
            !quoted && matches!(byte, b'\n' | b'\r')
        });
        let Some(end) = end else { return rest.take() };
        let (row, ended) = text.split_at(end);
        rest = Some(ended.strip_prefix(b"\r\n").unwrap_or(&ended[1..]));
        Some(row)
    })
}

/// The separator that the header line has most of.
fn frequent_separator(start: &[u8], header_row: u32) -> u8 {
    let line = rows_of(start).nth(header_row.saturating_sub(1) as usize).unwrap_or_default();
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
