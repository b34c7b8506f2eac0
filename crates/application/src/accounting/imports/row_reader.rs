//! The cells of a row, read one by one; whatever is wrong is noted at its column.

use domain::error::Violation;
use domain::text::LocalizedName;

use super::cells::{Cells, Place, quoted};
use super::columns::{Column, name};
use super::error::{IMPORT_CELL_EMPTY, IMPORT_CELL_NO_FLAG};
use super::row_errors::RowErrors;

pub(super) struct RowReader<'a> {
    pub place: Place,
    pub cells: &'a dyn Cells,
    pub errors: &'a mut RowErrors,
    /// Nothing was wrong so far.
    pub good: bool,
}

impl<'a> RowReader<'a> {
    pub fn new(place: Place, cells: &'a dyn Cells, errors: &'a mut RowErrors) -> Self {
        Self { place, cells, errors, good: true }
    }

    pub fn checked<T>(&mut self, column: Column, read: Result<T, Violation>) -> Option<T> {
        read.map_err(|violation| self.refuse(column, violation)).ok()
    }

    pub fn refuse(&mut self, column: Column, violation: Violation) {
        self.good = false;
        self.errors.push(self.place, name(column), violation);
    }

    /// The cell, or nothing when it is empty.
    pub fn given(&self, column: Column) -> Option<&'a str> {
        Some(self.cells.get(column)).filter(|text| !text.is_empty())
    }

    pub fn required<T>(
        &mut self,
        column: Column,
        read: impl FnOnce(&str) -> Result<T, Violation>,
    ) -> Option<T> {
        let result = match self.given(column) {
            None => Err(Violation::new(&IMPORT_CELL_EMPTY)),
            Some(_) => self.cells.value(column).and_then(|text| read(&text)),
        };
        self.checked(column, result)
    }

    pub fn optional<T>(
        &mut self,
        column: Column,
        read: impl FnOnce(&str) -> Result<T, Violation>,
    ) -> Option<T> {
        self.given(column)?;
        let read = self.cells.value(column).and_then(|text| read(&text));
        self.checked(column, read)
    }

    pub fn flag(&mut self, column: Column) -> Option<bool> {
        self.optional(column, flag)
    }

    /// `name` is Arabic or English by its letters; `name_ar` and `name_en` say so themselves.
    pub fn name(&mut self) -> Option<LocalizedName> {
        let plain = self.given(Column::Name);
        let arabic = plain.filter(|text| is_arabic(text));
        let english = plain.filter(|text| !is_arabic(text));
        let parsed = LocalizedName::parse(
            self.given(Column::NameAr).or(arabic),
            self.given(Column::NameEn).or(english),
        );
        let column = match &parsed {
            Err(violation) if violation.pointer == "/ar" && arabic.is_none() => Column::NameAr,
            Err(violation) if violation.pointer == "/en" && english.is_none() => Column::NameEn,
            _ => Column::Name,
        };
        self.checked(column, parsed)
    }
}

pub(super) fn is_arabic(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}'))
}

pub(super) fn flag(text: &str) -> Result<bool, Violation> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "1" | "نعم" => Ok(true),
        "false" | "no" | "0" | "لا" => Ok(false),
        _ => Err(Violation::new(&IMPORT_CELL_NO_FLAG).with("value", quoted(text))),
    }
}
