use chrono::NaiveDate;

use super::*;
use crate::ids::Id;

fn date(text: &str) -> NaiveDate {
    crate::time::parse_date(text).unwrap()
}

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn line(percent: Option<&str>, due_days: u32) -> TermLine {
    let share = percent.map_or(TermShare::Rest, |text| TermShare::Percent(Percentage::parse(text).unwrap()));
    TermLine { share, due_days, from: DueFrom::Document, day_of_month: None, discount: None }
}

fn terms(lines: Vec<TermLine>) -> PaymentTerm {
    PaymentTerm {
        id: Id::new(uuid::Uuid::nil()),
        code: Code::parse("T").unwrap(),
        name: LocalizedName::parse(None, Some("Terms")).unwrap(),
        discount_basis: DiscountBasis::Gross,
        partial_discount: false,
        lines: TermLines::new(lines).unwrap(),
        version: 1,
    }
}

fn instalments(terms: &PaymentTerm, whole: &str, document: &str) -> Vec<Instalment> {
    let dates = TermDates { document: date(document), delivery: date("2026-03-20") };
    terms.instalments(amount(whole), amount(whole), dates, 2).unwrap()
}

fn codes(lines: Vec<TermLine>) -> Vec<(&'static str, String)> {
    let refused = TermLines::new(lines).unwrap_err();
    refused.into_iter().map(|violation| (violation.def.code, violation.pointer)).collect()
}

#[test]
fn nothing_is_lost_between_instalments() {
    let terms = terms(vec![line(Some("30"), 0), line(Some("30"), 30), line(Some("40"), 60)]);
    let parts = instalments(&terms, "115.01", "2026-03-15");
    let amounts: Vec<String> = parts.iter().map(|part| part.amount.display(2)).collect();
    assert_eq!(amounts, ["34.50", "34.50", "46.01"]);
    let due: Vec<NaiveDate> = parts.iter().map(|part| part.due_date).collect();
    assert_eq!(due, [date("2026-03-15"), date("2026-04-14"), date("2026-05-14")]);
    let credit = instalments(&terms, "-115.01", "2026-03-15");
    assert_eq!(credit[2].amount, amount("-46.01"));
}

#[test]
fn a_line_takes_the_rest() {
    let terms = terms(vec![line(Some("33.3333"), 0), line(None, 30)]);
    let parts = instalments(&terms, "100.00", "2026-03-15");
    assert_eq!(parts[1].percent, Percentage::parse("66.6667").unwrap());
    assert_eq!((parts[0].amount, parts[1].amount), (amount("33.33"), amount("66.67")));
}

#[test]
fn lines_come_to_a_hundred_per_cent() {
    let sum = || [("terms_percent_sum", "/lines".to_owned())];
    assert_eq!(codes(vec![line(Some("30"), 0), line(Some("69.9999"), 0)]), sum());
    assert_eq!(codes(vec![line(Some("60"), 0), line(Some("60"), 0)]), sum());
    assert_eq!(codes(vec![]), sum());
    assert_eq!(codes(vec![line(Some("100"), 0), line(None, 0)]), sum());
    let twice = codes(vec![line(None, 0), line(Some("50"), 0), line(None, 0)]);
    assert_eq!(twice, [("terms_rest_twice", "/lines/2/rest".to_owned())]);
}

#[test]
fn a_discount_ends_before_the_due_date_does() {
    let discount = |days| Some(TermDiscount { percent: Percentage::parse("2").unwrap(), days });
    let refused = codes(vec![TermLine { discount: discount(31), ..line(Some("100"), 30) }]);
    assert_eq!(refused, [("terms_discount_late", "/lines/0/discountDays".to_owned())]);

    let mut terms = terms(vec![TermLine { discount: discount(10), ..line(Some("100"), 30) }]);
    let dates = TermDates { document: date("2026-03-15"), delivery: date("2026-03-15") };
    let of = |terms: &PaymentTerm| {
        let parts = terms.instalments(amount("115.00"), amount("100.00"), dates, 2).unwrap();
        parts[0].discount.clone().unwrap()
    };
    let gross = of(&terms);
    assert_eq!((gross.until, gross.amount), (date("2026-03-25"), amount("2.30")));
    terms.discount_basis = DiscountBasis::Net;
    assert_eq!(of(&terms).amount, amount("2.00"));
}

#[test]
fn days_are_counted_from_where_the_line_says() {
    let of = |line: TermLine, document: &str| instalments(&terms(vec![line]), "1.00", document)[0].due_date;
    let all = line(Some("100"), 30);
    let end_of_month = TermLine { from: DueFrom::EndOfMonth, ..all };
    assert_eq!(of(end_of_month, "2026-02-03"), date("2026-03-30"));
    assert_eq!(of(TermLine { due_days: 0, ..end_of_month }, "2028-02-29"), date("2028-02-29"));
    assert_eq!(of(TermLine { from: DueFrom::Delivery, ..all }, "2026-03-01"), date("2026-04-19"));
    // The day of a month: the same month's, the next one's, or the last of a short one.
    let fixed = |day| TermLine { day_of_month: Some(day), due_days: 0, ..all };
    assert_eq!(of(fixed(15), "2026-03-15"), date("2026-03-15"));
    assert_eq!(of(fixed(15), "2026-03-16"), date("2026-04-15"));
    assert_eq!(of(fixed(31), "2026-02-01"), date("2026-02-28"));
    assert_eq!(of(fixed(31), "2026-12-31"), date("2026-12-31"));
    assert_eq!(of(fixed(30), "2026-01-31"), date("2026-02-28"));
    // A Friday stays.
    assert_eq!(of(TermLine { due_days: 5, ..all }, "2026-03-15"), date("2026-03-20"));
}

#[test]
fn an_amount_with_too_many_decimals_has_no_instalments() {
    let dates = TermDates { document: date("2026-03-15"), delivery: date("2026-03-15") };
    let terms = terms(vec![line(Some("100"), 0)]);
    assert_eq!(terms.instalments(amount("0.001"), amount("0.001"), dates, 2), None);
    assert!(terms.instalments(amount("0.001"), amount("0.001"), dates, 3).is_some());
}
