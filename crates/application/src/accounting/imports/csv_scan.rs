//! Faults that a CSV reader does not report: a quotation mark that is not closed, and a row that never ends.
//!
//! The bytes pass through unchanged. Once something is wrong the file ends for the reader, and the row in which it
//! happened, counted from the header as 0, is not to be believed.

use std::io::Read;

/// Longest row of a CSV file, in bytes.
pub const CSV_ROW_BYTES_MAX: usize = 1 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A quoted field does not end with its quotation mark.
    Quote,
    RowTooLong,
}

/// The place of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    pub fault: Fault,
    /// Rows before the broken one.
    pub rows: u64,
    /// Line of the file from 1, on which the field or row begins.
    pub line: u32,
    /// Index of the field that begins there.
    pub field: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    FieldStart,
    Plain,
    Quoted,
    /// A quotation mark inside quotes: the end, or the first of two.
    Quote,
    /// Spaces after the end.
    Closed,
}

pub struct Scan<R> {
    source: R,
    delimiter: u8,
    state: State,
    line: u32,
    field: usize,
    row_bytes: usize,
    row_line: u32,
    opened: (u32, usize),
    rows: u64,
    broken: Option<Broken>,
}

impl<R: Read> Scan<R> {
    pub fn new(source: R, delimiter: u8, first_line: u32) -> Self {
        Self {
            source,
            delimiter,
            state: State::FieldStart,
            line: first_line,
            field: 0,
            row_bytes: 0,
            row_line: first_line,
            opened: (first_line, 0),
            rows: 0,
            broken: None,
        }
    }

    /// The error, if the row with this index has come to it.
    pub fn broken_at(&self, row: u64) -> Option<Broken> {
        self.broken.filter(|broken| row >= broken.rows)
    }

    fn breaks(&mut self, fault: Fault) {
        let (line, field) = match fault {
            Fault::Quote => self.opened,
            Fault::RowTooLong => (self.row_line, 0),
        };
        self.broken = Some(Broken { fault, rows: self.rows, line, field });
    }

    fn byte(&mut self, byte: u8) {
        let end = matches!(byte, b'\n' | b'\r');
        if self.state != State::Quoted && end {
            if self.row_bytes > 0 {
                self.rows += 1;
            }
            (self.state, self.field, self.row_bytes) = (State::FieldStart, 0, 0);
        } else {
            if self.row_bytes == 0 {
                self.row_line = self.line;
            }
            self.row_bytes += 1;
            if self.row_bytes > CSV_ROW_BYTES_MAX {
                // A row that never ends mostly has a quotation mark that is not closed.
                self.breaks(if self.state == State::Quoted { Fault::Quote } else { Fault::RowTooLong });
                return;
            }
            self.state = match self.state {
                State::Quoted if byte == b'"' => State::Quote,
                State::Quoted => State::Quoted,
                State::Quote if byte == b'"' => State::Quoted,
                _ if byte == self.delimiter => {
                    self.field += 1;
                    State::FieldStart
                }
                State::FieldStart if byte == b'"' => {
                    self.opened = (self.line, self.field);
                    State::Quoted
                }
                State::Quote | State::Closed if matches!(byte, b' ' | b'\t') => State::Closed,
                State::Quote | State::Closed => return self.breaks(Fault::Quote),
                State::FieldStart | State::Plain => State::Plain,
            };
        }
        self.line += u32::from(byte == b'\n');
    }
}

impl<R: Read> Read for Scan<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.broken.is_some() {
            return Ok(0);
        }
        let count = self.source.read(buffer)?;
        if count == 0 && !buffer.is_empty() && self.state == State::Quoted {
            self.breaks(Fault::Quote);
        }
        for byte in &buffer[..count] {
            self.byte(*byte);
            if self.broken.is_some() {
                break;
            }
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str) -> Option<Broken> {
        let mut scan = Scan::new(text.as_bytes(), b',', 1);
        scan.read_to_end(&mut Vec::new()).unwrap();
        scan.broken
    }

    #[test]
    fn quotation_marks_are_followed() {
        for good in
            ["a,\"b\nc\",\"d\"\"e\"\r\n", "a,b\"c,5\" pipe\n", "\"a\" ,b\n", "\"\"", "", "a,\"\"\n\n\"x\""]
        {
            assert_eq!(broken(good), None, "{good}");
        }
        let at = |rows, line, field| Some(Broken { fault: Fault::Quote, rows, line, field });
        assert_eq!(broken("a,b\n1,\"x\n2,y\n"), at(1, 2, 1));
        assert_eq!(broken("a,b\n\n1,2\n\"x\"y,\"z\"\n"), at(2, 4, 0));
        assert_eq!(broken("a,b\n1,\"Rent\n2,\"Other\"\n"), at(1, 2, 1));
    }

    #[test]
    fn a_row_without_end_is_noticed() {
        let long = "x".repeat(CSV_ROW_BYTES_MAX);
        assert_eq!(broken(&format!("a\n{long}\n")), None);
        let found = broken(&format!("a\n{long}x\n")).unwrap();
        assert_eq!((found.fault, found.rows, found.line), (Fault::RowTooLong, 1, 2));
    }
}
