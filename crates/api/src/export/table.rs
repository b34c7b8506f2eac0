//! A table of values, before it is known how it is written.

use application::accounting::views::reports::Money;
use chrono::NaiveDate;

#[derive(Debug, Clone, Default)]
pub struct Table {
    pub title: String,
    /// Lines below the title of a spreadsheet: company, dates, filters.
    pub notes: Vec<String>,
    pub columns: Vec<Column>,
    pub rows: Vec<TableRow>,
    /// For Arabic.
    pub right_to_left: bool,
    /// When the table was made, as a line below the others; paper says it in its own place.
    pub made: Option<String>,
}

impl Table {
    /// Lines that say what the table is about.
    pub fn about(&self) -> Vec<String> {
        std::iter::once(&self.title).chain(&self.notes).chain(&self.made).cloned().collect()
    }
}

#[derive(Debug, Clone)]
pub struct Column {
    /// Stable name, the header of a CSV file.
    pub key: String,
    /// In the language of the request, the header of a spreadsheet.
    pub caption: String,
    /// In characters.
    pub width: u8,
}

impl Column {
    pub fn new(key: &str, caption: &str, width: u8) -> Self {
        Self { key: key.to_owned(), caption: caption.to_owned(), width }
    }
}

#[derive(Debug, Clone, Default)]
pub struct TableRow {
    pub cells: Vec<Cell>,
    pub style: RowStyle,
    /// Depth in a tree, shown as indentation of the text in a spreadsheet.
    pub indent: u8,
    /// Only for people: not in a CSV file.
    pub spreadsheet_only: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RowStyle {
    #[default]
    Plain,
    Heading,
    Total,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Empty,
    Text(String),
    Money(Money),
    Date(NaiveDate),
    Integer(i64),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<&String> for Cell {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}
impl From<Money> for Cell {
    fn from(money: Money) -> Self {
        Self::Money(money)
    }
}
impl From<NaiveDate> for Cell {
    fn from(date: NaiveDate) -> Self {
        Self::Date(date)
    }
}
impl From<u32> for Cell {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}
impl From<u8> for Cell {
    fn from(number: u8) -> Self {
        Self::Integer(number.into())
    }
}
impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}
