//! Tables that leave as files: one model, written as CSV, as a spreadsheet or on paper.

mod csv;
mod paper;
mod table;
mod xlsx;

pub use csv::CsvStyle;
pub use paper::on_paper;
pub use table::{Cell, Column, RowStyle, Table, TableRow};
pub use xlsx::to_xlsx;
