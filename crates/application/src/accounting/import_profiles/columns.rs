//! The columns that a profile maps.

use domain::accounting::import_profile::{
    ColumnSource, FIXED_VALUE_LENGTH_MAX, HEADING_LENGTH_MAX, IMPORT_COLUMN_SOURCE, ImportKind, MappedColumn,
};
use domain::error::{Violation, Violations};
use domain::text::CODE_LENGTH_MAX;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounting::imports::columns;
use crate::accounting::imports::error::IMPORT_COLUMN_UNKNOWN;
use crate::request;
use crate::wire::RequiredText;

request! {
    /// A column of the import, and what fills it: either a heading of the file or a value.
    pub struct MappedColumnBody {
        /// The name of a column, as the import has it, or the code of a dimension.
        column: RequiredText<CODE_LENGTH_MAX> = "debit",
        /// The heading in the file. Case, spaces, `_` and `-` do not matter.
        heading: Option<RequiredText<HEADING_LENGTH_MAX>> = "Soll",
        /// The value of every row, written as in requests: `1234.50`, `2026-12-31`.
        value: Option<RequiredText<FIXED_VALUE_LENGTH_MAX>>,
    }
}

/// A column of the import, and what fills it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MappedColumnView {
    pub column: String,
    /// The heading in the file; null where every row has the same value.
    pub heading: Option<String>,
    pub value: Option<String>,
}

pub(super) fn shown(mapped: &[MappedColumn]) -> Vec<MappedColumnView> {
    let view = |mapped: &MappedColumn| {
        let (heading, value) = match &mapped.source {
            ColumnSource::Heading(heading) => (Some(heading.clone()), None),
            ColumnSource::Value(value) => (None, Some(value.clone())),
        };
        MappedColumnView { column: mapped.column.clone(), heading, value }
    };
    mapped.iter().map(view).collect()
}

pub(super) fn mapped(bodies: &[MappedColumnBody], violations: &mut Violations) -> Vec<MappedColumn> {
    let mut mapped = Vec::with_capacity(bodies.len());
    for (index, body) in bodies.iter().enumerate() {
        let source = match (&body.heading, &body.value) {
            (Some(heading), None) => ColumnSource::Heading(heading.to_string()),
            (None, Some(value)) => ColumnSource::Value(value.to_string()),
            _ => {
                violations
                    .push(Violation::new(&IMPORT_COLUMN_SOURCE).at(format!("/columns/{index}/heading")));
                // Refused; it keeps its place, so that others are named by theirs.
                ColumnSource::Value(String::new())
            }
        };
        mapped.push(MappedColumn { column: body.column.to_string(), source });
    }
    mapped
}

/// Refuses columns that imports of the type do not have, at `/columns/…`.
pub fn check_columns(kind: ImportKind, mapped: &[MappedColumn], violations: &mut Violations) {
    // A further name is the code of a dimension, which is looked for when a file is imported.
    if kind.takes_dimensions() {
        return;
    }
    let known = columns::of(kind);
    for (index, mapped) in mapped.iter().enumerate() {
        if known.column(&mapped.column).is_none() {
            let unknown = Violation::new(&IMPORT_COLUMN_UNKNOWN).with("name", &mapped.column);
            let unknown =
                unknown.with("nearest", known.nearest(&mapped.column)).with("allowed", known.names());
            violations.push(unknown.at(format!("/columns/{index}/column")));
        }
    }
}
