//! Opening entries are opening figures: reports over the range they are dated in begin with them.

use serde_json::{Value, json};
use testkit::{Client, TenantKit, World};

/// Cash 5,000 and a building of 700, opened on the first day of the first year; one sale and one payment after it.
async fn books() -> (World, TenantKit) {
    let (world, tenant) = World::books().await;
    let client = &tenant.client;
    let dimensions = client.get("/dimensions?code=branch").await.ok();
    let path = format!("/dimensions/{}/values", dimensions["items"][0]["id"].as_str().unwrap());
    client.post(&path, json!({ "code": "north", "name": { "en": "North" } })).await.expect(201);
    let opening = json!({ "lines": [
        { "accountCode": "1113", "debit": "5000", "dimensions": { "branch": "north" } },
        { "accountCode": "1216", "debit": "700" },
        { "accountCode": "3110", "credit": "5700" },
    ]});
    client.post("/opening-balances", opening).await.expect(201);
    tenant.post("2026-01-20", &[("1113", "115", ""), ("4120", "", "115")]).await;
    tenant.post("2026-02-10", &[("6210", "15", ""), ("1113", "", "15")]).await;
    world.clock.advance_seconds(60);
    (world, tenant)
}

async fn line(client: &Client, account: &str, query: &str) -> Value {
    let report = client.get(&format!("/reports/trial-balance?{query}")).await.ok();
    let lines = report["lines"].as_array().unwrap();
    lines.iter().find(|line| line["account"] == account).cloned().unwrap_or(Value::Null)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or("-")
}

fn result<'a>(statement: &'a Value, code: &str) -> &'a str {
    let lines = statement["results"].as_array().unwrap();
    lines.iter().find(|line| line["code"] == code).unwrap()["amounts"][0].as_str().unwrap()
}

const KNOWN: &str = "2026-03-15T09:00:30Z";

#[tokio::test]
async fn a_trial_balance_opens_with_them_however_it_is_read() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    for filter in ["", "&currency=SAR", "&dimension=branch:north"] {
        for known in ["", &format!("&knownAt={KNOWN}")] {
            for range in [
                "from=2026-01-01&to=2026-01-31",
                "from=2026-01-01&to=2026-01-10",
                "from=2026-01-01&to=2026-12-31",
                "to=2026-01-15",
            ] {
                let query = format!("{range}{filter}{known}");
                let cash = line(client, "1113", &query).await;
                assert_eq!(text(&cash, "opening"), "5000.00", "{query}: {cash}");
                let moved =
                    if filter.contains("dimension") || range.ends_with("01-10") || range.starts_with("to") {
                        "0.00"
                    } else {
                        "115.00"
                    };
                assert_eq!(text(&cash, "movementDebit"), moved, "{query}: {cash}");
            }
        }
    }
    let later = line(client, "1113", "from=2026-02-01&to=2026-02-28").await;
    assert_eq!((text(&later, "opening"), text(&later, "movementCredit")), ("5115.00", "15.00"));
    let whole = line(client, "1113", "from=2026-01-01&to=2026-12-31").await;
    assert_eq!((text(&whole, "closing"), text(&whole, "debit")), ("5100.00", "5100.00"));
    let report = client.get("/reports/trial-balance?from=2026-01-01&to=2026-12-31").await.ok();
    assert_eq!(
        (&report["balanced"], text(&report["totals"], "opening"), text(&report["totals"], "movementDebit")),
        (&json!(true), "0.00", "130.00")
    );
    let compared = line(client, "1113", "from=2026-02-01&to=2026-02-28&compare=previous-period").await;
    assert_eq!(
        (text(&compared["comparison"], "opening"), text(&compared["comparison"], "movementDebit")),
        ("5000.00", "115.00")
    );
}

