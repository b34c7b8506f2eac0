//! The headings of a table, and which of its fields is which column.

use std::borrow::Cow;

use domain::accounting::import_profile::{ColumnSource, FileReading, ValueMarks, plain_heading};
use domain::error::Violation;

use super::cell_values;
use super::cells::{Cells, Place, RowSink, quoted, unfit};
use super::columns::{self, COLUMNS, CellKind, Column, Columns};
use super::error::{
    IMPORT_CELL_DATE, IMPORT_CELL_NOT_DATE, IMPORT_CELL_PERCENT, IMPORT_CELL_WITHOUT_COLUMN,
    IMPORT_COLUMN_MISSING, IMPORT_COLUMN_TWICE, IMPORT_COLUMN_UNKNOWN, IMPORT_HEADING_MISSING,
};
use super::nearest::nearest;
use super::shown::Shown;
use crate::error::AppResult;
use crate::spreadsheet::Stored;

/// The columns that a table may have, and how it is read.
#[derive(Clone, Copy)]
pub(super) struct Layout<'a> {
    pub columns: &'static Columns,
    /// Columns without which nothing can be read.
    pub required: &'a [Column],
    pub reading: &'a FileReading,
}

/// A field of a row that is not empty.
pub(super) struct Field<'a> {
    pub text: &'a str,
    pub stored: Stored,
    /// The heading as the file has it.
    pub raw: &'a str,
    pub refused: Option<&'a Violation>,
}

/// A row of a table.
pub(super) trait Record {
    /// One more than the index of the last field that may have a value.
    fn width(&self) -> usize;
    fn field(&self, index: usize) -> Option<Field<'_>>;
}

/// The source of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filled {
    Field(usize),
    /// The value with this index, in every row.
    Always(usize),
}

struct Heading {
    text: String,
    ignored: bool,
    /// The first column that it fills.
    column: Option<Column>,
}

pub(super) struct Header {
    headings: Vec<Heading>,
    columns: [Option<Filled>; COLUMNS],
    /// Dimension and what fills it.
    dimensions: Vec<(usize, Filled)>,
    /// Values that every row has, each with the column's name.
    always: Vec<(String, String)>,
    marks: ValueMarks,
}

/// Builds a header and notes everything that is wrong with it.
struct Builder<'a, 's> {
    place: Place,
    layout: Layout<'a>,
    sink: &'s mut dyn RowSink,
    header: Header,
    problems: Vec<Violation>,
}

impl Builder<'_, '_> {
    /// Lets a column with this name, or a dimension, be filled.
    fn fill(&mut self, name: &str, filled: Filled, shown: &str) {
        let at = self.place.pointer(shown);
        let twice = Violation::new(&IMPORT_COLUMN_TWICE).with("name", name);
        if let Some(column) = self.layout.columns.column(name) {
            let known = &mut self.header.columns[column as usize];
            if known.is_some() {
                self.problems.push(twice.at(at));
            }
            *known = Some(filled);
            if let Filled::Field(field) = filled {
                self.header.headings[field].column.get_or_insert(column);
            }
        } else if let Some(dimension) = self.sink.dimension(name, self.place) {
            if self.header.dimensions.iter().any(|(known, _)| *known == dimension) {
                self.problems.push(twice.at(at));
            }
            self.header.dimensions.push((dimension, filled));
        } else if self.sink.more() {
            let meant = nearest(name, self.layout.columns, std::iter::empty());
            let unknown = Violation::new(&IMPORT_COLUMN_UNKNOWN).with("name", name);
            let unknown = unknown.with("nearest", meant.name).with("allowed", self.layout.columns.names());
            self.problems.push(unknown.at(at));
        }
    }

