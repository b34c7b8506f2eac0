//! R12: ordinary periods keep their figures, profit and loss is emptied per dimension, as often as needed, in order.

use application::accounting::fiscal_periods::{CloseFiscalPeriod, OpenFiscalPeriod};
use application::accounting::fiscal_years::{CloseFiscalYear, ReopenFiscalYear};
use application::context::RequestContext;
use application::error::AppResult;
use serde_json::Value as Json;

use super::{Books, codes, figures};

impl Books {
    async fn close(&self, year: &str) -> AppResult<Json> {
        self.run(CloseFiscalYear { id: self.year(year).await.into() }).await
    }

    async fn reopen(&self, year: &str, open_periods: bool) -> AppResult<Json> {
        let id = self.year(year).await.into();
        self.run(ReopenFiscalYear { id, reason: "audit".to_owned(), open_periods }).await
    }

    async fn with_a_year_of_trade() -> Self {
        let books = Self::with_years(2).await;
        books.post("2025-02-10", &["1000 1000 0", "4000 0 700 branch=R", "4000 0 300"]).await.unwrap();
        books.post("2025-03-31", &["5000 120 0 branch=R", "5000 80 0 branch=J", "1000 0 200"]).await.unwrap();
        books.post("2025-12-31", &["5100 50 0", "1000 0 50"]).await.unwrap();
        books
    }
}

#[tokio::test]
async fn profit_and_loss_goes_to_retained_earnings_per_dimension() {
    let books = Books::with_a_year_of_trade().await;
    let march = books.balances(Some("2025-03")).await;
    let closed = books.close("2025").await.unwrap();
    assert_eq!(closed["fiscalYear"]["status"], "closed");
    assert_eq!(closed["closedPeriods"].as_array().unwrap().len(), 13);
    assert_eq!(closed["entry"]["number"], "CLOSING-2025-00004");
    assert_eq!(closed["entry"]["kind"], "closing");
    assert_eq!(closed["entry"]["postingDate"], "2025-12-31");
    assert_eq!(books.balances(None).await, figures(&[("1000", "750"), ("3100", "-750")]));
    assert_eq!(books.branch_balances().await, figures(&[("3100/J", "80"), ("3100/R", "-580")]));
    assert_eq!(books.balances(Some("2025-03")).await, march, "ordinary periods keep their figures");
    let december = figures(&[("1000", "-50"), ("5100", "50")]);
    assert_eq!(books.balances(Some("2025-12")).await, december);
    let late = books.post("2025-12-31", &["5100 1 0", "1000 0 1"]).await.unwrap_err();
    assert_eq!(codes(&late), ["fiscal_period_closed"]);
}