#[tokio::test]
async fn the_first_cash_flow_statement_begins_with_the_cash_at_hand() {
    let (_world, tenant) = books().await;
    for known in ["", &format!("&knownAt={KNOWN}")] {
        let path = format!("/reports/cash-flow?from=2026-01-01&to=2026-12-31{known}");
        let flow = tenant.client.get(&path).await.ok();
        assert_eq!(result(&flow, "opening_cash"), "5000.00", "{flow}");
        assert_eq!(result(&flow, "net_change_in_cash"), "100.00");
        assert_eq!(result(&flow, "closing_cash"), "5100.00");
        assert_eq!(flow["balanced"], true);
        let totals: Vec<_> =
            flow["sections"].as_array().unwrap().iter().map(|section| section["totals"][0].clone()).collect();
        assert_eq!(totals, ["100.00", "0.00", "0.00"].map(Value::from), "operating, investing, financing");
    }
}

#[tokio::test]
async fn what_income_accounts_were_opened_with_is_no_result_of_the_year() {
    let (_world, tenant) = World::books().await;
    let opening = json!({ "lines": [
        { "accountCode": "1113", "debit": "900" }, { "accountCode": "4120", "credit": "900" },
    ]});
    tenant.client.post("/opening-balances", opening).await.expect(201);
    tenant.post("2026-02-10", &[("1113", "50", ""), ("4120", "", "50")]).await;
    let income = tenant.client.get("/reports/income-statement?from=2026-01-01&to=2026-12-31").await.ok();
    assert_eq!(income["sections"][0]["totals"][0], "50.00", "{income}");
    let sheet = tenant.client.get("/reports/balance-sheet?asOf=2026-12-31").await.ok();
    let equity = sheet["sections"][2]["lines"].as_array().unwrap();
    let profit = |code: &str| equity.iter().find(|line| line["code"] == code).unwrap()["amounts"][0].clone();
    assert_eq!(
        (profit("undistributed_profit"), profit("current_year_profit"), &sheet["balanced"]),
        (json!("900.00"), json!("50.00"), &json!(true))
    );
}

#[tokio::test]
async fn ledgers_begin_with_them_instead_of_listing_them() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let found = client.get("/accounts?code=1113").await.ok();
    let path = format!("/accounts/{}/ledger", found["items"][0]["id"].as_str().unwrap());
    for range in ["", "?from=2026-01-01", "?from=2026-01-01&to=2026-02-28"] {
        let ledger = client.get(&format!("{path}{range}")).await.ok();
        assert_eq!(
            (text(&ledger, "openingBalance"), text(&ledger, "closingBalance")),
            ("5000.00", "5100.00"),
            "{range}"
        );
        let items = ledger["items"].as_array().unwrap();
        assert_eq!(
            items.iter().map(|item| text(item, "balance")).collect::<Vec<_>>(),
            ["5115.00", "5100.00"]
        );
    }
    let later = client.get(&format!("{path}?from=2026-02-01")).await.ok();
    assert_eq!(text(&later, "openingBalance"), "5115.00");
    let before = client.get(&format!("{path}?to=2025-12-31")).await.ok();
    assert_eq!((text(&before, "openingBalance"), text(&before, "closingBalance")), ("0.00", "0.00"));

    let query = "from=2026-01-01&to=2026-12-31&account=1113";
    let general = client.get(&format!("/reports/general-ledger?{query}")).await.ok();
    let account = &general["accounts"][0];
    assert_eq!((text(account, "opening"), text(account, "closing")), ("5000.00", "5100.00"), "{general}");
    assert_eq!(account["lines"].as_array().unwrap().len(), 2);
    let csv = client.get(&format!("/reports/general-ledger?{query}&format=csv")).await.expect(200).text();
    assert_eq!(csv.lines().count(), 5, "header, opening, two lines and closing: {csv}");
    let lines = client.get("/ledger-lines?postingDate=2026-01-01&count=exact").await.ok();
    assert_eq!(lines["total"], 3, "the lines themselves are listed where lines are listed");
}

