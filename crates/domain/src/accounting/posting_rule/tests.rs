use uuid::Uuid;

use super::*;
use crate::error::Language;

fn account(n: u128) -> AccountId {
    AccountId::new(Uuid::from_u128(n))
}

fn rule(n: u128, slot: PostingSlot, keys: PostingKeys) -> PostingRule {
    PostingRule { id: PostingRuleId::new(Uuid::from_u128(n)), slot, keys, account_id: account(n), version: 1 }
}

fn sar() -> CurrencyCode {
    CurrencyCode::parse("SAR").unwrap()
}

/// Every key, each with a value.
fn all_keys() -> PostingKeys {
    let id = Uuid::from_u128(9);
    PostingKeys {
        party_group: Some(PartyGroupId::new(id)),
        item_category: Some(ItemCategoryId::new(id)),
        item_kind: Some(ItemKind::Service),
        tax_code: Some(TaxCodeId::new(id)),
        tax_category: Some(TaxCategory::Standard),
        currency: Some(sar()),
    }
}

/// One key each, in the order in which they are written.
fn single_keys() -> [PostingKeys; KEYS] {
    let (all, none) = (all_keys(), PostingKeys::default());
    [
        PostingKeys { party_group: all.party_group, ..none },
        PostingKeys { item_category: all.item_category, ..none },
        PostingKeys { item_kind: all.item_kind, ..none },
        PostingKeys { tax_code: all.tax_code, ..none },
        PostingKeys { tax_category: all.tax_category, ..none },
        PostingKeys { currency: all.currency, ..none },
    ]
}

#[test]
fn the_rule_with_most_matching_keys_wins() {
    let all = all_keys();
    let two =
        PostingKeys { tax_category: all.tax_category, currency: all.currency, ..PostingKeys::default() };
    let [group, ..] = single_keys();
    let slot = PostingSlot::Revenue;
    let rules = [rule(1, slot, PostingKeys::default()), rule(2, slot, group), rule(3, slot, two)];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let profile = PostingProfile::new(order.map(|at| rules[at]).to_vec());
        assert_eq!(profile.resolve(slot, &all), Ok(account(3)), "two keys before one, whatever the order");
        assert_eq!(profile.resolve(slot, &group), Ok(account(2)));
        assert_eq!(profile.resolve(slot, &PostingKeys::default()), Ok(account(1)));
        let abroad = PostingKeys { currency: CurrencyCode::parse("USD").ok(), ..all };
        assert_eq!(profile.resolve(slot, &abroad), Ok(account(2)), "a key that differs rules the rule out");
    }
}

#[test]
fn of_rules_with_as_many_keys_the_one_whose_key_is_written_first_wins() {
    let singles = single_keys();
    let slot = PostingSlot::Expense;
    let numbered = || singles.iter().zip(1..);
    let rules: Vec<PostingRule> = numbered().map(|(keys, n)| rule(n, slot, *keys)).collect();
    for first in 0..rules.len() {
        let mut left = rules[first..].to_vec();
        let expected = Ok(left[0].account_id);
        assert_eq!(PostingProfile::new(left.clone()).resolve(slot, &all_keys()), expected);
        left.reverse();
        assert_eq!(PostingProfile::new(left).resolve(slot, &all_keys()), expected);
    }
}

#[test]
fn without_a_rule_the_violation_names_slot_and_keys_in_both_languages() {
    let keys =
        PostingKeys { item_kind: Some(ItemKind::Service), currency: Some(sar()), ..Default::default() };
    let profile = PostingProfile::new(vec![rule(1, PostingSlot::Cash, PostingKeys::default())]);
    assert_eq!(profile.find(PostingSlot::Bank, &keys), None);
    let refused = profile.resolve(PostingSlot::Bank, &keys).unwrap_err();
    assert_eq!(refused.def, &POSTING_RULE_MISSING);
    assert_eq!(
        (refused.param("slot"), refused.param("keys")),
        (Some("bank"), Some("itemKind service, currency SAR"))
    );
    assert!(refused.text(Language::Arabic).contains("itemKind service، currency SAR"));
    let bare = profile.resolve(PostingSlot::Bank, &PostingKeys::default()).unwrap_err();
    assert!(bare.text(Language::Arabic).contains("دون مفاتيح"));
}

