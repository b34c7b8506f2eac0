//! One event, ready to be written.

use domain::time::Timestamp;
use serde_json::Value;

use super::levels::Level;

/// An event with everything a renderer needs. Names are unique; the event's own come before those of its spans.
#[derive(Debug, Clone)]
pub struct Record {
    pub time: Timestamp,
    pub level: Level,
    /// The Rust target, such as `erp::request`.
    pub source: String,
    /// The message; `{Name}` and `{@Name}` stand for properties.
    pub template: String,
    pub properties: Vec<(String, Value)>,
    /// An error with its causes, one a line.
    pub exception: Option<String>,
}

impl Record {
    pub fn property(&self, name: &str) -> Option<&Value> {
        self.properties.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }
}

/// Properties every event gets.
#[derive(Debug, Clone, Default)]
pub struct Enrichers(pub Vec<(&'static str, String)>);

impl Enrichers {
    /// `MachineName`, `EnvironmentName` and `Application` (J2).
    pub fn standard(machine: impl Into<String>, environment: impl Into<String>) -> Self {
        let application = "ERP-API".to_owned();
        Self(vec![
            ("MachineName", machine.into()),
            ("EnvironmentName", environment.into()),
            ("Application", application),
        ])
    }
}