#[tokio::test]
async fn a_reversal_takes_opening_figures_back_as_opening_figures() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let entry = client.get("/journal-entries?kind=opening").await.ok()["items"][0].clone();
    let path = format!("/journal-entries/{}/reverse", entry["id"].as_str().unwrap());
    let body = json!({ "reason": "wrong", "postingDate": "2026-03-01" });
    client.with_etag("POST", &path, "*", body).await.expect(201);
    let again = json!({ "lines": [
        { "accountCode": "1113", "debit": "4000" }, { "accountCode": "3110", "credit": "4000" },
    ]});
    client.post("/opening-balances", again).await.expect(201);
    for (range, opening) in [
        ("from=2026-01-01&to=2026-12-31", "4000.00"),
        ("from=2026-01-01&to=2026-02-28", "9000.00"),
        ("from=2026-03-01&to=2026-03-31", "4100.00"),
    ] {
        let cash = line(client, "1113", range).await;
        assert_eq!(text(&cash, "opening"), opening, "{range}: {cash}");
    }
    let flow = client.get("/reports/cash-flow?from=2026-01-01&to=2026-12-31").await.ok();
    assert_eq!((result(&flow, "opening_cash"), result(&flow, "closing_cash")), ("4000.00", "4100.00"));
    let checks = client.get("/integrity/checks").await.ok();
    assert_eq!(checks["ok"], true, "{checks}");
}

#[tokio::test]
async fn books_opened_in_parts_begin_with_all_of_them() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let part = async |account: &str, side: &str, amount: &str, party: Option<&str>| {
        let mut line = json!({ "accountCode": account, "party": party });
        line[side] = json!(amount);
        client.post("/opening-balances", json!({ "lines": [line] })).await.expect(201).json()
    };
    let period = client.get("/fiscal-periods?start=2026-01-01").await.ok()["items"][0]["id"].clone();
    let checklist = format!("/close-checklist?fiscalPeriodId={}", period.as_str().unwrap());
    let warning = async || {
        let items = client.get(&checklist).await.ok()["items"].clone();
        items.as_array().unwrap().iter().find(|item| item["code"] == "opening_account").unwrap()["status"]
            .clone()
    };
    part("1113", "debit", "5000", None).await;
    let wrong = part("1121", "debit", "700", Some("C1")).await;
    let opened = client.get("/opening-balances").await.ok();
    let expected = (&json!(false), &json!("-5700.00"), 2);
    let entries = opened["entries"].as_array().unwrap().len();
    assert_eq!((&opened["complete"], &opened["openingAccountBalance"], entries), expected);
    assert_eq!(warning().await, "warning");
    let reverse = format!("/journal-entries/{}/reverse", wrong["id"].as_str().unwrap());
    let body = json!({ "reason": "Another amount", "postingDate": "2026-01-01" });
    client.with_etag("POST", &reverse, "*", body).await.expect(201);
    part("1121", "debit", "800", Some("C1")).await;
    part("3110", "credit", "5800", None).await;
    let opened = client.get("/opening-balances").await.ok();
    assert_eq!((&opened["complete"], &opened["openingAccountBalance"]), (&json!(true), &json!("0.00")));
    assert_eq!(warning().await, "ok");
    let query = "from=2026-01-01&to=2026-12-31";
    for (account, opening) in [("1113", "5000.00"), ("1121", "800.00"), ("3110", "-5800.00")] {
        let line = line(client, account, query).await;
        assert_eq!((text(&line, "opening"), text(&line, "movementDebit")), (opening, "0.00"), "{line}");
    }
    let ageing = client.get("/reports/receivables-ageing?asOf=2026-12-31").await.ok();
    assert_eq!((&ageing["total"]["total"], &ageing["difference"]), (&json!("800.00"), &json!("0.00")));
    let checks = client.get("/integrity/checks").await.ok();
    assert_eq!(checks["ok"], true, "{checks}");
}
