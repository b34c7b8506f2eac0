//! Faults that a CSV reader does not report: a quotation mark that is not closed, and a row that never ends. And the rows as a
//! spreadsheet program numbers them, which a CSV reader counts otherwise for some line ends.
//!
//! The bytes pass through unchanged. Once something is wrong the file ends for the reader, and the row in which it
//! happened, counted from the header as 0, is not to be believed.

use std::collections::VecDeque;
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
    /// Row of the file from 1, as a spreadsheet program numbers it.
    pub row: u32,
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
    /// The row that is being read, from 1: every line end outside of quotation marks ends one, CR LF as one line end.
    row: u32,
    /// A line feed that follows belongs to the carriage return before it.
    after_return: bool,
    /// The numbers of the rows that are not empty and that nobody has asked for yet.
    starts: VecDeque<u32>,
    field: usize,
    row_bytes: usize,
    /// The field in which a quotation mark was opened last.
    opened: usize,
    rows: u64,
    broken: Option<Broken>,
}

impl<R: Read> Scan<R> {
    /// `first` is the number of the first row, and `after_return` says whether a carriage return came before it.
    pub fn new(source: R, delimiter: u8, (first, after_return): (u32, bool)) -> Self {
        Self {
            source,
            delimiter,
            state: State::FieldStart,
            row: first,
            after_return,
            starts: VecDeque::new(),
            field: 0,
            row_bytes: 0,
            opened: 0,
            rows: 0,
            broken: None,
        }
    }

    /// The error, if the row with this index has come to it.
    pub fn broken_at(&self, row: u64) -> Option<Broken> {
        self.broken.filter(|broken| row >= broken.rows)
    }

    /// The number of the next row that is not empty.
    pub fn next_row(&mut self) -> Option<u32> {
        self.starts.pop_front()
    }

    fn breaks(&mut self, fault: Fault) {
        let field = match fault {
            Fault::Quote => self.opened,
            Fault::RowTooLong => 0,
        };
        self.broken = Some(Broken { fault, rows: self.rows, row: self.row, field });
    }

    fn byte(&mut self, byte: u8) {
        let end = matches!(byte, b'\n' | b'\r');
        if self.state != State::Quoted && end {
            if self.row_bytes > 0 {
                self.rows += 1;
            }
            (self.state, self.field, self.row_bytes) = (State::FieldStart, 0, 0);
            self.row += u32::from(!(self.after_return && byte == b'\n'));
        } else {
            if self.row_bytes == 0 {
                self.starts.push_back(self.row);
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
                    self.opened = self.field;
                    State::Quoted
                }
                State::Quote | State::Closed if matches!(byte, b' ' | b'\t') => State::Closed,
                State::Quote | State::Closed => return self.breaks(Fault::Quote),
                State::FieldStart | State::Plain => State::Plain,
            };
        }
        self.after_return = byte == b'\r';
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
        let mut scan = Scan::new(text.as_bytes(), b',', (1, false));
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
        let at = |rows, row, field| Some(Broken { fault: Fault::Quote, rows, row, field });
        assert_eq!(broken("a,b\n1,\"x\n2,y\n"), at(1, 2, 1));
        assert_eq!(broken("a,b\n\n1,2\n\"x\"y,\"z\"\n"), at(2, 4, 0));
        assert_eq!(broken("a,b\n1,\"Rent\n2,\"Other\"\n"), at(1, 2, 1));
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_program_shows_them() {
        let lines = "a,b\n\n1,\"x\ny\"\n2,z\n\n\n3,z";
        for ends in ["\n", "\r\n", "\r"] {
            let text = lines.replace('\n', ends);
            for piece in [1, 2, 1000] {
                let mut scan = Scan::new(text.as_bytes(), b',', (1, false));
                let mut buffer = vec![0; piece];
                while scan.read(&mut buffer).unwrap() > 0 {}
                let numbers: Vec<_> = std::iter::from_fn(|| scan.next_row()).collect();
                assert_eq!(numbers, [1, 3, 4, 7], "{ends:?} in pieces of {piece}");
            }
        }
    }

    #[test]
    fn a_row_without_end_is_noticed() {
        let long = "x".repeat(CSV_ROW_BYTES_MAX);
        assert_eq!(broken(&format!("a\n{long}\n")), None);
        let found = broken(&format!("a\n{long}x\n")).unwrap();
        assert_eq!((found.fault, found.rows, found.row), (Fault::RowTooLong, 1, 2));
    }
}
