//! RFC 4180, UTF-8, a header line. Numbers and dates never depend on the language; a caller may ask for what its spreadsheet program
//! expects.

use application::error::{AppError, AppResult};
use csv::{Terminator, Writer, WriterBuilder};

use super::table::{Cell, Column, Table, TableRow};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CsvStyle {
    /// Begins with a byte order mark, from which spreadsheet programs recognise UTF-8.
    pub mark: bool,
    pub delimiter: u8,
    /// Amounts with a comma before their decimals.
    pub decimal_comma: bool,
    /// Begins with what the table is about: title, company, dates.
    pub about: bool,
}

impl Default for CsvStyle {
    fn default() -> Self {
        Self { mark: false, delimiter: b',', decimal_comma: false, about: false }
    }
}

impl CsvStyle {
    fn writer(self) -> Writer<Vec<u8>> {
        let mut builder = WriterBuilder::new();
        // Lines above the header have one field.
        builder.terminator(Terminator::CRLF).delimiter(self.delimiter).flexible(true).from_writer(Vec::new())
    }

    /// Everything above the rows. `about` has the lines that say what the table is about.
    pub fn header(self, columns: &[Column], about: &[String]) -> AppResult<Vec<u8>> {
        let mut writer = self.writer();
        for line in about.iter().filter(|_| self.about) {
            writer.write_record([line]).map_err(broken)?;
        }
        writer.write_record(columns.iter().map(|column| &column.key)).map_err(broken)?;
        let mark = if self.mark { BYTE_ORDER_MARK } else { &[] };
        Ok([mark, &finish(writer)?].concat())
    }

    pub fn lines(self, rows: &[TableRow]) -> AppResult<Vec<u8>> {
        let mut writer = self.writer();
        for row in rows.iter().filter(|row| !row.spreadsheet_only) {
            writer.write_record(row.cells.iter().map(|cell| self.text(cell))).map_err(broken)?;
        }
        finish(writer)
    }

    pub fn file(self, table: &Table) -> AppResult<Vec<u8>> {
        let mut out = self.header(&table.columns, &table.about())?;
        out.extend(self.lines(&table.rows)?);
        Ok(out)
    }

    fn text(self, cell: &Cell) -> String {
        match cell {
            Cell::Empty => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Money(money) if self.decimal_comma => money.to_string().replace('.', ","),
            Cell::Money(money) => money.to_string(),
            Cell::Date(date) => date.to_string(),
            Cell::Integer(number) => number.to_string(),
        }
    }
}

fn finish(writer: Writer<Vec<u8>>) -> AppResult<Vec<u8>> {
    writer.into_inner().map_err(|error| AppError::internal(format!("csv: {error}")))
}

fn broken(error: csv::Error) -> AppError {
    AppError::internal(format!("csv: {error}"))
}
