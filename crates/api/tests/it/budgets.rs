//! Budgets as a client meets them: lines, copies, files, the report, and postings that are compared with them.

use domain::accounting::budget::CONTROLLED_BUDGETS_MAX;
use serde_json::{Value, json};
use testkit::{Answer, Client, World};

/// A budget of 2026 that refuses what exceeds it on the accounts 6210 to 6299.
async fn budget(client: &Client, control: Value) -> String {
    let body = json!({
        "code": "B26", "name": { "ar": "موازنة", "en": "Budget" }, "fiscalYearCode": "2026", "status": "active",
        "controls": [control],
    });
    let made = client.post("/budgets", body).await.expect(201).json();
    format!("/budgets/{}", made["id"].as_str().unwrap())
}

fn refuse(span: &str) -> Value {
    json!({ "codeFrom": "6210", "codeTo": "6299", "mode": "refuse", "span": span })
}

async fn lines(client: &Client, budget: &str, lines: &[(&str, &str, &str)]) -> Value {
    let line = |(account, date, amount): &(&str, &str, &str)| json!({ "accountCode": account, "date": date, "amount": amount });
    let items: Vec<_> = lines.iter().map(line).collect();
    client.post(&format!("{budget}/lines/bulk"), json!({ "items": items })).await.ok()
}

fn spending(date: &str, account: &str, amount: &str) -> Value {
    json!({ "postingDate": date, "post": true, "lines": [
        { "accountCode": account, "debit": amount }, { "accountCode": "1113", "credit": amount },
    ] })
}

async fn spend(client: &Client, date: &str, account: &str, amount: &str) -> Answer {
    client.post("/journal-entries", spending(date, account, amount)).await
}

