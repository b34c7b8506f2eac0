//! A rule that is cited by its number stands in `docs/rules.md`, and no text for integrators cites one.

use std::collections::BTreeSet;

use crate::Outcome;
use crate::tree::Tree;

const RULES: &str = "docs/rules.md";
/// Generated from what integrators and operators read.
const PUBLIC: [&str; 4] = ["docs/openapi.json", "docs/ERRORS.md", "docs/CONFIG.md", "docs/METRICS.md"];

pub fn check(tree: &Tree, outcome: &mut Outcome) {
    let Some(rules) = tree.text(RULES) else {
        outcome.finding(format!("{RULES} is missing"));
        return;
    };
    let known = defined(&rules);
    for path in tree.paths.iter().filter(|path| *path != RULES) {
        let Some(comment) = comment_mark(path) else { continue };
        let Some(text) = tree.text(path) else { continue };
        for (number, rule) in cited(&text, comment) {
            if !known.contains(rule) {
                outcome.finding(format!("{path}:{number}: {rule} is not in {RULES}"));
            }
        }
    }
    for path in PUBLIC {
        let Some(text) = tree.text(path) else { continue };
        for (number, rule) in cited(&text, "") {
            outcome.finding(format!("{path}:{number}: a text for integrators cites the rule {rule}"));
        }
    }
}

/// The mark that begins a comment in a file; the whole line counts where that is empty.
fn comment_mark(path: &str) -> Option<&'static str> {
    match path.rsplit_once('.')?.1 {
        "rs" => Some("//"),
        "sql" => Some("--"),
        "md" if !PUBLIC.contains(&path) => Some(""),
        _ => None,
    }
}

/// The rules with a heading of their own: `### R6 An entry balances`.
fn defined(text: &str) -> BTreeSet<&str> {
    let headings = text.lines().filter_map(|line| line.strip_prefix("### "));
    headings.filter_map(|heading| heading.split(' ').next()).filter(|word| is_rule(word)).collect()
}

/// The rules that comments name, with the number of their line.
fn cited<'a>(text: &'a str, comment: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    text.lines().enumerate().flat_map(move |(index, line)| {
        let from = line.find(comment).unwrap_or(line.len());
        let words = line[from..].split(|c: char| !c.is_alphanumeric() && c != '_');
        words.filter(|word| is_rule(word)).map(move |word| (index + 1, word))
    })
}

fn is_rule(word: &str) -> bool {
    word.strip_prefix('R').is_some_and(|digits| {
        (1..=3).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_found_in_comments_only() {
        let text =
            "let code = \"R1\"; // Keeps R6 and R7–R9,\n/// (R11), not R1234, R2D2 or UTF_R5.\nlet r = R3;";
        assert_eq!(cited(text, "//").collect::<Vec<_>>(), [(1, "R6"), (1, "R7"), (1, "R9"), (2, "R11")]);
        assert_eq!(cited("x R3", "").collect::<Vec<_>>(), [(1, "R3")]);
        assert_eq!(cited("x R3", "--").count(), 0);
    }

    #[test]
    fn headings_define_rules() {
        let text = "# R0 no\n### R6 An entry balances\nR7 no\n### Rounding\n";
        assert_eq!(defined(text).into_iter().collect::<Vec<_>>(), ["R6"]);
    }
}
