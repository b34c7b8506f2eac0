//! Workbooks of Office Open XML (ECMA-376), read row by row.
//!
//! A workbook comes from outside: every part of it has a bound, and a part is unpacked no further than that. A cell is what is
//! stored, not what its format shows: a number keeps its decimals, a date is a date where the format of the cell says so, and a
//! formula is the value that was stored with it.

mod cell;
pub mod error;
mod limits;
mod number_format;
mod numbers;
mod package;
mod sheet;
mod strings;
mod styles;
#[cfg(test)]
mod tests;
mod workbook;
mod xml;

pub use cell::{SheetCell, Stored};
pub use limits::WORKBOOK_BYTES_MAX;
pub use sheet::{Merged, SheetRow, SheetSink};
pub use workbook::Workbook;

/// The first bytes of a workbook, as of every ZIP archive.
pub const SIGNATURE: &[u8] = b"PK\x03\x04";

/// The letters of a column, counted from 0: `A`, `Z`, `AA`.
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or_default()));
        rest /= 26;
    }
    letters.iter().rev().collect()
}
