//! Example V1, from the vectors that were computed apart from this code.

use std::collections::BTreeMap;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::ids::AccountId;
use crate::tax::tax_entry::TaxSide;

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}
fn account(code: u128) -> AccountId {
    AccountId::new(Uuid::from_u128(code))
}
fn period(text: &str) -> VatPeriod {
    VatPeriod::parse(text).unwrap()
}

/// Document, box, side, base, tax, whether it corrects a filed document, whether its tax date is earlier.
type Row = (&'static str, &'static str, TaxSide, &'static str, &'static str, bool, bool);

use TaxSide::{Input, Output};

/// Quarter 2 of the example; the credit brought forward is 1,510.00.
const V1: &[Row] = &[
    ("S1", "1", Output, "200000.00", "30000.00", false, false),
    ("S2", "1", Output, "10000.00", "1500.00", false, false),
    ("S3", "1", Output, "50000.00", "7500.00", false, false),
    ("S3", "1", Output, "-10000.00", "-1500.00", false, false),
    ("S4", "1", Output, "-8000.00", "-1200.00", false, false),
    ("S5", "1", Output, "-2000.00", "-300.00", true, false),
    ("S6", "1", Output, "-400.00", "-60.00", false, false),
    ("S7", "4", Output, "60000.00", "0.00", false, false),
    ("S8", "3", Output, "15000.00", "0.00", false, false),
    ("S9", "2", Output, "9000.00", "0.00", false, false),
    ("S10", "5", Output, "24000.00", "0.00", false, false),
    ("S11", "1", Output, "400.00", "60.00", false, false),
    ("P1", "7", Input, "90000.00", "13500.00", false, false),
    ("P2", "7", Input, "600.00", "90.00", false, false),
    ("P4", "8", Input, "105000.00", "15750.00", false, false),
    ("P5", "9", Output, "10000.00", "1500.00", false, false),
    ("P5", "9", Input, "8000.00", "1200.00", false, false),
    ("P6", "10", Input, "2000.00", "0.00", false, false),
    ("P7", "11", Input, "1200.00", "0.00", false, false),
    ("P8", "7", Input, "4000.00", "600.00", false, true),
    ("P9", "7", Input, "-1000.00", "-150.00", true, false),
];

fn sum((_, code, side, base, tax, adjustment, early): &Row) -> BoxSum {
    BoxSum {
        code: (*code).to_owned(),
        side: *side,
        adjustment: *adjustment,
        early: *early,
        base: amount(base),
        tax: amount(tax),
        count: 1,
    }
}

fn v1() -> Figures {
    figures(&V1.iter().map(sum).collect::<Vec<_>>(), amount("1510.00")).unwrap()
}

#[test]
fn v1_fills_the_boxes() {
    let figures = v1();
    let shown: Vec<_> = figures
        .boxes
        .iter()
        .map(|found| {
            let text = |amount: Option<Amount>| amount.map(|amount| amount.display(2)).unwrap_or_default();
            [found.def.code.to_owned(), text(found.amount), text(found.adjustment), found.vat.display(2)]
        })
        .collect();
    let expected = [
        ["1", "242000.00", "-2000.00", "36000.00"],
        ["2", "9000.00", "0.00", "0.00"],
        ["3", "15000.00", "0.00", "0.00"],
        ["4", "60000.00", "0.00", "0.00"],
        ["5", "24000.00", "0.00", "0.00"],
        ["6", "350000.00", "-2000.00", "36000.00"],
        ["7", "94600.00", "-1000.00", "14040.00"],
        ["8", "105000.00", "0.00", "15750.00"],
        ["9", "10000.00", "0.00", "-300.00"],
        ["10", "2000.00", "0.00", "0.00"],
        ["11", "1200.00", "0.00", "0.00"],
        ["12", "212800.00", "-1000.00", "29490.00"],
        ["13", "", "", "6510.00"],
        ["14", "", "", "0.00"],
        ["15", "", "", "1510.00"],
        ["16", "", "", "5000.00"],
    ];
    assert_eq!(shown, expected.map(|row| row.map(str::to_owned)));
    assert_eq!(figures.late_vat.display(2), "600.00");
    assert_eq!(figures.entry_count, V1.len() as u64);
    assert!(figures.late_vat <= LATE_VAT_MAX);
}

#[test]
fn v1_is_settled_account_by_account() {
    let owed =
        [("2131", "36000"), ("2132", "1500"), ("1151", "-14040"), ("1152", "-15750"), ("1153", "-1200")];
    let owed: BTreeMap<_, _> =
        owed.iter().map(|(code, owed)| (account(code.parse().unwrap()), amount(owed))).collect();
    let accounts = SettlementAccounts { settlement: account(2133), credit: account(1154) };
    let lines = settlement_lines(&owed, &v1(), accounts).unwrap();
    let shown: Vec<_> = lines
        .iter()
        .map(|line| {
            let (debit, credit) = line.amount.columns();
            (line.account.uuid().as_u128(), debit.display(2), credit.display(2))
        })
        .collect();
    let row = |code, debit: &str, credit: &str| (code, debit.to_owned(), credit.to_owned());
    assert_eq!(
        shown,
        [
            row(1151, "0.00", "14040.00"),
            row(1152, "0.00", "15750.00"),
            row(1153, "0.00", "1200.00"),
            row(2131, "36000.00", "0.00"),
            row(2132, "1500.00", "0.00"),
            row(1154, "0.00", "1510.00"),
            row(2133, "0.00", "5000.00"),
        ]
    );
    let short = owed.into_iter().skip(1).collect();
    assert_eq!(settlement_lines(&short, &v1(), accounts), None, "VAT of the return that no account has");
}

