//! All flags of a configuration, from both places where they may be.

use domain::platform::feature_flags::FeatureFlag;
use serde_json::Value;

use super::ById;
use super::parse::{fields, flag, section_flag};
use super::tree::nested;

/// Flags of one process.
pub const FLAGS_MAX: usize = 1_000;
/// Longest id, in characters.
const ID_LENGTH_MAX: usize = 200;

/// The flags of a configuration.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FlagSet {
    flags: ById,
}

/// A flag, or a filter of one, that cannot be used as written. The flag is off, the filter lets nobody pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagProblem {
    pub flag: String,
    pub reason: String,
}

impl FlagSet {
    /// From settings below `FeatureManagement:` (`sections`: `Beta` = `true`, `Beta:EnabledFor:0:Name` = …) and below
    /// `feature_management:` (`schema`: `feature_flags:0:id` = …; the value of `feature_flags:{id}` may be the whole
    /// flag as JSON, as App Configuration gives it). The schema wins over sections, whole flags win over pieces.
    pub fn read<'a>(
        sections: impl IntoIterator<Item = (&'a str, &'a str)>,
        schema: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> (Self, Vec<FlagProblem>) {
        let mut set = Self::default();
        let mut problems = Vec::new();
        let sections: Vec<(&str, &str)> = sections.into_iter().collect();
        // A flag's own value counts before the values below it: this is how operators force one on or off.
        let own = |id: &str| {
            let found = sections.iter().find(|(key, _)| key.to_lowercase() == id.to_lowercase());
            found.filter(|(_, text)| is_word(text))
        };
        if let Value::Object(sections) = nested(sections.iter().copied()) {
            for (id, section) in &sections {
                let forced = own(id).map(|(_, text)| Value::String((*text).to_owned()));
                set.add(section_flag(id, forced.as_ref().unwrap_or(section), &mut problems), &mut problems);
            }
        }
        let schema = nested(schema);
        let given = fields(&schema).and_then(|fields| fields.get("feature_flags").copied());
        let (mut pieces, mut whole) = (Vec::new(), Vec::new());
        for (name, value) in members(given) {
            match value {
                Value::String(text) => match serde_json::from_str::<Value>(text) {
                    Ok(json @ Value::Object(_)) => whole.push((name, json)),
                    _ => problems.push(FlagProblem { flag: name, reason: "is not an object".to_owned() }),
                },
                other => pieces.push((name, other.clone())),
            }
        }
        for (name, json) in pieces.iter().chain(&whole) {
            match flag(json, &mut problems) {
                Some(flag) => set.add(flag, &mut problems),
                None => {
                    let name = name.replace("%3A", ":").replace("%25", "%");
                    problems.push(FlagProblem { flag: name, reason: "has no id".to_owned() });
                }
            }
        }
        (set, problems)
    }

    fn add(&mut self, flag: FeatureFlag, problems: &mut Vec<FlagProblem>) {
        let mut refuse = |reason: &str| {
            let id: String = flag.id.chars().take(ID_LENGTH_MAX).collect();
            problems.push(FlagProblem { flag: id, reason: reason.to_owned() });
        };
        let folded = flag.id.to_lowercase();
        if flag.id.chars().count() > ID_LENGTH_MAX || flag.id.contains([':', '%', '\n', '\r']) {
            refuse("its id is too long, or has ':', '%' or a line break");
        } else if self.flags.len() == FLAGS_MAX && !self.flags.contains_key(&folded) {
            refuse("there are too many flags");
        } else {
            self.flags.insert(folded, flag);
        }
    }

    /// By id, without regard to case.
    pub fn find(&self, id: &str) -> Option<&FeatureFlag> {
        self.flags.get(&id.to_lowercase())
    }
    pub fn iter(&self) -> impl Iterator<Item = &FeatureFlag> {
        self.flags.values()
    }
    pub fn is_empty(&self) -> bool {
        self.flags.is_empty()
    }
}

/// `true` or `false` in any case.
fn is_word(text: &str) -> bool {
    ["true", "false"].iter().any(|word| text.trim().eq_ignore_ascii_case(word))
}

fn members(value: Option<&Value>) -> Vec<(String, &Value)> {
    match value {
        Some(Value::Array(items)) => {
            items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect()
        }
        Some(Value::Object(object)) => object.iter().map(|(name, item)| (name.clone(), item)).collect(),
        _ => Vec::new(),
    }
}