#[test]
fn a_rule_is_there_once_and_not_too_often() {
    let keys = single_keys()[2];
    let first = rule(1, PostingSlot::Revenue, keys);
    let profile = PostingProfile::new(vec![first]);
    assert!(profile.check(&first).is_ok(), "a rule is not its own twin");
    assert!(profile.check(&rule(2, PostingSlot::SalesReturn, keys)).is_ok());
    let twin = profile.check(&rule(2, PostingSlot::Revenue, keys)).unwrap_err();
    assert_eq!((twin.def, twin.pointer.as_str()), (&POSTING_RULE_EXISTS, "/slot"));
    let many = |count: usize| {
        let group = |n: usize| PartyGroupId::new(Uuid::from_u128(n as u128));
        let keys = |n| PostingKeys { party_group: Some(group(n)), ..PostingKeys::default() };
        PostingProfile::new((0..count).map(|n| rule(n as u128, PostingSlot::Revenue, keys(n))).collect())
    };
    let new = rule(1 << 40, PostingSlot::Revenue, PostingKeys::default());
    assert!(many(POSTING_RULES_MAX - 1).check(&new).is_ok());
    let full = many(POSTING_RULES_MAX);
    assert_eq!(full.check(&new).unwrap_err().def, &POSTING_RULES_TOO_MANY);
    assert!(full.check(&full.rules()[5]).is_ok(), "a rule that is there may change");
}

fn facts(account_type: AccountType, control: ControlKind) -> AccountFacts {
    AccountFacts {
        id: account(1),
        code: "1121".to_owned(),
        is_posting: true,
        active: true,
        currency: None,
        control,
        requires_party: control.requires_party(),
        opens_lines: false,
        account_type,
    }
}

#[test]
fn every_slot_takes_accounts_of_its_types_and_control_kind_only() {
    for slot in PostingSlot::ALL {
        for account_type in AccountType::ALL {
            for control in ControlKind::ALL {
                let fits = slot.account_types().contains(account_type) && *control == slot.control();
                let checked = slot.check(&facts(*account_type, *control), sar());
                assert_eq!(checked.is_ok(), fits, "{slot} {account_type} {control}");
            }
        }
    }
    let takes = |slot: PostingSlot, t, control| slot.check(&facts(t, control), sar()).is_ok();
    assert!(takes(PostingSlot::Receivable, AccountType::Asset, ControlKind::Receivable));
    assert!(!takes(PostingSlot::Receivable, AccountType::Asset, ControlKind::None));
    assert!(takes(PostingSlot::OutputVat, AccountType::Liability, ControlKind::Vat));
    assert!(!takes(PostingSlot::OutputVat, AccountType::Liability, ControlKind::None));
    assert!(takes(PostingSlot::DiscountGranted, AccountType::Income, ControlKind::None));
    assert!(!takes(PostingSlot::Revenue, AccountType::Expense, ControlKind::None));
}

#[test]
fn an_account_that_does_not_fit_hears_why() {
    let fit = facts(AccountType::Asset, ControlKind::None);
    let usd = CurrencyCode::parse("USD").unwrap();
    let reason = |account: &AccountFacts| {
        let refused = PostingSlot::Bank.check(account, sar()).unwrap_err();
        assert!(!refused.text(Language::Arabic).contains('{'));
        refused.param("reason").unwrap().to_owned()
    };
    assert_eq!(reason(&AccountFacts { is_posting: false, ..fit.clone() }), "it is a heading");
    assert_eq!(reason(&AccountFacts { active: false, ..fit.clone() }), "it is not active");
    let income = AccountFacts { account_type: AccountType::Income, ..fit.clone() };
    assert_eq!(reason(&income), "it is of type income, and the slot takes asset");
    let control = AccountFacts { control: ControlKind::Receivable, ..fit.clone() };
    assert_eq!(reason(&control), "its control kind is receivable, and the slot takes none");
    let foreign = AccountFacts { currency: Some(usd), ..fit };
    assert_eq!(reason(&foreign), "it takes USD only, and the rule is for SAR");
    assert!(PostingSlot::Bank.check(&foreign, usd).is_ok());
}
