//! The rows of a sheet, one after the other.

use std::io::Read;

use domain::error::{Phrase, Violation};
use quick_xml::events::BytesStart;

use super::cell::{SheetCell, Stored};
use super::error::{CELL_ERROR_VALUE, CELL_FORMULA_WITHOUT_VALUE};
use super::limits::{CELLS_MAX, COLUMNS_MAX, ROWS_MAX, TEXT_BYTES_MAX, XML_EVENT_BYTES_MAX};
use super::number_format::Meaning;
use super::strings::{RichText, SharedStrings, unescaped};
use super::styles::Styles;
use super::xml::{BYTES, Node, Part, attribute, damaged, too_large};
use super::{column_letters, numbers};

const CELLS: Phrase = Phrase::new("cells", "خلية");
const OUT_OF_ORDER: Phrase = Phrase::new("its rows or cells are out of order", "صفوفه أو خلاياه غير مرتبة");
const NO_TEXT: Phrase =
    Phrase::new("a cell refers to a text that is not there", "خلية تشير إلى نص غير موجود");
const NO_KIND: Phrase = Phrase::new("a cell is of an unknown kind", "خلية من نوع غير معروف");

/// The cells of a row that are not empty, from left to right.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct SheetRow {
    /// From 1, as the program shows it.
    pub number: u32,
    pub cells: Vec<SheetCell>,
}

impl SheetRow {
    pub fn cell(&self, column: usize) -> Option<&SheetCell> {
        let found = self.cells.binary_search_by_key(&column, |cell| cell.column).ok()?;
        self.cells.get(found)
    }
}

/// Cells that are shown as one; rows from 1, columns from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    pub rows: (u32, u32),
    pub columns: (usize, usize),
}

impl std::fmt::Display for Merged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (left, right) = (column_letters(self.columns.0), column_letters(self.columns.1));
        write!(f, "{left}{}:{right}{}", self.rows.0, self.rows.1)
    }
}

/// Takes the rows of a sheet.
pub trait SheetSink {
    /// A row with at least one cell. False ends the reading.
    fn row(&mut self, row: &SheetRow) -> bool;
    /// Merged cells; they come after all rows.
    fn merged(&mut self, _: Merged) {}
}

/// The cell that is being read.
#[derive(Default)]
struct Open {
    column: usize,
    kind: String,
    style: usize,
    value: Option<String>,
    inline: String,
    formula: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Sheet,
    Row,
    Cell,
    Value,
    Formula,
    Inline,
}

pub(super) struct SheetReader<'w> {
    path: &'w str,
    strings: &'w SharedStrings,
    styles: &'w Styles,
    from_1904: bool,
    row: SheetRow,
    cell: Open,
    inside: Inside,
    rich: RichText,
    /// Depth below what is being read.
    below: usize,
    cells: u64,
    text_bytes: u64,
}

impl<'w> SheetReader<'w> {
    pub(super) fn new(
        path: &'w str,
        strings: &'w SharedStrings,
        styles: &'w Styles,
        from_1904: bool,
    ) -> Self {
        Self {
            path,
            strings,
            styles,
            from_1904,
            row: SheetRow::default(),
            cell: Open::default(),
            inside: Inside::Sheet,
            rich: RichText::default(),
            below: 0,
            cells: 0,
            text_bytes: 0,
        }
    }

    pub(super) fn read<R: Read>(
        mut self,
        mut part: Part<R>,
        sink: &mut dyn SheetSink,
    ) -> Result<(), Violation> {
        part.walk(|node| match node {
            Node::Open(name, start) => {
                self.opens(name, start, sink)?;
                Ok(true)
            }
            Node::Text(text) => self.says(text),
            Node::Close => self.closes(sink),
            Node::End => Ok(false),
        })
    }

    fn opens(
        &mut self,
        name: &[u8],
        start: &BytesStart<'_>,
        sink: &mut dyn SheetSink,
    ) -> Result<(), Violation> {
        self.inside = match (self.inside, name) {
            (Inside::Sheet, b"row") => {
                self.begin_row(start)?;
                Inside::Row
            }
            (Inside::Row, b"c") if self.below == 0 => {
                self.begin_cell(start)?;
                Inside::Cell
            }
            (Inside::Cell, b"v") if self.below == 0 => Inside::Value,
            (Inside::Cell, b"f") if self.below == 0 => {
                self.cell.formula = true;
                Inside::Formula
            }
            (Inside::Cell, b"is") if self.below == 0 => {
                self.rich = RichText::default();
                Inside::Inline
            }
            (inside, name) => {
                self.below += usize::from(inside != Inside::Sheet);
                if inside == Inside::Inline {
                    self.rich.opens(name);
                } else if inside == Inside::Sheet
                    && name == b"mergeCell"
                    && let Some(merged) = attribute(start, b"ref").and_then(|text| merged(&text))
                {
                    sink.merged(merged);
                }
                inside
            }
        };
        Ok(())
    }

    fn says(&mut self, text: &str) -> Result<bool, Violation> {
        let said = match self.inside {
            Inside::Value if self.below == 0 => self.cell.value.get_or_insert_default(),
            Inside::Inline if self.rich.takes() => &mut self.cell.inline,
            _ => return Ok(true),
        };
        said.push_str(text);
        if said.len() > XML_EVENT_BYTES_MAX {
            Err(too_large(self.path, XML_EVENT_BYTES_MAX, BYTES))
        } else {
            Ok(true)
        }
    }

