//! The walls between the modules of one crate, and no circles between its folders.
//!
//! Cargo keeps the crates apart; within a crate every file may name every other. What must not know each other there is
//! said in [`walls`], and what knows each other in a circle lies in one folder, as [`circles`] finds out.

mod circles;
mod paths;
mod source;
mod walls;

use std::collections::{BTreeMap, BTreeSet};

use self::paths::{Named, named};
use self::source::{Token, tokens, without_tests};
use crate::Outcome;
use crate::tree::Tree;

/// Where a file stands in the module tree of its crate: `["sql", "db"]`; the root is empty.
type Module = Vec<String>;

pub fn check(tree: &Tree, outcome: &mut Outcome) {
    let texts: Vec<_> = tree.rust("crates/").map(|(path, text)| (path.to_owned(), text)).collect();
    outcome.findings.extend(findings(&texts));
}

/// The findings in these files, each a path and its text.
fn findings(texts: &[(String, String)]) -> Vec<String> {
    let mut crates: BTreeMap<&str, Vec<File>> = BTreeMap::new();
    for (path, text) in texts {
        if let Some((root, module)) = place(path) {
            let tokens = tokens(text);
            crates.entry(root).or_default().push(File { path: path.clone(), module, tokens });
        }
    }
    // The business modules have the same names in all layers.
    let business = folders(crates.get("crates/domain/src/").map(Vec::as_slice).unwrap_or_default());
    let mut findings = Vec::new();
    for (root, files) in &crates {
        findings.extend(walls::broken(files, &business));
        findings.extend(circles::found(root, &program(files)));
    }
    findings
}

/// One file of a crate.
struct File {
    path: String,
    module: Module,
    tokens: Vec<Token>,
}

impl File {
    /// Every path of its own crate that it names, tests included.
    fn names(&self) -> Vec<Named> {
        named(&self.tokens, &self.module)
    }
}

/// The root of the crate's sources and the module that a file is: `crates/api/src/sql/mod.rs` is `sql`.
fn place(path: &str) -> Option<(&str, Module)> {
    let at = path.find("/src/")? + "/src/".len();
    let (root, inner) = path.split_at(at);
    let one_crate = root.split('/').count() == 4;
    // A binary is a crate of its own.
    if !one_crate || inner == "main.rs" || inner.starts_with("bin/") {
        return None;
    }
    let mut module: Module = inner.strip_suffix(".rs")?.split('/').map(str::to_owned).collect();
    if module == ["lib"] || module.last().is_some_and(|last| last == "mod") {
        module.pop();
    }
    Some((root, module))
}

/// The folders directly below the root of a crate.
fn folders(files: &[File]) -> BTreeSet<String> {
    let deep = files.iter().filter(|file| file.module.len() > 1 || file.path.ends_with("/mod.rs"));
    deep.filter_map(|file| file.module.first().cloned()).collect()
}

/// A file of the program and what it names, without its tests.
struct Source {
    path: String,
    module: Module,
    names: Vec<Named>,
}

/// The files that are the program: without those that only tests have, and without the tests in the others.
fn program(files: &[File]) -> Vec<Source> {
    let mut sources = Vec::new();
    let mut tests: Vec<Module> = Vec::new();
    for file in files {
        let (tokens, test_modules) = without_tests(&file.tokens);
        tests.extend(test_modules.into_iter().map(|name| [file.module.as_slice(), &[name]].concat()));
        let names = named(&tokens, &file.module);
        sources.push(Source { path: file.path.clone(), module: file.module.clone(), names });
    }
    sources.retain(|source| !tests.iter().any(|test| source.module.starts_with(test)));
    sources
}

#[cfg(test)]
mod tests;
