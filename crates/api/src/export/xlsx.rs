//! Spreadsheets: amounts are numbers with their currency's decimals, the header stays in sight, Arabic runs from right
//! to left.

use application::error::{AppError, AppResult};
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::table::{Cell, RowStyle, Table, TableRow};

/// Longest name of a sheet, in characters.
const SHEET_NAME_LENGTH_MAX: usize = 31;
/// The divisor of an amount's units.
const AMOUNT_UNIT: f64 = 10_000.0;

/// The whole file, in memory; tables of reports are bounded.
pub fn to_xlsx(table: &Table) -> AppResult<Vec<u8>> {
    write(table).map_err(|error| AppError::internal(format!("xlsx: {error}")))
}

fn write(table: &Table) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let name: String = table.title.chars().filter(|c| !"[]:*?/\\'".contains(*c)).collect();
    sheet.set_name(name.chars().take(SHEET_NAME_LENGTH_MAX).collect::<String>())?;
    sheet.set_right_to_left(table.right_to_left);
    sheet.write_string_with_format(0, 0, &table.title, &Format::new().set_bold().set_font_size(14.0))?;
    let mut row = 1;
    for note in table.notes.iter().chain(&table.made) {
        sheet.write_string(row, 0, note)?;
        row += 1;
    }
    row += 1;
    let header = Format::new().set_bold().set_border_bottom(FormatBorder::Thin).set_text_wrap();
    for (index, column) in (0..).zip(&table.columns) {
        sheet.set_column_width(index, f64::from(column.width))?;
        sheet.write_string_with_format(row, index, &column.caption, &header)?;
    }
    sheet.set_freeze_panes(row + 1, 0)?;
    for line in &table.rows {
        row += 1;
        write_row(sheet, row, line)?;
    }
    workbook.save_to_buffer()
}

fn write_row(sheet: &mut Worksheet, row: u32, line: &TableRow) -> Result<(), XlsxError> {
    let base = match line.style {
        RowStyle::Plain => Format::new(),
        RowStyle::Heading => Format::new().set_bold(),
        RowStyle::Total => Format::new().set_bold().set_border_top(FormatBorder::Thin),
    };
    for (index, cell) in (0..).zip(&line.cells) {
        match cell {
            Cell::Empty => sheet.write_blank(row, index, &base)?,
            Cell::Text(text) => {
                let format =
                    if line.indent > 0 { base.clone().set_indent(line.indent) } else { base.clone() };
                sheet.write_string_with_format(row, index, text, &format)?
            }
            Cell::Money(money) => {
                let decimals = "0".repeat(usize::from(money.scale));
                let point = if money.scale > 0 { "." } else { "" };
                let format = format!("#,##0{point}{decimals}");
                // A spreadsheet's numbers are doubles: exact up to fifteen digits, as everywhere in spreadsheets.
                #[allow(clippy::cast_precision_loss)]
                let value = money.amount.scaled() as f64 / AMOUNT_UNIT;
                sheet.write_number_with_format(row, index, value, &base.clone().set_num_format(format))?
            }
            Cell::Date(date) => {
                let format = base.clone().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left);
                sheet.write_datetime_with_format(row, index, chrono_date(*date)?, &format)?
            }
            #[allow(clippy::cast_precision_loss)]
            Cell::Integer(number) => sheet.write_number_with_format(row, index, *number as f64, &base)?,
        };
    }
    Ok(())
}

fn chrono_date(date: chrono::NaiveDate) -> Result<rust_xlsxwriter::ExcelDateTime, XlsxError> {
    use chrono::Datelike;
    let part = |value: u32| u8::try_from(value).unwrap_or_default();
    let year = u16::try_from(date.year()).unwrap_or_default();
    rust_xlsxwriter::ExcelDateTime::from_ymd(year, part(date.month()), part(date.day()))
}
