use std::collections::BTreeSet;

use proptest::prelude::*;

use super::policy::fitting;
use super::*;
use crate::accounting::dimension::{AccountSelector, DimensionCombination, DimensionTree};
use crate::ids::{AccountId, DimensionId, DimensionValueId, JournalEntryId, JournalId, RoleId, UserId};
use crate::money::Amount;
use crate::text::{Code, LocalizedName};
use crate::time::Timestamp;
use uuid::Uuid;

fn user(n: u128) -> UserId {
    UserId::new(Uuid::from_u128(n))
}
fn code(text: &str) -> Code {
    Code::parse(text).unwrap()
}
fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn users(needed: u8, named: &[u128]) -> ApprovalStep {
    ApprovalStep {
        approver: Approver::Users(named.iter().map(|n| user(*n)).collect()),
        approvals_needed: needed,
    }
}

fn voter(n: u128) -> Voter {
    Voter { person: user(n), roles: Vec::new() }
}

/// Created by 1, submitted by 2.
fn request(steps: Vec<ApprovalStep>) -> Approval {
    Approval::new(NewApproval {
        id: ApprovalId::new(Uuid::from_u128(900)),
        entry: JournalEntryId::new(Uuid::from_u128(901)),
        policy: ApprovalPolicyId::new(Uuid::from_u128(902)),
        policy_code: code("BIG"),
        steps,
        changed_by: Vec::new(),
        created_by: Some(user(1)),
        submitted_by: user(2),
        submitted_at: Timestamp::from_micros(0),
    })
}

fn approve(request: &Approval, caller: u128, voters: &[Voter]) -> Result<Approval, &'static str> {
    let verdict = (Verdict::Approved, None);
    let decided = request.clone().decide(user(caller), voters, verdict, Timestamp::from_micros(1));
    decided.map_err(|violation| violation.def.code)
}

#[test]
fn neither_creator_nor_submitter_approves_and_one_person_counts_once() {
    let waiting = request(vec![users(2, &[1, 2, 3, 4])]);
    for own in [1, 2] {
        assert_eq!(approve(&waiting, own, &[voter(own)]), Err("four_eyes_required"));
    }
    assert_eq!(approve(&waiting, 9, &[voter(9)]), Err("not_an_approver"));
    let once = approve(&waiting, 3, &[voter(3)]).unwrap();
    assert_eq!((once.status, once.given(0)), (ApprovalStatus::Pending, 1));
    assert_eq!(approve(&once, 3, &[voter(3)]), Err("approval_already_given"));
    let done = approve(&once, 4, &[voter(4)]).unwrap();
    assert_eq!(done.status, ApprovalStatus::Approved);
    assert_eq!(approve(&done, 4, &[voter(4)]), Err("approval_not_pending"));
}

#[test]
fn a_substitute_counts_as_the_approver_and_for_nobody_who_made_the_entry() {
    let waiting = request(vec![users(2, &[1, 3, 4])]);
    // 9 stands in for 1, who created the entry, and for 3.
    let once = approve(&waiting, 9, &[voter(9), voter(1), voter(3)]).unwrap();
    assert_eq!(once.decisions[0].on_behalf_of, Some(user(3)));
    assert_eq!(approve(&once, 3, &[voter(3)]), Err("approval_already_given"));
    assert_eq!(approve(&once, 9, &[voter(9), voter(4)]), Err("approval_already_given"));
    assert_eq!(approve(&waiting, 9, &[voter(9), voter(1)]), Err("not_an_approver"));
    // Who made it decides for nobody else either.
    assert_eq!(approve(&waiting, 2, &[voter(2), voter(3)]), Err("four_eyes_required"));
}

#[test]
fn steps_follow_each_other_and_a_rejection_ends_them() {
    let role = RoleId::new(Uuid::from_u128(50));
    let second = ApprovalStep { approver: Approver::Role(role), approvals_needed: 1 };
    let waiting = request(vec![users(1, &[3]), second]);
    let holder = Voter { person: user(5), roles: vec![role] };
    assert_eq!(approve(&waiting, 5, std::slice::from_ref(&holder)), Err("not_an_approver"));
    let next = approve(&waiting, 3, &[voter(3)]).unwrap();
    assert_eq!((next.status, next.step), (ApprovalStatus::Pending, 1));
    let done = approve(&next, 5, std::slice::from_ref(&holder)).unwrap();
    assert_eq!(done.status, ApprovalStatus::Approved);
    let verdict = (Verdict::Rejected, Some("Wrong account".to_owned()));
    let rejected = next.decide(user(5), &[holder], verdict, Timestamp::from_micros(2)).unwrap();
    assert_eq!((rejected.status, rejected.version), (ApprovalStatus::Rejected, 3));
}

#[test]
fn only_the_submitter_recalls() {
    let waiting = request(vec![users(1, &[3])]);
    assert_eq!(waiting.clone().recall(Some(user(1))).unwrap_err().def.code, "approval_not_recalled");
    let approved = approve(&waiting, 3, &[voter(3)]).unwrap();
    assert_eq!(approved.recall(Some(user(2))).unwrap().status, ApprovalStatus::Recalled);
    let recalled = waiting.recall(Some(user(2))).unwrap();
    assert_eq!(recalled.recall(Some(user(2))).unwrap_err().def.code, "approval_not_pending");
}

