//! Most SQL is one text for both engines; a second text is an exception, and exceptions have a budget.

use crate::Outcome;
use crate::tree::{Tree, without_tests};

/// The folder of the statements.
const FOLDER: &str = "crates/infrastructure/src/persistence/";
/// Begins a block of statements; each of its lines `NAME = "name": …` is one.
const BLOCK: &str = "statements! {";
/// Begins the second text of a statement.
const SPLIT: &str = "mssql: ";
/// Largest share of split statements, in percent.
const SPLIT_PERCENT_MAX: usize = 15;

pub fn run(tree: &Tree) -> Result<Outcome, String> {
    let (mut all, mut split) = (0, 0);
    for (_, text) in tree.rust(FOLDER) {
        let mut in_block = false;
        for line in without_tests(&text) {
            let code = line.split("//").next().unwrap_or(line);
            in_block = (in_block || code.starts_with(BLOCK)) && !code.starts_with('}');
            all += usize::from(in_block && declares(code));
            split += usize::from(in_block && code.contains(SPLIT));
        }
    }
    Ok(judge(all, split))
}

/// `    NAME = "module.resource.what": …`
fn declares(code: &str) -> bool {
    let name = code.trim_start().split_once(" = \"").map_or("", |(name, _)| name);
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

fn judge(all: usize, split: usize) -> Outcome {
    let mut outcome = Outcome::default();
    let text = format!("{split} of {all} statements have a text for each engine");
    if split * 100 > all * SPLIT_PERCENT_MAX {
        outcome.finding(format!("{text}; at most {SPLIT_PERCENT_MAX} % may"));
    } else {
        outcome.remark(text);
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_told_from_their_continuation() {
        assert!(declares(r#"    FIND = "accounting.account.find": "SELECT 1";"#));
        assert!(declares(r#"    LOCKS = "accounting.facts.locks" as reference:"#));
        assert!(!declares(r#"        "SELECT code FROM account WHERE kind = \"x\"";"#));
    }

    #[test]
    fn the_budget_is_a_share() {
        assert!(judge(0, 0).findings.is_empty());
        assert!(judge(100, 15).findings.is_empty());
        assert_eq!(judge(100, 16).findings.len(), 1);
    }
}
