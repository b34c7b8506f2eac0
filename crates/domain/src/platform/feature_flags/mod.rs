//! Feature flags as Microsoft's feature-management schema (version 2) describes them. Every client of a flag must come
//! to the same answer for the same person, so hash, order and boundaries are those of the schema's own libraries.

mod recurrence;
mod targeting;
mod time_window;
mod variants;

use crate::time::Timestamp;

pub use recurrence::{Pattern, Range, Recurrence, Weekly};
pub use targeting::{Audience, GroupRollout, Percentage, share};
pub use time_window::{TimeWindow, TimeWindowError};
pub use variants::{Allocation, GroupRule, PercentileRule, StatusOverride, UserRule, Variant};

/// A flag that is on or off for a caller, and what it is for them.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureFlag {
    pub id: String,
    /// Off for everyone if not.
    pub enabled: bool,
    pub requirement: Requirement,
    /// None = on for everyone.
    pub filters: Vec<Filter>,
    pub variants: Vec<Variant>,
    pub allocation: Option<Allocation>,
}

/// How many filters must let a caller pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Requirement {
    #[default]
    Any,
    All,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    AlwaysOn,
    /// Anew for every question.
    Percentage(f64),
    Targeting(Audience),
    TimeWindow(TimeWindow),
    /// Not known here, or with settings that make no sense: lets nobody pass.
    Closed,
}

/// The caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caller {
    pub user: Option<String>,
    pub groups: Vec<String>,
}

/// Why this variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The flag has no variants.
    NoVariants,
    DefaultWhenDisabled,
    DefaultWhenEnabled,
    User,
    Group,
    Percentile,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation<'a> {
    pub enabled: bool,
    pub variant: Option<&'a Variant>,
    pub reason: Reason,
}

impl FeatureFlag {
    /// A flag that is the same for everyone.
    pub fn simple(id: &str, enabled: bool) -> Self {
        Self {
            id: id.to_owned(),
            enabled,
            requirement: Requirement::Any,
            filters: Vec::new(),
            variants: Vec::new(),
            allocation: None,
        }
    }

    /// The state of the flag for this caller now. `draw` gives numbers from 0 to below 1 for percentages.
    pub fn evaluate(&self, caller: &Caller, now: Timestamp, draw: &mut dyn FnMut() -> f64) -> Evaluation<'_> {
        let enabled = self.enabled && self.passes(caller, now, draw);
        if self.variants.is_empty() {
            return Evaluation { enabled, variant: None, reason: Reason::NoVariants };
        }
        let (variant, reason) = self.variant(enabled, caller);
        let overridden = match variant.map(|variant| variant.status_override) {
            Some(StatusOverride::Enabled) if self.enabled => true,
            Some(StatusOverride::Disabled) if self.enabled => false,
            _ => enabled,
        };
        Evaluation { enabled: overridden, variant, reason }
    }

    fn passes(&self, caller: &Caller, now: Timestamp, draw: &mut dyn FnMut() -> f64) -> bool {
        if self.filters.is_empty() {
            return true;
        }
        let mut passes = |filter: &Filter| match filter {
            Filter::AlwaysOn => true,
            Filter::Percentage(value) => draw() * 100.0 < *value,
            Filter::Targeting(audience) => audience.has(caller, &self.id),
            Filter::TimeWindow(window) => window.contains(now),
            Filter::Closed => false,
        };
        match self.requirement {
            Requirement::Any => self.filters.iter().any(&mut passes),
            Requirement::All => self.filters.iter().all(&mut passes),
        }
    }

    fn variant(&self, enabled: bool, caller: &Caller) -> (Option<&Variant>, Reason) {
        let default = if enabled { Reason::DefaultWhenEnabled } else { Reason::DefaultWhenDisabled };
        let Some(allocation) = &self.allocation else { return (None, default) };
        let (name, reason) = match enabled {
            false => (allocation.default_when_disabled.as_deref(), default),
            true => match allocation.assigned(caller, &self.id) {
                Some((name, reason)) => (Some(name), reason),
                None => (allocation.default_when_enabled.as_deref(), default),
            },
        };
        (name.and_then(|name| self.variants.iter().find(|variant| variant.name == name)), reason)
    }
}

#[cfg(test)]
mod tests;
