use application::accounting::reports::request::{Compare, ReportRequest};
use application::accounting::views::reports::{StatementSection, StatementView};

use super::books::{Books, date, line, request, with_dimensions, within};

/// Code and first amount of every line of a section.
fn lines(section: &StatementSection) -> Vec<(String, String)> {
    section.lines.iter().map(|line| (line.code.clone(), line.amounts[0].to_string())).collect()
}

fn total(view: &StatementView, code: &str) -> String {
    view.sections.iter().find(|section| section.code == code).unwrap().totals[0].to_string()
}

fn result(view: &StatementView, code: &str) -> String {
    view.results.iter().find(|line| line.code == code).unwrap().amounts[0].to_string()
}

fn pairs(found: &[(String, String)]) -> Vec<(&str, &str)> {
    found.iter().map(|(code, amount)| (code.as_str(), amount.as_str())).collect()
}

fn on(day: &str) -> ReportRequest {
    ReportRequest { to: Some(date(day)), ..request() }
}

async fn two_years() -> Books {
    let books = Books::open().await;
    books.post("2025-01-02", &[("1010", "1000"), ("3010", "-1000")]).await;
    books.post("2025-03-01", &[("1020", "300"), ("4010", "-300")]).await;
    books.post("2025-04-01", &[("5010", "120"), ("2010", "-120")]).await;
    books.post("2025-06-01", &[("1030", "400"), ("1010", "-400")]).await;
    books.post("2026-02-01", &[("1010", "250"), ("1020", "-250")]).await;
    books.post("2026-03-01", &[("1010", "90"), ("4010", "-90")]).await;
    books.post("2026-03-02", &[("1010", "60"), ("1030", "-50"), ("4020", "-10")]).await;
    books.post("2026-04-01", &[("1010", "500"), ("2020", "-500")]).await;
    books
}

#[tokio::test]
async fn the_balance_sheet_balances_whether_years_are_closed_or_not() {
    let books = two_years().await;
    let sheet = books.reports.balance_sheet(books.tenant, &on("2026-06-30")).await.unwrap();
    assert_eq!(sheet.balanced, Some(true));
    assert_eq!(
        pairs(&lines(&sheet.sections[0])),
        [("1", "1900.00"), ("10", "1900.00"), ("1010", "1500.00"), ("1020", "50.00"), ("1030", "350.00"),]
    );
    assert_eq!(pairs(&lines(&sheet.sections[1])), [("20", "620.00"), ("2010", "120.00"), ("2020", "500.00")]);
    assert_eq!(
        pairs(&lines(&sheet.sections[2])),
        [
            ("30", "1000.00"),
            ("3010", "1000.00"),
            ("undistributed_profit", "180.00"),
            ("current_year_profit", "100.00"),
        ]
    );
    assert_eq!(
        (total(&sheet, "assets"), result(&sheet, "liabilities_and_equity")),
        ("1900.00".into(), "1900.00".into())
    );

    books.close("2025-12-31", &[("4010", "300"), ("5010", "-120"), ("3020", "-180")]).await;
    let closed = books.reports.balance_sheet(books.tenant, &on("2026-06-30")).await.unwrap();
    assert_eq!(closed.balanced, Some(true));
    assert_eq!(
        pairs(&lines(&closed.sections[2])),
        [("30", "1180.00"), ("3010", "1000.00"), ("3020", "180.00"), ("current_year_profit", "100.00"),]
    );
    let of_2025 = books.reports.balance_sheet(books.tenant, &on("2025-12-31")).await.unwrap();
    assert_eq!(
        pairs(&lines(&of_2025.sections[2])),
        [("30", "1180.00"), ("3010", "1000.00"), ("3020", "180.00")]
    );
    let before = ReportRequest { include_closing: Some(false), ..on("2025-12-31") };
    let before = books.reports.balance_sheet(books.tenant, &before).await.unwrap();
    assert_eq!(
        pairs(&lines(&before.sections[2])),
        [("30", "1000.00"), ("3010", "1000.00"), ("current_year_profit", "180.00"),]
    );
    assert_eq!(before.balanced, Some(true));
}

