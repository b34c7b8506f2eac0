use uuid::Uuid;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn percent(text: &str) -> Percentage {
    Percentage::parse(text).unwrap()
}

fn rates(pairs: &[(&str, &str)]) -> TaxRates {
    let rate = |(from, rate): &(&str, &str)| TaxRate { from: day(from), rate: percent(rate) };
    TaxRates::new(pairs.iter().map(rate).collect()).unwrap()
}

fn s15() -> TaxCode {
    TaxCode {
        id: TaxCodeId::new(Uuid::from_u128(1)),
        code: Code::parse("S15").unwrap(),
        name: LocalizedName::parse(None, Some("Standard rate")).unwrap(),
        kind: TaxKind::Sale,
        category: Some(TaxCategory::Standard),
        reason: None,
        recoverable_percent: Percentage::HUNDRED,
        irrecoverable_to: IrrecoverableTo::Cost,
        output_box: Some(Code::parse("1").unwrap()),
        input_box: None,
        rates: rates(&[("2018-01-01", "5"), ("2020-07-01", "15")]),
        active: true,
        version: 1,
    }
}

fn medicines() -> TaxCode {
    let (category, reason) = (Some(TaxCategory::Zero), Some(ExemptionReason::Medicines));
    TaxCode { code: Code::parse("Z-MED").unwrap(), category, reason, rates: TaxRates::default(), ..s15() }
}

fn found(violations: Violations) -> Vec<(&'static str, String)> {
    violations.into_vec().into_iter().map(|violation| (violation.def.code, violation.pointer)).collect()
}

fn at(code: &'static str, pointer: &str) -> (&'static str, String) {
    (code, pointer.to_owned())
}

#[test]
fn the_rate_is_that_of_the_tax_date() {
    let on = |date| s15().treatment(day(date), &[TaxKind::Sale]).map(|tax| tax.rate());
    assert_eq!(on("2018-01-01"), Ok(percent("5")));
    assert_eq!(on("2020-06-30"), Ok(percent("5")));
    assert_eq!(on("2020-07-01"), Ok(percent("15")));
    let refused = on("2017-12-31").unwrap_err().remove(0);
    assert_eq!(refused.def, &TAX_RATE_UNKNOWN);
    assert!(refused.text(crate::error::Language::English).contains("2018-01-01"));
    // Without tax there is no rate to look for.
    let zero = medicines().treatment(day("1999-01-01"), &[TaxKind::Sale]).unwrap();
    assert_eq!((zero.rate(), zero.reason()), (Percentage::ZERO, Some(ExemptionReason::Medicines)));
}

#[test]
fn a_document_takes_active_codes_of_its_kinds() {
    let refused = |code: TaxCode| {
        let refused = code.treatment(day("2026-01-01"), &[TaxKind::Sale, TaxKind::Purchase]).unwrap_err();
        refused[0].def.code
    };
    assert_eq!(refused(TaxCode { active: false, ..s15() }), "tax_code_inactive");
    assert_eq!(refused(TaxCode { kind: TaxKind::ReverseCharge, ..s15() }), "tax_code_kind_not_taken");
    assert_eq!(
        refused(TaxCode { kind: TaxKind::Withholding, category: None, ..s15() }),
        "tax_code_kind_not_taken"
    );
}

#[test]
fn rates_follow_each_other() {
    let rate = |from| TaxRate { from: day(from), rate: percent("15") };
    let refused =
        TaxRates::new(vec![rate("2020-07-01"), rate("2020-07-01"), rate("2018-01-01")]).unwrap_err();
    let pointers: Vec<_> = refused.iter().map(|violation| violation.pointer.as_str()).collect();
    assert_eq!(pointers, ["/rates/1/from", "/rates/2/from"]);
}

#[test]
fn what_does_not_go_with_the_kind_is_refused_at_once() {
    assert_eq!(found(s15().check()), []);
    assert_eq!(found(medicines().check()), []);
    let purchase = TaxCode { kind: TaxKind::Purchase, recoverable_percent: percent("60"), ..medicines() };
    assert_eq!(
        found(purchase.check()),
        [at("tax_code_member_not_taken", "/reason"), at("tax_code_member_not_taken", "/outputBox")]
    );
    let sale = TaxCode {
        category: Some(TaxCategory::Exempt),
        recoverable_percent: percent("60"),
        input_box: Some(Code::parse("7").unwrap()),
        ..s15()
    };
    assert_eq!(
        found(sale.check()),
        [
            at("tax_rate_not_zero", "/rates/0/rate"),
            at("tax_rate_not_zero", "/rates/1/rate"),
            at("tax_reason_missing", "/reason"),
            at("tax_code_member_not_taken", "/recoverablePercent"),
            at("tax_code_member_not_taken", "/inputBox"),
        ]
    );
    let withholding = TaxCode { kind: TaxKind::Withholding, output_box: None, ..s15() };
    assert_eq!(found(withholding.check()), [at("tax_code_member_not_taken", "/category")]);
    let nothing = TaxCode { kind: TaxKind::Sale, category: None, output_box: None, ..s15() };
    assert_eq!(found(nothing.check()), [at("tax_code_member_missing", "/category")]);
    let rateless = TaxCode { rates: TaxRates::default(), ..s15() };
    assert_eq!(found(rateless.check()), [at("tax_code_member_missing", "/rates")]);
    let none = TaxCode { kind: TaxKind::None, category: None, output_box: None, ..s15() };
    assert_eq!(found(none.check()), [at("tax_code_member_not_taken", "/rates")]);
    let mismatch = TaxCode { reason: Some(ExemptionReason::RealEstate), ..medicines() };
    assert_eq!(found(mismatch.check()), [at("tax_reason_category", "/reason")]);
}

