//! The demands of accounts on the dimensions of their lines (R9).
//!
//! Among the rules for one dimension those with the most specific selector decide: one account before a code prefix, a longer
//! prefix before a shorter one, any prefix before all accounts. Blocked combinations add up; one is lifted by an allowed
//! combination of the same dimensions whose selector is more specific, or the same and its values lie below. A value in a
//! rule stands for the values below it, too. Broken rules are reported in the order in which the rules were made.

use super::{
    DIMENSION_COMBINATION_BLOCKED, DIMENSION_FIXED, DIMENSION_FORBIDDEN, DIMENSION_REQUIRED,
    DIMENSION_VALUE_IS_HEADING, DimensionCombination, DimensionTree,
};
use crate::accounting::account::AccountFacts;
use crate::error::Violation;
use crate::ids::{AccountId, DimensionId, DimensionRuleId, DimensionValueId};

/// Which accounts a rule is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountSelector {
    Account(AccountId),
    /// Every account whose code begins so.
    CodePrefix(String),
    All,
}

/// The demand of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DimensionRuleKind {
    /// A value must be given.
    Mandatory { dimension: DimensionId },
    /// This value or one below it must be given.
    Fixed { dimension: DimensionId, value: DimensionValueId },
    /// No value may be given.
    Forbidden { dimension: DimensionId },
    /// A value may be given or not: the exception to a rule with a less specific selector.
    Optional { dimension: DimensionId },
    /// These values may not all stand on one line.
    BlockedCombination { values: Vec<(DimensionId, DimensionValueId)> },
    /// These values may stand on one line: the exception to a blocked combination.
    AllowedCombination { values: Vec<(DimensionId, DimensionValueId)> },
}

/// Fewest values of a combination: one value alone is forbidden by not being there.
pub const COMBINATION_VALUES_MIN: usize = 2;

/// One rule of the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DimensionRule {
    pub id: DimensionRuleId,
    pub account: AccountSelector,
    pub kind: DimensionRuleKind,
    /// The codes people know, such as `PROJECT` or `BRANCH=RIYADH`: a message with ids helps nobody.
    pub label: String,
}

/// A rule as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DimensionRuleRecord {
    pub id: DimensionRuleId,
    pub account: AccountSelector,
    pub kind: DimensionRuleKind,
    pub active: bool,
    pub version: i64,
}

impl AccountSelector {
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Account(id) => Some(*id),
            Self::CodePrefix(_) | Self::All => None,
        }
    }

    pub fn code_prefix(&self) -> Option<&str> {
        match self {
            Self::CodePrefix(prefix) => Some(prefix),
            Self::Account(_) | Self::All => None,
        }
    }

    pub fn matches(&self, id: AccountId, code: &str) -> bool {
        match self {
            Self::Account(account) => *account == id,
            Self::CodePrefix(prefix) => code.starts_with(prefix.as_str()),
            Self::All => true,
        }
    }

    /// The larger one decides.
    pub fn specificity(&self) -> usize {
        match self {
            Self::Account(_) => usize::MAX,
            Self::CodePrefix(prefix) => 1 + prefix.chars().count(),
            Self::All => 0,
        }
    }
}

