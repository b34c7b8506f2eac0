//! Tables that leave as files: one model, written as CSV or as a spreadsheet.

mod csv;
mod table;
mod xlsx;

pub use csv::{header_line, lines, to_csv};
pub use table::{Cell, Column, RowStyle, Table, TableRow};
pub use xlsx::to_xlsx;
