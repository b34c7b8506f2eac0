//! Log levels as operators send and see them.

use std::collections::BTreeMap;

use application::platform::log_levels::SharedLevels;
use domain::error::{Violation, Violations};
use domain::time::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::request;
use crate::telemetry::{InForce, Level, LevelChange, LevelRules};
use crate::wire::{
    AN_OBJECT, Int, Pointer, REQUIRED, Schemas, TOO_MANY_ITEMS, UNKNOWN_WORD, WireType, quoted, string,
    wrong_type,
};

/// How long a change counts, in seconds: unless it says so itself, and at most.
pub const CHANGE_SECONDS_DEFAULT: i64 = 900;
pub const CHANGE_SECONDS_MAX: i64 = 86_400;
/// Sources with a level of their own in one change.
const OVERRIDES_MAX: usize = 100;
const WORDS: &str = "Verbose, Debug, Information, Warning, Error, Fatal";

request! {
    /// Log levels that override the configured ones for a limited time. They replace an earlier change.
    pub struct LogLevelBody {
        /// The least severe level that is logged for sources without a level of their own; by default the configured
        /// one.
        default: Option<Level> = "Debug",
        /// The level of each source and of everything below it, as in `Serilog:MinimumLevel:Override`.
        overrides: LevelOverrides => {},
        /// How many seconds the levels last.
        seconds: Int<1, CHANGE_SECONDS_MAX> => 900,
    }
}

impl LogLevelBody {
    /// The change; an empty one is refused, because nobody means it.
    pub fn change(&self) -> Result<LevelChange, Problem> {
        if self.default.is_none() && self.overrides.0.is_empty() {
            return Err(Violation::new(&REQUIRED).at("/default").into());
        }
        Ok(LevelChange { default: self.default, overrides: self.overrides.0.clone() })
    }
}

/// Any case, as in the configuration.
impl WireType for Level {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "enum": WORDS.split(", ").collect::<Vec<_>>() })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let text = string(value, at, errors)?;
        let level = Self::parse(text);
        if level.is_none() {
            let violation = Violation::new(&UNKNOWN_WORD).with("value", quoted(text)).with("allowed", WORDS);
            errors.push(violation.at(at.to_string()));
        }
        level
    }
}

/// Levels by source.
#[derive(Debug)]
pub struct LevelOverrides(Vec<(String, Level)>);

impl WireType for LevelOverrides {
    fn schema(schemas: &mut Schemas) -> Value {
        json!({ "type": "object", "maxProperties": OVERRIDES_MAX, "additionalProperties": <Level as WireType>::schema(schemas) })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let Value::Object(members) = value else { return wrong_type(AN_OBJECT, value, at, errors) };
        if members.len() > OVERRIDES_MAX {
            let violation =
                Violation::new(&TOO_MANY_ITEMS).with("max", OVERRIDES_MAX).with("count", members.len());
            errors.push(violation.at(at.to_string()));
            return None;
        }
        let read = |(source, level): (&String, &Value)| {
            let level = <Level as WireType>::parse(level, &at.member(source), errors)?;
            Some((source.clone(), level))
        };
        let levels: Vec<_> = members.iter().map(read).collect();
        levels.into_iter().collect::<Option<_>>().map(Self)
    }
}

/// Log levels as they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LevelsView {
    #[schema(example = "Information")]
    pub default: &'static str,
    /// The level of each source that has its own.
    pub overrides: BTreeMap<String, &'static str>,
}

impl From<&LevelRules> for LevelsView {
    fn from(rules: &LevelRules) -> Self {
        let overrides = rules.overrides().map(|(source, level)| (source.to_owned(), level.name())).collect();
        Self { default: rules.default_level().name(), overrides }
    }
}

/// The configured log levels, those in force in the process that answers, and when the latter end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogLevelView {
    pub configured: LevelsView,
    pub in_force: LevelsView,
    /// The moment at which the change of levels ends; null when the configured levels are in force.
    #[serde(serialize_with = "application::views::optional_timestamp")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub until: Option<Timestamp>,
}

impl From<InForce> for LogLevelView {
    fn from(now: InForce) -> Self {
        Self { configured: (&now.configured).into(), in_force: (&now.now).into(), until: now.until }
    }
}

/// For the other processes.
pub fn shared(change: &LevelChange) -> SharedLevels {
    let overrides = change.overrides.iter().map(|(source, level)| (source.clone(), level.name().to_owned()));
    SharedLevels {
        default: change.default.map(|level| level.name().to_owned()),
        overrides: overrides.collect(),
    }
}

/// As another process shared it. A level of a later version that is not known here is left out.
pub fn from_shared(levels: &SharedLevels) -> LevelChange {
    let overrides = levels.overrides.iter();
    LevelChange {
        default: levels.default.as_deref().and_then(Level::parse),
        overrides: overrides.filter_map(|(of, level)| Some((of.clone(), Level::parse(level)?))).collect(),
    }
}

/// `Debug, sqlx=Verbose`
pub fn told(change: &LevelChange) -> String {
    let default = change.default.map(|level| level.name().to_owned());
    let overrides = change.overrides.iter().map(|(source, level)| format!("{source}={}", level.name()));
    default.into_iter().chain(overrides).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_survives_being_shared() {
        let overrides = vec![("erp::sql".to_owned(), Level::Verbose)];
        let change = LevelChange { default: Some(Level::Debug), overrides };
        assert_eq!(from_shared(&shared(&change)), change);
        assert_eq!(told(&change), "Debug, erp::sql=Verbose");
    }
}
