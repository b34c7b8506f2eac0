use uuid::Uuid;

use super::super::contradiction;
use super::*;
use crate::accounting::account::{AccountType, ControlKind};

mod properties;

use DimensionRuleKind::{AllowedCombination, BlockedCombination, Fixed, Forbidden, Mandatory, Optional};

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
        opens_lines: false,
        account_type: AccountType::Expense,
    }
}
fn rule(account: AccountSelector, kind: DimensionRuleKind) -> DimensionRule {
    DimensionRule { id: DimensionRuleId::new(Uuid::from_u128(1)), account, kind, label: "PROJECT".to_owned() }
}
fn prefix(text: &str) -> AccountSelector {
    AccountSelector::CodePrefix(text.to_owned())
}
fn own() -> AccountSelector {
    AccountSelector::Account(account().id)
}
/// Value 11 lies below 10 and 12 below 11; the others stand alone.
fn tree() -> DimensionTree {
    let mut tree = DimensionTree::default();
    tree.add(value(11), Some(value(10)));
    tree.add(value(12), Some(value(11)));
    tree
}
fn codes(on: &DimensionCombination, rules: &[DimensionRule]) -> Vec<&'static str> {
    check(&account(), on, rules, &tree()).into_iter().map(|violation| violation.def.code).collect()
}
fn broken(
    selector: AccountSelector,
    kind: DimensionRuleKind,
    on: &DimensionCombination,
) -> Vec<&'static str> {
    codes(on, &[rule(selector, kind)])
}

fn mandatory() -> DimensionRuleKind {
    Mandatory { dimension: dimension(1) }
}
fn fixed(v: u128) -> DimensionRuleKind {
    Fixed { dimension: dimension(1), value: value(v) }
}
fn forbidden() -> DimensionRuleKind {
    Forbidden { dimension: dimension(1) }
}
fn optional() -> DimensionRuleKind {
    Optional { dimension: dimension(1) }
}
fn blocked(pairs: &[(u128, u128)]) -> DimensionRuleKind {
    BlockedCombination { values: line(pairs).pairs().to_vec() }
}
fn allowed(pairs: &[(u128, u128)]) -> DimensionRuleKind {
    AllowedCombination { values: line(pairs).pairs().to_vec() }
}

#[test]
fn each_kind_refuses_and_accepts() {
    let all = || AccountSelector::All;
    assert_eq!(broken(all(), mandatory(), &line(&[(2, 20)])), ["dimension_required"]);
    assert!(broken(all(), mandatory(), &line(&[(1, 10)])).is_empty());
    assert_eq!(broken(all(), fixed(11), &line(&[(1, 10)])), ["dimension_fixed"]);
    assert_eq!(broken(all(), fixed(10), &line(&[])), ["dimension_fixed"]);
    assert!(broken(all(), fixed(10), &line(&[(1, 10)])).is_empty());
    assert_eq!(broken(all(), forbidden(), &line(&[(1, 10)])), ["dimension_forbidden"]);
    assert!(broken(all(), forbidden(), &line(&[(2, 10)])).is_empty());
    assert!(broken(all(), optional(), &line(&[])).is_empty());
    let stop = || blocked(&[(1, 10), (2, 20)]);
    assert_eq!(broken(all(), stop(), &line(&[(1, 10), (2, 20), (3, 1)])), ["dimension_combination_blocked"]);
    assert!(broken(all(), stop(), &line(&[(1, 10), (2, 21)])).is_empty());
    assert!(broken(all(), BlockedCombination { values: vec![] }, &line(&[])).is_empty());
}

#[test]
fn a_value_in_a_rule_stands_for_the_values_below_it() {
    let all = || AccountSelector::All;
    assert!(broken(all(), fixed(10), &line(&[(1, 12)])).is_empty());
    assert_eq!(broken(all(), fixed(12), &line(&[(1, 11)])), ["dimension_fixed"]);
    let stop = || blocked(&[(1, 10), (2, 20)]);
    assert_eq!(broken(all(), stop(), &line(&[(1, 12), (2, 20)])), ["dimension_combination_blocked"]);
    assert!(broken(all(), stop(), &line(&[(1, 13), (2, 20)])).is_empty());
}

#[test]
fn a_heading_takes_no_postings_whatever_the_rules_say() {
    let mut tree = tree();
    tree.add_heading(value(10), "BRANCH=GULF".to_owned());
    let refused = check(&account(), &line(&[(1, 10)]), &[rule(AccountSelector::All, fixed(10))], &tree);
    assert_eq!(refused.len(), 1);
    assert!(refused[0].text(Default::default()).starts_with("BRANCH=GULF is a heading"));
    assert_eq!(check(&account(), &line(&[(1, 12)]), &[], &tree), []);
}

