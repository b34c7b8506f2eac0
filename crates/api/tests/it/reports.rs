//! Reports, exports and integrity checks as a client sees them.

use serde_json::{Value, json};
use testkit::world::entry;
use testkit::{TenantKit, World};

/// Every report of accounts.
pub const REPORTS: [&str; 6] =
    ["trial-balance", "balance-sheet", "income-statement", "cash-flow", "control-accounts", "general-ledger"];

async fn books() -> (World, TenantKit) {
    let (world, tenant) =
        World::books_of(&[("1000", "asset"), ("3000", "equity"), ("4000", "income"), ("6000", "expense")])
            .await;
    tenant.post("2026-01-05", &[("1000", "500.00", ""), ("3000", "", "500.00")]).await;
    tenant.post("2026-02-05", &[("1000", "115.00", ""), ("4000", "", "115.00")]).await;
    tenant.post("2026-02-06", &[("6000", "15.50", ""), ("1000", "", "15.50")]).await;
    tenant.post("2026-02-06", &[("6000", "4.50", ""), ("4000", "", "4.50")]).await;
    (world, tenant)
}

/// The first three columns of a CSV.
fn first_columns(csv: &str) -> Vec<String> {
    csv.lines().map(|line| line.splitn(4, ',').take(3).collect::<Vec<_>>().join(",")).collect()
}

#[tokio::test]
async fn a_trial_balance_as_csv_begins_with_account_debit_credit() {
    let (_world, tenant) = books().await;
    for (path, headers) in
        [("/reports/trial-balance?format=csv", vec![]), ("/reports/trial-balance", vec!["Accept: text/csv"])]
    {
        let answer = tenant.client.call("GET", path, &headers, "").await.expect(200);
        assert!(answer.header("content-type").starts_with("text/csv"), "{}", answer.header("content-type"));
        assert_eq!(
            first_columns(&answer.text()),
            [
                "account,debit,credit",
                "1000,599.50,0.00",
                "3000,0.00,500.00",
                "4000,0.00,119.50",
                "6000,20.00,0.00"
            ]
        );
    }
    let arabic =
        tenant.client.call("GET", "/reports/trial-balance?format=csv", &["Accept-Language: ar"], "").await;
    assert!(arabic.text().starts_with("account,debit,credit,"), "names of columns never change");
}

#[tokio::test]
async fn a_posting_shows_at_once_and_an_unchanged_report_is_not_sent_again() {
    let (_world, tenant) = books().await;
    let path = "/reports/balance-sheet?asOf=2026-03-31";
    let first = tenant.client.get(path).await.expect(200);
    let same = tenant.client.call("GET", path, &[&format!("If-None-Match: {}", first.etag())], "").await;
    assert_eq!(same.status.as_u16(), 304);
    tenant.post("2026-02-07", &[("1000", "1.00", ""), ("4000", "", "1.00")]).await;
    let second =
        tenant.client.call("GET", path, &[&format!("If-None-Match: {}", first.etag())], "").await.expect(200);
    let total = |answer: &Value| answer["sections"][0]["totals"][0].clone();
    assert_eq!((total(&first.json()), total(&second.json())), (json!("599.50"), json!("600.50")));
    assert_eq!(second.json()["balanced"], true);
    tenant.accounts(&[("1001", "asset")]).await;
    let zero = "/reports/trial-balance?includeZero=true";
    assert_eq!(tenant.client.get(zero).await.ok()["lines"].as_array().unwrap().len(), 5);
    tenant.accounts(&[("1002", "asset")]).await;
    assert_eq!(
        tenant.client.get(zero).await.ok()["lines"].as_array().unwrap().len(),
        6,
        "a new account shows"
    );
}

