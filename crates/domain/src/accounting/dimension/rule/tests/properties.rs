//! Lines against a reference that says in other words what the rules mean: groups instead of comparisons, and sets of
//! everything below a value instead of a walk upwards.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// Values of dimension `d` are `100 d` to `100 d + 5`; `parents[6 d + n]` is the parent of the n-th.
fn below(parents: &[Option<u128>], d: u128, top: u128) -> BTreeSet<u128> {
    let mut found = BTreeSet::from([top]);
    loop {
        let before = found.len();
        for n in 0..6 {
            let parent = parents[(6 * d + n) as usize];
            if parent.is_some_and(|parent| found.contains(&(100 * d + parent))) {
                found.insert(100 * d + n);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

fn selector() -> impl Strategy<Value = AccountSelector> {
    prop_oneof![
        Just(AccountSelector::All),
        prop::sample::select(vec!["5", "51", "510", "6"]).prop_map(prefix),
        (8_u128..11).prop_map(|id| AccountSelector::Account(AccountId::new(Uuid::from_u128(id)))),
    ]
}

fn kind() -> impl Strategy<Value = DimensionRuleKind> {
    let values = || (0_u128..6, 0_u128..6).prop_map(|(a, b)| line(&[(0, a), (1, 100 + b)]).pairs().to_vec());
    prop_oneof![
        (0_u128..2).prop_map(|d| Mandatory { dimension: dimension(d) }),
        (0_u128..2, 0_u128..6)
            .prop_map(|(d, v)| Fixed { dimension: dimension(d), value: value(100 * d + v) }),
        (0_u128..2).prop_map(|d| Forbidden { dimension: dimension(d) }),
        (0_u128..2).prop_map(|d| Optional { dimension: dimension(d) }),
        values().prop_map(|values| BlockedCombination { values }),
        values().prop_map(|values| AllowedCombination { values }),
    ]
}

/// How near a rule is to account 5100; `None` when it is for others.
fn rank(rule: &DimensionRule) -> Option<usize> {
    match &rule.account {
        AccountSelector::Account(id) if id.uuid().as_u128() == 9 => Some(100),
        AccountSelector::CodePrefix(text) if "5100".starts_with(text.as_str()) => Some(text.len()),
        AccountSelector::All => Some(0),
        _ => None,
    }
}

fn reference(rules: &[DimensionRule], parents: &[Option<u128>], on: [Option<u128>; 2]) -> Vec<&'static str> {
    let id = |value: DimensionValueId| value.uuid().as_u128();
    let number = |dimension: DimensionId| dimension.uuid().as_u128();
    let within = |d: u128, top: DimensionValueId| {
        on[d as usize].is_some_and(|given| below(parents, d, id(top)).contains(&(100 * d + given)))
    };
    let whole =
        |values: &[(DimensionId, DimensionValueId)]| values.iter().all(|(d, top)| within(number(*d), *top));
    let mut codes = Vec::new();
    for d in 0..2_u128 {
        let group: Vec<_> = rules.iter().filter(|rule| rule.kind.dimension() == Some(dimension(d))).collect();
        let Some(nearest) = group.iter().filter_map(|rule| rank(rule)).max() else { continue };
        for rule in group.into_iter().filter(|rule| rank(rule) == Some(nearest)) {
            match rule.kind {
                Mandatory { .. } if on[d as usize].is_none() => codes.push("dimension_required"),
                Forbidden { .. } if on[d as usize].is_some() => codes.push("dimension_forbidden"),
                Fixed { value, .. } if !within(d, value) => codes.push("dimension_fixed"),
                _ => {}
            }
        }
    }
    for rule in rules {
        let (BlockedCombination { values }, Some(own)) = (&rule.kind, rank(rule)) else { continue };
        let lower = |allowed: &[(DimensionId, DimensionValueId)]| {
            let inside =
                |((d, top), (_, value)): (&(DimensionId, DimensionValueId), &(_, DimensionValueId))| {
                    below(parents, number(*d), id(*top)).contains(&id(*value))
                };
            allowed != &values[..] && values.iter().zip(allowed).all(inside)
        };
        let lifted = rules.iter().any(|other| match (&other.kind, rank(other)) {
            (AllowedCombination { values }, Some(rank)) => {
                whole(values) && (rank > own || (rank == own && lower(values)))
            }
            _ => false,
        });
        if whole(values) && !lifted {
            codes.push("dimension_combination_blocked");
        }
    }
    codes.sort_unstable();
    codes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn lines_break_what_a_naive_reference_says(
        rules in prop::collection::vec((selector(), kind()), 0..12),
        parents in prop::collection::vec(prop::option::weighted(0.6, 0_u128..6), 12),
        on in [prop::option::of(0_u128..6), prop::option::of(0_u128..6)],
    ) {
        let rules: Vec<_> = rules.into_iter().map(|(account, kind)| rule(account, kind)).collect();
        // Only an earlier value may be a parent, so nothing lies below itself.
        let earlier = |(n, parent): (usize, Option<u128>)| parent.filter(|parent| *parent < n as u128 % 6);
        let parents: Vec<_> = parents.into_iter().enumerate().map(earlier).collect();
        let mut tree = DimensionTree::default();
        for (n, parent) in parents.iter().enumerate() {
            let (d, n) = (n as u128 / 6, n as u128 % 6);
            tree.add(value(100 * d + n), parent.map(|parent| value(100 * d + parent)));
        }
        let pairs: Vec<_> = (0..2_u128).filter_map(|d| on[d as usize].map(|v| (d, 100 * d + v))).collect();
        let found = check(&account(), &line(&pairs), &rules, &tree);
        let mut found: Vec<_> = found.into_iter().map(|violation| violation.def.code).collect();
        found.sort_unstable();
        prop_assert_eq!(found, reference(&rules, &parents, on));
    }
}
