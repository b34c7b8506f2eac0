//! Addresses on one line, as letters bear them.

use domain::parties::address::Address;

use super::document::Lines;
use super::wording::PrintLanguage;

/// An address in each language.
pub(super) fn lines(address: &Address, print: PrintLanguage) -> Lines {
    let mut lines: Lines = print.languages().iter().map(|language| address.line(*language)).collect();
    lines.dedup();
    lines
}
