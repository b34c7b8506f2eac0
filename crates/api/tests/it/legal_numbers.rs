//! A legal number stands on one entry of the tenant: series that could print one number twice are refused up front.

use serde_json::{Value, json};
use testkit::client::Answer;
use testkit::{TenantKit, World};

async fn books(world: &World) -> TenantKit {
    let kit = world.tenant("alpha", "SAR", "empty").await;
    kit.accounts(&[("1", "asset"), ("2", "income")]).await;
    kit
}

async fn series(kit: &TenantKit, code: &str, pattern: &str, active: bool) -> Answer {
    let body = json!({
        "code": code, "name": { "en": code }, "pattern": pattern, "reset": "never", "active": active,
    });
    kit.client.post("/number-series", body).await
}

async fn journal(kit: &TenantKit, code: &str, series: &str) -> Answer {
    let body = json!({ "code": code, "name": { "en": code }, "numberSeriesCode": series });
    kit.client.post("/journals", body).await
}

async fn post(kit: &TenantKit, journal: &str) -> Answer {
    let mut body = testkit::world::entry("2026-03-05", &[("1", "5.00", ""), ("2", "", "5.00")], true);
    body["journalCode"] = json!(journal);
    kit.client.post("/journal-entries", body).await
}

async fn path(kit: &TenantKit, list: &str, code: &str) -> String {
    let found = kit.client.get(&format!("{list}?code={code}")).await.ok();
    format!("{list}/{}", found["items"][0]["id"].as_str().unwrap())
}

async fn patch(kit: &TenantKit, path: &str, body: Value) -> Answer {
    kit.client.with_etag("PATCH", path, "*", body).await
}

fn refused(answer: Answer, pointer: &str) {
    let answer = answer.expect(409);
    assert_eq!(
        answer.errors(),
        [(pointer.to_owned(), "number_series_overlaps".to_owned())],
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn a_pattern_that_prints_another_series_numbers_is_refused() {
    let world = World::new().await;
    let kit = books(&world).await;
    // GENERAL has GJ-{FY}-{000000}.
    for pattern in [
        "GJ-{FY}-{000000}",
        "GJ-{YYYY}-{000000}",
        "GJ-20{YY}-{000000}",
        "GJ-{FY}-{000}",
        "GJ-{FY}-{00000000}",
        "GJ-{FY}-0{00000}",
        "GJ-2026-{000000}",
        "GJ-2026/27-{000000}",
    ] {
        refused(series(&kit, "GEN2", pattern, true).await, "/pattern");
    }
    assert_eq!(kit.client.get("/number-series?code=GEN2").await.ok()["items"], json!([]), "nothing is left");
    for (code, pattern) in [("A", "GJ{FY}-{000000}"), ("B", "{FY}-{000000}"), ("C", "gj-{FY}-{000000}")] {
        series(&kit, code, pattern, true).await.expect(201);
    }
    let body = json!({ "code": "GEN2", "name": { "en": "x" }, "pattern": "GJ-{FY}-{000000}" });
    let arabic = kit.client.call("POST", "/number-series", &["Accept-Language: ar"], body.to_string()).await;
    let text = arabic.expect(409).text();
    assert!(text.contains("يصدر تسلسل الأرقام GENERAL") && text.contains("GJ-2026-111111"), "{text}");
}

#[tokio::test]
async fn changing_or_reactivating_a_series_is_checked_too() {
    let world = World::new().await;
    let kit = books(&world).await;
    series(&kit, "ADJ", "ADJ-{FY}-{000}", true).await.expect(201);
    let adj = path(&kit, "/number-series", "ADJ").await;
    refused(patch(&kit, &adj, json!({ "pattern": "GJ-{FY}-{000000}" })).await, "/pattern");
    // One that rests gives nothing, so it may be like another; it may not wake up.
    series(&kit, "REST", "GJ-{FY}-{000000}", false).await.expect(201);
    let rest = path(&kit, "/number-series", "REST").await;
    refused(patch(&kit, &rest, json!({ "active": true })).await, "/active");
    patch(&kit, &rest, json!({ "active": true, "pattern": "R-{FY}-{000}" })).await.expect(200);
}

#[tokio::test]
async fn numbers_given_before_stay_taken() {
    let world = World::new().await;
    let kit = books(&world).await;
    post(&kit, "GENERAL").await.expect(201);
    let general = path(&kit, "/number-series", "GENERAL").await;
    // The same counter with other zeros repeats nothing; another text may.
    patch(&kit, &general, json!({ "pattern": "GJ-{FY}-{000}" })).await.expect(200);
    patch(&kit, &general, json!({ "pattern": "JV-{FY}-{000000}" })).await.expect(200);
    assert_eq!(post(&kit, "GENERAL").await.expect(201).json()["number"], "JV-2026-000002");
    refused(series(&kit, "GEN2", "GJ-{YYYY}-{000000}", true).await, "/pattern");
    refused(patch(&kit, &general, json!({ "pattern": "GJ-{FY}-0{00000}" })).await, "/pattern");
    patch(&kit, &general, json!({ "pattern": "GJ-{FY}-{000000}" })).await.expect(200);
    assert_eq!(post(&kit, "GENERAL").await.expect(201).json()["number"], "GJ-2026-000003");
    assert_eq!(kit.client.get(&format!("{general}/gaps")).await.ok()["gapless"], true);
    assert_eq!(kit.client.get("/integrity/checks").await.ok()["ok"], true);
}

#[tokio::test]
async fn a_journal_in_the_number_decides() {
    let world = World::new().await;
    let kit = books(&world).await;
    series(&kit, "ONE", "{JOURNAL}-{FY}-{000000}", true).await.expect(201);
    series(&kit, "TWO", "{JOURNAL}-{FY}-{000000}", true).await.expect(201);
    // A journal GJ would print what the general journal prints.
    refused(journal(&kit, "GJ", "ONE").await, "/numberSeriesCode");
    journal(&kit, "SALES", "ONE").await.expect(201);
    journal(&kit, "BUYING", "TWO").await.expect(201);
    let buying = path(&kit, "/journals", "BUYING").await;
    refused(patch(&kit, &buying, json!({ "code": "GJ" })).await, "/code");
    assert_eq!(post(&kit, "SALES").await.expect(201).json()["number"], "SALES-2026-000001");
    // The renamed journal's numbers stay taken.
    let sales = path(&kit, "/journals", "SALES").await;
    patch(&kit, &sales, json!({ "code": "OUT" })).await.expect(200);
    refused(patch(&kit, &buying, json!({ "code": "SALES" })).await, "/code");
    assert_eq!(post(&kit, "OUT").await.expect(201).json()["number"], "OUT-2026-000002");
}

#[tokio::test]
async fn two_clients_at_once_make_no_second_series_of_one_form() {
    let world = World::new().await;
    let kit = books(&world).await;
    let (left, right) =
        tokio::join!(series(&kit, "L", "DOC-{000}", true), series(&kit, "R", "DOC-{000000}", true));
    let mut statuses = [left.status.as_u16(), right.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}