#[test]
fn a_rule_is_only_for_the_accounts_it_selects() {
    let other = AccountSelector::Account(AccountId::new(Uuid::from_u128(8)));
    assert_eq!(broken(own(), mandatory(), &line(&[])).len(), 1);
    assert!(broken(other, mandatory(), &line(&[])).is_empty());
    assert_eq!(broken(prefix("51"), mandatory(), &line(&[])).len(), 1);
    assert!(broken(prefix("52"), mandatory(), &line(&[])).is_empty());
}

#[test]
fn the_most_specific_rule_for_a_dimension_decides() {
    let (with, without) = (line(&[(1, 10)]), line(&[]));
    let rules = [
        rule(AccountSelector::All, forbidden()),
        rule(prefix("5"), mandatory()),
        rule(prefix("51"), optional()),
    ];
    for (count, on_with, on_without) in [
        (1, vec!["dimension_forbidden"], vec![]),
        (2, vec![], vec!["dimension_required"]),
        (3, vec![], vec![]),
    ] {
        let backwards: Vec<_> = rules[..count].iter().rev().cloned().collect();
        for rules in [&rules[..count], &backwards] {
            assert_eq!((codes(&with, rules), codes(&without, rules)), (on_with.clone(), on_without.clone()));
        }
    }
    let exception = [rule(prefix("5"), mandatory()), rule(own(), forbidden())];
    assert_eq!(
        (codes(&with, &exception), codes(&without, &exception)),
        (vec!["dimension_forbidden"], vec![])
    );
    let other_dimension =
        [rule(prefix("5"), mandatory()), rule(own(), Forbidden { dimension: dimension(2) })];
    assert_eq!(codes(&without, &other_dimension), ["dimension_required"]);
}

#[test]
fn an_allowed_combination_is_an_exception_to_a_blocked_one() {
    let on = line(&[(1, 11), (2, 20)]);
    let general = rule(prefix("5"), blocked(&[(1, 10), (2, 20)]));
    let with = |exception: DimensionRule| codes(&on, &[general.clone(), exception]);
    assert!(with(rule(own(), allowed(&[(1, 10), (2, 20)]))).is_empty());
    assert!(with(rule(prefix("5"), allowed(&[(1, 11), (2, 20)]))).is_empty(), "its values lie below");
    assert_eq!(with(rule(AccountSelector::All, allowed(&[(1, 11), (2, 20)]))).len(), 1, "less specific");
    assert_eq!(with(rule(own(), allowed(&[(1, 12), (2, 20)]))).len(), 1, "another line");
    assert_eq!(with(rule(own(), allowed(&[(1, 11), (3, 1)]))).len(), 1, "other dimensions");
}

#[test]
fn rules_that_contradict_each_other_are_found() {
    let clash = |a: DimensionRule, b: DimensionRule| {
        let code_of = |_: AccountId| Some("5100".to_owned());
        let one = contradiction(&a, std::slice::from_ref(&b), &tree(), &code_of).is_some();
        let other = contradiction(&b, std::slice::from_ref(&a), &tree(), &code_of).is_some();
        assert_eq!(one, other, "in either order: {a:?} {b:?}");
        one
    };
    let same = |a, b| clash(rule(prefix("5"), a), rule(prefix("5"), b));
    assert!(same(mandatory(), forbidden()) && same(fixed(10), forbidden()) && same(optional(), mandatory()));
    assert!(same(optional(), forbidden()) && same(optional(), fixed(10)) && same(fixed(10), fixed(20)));
    assert!(!same(mandatory(), fixed(10)) && !same(fixed(10), fixed(12)) && !same(optional(), optional()));
    assert!(same(blocked(&[(1, 10), (2, 20)]), allowed(&[(1, 10), (2, 20)])));
    assert!(!same(blocked(&[(1, 10), (2, 20)]), allowed(&[(1, 11), (2, 20)])));
    assert!(!clash(rule(prefix("5"), mandatory()), rule(own(), forbidden())), "an exception");
    assert!(!same(mandatory(), Forbidden { dimension: dimension(2) }));
}

#[test]
fn fixed_values_that_are_blocked_together_contradict() {
    let code_of = |_: AccountId| Some("5100".to_owned());
    let branch = rule(prefix("5"), fixed(11));
    let project = rule(own(), Fixed { dimension: dimension(2), value: value(20) });
    let stop = rule(AccountSelector::All, blocked(&[(1, 10), (2, 20)]));
    let found = |new: &DimensionRule, others: &[DimensionRule]| {
        contradiction(new, others, &tree(), &code_of).is_some()
    };
    assert!(found(&stop, &[branch.clone(), project.clone()]));
    assert!(found(&branch, &[stop.clone(), project.clone()]));
    assert!(found(&project, &[stop.clone(), branch.clone()]));
    assert!(!found(&stop, std::slice::from_ref(&branch)));
    let elsewhere = rule(own(), fixed(20));
    assert!(!found(&stop, &[branch.clone(), project.clone(), elsewhere]), "another value decides");
    let exception = rule(own(), allowed(&[(1, 10), (2, 20)]));
    assert!(!found(&stop, &[branch, project, exception]));
}