#[tokio::test]
async fn every_report_comes_in_every_form_and_language() {
    let (_world, tenant) = books().await;
    for report in REPORTS {
        for language in ["en", "ar"] {
            let headers = [format!("Accept-Language: {language}")];
            let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
            let call = |format: &str| {
                let path = format!("/reports/{report}?to=2026-03-31&format={format}");
                let (client, headers) = (tenant.client.clone(), headers.clone());
                async move { client.call("GET", &path, &headers, "").await.expect(200) }
            };
            let json = call("json").await.json();
            let arabic =
                json["scope"]["title"].as_str().unwrap().chars().any(|c| ('\u{600}'..'\u{700}').contains(&c));
            assert_eq!(arabic, language == "ar", "{report}");
            assert!(call("csv").await.text().starts_with("account,"), "{report}");
            let file = call("xlsx").await;
            assert!(file.body.starts_with(b"PK"), "{report}");
            assert_eq!(file.header("content-disposition"), format!("attachment; filename=\"{report}.xlsx\""));
        }
    }
}

#[tokio::test]
async fn what_cannot_be_reported_is_said() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let unknown = client.get("/reports/trial-balance?until=2026-01-01").await.expect(400);
    assert_eq!(unknown.code(), "unknown_parameter");
    let future = client.get("/reports/trial-balance?knownAt=2190-01-01T00:00:00Z").await.expect(422);
    assert_eq!(future.code(), "known_at_in_future");
    let reversed = client.get("/reports/income-statement?from=2026-02-01&to=2026-01-01").await.expect(422);
    assert_eq!(reversed.code(), "report_range_reversed");
    client.get("/reports/trial-balance?dimension=branch").await.expect(400);
    let twice = client.get("/reports/trial-balance?dimension=branch:a&dimension=project:b").await.expect(422);
    assert_eq!(twice.errors().len(), 2, "a repeated filter means both: {}", twice.text());
    client.get("/reports/balance-sheet?level=0").await.expect(422);
    client.get("/reports/general-ledger?cursor=x").await.expect(400);
    client.get("/reports/general-ledger?account=nope").await.expect(422);
}

#[tokio::test]
async fn the_general_ledger_pages_and_streams() {
    let (_world, tenant) = books().await;
    let page = tenant.client.get("/reports/general-ledger?from=2026-02-01&limit=1").await.ok();
    assert_eq!(page["accounts"][0]["opening"], "500.00");
    assert_eq!(page["accounts"][0]["lines"][0]["balance"], "615.00");
    let cursor = page["nextCursor"].as_str().unwrap();
    let next = tenant
        .client
        .get(&format!("/reports/general-ledger?from=2026-02-01&limit=1&cursor={cursor}"))
        .await
        .ok();
    assert_eq!(
        (&next["accounts"][0]["continued"], &next["accounts"][0]["opening"]),
        (&json!(true), &json!("615.00"))
    );
    assert_eq!(next["accounts"][0]["lines"][0]["balance"], "599.50");
    let rows =
        tenant.client.get("/reports/general-ledger?format=ndjson&account=6000").await.expect(200).text();
    let rows: Vec<Value> = rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    let kinds: Vec<_> = rows.iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["opening", "line", "line", "closing"]);
    assert_eq!(rows[3]["balance"], "20.00");
}

#[tokio::test]
async fn the_ledger_leaves_whole_and_proves_itself() {
    let (_world, tenant) = books().await;
    tenant.client.post("/journal-entries", entry("2026-02-08", &[("1000", "9.00", "")], false)).await;
    let entries = tenant.client.get("/exports/ledger").await.expect(200).text();
    assert_eq!(entries.lines().count(), 4, "drafts stay here");
    let some = tenant.client.get("/exports/ledger?format=ndjson&from=2026-02-06").await.expect(200).text();
    assert_eq!(some.lines().count(), 2);
    let journal = tenant.client.get("/exports/ledger?format=hledger").await.expect(200).text();
    assert!(journal.contains("\n2026-02-06 ("), "{journal}");
    let checks = tenant.client.get("/integrity/checks").await.ok();
    assert_eq!(checks["ok"], true, "{checks}");
    let verified = tenant.client.post("/integrity/verify", Value::Null).await.ok();
    assert_eq!((&verified["ok"], &verified["journals"][0]["entries"]), (&json!(true), &json!(4)));
}
