//! Currencies, rates and the residue of conversion (R6, R7).

use super::*;
use crate::money::AMOUNT_SCALE_EXCEEDED;

fn usd(line: NewLine) -> NewLine {
    foreign("USD", line)
}

#[test]
fn a_line_keeps_both_amounts_and_the_rate() {
    let posted = Books::new().post(vec![usd(debit(USD_BANK, "100.01")), usd(credit(SALES, "100.01"))]);
    let line = &posted.lines()[0];
    assert_eq!(
        (line.debit, line.currency_debit, line.rate),
        (amount("375.54"), amount("100.01"), rate("3.755"))
    );
    assert_eq!(posted.lines().len(), 2);
}

#[test]
fn the_lines_own_rate_and_company_amount_come_first() {
    let books = Books::new();
    let own_rate = NewLine { rate: Some(rate("4")), ..usd(debit(CASH, "10")) };
    let given = NewLine { company_amount: Some(amount("40.00")), ..usd(credit(SALES, "10")) };
    let posted = books.post(vec![own_rate, given]);
    assert_eq!(posted.lines()[0].debit, amount("40"));
    assert_eq!(posted.lines()[1].rate, rate("4"));
}

/// Rules of the rounding account decide whether its line has dimensions, and which.
#[test]
fn the_rounding_line_keeps_the_rules_of_its_account() {
    use crate::accounting::dimension::{
        AccountSelector, DimensionCombination, DimensionRule, DimensionRuleKind,
    };
    use crate::ids::{DimensionId, DimensionRuleId, DimensionSetId, DimensionValueId};

    let dimension = DimensionId::new(Uuid::from_u128(1));
    let value = |n: u128| DimensionValueId::new(Uuid::from_u128(n));
    let set = |n: u128| DimensionSetId::new(Uuid::from_u128(n));
    let with = |n: u128, line: NewLine| NewLine {
        dimensions: DimensionCombination::new(vec![(dimension, value(n))]).unwrap(),
        dimension_set: set(n),
        ..line
    };
    // 3.755 -> 3.76 twice against 7.51: a residue of 0.01.
    let lines = |first: u128, second: u128| {
        let small = vec![with(first, usd(debit(CASH, "1.00"))), with(second, usd(debit(CASH, "1.00")))];
        [small, vec![usd(credit(SALES, "2.00"))]].concat()
    };
    let mut books = Books::new();
    let rounding = |books: &Books, lines: Vec<NewLine>| {
        let posted = books.post(lines);
        posted.lines().iter().find(|line| line.rounding).unwrap().dimension_set
    };
    assert_eq!(rounding(&books, lines(7, 8)), DimensionSetId::EMPTY, "nobody asks for any");
    let account = books.rules().rounding_account.unwrap();
    let rule = |kind| DimensionRule {
        id: DimensionRuleId::new(Uuid::from_u128(1)),
        account: AccountSelector::Account(account),
        kind,
        label: "BRANCH".to_owned(),
    };
    books.dimension_rules = vec![rule(DimensionRuleKind::Mandatory { dimension })];
    assert_eq!(rounding(&books, lines(7, 8)), set(7), "the first of the largest lines that have one");
    books.dimension_rules = vec![rule(DimensionRuleKind::Fixed { dimension, value: value(8) })];
    assert_eq!(rounding(&books, lines(7, 8)), set(8), "the one that keeps the rule");
    let refused = books.validate(lines(7, 9)).unwrap_err();
    let refused: Vec<_> = refused.iter().map(|v| (v.def.code, v.pointer.as_str())).collect();
    assert_eq!(refused, [("dimension_fixed", "/lines")]);
}

#[test]
fn a_residue_goes_to_the_rounding_account_in_its_own_line() {
    let books = Books::new();
    let lines = vec![
        usd(debit(CASH, "0.33")),
        usd(debit(CASH, "0.33")),
        usd(debit(CASH, "0.34")),
        usd(credit(SALES, "1.00")),
    ];
    // 1.24 + 1.24 + 1.28 = 3.76 and 3.755 -> 3.76: no residue.
    assert_eq!(books.post(lines).lines().len(), 4);

    let lines = vec![usd(debit(CASH, "0.01")), usd(debit(CASH, "0.01")), usd(credit(SALES, "0.02"))];
    // 0.04 + 0.04 against 0.08: no residue; with three cents 0.12 against 0.11.
    assert_eq!(books.post(lines).lines().len(), 3);
    let mut lines = vec![usd(debit(CASH, "0.01")); 3];
    lines.push(usd(credit(SALES, "0.03")));
    let posted = books.post(lines);
    let rounding = posted.lines().last().unwrap();
    assert_eq!((rounding.line_no, rounding.account, rounding.credit), (5, account(ROUNDING), amount("0.01")));
    assert!(rounding.rounding && rounding.currency == code("SAR") && rounding.rate == Rate::ONE);
}

#[test]
fn without_a_usable_rounding_account_the_residue_is_refused() {
    let mut books = Books::new();
    let mut lines = vec![usd(debit(CASH, "0.01")); 3];
    lines.push(usd(credit(SALES, "0.03")));
    for unusable in [None, Some(account(HEADING)), Some(account(INACTIVE)), Some(account(RECEIVABLE))] {
        books.rounding_account = unusable;
        assert_eq!(said(books.validate(lines.clone())), only(&ROUNDING_ACCOUNT_MISSING, "/lines"));
    }
}

