use application::accounting::reports::error::{KNOWN_AT_IN_FUTURE, REPORT_RANGE_REVERSED};
use application::accounting::reports::request::{Compare, DimensionFilter, ReportRequest};
use application::error::UNKNOWN_REFERENCE;
use domain::money::CurrencyCode;
use domain::time::Timestamp;

use super::books::{Books, foreign, line, request, with_dimensions, within};

fn shown(balances: &[(String, String)]) -> Vec<(&str, &str)> {
    balances.iter().map(|(account, balance)| (account.as_str(), balance.as_str())).collect()
}

fn dimension(dimension: &str, values: &[&str]) -> DimensionFilter {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    DimensionFilter { dimension: dimension.to_owned(), values }
}

#[tokio::test]
async fn partial_periods_are_exact_to_the_day() {
    let books = Books::open().await;
    books.post("2025-12-31", &[("1010", "100"), ("3010", "-100")]).await;
    books.post("2026-01-10", &[("5010", "7.25"), ("1010", "-7.25")]).await;
    books.post("2026-01-31", &[("5010", "1"), ("1010", "-1")]).await;
    books.post("2026-02-15", &[("5010", "2"), ("1010", "-2")]).await;
    books.post("2026-03-20", &[("5010", "4"), ("1010", "-4")]).await;
    books.post("2026-03-21", &[("5010", "8"), ("1010", "-8")]).await;

    let view = books.reports.trial_balance(books.tenant, &within("2026-01-11", "2026-03-20")).await.unwrap();
    let cash = &view.lines[0].figures;
    assert_eq!(view.lines[0].account, "1010");
    assert_eq!(cash.opening.to_string(), "92.75");
    assert_eq!(
        (cash.movement_debit.to_string(), cash.movement_credit.to_string()),
        ("0.00".into(), "7.00".into())
    );
    assert_eq!((cash.debit.to_string(), cash.credit.to_string()), ("85.75".into(), "0.00".into()));
    assert_eq!(view.totals.debit, view.totals.credit);
    assert_eq!(view.balanced, Some(true));

    let all = books.balances(&request()).await;
    assert_eq!(shown(&all), [("1010", "77.75"), ("3010", "-100.00"), ("5010", "22.25")]);
}

#[tokio::test]
async fn accounts_with_postings_that_net_to_zero_are_listed_and_others_are_not() {
    let books = Books::open().await;
    let entry = books.post("2026-01-10", &[("5010", "7.25"), ("1010", "-7.25")]).await;
    books.reverse(&entry, "2026-01-11").await.unwrap();
    assert_eq!(shown(&books.balances(&request()).await), [("1010", "0.00"), ("5010", "0.00")]);
    let with_zero = ReportRequest { include_zero: true, ..request() };
    assert_eq!(books.balances(&with_zero).await.len(), 11, "every posting account");
}

#[tokio::test]
async fn a_level_adds_accounts_to_their_headings() {
    let books = Books::open().await;
    books.post("2026-01-10", &[("1010", "10"), ("1020", "5"), ("4010", "-15")]).await;
    let at = |level| ReportRequest { level: Some(level), ..request() };
    assert_eq!(shown(&books.balances(&at(2)).await), [("10", "15.00"), ("4010", "-15.00")]);
    assert_eq!(shown(&books.balances(&at(1)).await), [("1", "15.00"), ("40", "-15.00")]);
}

#[tokio::test]
async fn dimensions_must_all_hold_and_partial_periods_read_lines() {
    let books = Books::open().await;
    let post = async |day: &str, amount: &str, pairs: &[(&str, &str)]| {
        let lines = vec![with_dimensions(line("5010", amount), pairs), line("1010", &format!("-{amount}"))];
        books.post_lines(day, lines).await.unwrap();
    };
    post("2026-01-10", "1", &[("branch", "east"), ("project", "alpha")]).await;
    post("2026-01-20", "2", &[("branch", "east"), ("project", "beta")]).await;
    post("2026-02-10", "4", &[("branch", "west"), ("project", "alpha")]).await;
    post("2026-02-11", "8", &[("branch", "east")]).await;
    post("2026-02-12", "16", &[]).await;

    let by = |dimensions: Vec<DimensionFilter>| ReportRequest { dimensions, ..request() };
    let east = books.balances(&by(vec![dimension("branch", &["east"])])).await;
    assert_eq!(shown(&east), [("5010", "11.00")]);
    let both = books
        .balances(&by(vec![dimension("branch", &["east"]), dimension("project", &["alpha", "beta"])]))
        .await;
    assert_eq!(shown(&both), [("5010", "3.00")]);
    let cut = ReportRequest {
        dimensions: vec![dimension("branch", &["east"])],
        ..within("2026-01-15", "2026-02-11")
    };
    let view = books.reports.trial_balance(books.tenant, &cut).await.unwrap();
    assert_eq!(view.lines[0].figures.opening.to_string(), "1.00");
    assert_eq!(view.lines[0].figures.movement_debit.to_string(), "10.00");
    assert_eq!(view.balanced, None, "a filter leaves lines out");

    let wrong = by(vec![dimension("branch", &["north"]), dimension("colour", &["red"])]);
    let refused = books.reports.trial_balance(books.tenant, &wrong).await.unwrap_err();
    assert_eq!(refused.violations.len(), 2);
    assert!(refused.is(&UNKNOWN_REFERENCE));
}

