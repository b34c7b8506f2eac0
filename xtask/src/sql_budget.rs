//! Most SQL is one text for both engines; a second text is an exception, and exceptions have a budget.

use crate::Outcome;
use crate::tree::{Tree, without_tests};

/// Where statements are written.
const FOLDER: &str = "crates/infrastructure/src/persistence/";
/// A statement with one text.
const SHARED: &str = "Statement::new(";
/// A statement with a text for each engine.
const SPLIT: &str = "Statement::split(";
/// Largest share of split statements, in percent.
const SPLIT_PERCENT_MAX: usize = 15;

pub fn run(tree: &Tree) -> Result<Outcome, String> {
    let (mut shared, mut split) = (0, 0);
    for (_, text) in tree.rust(FOLDER) {
        for line in without_tests(&text) {
            let code = line.split("//").next().unwrap_or(line);
            shared += code.matches(SHARED).count();
            split += code.matches(SPLIT).count();
        }
    }
    Ok(judge(shared, split))
}

fn judge(shared: usize, split: usize) -> Outcome {
    let mut outcome = Outcome::default();
    let all = shared + split;
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
    fn the_budget_is_a_share() {
        assert!(judge(0, 0).findings.is_empty());
        assert!(judge(85, 15).findings.is_empty());
        assert_eq!(judge(84, 16).findings.len(), 1);
    }
}
