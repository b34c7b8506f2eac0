use super::*;
use crate::error::{Language, Violations};

fn code(text: &str) -> Code {
    Code::parse(text).unwrap()
}

fn row(name: &str, content: RowContent) -> LayoutRow {
    let name_of = LocalizedName::parse(Some(name), Some(name)).unwrap();
    LayoutRow { code: code(name), name: name_of, content, level: 0, hidden: false }
}

fn accounts(ranges: &[(&str, &str)]) -> RowAccounts {
    let range = |(from, to): &(&str, &str)| CodeRange { from: code(from), to: code(to) };
    RowAccounts { ranges: ranges.iter().map(range).collect(), ..RowAccounts::default() }
}

fn taking(name: &str, ranges: &[(&str, &str)]) -> LayoutRow {
    row(name, RowContent::Accounts(accounts(ranges)))
}

fn sum(name: &str, formula: &str) -> LayoutRow {
    row(name, RowContent::Formula(Formula::parse(formula).unwrap()))
}

fn layout(kind: LayoutKind, rows: Vec<LayoutRow>) -> ReportLayout {
    let name = LocalizedName::parse(None, Some("Layout")).unwrap();
    let id = ReportLayoutId::new(uuid::Uuid::from_u128(1));
    ReportLayout { id, code: code("L"), name, kind, rows, version: 1 }
}

/// Code and pointer of everything that is wrong.
fn wrong(layout: &ReportLayout) -> Vec<(&'static str, String)> {
    let mut violations = Violations::new();
    layout.check(&mut violations);
    violations.into_vec().into_iter().map(|violation| (violation.def.code, violation.pointer)).collect()
}

fn pairs<'a>(found: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    found.iter().map(|(code, at)| (*code, at.as_str())).collect()
}

#[test]
fn a_formula_is_read_as_written() {
    for text in ["A", "- A", "A + B-1 - C", "SALES - COST + OTHER"] {
        assert_eq!(Formula::parse(text).unwrap().to_string(), text);
    }
    for (text, at) in [("A B", "B"), ("A + + B", "+"), ("A -", "-"), ("", ""), ("A * B", "*"), ("+", "+")] {
        let violation = Formula::parse(text).unwrap_err();
        assert_eq!(
            (violation.def.code, violation.param("text")),
            ("layout_formula_invalid", Some(at)),
            "{text}"
        );
    }
}

#[test]
fn formulas_count_rows_through_other_formulas() {
    let rows = vec![
        taking("A", &[("1", "1")]),
        taking("B", &[("2", "2")]),
        sum("GROSS", "A - B"),
        sum("TWICE", "GROSS + A"),
        sum("NOTHING", "A - A"),
    ];
    let weights = layout(LayoutKind::Custom, rows).weights(&mut Violations::new());
    assert_eq!(weights[2], [(0, 1), (1, -1)].into());
    assert_eq!(weights[3], [(0, 2), (1, -1)].into());
    assert!(weights[4].is_empty());
}

#[test]
fn a_circle_and_an_unknown_row_are_named_where_they_stand() {
    let rows = vec![
        sum("A", "B"),
        sum("B", "C + MISSING"),
        sum("C", "A"),
        sum("SELF", "SELF"),
        row("HEAD", RowContent::Heading),
        sum("OF-HEAD", "HEAD"),
    ];
    let layout = layout(LayoutKind::Custom, rows);
    let found = wrong(&layout);
    assert_eq!(
        pairs(&found),
        [
            ("layout_formula_circular", "/rows/2/formula"),
            ("layout_row_unknown", "/rows/1/formula"),
            ("layout_formula_circular", "/rows/3/formula"),
            ("layout_row_no_figure", "/rows/5/formula"),
        ]
    );
    let mut violations = Violations::new();
    layout.check(&mut violations);
    assert!(violations.into_vec()[0].text(Language::English).contains("A = B = C = A"));
}

