//! One row of a file, whatever it is written in.

use std::borrow::Cow;
use std::collections::HashMap;

use domain::error::Violation;
use domain::text::{Code, TEXT_DIRECTION_CONTROL, TEXT_TOO_LONG, is_direction_control};

use super::columns::{COLUMNS, Column};

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The row from 1, as a spreadsheet program numbers it; in a CSV file row 1 is mostly the header.
    pub row: u32,
    /// The element of `lines`, from 0, in a row that is a whole entry.
    pub line: Option<u32>,
}

impl Place {
    pub const fn row(row: u32) -> Self {
        Self { row, line: None }
    }

    pub fn pointer(self, column: &str) -> String {
        let column = column.replace('~', "~0").replace('/', "~1");
        match self.line {
            Some(line) => format!("/rows/{}/lines/{line}/{column}", self.row),
            None => format!("/rows/{}/{column}", self.row),
        }
    }
}

/// The texts of one row, trimmed; an absent cell is empty.
pub trait Cells {
    fn get(&self, column: Column) -> &str;
    /// A cell that says something in the form of its column, which the file may write in another way: `1234.50`, `2026-12-31`.
    fn value(&self, column: Column) -> Result<Cow<'_, str>, Violation> {
        Ok(Cow::Borrowed(self.get(column)))
    }
    /// Every cell of a column that names a dimension and is not empty: the dimension's index and the text.
    fn dimensions<'a>(&'a self, each: &mut dyn FnMut(usize, &'a str));
}

/// Longest cell that is read, in characters: the longest text of a row fits several times over.
const CELL_LENGTH_MAX: usize = 4_000;
/// Longest piece of a cell quoted back, in characters.
const QUOTED_LENGTH_MAX: usize = 60;

/// The beginning of what was written, to be shown.
pub fn quoted(text: &str) -> String {
    text.chars().take(QUOTED_LENGTH_MAX).collect()
}

/// Refuses a cell before anything is made of it. Line breaks in a cell are layout; they become spaces.
pub fn unfit(text: &str) -> Option<Violation> {
    if text.len() > CELL_LENGTH_MAX {
        let length = text.chars().count();
        if length > CELL_LENGTH_MAX {
            let violation = Violation::new(&TEXT_TOO_LONG).with("max", CELL_LENGTH_MAX);
            return Some(violation.with("length", length));
        }
    }
    let steers = !text.is_ascii() && text.chars().any(is_direction_control);
    steers.then(|| Violation::new(&TEXT_DIRECTION_CONTROL))
}

/// A code as it is looked up: as a code is written, or as it stands if it is none.
pub fn code_text(text: &str) -> String {
    Code::parse(text).map_or_else(|_| text.to_owned(), Code::into_string)
}

/// Takes the rows of a file, one after the other.
pub trait RowSink {
    /// The dimension that a further column names, first met at `place`; `None` refuses the column.
    fn dimension(&mut self, heading: &str, place: Place) -> Option<usize>;
    fn row(&mut self, place: Place, cells: &dyn Cells);
    /// A row that is a whole entry: what it says of itself. The next rows, until [`RowSink::entry_ends`], are its lines.
    fn entry_begins(&mut self, _place: Place, _head: &dyn Cells) {}
    fn entry_ends(&mut self) {}
    fn error(&mut self, place: Place, column: &str, violation: Violation);
    /// A row of which some was refused. What it belongs to is not judged any further, because some of it is not known.
    fn spoiled(&mut self, _place: Place, _cells: &dyn Cells) {}
    /// False once no more rows are taken.
    fn more(&self) -> bool;
}

/// The columns that a line of a whole entry takes over from the entry when it has no value of its own.
const INHERITED: [Column; 5] =
    [Column::Currency, Column::Rate, Column::Party, Column::DueDate, Column::TaxCode];

/// Cells held by themselves, for rows that are not columns of text.
#[derive(Debug, Clone)]
pub struct OwnedCells {
    values: [Option<Box<str>>; COLUMNS],
    dimensions: Vec<(usize, Box<str>)>,
}

impl Default for OwnedCells {
    fn default() -> Self {
        Self { values: [const { None }; COLUMNS], dimensions: Vec::new() }
    }
}

impl OwnedCells {
    pub fn set(&mut self, column: Column, text: &str) {
        let text = text.trim();
        self.values[column as usize] = (!text.is_empty()).then(|| text.into());
    }
    /// Leaves only the cells that lines of an entry take over from it.
    pub fn keep_for_lines(&mut self) {
        for (index, value) in self.values.iter_mut().enumerate() {
            if !INHERITED.iter().any(|column| *column as usize == index) {
                *value = None;
            }
        }
    }
    pub fn set_dimension(&mut self, dimension: usize, text: &str) {
        self.dimensions.retain(|(known, _)| *known != dimension);
        let text = text.trim();
        if !text.is_empty() {
            self.dimensions.push((dimension, text.into()));
        }
    }
}

impl Cells for OwnedCells {
    fn get(&self, column: Column) -> &str {
        self.values[column as usize].as_deref().unwrap_or("")
    }
    fn dimensions<'a>(&'a self, each: &mut dyn FnMut(usize, &'a str)) {
        for (dimension, text) in &self.dimensions {
            each(*dimension, text);
        }
    }
}

/// Texts that come again and again, each kept once and known by its index.
#[derive(Debug, Clone, Default)]
pub struct Interner {
    texts: Vec<String>,
    indexes: HashMap<String, u32>,
    /// Rows that follow one another often say the same.
    last: u32,
}

impl Interner {
    pub fn intern(&mut self, text: &str) -> u32 {
        if self.texts.get(self.last as usize).is_some_and(|last| last == text) {
            return self.last;
        }
        self.last = match self.indexes.get(text) {
            Some(index) => *index,
            None => {
                let index = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
                self.texts.push(text.to_owned());
                self.indexes.insert(text.to_owned(), index);
                index
            }
        };
        self.last
    }
    pub fn get(&self, index: u32) -> &str {
        self.texts.get(index as usize).map_or("", String::as_str)
    }
    pub fn texts(&self) -> &[String] {
        &self.texts
    }
}