#[tokio::test]
async fn a_level_hides_what_is_deeper_but_keeps_its_sum() {
    let books = two_years().await;
    let shallow = ReportRequest { level: Some(1), compare: Compare::PreviousYear, ..on("2026-06-30") };
    let sheet = books.reports.balance_sheet(books.tenant, &shallow).await.unwrap();
    let assets = &sheet.sections[0];
    assert_eq!(assets.lines.len(), 1);
    assert_eq!(
        assets.lines[0].amounts.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["1900.00", "1300.00"]
    );
    assert_eq!(sheet.columns[1].to, Some(date("2025-06-30")));
}

#[tokio::test]
async fn the_income_statement_ignores_closing_entries() {
    let books = two_years().await;
    let year = within("2025-01-01", "2025-12-31");
    let open = books.reports.income_statement(books.tenant, &year).await.unwrap();
    assert_eq!(
        (total(&open, "income"), total(&open, "expenses"), result(&open, "net_profit")),
        ("300.00".into(), "120.00".into(), "180.00".into())
    );
    books.close("2025-12-31", &[("4010", "300"), ("5010", "-120"), ("3020", "-180")]).await;
    let closed = books.reports.income_statement(books.tenant, &year).await.unwrap();
    assert_eq!(open.sections, closed.sections, "ordinary periods keep their figures (R12)");
    let with = ReportRequest { include_closing: Some(true), ..year };
    let with = books.reports.income_statement(books.tenant, &with).await.unwrap();
    assert_eq!(result(&with, "net_profit"), "0.00");
}

#[tokio::test]
async fn the_values_of_a_dimension_become_columns() {
    let books = Books::open().await;
    for (value, amount) in [(Some("east"), "5"), (Some("west"), "3"), (None, "2")] {
        let line_of = line("4010", &format!("-{amount}"));
        let income = value.map_or(line_of.clone(), |value| with_dimensions(line_of, &[("branch", value)]));
        books.post_lines("2026-02-10", vec![line("1010", amount), income]).await.unwrap();
    }
    let grouped = ReportRequest { group_by: Some("branch".to_owned()), ..within("2026-02-05", "2026-02-28") };
    let view = books.reports.income_statement(books.tenant, &grouped).await.unwrap();
    let columns: Vec<_> = view.columns.iter().map(|column| column.code.as_str()).collect();
    assert_eq!(columns, ["total", "east", "west", ""]);
    let profit: Vec<_> = view.results[0].amounts.iter().map(ToString::to_string).collect();
    assert_eq!(profit, ["10.00", "5.00", "3.00", "2.00"]);
}

#[tokio::test]
async fn the_cash_flow_explains_the_change_of_cash() {
    let books = two_years().await;
    books.close("2025-12-31", &[("4010", "300"), ("5010", "-120"), ("3020", "-180")]).await;
    let view = books.reports.cash_flow(books.tenant, &within("2026-01-01", "2026-06-30")).await.unwrap();
    assert_eq!(
        pairs(&lines(&view.sections[0])),
        [("net_profit", "100.00"), ("4020", "-10.00"), ("1020", "250.00")]
    );
    assert_eq!(pairs(&lines(&view.sections[1])), [("1030", "50.00"), ("4020", "10.00")]);
    assert_eq!(pairs(&lines(&view.sections[2])), [("2020", "500.00")]);
    assert_eq!(result(&view, "net_change_in_cash"), "900.00");
    assert_eq!(
        (result(&view, "opening_cash"), result(&view, "closing_cash")),
        ("600.00".into(), "1500.00".into())
    );
    assert_eq!((view.balanced, result(&view, "cash_check")), (Some(true), "0.00".into()));
    let of_2025 = books.reports.cash_flow(books.tenant, &within("2025-01-01", "2025-12-31")).await.unwrap();
    assert_eq!((of_2025.balanced, result(&of_2025, "net_change_in_cash")), (Some(true), "600.00".into()));
}

#[tokio::test]
async fn control_accounts_equal_their_lines() {
    let books = two_years().await;
    let view = books.reports.control_accounts(books.tenant, &on("2026-06-30")).await.unwrap();
    assert!(view.balanced);
    let shown: Vec<_> =
        view.lines.iter().map(|line| (line.account.as_str(), line.balance.to_string())).collect();
    assert_eq!(shown, [("1020", "50.00".to_owned()), ("2010", "-120.00".to_owned())]);
    assert_eq!(view.lines[0].parties[0].party.as_deref(), Some("Party of 1020"));
    assert_eq!(view.lines[0].parties[0].balance.to_string(), "50.00");
}