    /// Applies the profile's mapping to the table.
    fn mapped(&mut self, plain: &[String]) -> Vec<usize> {
        let mut taken = Vec::new();
        for mapped in &self.layout.reading.columns {
            let heading = match &mapped.source {
                ColumnSource::Value(value) => {
                    self.header.always.push((mapped.column.clone(), value.clone()));
                    let index = self.header.always.len() - 1;
                    self.fill(&mapped.column, Filled::Always(index), &mapped.column);
                    continue;
                }
                ColumnSource::Heading(heading) => heading,
            };
            let wanted = plain_heading(heading);
            let mut fields =
                plain.iter().enumerate().filter(|(_, text)| **text == wanted).map(|(index, _)| index);
            match (fields.next(), fields.next()) {
                (None, _) => {
                    let missing = Violation::new(&IMPORT_HEADING_MISSING).with("heading", heading);
                    let missing = missing.with("column", &mapped.column);
                    self.problems.push(missing.at(self.place.pointer(&mapped.column)));
                }
                (Some(_), Some(_)) => {
                    let twice = Violation::new(&IMPORT_COLUMN_TWICE).with("name", heading);
                    self.problems.push(twice.at(self.place.pointer(heading)));
                }
                (Some(field), None) => {
                    self.fill(&mapped.column, Filled::Field(field), heading);
                    taken.push(field);
                }
            }
        }
        taken
    }
}

impl Header {
    /// Reads the headings; everything that is wrong with them is told at once.
    pub fn read(
        place: Place,
        headings: &[&str],
        layout: Layout<'_>,
        sink: &mut dyn RowSink,
    ) -> AppResult<Self> {
        let plain: Vec<String> = headings.iter().map(|text| plain_heading(text)).collect();
        let ignored: Vec<String> = layout.reading.ignored.iter().map(|text| plain_heading(text)).collect();
        let of = |(text, plain): (&&str, &String)| Heading {
            text: quoted(text.trim()).trim().to_owned(),
            ignored: !plain.is_empty() && ignored.contains(plain),
            column: None,
        };
        let header = Self {
            headings: headings.iter().zip(&plain).map(of).collect(),
            columns: [None; COLUMNS],
            dimensions: Vec::new(),
            always: Vec::new(),
            marks: layout.reading.marks,
        };
        let mut builder = Builder { place, layout, sink, header, problems: Vec::new() };
        let taken = builder.mapped(&plain);
        for (field, text) in headings.iter().enumerate() {
            let text = text.trim();
            let heading = &builder.header.headings[field];
            if text.is_empty() || heading.ignored || taken.contains(&field) {
                continue;
            }
            let shown = heading.text.clone();
            // A long heading names nothing, and is not told in full.
            let name = if layout.columns.column(text).is_some() { text } else { &shown };
            builder.fill(name, Filled::Field(field), &shown);
        }
        let Builder { header, mut problems, .. } = builder;
        for column in layout.required.iter().filter(|column| header.columns[**column as usize].is_none()) {
            let name = columns::name(*column);
            let missing = Violation::new(&IMPORT_COLUMN_MISSING).with("name", name);
            problems.push(missing.at(place.pointer(name)));
        }
        if problems.is_empty() { Ok(header) } else { Err(problems.into()) }
    }

    pub fn width(&self) -> usize {
        self.headings.len()
    }

    /// The heading of a field, or its number.
    pub fn heading(&self, field: usize) -> String {
        let heading = self.headings.get(field).map(|heading| heading.text.as_str());
        heading.filter(|text| !text.is_empty()).map_or_else(|| (field + 1).to_string(), str::to_owned)
    }

    /// Whether something is read from one of these fields.
    pub fn reads(&self, fields: std::ops::RangeInclusive<usize>) -> bool {
        let read = |heading: &Heading| !heading.ignored && !heading.text.is_empty();
        fields
            .into_iter()
            .take_while(|field| *field < self.headings.len())
            .any(|field| read(&self.headings[field]))
    }

