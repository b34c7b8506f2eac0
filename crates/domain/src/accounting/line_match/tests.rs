use proptest::prelude::*;
use uuid::Uuid;

use super::proposal::{Candidate, LineMatchRule, proposals};
use super::*;
use crate::time::parse_date;

fn code(text: &str) -> CurrencyCode {
    CurrencyCode::parse(text).unwrap()
}

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn line(no: u32, value: &str, company: &str) -> OpenLine {
    let (amount, company_amount) = (amount(value), amount(company));
    OpenLine {
        entry: JournalEntryId::new(Uuid::from_u128(1)),
        line_no: no,
        account: AccountId::new(Uuid::from_u128(2)),
        posting_date: parse_date("2026-03-01").unwrap(),
        currency: code("USD"),
        amount,
        company_amount,
        open_amount: amount,
        open_company_amount: company_amount,
        settled_on: None,
    }
}

fn day(text: &str) -> NaiveDate {
    parse_date(text).unwrap()
}

fn wanted(line: &OpenLine, amount: Option<Amount>) -> Wanted<'static> {
    Wanted { line: line.clone(), number: "JE-1", amount }
}

#[test]
fn a_line_is_matched_in_parts_and_never_by_more_than_remains() {
    let usd = Currency::iso(code("USD"));
    let take = |line: &OpenLine, text: &str| {
        take_all(vec![wanted(line, Some(amount(text)))], day("2026-03-02"), usd, 2)
    };
    let (half, taken) = take(&line(1, "-100", "-375.01"), "40").unwrap().remove(0);
    assert_eq!((taken.amount, taken.company_amount), (amount("-40"), amount("-150.00")));
    assert_eq!((half.open_amount, half.settled_on), (amount("-60"), None));
    let (done, taken) = take(&half, "60").unwrap().remove(0);
    assert_eq!(taken.company_amount, amount("-225.01"));
    assert_eq!((done.open_company_amount, done.settled_on), (Amount::ZERO, Some(day("2026-03-02"))));
    for (of, text, expected) in [
        (&half, "60.01", &LINE_MATCH_EXCEEDS_OPEN),
        (&done, "1", &LINE_MATCH_EXCEEDS_OPEN),
        (&half, "0", &LINE_MATCH_AMOUNT_NOT_POSITIVE),
    ] {
        let refused = take(of, text).unwrap_err();
        assert_eq!((refused[0].def, refused[0].pointer.as_str()), (expected, "/lines/0/amount"));
    }
    let early = take_all(vec![wanted(&half, None)], day("2026-02-28"), usd, 2).unwrap_err();
    assert_eq!((early[0].def, early[0].pointer.as_str()), (&LINE_MATCH_BEFORE_LINE, "/lines/0"));
}

#[test]
fn lines_of_one_reference_belong_together_if_they_come_to_nothing() {
    let lines =
        [line(1, "100", "375"), line(2, "-60", "-225"), line(3, "-40", "-150"), line(4, "-39.9", "-150")];
    let none = |_: CurrencyCode, _: Amount| Amount::ZERO;
    let little = |_: CurrencyCode, larger: Amount| amount("0.10").min(larger);
    let of = |references: [&'static str; 4], limit: &dyn Fn(CurrencyCode, Amount) -> Amount| {
        let named = lines.iter().zip(references);
        let candidates: Vec<_> =
            named.map(|(line, text)| Candidate { line, reference: Some(text) }).collect();
        proposals(LineMatchRule::Reference, &candidates, limit)
    };
    assert_eq!(of(["Adv-1", "ADV-1", " adv-1 ", "x"], &none), [[0, 1, 2]]);
    assert_eq!(of(["A", "A", "x", "A"], &none), Vec::<Vec<usize>>::new());
    assert_eq!(of(["A", "A", "x", "A"], &little), [[0, 1, 3]]);
    assert_eq!(of(["", "", "", ""], &little), Vec::<Vec<usize>>::new());
    // However little they come to, lines of one side alone settle nothing.
    let all = |_: CurrencyCode, larger: Amount| larger;
    assert_eq!(of(["x", "A", "A", "y"], &all), Vec::<Vec<usize>>::new());
}

#[test]
fn an_amount_that_stands_more_often_on_one_side_is_left_to_a_person() {
    let lines =
        [line(1, "5", "5"), line(2, "-5", "-5"), line(3, "7", "7"), line(4, "-7", "-7"), line(5, "-7", "-7")];
    let candidates: Vec<_> = lines.iter().map(|line| Candidate { line, reference: None }).collect();
    let none = |_: CurrencyCode, _: Amount| Amount::ZERO;
    assert_eq!(proposals(LineMatchRule::Amount, &candidates, &none), [[0, 1]]);
}

proptest! {
    /// Whatever parts are taken and given back: both amounts keep their sign and come to zero together, and nothing is lost.
    #[test]
    fn parts_of_a_line_make_the_line(value in 1_i64..1_000_000, company in 1_i64..1_000_000, shares in prop::collection::vec(1_u32..100, 1..6)) {
        let usd = Currency::iso(code("USD"));
        let whole = OpenLine {
            amount: Amount::from_scaled(value * 100), company_amount: Amount::from_scaled(company * 100),
            open_amount: Amount::from_scaled(value * 100), open_company_amount: Amount::from_scaled(company * 100),
            ..line(1, "1", "1")
        };
        let (mut open, mut all) = (whole.clone(), Vec::new());
        for share in shares {
            let cents = (open.open_amount.scaled() / 100) * i64::from(share) / 100;
            if cents == 0 { continue }
            let part = Some(Amount::from_scaled(cents * 100));
            let (rest, taken) = take_all(vec![wanted(&open, part)], day("2026-03-02"), usd, 2).unwrap().remove(0);
            prop_assert!(!rest.open_amount.is_negative() && !rest.open_company_amount.is_negative());
            prop_assert_eq!(rest.open_amount.is_zero(), rest.settled_on.is_some());
            open = rest;
            all.push(taken);
        }
        if !open.open_amount.is_zero() {
            all.push(open.take_rest(day("2026-03-03")));
        }
        let total = sum(all.iter()).unwrap();
        prop_assert_eq!((total.amount, total.company_amount), (whole.amount, whole.company_amount));
        for taken in all {
            open.restore(taken).unwrap();
        }
        prop_assert_eq!(open, whole);
    }
}