impl DimensionRuleKind {
    /// The word under which the kind is stored and sent.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Mandatory { .. } => "mandatory",
            Self::Fixed { .. } => "fixed",
            Self::Forbidden { .. } => "forbidden",
            Self::Optional { .. } => "optional",
            Self::BlockedCombination { .. } => "blocked_combination",
            Self::AllowedCombination { .. } => "allowed_combination",
        }
    }

    /// The dimension it asks about; none for combinations.
    pub fn dimension(&self) -> Option<DimensionId> {
        match self {
            Self::Mandatory { dimension }
            | Self::Fixed { dimension, .. }
            | Self::Forbidden { dimension }
            | Self::Optional { dimension } => Some(*dimension),
            Self::BlockedCombination { .. } | Self::AllowedCombination { .. } => None,
        }
    }

    /// The value it fixes.
    pub fn value(&self) -> Option<DimensionValueId> {
        match self {
            Self::Fixed { value, .. } => Some(*value),
            _ => None,
        }
    }

    /// Every value of a combination.
    pub fn values(&self) -> &[(DimensionId, DimensionValueId)] {
        match self {
            Self::BlockedCombination { values } | Self::AllowedCombination { values } => values,
            _ => &[],
        }
    }

    fn broken_by(&self, combination: &DimensionCombination, tree: &DimensionTree) -> bool {
        match self {
            Self::Mandatory { dimension } => combination.value(*dimension).is_none(),
            Self::Fixed { dimension, value } => {
                !combination.value(*dimension).is_some_and(|given| tree.covers(*value, given))
            }
            Self::Forbidden { dimension } => combination.value(*dimension).is_some(),
            Self::BlockedCombination { values } => all_stand_on(values, combination, tree),
            Self::Optional { .. } | Self::AllowedCombination { .. } => false,
        }
    }
}

/// Whether the line has each of the values, or one below it. No values at all stand on no line.
fn all_stand_on(
    values: &[(DimensionId, DimensionValueId)],
    line: &DimensionCombination,
    tree: &DimensionTree,
) -> bool {
    let stands = |(dimension, value): &(DimensionId, DimensionValueId)| {
        line.value(*dimension).is_some_and(|given| tree.covers(*value, given))
    };
    !values.is_empty() && values.iter().all(stands)
}

/// Whether an allowed combination is an exception to the blocked one, as far as selectors and values say.
pub(super) fn lifts(allowed: &DimensionRule, blocked: &DimensionRule, tree: &DimensionTree) -> bool {
    let DimensionRuleKind::AllowedCombination { values } = &allowed.kind else { return false };
    let of = |dimension: DimensionId| values.iter().find(|(d, _)| *d == dimension).map(|(_, value)| *value);
    let named = blocked.kind.values();
    if !named.iter().all(|(dimension, _)| of(*dimension).is_some()) {
        return false;
    }
    let (own, other) = (allowed.account.specificity(), blocked.account.specificity());
    let below = |(dimension, value): &(DimensionId, DimensionValueId)| {
        of(*dimension).is_some_and(|own| tree.covers(*value, own))
    };
    own > other || (own == other && named.iter().all(below) && *named != **values)
}

/// Every rule that a line on this account breaks and every heading among its values, each at `/dimensions`; nothing is
/// allocated when there is none.
pub fn check(
    account: &AccountFacts,
    combination: &DimensionCombination,
    rules: &[DimensionRule],
    tree: &DimensionTree,
) -> Vec<Violation> {
    let of_account = |rule: &&DimensionRule| rule.account.matches(account.id, &account.code);
    let overridden = |rule: &DimensionRule| {
        rules.iter().filter(of_account).any(|other| match rule.kind.dimension() {
            Some(dimension) => {
                other.kind.dimension() == Some(dimension)
                    && other.account.specificity() > rule.account.specificity()
            }
            None => lifts(other, rule, tree) && all_stand_on(other.kind.values(), combination, tree),
        })
    };
    let broken = rules
        .iter()
        .filter(of_account)
        .filter(|rule| rule.kind.broken_by(combination, tree) && !overridden(rule))
        .map(|rule| {
            let def = match rule.kind {
                DimensionRuleKind::Fixed { .. } => &DIMENSION_FIXED,
                DimensionRuleKind::Forbidden { .. } => &DIMENSION_FORBIDDEN,
                DimensionRuleKind::BlockedCombination { .. } => &DIMENSION_COMBINATION_BLOCKED,
                _ => &DIMENSION_REQUIRED,
            };
            Violation::new(def)
                .at("/dimensions")
                .with("account", &account.code)
                .with("dimension", &rule.label)
        });
    let headings = combination.pairs().iter().filter_map(|(_, value)| tree.heading(*value));
    let headings = headings
        .map(|label| Violation::new(&DIMENSION_VALUE_IS_HEADING).at("/dimensions").with("value", label));
    headings.chain(broken).collect()
}

#[cfg(test)]
mod tests;