    /// Gives a row to the sink, or everything that is wrong with its fields.
    pub fn row<R: Record>(&self, place: Place, record: &R, shown: &mut Shown, sink: &mut dyn RowSink) {
        let mut good = true;
        for index in 0..record.width() {
            let Some(field) = record.field(index) else { continue };
            let heading = self.headings.get(index);
            if heading.is_some_and(|heading| heading.ignored)
                || field.text.trim().is_empty() && field.refused.is_none()
            {
                continue;
            }
            let name = heading.map_or("", |heading| heading.text.as_str());
            let wrong = if name.is_empty() {
                Some(Violation::new(&IMPORT_CELL_WITHOUT_COLUMN).with("field", index + 1))
            } else {
                let kind =
                    heading.and_then(|heading| heading.column).map_or(CellKind::Text, columns::cell_kind);
                unfit(field.text).or_else(|| field.refused.cloned()).or_else(|| misplaced(&field, kind))
            };
            if let Some(violation) = wrong {
                good = false;
                sink.error(place, name, violation);
            }
        }
        let cells = TableCells { header: self, record };
        if good {
            shown.row(place, || cells.shown());
            sink.row(place, &cells);
        } else {
            sink.spoiled(place, &cells);
        }
    }

    /// Gives a row to the sink whose fields cannot be told apart.
    pub fn spoiled<R: Record>(&self, place: Place, record: &R, sink: &mut dyn RowSink) {
        sink.spoiled(place, &TableCells { header: self, record });
    }
}

/// A value of a kind that its column cannot have.
fn misplaced(field: &Field<'_>, kind: CellKind) -> Option<Violation> {
    let def = match (field.stored, kind) {
        (Stored::Date, kind) if kind != CellKind::Date => &IMPORT_CELL_DATE,
        (Stored::Percent, kind) if kind != CellKind::Percent => &IMPORT_CELL_PERCENT,
        (Stored::Number, CellKind::Date) => &IMPORT_CELL_NOT_DATE,
        _ => return None,
    };
    Some(Violation::new(def).with("value", quoted(field.text)))
}

/// A row under its headings.
struct TableCells<'a, R> {
    header: &'a Header,
    record: &'a R,
}

impl<R: Record> TableCells<'_, R> {
    fn filled(&self, filled: Filled) -> (&str, Stored) {
        match filled {
            Filled::Field(index) => {
                self.record.field(index).map_or(("", Stored::Text), |field| (field.text.trim(), field.stored))
            }
            // A value of the profile is written as in requests, whatever the file writes.
            Filled::Always(index) => {
                (self.header.always.get(index).map_or("", |(_, value)| value.as_str()), Stored::Number)
            }
        }
    }

    /// Every value of the row as it is in the file, and as it is read.
    fn shown(&self) -> Vec<super::shown::ShownCell> {
        let mut cells = Vec::new();
        for (index, heading) in
            self.header.headings.iter().enumerate().filter(|(_, heading)| !heading.ignored)
        {
            let Some(field) = self.record.field(index) else { continue };
            let value = match heading.column {
                Some(column) => self.value(column).ok().map(Cow::into_owned),
                None => Some(field.text.trim().to_owned()),
            };
            let column = heading
                .column
                .map_or_else(|| heading.text.clone(), |column| columns::name(column).to_owned());
            cells.push(super::shown::ShownCell {
                column,
                heading: Some(heading.text.clone()),
                raw: Some(field.raw.to_owned()),
                value,
            });
        }
        for (column, value) in &self.header.always {
            cells.push(super::shown::ShownCell {
                column: column.clone(),
                heading: None,
                raw: None,
                value: Some(value.clone()),
            });
        }
        cells
    }
}

impl<R: Record> Cells for TableCells<'_, R> {
    fn get(&self, column: Column) -> &str {
        self.header.columns[column as usize].map_or("", |filled| self.filled(filled).0)
    }

    fn value(&self, column: Column) -> Result<Cow<'_, str>, Violation> {
        let Some(filled) = self.header.columns[column as usize] else { return Ok(Cow::Borrowed("")) };
        match self.filled(filled) {
            (text, Stored::Text) if !text.is_empty() => {
                cell_values::read(text, columns::cell_kind(column), self.header.marks)
            }
            (text, _) => Ok(Cow::Borrowed(text)),
        }
    }

    fn dimensions<'a>(&'a self, each: &mut dyn FnMut(usize, &'a str)) {
        for (dimension, filled) in &self.header.dimensions {
            let (text, _) = self.filled(*filled);
            if !text.is_empty() {
                each(*dimension, text);
            }
        }
    }
}