#[test]
fn what_returns_are_made_of_stays_once_the_code_is_used() {
    let next = TaxCode {
        code: Code::parse("S16").unwrap(),
        kind: TaxKind::Purchase,
        category: Some(TaxCategory::Exempt),
        reason: Some(ExemptionReason::RealEstate),
        rates: rates(&[("2018-01-01", "5")]),
        ..s15()
    };
    assert_eq!(found(s15().may_become(&next, false)), []);
    assert_eq!(
        found(s15().may_become(&next, true)),
        [
            at("tax_code_used", "/code"),
            at("tax_code_used", "/kind"),
            at("tax_code_used", "/category"),
            at("tax_code_used", "/reason"),
            at("tax_code_rates_kept", "/rates"),
        ]
    );
    let later = rates(&[("2018-01-01", "5"), ("2020-07-01", "15"), ("2027-01-01", "10")]);
    let next = TaxCode { rates: later, active: false, output_box: None, ..s15() };
    assert_eq!(found(s15().may_become(&next, true)), []);
    let other = TaxCode { rates: rates(&[("2018-01-01", "5"), ("2020-07-01", "16")]), ..s15() };
    assert_eq!(found(s15().may_become(&other, true)), [at("tax_code_rates_kept", "/rates")]);
}

/// T14 and T15: VAT of 1,500.00 at 80 %, of 150.00 at 60 %, and of 60.00 that is blocked.
#[test]
fn input_vat_is_recovered_by_its_share() {
    for (percent_text, vat, recovered, rest) in [
        ("100", "1500.00", "1500.00", "0.00"),
        ("80", "1500.00", "1200.00", "300.00"),
        ("60", "150.00", "90.00", "60.00"),
        ("0", "60.00", "0.00", "60.00"),
        ("33.3333", "0.05", "0.02", "0.03"),
    ] {
        let code = TaxCode { kind: TaxKind::Purchase, recoverable_percent: percent(percent_text), ..s15() };
        let found = code.recovered(Amount::parse(vat).unwrap(), 2).unwrap();
        assert_eq!((found.0.display(2).as_str(), found.1.display(2).as_str()), (recovered, rest));
    }
}

fn boxed(code: TaxCode, output: Option<&str>, input: Option<&str>) -> TaxCode {
    let code_of = |text: &str| Code::parse(text).unwrap();
    TaxCode { output_box: output.map(code_of), input_box: input.map(code_of), ..code }
}

fn of_kind(kind: TaxKind) -> TaxCode {
    TaxCode { kind, ..s15() }
}

/// VAT in a box of the other side or of a total is declared wrongly, and without a box not at all.
#[test]
fn a_code_names_boxes_that_take_its_entries() {
    let unfit = |member: &str| vec![at("tax_code_box_unfit", member)];
    let missing = |member: &str| vec![at("tax_code_member_missing", member)];
    for (code, expected) in [
        (s15(), vec![]),
        (boxed(s15(), Some("7"), None), unfit("/outputBox")),
        (boxed(s15(), Some("6"), None), unfit("/outputBox")),
        (boxed(s15(), Some("16"), None), unfit("/outputBox")),
        (boxed(s15(), Some("NO"), None), unfit("/outputBox")),
        (boxed(s15(), None, None), missing("/outputBox")),
        (boxed(of_kind(TaxKind::Purchase), None, Some("7")), vec![]),
        (boxed(of_kind(TaxKind::Purchase), None, Some("1")), unfit("/inputBox")),
        (boxed(of_kind(TaxKind::Purchase), None, Some("12")), unfit("/inputBox")),
        (boxed(of_kind(TaxKind::Purchase), None, None), missing("/inputBox")),
        (boxed(of_kind(TaxKind::Import), None, Some("8")), vec![]),
        (boxed(of_kind(TaxKind::ReverseCharge), Some("9"), Some("9")), vec![]),
        (boxed(of_kind(TaxKind::ReverseCharge), Some("1"), Some("9")), unfit("/outputBox")),
        (boxed(of_kind(TaxKind::ReverseCharge), Some("9"), None), missing("/inputBox")),
        (boxed(TaxCode { category: Some(TaxCategory::OutOfScope), ..s15() }, None, None), vec![]),
        (
            boxed(TaxCode { recoverable_percent: percent("0"), ..of_kind(TaxKind::Purchase) }, None, None),
            vec![],
        ),
    ] {
        assert_eq!(found(code.check_boxes()), expected, "{:?} {:?}", code.kind, code.output_box);
    }
}

#[test]
fn boxes_of_a_used_code_stay_unless_they_were_wrong() {
    let other = boxed(s15(), Some("2"), None);
    assert_eq!(found(s15().check_boxes_of(&other, false)), []);
    assert_eq!(found(s15().check_boxes_of(&other, true)), [at("tax_code_used", "/outputBox")]);
    let none = boxed(s15(), None, None);
    assert_eq!(found(none.check_boxes_of(&s15(), true)), [], "a box that was forgotten is added");
    let renamed = TaxCode { active: false, ..none.clone() };
    assert_eq!(
        found(none.check_boxes_of(&renamed, true)),
        [],
        "what was not checked then does not bar the rest"
    );
    let blocked =
        TaxCode { recoverable_percent: percent("0"), ..boxed(of_kind(TaxKind::Purchase), None, None) };
    let recovered = TaxCode { recoverable_percent: percent("60"), ..boxed(blocked.clone(), None, Some("7")) };
    assert_eq!(found(blocked.check_boxes_of(&recovered, true)), []);
}
