//! Settings from outside the process: a vault, a configuration service. A source gives one or more layers of the
//! configuration; the configuration itself decides which layer wins.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;

/// Text that may be a secret: it never appears in `Debug` output, and it has no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// One layer of settings. Later values of one key replace earlier ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsLayer {
    /// As shown by `config show`: `App Configuration (label Production)`.
    pub name: String,
    /// Keys are written with `:`.
    pub values: Vec<(String, SecretText)>,
}

/// A remote source of settings: Key Vault, App Configuration.
#[async_trait]
pub trait ConfigurationSource: Send + Sync {
    /// As shown by `config show`: `Key Vault https://…`.
    fn name(&self) -> String;

    /// All settings, `:`-separated keys, lowest precedence first; `None` = unchanged since the last call.
    async fn load(&self) -> Result<Option<Vec<SettingsLayer>>, ConfigurationSourceError>;

    /// How long the source wants to be left alone from now, because it failed; `None` = who asks decides.
    fn back_off(&self) -> Option<Duration> {
        None
    }
}

/// Why a source could not be read. The message is logged: it MUST NOT contain a secret or a value.
#[derive(Debug, Error)]
pub enum ConfigurationSourceError {
    /// The source did not answer, or answered that it cannot now; the next poll may succeed.
    #[error("cannot be reached: {0}")]
    Unavailable(String),
    /// The source knows this program and refuses it.
    #[error("refuses access: {0}")]
    Denied(String),
    /// The answer is not one that this kind of source sends.
    #[error("gave an answer that cannot be read: {0}")]
    Malformed(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_secret_does_not_show() {
        let values = vec![("ConnectionStrings:Redis".to_owned(), SecretText::new("r:1,password=sentinel"))];
        let shown = format!("{:?}", SettingsLayer { name: "Key Vault".to_owned(), values });
        assert!(shown.contains("[redacted]") && !shown.contains("sentinel"), "{shown}");
    }
}
