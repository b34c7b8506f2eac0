//! Levels, and which source logs from which level on (GV5).

use tracing::Metadata;

/// Severity under the names operators configure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Verbose,
    Debug,
    Information,
    Warning,
    Error,
    Fatal,
}

impl Level {
    pub const ALL: [Self; 6] =
        [Self::Verbose, Self::Debug, Self::Information, Self::Warning, Self::Error, Self::Fatal];

    pub fn parse(text: &str) -> Option<Self> {
        Some(match text.trim().to_lowercase().as_str() {
            "verbose" | "trace" => Self::Verbose,
            "debug" => Self::Debug,
            "information" => Self::Information,
            "warning" => Self::Warning,
            "error" => Self::Error,
            "fatal" | "critical" => Self::Fatal,
            _ => return None,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Verbose => "Verbose",
            Self::Debug => "Debug",
            Self::Information => "Information",
            Self::Warning => "Warning",
            Self::Error => "Error",
            Self::Fatal => "Fatal",
        }
    }

    /// Three letters, as on the console.
    pub fn short(self) -> &'static str {
        match self {
            Self::Verbose => "VRB",
            Self::Debug => "DBG",
            Self::Information => "INF",
            Self::Warning => "WRN",
            Self::Error => "ERR",
            Self::Fatal => "FTL",
        }
    }
}

impl From<&tracing::Level> for Level {
    fn from(level: &tracing::Level) -> Self {
        match *level {
            tracing::Level::TRACE => Self::Verbose,
            tracing::Level::DEBUG => Self::Debug,
            tracing::Level::INFO => Self::Information,
            tracing::Level::WARN => Self::Warning,
            tracing::Level::ERROR => Self::Error,
        }
    }
}

/// First parts of Rust targets and the source names they go by in the configuration.
const SOURCES: [(&str, &str); 9] = [
    ("erp.lifetime", "Microsoft.Hosting.Lifetime"),
    ("axum", "Microsoft.AspNetCore"),
    ("hyper", "Microsoft.AspNetCore"),
    ("hyper_util", "Microsoft.AspNetCore"),
    ("tower", "Microsoft.AspNetCore"),
    ("tower_http", "Microsoft.AspNetCore"),
    ("h2", "Microsoft.AspNetCore"),
    ("tiberius", "Microsoft.EntityFrameworkCore"),
    ("mssql_client", "Microsoft.EntityFrameworkCore"),
];

/// The log of operators' actions on a running server. Its lines are written whatever the levels are: otherwise the
/// levels could be changed unseen.
pub const AUDIT: &str = "erp::audit";

/// The default level and the overrides of sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelRules {
    default: Level,
    overrides: Vec<Override>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Override {
    /// The source as it was given.
    shown: String,
    /// The source in lower case, with `.` between its parts.
    source: String,
    level: Level,
}

impl Override {
    fn new(shown: String, level: Level) -> Self {
        Self { source: shown.to_lowercase().replace("::", "."), shown, level }
    }
}

impl LevelRules {
    pub fn new(default: Level, overrides: impl IntoIterator<Item = (String, Level)>) -> Self {
        Self {
            default,
            overrides: overrides.into_iter().map(|(source, level)| Override::new(source, level)).collect(),
        }
    }

    pub fn default_level(&self) -> Level {
        self.default
    }

    /// Each source with a level of its own, as it was given.
    pub fn overrides(&self) -> impl Iterator<Item = (&str, Level)> {
        self.overrides.iter().map(|own| (own.shown.as_str(), own.level))
    }

    /// These rules with other levels above them.
    #[must_use]
    pub fn with(&self, change: &LevelChange) -> Self {
        let mut rules = self.clone();
        rules.default = change.default.unwrap_or(rules.default);
        for (shown, level) in &change.overrides {
            let new = Override::new(shown.clone(), *level);
            match rules.overrides.iter_mut().find(|own| own.source == new.source) {
                Some(own) => own.level = new.level,
                None => rules.overrides.push(new),
            }
        }
        rules
    }