#[tokio::test]
async fn an_adjustment_after_reopening_is_closed_alone() {
    let books = Books::with_a_year_of_trade().await;
    books.close("2025").await.unwrap();
    let reopened = books.reopen("2025", false).await.unwrap();
    assert_eq!(reopened["openedPeriods"], serde_json::json!([]));
    let shut = books.post("2025-12-30", &["5000 12 0 branch=R", "1000 0 12"]).await.unwrap_err();
    assert_eq!(codes(&shut), ["fiscal_period_closed"], "its periods stay closed");
    books.run(OpenFiscalPeriod { id: books.period("2025-12").await.into(), reason: why() }).await.unwrap();
    books.post("2025-12-30", &["5000 12 0 branch=R", "1000 0 12"]).await.unwrap();
    let again = books.close("2025").await.unwrap();
    let lines = again["entry"]["lines"].as_array().unwrap();
    let shown: Vec<_> = lines
        .iter()
        .map(|l| (l["accountCode"].as_str().unwrap(), &l["debit"], &l["credit"], &l["dimensions"]["branch"]))
        .map(|(account, debit, credit, branch)| format!("{account} {debit} {credit} {branch}"))
        .collect();
    assert_eq!(shown, [r#"5000 null "12.00" "R""#, r#"3100 "12.00" null "R""#]);
    assert_eq!(books.balances(None).await, figures(&[("1000", "738"), ("3100", "-738")]));
    assert_eq!(books.branch_balances().await, figures(&[("3100/J", "80"), ("3100/R", "-568")]));
    let audited = "SELECT COUNT(*) AS count FROM audit_log WHERE tenant_id = ?1 AND entity = 'fiscal_year' \
                   AND action = 'reopened' AND after_document LIKE '%audit%'";
    assert_eq!(books.count(audited).await, 1);
}

#[tokio::test]
async fn nothing_to_close_makes_no_entry() {
    let books = Books::with_a_year_of_trade().await;
    books.close("2025").await.unwrap();
    let opened = books.reopen("2025", true).await.unwrap();
    assert_eq!(opened["openedPeriods"].as_array().unwrap().len(), 12);
    let closed = books.close("2025").await.unwrap();
    assert_eq!(closed["entry"], Json::Null);
    let entries = "SELECT COUNT(*) AS count FROM journal_entry WHERE tenant_id = ?1 AND kind = 'closing'";
    assert_eq!(books.count(entries).await, 1);
    assert_eq!(books.close("2026").await.unwrap()["entry"], Json::Null, "an empty year");
}

#[tokio::test]
async fn figures_that_cancel_out_are_closed_per_dimension_all_the_same() {
    let books = Books::with_years(1).await;
    books.post("2025-05-01", &["5000 10 0 branch=R", "5000 0 10 branch=J"]).await.unwrap();
    books.close("2025").await.unwrap();
    assert_eq!(books.branch_balances().await, figures(&[("3100/J", "-10"), ("3100/R", "10")]));
}

#[tokio::test]
async fn years_close_and_reopen_in_order() {
    let books = Books::with_a_year_of_trade().await;
    assert_eq!(codes(&books.close("2026").await.unwrap_err()), ["fiscal_year_earlier_open"]);
    books.close("2025").await.unwrap();
    assert_eq!(codes(&books.close("2025").await.unwrap_err()), ["fiscal_year_already_closed"]);
    books.close("2026").await.unwrap();
    assert_eq!(codes(&books.reopen("2025", false).await.unwrap_err()), ["fiscal_year_later_closed"]);
    let period = books.period("2025-12").await.into();
    let refused = books.run(OpenFiscalPeriod { id: period, reason: why() }).await.unwrap_err();
    assert_eq!(codes(&refused), ["fiscal_period_in_closed_year"]);
    books.reopen("2026", false).await.unwrap();
    books.reopen("2025", false).await.unwrap();
    let blank =
        ReopenFiscalYear { id: books.year("2025").await.into(), reason: " ".to_owned(), open_periods: false };
    assert_eq!(codes(&books.run(blank).await.unwrap_err()), ["text_empty"]);
}

#[tokio::test]
async fn a_dry_run_shows_the_entry_and_keeps_nothing() {
    let books = Books::with_a_year_of_trade().await;
    let before = books.balances(None).await;
    let dry = RequestContext { dry_run: true, ..books.ctx.clone() };
    let id = books.year("2025").await.into();
    let shown = books.house.run(&dry, CloseFiscalYear { id }).await.unwrap();
    let shown: Json = serde_json::from_slice(&shown.body).unwrap();
    assert_eq!(shown["entry"]["lineCount"], 8);
    assert_eq!(books.balances(None).await, before);
    let open = "SELECT COUNT(*) AS count FROM fiscal_period WHERE tenant_id = ?1 AND status = 'open'";
    assert_eq!(books.count(open).await, 26);
}

#[tokio::test]
async fn a_closed_period_takes_no_entries_until_it_opens() {
    let books = Books::with_years(1).await;
    let id = books.period("2025-04").await.into();
    books.run(CloseFiscalPeriod { id }).await.unwrap();
    assert_eq!(
        codes(&books.run(CloseFiscalPeriod { id }).await.unwrap_err()),
        ["fiscal_period_already_closed"]
    );
    let lines = ["5000 1 0", "1000 0 1"];
    assert_eq!(codes(&books.post("2025-04-30", &lines).await.unwrap_err()), ["fiscal_period_closed"]);
    books.post("2025-05-01", &lines).await.unwrap();
    books.run(OpenFiscalPeriod { id, reason: why() }).await.unwrap();
    books.post("2025-04-30", &lines).await.unwrap();
    assert_eq!(codes(&books.post("2027-01-01", &lines).await.unwrap_err()), ["fiscal_period_missing"]);
}

fn why() -> String {
    "late invoice".to_owned()
}
