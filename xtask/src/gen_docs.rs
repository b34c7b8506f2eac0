//! The generated documents: the repository holds the output of the binary and the proofs of the tests.

use std::process::Command;

use crate::tree::Tree;
use crate::{Outcome, requirements};

/// A document and the arguments that print it.
const DOCUMENTS: [(&str, &[&str]); 5] = [
    ("deploy/config/appsettings.schema.json", &["config", "schema"]),
    ("docs/CONFIG.md", &["config", "reference"]),
    ("docs/ERRORS.md", &["errors"]),
    ("docs/METRICS.md", &["metrics"]),
    ("docs/openapi.json", &["openapi"]),
];
/// The document made of the annotations of tests.
const REQUIREMENTS: &str = "docs/REQUIREMENTS.md";

pub fn run(tree: &Tree, check: bool) -> Result<Outcome, String> {
    let mut outcome = Outcome::default();
    match requirements::document(tree) {
        Ok(text) => keep(tree, REQUIREMENTS, text.as_bytes(), check, &mut outcome)?,
        Err(faults) => outcome.findings.extend(faults),
    }
    for (path, arguments) in DOCUMENTS {
        keep(tree, path, &printed(tree, arguments)?, check, &mut outcome)?;
    }
    Ok(outcome)
}

fn keep(tree: &Tree, path: &str, text: &[u8], check: bool, outcome: &mut Outcome) -> Result<(), String> {
    let file = tree.root.join(path);
    if std::fs::read(&file).is_ok_and(|current| current == text) {
        return Ok(());
    }
    if check {
        outcome.finding(format!("{path} is out of date: run `cargo xtask gen`"));
    } else {
        std::fs::write(&file, text).map_err(|error| format!("{path}: {error}"))?;
        outcome.remark(format!("{path} written"));
    }
    Ok(())
}

fn printed(tree: &Tree, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let what = format!("erp-api {}", arguments.join(" "));
    let output = Command::new(cargo)
        .args(["run", "-q", "-p", "erp-api", "--"])
        .args(arguments)
        .current_dir(&tree.root)
        .output()
        .map_err(|error| format!("{what}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{what}: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    if output.stdout.is_empty() {
        return Err(format!("{what} printed nothing"));
    }
    Ok(output.stdout)
}
