//! Worked examples, and everything that is refused.

use super::*;
use crate::money::{Currency, CurrencyCode, Percentage, Price, Quantity, Rate};
use crate::tax::category::TaxCategory;
use crate::tax::document::{Charge, Discount, Line};
use crate::tax::exemption::ExemptionReason;
use crate::tax::payable::Payable;
use crate::tax::withholding::Withheld;

pub(super) fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

pub(super) fn percent(text: &str) -> Percentage {
    Percentage::parse(text).unwrap()
}

pub(super) fn currency(code: &str) -> Currency {
    Currency::iso(CurrencyCode::parse(code).unwrap())
}

/// `S` and `S5` bear tax, `Z` are medicines, `E` is rent.
fn tax(name: &str) -> Treatment {
    let (category, rate, reason) = match name {
        "S" => (TaxCategory::Standard, "15", None),
        "S5" => (TaxCategory::Standard, "5", None),
        "Z" => (TaxCategory::Zero, "0", Some(ExemptionReason::Medicines)),
        "X" => (TaxCategory::Zero, "0", Some(ExemptionReason::GoodsExport)),
        "E" => (TaxCategory::Exempt, "0", Some(ExemptionReason::RealEstate)),
        _ => panic!("{name}"),
    };
    Treatment::new(category, percent(rate), reason).unwrap()
}

fn line(quantity: &str, price: &str, name: &str) -> Line {
    Line {
        quantity: Quantity::parse(quantity).unwrap(),
        unit_price: Price::parse(price).unwrap(),
        price_base_quantity: Quantity::ONE,
        discount: None,
        charge: Amount::ZERO,
        tax: tax(name),
    }
}

fn document(lines: Vec<Line>) -> Document {
    let currency = currency("SAR");
    Document { currency, prices_include_vat: false, lines, discount: None, charges: Vec::new() }
}

fn inclusive_document(lines: Vec<Line>) -> Document {
    Document { prices_include_vat: true, ..document(lines) }
}

/// `net | vat | total`.
fn totals_of(document: &Document) -> String {
    let Totals { net, vat, total, .. } = calculate(document).unwrap().totals;
    format!("{} | {} | {}", net.display(2), vat.display(2), total.display(2))
}

fn shown(amounts: impl IntoIterator<Item = Amount>) -> String {
    amounts.into_iter().map(|amount| amount.display(2)).collect::<Vec<_>>().join(", ")
}

#[test]
fn lines_without_vat() {
    let t4 = Line { discount: Some(Discount::Percent(percent("7.5"))), ..line("3", "33.33", "S") };
    let per_thousand =
        Line { price_base_quantity: Quantity::parse("1000").unwrap(), ..line("2500", "18.75", "S") };
    for (example, lines, totals) in [
        ("T1", vec![line("2", "50.00", "S")], "100.00 | 15.00 | 115.00"),
        ("T2", vec![line("1.5", "4.55", "S")], "6.83 | 1.02 | 7.85"),
        ("T3", vec![line("1", "0.10", "S"); 3], "0.30 | 0.05 | 0.35"),
        ("T4", vec![t4.clone()], "92.49 | 13.87 | 106.36"),
        ("T10", vec![per_thousand, line("0.333", "12.345678", "S")], "50.99 | 7.65 | 58.64"),
        ("T14", vec![line("1", "10000", "S")], "10000.00 | 1500.00 | 11500.00"),
        ("T16", vec![line("1", "105000", "S")], "105000.00 | 15750.00 | 120750.00"),
        ("T20", vec![line("1", "2000", "S5")], "2000.00 | 100.00 | 2100.00"),
        ("T21", vec![line("1", "400", "S")], "400.00 | 60.00 | 460.00"),
    ] {
        assert_eq!(totals_of(&document(lines)), totals, "{example}");
    }
    let lines = calculate(&document(vec![line("1", "0.10", "S"); 3])).unwrap().lines;
    assert_eq!(shown(lines.iter().map(|line| line.vat)), "0.02, 0.02, 0.02");
    let line = calculate(&document(vec![t4])).unwrap().lines[0];
    assert_eq!(shown([line.amount, line.discount, line.net, line.gross]), "99.99, 7.50, 92.49, 106.36");
}

