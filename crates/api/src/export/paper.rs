//! Tables on paper: figures aligned, columns that only programs need left out, wide tables across the page.

use application::printing::document::{
    Block, Content, PrintedColumn, PrintedDocument, PrintedRow, PrintedStyle, PrintedTable, PrintedText,
};
use application::printing::print_document::empty;
use application::printing::wording::{PrintLanguage, grouped};
use chrono::NaiveDate;
use domain::error::Language;

use super::table::{Cell, Column, RowStyle, Table, TableRow};

/// Columns that tell programs what people see: the section, the kind and the depth of a row.
const FOR_PROGRAMS: [&str; 5] = ["section", "kind", "level", "line", "row"];
/// The column that follows the first one, wherever it stands in a file for programs.
const NAME: &str = "name";
/// Most columns of a page that is not turned.
const UPRIGHT_COLUMNS_MAX: usize = 7;
/// Columns of texts that are wider, in characters, hold words.
const CODE_WIDTH_MAX: u8 = 20;

/// The table as a document in the language of its texts.
pub fn on_paper(table: &Table, language: Language, today: NaiveDate) -> PrintedDocument {
    let order = order(&table.columns);
    let mut notes = table.notes.iter();
    let issuer = notes.next().into_iter().cloned().collect();
    let about = notes.cloned().collect::<Vec<_>>().join("  ·  ");
    let columns = order.iter().map(|index| PrintedColumn {
        heading: vec![table.columns[*index].caption.clone()],
        content: content(table, *index),
    });
    let printed = PrintedTable {
        columns: columns.collect(),
        rows: table.rows.iter().map(|row| printed_row(row, &order)).collect(),
    };
    PrintedDocument {
        landscape: order.len() > UPRIGHT_COLUMNS_MAX,
        name: table.title.clone(),
        title: vec![table.title.clone()],
        issuer,
        blocks: vec![
            Block::Text(PrintedText { heading: Vec::new(), text: vec![about] }),
            Block::Table(printed),
        ],
        ..empty(PrintLanguage::of(language), today)
    }
}

/// The columns that are printed, by their places in the table.
fn order(columns: &[Column]) -> Vec<usize> {
    let printed = |(_, column): &(usize, &Column)| !FOR_PROGRAMS.contains(&column.key.as_str());
    let mut order: Vec<usize> = columns.iter().enumerate().filter(printed).map(|(index, _)| index).collect();
    if let Some(place) = order.iter().position(|index| columns[*index].key == NAME).filter(|place| *place > 1)
    {
        let name = order.remove(place);
        order.insert(1, name);
    }
    order
}

fn content(table: &Table, index: usize) -> Content {
    let cells = table.rows.iter().filter_map(|row| row.cells.get(index));
    let kind = cells.filter(|cell| **cell != Cell::Empty).find(|cell| !matches!(cell, Cell::Text(_)));
    let column = &table.columns[index];
    match kind {
        Some(Cell::Money(_) | Cell::Integer(_)) => Content::Figures,
        Some(_) => Content::Code,
        None if column.width > CODE_WIDTH_MAX => Content::Words(column.width),
        None => Content::Code,
    }
}

/// Names of computed lines, such as `current_year_profit`, whose captions stand beside them.
fn is_word_for_programs(text: &str) -> bool {
    text.contains('_') && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn printed_row(row: &TableRow, order: &[usize]) -> PrintedRow {
    let cell = |index: &usize| match row.cells.get(*index) {
        None | Some(Cell::Empty) => Vec::new(),
        Some(Cell::Text(text)) if is_word_for_programs(text) => Vec::new(),
        Some(Cell::Text(text)) => vec![text.clone()],
        Some(Cell::Money(money)) => vec![grouped(&money.to_string())],
        Some(Cell::Date(date)) => vec![date.to_string()],
        Some(Cell::Integer(number)) => vec![number.to_string()],
    };
    PrintedRow {
        cells: order.iter().map(cell).collect(),
        style: match row.style {
            RowStyle::Plain => PrintedStyle::Plain,
            RowStyle::Heading => PrintedStyle::Heading,
            RowStyle::Total => PrintedStyle::Total,
        },
        indent: row.indent,
    }
}