fn policy(name: &str, priority: u32) -> ApprovalPolicy {
    ApprovalPolicy {
        id: ApprovalPolicyId::new(Uuid::from_u128(u128::from(priority) + 1)),
        code: code(name),
        name: LocalizedName::parse(None, Some(name)).unwrap(),
        priority,
        journal_id: None,
        amount_from: None,
        account: AccountSelector::All,
        account_code_from: None,
        account_code_to: None,
        dimension: None,
        steps: vec![users(1, &[3])],
        active: true,
        version: 1,
    }
}

#[test]
fn conditions_are_asked_of_one_line_and_the_first_policy_decides() {
    let (dimension, gulf, riyadh) = (
        DimensionId::new(Uuid::from_u128(70)),
        DimensionValueId::new(Uuid::from_u128(71)),
        DimensionValueId::new(Uuid::from_u128(72)),
    );
    let mut tree = DimensionTree::default();
    tree.add(riyadh, Some(gulf));
    let in_riyadh = DimensionCombination::new(vec![(dimension, riyadh)]).unwrap();
    let line = |id: u128, code, dimensions| LineFacts {
        account: AccountId::new(Uuid::from_u128(id)),
        code,
        dimensions,
    };
    let nowhere = DimensionCombination::EMPTY;
    let lines = [line(1, "6210", &in_riyadh), line(2, "1113", &nowhere)];
    let entry = EntryFacts { journal: JournalId::new(Uuid::from_u128(60)), lines: &lines };
    let fits = |policy: ApprovalPolicy| policy.fits(entry, &tree);

    assert!(fits(policy("ALL", 1)));
    assert!(!fits(ApprovalPolicy { active: false, ..policy("OFF", 1) }));
    assert!(!fits(ApprovalPolicy {
        journal_id: Some(JournalId::new(Uuid::from_u128(61))),
        ..policy("J", 1)
    }));
    let expense = ApprovalPolicy { account: AccountSelector::CodePrefix("62".into()), ..policy("P", 1) };
    assert!(fits(ApprovalPolicy { dimension: Some((dimension, gulf)), ..expense }));
    let cash = ApprovalPolicy { account: AccountSelector::CodePrefix("11".into()), ..policy("P", 1) };
    assert!(!fits(ApprovalPolicy { dimension: Some((dimension, gulf)), ..cash }));
    let range = |from, to| ApprovalPolicy {
        account_code_from: Some(code(from)),
        account_code_to: Some(code(to)),
        ..policy("R", 1)
    };
    assert!(fits(range("6000", "6999")) && fits(range("6210", "6210")) && !fits(range("7000", "7999")));

    let large = ApprovalPolicy { amount_from: Some(amount("10000.00")), ..policy("LARGE", 1) };
    assert!(large.fits_amount(amount("10000.00")) && !large.fits_amount(amount("9999.99")));
    let policies = [large, policy("SMALL", 2)];
    let codes: Vec<_> = fitting(&policies, entry, &tree).iter().map(|p| p.code.to_string()).collect();
    assert_eq!(codes, ["LARGE", "SMALL"]);
}

#[test]
fn contradictions_of_a_policy_are_told_all_at_once() {
    let wrong = ApprovalPolicy {
        account: AccountSelector::CodePrefix("62".into()),
        account_code_from: Some(code("7")),
        account_code_to: Some(code("6")),
        steps: vec![users(3, &[3, 4])],
        ..policy("X", 1)
    };
    let codes: Vec<_> = wrong.check().into_vec().iter().map(|v| v.def.code).collect();
    assert_eq!(codes, ["account_condition_one", "account_range_order", "approval_step_unreachable"]);
}

proptest! {
    /// Whoever decides in whatever order, for themselves or for another: an approved entry has as many different people
    /// behind each step as it asks for, and none of them made it.
    #[test]
    fn approvals_are_given_by_different_people_who_did_not_make_the_entry(
        needed in proptest::collection::vec(1_u8..3, 1..4),
        acts in proptest::collection::vec((1_u128..9, 1_u128..9), 0..60),
    ) {
        let all: Vec<u128> = (1..9).collect();
        let mut now = request(needed.iter().map(|n| users(*n, &all)).collect());
        for (caller, stands_in_for) in acts {
            let voters = [voter(caller), voter(stands_in_for)];
            if let Ok(next) = approve(&now, caller, &voters) {
                now = next;
            }
        }
        let people: Vec<_> = now.decisions.iter().map(|d| d.on_behalf_of.unwrap_or(d.user)).collect();
        let hands: BTreeSet<_> = now.decisions.iter().map(|d| d.user).collect();
        prop_assert_eq!(people.iter().collect::<BTreeSet<_>>().len(), people.len());
        prop_assert_eq!(hands.len(), now.decisions.len());
        prop_assert!(people.iter().chain(&hands).all(|person| *person != user(1) && *person != user(2)));
        if now.status == ApprovalStatus::Approved {
            for (index, needed) in needed.iter().enumerate() {
                prop_assert_eq!(now.given(index), usize::from(*needed));
            }
        }
    }
}
