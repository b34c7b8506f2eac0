//! Every problem of a file: the first ones in full, the others counted.

use domain::error::Violation;

use super::IMPORT_ERRORS_MAX;
use super::cells::Place;
use super::error::IMPORT_REFUSED;
use crate::error::AppError;
use crate::nouns::problems;

#[derive(Debug, Clone, Default)]
pub struct RowErrors {
    kept: Vec<(Place, Violation)>,
    total: usize,
}

impl RowErrors {
    /// Notes a problem at a column of a row; row and column are also parameters of the violation.
    pub fn push(&mut self, place: Place, column: &str, violation: Violation) {
        self.total += 1;
        if self.kept.len() < IMPORT_ERRORS_MAX {
            let violation = violation.at(place.pointer(column)).with("row", place.row).with("column", column);
            self.kept.push((place, violation));
        }
    }

    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// The problems in the order of the rows, under one headline that counts all of them.
    pub fn into_error(mut self) -> AppError {
        self.kept.sort_by_key(|(place, _)| *place);
        let violations: Vec<Violation> = self.kept.into_iter().map(|(_, violation)| violation).collect();
        let headline = Violation::new(&IMPORT_REFUSED)
            .with_phrase("problems", problems(self.total))
            .with("max", IMPORT_ERRORS_MAX);
        AppError { headline: Some(Box::new(headline)), ..AppError::from(violations) }
    }
}
