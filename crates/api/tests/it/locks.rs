//! Locks: how far they reach, why they move back, and which lines the tax lock sees.

use serde_json::{Value, json};
use testkit::client::Answer;
use testkit::{TenantKit, World};

async fn lock(kit: &TenantKit, kind: &str, body: Value) -> Answer {
    kit.client.with_etag("PUT", &format!("/locks/{kind}"), "*", body).await
}

async fn through(kit: &TenantKit, kind: &str, date: &str) -> Answer {
    lock(kit, kind, json!({ "lockedThrough": date })).await
}

#[tokio::test]
async fn the_hard_lock_reaches_today_at_the_latest() {
    let (_world, kit) = World::books().await;
    for future in ["2026-03-16", "2062-03-15", "2199-12-31"] {
        let refused = through(&kit, "hard", future).await.expect(422);
        assert_eq!(refused.errors(), [("/lockedThrough".to_owned(), "hard_lock_in_future".to_owned())]);
        assert!(refused.text().contains("2026-03-15"), "{}", refused.text());
    }
    assert_eq!(kit.client.get("/locks/hard").await.ok()["lockedThrough"], Value::Null);
    through(&kit, "hard", "2026-03-15").await.expect(200);
    // A merge patch is the same operation, and neither goes back.
    let body = json!({ "lockedThrough": "2026-03-16" });
    kit.client.with_etag("PATCH", "/locks/hard", "*", body).await.expect(422);
    through(&kit, "hard", "2026-03-14").await.expect(409);
}

#[tokio::test]
async fn other_locks_reach_a_year_ahead() {
    let (_world, kit) = World::books().await;
    for kind in ["fiscal", "sales", "purchase", "tax"] {
        let refused = through(&kit, kind, "2062-03-15").await.expect(422);
        assert_eq!(refused.errors(), [("/lockedThrough".to_owned(), "lock_too_far".to_owned())]);
        through(&kit, kind, "2026-12-31").await.expect(200);
    }
}

#[tokio::test]
async fn moving_a_lock_back_asks_why() {
    let (_world, kit) = World::books().await;
    for kind in ["fiscal", "sales", "purchase", "tax"] {
        through(&kit, kind, "2026-01-31").await.expect(200);
        for back in [json!("2026-01-30"), Value::Null] {
            let refused = lock(&kit, kind, json!({ "lockedThrough": back })).await.expect(422);
            assert_eq!(refused.errors(), [("/reason".to_owned(), "lock_reason_required".to_owned())]);
        }
        let blank = lock(&kit, kind, json!({ "lockedThrough": null, "reason": "  " })).await.expect(422);
        assert_eq!(blank.errors()[0].0, "/reason");
        through(&kit, kind, "2026-02-28").await.expect(200);
        let why = json!({ "lockedThrough": null, "reason": "late invoice" });
        assert_eq!(lock(&kit, kind, why).await.ok()["lockedThrough"], Value::Null);
    }
    let trail = kit.client.get("/audit-log?entity=lock&sort=-id&limit=1").await.ok();
    let change =
        kit.client.get(&format!("/audit-log/{}", trail["items"][0]["id"].as_str().unwrap())).await.ok();
    assert_eq!(change["after"]["reason"], "late invoice", "{change}");
}

/// A zero-rated sale: no VAT account, but a box of the return.
fn coded(date: &str, post: bool) -> Value {
    let mut entry = testkit::world::entry(date, &[("1113", "100", ""), ("4120", "", "100")], post);
    entry["lines"][1]["taxCode"] = json!("Z0");
    entry
}

fn locked(answer: Answer) {
    let answer = answer.expect(422);
    let errors = answer.json()["errors"].to_string();
    assert!(errors.contains("date_locked"), "{}", answer.text());
}

#[tokio::test]
async fn the_tax_lock_sees_every_line_with_a_tax_code() {
    let (_world, kit) = World::books().await;
    let client = &kit.client;
    let posted = client.post("/journal-entries", coded("2026-03-10", true)).await.expect(201).json();
    let draft = client.post("/journal-entries", coded("2026-03-10", false)).await.expect(201);
    let draft = draft.header("location").trim_start_matches("/api/v1").to_owned();
    through(&kit, "tax", "2026-03-31").await.expect(200);

    locked(client.post("/journal-entries", coded("2026-03-10", true)).await);
    locked(client.post("/journal-entries?dryRun=true", coded("2026-03-10", true)).await);
    locked(client.with_etag("POST", &format!("{draft}/post"), "*", Value::Null).await);
    locked(client.with_etag("POST", &format!("{draft}/post?dryRun=true"), "*", Value::Null).await);
    let reverse = format!("/journal-entries/{}/reverse", posted["id"].as_str().unwrap());
    let body = json!({ "reason": "wrong", "postingDate": "2026-03-12" });
    locked(client.with_etag("POST", &reverse, "*", body).await);
    let csv =
        "entry,date,account,debit,credit,tax_code\n1,2026-03-10,1113,100,,\n1,2026-03-10,4120,,100,Z0\n";
    for options in ["", "&dryRun=true"] {
        let path = format!("/imports?type=journal-entries&post=true{options}");
        locked(client.call("POST", &path, &["Content-Type: text/csv", "Prefer: wait=60"], csv).await);
    }
    let recurring = json!({
        "code": "Z", "name": { "en": "Z" }, "startDate": "2026-03-05", "autoPost": true,
        "schedule": { "frequency": "monthly", "dayOfMonth": 5 }, "lines": coded("2026-03-05", true)["lines"],
    });
    let made = client.post("/recurring-entries", recurring).await.expect(201).json();
    let run = format!("/recurring-entries/{}/run", made["id"].as_str().unwrap());
    let ran = client.with_etag("POST", &run, "*", json!({ "date": "2026-03-05" })).await.expect(200);
    assert_eq!(
        (&ran.json()["entries"], &ran.json()["failed"][0]["errors"][0]["code"]),
        (&json!([]), &json!("date_locked"))
    );
    let mut opening = json!({ "postingDate": "2026-03-10", "lines": coded("2026-03-10", true)["lines"] });
    opening["lines"][1]["accountCode"] = json!("2141");
    opening["lines"][0]["accountCode"] = json!("1113");
    locked(client.post("/opening-balances", opening).await);

    // An entry without tax code or VAT account does not concern the return, and other dates are free.
    kit.post("2026-03-10", &[("1113", "1", ""), ("1111", "", "1")]).await;
    client.post("/journal-entries", coded("2026-04-01", true)).await.expect(201);
    let me = client.get("/users").await.ok()["items"][0]["id"].clone();
    let leave =
        json!({ "kind": "tax", "userId": me, "expiresAt": "2026-03-16T09:00:00Z", "reason": "late invoice" });
    client.post("/lock-exceptions", leave).await.expect(201);
    client.post("/journal-entries", coded("2026-03-10", true)).await.expect(201);
}
