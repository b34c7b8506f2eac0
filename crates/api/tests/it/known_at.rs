//! The books as known at a moment stay so, whatever happens to the chart of accounts.

use serde_json::{Value, json};
use testkit::{TenantKit, World};

const KNOWN: &str = "2026-03-15T09:00:30Z";

async fn books() -> (World, TenantKit) {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    let client = &tenant.client;
    for (code, kind, flow) in [
        ("A", "asset", ""),
        ("B", "asset", ""),
        ("10", "asset", "cash"),
        ("12", "asset", "investing"),
        ("40", "income", ""),
    ] {
        let heading = flow.is_empty() && kind == "asset";
        let mut body = json!({ "code": code, "name": { "en": code }, "type": kind, "isPosting": !heading });
        if !flow.is_empty() {
            body["cashFlow"] = json!(flow);
            body["parentCode"] = json!("A");
        }
        client.post("/accounts", body).await.expect(201);
    }
    tenant.post("2026-02-01", &[("10", "900", ""), ("40", "", "900")]).await;
    tenant.post("2026-02-02", &[("12", "200", ""), ("10", "", "200")]).await;
    world.clock.advance_seconds(60);
    (world, tenant)
}

async fn account(tenant: &TenantKit, code: &str) -> String {
    let found = tenant.client.get(&format!("/accounts?code={code}")).await.ok();
    format!("/accounts/{}", found["items"][0]["id"].as_str().unwrap())
}

async fn everything(tenant: &TenantKit, heading: &str) -> Vec<Value> {
    let mut answers = Vec::new();
    for path in [
        "/reports/cash-flow?from=2026-01-01&to=2026-12-31",
        "/reports/balance-sheet?asOf=2026-03-01",
        "/reports/trial-balance?to=2026-03-01&includeZero=true",
        "/reports/trial-balance?to=2026-03-01&level=1",
        "/reports/general-ledger?to=2026-03-01",
    ] {
        answers.push(tenant.client.get(&format!("{path}&knownAt={KNOWN}")).await.ok());
    }
    answers.push(tenant.client.get(&format!("{heading}/balance?asOf=2026-03-01&knownAt={KNOWN}")).await.ok());
    answers
}

#[tokio::test]
async fn names_headings_and_activities_are_those_of_the_time() {
    let (world, tenant) = books().await;
    let heading = account(&tenant, "A").await;
    let before = everything(&tenant, &heading).await;
    let change = async |code: &str, body: Value| {
        let path = account(&tenant, code).await;
        tenant.client.with_etag("PATCH", &path, "*", body).await.expect(200);
        world.clock.advance_seconds(1);
    };
    change("12", json!({ "cashFlow": "operating", "name": { "en": "Another" } })).await;
    change("12", json!({ "parentCode": "B" })).await;
    change("10", json!({ "cashFlow": "operating", "code": "11" })).await;
    change("A", json!({ "name": { "en": "Renamed" } })).await;
    tenant.accounts(&[("13", "asset")]).await;
    world.clock.advance_seconds(1);
    let path = account(&tenant, "13").await;
    tenant.client.with_etag("DELETE", &path, "*", Value::Null).await.expect(204);
    assert_eq!(everything(&tenant, &heading).await, before);
    let now = tenant.client.get("/reports/cash-flow?from=2026-01-01&to=2026-12-31").await.ok();
    assert_ne!(now["sections"], before[0]["sections"], "today's statement follows today's chart");
    assert_eq!(tenant.client.get(&format!("{heading}/balance")).await.ok()["balance"], "700.00");
}

#[tokio::test]
async fn the_cash_flow_of_closed_and_hard_locked_periods_is_not_restated() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let path = account(&tenant, "12").await;
    let lock = json!({ "lockedThrough": "2026-02-28" });
    client.with_etag("PUT", "/locks/hard", "\"0\"", lock).await.expect(200);
    let change = json!({ "cashFlow": "operating" });
    let refused = client.with_etag("PATCH", &path, "*", change).await.expect(409);
    assert_eq!(refused.code(), "account_settled_no_change", "{}", refused.text());
    assert_eq!(refused.errors()[0].0, "/cashFlow");
    let other = json!({ "name": { "en": "Renamed" } });
    client.with_etag("PATCH", &path, "*", other).await.expect(200);
}
