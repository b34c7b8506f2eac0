use super::*;
use crate::settlement::allocation::tests::{amount, item};
use crate::time::parse_date;

fn debt(id: u128, open: &str, due: &str, number: &str) -> Candidate {
    let item = OpenItem { due_date: parse_date(due).unwrap(), ..item(id, "SAR", open, open) };
    Candidate { item, names: vec![number.to_owned()], texts: Vec::new() }
}

fn payment(id: u128, paid: &str, text: &str) -> Candidate {
    let paid = format!("-{paid}");
    Candidate { item: item(id, "SAR", &paid, &paid), names: Vec::new(), texts: vec![text.to_owned()] }
}

fn found(rule: MatchingRule, debts: &[Candidate], payments: &[Candidate]) -> Vec<(usize, usize, String)> {
    let text = |found: Match| (found.debt, found.payment, found.amount.display(2));
    matches(rule, debts, payments, &|_| Amount::ZERO).into_iter().map(text).collect()
}

#[test]
fn the_oldest_debts_are_settled_first() {
    let debts = [
        debt(1, "100", "2026-05-01", "A"),
        debt(2, "50", "2026-03-01", "B"),
        debt(3, "70", "2026-04-01", "C"),
    ];
    let payments = [payment(11, "60", ""), payment(12, "80", "")];
    let expected = [(1, 0, "50.00"), (2, 0, "10.00"), (2, 1, "60.00"), (0, 1, "20.00")];
    let expected: Vec<_> = expected.iter().map(|(d, p, a)| (*d, *p, (*a).to_owned())).collect();
    assert_eq!(found(MatchingRule::OldestDue, &debts, &payments), expected);
}

#[test]
fn a_reference_names_whole_numbers() {
    let debts = [debt(1, "100", "2026-05-01", "INV-12"), debt(2, "50", "2026-03-01", "INV-123")];
    let payments = [payment(11, "120", "Transfer inv-123, thank you")];
    assert_eq!(found(MatchingRule::Reference, &debts, &payments), [(1, 0, "50.00".to_owned())]);
    let payments = [payment(11, "120", "INV-12/INV-123")];
    assert_eq!(found(MatchingRule::Reference, &debts, &payments).len(), 2);
    let arabic = [payment(11, "100", "سداد الفاتورة INV-12")];
    assert_eq!(found(MatchingRule::Reference, &debts, &arabic), [(0, 0, "100.00".to_owned())]);
}

#[test]
fn an_exact_match_is_one_debt_or_the_only_combination() {
    let debts = [
        debt(1, "100", "2026-05-01", "A"),
        debt(2, "50", "2026-03-01", "B"),
        debt(3, "70.25", "2026-04-01", "C"),
    ];
    assert_eq!(found(MatchingRule::Exact, &debts, &[payment(9, "70.25", "")]), [(2, 0, "70.25".to_owned())]);
    assert_eq!(found(MatchingRule::Exact, &debts, &[payment(9, "120.25", "")]).len(), 2);
    assert!(found(MatchingRule::Exact, &debts, &[payment(9, "120", "")]).is_empty());
    // 100 is a debt by itself, or 50 and 50.
    let twice = [
        debt(1, "50", "2026-05-01", "A"),
        debt(2, "50", "2026-03-01", "B"),
        debt(3, "30", "2026-03-01", "C"),
    ];
    assert!(found(MatchingRule::Exact, &twice, &[payment(9, "50", "")]).is_empty());
    assert!(found(MatchingRule::Exact, &twice, &[payment(9, "80", "")]).is_empty());
    assert_eq!(found(MatchingRule::Exact, &twice, &[payment(9, "130", "")]).len(), 3);
}

#[test]
fn more_than_six_debts_are_no_match_and_many_debts_end_in_time() {
    let debts: Vec<_> = (1..=7).map(|id| debt(id, "10", "2026-05-01", "A")).collect();
    assert!(found(MatchingRule::Exact, &debts, &[payment(99, "70", "")]).is_empty());
    let debts: Vec<_> =
        (1..=400).map(|id| debt(id, &format!("{}.{:02}", id * 7, id % 100), "2026-05-01", "A")).collect();
    assert!(found(MatchingRule::Exact, &debts, &[payment(999, "5000.01", "")]).is_empty());
    assert_eq!(amount("1").scaled(), 10_000);
}

/// A difference of at most 0.50 is written off of the debt, or of the payment that is too much.
#[test]
fn small_differences_are_written_off_where_they_are_allowed() {
    let limit = |_: &OpenItem| amount("0.50");
    let found = |rule, debts: &[Candidate], payments: &[Candidate]| -> Vec<(usize, usize, String, bool)> {
        let text = |one: Match| (one.debt, one.payment, one.amount.display(2), one.write_off_difference);
        matches(rule, debts, payments, &limit).into_iter().map(text).collect()
    };
    let debts = [debt(1, "1150", "2026-05-01", "A"), debt(2, "500", "2026-05-01", "B")];
    let near = [payment(11, "1149.65", "A"), payment(12, "500.20", "B"), payment(13, "400", "")];
    let both = [(0, 0, "1149.65".to_owned(), true), (1, 1, "500.00".to_owned(), true)];
    assert_eq!(found(MatchingRule::Reference, &debts, &near), both);
    assert_eq!(found(MatchingRule::Exact, &debts, &near), both);
    let far = [payment(11, "1149.49", "A")];
    assert_eq!(found(MatchingRule::Reference, &debts, &far), [(0, 0, "1149.49".to_owned(), false)]);
    assert_eq!(found(MatchingRule::Exact, &debts, &far), []);
    // Two debts that are as near: a person has to say which.
    let twins = [debt(1, "100", "2026-05-01", "A"), debt(2, "100.10", "2026-05-01", "B")];
    assert_eq!(found(MatchingRule::Exact, &twins, &[payment(11, "99.90", "")]), []);
    // Another payment settles the rest, so nothing is left to be written off.
    let parts = [payment(11, "99.80", "A"), payment(12, "0.20", "A")];
    let settled = [(0, 0, "99.80".to_owned(), false), (0, 1, "0.20".to_owned(), false)];
    assert_eq!(found(MatchingRule::Reference, &twins[..1], &parts), settled);
}
