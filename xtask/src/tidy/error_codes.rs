//! Each error code is defined once: clients tell errors by it.

use std::collections::BTreeMap;

use crate::Outcome;
use crate::tree::{Tree, without_tests};

pub fn check(tree: &Tree, outcome: &mut Outcome) {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for (path, text) in tree.rust("crates/") {
        for code in codes(&without_tests(&text)) {
            let good = code.starts_with(|c: char| c.is_ascii_lowercase())
                && code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            if !good {
                outcome.finding(format!("{path}: the error code '{code}' is not in snake_case"));
            }
            if let Some(other) = seen.insert(code.to_owned(), path.to_owned()) {
                outcome.finding(format!("{path}: the error code '{code}' is defined in {other} as well"));
            }
        }
    }
}

/// The codes in `errors!` blocks: `NAME = "code", …`.
fn codes<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let mut codes = Vec::new();
    let mut within = false;
    for line in lines {
        let code = line.trim_start();
        if code.starts_with("//") {
            continue;
        }
        if code.contains("errors! {") {
            within = true;
        } else if *line == "}" {
            within = false;
        } else if within
            && let Some((name, rest)) = code.split_once(" = \"")
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        {
            codes.extend(rest.split('"').next());
        }
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_in_their_blocks() {
        let text = "crate::errors! {\n    /// A = \"doc\"\n    A_B = \"a_b\", Rule, User,\n        \"x\", \"y\";\n}\nC = \"c\"";
        assert_eq!(codes(&text.lines().collect::<Vec<_>>()), ["a_b"]);
    }
}
