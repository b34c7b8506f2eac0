//! Migrations of both engines go in step: the same numbers and names, without a gap.

use std::collections::BTreeSet;

use crate::Outcome;
use crate::tree::Tree;

const ENGINES: [&str; 2] = ["sqlite", "mssql"];

pub fn check(tree: &Tree, outcome: &mut Outcome) {
    let [sqlite, mssql] = ENGINES.map(|engine| {
        let folder = format!("migrations/{engine}/");
        let names = tree
            .paths
            .iter()
            .filter_map(|path| path.strip_prefix(&folder))
            .filter(|name| name.ends_with(".sql"));
        names.map(str::to_owned).collect::<BTreeSet<_>>()
    });
    outcome.findings.extend(problems(&sqlite, &mssql));
}

fn problems(sqlite: &BTreeSet<String>, mssql: &BTreeSet<String>) -> Vec<String> {
    let mut problems = Vec::new();
    let missing = |names: &BTreeSet<String>, others: &BTreeSet<String>, engine: &str| -> Vec<String> {
        names.difference(others).map(|name| format!("migrations/{engine}/{name} is missing")).collect()
    };
    problems.extend(missing(sqlite, mssql, "mssql"));
    problems.extend(missing(mssql, sqlite, "sqlite"));
    for (index, name) in sqlite.union(mssql).enumerate() {
        let expected = format!("{:04}_", index + 1);
        if !name.starts_with(&expected) {
            problems.push(format!("migrations: {name} should begin with {expected}"));
            break;
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_and_numbers_are_checked() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let both = names(&["0001_base.sql", "0002_ledger.sql"]);
        assert!(problems(&both, &both).is_empty());
        assert_eq!(problems(&both, &names(&["0001_base.sql"])).len(), 1);
        let gap = names(&["0001_base.sql", "0003_ledger.sql"]);
        assert_eq!(problems(&gap, &gap), ["migrations: 0003_ledger.sql should begin with 0002_"]);
    }
}
