//! Connection strings: which adapter they choose, and what this build can serve.

use std::path::{Path, PathBuf};

use super::environment::Environment;
use super::error::{Notice, Problem};
use super::reader::Reader;
use super::registry::{self as keys, KeyDef};

/// File of the embedded database in the data folder.
pub const DATABASE_FILE: &str = "erp.db";

/// The file of the embedded database; whatever else is configured is a problem.
pub fn database_file(reader: &mut Reader<'_>, data_directory: &Path) -> PathBuf {
    let default = data_directory.join(DATABASE_FILE);
    let def = &keys::DEFAULT_CONNECTION;
    let Some(text) = reader.optional(def) else {
        if !reader.environment().is_development() {
            let reason = format!(
                "is required in {}; write Provider=Sqlite;Data Source=<file> for the embedded engine",
                reader.environment()
            );
            reader.report(Problem::new(def.key, reason));
        }
        return default;
    };
    match sqlite_file(&text) {
        Ok(path) => {
            if !reader.environment().is_development() {
                reader.notice(Notice::warning(format!(
                    "{} chooses the embedded engine in {}.",
                    def.key,
                    reader.environment()
                )));
            }
            path
        }
        Err(reason) => {
            reader.reject(def, reason);
            default
        }
    }
}

/// Parses `Provider=Sqlite;Data Source=<file>`, keywords in any case and order.
fn sqlite_file(text: &str) -> Result<PathBuf, String> {
    let mut provider = None;
    let mut file = None;
    let mut unknown = None;
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let Some((keyword, value)) = part.split_once('=') else {
            return Err("is not a connection string: a part has no '='".to_owned());
        };
        let value = value.trim().trim_matches('"');
        match keyword.trim().to_lowercase().as_str() {
            "provider" => provider = Some(value),
            "data source" | "datasource" | "filename" => file = Some(value),
            _ => unknown = unknown.or(Some(keyword.trim())),
        }
    }
    match provider {
        Some(name) if name.eq_ignore_ascii_case("sqlite") => {}
        Some(name) => return Err(format!("names the provider '{name}', but this build has only Sqlite")),
        None => {
            return Err("is a SQL Server connection string, and this build has no SQL Server driver; write \
                        Provider=Sqlite;Data Source=<file> for the embedded engine"
                .to_owned());
        }
    }
    match (unknown, file) {
        (Some(keyword), _) => {
            Err(format!("has the unknown keyword '{keyword}' (known: Provider, Data Source)"))
        }
        (None, None | Some("")) => Err("has no Data Source".to_owned()),
        (None, Some(":memory:")) => Err("keeps the books in memory; name a file".to_owned()),
        (None, Some(file)) => Ok(PathBuf::from(file)),
    }
}

/// A service outside the process: its key, what its embedded stand-in is called, and how to ask for that outright.
struct Service {
    def: &'static KeyDef,
    embedded: &'static str,
    explicit: Option<&'static str>,
    /// Whether running without it outside Development is worth a warning.
    expected: bool,
    /// Whether this build can talk to it; what the string says is read where the adapter is made.
    served: bool,
}

static SERVICES: [Service; 6] = [
    Service {
        def: &keys::REDIS,
        embedded: "the cache is in this process",
        explicit: Some("memory://"),
        expected: true,
        served: false,
    },
    Service {
        def: &keys::AZURE_STORAGE,
        embedded: "files are kept in the data folder",
        explicit: None,
        expected: true,
        served: true,
    },
    Service {
        def: &keys::KEY_VAULT,
        embedded: "secrets come from the environment and files",
        explicit: None,
        expected: true,
        served: false,
    },
    Service {
        def: &keys::APP_CONFIG,
        embedded: "settings come from the JSON files",
        explicit: None,
        expected: true,
        served: false,
    },
    Service {
        def: &keys::APPLICATION_INSIGHTS,
        embedded: "telemetry stays on the console",
        explicit: None,
        expected: true,
        served: false,
    },
    Service {
        def: &keys::SEQ,
        embedded: "logs stay on the console",
        explicit: None,
        expected: false,
        served: false,
    },
];

/// Says which services stay embedded, and refuses those this build cannot talk to: silently using another adapter
/// than the one configured would lose data where nobody looks.
pub fn services(reader: &mut Reader<'_>) {
    let development = reader.environment() == Environment::Development;
    let mut idle = Vec::new();
    for service in &SERVICES {
        match reader.optional(service.def) {
            None if development || !service.expected => {
                idle.push(format!("{} ({})", service.embedded, service.def.key));
            }
            None => reader.notice(Notice::warning(format!(
                "{} is not set in {}: {}.",
                service.def.key,
                reader.environment(),
                service.embedded
            ))),
            Some(value) if service.explicit.is_some_and(|scheme| value.trim() == scheme) => {}
            Some(_) if service.served => {}
            Some(_) => {
                let known = service.explicit.map_or(String::new(), |scheme| format!(" or write {scheme}"));
                let reason = format!(
                    "this build has no adapter for it; leave it out{known} so that {}",
                    service.embedded
                );
                reader.reject(service.def, reason);
            }
        }
    }
    if !idle.is_empty() {
        reader.notice(Notice::information(format!("Embedded: {}.", idle.join("; "))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_strings_choose_the_engine() {
        let file = sqlite_file(" provider = SQLite ; Data Source = \"/srv/books.db\" ;").unwrap();
        assert_eq!(file, Path::new("/srv/books.db"));
        for (text, part) in [
            ("Server=localhost;Database=ErpDev;User Id=sa;Password=hush", "no SQL Server driver"),
            ("Provider=Sqlite", "no Data Source"),
            ("Provider=Sqlite;Data Source=a;Frobnicate=1", "'Frobnicate'"),
            ("Provider=Oracle;Data Source=a", "'Oracle'"),
            ("nonsense", "no '='"),
        ] {
            let reason = sqlite_file(text).unwrap_err();
            assert!(reason.contains(part) && !reason.contains("hush"), "{reason}");
        }
    }
}
