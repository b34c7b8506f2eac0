//! The first rows of a table as they were read, so that a dry run shows whether its options fit.

use super::cells::{Place, quoted};
use crate::accounting::views::import_result::{ImportReadingView, ShownCellView, ShownRowView};

/// Rows that are shown.
pub(super) const ROWS_SHOWN_MAX: usize = 5;

pub(super) struct ShownCell {
    pub column: String,
    pub heading: Option<String>,
    pub raw: Option<String>,
    pub value: Option<String>,
}

/// How a table was read.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    view: Option<ImportReadingView>,
}

impl Shown {
    pub(super) fn begin(&mut self, view: ImportReadingView) {
        self.view = Some(view);
    }

    pub(super) fn of_sheet(&mut self, name: String) {
        if let Some(view) = &mut self.view {
            view.sheet = Some(name);
        }
    }

    pub(super) fn row(&mut self, place: Place, cells: impl FnOnce() -> Vec<ShownCell>) {
        let Some(view) = self.view.as_mut().filter(|view| view.rows.len() < ROWS_SHOWN_MAX) else { return };
        let shown = |cell: ShownCell| ShownCellView {
            column: cell.column,
            heading: cell.heading,
            raw: cell.raw.as_deref().map(quoted),
            value: cell.value.as_deref().map(quoted),
        };
        view.rows.push(ShownRowView { row: place.row, cells: cells().into_iter().map(shown).collect() });
    }

    pub fn into_view(self) -> Option<ImportReadingView> {
        self.view
    }
}
