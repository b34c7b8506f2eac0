//! Revaluation of foreign balances, as a client sees it.

use serde_json::{Value, json};
use testkit::{Client, World};

/// An entry of two lines in a foreign currency; the first names the party.
async fn foreign(
    client: &Client,
    date: &str,
    (debit, credit, amount): (&str, &str, &str),
    rate: &str,
    party: &str,
) -> Value {
    let currency = if party.starts_with("EUR") { "EUR" } else { "USD" };
    let body = json!({
        "postingDate": date, "currency": currency, "controlReason": "Test", "post": true,
        "lines": [
            { "accountCode": debit, "debit": amount, "rate": rate, "party": party },
            { "accountCode": credit, "credit": amount, "rate": rate, "party": party },
        ],
    });
    client.post("/journal-entries", body).await.expect(201).json()
}

fn rates() -> Value {
    json!([{ "currency": "USD", "rate": "3.77" }, { "currency": "EUR", "rate": "4.15" }])
}

/// Balance of an account on a day.
async fn balance(client: &Client, code: &str, day: &str) -> String {
    let account = client.get(&format!("/accounts?code={code}")).await.ok()["items"][0]["id"].clone();
    let view = client.get(&format!("/accounts/{}/balance?asOf={day}", account.as_str().unwrap())).await.ok();
    view["balance"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn foreign_items_and_cash_are_valued_and_taken_back_the_day_after() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    foreign(client, "2026-03-01", ("1121", "4110", "1000.00"), "3.75", "C1").await;
    foreign(client, "2026-03-02", ("1121", "4110", "250.50"), "4.05", "EUR-C2").await;
    foreign(client, "2026-03-10", ("1112", "1121", "400.00"), "3.76", "C1").await;
    foreign(client, "2026-03-11", ("6120", "2111", "800.00"), "4.05", "EUR-S1").await;
    let body = json!({ "date": "2026-03-31", "rates": rates() });
    let preview = client.post("/revaluation-runs?dryRun=true", body.clone()).await.ok();
    assert_eq!(client.get("/revaluation-runs").await.ok()["items"], json!([]));
    let created = client.post("/revaluation-runs", body.clone()).await.expect(201);
    let run = created.json();
    assert_eq!((&preview["difference"], &preview["lineCount"]), (&run["difference"], &run["lineCount"]));
    let lines: Vec<_> = run["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            let text = |member: &str| line[member].as_str().unwrap_or_default().to_owned();
            [text("accountCode"), text("party"), text("balance"), text("difference")]
        })
        .collect();
    let expected = [
        ["1121", "C1", "1000.00", "20.00"],
        ["1121", "C1", "-400.00", "-4.00"],
        ["1121", "EUR-C2", "250.50", "25.05"],
        ["2111", "EUR-S1", "-800.00", "-80.00"],
        ["1112", "", "400.00", "4.00"],
    ];
    assert_eq!(lines, expected.map(|line| line.map(str::to_owned)));
    assert_eq!(run["difference"], "-34.95");
    for (account, on_the_day) in [("1127", "41.05"), ("2118", "-80.00"), ("7131", "34.95")] {
        assert_eq!(balance(client, account, "2026-03-31").await, on_the_day, "{account}");
        assert_eq!(balance(client, account, "2026-04-01").await, "0.00", "{account}");
    }
    let checks = client.get("/integrity/checks").await.ok();
    assert_eq!(checks["ok"], true, "{checks}");
    let ageing = client.get("/reports/receivables-ageing?asOf=2026-03-31").await.ok();
    assert_eq!(ageing["difference"], "0.00", "receivables keep their value");

    let again = client.post("/revaluation-runs", body.clone()).await.expect(409);
    assert_eq!(again.code(), "revaluation_done");
    let path = format!("/revaluation-runs/{}", run["id"].as_str().unwrap());
    assert_eq!(client.get(&path).await.ok(), run);
    let entry = client.get(&format!("/journal-entries/{}", run["entryId"].as_str().unwrap())).await.ok();
    assert_eq!(entry["source"], json!({ "type": "revaluation_run", "id": run["id"] }));
    let reverse = format!("/journal-entries/{}/reverse", run["entryId"].as_str().unwrap());
    let refused = client.with_etag("POST", &reverse, "*", json!({ "reason": "No" })).await.expect(409);
    assert_eq!(refused.code(), "entry_belongs_to_document");

    client.post(&format!("{path}/undo"), json!({ "reason": "Wrong rate" })).await.expect(428);
    let undone = client
        .with_etag("POST", &format!("{path}/undo"), &created.etag(), json!({ "reason": "Wrong rate" }))
        .await
        .ok();
    assert_eq!(undone["status"], "undone");
    for account in ["1127", "2118", "7131"] {
        assert_eq!(balance(client, account, "2026-03-31").await, "0.00", "{account}");
    }
    let twice =
        client.with_etag("POST", &format!("{path}/undo"), "*", json!({ "reason": "x" })).await.expect(409);
    assert_eq!(twice.code(), "revaluation_undone");
    client.post("/revaluation-runs", body).await.expect(201);
    let verified = client.post("/integrity/verify", json!({})).await.ok();
    assert_eq!(verified["ok"], true, "{verified}");
}

