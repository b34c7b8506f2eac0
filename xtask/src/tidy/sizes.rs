//! Files that can be read in one go.

use crate::Outcome;
use crate::tree::{Tree, without_tests};

const LINES_WARNED: usize = 300;
const LINES_MAX: usize = 500;

pub fn check(tree: &Tree, outcome: &mut Outcome) {
    for (path, text) in tree.rust("") {
        if path.contains("/tests/") || path.ends_with("/tests.rs") {
            continue;
        }
        let lines = without_tests(&text).len();
        if lines > LINES_MAX {
            outcome.finding(format!(
                "{path}: {lines} lines, at most {LINES_MAX}: split it by what changes together"
            ));
        } else if lines > LINES_WARNED {
            outcome.remark(format!("{path}: {lines} lines, more than {LINES_WARNED}"));
        }
    }
}
