//! What accounts ask of the dimensions on their lines (R9).

use super::{
    DIMENSION_COMBINATION_BLOCKED, DIMENSION_FIXED, DIMENSION_FORBIDDEN, DIMENSION_REQUIRED,
    DimensionCombination,
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

/// What a rule asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DimensionRuleKind {
    /// A value must be given.
    Mandatory { dimension: DimensionId },
    /// Exactly this value must be given.
    Fixed { dimension: DimensionId, value: DimensionValueId },
    /// No value may be given.
    Forbidden { dimension: DimensionId },
    /// These values may not all stand on one line.
    BlockedCombination { values: Vec<(DimensionId, DimensionValueId)> },
}

/// The words of [`DimensionRuleKind::as_str`].
pub const RULE_KINDS: [&str; 4] = ["mandatory", "fixed", "forbidden", "blocked_combination"];
/// Fewest values of a blocked combination: one value alone is forbidden by not being there.
pub const BLOCKED_VALUES_MIN: usize = 2;

/// One rule of the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DimensionRule {
    pub id: DimensionRuleId,
    pub account: AccountSelector,
    pub kind: DimensionRuleKind,
    /// The codes people know, such as `PROJECT` or `BRANCH=RIYADH`: a message with ids helps nobody.
    pub label: String,
}

impl AccountSelector {
    pub fn matches(&self, account: &AccountFacts) -> bool {
        match self {
            Self::Account(id) => *id == account.id,
            Self::CodePrefix(prefix) => account.code.starts_with(prefix.as_str()),
            Self::All => true,
        }
    }
}

impl DimensionRuleKind {
    /// The word under which the kind is stored and sent; all of them are in [`RULE_KINDS`].
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Mandatory { .. } => "mandatory",
            Self::Fixed { .. } => "fixed",
            Self::Forbidden { .. } => "forbidden",
            Self::BlockedCombination { .. } => "blocked_combination",
        }
    }

    fn broken_by(&self, combination: &DimensionCombination) -> bool {
        match self {
            Self::Mandatory { dimension } => combination.value(*dimension).is_none(),
            Self::Fixed { dimension, value } => combination.value(*dimension) != Some(*value),
            Self::Forbidden { dimension } => combination.value(*dimension).is_some(),
            // A rule without values would block every line; it says nothing instead.
            Self::BlockedCombination { values } => {
                !values.is_empty()
                    && values.iter().all(|(dimension, value)| combination.value(*dimension) == Some(*value))
            }
        }
    }
}

/// Every rule that a line on this account breaks, each at `/dimensions`; nothing is allocated when none is.
pub fn check(
    account: &AccountFacts,
    combination: &DimensionCombination,
    rules: &[DimensionRule],
) -> Vec<Violation> {
    rules
        .iter()
        .filter(|rule| rule.account.matches(account) && rule.kind.broken_by(combination))
        .map(|rule| {
            let def = match rule.kind {
                DimensionRuleKind::Mandatory { .. } => &DIMENSION_REQUIRED,
                DimensionRuleKind::Fixed { .. } => &DIMENSION_FIXED,
                DimensionRuleKind::Forbidden { .. } => &DIMENSION_FORBIDDEN,
                DimensionRuleKind::BlockedCombination { .. } => &DIMENSION_COMBINATION_BLOCKED,
            };
            Violation::new(def)
                .at("/dimensions")
                .with("account", &account.code)
                .with("dimension", &rule.label)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::accounting::account::{AccountType, ControlKind};

    fn dimension(n: u128) -> DimensionId {
        DimensionId::new(Uuid::from_u128(n))
    }
    fn value(n: u128) -> DimensionValueId {
        DimensionValueId::new(Uuid::from_u128(n))
    }
    fn line(pairs: &[(u128, u128)]) -> DimensionCombination {
        DimensionCombination::new(pairs.iter().map(|&(d, v)| (dimension(d), value(v))).collect()).unwrap()
    }
    fn account() -> AccountFacts {
        AccountFacts {
            id: AccountId::new(Uuid::from_u128(9)),
            code: "5100".to_owned(),
            is_posting: true,
            active: true,
            currency: None,
            control: ControlKind::None,
            requires_party: false,
            account_type: AccountType::Expense,
        }
    }
    fn broken(
        account_selector: AccountSelector,
        kind: DimensionRuleKind,
        on: &DimensionCombination,
    ) -> Vec<&'static str> {
        let id = DimensionRuleId::new(Uuid::from_u128(1));
        let rule = DimensionRule { id, account: account_selector, kind, label: "PROJECT".to_owned() };
        check(&account(), on, &[rule]).into_iter().map(|violation| violation.def.code).collect()
    }

    #[test]
    fn each_kind_refuses_and_accepts() {
        use DimensionRuleKind::*;
        let all = || AccountSelector::All;
        let mandatory = || Mandatory { dimension: dimension(1) };
        assert_eq!(broken(all(), mandatory(), &line(&[(2, 20)])), ["dimension_required"]);
        assert!(broken(all(), mandatory(), &line(&[(1, 10)])).is_empty());

        let fixed = || Fixed { dimension: dimension(1), value: value(10) };
        assert_eq!(broken(all(), fixed(), &line(&[(1, 11)])), ["dimension_fixed"]);
        assert_eq!(broken(all(), fixed(), &line(&[])), ["dimension_fixed"]);
        assert!(broken(all(), fixed(), &line(&[(1, 10)])).is_empty());

        let forbidden = || Forbidden { dimension: dimension(1) };
        assert_eq!(broken(all(), forbidden(), &line(&[(1, 10)])), ["dimension_forbidden"]);
        assert!(broken(all(), forbidden(), &line(&[(2, 10)])).is_empty());

        let blocked =
            || BlockedCombination { values: vec![(dimension(1), value(10)), (dimension(2), value(20))] };
        assert_eq!(
            broken(all(), blocked(), &line(&[(1, 10), (2, 20), (3, 1)])),
            ["dimension_combination_blocked"]
        );
        assert!(broken(all(), blocked(), &line(&[(1, 10), (2, 21)])).is_empty());
        assert!(broken(all(), BlockedCombination { values: vec![] }, &line(&[])).is_empty());
    }

    #[test]
    fn a_rule_is_only_for_the_accounts_it_selects() {
        let mandatory = || DimensionRuleKind::Mandatory { dimension: dimension(1) };
        let own = AccountSelector::Account(AccountId::new(Uuid::from_u128(9)));
        let other = AccountSelector::Account(AccountId::new(Uuid::from_u128(8)));
        assert_eq!(broken(own, mandatory(), &line(&[])).len(), 1);
        assert!(broken(other, mandatory(), &line(&[])).is_empty());
        assert_eq!(broken(AccountSelector::CodePrefix("51".to_owned()), mandatory(), &line(&[])).len(), 1);
        assert!(broken(AccountSelector::CodePrefix("52".to_owned()), mandatory(), &line(&[])).is_empty());
    }
}