#[test]
fn discounts_and_charges_of_the_document_without_vat() {
    let ten = Some(Discount::Amount(amount("10")));
    let t5 = Document { discount: ten, ..document(vec![line("1", "100", "S"), line("1", "50", "Z")]) };
    assert_eq!(totals_of(&t5), "140.00 | 14.00 | 154.00");
    let groups = calculate(&t5).unwrap().groups;
    assert_eq!(shown(groups.iter().map(|group| group.discount)), "6.67, 3.33");
    assert_eq!(shown(groups.iter().map(|group| group.taxable)), "93.33, 46.67");

    let lines = vec![line("7", "19.99", "S"), line("3", "45.10", "Z"), line("1", "33.33", "E")];
    let t6 = Document { discount: Some(Discount::Percent(percent("5"))), ..document(lines) };
    assert_eq!(totals_of(&t6), "293.13 | 19.94 | 313.07");
    let found = calculate(&t6).unwrap();
    assert_eq!(found.totals.discount, amount("15.43"));
    assert_eq!(shown(found.groups.iter().map(|group| group.discount)), "7.00, 6.76, 1.67");
    assert_eq!(shown(found.groups.iter().map(|group| group.taxable)), "132.93, 128.54, 31.66");

    let freight = vec![Charge { amount: amount("25"), tax: tax("S") }];
    let t7 = Document { charges: freight, ..document(vec![line("4", "112.45", "S")]) };
    assert_eq!(totals_of(&t7), "474.80 | 71.22 | 546.02");
}

#[test]
fn the_shelf_total_is_met_exactly() {
    let t8 =
        inclusive_document(vec![line("3", "9.99", "S"), line("1", "14.95", "S"), line("2", "0.50", "S")]);
    assert_eq!(totals_of(&t8), "39.93 | 5.99 | 45.92");
    assert_eq!(shown(calculate(&t8).unwrap().lines.iter().map(|line| line.net)), "26.06, 13.00, 0.87");
    let t9 = Document { discount: Some(Discount::Amount(amount("5"))), ..t8 };
    assert_eq!(totals_of(&t9), "35.58 | 5.34 | 40.92");
    let found = calculate(&t9).unwrap();
    assert_eq!(shown(found.lines.iter().map(|line| line.discount)), "3.26, 1.63, 0.11");
    assert_eq!(shown(found.lines.iter().map(|line| line.net)), "23.23, 11.58, 0.77");
    assert_eq!(found.totals.discount, Amount::ZERO, "it is in the lines");
    assert_eq!(
        totals_of(&inclusive_document(vec![line("1", "1000", "S")])),
        "869.57 | 130.43 | 1000.00",
        "T11"
    );
    // A charge is split like a line.
    let freight = vec![Charge { amount: amount("11.50"), tax: tax("S") }];
    let charged = Document { charges: freight, ..inclusive_document(vec![line("1", "1000", "S")]) };
    let found = calculate(&charged).unwrap();
    assert_eq!(totals_of(&charged), "879.57 | 131.93 | 1011.50");
    assert_eq!(
        shown([found.charges[0].net, found.charges[0].vat, found.totals.charges]),
        "10.00, 1.50, 10.00"
    );
}

/// T12 and T13: the document in its own currency, each ledger line at the document's rate, and what that leaves over.
#[test]
fn amounts_in_the_company_currency_follow_from_those_of_the_document() {
    for (code, price, rate, totals, company) in [
        ("USD", "1234.56", "3.75", "1234.56 | 185.18 | 1419.74", ["4629.60", "694.43", "5324.03"]),
        ("EUR", "987.75", "4.0731", "987.75 | 148.16 | 1135.91", ["4023.20", "603.47", "4626.68"]),
    ] {
        let document = Document { currency: currency(code), ..document(vec![line("1", price, "S")]) };
        assert_eq!(totals_of(&document), totals);
        let Totals { net, vat, total, .. } = calculate(&document).unwrap().totals;
        let rate = Rate::parse(rate).unwrap();
        let converted = [net, vat, total].map(|amount| amount.convert(rate, 2).unwrap().display(2));
        assert_eq!(converted, company);
    }
}

/// T17 and T18: tax that is withheld from a payment, and an invoice after a prepayment.
#[test]
fn payments_before_and_after_the_invoice() {
    let withheld = Withheld::from(amount("20000"), percent("5"), 2).unwrap();
    assert_eq!(shown([withheld.tax, withheld.net]), "1000.00, 19000.00");
    for (net, rate, gross, tax) in [
        ("8500", "15", "10000.00", "1500.00"),
        ("10000", "5", "10526.32", "526.32"),
        ("10000", "20", "12500.00", "2500.00"),
    ] {
        let withheld = Withheld::grossed_up(amount(net), percent(rate), 2).unwrap();
        assert_eq!(shown([withheld.gross, withheld.tax]), format!("{gross}, {tax}"));
    }
    let prepayment = document(vec![line("0.3", "12345.67", "S")]);
    assert_eq!(totals_of(&prepayment), "3703.70 | 555.56 | 4259.26");
    let last = document(vec![line("1", "12345.67", "S")]);
    assert_eq!(totals_of(&last), "12345.67 | 1851.85 | 14197.52");
    let total = calculate(&last).unwrap().totals.total;
    let prepaid = calculate(&prepayment).unwrap().totals.total;
    assert_eq!(Payable::of(total, prepaid, None, last.currency).unwrap().payable, amount("9938.26"));
}

