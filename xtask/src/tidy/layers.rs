//! The dependency rule of the architecture: which crate may be named where.

use crate::Outcome;
use crate::tree::Tree;

/// A crate and the folders that may name it.
struct Rule {
    crates: &'static [&'static str],
    allowed: &'static [&'static str],
    reason: &'static str,
}

const RULES: [Rule; 13] = [
    Rule {
        crates: &["rusqlite", "mssql_client", "tiberius"],
        allowed: &["crates/infrastructure/src/sql", "crates/infrastructure/tests/"],
        reason: "only infrastructure/src/sql knows the engines",
    },
    Rule {
        crates: &["redis"],
        allowed: &["crates/infrastructure/src/cache"],
        reason: "only infrastructure/src/cache knows the client",
    },
    Rule {
        crates: &["axum", "tower_http"],
        allowed: &["crates/api/", "crates/testkit/", "crates/erp-stubs/"],
        reason: "HTTP belongs to api",
    },
    Rule {
        crates: &["http", "hyper", "reqwest"],
        allowed: &["crates/api/", "crates/infrastructure/", "crates/testkit/", "crates/erp-stubs/"],
        reason: "domain and application do not know the wire",
    },
    Rule {
        crates: &["signals"],
        allowed: &["crates/signals/", "crates/infrastructure/", "crates/api/"],
        reason: "domain and application do not know that they are measured",
    },
    Rule {
        crates: &["opentelemetry_proto", "prost"],
        allowed: &["crates/infrastructure/src/telemetry/", "crates/erp-stubs/"],
        reason: "only infrastructure/src/telemetry knows the protocol",
    },
    Rule {
        crates: &["tracing"],
        allowed: &[
            "crates/application/",
            "crates/infrastructure/",
            "crates/api/",
            "crates/signals/",
            "crates/testkit/",
            "crates/erp-stubs/",
            "xtask/",
        ],
        reason: "the domain is pure: no async, no I/O, no wire formats",
    },
    Rule {
        crates: &["tokio", "serde_json", "serde", "async_trait", "futures"],
        allowed: &[
            "crates/application/",
            "crates/infrastructure/",
            "crates/api/",
            "crates/testkit/",
            "crates/erp-stubs/",
            "xtask/",
        ],
        reason: "the domain is pure: no async, no I/O, no wire formats",
    },
    Rule {
        crates: &["infrastructure"],
        allowed: &[
            "crates/infrastructure/",
            "crates/api/src/bootstrap",
            "crates/api/src/main.rs",
            "crates/api/src/tests/",
            "crates/api/tests/",
            "crates/testkit/",
        ],
        reason: "only the bootstrap sees the adapters",
    },
    Rule {
        crates: &["erp_api"],
        allowed: &["crates/api/src/main.rs", "crates/api/tests/", "crates/testkit/"],
        reason: "nothing is built on the edge",
    },
    Rule {
        crates: &["azure_core", "azure_identity", "azure_security_keyvault_secrets"],
        allowed: &["crates/infrastructure/src/secrets/"],
        reason: "only infrastructure/src/secrets knows the cloud's clients",
    },
    Rule {
        crates: &["erp_stubs"],
        allowed: &[
            "crates/erp-stubs/",
            "crates/api/tests/",
            "crates/infrastructure/tests/",
            "crates/testkit/",
        ],
        reason: "stubs are for tests",
    },
    Rule {
        crates: &["testkit"],
        allowed: &[
            "crates/testkit/",
            "crates/api/tests/",
            "crates/infrastructure/tests/",
            "crates/application/tests/",
        ],
        reason: "the test kit is for tests",
    },
];

pub fn check(tree: &Tree, outcome: &mut Outcome) {
    for (path, text) in tree.rust("crates/") {
        for (number, name, reason) in violations(path, &text) {
            outcome.finding(format!("{path}:{number}: names `{name}`: {reason}"));
        }
    }
}

fn violations<'a>(
    path: &'a str,
    text: &'a str,
) -> impl Iterator<Item = (usize, &'static str, &'static str)> + 'a {
    let rules =
        RULES.iter().filter(move |rule| !rule.allowed.iter().any(|allowed| path.starts_with(allowed)));
    rules.flat_map(move |rule| {
        rule.crates.iter().flat_map(move |name| {
            let lines = text.lines().enumerate().filter(move |(_, line)| names(line, name));
            lines.map(move |(index, _)| (index + 1, *name, rule.reason))
        })
    })
}

/// Whether a line of code uses the crate: `use name…` or a path that begins with it.
fn names(line: &str, name: &str) -> bool {
    let code = line.split("//").next().unwrap_or(line);
    let part = |character: char| character.is_alphanumeric() || character == '_';
    code.match_indices(name).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + name.len()..]);
        let starts = !before.ends_with(part) && !before.ends_with("::") && !before.ends_with(['.', '"']);
        let used =
            after.starts_with("::") || (before.trim_end().ends_with("use") && after.starts_with([';', ' ']));
        starts && used
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_are_recognised_in_code_only() {
        for line in
            ["use rusqlite::Row;", "    let p = rusqlite::open();", "pub use rusqlite;", "Vec<rusqlite::Row>"]
        {
            assert!(names(line, "rusqlite"), "{line}");
        }
        for line in [
            "// rusqlite::Row",
            "my_rusqlite::x",
            "crate::rusqlite::x",
            "let rusqlite = 1;",
            "\"rusqlite::query\"",
        ] {
            assert!(!names(line, "rusqlite"), "{line}");
        }
        assert_eq!(violations("crates/domain/src/a.rs", "use tokio::fs;\nuse chrono::Utc;").count(), 1);
        assert_eq!(
            violations("crates/infrastructure/src/sql/sqlite/reader.rs", "use rusqlite::Row;").count(),
            0
        );
        assert_eq!(violations("crates/infrastructure/src/cache.rs", "use rusqlite::Row;").count(), 1);
    }
}