    fn closes(&mut self, sink: &mut dyn SheetSink) -> Result<bool, Violation> {
        if self.below > 0 {
            self.below -= 1;
            if self.inside == Inside::Inline {
                self.rich.closes();
            }
            return Ok(true);
        }
        self.inside = match self.inside {
            Inside::Value | Inside::Formula | Inside::Inline => Inside::Cell,
            Inside::Cell => {
                self.end_cell()?;
                Inside::Row
            }
            Inside::Row => {
                self.inside = Inside::Sheet;
                return Ok(self.row.cells.is_empty() || sink.row(&self.row));
            }
            Inside::Sheet => Inside::Sheet,
        };
        Ok(true)
    }

    fn begin_row(&mut self, start: &BytesStart<'_>) -> Result<(), Violation> {
        let number = match attribute(start, b"r") {
            Some(text) => text.parse().ok(),
            None => self.row.number.checked_add(1),
        };
        let number = number.filter(|number| *number > self.row.number && *number <= ROWS_MAX);
        self.row.number = number.ok_or_else(|| damaged(self.path, OUT_OF_ORDER))?;
        self.row.cells.clear();
        self.cell.column = 0;
        Ok(())
    }

    fn begin_cell(&mut self, start: &BytesStart<'_>) -> Result<(), Violation> {
        // The column that an unnamed cell has; the first one of a row when there was none yet.
        let next = self.cell.column;
        let column = match attribute(start, b"r") {
            Some(reference) => cell_reference(&reference).map(|(column, _)| column),
            None => Some(next),
        };
        let column = column.filter(|column| (next..COLUMNS_MAX).contains(column));
        self.cell = Open {
            column: column.ok_or_else(|| damaged(self.path, OUT_OF_ORDER))?,
            kind: attribute(start, b"t").unwrap_or_default(),
            style: attribute(start, b"s").and_then(|text| text.parse().ok()).unwrap_or_default(),
            ..Open::default()
        };
        Ok(())
    }

    fn end_cell(&mut self) -> Result<(), Violation> {
        let open = std::mem::take(&mut self.cell);
        self.cell.column = open.column + 1;
        let Some(cell) = self.value_of(open)? else { return Ok(()) };
        self.cells += 1;
        self.text_bytes += cell.text.len() as u64;
        if self.cells > CELLS_MAX {
            return Err(too_large(self.path, CELLS_MAX, CELLS));
        }
        if self.text_bytes > TEXT_BYTES_MAX {
            return Err(too_large(self.path, TEXT_BYTES_MAX, BYTES));
        }
        self.row.cells.push(cell);
        Ok(())
    }

    fn value_of(&self, open: Open) -> Result<Option<SheetCell>, Violation> {
        let column = open.column;
        let made = |kind, read: Result<String, Violation>, raw: String| match read {
            Ok(text) => SheetCell::value(column, kind, text, raw),
            Err(violation) => SheetCell::refused(column, raw, violation),
        };
        if open.kind == "inlineStr" {
            return Ok(some_text(column, unescaped(&open.inline)));
        }
        let Some(value) = open.value.filter(|value| !value.is_empty()) else {
            // A formula whose text is empty has an empty value, and says that it is a text.
            let lacking = open.formula && open.kind != "str";
            let refused =
                || SheetCell::refused(column, String::new(), Violation::new(&CELL_FORMULA_WITHOUT_VALUE));
            return Ok(lacking.then(refused));
        };
        Ok(match open.kind.as_str() {
            "" | "n" => Some(match self.styles.meaning(open.style) {
                Meaning::Number => made(Stored::Number, numbers::decimal(&value), value),
                Meaning::Padded(digits) => {
                    let padded = numbers::decimal(&value).map(|text| format!("{text:0>digits$}"));
                    made(Stored::Number, padded, value)
                }
                Meaning::Percent => made(Stored::Percent, numbers::percent(&value), value),
                Meaning::Date => made(Stored::Date, numbers::date(&value, self.from_1904), value),
            }),
            "s" => {
                let text = value.trim().parse().ok().and_then(|index| self.strings.get(index));
                some_text(column, text.ok_or_else(|| damaged(self.path, NO_TEXT))?.to_owned())
            }
            "str" => some_text(column, unescaped(&value)),
            "b" => {
                let text = if value.trim() == "1" { "true" } else { "false" };
                Some(SheetCell::value(column, Stored::Flag, text.to_owned(), value))
            }
            "d" => Some(made(Stored::Date, numbers::iso_date(&value), value)),
            "e" => {
                let violation = Violation::new(&CELL_ERROR_VALUE)
                    .with("value", value.chars().take(20).collect::<String>());
                Some(SheetCell::refused(column, value, violation))
            }
            _ => return Err(damaged(self.path, NO_KIND)),
        })
    }
}

fn some_text(column: usize, text: String) -> Option<SheetCell> {
    (!text.trim().is_empty()).then(|| SheetCell::text(column, text))
}

/// Column and row of `AB12`; the column from 0, the row from 1.
fn cell_reference(text: &str) -> Option<(usize, u32)> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let column = text.bytes().take(letters).try_fold(0_usize, |column, letter| {
        let column = column * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1;
        (column <= COLUMNS_MAX).then_some(column)
    })?;
    Some((column.checked_sub(1)?, text[letters..].parse().ok()?))
}

/// Cells such as `A1:C3`.
fn merged(text: &str) -> Option<Merged> {
    let (first, last) = text.split_once(':')?;
    let (first, last) = (cell_reference(first)?, cell_reference(last)?);
    Some(Merged { rows: (first.1, last.1), columns: (first.0, last.0) })
}