#[test]
fn decimals_are_those_of_the_currency() {
    for (code, totals) in
        [("JPY", ["2", "0", "2"]), ("SAR", ["1.50", "0.23", "1.73"]), ("KWD", ["1.500", "0.225", "1.725"])]
    {
        let document = Document { currency: currency(code), ..document(vec![line("1", "1.5", "S")]) };
        let Totals { net, vat, total, .. } = calculate(&document).unwrap().totals;
        let scale = document.currency.scale;
        assert_eq!([net, vat, total].map(|amount| amount.display(scale)), totals, "{code}");
    }
}

fn refused(document: &Document) -> Vec<(&'static str, String)> {
    let violations = calculate(document).unwrap_err();
    violations.into_iter().map(|violation| (violation.def.code, violation.pointer)).collect()
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let fine = line("1", "1", "S");
    let discounted = |text| Line { discount: Some(Discount::Amount(amount(text))), ..fine.clone() };
    let lines = vec![
        line("-1", "-1", "S"),
        Line { price_base_quantity: Quantity::ZERO, ..fine.clone() },
        discounted("1.01"),
        discounted("-0.10"),
        discounted("0.101"),
        Line { charge: amount("-1"), ..fine.clone() },
        line("1", "1", "Z"),
        line("1", "1", "X"),
        line("1", "1", "X"),
    ];
    let charges = vec![Charge { amount: amount("-5"), tax: tax("S") }];
    let discount = Some(Discount::Amount(amount("-2")));
    let found = refused(&Document { discount, charges, ..document(lines) });
    let expected = [
        ("tax_amount_negative", "/lines/0/quantity"),
        ("tax_amount_negative", "/lines/0/unitPrice"),
        ("price_base_quantity_not_positive", "/lines/1/priceBaseQuantity"),
        ("discount_exceeds_amount", "/lines/2/discountAmount"),
        ("tax_amount_negative", "/lines/3/discountAmount"),
        ("amount_scale_exceeded", "/lines/4/discountAmount"),
        ("tax_amount_negative", "/lines/5/chargeAmount"),
        ("tax_amount_negative", "/charges/0/amount"),
        ("tax_reasons_mixed", "/lines/7"),
        ("tax_amount_negative", "/documentDiscountAmount"),
    ];
    assert_eq!(found, expected.map(|(code, pointer)| (code, pointer.to_owned())));
}

#[test]
fn a_reason_is_named_once_for_its_category() {
    let lines = vec![line("1", "1", "Z"), line("1", "1", "E")];
    let charges = vec![Charge { amount: amount("1"), tax: tax("X") }];
    let mixed = Document { charges, ..document(lines.clone()) };
    assert_eq!(refused(&mixed), [("tax_reasons_mixed", "/charges/0".to_owned())]);
    // Without a reason of its own a line belongs to the group all the same.
    let silent = Treatment::new(TaxCategory::Zero, Percentage::ZERO, None).unwrap();
    let lines = [vec![Line { tax: silent, ..line("1", "1", "Z") }], lines].concat();
    let groups = calculate(&document(lines)).unwrap().groups;
    assert_eq!(groups.len(), 2);
    assert_eq!((groups[0].reason, groups[0].taxable), (Some(ExemptionReason::Medicines), amount("2")));
}

#[test]
fn a_discount_takes_all_but_not_more() {
    let whole = |text| Some(Discount::Amount(amount(text)));
    let lines = vec![line("1", "100", "S"), line("1", "0", "Z")];
    for prices_include_vat in [false, true] {
        let with = |discount| Document { discount, prices_include_vat, ..document(lines.clone()) };
        assert_eq!(totals_of(&with(whole("100"))), "0.00 | 0.00 | 0.00");
        assert_eq!(totals_of(&with(Some(Discount::Percent(Percentage::HUNDRED)))), "0.00 | 0.00 | 0.00");
        let refused = refused(&with(whole("100.01")));
        assert_eq!(refused, [("discount_exceeds_amount", "/documentDiscountAmount".to_owned())]);
    }
}

#[test]
fn amounts_that_do_not_fit_are_refused() {
    let large = line("999999999999", "999999999999", "S");
    let half = line("1000", "900000000000", "S");
    for prices_include_vat in [false, true] {
        let with = |lines| Document { prices_include_vat, ..document(lines) };
        assert_eq!(refused(&with(vec![large.clone()])), [("amount_out_of_range", "/lines/0".to_owned())]);
        assert_eq!(refused(&with(vec![half.clone(); 2])), [("amount_out_of_range", String::new())]);
    }
    assert_eq!(refused(&document(vec![half])), [("amount_out_of_range", String::new())], "with its VAT");
}