    /// The least severe level logged for a Rust target (`hyper::proto`) or a source name
    /// (`Microsoft.Hosting.Lifetime`): that of the longest override it is equal to or below.
    pub fn level(&self, target: &str) -> Level {
        let own = target.to_lowercase().replace("::", ".");
        let mapped = SOURCES.iter().find(|(first, _)| is_at_or_below(&own, first));
        let mapped =
            mapped.map(|(first, source)| format!("{}{}", source.to_lowercase(), &own[first.len()..]));
        let names = [Some(own), mapped];
        let matching = self
            .overrides
            .iter()
            .filter(|own| names.iter().flatten().any(|name| is_at_or_below(name, &own.source)));
        matching.max_by_key(|own| own.source.len()).map_or(self.default, |own| own.level)
    }

    /// Whether an event or span of this level passes. `Fatal` has no level of its own in tracing: it is an error.
    pub fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == AUDIT
            || Level::from(metadata.level()) >= self.level(metadata.target()).min(Level::Error)
    }

    /// The most talkative level anything logs.
    pub(super) fn most_verbose(&self) -> Level {
        self.overrides.iter().map(|own| own.level).fold(self.default, Level::min)
    }
}

/// Levels that count above the configured ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LevelChange {
    pub default: Option<Level>,
    pub overrides: Vec<(String, Level)>,
}

fn is_at_or_below(name: &str, source: &str) -> bool {
    name.strip_prefix(source).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: J4, GV5.
    #[test]
    fn overrides_follow_the_most_specific_source() {
        let rules = LevelRules::new(
            Level::Information,
            [
                ("Microsoft".to_owned(), Level::Warning),
                ("Microsoft.Hosting.Lifetime".to_owned(), Level::Information),
                ("Microsoft.EntityFrameworkCore".to_owned(), Level::Warning),
            ],
        );
        for (source, level) in [
            ("Microsoft", Level::Warning),
            ("Microsoft.AspNetCore.Routing", Level::Warning),
            ("Microsoft.Hosting.Lifetime", Level::Information),
            ("microsoft.hosting.lifetime", Level::Information),
            ("Microsoft.Hosting.LifetimeX", Level::Warning),
            ("Microsoft.EntityFrameworkCore.Database.Command", Level::Warning),
            ("MicrosoftX", Level::Information),
            ("erp::lifetime", Level::Information),
            ("hyper::proto", Level::Warning),
            ("hyper_util::client", Level::Warning),
            ("tiberius::client", Level::Warning),
            ("erp::request", Level::Information),
        ] {
            assert_eq!(rules.level(source), level, "{source}");
        }
    }

    #[test]
    fn a_change_counts_above_the_rules_and_leaves_the_others() {
        let rules = LevelRules::new(
            Level::Information,
            [("Microsoft".to_owned(), Level::Warning), ("sqlx::query".to_owned(), Level::Error)],
        );
        let overrides = vec![("SQLX.query".to_owned(), Level::Verbose), ("erp".to_owned(), Level::Debug)];
        let changed = rules.with(&LevelChange { default: None, overrides: overrides.clone() });
        for (source, level) in [
            ("sqlx::query", Level::Verbose),
            ("Microsoft.X", Level::Warning),
            ("erp::request", Level::Debug),
            ("other", Level::Information),
        ] {
            assert_eq!(changed.level(source), level, "{source}");
        }
        assert_eq!(changed.overrides().count(), 3, "one source has one level");
        let default = rules.with(&LevelChange { default: Some(Level::Fatal), overrides });
        assert_eq!((default.level("other"), default.default_level()), (Level::Fatal, Level::Fatal));
    }

    #[test]
    fn rust_targets_can_be_named_too() {
        let rules = LevelRules::new(
            Level::Warning,
            [("Microsoft".to_owned(), Level::Error), ("mssql_client::query".to_owned(), Level::Verbose)],
        );
        assert_eq!(rules.level("mssql_client::query"), Level::Verbose);
        assert_eq!(rules.level("mssql_client::pool"), Level::Error);
        assert_eq!(rules.most_verbose(), Level::Verbose);
    }
}