#[test]
fn a_difference_that_is_no_rounding_is_refused() {
    let books = Books::new();
    // 10.00 USD are 37.55 SAR. A cent may come from rounding on either side, two may not.
    let against = |text: &str| books.validate(vec![usd(debit(CASH, "10")), credit(SALES, text)]);
    assert_eq!(against("37.55").unwrap().lines().len(), 2);
    assert_eq!(against("37.54").unwrap().lines().len(), 3);
    assert_eq!(said(against("37.53")), only(&UNBALANCED_ENTRY, "/lines"));

    // Many lines in the company currency do not widen what one converted line may leave.
    let mut lines = vec![credit(SALES, "0.01"); 100];
    lines.extend([usd(debit(CASH, "10")), credit(SALES, "36.50")]);
    assert_eq!(said(books.validate(lines)), only(&UNBALANCED_ENTRY, "/lines"));
}

#[test]
fn lines_of_one_foreign_currency_balance_in_it() {
    // Both sides are 0.04 SAR, but a cent of a dollar is missing.
    let mut books = Books::new();
    books.rates.insert(code("USD"), rate("0.1"));
    let lines = vec![usd(debit(CASH, "0.36")), usd(credit(SALES, "0.35"))];
    let refused = books.validate(lines).unwrap_err();
    assert_eq!(refused[0].def, &UNBALANCED_ENTRY);
    assert!(refused[0].text(crate::error::Language::English).contains("differ by 0.01 USD"));
}

#[test]
fn amounts_have_no_more_decimals_than_their_currency() {
    let books = Books::new();
    let refused = books.validate(vec![debit(CASH, "1.005"), foreign("JPY", credit(SALES, "1.5"))]);
    assert_eq!(
        said(refused),
        [only(&AMOUNT_SCALE_EXCEEDED, "/lines/0/debit"), only(&AMOUNT_SCALE_EXCEEDED, "/lines/1/credit")]
            .concat()
    );
    assert!(
        books
            .validate(vec![foreign("KWD", debit(CASH, "1.005")), foreign("KWD", credit(SALES, "1.005"))])
            .is_ok()
    );
}

#[test]
fn currencies_and_rates_must_be_known() {
    let books = Books::new();
    let refused = books.validate(vec![foreign("EUR", debit(CASH, "1")), foreign("CHF", credit(SALES, "1"))]);
    assert_eq!(
        said(refused),
        [only(&EXCHANGE_RATE_MISSING, "/lines/0/rate"), only(&CURRENCY_UNKNOWN, "/lines/1/currency")]
            .concat()
    );
    let entry = NewEntry { currency: code("CHF"), ..content(vec![debit(CASH, "1"), credit(SALES, "1")]) };
    let refused = DraftEntry::new(entry, LINES_MAX).unwrap().validate(&books.rules());
    assert_eq!(said(refused), only(&CURRENCY_UNKNOWN, "/currency"));
    let zero = NewLine { rate: Some(Rate::from_scaled(0)), ..usd(debit(CASH, "1")) };
    assert_eq!(
        said(books.validate(vec![zero, usd(credit(SALES, "1"))])),
        only(&EXCHANGE_RATE_INVALID, "/lines/0/rate")
    );
}

#[test]
fn what_is_given_must_fit_together() {
    let books = Books::new();
    let with = |rate_given: Option<&str>, company: Option<&str>, line: NewLine| {
        let line = NewLine { rate: rate_given.map(rate), company_amount: company.map(amount), ..line };
        said(books.validate(vec![line, credit(SALES, "37.55")]))
    };
    let at = |def, field: &str| only(def, &format!("/lines/0/{field}"));
    assert_eq!(with(Some("2"), None, debit(CASH, "37.55")), at(&EXCHANGE_RATE_NOT_ONE, "rate"));
    assert_eq!(with(None, Some("37.56"), debit(CASH, "37.55")), at(&COMPANY_AMOUNT_DIFFERS, "companyAmount"));
    let ten = || usd(debit(CASH, "10"));
    assert_eq!(with(Some("3.755"), Some("37.99"), ten()), at(&COMPANY_AMOUNT_INCONSISTENT, "companyAmount"));
    assert_eq!(with(None, Some("-37.55"), ten()), at(&LINE_AMOUNT_NOT_POSITIVE, "companyAmount"));
    assert_eq!(with(None, Some("37.555"), ten()), at(&AMOUNT_SCALE_EXCEEDED, "companyAmount"));
    assert_eq!(with(None, None, foreign("JPY", debit(CASH, "0"))), at(&LINE_AMOUNT_NOT_POSITIVE, "debit"));
    assert_eq!(with(Some("0.0001"), None, ten()), at(&COMPANY_AMOUNT_ZERO, "debit"));
}

#[test]
fn totals_that_do_not_fit_are_refused() {
    let huge = "900000000000000";
    let lines = vec![debit(CASH, huge), debit(CASH, huge), credit(SALES, huge), credit(SALES, huge)];
    assert_eq!(said(Books::new().validate(lines)), only(&ENTRY_TOTAL_OUT_OF_RANGE, "/lines"));
    let lines = vec![usd(debit(CASH, huge)), usd(credit(SALES, huge))];
    let codes: Vec<_> = said(Books::new().validate(lines)).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["amount_out_of_range", "amount_out_of_range"]);
}
