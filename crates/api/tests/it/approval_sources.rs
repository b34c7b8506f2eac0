//! Deferrals and distribution runs wait for approval like entries by hand: a person wrote their accounts and amounts.

use application::accounting::deferrals::run_due::run_due_deferrals;
use serde_json::{Value, json};

use crate::approvals::{House, act, approve, controllers, text};

/// 75,000 from the bank, in two parts of less than the policy's amount together with what else is given.
fn deferral(code: &str, amount: &str) -> Value {
    json!({
        "code": code, "name": { "en": "Insurance" }, "sourceAccountCode": "1113", "targetAccountCode": "6210",
        "amount": amount, "start": "2026-01-01", "periods": 2, "method": "equal",
    })
}

async fn waiting(house: &House) -> Vec<Value> {
    let list = house.controller.client.get("/approvals?status=pending&sort=id").await.ok();
    list["items"].as_array().unwrap().clone()
}

fn statuses(deferral: &Value) -> Vec<String> {
    deferral["lines"].as_array().unwrap().iter().map(|line| text(&line["status"])).collect()
}

#[tokio::test]
async fn the_lines_of_a_deferral_wait_for_approval_by_its_whole_amount() {
    let house = House::new().await;
    house.policy(json!([controllers(1)])).await;
    let client = &house.accountant.client;
    let small = client.post("/deferrals", deferral("SMALL", "9999.98")).await.expect(201).json();
    let run = |made: &Value| format!("/deferrals/{}/run", text(&made["id"]));
    let through = json!({ "through": "2026-02-28" });
    let ran = act(client, &run(&small), "*", through.clone()).await.ok();
    assert_eq!((statuses(&ran), &ran["status"]), (vec!["posted".to_owned(); 2], &json!("completed")));

    // No part of it reaches the amount of the policy.
    let made = client.post("/deferrals", deferral("LARGE", "18000.00")).await.expect(201).json();
    let ran = act(client, &run(&made), "*", through.clone()).await.ok();
    assert_eq!(statuses(&ran), ["pending_approval", "pending_approval"]);
    assert_eq!((&ran["openAmount"], &ran["status"]), (&json!("18000.00"), &json!("active")));
    let queue = waiting(&house).await;
    assert_eq!((queue.len(), &queue[0]["submittedBy"]), (2, &json!(house.accountant.id)));
    assert_eq!(approve(&house.accountant, &queue[0]).await.expect(403).code(), "permission_denied");

    // A deferral that waits is neither run again nor cancelled, and nobody changes its entry by hand.
    let again = act(client, &run(&made), "*", through.clone()).await.ok();
    assert_eq!(again["version"], ran["version"]);
    let cancel = format!("/deferrals/{}/cancel", text(&made["id"]));
    let refused = act(client, &cancel, "*", json!({ "rest": "drop", "reason": "x" })).await.expect(409);
    assert_eq!(refused.code(), "entry_awaits_approval");

    approve(&house.controller, &queue[0]).await.expect(200);
    let reject = format!("/approvals/{}/reject", text(&queue[1]["id"]));
    act(&house.controller.client, &reject, "*", json!({ "reason": "No contract" })).await.expect(200);
    let path = format!("/deferrals/{}", text(&made["id"]));
    let shown = client.get(&path).await.ok();
    let mut seen = statuses(&shown);
    seen.sort();
    assert_eq!(seen, ["posted", "rejected"]);
    assert_eq!(shown["openAmount"], "9000.00");
    client.get(&format!("/journal-entries/{}", text(&queue[1]["journalEntryId"]))).await.expect(404);

    // The background does not ask again; a person does.
    let tenant = house.tenant.client.get("/tenants/current").await.ok();
    let tenant: uuid::Uuid = text(&tenant["id"]).parse().unwrap();
    let app = &house.world.parts.application;
    let idle = run_due_deferrals(app, tenant.into(), "2026-12-31".parse().unwrap()).await.unwrap();
    assert_eq!((idle.posted, idle.failed), (0, 0));
    let asked = act(client, &run(&made), "*", through).await.ok();
    assert!(statuses(&asked).contains(&"pending_approval".to_owned()));
    let second = waiting(&house).await;
    approve(&house.second, &second[0]).await.expect(200);
    let done = client.get(&path).await.ok();
    assert_eq!((statuses(&done), &done["status"]), (vec!["posted".to_owned(); 2], &json!("completed")));
    assert_eq!(house.tenant.client.get("/integrity/checks").await.ok()["ok"], true);
}

#[tokio::test]
async fn the_rest_of_a_deferral_is_not_posted_without_approval() {
    let house = House::new().await;
    house.policy(json!([controllers(1)])).await;
    let client = &house.accountant.client;
    let made = client.post("/deferrals", deferral("D", "20000.00")).await.expect(201).json();
    let cancel = format!("/deferrals/{}/cancel", text(&made["id"]));
    let refused = act(client, &cancel, "*", json!({ "rest": "post", "reason": "x" })).await.expect(422);
    assert_eq!(refused.code(), "deferral_rest_needs_approval");
    act(client, &cancel, "*", json!({ "rest": "drop", "reason": "x" })).await.expect(200);
}

#[tokio::test]
async fn a_distribution_run_waits_for_approval_and_may_be_made_again_when_it_was_rejected() {
    let house = House::new().await;
    let client = &house.accountant.client;
    let spent = json!({ "postingDate": "2026-03-10", "post": true, "lines": [
        { "accountCode": "6210", "debit": "15000" }, { "accountCode": "1113", "credit": "15000" },
    ] });
    client.post("/journal-entries", spent).await.expect(201);
    house.policy(json!([controllers(1)])).await;
    let key = json!({
        "code": "K", "name": { "en": "Key" }, "basis": "fixed", "sourceCodeFrom": "6210",
        "targets": [{ "accountCode": "6220", "share": "1" }],
    });
    house.tenant.client.post("/distribution-keys", key).await.expect(201);
    let body = json!({ "keyCode": "K", "date": "2026-03-31" });
    let run = client.post("/distribution-runs", body.clone()).await.expect(201).json();
    assert_eq!(run["status"], "pending_approval", "{run}");
    let path = format!("/distribution-runs/{}", text(&run["id"]));
    assert_eq!(client.get(&path).await.ok(), run);
    let listed = client.get("/distribution-runs?status=pending_approval").await.ok();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(client.get("/distribution-runs?status=posted").await.ok()["items"], json!([]));
    let undo = act(client, &format!("{path}/undo"), "*", json!({ "reason": "x" })).await.expect(409);
    assert_eq!(undo.code(), "entry_awaits_approval");
    assert_eq!(client.post("/distribution-runs", body.clone()).await.expect(409).code(), "distribution_done");

    let reject = format!("/approvals/{}/reject", text(&waiting(&house).await[0]["id"]));
    act(&house.controller.client, &reject, "*", json!({ "reason": "Wrong key" })).await.expect(200);
    assert_eq!(client.get(&path).await.ok()["status"], "undone");
    let second = client.post("/distribution-runs", body).await.expect(201).json();
    approve(&house.controller, &waiting(&house).await[0]).await.expect(200);
    let path = format!("/distribution-runs/{}", text(&second["id"]));
    let posted = client.get(&path).await.ok();
    assert_eq!((&posted["status"], &posted["entryId"]), (&json!("posted"), &second["entryId"]));
    // Taking it back has no figure of its own.
    act(client, &format!("{path}/undo"), "*", json!({ "reason": "Twice" })).await.expect(200);
    assert_eq!(house.tenant.client.get("/integrity/checks").await.ok()["ok"], true);
}