#[tokio::test]
async fn a_value_covers_those_below_it() {
    let books = Books::open().await;
    books
        .connection()
        .execute(
            "UPDATE dimension_value SET parent_id = (SELECT id FROM dimension_value WHERE code = 'east') WHERE code = 'west'",
            [],
        )
        .unwrap();
    let lines = vec![with_dimensions(line("5010", "3"), &[("branch", "west")]), line("1010", "-3")];
    books.post_lines("2026-01-10", lines).await.unwrap();
    let east = ReportRequest { dimensions: vec![dimension("branch", &["east"])], ..request() };
    assert_eq!(shown(&books.balances(&east).await), [("5010", "3.00")]);
}

#[tokio::test]
async fn a_currency_shows_its_own_amounts() {
    let books = Books::open().await;
    let lines = vec![foreign("1010", "100", "USD", "3.75"), line("4010", "-375")];
    books.post_lines("2026-01-10", lines).await.unwrap();
    books.post("2026-01-11", &[("1010", "1"), ("4010", "-1")]).await;
    assert_eq!(shown(&books.balances(&request()).await), [("1010", "376.00"), ("4010", "-376.00")]);
    let usd = ReportRequest { currency: Some(CurrencyCode::parse("USD").unwrap()), ..request() };
    let view = books.reports.trial_balance(books.tenant, &usd).await.unwrap();
    assert_eq!(view.scope.currency, "USD");
    assert_eq!(view.lines.len(), 1);
    assert_eq!(view.lines[0].figures.debit.to_string(), "100.00");
}

#[tokio::test]
async fn comparison_stands_beside_the_figures() {
    let books = Books::open().await;
    books.post("2026-01-10", &[("1010", "10"), ("4010", "-10")]).await;
    books.post("2026-02-10", &[("1010", "5"), ("4010", "-5")]).await;
    let compared = ReportRequest { compare: Compare::PreviousPeriod, ..within("2026-02-01", "2026-02-28") };
    let view = books.reports.trial_balance(books.tenant, &compared).await.unwrap();
    let cash = &view.lines[0];
    assert_eq!(cash.figures.closing.to_string(), "15.00");
    let before = cash.comparison.as_ref().unwrap();
    assert_eq!((before.opening.to_string(), before.closing.to_string()), ("0.00".into(), "10.00".into()));
}

#[tokio::test]
async fn closing_entries_can_be_left_out() {
    let books = Books::open().await;
    books.post("2025-05-01", &[("1010", "10"), ("4010", "-10")]).await;
    books.close("2025-12-31", &[("4010", "10"), ("3020", "-10")]).await;
    let year = within("2025-01-01", "2025-12-31");
    assert_eq!(
        shown(&books.balances(&year).await),
        [("1010", "10.00"), ("3020", "-10.00"), ("4010", "0.00")]
    );
    let without = ReportRequest { include_closing: Some(false), ..year };
    assert_eq!(shown(&books.balances(&without).await), [("1010", "10.00"), ("4010", "-10.00")]);
    let later = ReportRequest { include_closing: Some(false), ..within("2026-01-01", "2026-12-31") };
    assert_eq!(
        shown(&books.balances(&later).await),
        [("1010", "10.00"), ("3020", "-10.00"), ("4010", "0.00")],
        "earlier years stay closed"
    );
}

#[tokio::test]
async fn impossible_requests_are_refused() {
    let books = Books::open().await;
    let reversed =
        books.reports.trial_balance(books.tenant, &within("2026-02-01", "2026-01-01")).await.unwrap_err();
    assert!(reversed.is(&REPORT_RANGE_REVERSED));
    let future =
        ReportRequest { known_at: Some(Timestamp::parse("2090-01-01T00:00:00Z").unwrap()), ..request() };
    let refused = books.reports.trial_balance(books.tenant, &future).await.unwrap_err();
    assert!(refused.is(&KNOWN_AT_IN_FUTURE));
    assert_eq!(refused.violations[0].pointer, "?knownAt");
}
