//! RFC 4180, UTF-8, a header line; numbers and dates never depend on the language.

use application::error::{AppError, AppResult};
use csv::{Terminator, Writer, WriterBuilder};

use super::table::{Cell, Column, Table, TableRow};

fn writer() -> Writer<Vec<u8>> {
    WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new())
}

fn finish(writer: Writer<Vec<u8>>) -> AppResult<Vec<u8>> {
    writer.into_inner().map_err(|error| AppError::internal(format!("csv: {error}")))
}

fn broken(error: csv::Error) -> AppError {
    AppError::internal(format!("csv: {error}"))
}

pub fn header_line(columns: &[Column]) -> AppResult<Vec<u8>> {
    let mut writer = writer();
    writer.write_record(columns.iter().map(|column| &column.key)).map_err(broken)?;
    finish(writer)
}

pub fn lines(rows: &[TableRow]) -> AppResult<Vec<u8>> {
    let mut writer = writer();
    for row in rows.iter().filter(|row| !row.spreadsheet_only) {
        writer.write_record(row.cells.iter().map(text)).map_err(broken)?;
    }
    finish(writer)
}

pub fn to_csv(table: &Table) -> AppResult<Vec<u8>> {
    let mut out = header_line(&table.columns)?;
    out.extend(lines(&table.rows)?);
    Ok(out)
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Money(money) => money.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Integer(number) => number.to_string(),
    }
}