#[test]
fn formulas_that_double_each_other_are_bounded() {
    let mut rows = vec![taking("R0", &[("1", "1")])];
    rows.extend((1..200).map(|n| sum(&format!("R{n}"), &format!("R{} + R{}", n - 1, n - 1))));
    let found = wrong(&layout(LayoutKind::Custom, rows));
    assert_eq!(found[0], ("layout_formula_weight", "/rows/10/formula".to_owned()));
}

#[test]
fn accounts_that_would_be_counted_twice_are_refused() {
    let two = |second: RowAccounts| {
        let rows = vec![taking("A", &[("1000", "1999")]), row("B", RowContent::Accounts(second))];
        wrong(&layout(LayoutKind::BalanceSheet, rows))
    };
    let again = accounts(&[("1500", "2500")]);
    assert_eq!(pairs(&two(again.clone())), [("layout_ranges_overlap", "/rows/1/accounts/0")]);
    assert!(two(RowAccounts { memo: true, ..again.clone() }).is_empty(), "it shows what another row counts");
    assert_eq!(
        pairs(&two(RowAccounts { measure: Some(Measure::Movement), ..again.clone() })),
        [("layout_ranges_overlap", "/rows/1/accounts/0")],
        "a closing balance has the movement in it"
    );
    assert!(two(accounts(&[("2000", "2500")])).is_empty());
    assert_eq!(
        pairs(&two(accounts(&[("3", "2"), ("40", "50"), ("45", "60")]))),
        [("layout_range_order", "/rows/1/accounts/0"), ("layout_ranges_overlap", "/rows/1/accounts/2")]
    );
    let rows = |measure| {
        let part = |name, measure| {
            row(name, RowContent::Accounts(RowAccounts { measure: Some(measure), ..accounts(&[("1", "9")]) }))
        };
        vec![part("A", Measure::Opening), part("B", measure)]
    };
    assert!(wrong(&layout(LayoutKind::Custom, rows(Measure::Movement))).is_empty());
    assert_eq!(wrong(&layout(LayoutKind::Custom, rows(Measure::Opening))).len(), 1);
}

#[test]
fn types_and_activities_keep_rows_of_one_range_apart() {
    let of = |name, types: &[AccountType]| {
        row(name, RowContent::Accounts(RowAccounts { types: types.to_vec(), ..accounts(&[("1", "9")]) }))
    };
    let rows = vec![of("A", &[AccountType::Asset]), of("B", &[AccountType::Liability])];
    assert!(wrong(&layout(LayoutKind::BalanceSheet, rows)).is_empty());
}

#[test]
fn a_row_takes_accounts_that_meet_every_sort_of_condition() {
    let facts = |code, account_type, above| AccountFacts {
        code,
        account_type,
        activity: CashFlowActivity::Operating,
        above,
    };
    let row = RowAccounts {
        headings: vec![code("10")],
        types: vec![AccountType::Asset],
        ..accounts(&[("5", "6")])
    };
    assert!(row.takes(&facts("555", AccountType::Asset, &[])));
    assert!(row.takes(&facts("1", AccountType::Asset, &["100", "10"])));
    assert!(!row.takes(&facts("1", AccountType::Expense, &["10"])));
    assert!(!row.takes(&facts("7", AccountType::Asset, &["11"])));
}

#[test]
fn rows_of_changes_in_equity_have_no_measure() {
    let measured = RowAccounts { measure: Some(Measure::Opening), ..accounts(&[("3", "4")]) };
    let rows = vec![row("A", RowContent::Accounts(measured)), row("A", RowContent::Accounts(accounts(&[])))];
    assert_eq!(
        pairs(&wrong(&layout(LayoutKind::EquityChanges, rows))),
        [
            ("layout_measure_of_equity", "/rows/0/measure"),
            ("layout_row_twice", "/rows/1/code"),
            ("layout_row_without_accounts", "/rows/1/accounts"),
        ]
    );
}
