//! After the year is closed, profit and loss accounts hold nothing in any currency.

use std::process::Command;

use serde_json::{Value, json};
use testkit::{Client, TenantKit, World};

/// 2025 with sales and expenses in dollars, and an account on which only an exchange difference is left.
async fn books() -> (World, TenantKit) {
    let (world, tenant) = World::books().await;
    let client = &tenant.client;
    client.post("/fiscal-years/generate", json!({ "start": "2025-01-01", "years": 1 })).await.expect(200);
    for code in ["1199", "4199", "6299", "7299"] {
        let kind = match &code[..1] {
            "1" => "asset",
            "4" => "income",
            _ => "expense",
        };
        let body = json!({ "code": code, "name": { "en": code }, "type": kind });
        client.post("/accounts", body).await.expect(201);
    }
    dollars(client, "2025-03-01", "3.75", ("1199", "100"), "4199").await;
    dollars(client, "2025-04-01", "3.80", ("6299", "40"), "1199").await;
    dollars(client, "2025-05-01", "3.75", ("7299", "10"), "1199").await;
    dollars(client, "2025-06-01", "3.80", ("1199", "10"), "7299").await;
    tenant.post("2025-07-01", &[("6299", "30", ""), ("1113", "", "30")]).await;
    (world, tenant)
}

async fn dollars(client: &Client, date: &str, rate: &str, (debit, amount): (&str, &str), credit: &str) {
    let body = json!({
        "postingDate": date, "currency": "USD", "post": true,
        "lines": [
            { "accountCode": debit, "debit": amount, "rate": rate },
            { "accountCode": credit, "credit": amount, "rate": rate },
        ],
    });
    client.post("/journal-entries", body).await.expect(201);
}

async fn year(client: &Client) -> String {
    let years = client.get("/fiscal-years?code=2025").await.ok();
    format!("/fiscal-years/{}", years["items"][0]["id"].as_str().unwrap())
}

async fn close(client: &Client) -> Value {
    let path = format!("{}/close", year(client).await);
    client.with_etag("POST", &path, "*", Value::Null).await.expect(200).json()
}

/// Every non-zero amount that an income or expense account still has in any currency, and whether each balances.
async fn nothing_is_left(client: &Client) {
    for currency in ["USD", "SAR"] {
        let path = format!("/reports/trial-balance?from=2026-01-01&to=2026-12-31&currency={currency}");
        let report = client.get(&path).await.ok();
        for line in report["lines"].as_array().unwrap() {
            let temporary = line["type"] == "income" || line["type"] == "expense";
            assert!(!temporary || line["opening"] == "0.00", "{currency}: {line}");
        }
        assert_eq!(report["totals"]["closing"], "0.00", "{currency}: every currency balances by itself");
        let path = format!("/reports/balance-sheet?asOf=2026-03-01&currency={currency}");
        let sheet = client.get(&path).await.ok();
        assert_eq!(sheet["difference"][0], "0.00", "{currency}: {sheet}");
        let equity = sheet["sections"][2]["lines"].as_array().unwrap();
        assert!(equity.iter().all(|line| line["code"] != "undistributed_profit"), "{currency}: {sheet}");
    }
    for code in ["4199", "6299", "7299"] {
        let found = client.get(&format!("/accounts?code={code}")).await.ok();
        let path = format!("/accounts/{}/balance", found["items"][0]["id"].as_str().unwrap());
        let balance = client.get(&path).await.ok();
        for part in balance["byCurrency"].as_array().unwrap() {
            assert_eq!(
                (&part["balance"], &part["companyBalance"]),
                (&json!("0.00"), &json!("0.00")),
                "{balance}"
            );
        }
    }
}

/// The books as an independent program reads them: strict, so every account and commodity is declared.
fn strictly(world: &World, journal: &[u8]) {
    let file = world.folder().join("strict.journal");
    std::fs::write(&file, journal).unwrap();
    let path = file.to_str().unwrap();
    let checked = Command::new("hledger").env("LC_ALL", "C.UTF-8").args(["-s", "-f", path, "check"]).output();
    let Ok(checked) = checked else { return testkit::not_run("hledger is not on this machine") };
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}

#[tokio::test]
async fn closing_lines_keep_the_currency_they_close() {
    let (world, tenant) = books().await;
    let client = &tenant.client;
    let closed = close(client).await;
    let lines = closed["entry"]["lines"].as_array().unwrap();
    let shown = |account: &str| -> Vec<String> {
        let of = lines.iter().filter(|line| line["accountCode"] == account);
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        of.map(|line| {
            format!(
                "{} {} {} @{}{}",
                text(&line["debit"]),
                text(&line["credit"]),
                text(&line["currency"]),
                text(&line["companyDebit"]),
                text(&line["companyCredit"])
            )
        })
        .collect()
    };
    assert_eq!(shown("4199"), ["100.00 - USD @375.00-"]);
    assert_eq!(shown("6299"), ["- 30.00 SAR @-30.00", "- 40.00 USD @-152.00"]);
    assert_eq!(shown("7299").len(), 2, "{lines:?}");
    nothing_is_left(client).await;
    let sheet = client.get("/reports/trial-balance?to=2026-01-01&currency=USD").await.ok();
    let left: Vec<_> =
        sheet["lines"].as_array().unwrap().iter().filter(|line| line["closing"] != "0.00").collect();
    assert_eq!(left.len(), 2, "the bank and retained earnings: {sheet}");
    let export = client.get("/exports/ledger?format=hledger").await.expect(200);
    strictly(&world, &export.body);
    let checks = client.get("/integrity/checks").await.ok();
    assert_eq!(checks["ok"], true, "{checks}");
}

#[tokio::test]
async fn reopened_adjusted_and_closed_again_nothing_is_left_either() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    close(client).await;
    let reopen = format!("{}/reopen", year(client).await);
    let why = json!({ "reason": "late invoice", "openPeriods": true });
    client.with_etag("POST", &reopen, "*", why).await.expect(200);
    dollars(client, "2025-12-31", "3.77", ("6299", "7"), "1199").await;
    // A currency that is no longer used is closed all the same.
    let used = client.get("/currencies?code=USD").await.ok();
    if used["items"][0]["active"] == true {
        let path = "/currencies/USD";
        client.with_etag("PATCH", path, "*", json!({ "active": false })).await.expect(200);
    }
    let closed = close(client).await;
    assert_eq!(closed["entry"]["lines"].as_array().unwrap().len(), 2, "only what remained: {closed}");
    nothing_is_left(client).await;
    client.with_etag("POST", &reopen, "*", json!({ "reason": "again" })).await.expect(200);
    assert_eq!(close(client).await["entry"], Value::Null, "nothing remains");
}