#[tokio::test]
async fn what_is_missing_is_named_and_a_settled_item_is_valued_as_of_the_day() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    foreign(client, "2026-03-01", ("1121", "4110", "1000.00"), "3.75", "C1").await;
    foreign(client, "2026-03-02", ("1121", "4110", "10.00"), "4.05", "EUR-C2").await;
    foreign(client, "2026-04-05", ("1112", "1121", "1000.00"), "3.80", "C1").await;
    let items = client.get("/open-items?party=C1").await.ok()["items"].clone();
    let id = |side: &str| {
        items.as_array().unwrap().iter().find(|item| item["side"] == side).unwrap()["id"].clone()
    };
    let pair = json!({ "debitItemId": id("debit"), "creditItemId": id("credit") });
    client.post("/allocations", json!({ "date": "2026-04-05", "pairs": [pair] })).await.ok();
    let usd = json!([{ "currency": "USD", "rate": "3.77" }]);
    let refused =
        client.post("/revaluation-runs", json!({ "date": "2026-03-31", "rates": usd })).await.expect(422);
    assert_eq!(refused.errors(), [("/rates".to_owned(), "exchange_rate_missing".to_owned())]);
    let unknown = json!({ "date": "2026-03-31", "rates": rates(), "accountCodes": ["9999"] });
    let refused = client.post("/revaluation-runs", unknown).await.expect(422);
    assert_eq!(refused.errors(), [("/accountCodes/0".to_owned(), "account_code_unknown".to_owned())]);
    let settings = client.get("/ledger-settings").await.expect(200);
    let none = json!({ "receivableRevaluationAccountId": null });
    client.with_etag("PATCH", "/ledger-settings", &settings.etag(), none).await.ok();
    let refused =
        client.post("/revaluation-runs", json!({ "date": "2026-03-31", "rates": rates() })).await.expect(422);
    assert_eq!(refused.code(), "revaluation_account_missing");
    let account = client.get("/accounts?code=1127").await.ok()["items"][0]["id"].clone();
    let named = json!({ "receivableRevaluationAccountId": account });
    client.with_etag("PATCH", "/ledger-settings", "*", named).await.ok();
    let period = client.get("/fiscal-periods?start=2026-03-01").await.ok()["items"][0]["id"].clone();
    let checklist = format!("/close-checklist?fiscalPeriodId={}", period.as_str().unwrap());
    let asked = async || {
        let view = client.get(&checklist).await.ok();
        view["items"].as_array().unwrap().iter().find(|item| item["code"] == "revaluation").unwrap()["status"]
            .clone()
    };
    assert_eq!(asked().await, "warning");
    let run = client.post("/revaluation-runs", json!({ "date": "2026-03-31", "rates": rates() })).await.ok();
    assert_eq!(run["lines"][0]["balance"], "1000.00", "it was open on that day: {run}");
    assert_eq!(asked().await, "ok");
}

#[tokio::test]
async fn one_of_two_runs_at_once_is_kept() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    foreign(client, "2026-03-01", ("1121", "4110", "1000.00"), "3.75", "C1").await;
    let body = json!({ "date": "2026-03-31", "rates": rates() });
    let calls = (0..4).map(|_| client.post("/revaluation-runs", body.clone()));
    let answers = futures::future::join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert!(answers.iter().filter(|a| a.status != 201).all(|a| a.code() == "revaluation_done"));
}

#[tokio::test]
async fn rates_and_accounts_without_an_effect_are_refused_or_told() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    foreign(client, "2026-03-01", ("1121", "4110", "1000.00"), "3.75", "C1").await;
    let body = json!({
        "date": "2026-03-31",
        "accountCodes": ["9999", "6240", "2211", "2211"],
        "rates": [
            { "currency": "USD", "rate": "3.75" }, { "currency": "USD", "rate": "9.99" },
            { "currency": "SAR", "rate": "2" }, { "currency": "XTS", "rate": "2" },
        ],
    });
    let refused = client.post("/revaluation-runs?dryRun=true", body).await.expect(422);
    let expected = [
        ("/rates/1/currency", "revaluation_rate_twice"),
        ("/rates/2/currency", "revaluation_company_currency"),
        ("/rates/3/currency", "currency_unknown"),
        ("/accountCodes/0", "account_code_unknown"),
        ("/accountCodes/1", "revaluation_account_type"),
        ("/accountCodes/3", "revaluation_account_twice"),
    ];
    assert_eq!(refused.errors(), expected.map(|(at, code)| (at.to_owned(), code.to_owned())));
    assert!(refused.text().contains("There is no account 9999."), "{}", refused.text());
    let run = client.post("/revaluation-runs", json!({ "date": "2026-03-31", "rates": rates() })).await;
    let run = run.expect(201).json();
    assert_eq!(
        (&run["warnings"][0]["code"], &run["warnings"][0]["pointer"]),
        (&json!("rate_without_balance"), &json!("/rates/1"))
    );
    let path = format!("/revaluation-runs/{}", run["id"].as_str().unwrap());
    assert_eq!(client.get(&path).await.ok()["warnings"], Value::Null);
}
