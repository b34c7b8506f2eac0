//! Walls between parts of a crate that must not name each other.

use std::collections::BTreeSet;

use super::File;

/// The modules that a wall keeps out.
enum Out {
    /// One module of the crate with all below it.
    Module(&'static str),
    /// Every business module, unless the files belong to it.
    Business,
    /// Everything of the crate but the file itself.
    Everything,
}

/// The files whose path begins so must not name what the wall keeps out.
struct Wall {
    within: &'static [&'static str],
    out: Out,
    reason: &'static str,
}

const WALLS: [Wall; 5] = [
    Wall {
        within: &["crates/application/src/ports/"],
        out: Out::Business,
        reason: "the ports that all modules share know none of them",
    },
    Wall {
        within: &["crates/application/src/platform/"],
        out: Out::Business,
        reason: "the platform carries the modules and knows none of them",
    },
    Wall {
        within: &["crates/infrastructure/src/sql/"],
        out: Out::Module("persistence"),
        reason: "the engines do not know what is stored with them",
    },
    Wall {
        within: &["crates/api/src/problem/", "crates/api/src/problem.rs", "crates/api/src/state.rs"],
        out: Out::Module("routes"),
        reason: "what every operation needs knows no operation",
    },
    Wall {
        within: &["crates/domain/src/error.rs"],
        out: Out::Everything,
        reason: "how errors are told knows none of them",
    },
];

/// Every place where one of the files breaks a wall. `business` are the names of the business modules.
pub fn broken(files: &[File], business: &BTreeSet<String>) -> Vec<String> {
    let mut findings = Vec::new();
    for file in files {
        for wall in WALLS.iter().filter(|wall| wall.within.iter().any(|path| file.path.starts_with(path))) {
            for named in file.names() {
                let Some(first) = named.path.first() else { continue };
                let own = file.module.first() == Some(first);
                let refused = match wall.out {
                    Out::Module(module) => first == module,
                    Out::Business => !own && business.contains(first),
                    Out::Everything => !own,
                };
                if refused {
                    let (line, path) = (named.line, named.path.join("::"));
                    findings.push(format!("{}:{line}: names `crate::{path}`: {}", file.path, wall.reason));
                }
            }
        }
    }
    findings
}