#[tokio::test]
async fn lines_are_saved_replaced_removed_and_listed() {
    let (_world, kit) = World::books().await;
    let client = &kit.client;
    let path = budget(client, refuse("period")).await;
    let saved =
        lines(client, &path, &[("6210", "2026-01-15", "100.00"), ("4110", "2026-01-01", "900.00")]).await;
    assert_eq!(saved, json!({ "created": 2, "updated": 0, "removed": 0, "unchanged": 0 }));
    let again = lines(
        client,
        &path,
        &[("6210", "2026-01-31", "120.00"), ("4110", "2026-01-01", "0"), ("6220", "2026-02-01", "5.00")],
    )
    .await;
    assert_eq!(again, json!({ "created": 1, "updated": 1, "removed": 1, "unchanged": 0 }));
    let list = client.get(&format!("{path}/lines")).await.ok();
    let shown: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            (
                line["accountCode"].as_str().unwrap(),
                line["periodStart"].as_str().unwrap(),
                line["amount"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(shown, [("6210", "2026-01-01", "120.00"), ("6220", "2026-02-01", "5.00")]);
    let wrong = json!({ "items": [
        { "accountCode": "9999", "date": "2026-01-01", "amount": "1" },
        { "accountCode": "6210", "date": "2031-01-01", "amount": "1.001" },
    ] });
    let mut errors = client.post(&format!("{path}/lines/bulk"), wrong).await.expect(422).errors();
    errors.sort();
    let expected = [
        ("/items/0/accountCode", "account_code_unknown"),
        ("/items/1/amount", "amount_scale_exceeded"),
        ("/items/1/date", "fiscal_period_missing"),
    ];
    assert_eq!(errors, expected.map(|(at, code)| (at.to_owned(), code.to_owned())));
    client.with_etag("PATCH", &path, "*", json!({ "status": "locked" })).await.ok();
    let body = json!({ "items": [{ "accountCode": "6210", "date": "2026-01-01", "amount": "1" }] });
    assert_eq!(client.post(&format!("{path}/lines/bulk"), body).await.expect(409).code(), "budget_locked");
    assert_eq!(client.with_etag("DELETE", &path, "*", Value::Null).await.expect(409).code(), "in_use");
}

#[tokio::test]
async fn a_posting_takes_what_is_left_and_not_more() {
    let (_world, kit) = World::books().await;
    let client = &kit.client;
    let path = budget(client, refuse("period")).await;
    lines(client, &path, &[("6210", "2026-03-01", "100.00"), ("6210", "2026-04-01", "10.00")]).await;
    spend(client, "2026-03-10", "6210", "60.00").await.expect(201);
    let refused = spend(client, "2026-03-11", "6210", "40.01").await.expect(422);
    assert_eq!(refused.errors(), [("/lines/0".to_owned(), "budget_exceeded".to_owned())]);
    let text = refused.json()["errors"][0]["detail"].as_str().unwrap_or_default().to_owned();
    assert!(text.contains("6210") && text.contains("B26") && text.contains("40.00"), "{text}");
    spend(client, "2026-03-11", "6210", "40.00").await.expect(201);
    spend(client, "2026-03-12", "6210", "0.01").await.expect(422);
    // Another period has a budget of its own, an account without a line has none, and others are not compared.
    spend(client, "2026-04-01", "6210", "10.00").await.expect(201);
    spend(client, "2026-04-01", "6220", "0.01").await.expect(422);
    spend(client, "2026-04-01", "6110", "500.00").await.expect(201);
    // A reversal gives the amount back to the budget, and a draft takes nothing.
    let back = json!({ "postingDate": "2026-03-20", "post": true, "lines": [
        { "accountCode": "1113", "debit": "5.00" }, { "accountCode": "6210", "credit": "5.00" },
    ] });
    client.post("/journal-entries", back).await.expect(201);
    let mut draft = spending("2026-03-21", "6210", "6.00");
    draft["post"] = json!(false);
    let draft = client.post("/journal-entries", draft).await.expect(201).json();
    let post = format!("/journal-entries/{}/post", draft["id"].as_str().unwrap());
    assert_eq!(client.with_etag("POST", &post, "*", Value::Null).await.expect(422).code(), "budget_exceeded");
    spend(client, "2026-03-21", "6210", "5.00").await.expect(201);
}

#[tokio::test]
async fn the_year_to_date_carries_what_was_not_spent() {
    let (_world, kit) = World::books().await;
    let client = &kit.client;
    let path = budget(client, refuse("year_to_date")).await;
    lines(
        client,
        &path,
        &[
            ("6210", "2026-01-01", "100.00"),
            ("6210", "2026-02-01", "100.00"),
            ("6210", "2026-06-01", "1000.00"),
        ],
    )
    .await;
    spend(client, "2026-01-10", "6210", "30.00").await.expect(201);
    spend(client, "2026-02-10", "6210", "170.01").await.expect(422);
    spend(client, "2026-02-10", "6210", "170.00").await.expect(201);
    spend(client, "2026-05-10", "6210", "0.01").await.expect(422);
    spend(client, "2026-06-10", "6210", "1000.00").await.expect(201);
}

#[tokio::test]
async fn values_of_a_dimension_have_budgets_of_their_own() {
    let (_world, kit) = World::books().await;
    let client = &kit.client;
    let made = client.post("/dimensions", json!({ "code": "site", "name": { "en": "B" } })).await.expect(201);
    let values = format!("/dimensions/{}/values", made.json()["id"].as_str().unwrap());
    for code in ["RUH", "JED"] {
        client.post(&values, json!({ "code": code, "name": { "en": code } })).await.expect(201);
    }
    let mut control = refuse("period");
    control["dimensionCode"] = json!("site");
    let path = budget(client, control).await;
    let items = json!([
        { "accountCode": "6210", "date": "2026-03-01", "amount": "10.00", "dimensions": { "site": "RUH" } },
        { "accountCode": "6210", "date": "2026-03-01", "amount": "3.00" },
    ]);
    client.post(&format!("{path}/lines/bulk"), json!({ "items": items })).await.ok();
    let spend = async |amount: &str, dimensions: Value| {
        let mut body = spending("2026-03-05", "6210", amount);
        body["lines"][0]["dimensions"] = dimensions;
        client.post("/journal-entries", body).await.status
    };
    assert_eq!(spend("10.00", json!({ "site": "RUH" })).await, 201);
    assert_eq!(spend("0.01", json!({ "site": "RUH" })).await, 422);
    assert_eq!(spend("0.01", json!({ "site": "JED" })).await, 422);
    assert_eq!(spend("3.01", json!({})).await, 422);
    assert_eq!(spend("3.00", json!({})).await, 201);
}

#[tokio::test]
async fn whatever_posts_says_what_a_budget_warns_of() {
    let (_world, kit) = World::books().await;
    let client = &kit.client;
    budget(client, json!({ "codeFrom": "6210", "codeTo": "6299", "mode": "warn" })).await;
    let warned = |answer: Value| {
        assert_eq!(answer["warnings"][0]["code"], "budget_passed", "{answer}");
    };
    let csv = "entry,date,account,debit,credit\n1,2026-03-01,6210,50.00,\n1,2026-03-01,1113,,50.00\n";
    let import = "/imports?type=journal-entries&post=true";
    warned(client.call("POST", import, &["Content-Type: text/csv"], csv).await.ok());
    let deferral = json!({ "code": "INS", "name": { "en": "Insurance" }, "sourceAccountCode": "1142",
        "targetAccountCode": "6220", "amount": "120.00", "start": "2026-01-01", "periods": 12 });
    let deferral = client.post("/deferrals", deferral).await.expect(201).json();
    let path = format!("/deferrals/{}", deferral["id"].as_str().unwrap());
    let run = json!({ "through": "2026-01-31" });
    warned(client.with_etag("POST", &format!("{path}/run"), "*", run).await.ok());
    assert_eq!(client.get(&path).await.ok().get("warnings"), None, "nothing keeps a warning");
    let rest = json!({ "rest": "post", "date": "2026-02-28", "reason": "sold" });
    warned(client.with_etag("POST", &format!("{path}/cancel"), "*", rest).await.ok());
    spend(client, "2026-03-02", "6110", "30.00").await.expect(201);
    let key = json!({ "code": "K", "name": { "en": "Key" }, "basis": "fixed", "sourceCodeFrom": "6110",
        "targets": [{ "accountCode": "6230", "share": "1" }] });
    client.post("/distribution-keys", key).await.expect(201);
    let run = json!({ "keyCode": "K", "date": "2026-03-31" });
    warned(client.post("/distribution-runs", run).await.expect(201).json());
}

#[tokio::test]
async fn a_warning_posts_all_the_same_and_an_exception_lets_its_user_exceed() {
    let (_world, kit) = World::books().await;
    let client = &kit.client;
    let path = budget(client, json!({ "codeFrom": "6210", "mode": "warn" })).await;
    let warned = spend(client, "2026-03-10", "6210", "60.00").await.expect(201).json();
    assert_eq!(warned["warnings"][0]["code"], "budget_passed");
    assert_eq!(warned["warnings"][0]["pointer"], "/lines/0");
    let read = client.get(&format!("/journal-entries/{}", warned["id"].as_str().unwrap())).await.ok();
    assert_eq!(read.get("warnings"), None, "nothing keeps a warning");
    let controls = json!({ "controls": [refuse("year_to_date")] });
    client.with_etag("PATCH", &path, "*", controls).await.ok();
    spend(client, "2026-03-10", "6210", "1.00").await.expect(422);
    let me = client.get("/me").await.ok();
    let user =
        me["id"].as_str().or_else(|| me["user"]["id"].as_str()).unwrap_or_else(|| panic!("{me}")).to_owned();
    let past =
        json!({ "budgetCode": "B26", "userId": user, "expiresAt": "2020-01-01T00:00:00Z", "reason": "x" });
    let refused = client.post("/budget-exceptions", past).await.expect(422);
    assert_eq!(refused.errors(), [("/expiresAt".to_owned(), "budget_exception_expired".to_owned())]);
    let body = json!({ "budgetCode": "B26", "userId": user, "expiresAt": "2099-01-01T00:00:00Z", "reason": "Storm" });
    let made = client.post("/budget-exceptions", body).await.expect(201).json();
    let exceeded = spend(client, "2026-03-10", "6210", "1.00").await.expect(201).json();
    assert_eq!(exceeded["warnings"][0]["code"], "budget_passed");
    let exception = format!("/budget-exceptions/{}", made["id"].as_str().unwrap());
    client.with_etag("DELETE", &exception, "*", Value::Null).await.expect(204);
    spend(client, "2026-03-10", "6210", "1.00").await.expect(422);
    client.with_etag("PATCH", &path, "*", json!({ "status": "draft" })).await.ok();
    spend(client, "2026-03-10", "6210", "1.00").await.expect(201);
}

#[tokio::test]
async fn opening_balances_spend_nothing_and_what_comes_back_is_always_taken() {
    let (_world, kit) = World::books().await;
    let client = &kit.client;
    let buildings = budget(client, json!({ "codeFrom": "1216", "mode": "refuse" })).await;
    let opening = json!({ "lines": [
        { "accountCode": "1216", "debit": "700" }, { "accountCode": "3110", "credit": "700" },
    ] });
    client.post("/opening-balances", opening).await.expect(201);
    spend(client, "2026-03-10", "1216", "0.01").await.expect(422);
    lines(client, &buildings, &[("1216", "2026-03-01", "50.00")]).await;
    spend(client, "2026-03-10", "1216", "50.00").await.expect(201);
    let expenses = json!({
        "code": "EXPENSES", "name": { "en": "Expenses" }, "fiscalYearCode": "2026", "status": "active",
        "controls": [refuse("period")],
    });
    let made = client.post("/budgets", expenses).await.expect(201).json();
    let path = format!("/budgets/{}", made["id"].as_str().unwrap());
    lines(client, &path, &[("6210", "2026-03-01", "100.00")]).await;
    spend(client, "2026-03-10", "6210", "100.00").await.expect(201);
    // The budget is used up, then exceeded.
    lines(client, &path, &[("6210", "2026-03-01", "50.00")]).await;
    let back = json!({ "postingDate": "2026-03-20", "post": true, "lines": [
        { "accountCode": "1113", "debit": "5.00" }, { "accountCode": "6210", "credit": "5.00" },
    ] });
    client.post("/journal-entries", back).await.expect(201);
    spend(client, "2026-03-21", "6210", "0.01").await.expect(422);
    client.with_etag("PATCH", &path, "*", json!({ "status": "locked" })).await.ok();
    spend(client, "2026-03-21", "6210", "0.01").await.expect(422);
}

#[tokio::test]
async fn budgets_keep_their_year_and_their_number_and_exceptions_are_for_who_is_there() {
    let (world, kit) = World::books().await;
    let client = &kit.client;
    let path = budget(client, refuse("period")).await;
    client.post("/fiscal-years/generate", json!({ "start": "2027-01-01" })).await;
    let next = json!({ "fiscalYearCode": "2027" });
    client.with_etag("PATCH", &path, "*", next.clone()).await.expect(200);
    client.with_etag("PATCH", &path, "*", json!({ "fiscalYearCode": "2026" })).await.expect(200);
    lines(client, &path, &[("6210", "2026-03-01", "100.00")]).await;
    let refused = client.with_etag("PATCH", &path, "*", next).await.expect(409);
    assert_eq!(refused.errors(), [("/fiscalYearId".to_owned(), "budget_year_fixed".to_owned())]);

    let further = |number: usize| {
        json!({
            "code": format!("F{number}"), "name": { "en": "Further" }, "fiscalYearCode": "2026", "status": "active",
            "controls": [refuse("period")],
        })
    };
    for number in 1..CONTROLLED_BUDGETS_MAX {
        client.post("/budgets", further(number)).await.expect(201);
    }
    let refused = client.post("/budgets", further(CONTROLLED_BUDGETS_MAX)).await.expect(422);
    assert_eq!(refused.errors(), [("/controls".to_owned(), "budgets_too_many".to_owned())]);
    client.with_etag("PATCH", &path, "*", json!({ "name": { "en": "One of them" } })).await.expect(200);

    let role = client.get("/roles?code=financial_controller").await.ok()["items"][0]["id"].clone();
    let user = world.user(client, "sara@alpha.example", &[role.as_str().unwrap()]).await;
    client.with_etag("POST", &format!("/users/{user}/deactivate"), "*", Value::Null).await.expect(200);
    let body = json!({ "budgetCode": "B26", "userId": user, "expiresAt": "2099-01-01T00:00:00Z", "reason": "Storm" });
    let refused = client.post("/budget-exceptions", body).await.expect(422);
    assert_eq!(refused.errors(), [("/userId".to_owned(), "unknown_reference".to_owned())]);
}

#[tokio::test]
async fn of_two_postings_at_once_one_takes_the_last_riyal() {
    let (_world, kit) = World::books().await;
    let client = &kit.client;
    let path = budget(client, refuse("period")).await;
    lines(client, &path, &[("6210", "2026-03-01", "3.00")]).await;
    let calls = (0..8).map(|_| spend(client, "2026-03-10", "6210", "1.00"));
    let answers = futures::future::join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 3);
    assert!(answers.iter().filter(|a| a.status != 201).all(|a| a.code() == "budget_exceeded"));
}

#[tokio::test]
async fn a_budget_is_copied_from_a_year_or_another_budget_with_a_percentage() {
    let (_world, kit) = World::books().await;
    let client = &kit.client;
    spend(client, "2026-03-10", "6210", "100.01").await.expect(201);
    client.post("/fiscal-years/generate", json!({ "start": "2027-01-01" })).await;
    let next = json!({ "code": "B27", "name": { "en": "Next" }, "fiscalYearCode": "2027" });
    let next = client.post("/budgets", next).await.expect(201).json();
    let path = format!("/budgets/{}", next["id"].as_str().unwrap());
    let copied = client
        .post(&format!("{path}/copy"), json!({ "fiscalYearCode": "2026", "percent": "105", "codeFrom": "6" }))
        .await
        .ok();
    assert_eq!(copied["created"], 1);
    let list = client.get(&format!("{path}/lines")).await.ok();
    assert_eq!(
        (&list["items"][0]["amount"], &list["items"][0]["periodStart"]),
        (&json!("105.01"), &json!("2027-03-01"))
    );
    let other = json!({ "code": "B27B", "name": { "en": "Other" }, "fiscalYearCode": "2027" });
    let other = client.post("/budgets", other).await.expect(201).json();
    let other = format!("/budgets/{}", other["id"].as_str().unwrap());
    client.post(&format!("{other}/copy"), json!({ "fromBudgetCode": "B27", "percent": "50" })).await.ok();
    assert_eq!(client.get(&format!("{other}/lines")).await.ok()["items"][0]["amount"], "52.51");
    let both = json!({ "fromBudgetCode": "B27", "fiscalYearCode": "2026", "percent": "50" });
    let refused = client.post(&format!("{other}/copy"), both).await.expect(422);
    assert_eq!(refused.code(), "budget_copy_one");
    let negative = json!({ "fromBudgetCode": "B27", "percent": "-1" });
    let refused = client.post(&format!("{other}/copy"), negative).await.expect(422);
    assert_eq!(refused.code(), "budget_percent_negative");
}

#[tokio::test]
async fn the_report_shows_budget_actual_variance_and_percentage_by_account_and_period() {
    let (_world, kit) = World::books().await;
    let client = &kit.client;
    let path = budget(client, json!({ "codeFrom": "6210", "mode": "none" })).await;
    lines(client, &path, &[("6210", "2026-03-01", "200.00"), ("4110", "2026-03-01", "400.00")]).await;
    spend(client, "2026-03-10", "6210", "50.00").await.expect(201);
    let url = "/reports/budget?budgetCode=B26&from=2026-03-01&to=2026-03-31";
    let report = client.get(url).await.ok();
    let shown: Vec<_> = report["lines"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["periodStart"] == "2026-03-01")
        .map(|line| {
            ["account", "budget", "actual", "variance", "percent"]
                .map(|member| line[member].as_str().unwrap_or("-"))
        })
        .collect();
    let expected =
        [["4110", "400.00", "0.00", "-400.00", "0.0"], ["6210", "200.00", "50.00", "-150.00", "25.0"]];
    assert_eq!(shown, expected);
    lines(client, &path, &[("6210", "2026-03-01", "100.00")]).await;
    let report = client.get(url).await.ok();
    let line = report["lines"].as_array().unwrap().iter().find(|line| line["account"] == "6210").unwrap();
    assert_eq!(line["percent"], "50.0", "a changed line is seen at once");
    let csv = client.call("GET", url, &["Accept: text/csv"], "").await.expect(200);
    assert!(csv.text().contains("6210,"), "{}", csv.text());
    let unknown = client.get("/reports/budget?budgetCode=NONE").await.expect(422);
    assert_eq!(unknown.errors(), [("/budgetCode".to_owned(), "unknown_reference".to_owned())]);
}

#[tokio::test]
async fn lines_come_from_a_file_whole_or_not_at_all() {
    let (_world, kit) = World::books().await;
    let client = &kit.client;
    let path = budget(client, refuse("period")).await;
    let import = async |text: &'static str| {
        client.call("POST", "/imports?type=budget-lines", &["Content-Type: text/csv"], text).await
    };
    let wrong = import("budget,account,date,amount,dimensions\nB26,9999,2026-01-01,1,\nB26,6210,2026-01-01,x,\nNONE,6210,2026-01-01,1,a\n").await;
    assert_eq!(wrong.status, 422, "{}", wrong.text());
    assert_eq!(client.get(&format!("{path}/lines")).await.ok()["items"], json!([]));
    let text = "budget,account,date,amount\nB26,6210,2026-01-01,100.00\nB26,6210,2026-02-01,200.00\n";
    let done = import(text).await.ok();
    assert_eq!((&done["budgetLines"], &done["skipped"]), (&json!(2), &json!(0)));
    let again = import(text).await.ok();
    assert_eq!((&again["budgetLines"], &again["skipped"]), (&json!(0), &json!(2)));
    let unknown = import("budget,account,date,amount\nB26,9999,2026-01-01,1\n").await.expect(422);
    assert!(unknown.text().contains("account_code_unknown"), "{}", unknown.text());
}
