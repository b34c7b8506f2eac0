//! Four eyes also for whoever changed the figures: nobody approves what they wrote, in whichever way it came into the entry.

use serde_json::{Value, json};

use crate::approvals::{House, Person, act, approve, controllers, entry, text};

/// A controller who may also write entries.
async fn both(house: &House) -> Person {
    let admin = &house.tenant.client;
    let roles = admin.get("/roles").await.ok();
    let role = |code: &str| {
        let all = roles["items"].as_array().unwrap();
        text(&all.iter().find(|role| role["code"] == code).unwrap()["id"])
    };
    let (email, ids) = ("both@alpha.example", [role("accountant"), role("financial_controller")]);
    let ids: Vec<_> = ids.iter().map(String::as_str).collect();
    let id = house.world.user(admin, email, &ids).await;
    Person { id, client: house.world.sign_in(email, testkit::world::PASSWORD, None).await }
}

fn large() -> Value {
    json!([{ "accountCode": "6210", "debit": "91000" }, { "accountCode": "1113", "credit": "91000" }])
}

async fn submit(person: &Person, entry: &Value) -> Value {
    let path = format!("/journal-entries/{}/submit", text(&entry["id"]));
    act(&person.client, &path, "*", Value::Null).await.expect(201).json()
}

#[tokio::test]
async fn whoever_changed_a_draft_does_not_approve_it() {
    let house = House::new().await;
    house.policy(json!([controllers(1)])).await;
    let both = both(&house).await;
    let made = house.accountant.client.post("/journal-entries", entry("10.00")).await.expect(201).json();
    let path = format!("/journal-entries/{}", text(&made["id"]));
    both.client.with_etag("PATCH", &path, "*", json!({ "lines": large() })).await.expect(200);
    let approval = submit(&house.accountant, &made).await;
    assert_eq!(approval["changedBy"], json!([both.id]));
    assert_eq!(approve(&both, &approval).await.expect(403).code(), "four_eyes_required");
    assert_eq!(both.client.get("/approvals/mine").await.ok()["items"], json!([]));

    // Nor after it was rejected and submitted again, and not by making a copy of what they wrote.
    let reject = format!("/approvals/{}/reject", text(&approval["id"]));
    act(&house.controller.client, &reject, "*", json!({ "reason": "Wrong" })).await.expect(200);
    let copied = house.accountant.client.post(&format!("{path}/copy"), json!({})).await.expect(201).json();
    for entry in [&made, &copied] {
        let approval = submit(&house.accountant, entry).await;
        assert_eq!(approve(&both, &approval).await.expect(403).code(), "four_eyes_required");
        approve(&house.second, &approval).await.expect(200);
    }
}

#[tokio::test]
async fn notes_make_nobody_an_author() {
    let house = House::new().await;
    house.policy(json!([controllers(1)])).await;
    let both = both(&house).await;
    let made = house.accountant.client.post("/journal-entries", entry("20000.00")).await.expect(201).json();
    let path = format!("/journal-entries/{}", text(&made["id"]));
    both.client.with_etag("PATCH", &path, "*", json!({ "notes": "Seen" })).await.expect(200);
    let approval = submit(&house.accountant, &made).await;
    assert_eq!(approval["changedBy"], json!([]));
    approve(&both, &approval).await.expect(200);
}

#[tokio::test]
async fn whoever_wrote_a_recurring_entry_does_not_approve_what_it_makes() {
    let house = House::new().await;
    house.policy(json!([controllers(1)])).await;
    let both = both(&house).await;
    let body = json!({
        "code": "RENT", "name": { "en": "Rent" }, "startDate": "2026-03-01", "autoPost": true,
        "schedule": { "frequency": "monthly", "dayOfMonth": 1 },
        "lines": [{ "accountCode": "6210", "debit": "10" }, { "accountCode": "1113", "credit": "10" }],
    });
    let made = house.accountant.client.post("/recurring-entries", body).await.expect(201).json();
    let path = format!("/recurring-entries/{}", text(&made["id"]));
    both.client.with_etag("PATCH", &path, "*", json!({ "lines": large() })).await.expect(200);
    let client = &house.accountant.client;
    let run = act(client, &format!("{path}/run"), "*", json!({})).await.ok();
    assert_eq!(run["entries"][0]["approvalStatus"], "pending_approval", "{run}");
    let waiting = client.get("/approvals?status=pending").await.ok()["items"][0].clone();
    assert_eq!(approve(&both, &waiting).await.expect(403).code(), "four_eyes_required");
    approve(&house.controller, &waiting).await.expect(200);
}
