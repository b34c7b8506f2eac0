//! The problems of a configuration, all of them at once.

use std::fmt;

/// Exit code of a configuration that cannot be used (`EX_CONFIG`; GV14).
pub const EXIT_CONFIGURATION: u8 = 78;

/// Exit code of a server whose database or source of settings stayed away (`EX_UNAVAILABLE`).
pub const EXIT_UNAVAILABLE: u8 = 69;

/// One thing that is wrong: the key or file, what it is set to and by whom, and why that will not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Canonical key, or the name of a file that cannot be read.
    pub key: String,
    /// The value as it may be shown (redacted when secret) and the layer it comes from.
    pub given: Option<(String, String)>,
    pub reason: String,
}

impl Problem {
    pub fn new(key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { key: key.into(), given: None, reason: reason.into() }
    }

    #[must_use]
    pub fn given(mut self, value: impl Into<String>, layer: impl Into<String>) -> Self {
        self.given = Some((value.into(), layer.into()));
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.given {
            Some((value, layer)) => write!(f, "{} = '{value}' (from {layer}): {}", self.key, self.reason),
            None => write!(f, "{}: {}", self.key, self.reason),
        }
    }
}

/// Everything that is wrong, with a hint for somebody who only wants to try the product; the process ends with
/// [`EXIT_CONFIGURATION`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConfigErrors(pub Vec<Problem>, pub Option<&'static str>);

/// Why a server that was started without any setting refuses, and how to try it.
pub const TRY_IT: &str = "Nothing names the environment, so this is Production, where every service must be configured. To \
    try the product on this machine: ASPNETCORE_ENVIRONMENT=Development erp-api";

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.0.len() == 1 { "error" } else { "errors" };
        write!(f, "The configuration has {} {plural}:", self.0.len())?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  - {problem}"))?;
        self.1.map_or(Ok(()), |hint| write!(f, "\n{hint}"))
    }
}

impl ConfigErrors {
    /// In one line.
    pub fn listed(&self) -> String {
        self.0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }
}

impl std::error::Error for ConfigErrors {}

impl From<Problem> for ConfigErrors {
    fn from(problem: Problem) -> Self {
        Self(vec![problem], None)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    Information,
    Warning,
}

/// Something to log once logging is up: an old name, an unknown key, an adapter that stays off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub severity: Severity,
    pub text: String,
}

impl Notice {
    pub fn information(text: impl Into<String>) -> Self {
        Self { severity: Severity::Information, text: text.into() }
    }
    pub fn warning(text: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, text: text.into() }
    }
}
