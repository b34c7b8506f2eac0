//! Tables of reports that list one thing a row, with sums after them.

use application::accounting::reports::captions::Caption;
use application::accounting::views::reports::ReportScopeView;
use domain::error::Language;

use super::tables::{column, titled};
use crate::export::{Cell, RowStyle, Table, TableRow};

/// A column of lines: its name, caption and width, and the cell of a line.
pub type Listed<L> = (&'static str, Caption, u8, fn(&L, Language) -> Cell);

/// The lines, and after them the sums, each by the names of the columns that it fills.
pub fn listed<L>(
    scope: &ReportScopeView,
    columns: &[Listed<L>],
    lines: &[L],
    sums: Vec<Vec<(&str, Cell)>>,
    language: Language,
) -> Table {
    let line = |line| columns.iter().map(|(.., cell)| cell(line, language)).collect();
    let mut rows: Vec<_> =
        lines.iter().map(|one| TableRow { cells: line(one), ..TableRow::default() }).collect();
    for sum in sums {
        let mut cells = vec![Cell::Empty; columns.len()];
        for (name, cell) in sum {
            if let Some(at) = columns.iter().position(|(key, ..)| *key == name) {
                cells[at] = cell;
            }
        }
        rows.push(TableRow { cells, style: RowStyle::Heading, ..TableRow::default() });
    }
    let columns =
        columns.iter().map(|(key, caption, width, _)| column(key, *caption, *width, language)).collect();
    Table { columns, rows, ..titled(scope, language) }
}
