//! Decisions are numbered without a hole, listed with their titles, and exist where they are cited.

use std::collections::BTreeSet;

use crate::Outcome;
use crate::tree::Tree;

const FOLDER: &str = "docs/adr/";
const LIST: &str = "docs/adr/README.md";

pub fn check(tree: &Tree, outcome: &mut Outcome) {
    let list = tree.text(LIST).unwrap_or_default();
    let mut numbers = BTreeSet::new();
    for name in tree.paths.iter().filter_map(|path| path.strip_prefix(FOLDER)) {
        let Some(number) = number(name) else { continue };
        let text = tree.text(&format!("{FOLDER}{name}")).unwrap_or_default();
        let title = text.lines().next().unwrap_or_default().trim_start_matches("# ");
        if !list.contains(&format!("- [{title}]({name})\n")) {
            outcome.finding(format!("{LIST}: '- [{title}]({name})' is missing"));
        }
        if !numbers.insert(number) {
            outcome.finding(format!("{FOLDER}{name}: the number {number:04} is taken twice"));
        }
    }
    outcome.findings.extend(holes(&numbers));
    for path in tree.paths.iter().filter(|path| path.ends_with(".rs") || path.ends_with(".md")) {
        let Some(text) = tree.text(path) else { continue };
        for missing in cited(&text).filter(|number| !numbers.contains(number)) {
            outcome.finding(format!("{path}: there is no decision {missing:04}"));
        }
    }
}

/// `0007` of `0007-gapless-numbers.md`.
fn number(name: &str) -> Option<u32> {
    let (digits, rest) = name.split_once('-')?;
    (digits.len() == 4 && rest.ends_with(".md")).then(|| digits.parse().ok()).flatten()
}

fn holes(numbers: &BTreeSet<u32>) -> Vec<String> {
    let last = numbers.last().copied().unwrap_or_default();
    let missing = (1..=last).filter(|number| !numbers.contains(number));
    missing.map(|number| format!("{FOLDER}: the number {number:04} is missing")).collect()
}

/// Numbers behind the word ADR.
fn cited(text: &str) -> impl Iterator<Item = u32> {
    let digits = text.split("ADR ").skip(1).filter_map(|rest| rest.get(..4));
    digits
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
        .filter_map(|digits| digits.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_named() {
        assert!(holes(&BTreeSet::from([1, 2, 3])).is_empty());
        assert_eq!(holes(&BTreeSet::from([1, 3])), ["docs/adr/: the number 0002 is missing"]);
    }

    #[test]
    fn numbers_are_read_from_names_and_texts() {
        assert_eq!(number("0007-gapless-numbers.md"), Some(7));
        assert_eq!(number("README.md"), None);
        assert_eq!(cited("see ADR 0012, [ADR 0039](x) and ADR x").collect::<Vec<_>>(), [12, 39]);
    }
}
