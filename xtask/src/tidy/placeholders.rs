//! Every placeholder of an error's text is filled where the error is raised: `{code}` says nothing to a reader.
//!
//! A function that raises an error has to name each placeholder of its text. What a caller fills in is listed.

use std::collections::{BTreeMap, BTreeSet};

use crate::Outcome;
use crate::tree::{Tree, without_tests};

/// Placeholders that the callers of a file fill in.
const FILLED_BY_CALLERS: &[(&str, &str)] = &[
    ("crates/application/src/accounting/imports/csv_rows.rs", "column"),
    ("crates/application/src/accounting/imports/csv_rows.rs", "row"),
    ("crates/domain/src/settlement/early_discount.rs", "number"),
];
const RAISED: [&str; 2] = ["Violation::new(&", "AppError::of(&"];

pub fn check(tree: &Tree, outcome: &mut Outcome) {
    let files: Vec<_> = tree.rust("crates/").filter(|(path, _)| path.contains("/src/")).collect();
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, text) in &files {
        for (name, placeholders) in definitions(&without_tests(text)) {
            texts.entry(name).or_default().extend(placeholders);
        }
    }
    for (path, text) in &files {
        for (name, missing) in unfilled(&without_tests(text), &texts) {
            if !FILLED_BY_CALLERS.contains(&(*path, missing.as_str())) {
                outcome
                    .finding(format!("{path}: {name} is raised and nothing fills {{{missing}}} of its text"));
            }
        }
    }
}

/// The errors that a file defines, with the placeholders of their texts.
fn definitions(lines: &[&str]) -> Vec<(String, BTreeSet<String>)> {
    let mut found: Vec<(String, BTreeSet<String>)> = Vec::new();
    let (mut within, mut open) = (false, false);
    for line in lines.iter().map(|line| line.trim()) {
        if line.contains("errors! {") {
            within = true;
        } else if line == "}" {
            (within, open) = (false, false);
        } else if within && !line.starts_with("//") {
            if let Some((name, _)) = line.split_once(" = \"").filter(|(name, _)| is_name(name)) {
                found.push((name.to_owned(), BTreeSet::new()));
                open = true;
            }
            if let Some((_, placeholders)) = found.last_mut().filter(|_| open) {
                placeholders.extend(placeholders_of(line));
            }
            open = open && !line.ends_with(';');
        }
    }
    found
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

fn placeholders_of(text: &str) -> Vec<String> {
    let inner = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(word, _)| word);
    inner
        .filter(|word| !word.is_empty() && word.chars().all(char::is_alphanumeric))
        .map(str::to_owned)
        .collect()
}

/// The errors that a function raises without naming a placeholder of their text.
fn unfilled(lines: &[&str], texts: &BTreeMap<String, BTreeSet<String>>) -> Vec<(String, String)> {
    let begins = |line: &&str| {
        line.trim_start()
            .split('(')
            .next()
            .is_some_and(|head| head.starts_with("fn ") || head.contains(" fn "))
            || visible(line)
    };
    let mut found = Vec::new();
    for function in lines.chunk_by(|_, next| !begins(next)) {
        let text = function.join("\n");
        for (at, raised) in RAISED.iter().flat_map(|raised| text.match_indices(raised)) {
            let rest = &text[at + raised.len()..];
            let path = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':').next();
            let name = path.and_then(|path| path.rsplit("::").next()).unwrap_or_default();
            let missing = texts.get(name).into_iter().flatten();
            let missing = missing.filter(|word| !text.contains(&format!("\"{word}\"")));
            found.extend(missing.map(|word| (name.to_owned(), word.clone())));
        }
    }
    found
}

/// `pub(crate) fn` and the like, whose bracket comes before the word.
fn visible(line: &str) -> bool {
    line.trim_start().strip_prefix("pub(").and_then(|rest| rest.split_once(')')).is_some_and(|(_, rest)| {
        [" fn ", " async fn ", " const fn "].iter().any(|head| rest.starts_with(head))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_that_nothing_fills_is_found_in_its_function() {
        let defined = "crate::errors! {\n    GONE = \"gone\", Rule, User,\n        \"No {thing} of {owner}.\", \"{thing} {owner}\";\n}";
        let texts: BTreeMap<_, _> = definitions(&defined.lines().collect::<Vec<_>>()).into_iter().collect();
        let filled =
            "pub(super) fn a() {\n    Violation::new(&GONE).with(\"thing\", 1).with(\"owner\", 2)\n}";
        assert!(unfilled(&filled.lines().collect::<Vec<_>>(), &texts).is_empty());
        let half = "fn a() {\n    x.with(\"owner\", 2)\n}\n\nfn b() {\n    AppError::of(&error::GONE).with(\"thing\", 1)\n}";
        let found = unfilled(&half.lines().collect::<Vec<_>>(), &texts);
        assert_eq!(found, [("GONE".to_owned(), "owner".to_owned())]);
    }
}
