//! A cell as it is stored.

use domain::error::Violation;

/// The kind of value that a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    Text,
    /// `1234.5`, whatever the format of the cell shows.
    Number,
    /// `15` for a number that is formatted as 15 %.
    Percent,
    /// `2026-12-31`
    Date,
    /// `true` or `false`
    Flag,
}

/// A cell that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetCell {
    /// From 0.
    pub column: usize,
    pub kind: Stored,
    /// The value, in the one form of its kind.
    pub text: String,
    /// The value as the file has it, where that is another text.
    pub raw: Option<String>,
    /// The cell holds no value.
    pub refused: Option<Violation>,
}

impl SheetCell {
    pub(super) fn text(column: usize, text: String) -> Self {
        Self { column, kind: Stored::Text, text, raw: None, refused: None }
    }

    pub(super) fn refused(column: usize, raw: String, violation: Violation) -> Self {
        Self { column, kind: Stored::Text, text: raw, raw: None, refused: Some(violation) }
    }

    pub(super) fn value(column: usize, kind: Stored, text: String, raw: String) -> Self {
        let raw = (raw != text).then_some(raw);
        Self { column, kind, text, raw, refused: None }
    }
}