#[test]
fn what_is_reclaimable_is_carried_forward() {
    let bought = sum(&("P", "7", Input, "1000.00", "150.00", false, false));
    let figures = figures(&[bought], amount("40.00")).unwrap();
    assert_eq!((figures.due.display(2), figures.net.display(2)), ("-150.00".into(), "-190.00".into()));
    let accounts = SettlementAccounts { settlement: account(2133), credit: account(1154) };
    let owed = BTreeMap::from([(account(1151), amount("-150.00"))]);
    let lines = settlement_lines(&owed, &figures, accounts).unwrap();
    let shown: Vec<_> = lines.iter().map(|line| (line.account, line.amount.columns().0.display(2))).collect();
    assert_eq!(shown, [(account(1151), "0.00".to_owned()), (account(1154), "150.00".to_owned())]);
}

#[test]
fn entries_of_boxes_that_there_are_not_count_for_nothing() {
    let stray = ["99", "6", "13"].map(|code| sum(&("S", code, Output, "100.00", "15.00", false, true)));
    let figures = figures(&stray, Amount::ZERO).unwrap();
    assert_eq!((figures.net, figures.late_vat, figures.entry_count), (Amount::ZERO, Amount::ZERO, 0));
}

#[test]
fn returns_follow_one_another() {
    let refused = |last, next| check_order(Some(period(last)), period(next)).unwrap_err();
    assert!(check_order(None, period("2026-Q2")).is_ok());
    assert!(check_order(Some(period("2026-Q1")), period("2026-Q2")).is_ok());
    assert!(check_order(Some(period("2026-03")), period("2026-Q2")).is_ok(), "months, then quarters");
    assert_eq!(refused("2026-Q1", "2026-03").def, &PERIOD_ALREADY_FILED);
    let gap = refused("2026-Q1", "2026-Q3");
    assert_eq!((gap.def, gap.param("date")), (&PERIOD_ORDER, Some("2026-04-01")));
    assert_eq!(refused("2026-Q1", "2025-12").def, &PERIOD_ORDER);
}

#[test]
fn every_box_is_there_once_and_names_boxes_before_it() {
    let codes: Vec<_> = KSA.iter().map(|def| def.code).collect();
    let expected: Vec<_> = (1..=16).map(|n: u8| n.to_string()).collect();
    assert_eq!(codes, expected);
    assert_eq!(boxes_of_entries(), ["1", "2", "3", "4", "5", "7", "8", "9", "10", "11"]);
    for (index, def) in KSA.iter().enumerate() {
        let earlier = |code: &str| codes[..index].contains(&code);
        match def.content {
            BoxContent::Total(parts) => assert!(parts.iter().all(|code| earlier(code))),
            BoxContent::Due { output, input } => assert!(earlier(output) && earlier(input)),
            _ => {}
        }
        assert!(def.parts().iter().all(|code| boxes_of_entries().contains(code)));
    }
    assert_eq!(box_def("17"), None);
}

proptest! {
    /// The VAT due equals the VAT owed on the entries, whatever boxes, sides and columns they are in.
    #[test]
    fn what_is_due_is_what_the_entries_owe(
        entries in prop::collection::vec((0..10_usize, any::<bool>(), any::<bool>(), -1_000_000_i64..1_000_000), 0..40),
        credit in 0_i64..1_000_000,
    ) {
        let boxes = boxes_of_entries();
        let sums: Vec<_> = entries
            .iter()
            .map(|(at, output, adjustment, tax)| BoxSum {
                code: boxes[*at].to_owned(),
                side: if *output { Output } else { Input },
                adjustment: *adjustment,
                early: false,
                base: Amount::from_scaled(tax * 7),
                tax: Amount::from_scaled(*tax),
                count: 1,
            })
            .collect();
        let owed: i64 = entries.iter().map(|(_, output, _, tax)| if *output { *tax } else { -tax }).sum();
        let made = figures(&sums, Amount::from_scaled(credit)).unwrap();
        prop_assert_eq!(made.due.scaled(), owed);
        prop_assert_eq!(made.net.scaled(), owed - credit);
        let accounts = SettlementAccounts { settlement: account(1), credit: account(2) };
        let owed = BTreeMap::from([(account(3), Amount::from_scaled(owed))]);
        let lines = settlement_lines(&owed, &made, accounts).unwrap();
        let balance: i64 = lines.iter().map(|line| { let (d, c) = line.amount.columns(); d.scaled() - c.scaled() }).sum();
        prop_assert_eq!(balance, 0);
    }
}
