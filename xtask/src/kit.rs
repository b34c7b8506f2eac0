//! `cargo xtask kit`: what a resource costs: lines, files, places shared with others, and how much of it stands elsewhere, too.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use crate::Outcome;
use crate::tree::{Tree, without_tests};

#[derive(Args)]
pub struct Options {
    /// Another checkout to measure, such as one of an earlier commit
    #[arg(long)]
    tree: Option<PathBuf>,
}

/// Resources by singular and plural, as files and folders are called.
const RESOURCES: [(&str, &str); 12] = [
    ("account", "accounts"),
    ("api_key", "api_keys"),
    ("currency", "currencies"),
    ("dimension", "dimensions"),
    ("dimension_rule", "dimension_rules"),
    ("exchange_rate", "exchange_rates"),
    ("journal", "journals"),
    ("lock_exception", "lock_exceptions"),
    ("number_series", "number_series"),
    ("recurring_entry", "recurring_entries"),
    ("role", "roles"),
    ("user", "users"),
];

/// Files that list resources: an edit there is one that all resources share.
const LISTS: [&str; 12] = [
    "mod.rs",
    "lib.rs",
    "state.rs",
    "ids.rs",
    "value.rs",
    "number.rs",
    "unit_of_work.rs",
    "permissions.rs",
    "entity.rs",
    "registry.rs",
    "reference_tables.rs",
    "constraints.rs",
];

/// Shorter lines, such as a closing bracket, are alike everywhere.
const LIKE_BYTES_MIN: usize = 12;

struct Resource {
    files: BTreeSet<String>,
    lines: Vec<String>,
    shared: BTreeSet<String>,
    shared_lines: usize,
}

pub fn kit(tree: &Tree, options: &Options) -> Result<Outcome, String> {
    let other = options.tree.as_ref().map(|root| Tree::at(root.clone())).transpose()?;
    let tree = other.as_ref().unwrap_or(tree);
    let sources: Vec<(&str, String)> =
        tree.rust("crates/").filter(|(path, _)| path.contains("/src/") && !path.contains("/tests")).collect();
    let measured: Vec<Resource> = RESOURCES.iter().map(|names| measure(*names, &sources)).collect();
    let mut seen: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (index, resource) in measured.iter().enumerate() {
        for line in resource.lines.iter().filter(|line| line.len() >= LIKE_BYTES_MIN) {
            seen.entry(line).or_default().insert(index);
        }
    }
    let mut text = String::from(
        "| resource | files | lines | lists edited | lines there | alike |\n|---|---|---|---|---|---|\n",
    );
    for (resource, (_, name)) in measured.iter().zip(RESOURCES) {
        let long: Vec<_> = resource.lines.iter().filter(|line| line.len() >= LIKE_BYTES_MIN).collect();
        let alike = long.iter().filter(|line| seen[line.as_str()].len() > 1).count();
        let part = if long.is_empty() { 0 } else { 100 * alike / long.len() };
        let _ = writeln!(
            text,
            "| {name} | {} | {} | {} | {} | {part} % |",
            resource.files.len(),
            resource.lines.len(),
            resource.shared.len(),
            resource.shared_lines
        );
    }
    let all: usize = sources.iter().map(|(_, text)| code(text).count()).sum();
    let _ = writeln!(text, "\nLines of the program without tests, comments and empty ones: {all}");
    Ok(Outcome { text, ..Outcome::default() })
}

/// The lines that say something: no comments, nothing empty, no test module.
fn code(text: &str) -> impl Iterator<Item = String> {
    let lines = without_tests(text).into_iter().map(|line| line.trim().to_owned());
    lines.filter(|line| !line.is_empty() && !line.starts_with("//")).collect::<Vec<_>>().into_iter()
}

fn measure((one, many): (&str, &str), sources: &[(&str, String)]) -> Resource {
    let mut resource =
        Resource { files: BTreeSet::new(), lines: Vec::new(), shared: BTreeSet::new(), shared_lines: 0 };
    let camel = camel(one);
    for (path, text) in sources {
        let own = path.trim_end_matches(".rs").split('/').any(|part| part == one || part == many);
        if own {
            resource.files.insert((*path).to_owned());
            resource.lines.extend(code(text).map(|line| neutral(&line, one, many, &camel)));
            continue;
        }
        let list = path.rsplit('/').next().is_some_and(|name| LISTS.contains(&name));
        let lines = code(text).filter(|line| list && names(line, one, many, &camel)).count();
        if lines > 0 {
            resource.shared.insert((*path).to_owned());
            resource.shared_lines += lines;
        }
    }
    resource
}

/// Whether a line names the resource: `journal`, `journals` or a type that begins with `Journal` and is not of another.
fn names(line: &str, one: &str, many: &str, camel: &str) -> bool {
    let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.into_iter().any(|word| {
        let kind = ["", "Id", "Repository", "Queries", "View", "Record"]
            .iter()
            .any(|ending| word.strip_suffix(ending).is_some_and(|word| word == camel));
        word == one || word == many || kind
    })
}

/// The line with the resource's name taken out, so that lines of two resources can be compared.
fn neutral(line: &str, one: &str, many: &str, camel: &str) -> String {
    let upper = (one.to_uppercase(), many.to_uppercase());
    let line = line.replace(many, "R").replace(one, "R").replace(camel, "R");
    line.replace(&upper.1, "R").replace(&upper.0, "R")
}

fn camel(snake: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
    };
    snake.split('_').map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_found_by_its_files_and_by_the_lists_that_name_it() {
        let sources = [
            ("crates/a/src/journals/mod.rs", "// no code\nstruct Journal;\n\nfn f() {}\n".to_owned()),
            ("crates/a/src/mod.rs", "pub mod journals;\npub mod journal_entries;\nJournalId;\n".to_owned()),
            ("crates/a/src/other.rs", "journals\n".to_owned()),
        ];
        let journal = measure(("journal", "journals"), &sources);
        assert_eq!((journal.files.len(), journal.lines.len()), (1, 2));
        assert_eq!((journal.shared.len(), journal.shared_lines), (1, 2));
        assert_eq!(journal.lines[0], "struct R;");
        assert_eq!(camel("journal_entry"), "JournalEntry");
    }
}
