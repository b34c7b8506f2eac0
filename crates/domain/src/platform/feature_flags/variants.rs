//! Variants: several things a flag can be, and who gets which.

use super::targeting::{Percentage, share, within};
use super::{Caller, Reason};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    pub name: String,
    /// JSON, as configured.
    pub configuration: Option<String>,
    pub status_override: StatusOverride,
}

/// Whether getting the variant turns the flag on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StatusOverride {
    #[default]
    None,
    Enabled,
    Disabled,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRule {
    pub variant: String,
    pub users: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRule {
    pub variant: String,
    pub groups: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PercentileRule {
    pub variant: String,
    pub from: Percentage,
    pub to: Percentage,
}

/// The first rule that fits decides: users, then groups, then percentiles.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Allocation {
    pub default_when_enabled: Option<String>,
    pub default_when_disabled: Option<String>,
    pub users: Vec<UserRule>,
    pub groups: Vec<GroupRule>,
    pub percentiles: Vec<PercentileRule>,
    /// Flags with the same seed share their percentiles.
    pub seed: Option<String>,
}

impl Allocation {
    pub(super) fn assigned(&self, caller: &Caller, flag: &str) -> Option<(&str, Reason)> {
        let user = caller.user.as_ref();
        if let Some(rule) = self.users.iter().find(|rule| user.is_some_and(|user| rule.users.contains(user)))
        {
            return Some((&rule.variant, Reason::User));
        }
        let in_any = |groups: &[String]| caller.groups.iter().any(|group| groups.contains(group));
        if let Some(rule) = self.groups.iter().find(|rule| in_any(&rule.groups)) {
            return Some((&rule.variant, Reason::Group));
        }
        let user = user.map_or("", String::as_str);
        let place = match &self.seed {
            Some(seed) => share(&format!("{user}\n{seed}")),
            None => share(&format!("{user}\nallocation\n{flag}")),
        };
        let rule = self.percentiles.iter().find(|rule| within(place, rule.from.value(), rule.to.value()))?;
        Some((&rule.variant, Reason::Percentile))
    }
}
