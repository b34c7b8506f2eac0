//! Rules that no line could keep together.

use super::rule::lifts;
use super::{AccountSelector, DimensionRule, DimensionRuleKind, DimensionTree};
use crate::ids::{AccountId, DimensionId, DimensionValueId};

/// The rule among `others` that contradicts `new`: both decide for the same accounts, and no line could keep both, or one
/// makes the other pointless. `code_of` knows the codes of accounts that rules name.
pub fn contradiction<'a>(
    new: &DimensionRule,
    others: &'a [DimensionRule],
    tree: &DimensionTree,
    code_of: &dyn Fn(AccountId) -> Option<String>,
) -> Option<&'a DimensionRule> {
    let direct =
        others.iter().find(|other| other.account == new.account && clash(&new.kind, &other.kind, tree));
    direct.or_else(|| blocked_for_ever(new, others, tree, code_of))
}

/// Two rules with the same selector.
fn clash(new: &DimensionRuleKind, other: &DimensionRuleKind, tree: &DimensionTree) -> bool {
    use DimensionRuleKind::{AllowedCombination, BlockedCombination, Fixed, Forbidden, Mandatory, Optional};
    match (new, other) {
        (BlockedCombination { values: a }, AllowedCombination { values: b })
        | (AllowedCombination { values: a }, BlockedCombination { values: b }) => a == b,
        _ if new.dimension().is_none() || new.dimension() != other.dimension() => false,
        (Fixed { value: a, .. }, Fixed { value: b, .. }) => !tree.covers(*a, *b) && !tree.covers(*b, *a),
        (Forbidden { .. }, Mandatory { .. } | Fixed { .. })
        | (Mandatory { .. } | Fixed { .. }, Forbidden { .. }) => true,
        (Optional { .. }, other) | (other, Optional { .. }) => !matches!(other, Optional { .. }),
        _ => false,
    }
}

/// Fixed values that together are a blocked combination leave an account no line at all.
fn blocked_for_ever<'a>(
    new: &DimensionRule,
    others: &'a [DimensionRule],
    tree: &DimensionTree,
    code_of: &dyn Fn(AccountId) -> Option<String>,
) -> Option<&'a DimensionRule> {
    let all: Vec<&DimensionRule> = std::iter::once(new).chain(others).collect();
    // Which rules decide changes only from selector to selector, so one account for each stands for all.
    let representatives = all.iter().map(|rule| match &rule.account {
        AccountSelector::Account(id) => (*id, code_of(*id).unwrap_or_default()),
        AccountSelector::CodePrefix(prefix) => (AccountId::new(uuid::Uuid::nil()), prefix.clone()),
        AccountSelector::All => (AccountId::new(uuid::Uuid::nil()), String::new()),
    });
    for (id, code) in representatives {
        let here: Vec<&DimensionRule> =
            all.iter().copied().filter(|rule| rule.account.matches(id, &code)).collect();
        if !here.iter().any(|rule| std::ptr::eq(*rule, new)) {
            continue;
        }
        let fixed = fixed_values(&here);
        let implied = |(dimension, value): &(DimensionId, DimensionValueId)| {
            fixed.iter().any(|(_, d, fixed)| d == dimension && tree.covers(*value, *fixed))
        };
        for blocked in
            here.iter().filter(|rule| matches!(rule.kind, DimensionRuleKind::BlockedCombination { .. }))
        {
            let always = blocked.kind.values().iter().all(implied) && !blocked.kind.values().is_empty();
            if !always || here.iter().any(|rule| lifts(rule, blocked, tree)) {
                continue;
            }
            let concerned = |rule: &DimensionRule| {
                std::ptr::eq(rule, *blocked) || fixed.iter().any(|(of, ..)| std::ptr::eq(rule, *of))
            };
            if concerned(new) {
                return others.iter().find(|other| concerned(other));
            }
        }
    }
    None
}

/// The fixed values that decide for an account, each with its rule.
fn fixed_values<'a>(here: &[&'a DimensionRule]) -> Vec<(&'a DimensionRule, DimensionId, DimensionValueId)> {
    let decides = |rule: &&&DimensionRule| {
        !here.iter().any(|other| {
            other.kind.dimension() == rule.kind.dimension()
                && other.account.specificity() > rule.account.specificity()
        })
    };
    let fixed = |rule: &&'a DimensionRule| match rule.kind {
        DimensionRuleKind::Fixed { dimension, value } => Some((*rule, dimension, value)),
        _ => None,
    };
    here.iter().filter(decides).filter_map(fixed).collect()
}
