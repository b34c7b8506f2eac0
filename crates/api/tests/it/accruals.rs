//! Accruals: entries that are posted together with the entry that takes them back.

use serde_json::{Value, json};
use testkit::{Client, World};

fn accrual(amount: &str, reverse_on: &str) -> Value {
    json!({
        "postingDate": "2026-03-31", "reverseOn": reverse_on, "description": "Electricity March",
        "lines": [
            { "accountCode": "6210", "debit": amount }, { "accountCode": "1113", "credit": amount },
        ],
    })
}

async fn balance(client: &Client, code: &str, day: &str) -> String {
    let account = client.get(&format!("/accounts?code={code}")).await.ok()["items"][0]["id"].clone();
    let view = client.get(&format!("/accounts/{}/balance?asOf={day}", account.as_str().unwrap())).await.ok();
    view["balance"].as_str().unwrap().to_owned()
}

fn path(entry: &Value) -> String {
    format!("/journal-entries/{}", entry["id"].as_str().unwrap())
}

#[tokio::test]
async fn an_accrual_is_taken_back_on_its_day_once_and_linked_both_ways() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let mut body = accrual("1234.56", "2026-04-01");
    body["post"] = json!(true);
    let preview = client.post("/journal-entries?dryRun=true", body.clone()).await.ok();
    assert_eq!(preview["status"], "reversed");
    assert_eq!(client.get("/journal-entries").await.ok()["items"], json!([]));
    let created = client.post("/journal-entries", body).await.expect(201);
    let posted = created.json();
    assert_eq!((&posted["status"], &posted["reverseOn"]), (&json!("reversed"), &json!("2026-04-01")));
    let read = client.get(&path(&posted)).await;
    assert_eq!((read.json(), read.etag()), (posted.clone(), created.etag()));
    let mirror =
        client.get(&format!("/journal-entries/{}", posted["reversedById"].as_str().unwrap())).await.ok();
    assert_eq!((&mirror["postingDate"], &mirror["reversesId"]), (&json!("2026-04-01"), &posted["id"]));
    assert_eq!((&mirror["kind"], &mirror["total"]), (&json!("reversal"), &posted["total"]));
    for (day, left) in [("2026-03-31", "1234.56"), ("2026-04-01", "0.00")] {
        assert_eq!(balance(client, "6210", day).await, left, "{day}");
    }
    let again =
        client.with_etag("POST", &format!("{}/reverse", path(&posted)), "*", json!({ "reason": "x" })).await;
    assert_eq!(again.expect(409).code(), "entry_already_reversed");
    assert_eq!(client.get("/integrity/checks").await.ok()["ok"], true);
    assert_eq!(client.post("/integrity/verify", json!({})).await.ok()["ok"], true);
}

#[tokio::test]
async fn the_day_of_a_draft_changes_until_it_is_posted_and_lies_after_its_date() {
    let (_world, tenant) = World::books().await;
    let client = &tenant.client;
    let early = client.post("/journal-entries", accrual("10.00", "2026-03-31")).await.expect(422);
    assert_eq!(early.errors(), [("/reverseOn".to_owned(), "reverse_on_not_later".to_owned())]);
    let draft = client.post("/journal-entries", accrual("10.00", "2026-04-01")).await.expect(201).json();
    let late = json!({ "postingDate": "2026-04-01" });
    let late = client.with_etag("PATCH", &path(&draft), "*", late).await.expect(422);
    assert_eq!(late.errors(), [("/reverseOn".to_owned(), "reverse_on_not_later".to_owned())]);
    // No fiscal year is there on that day: neither of the two entries is posted.
    client.with_etag("PATCH", &path(&draft), "*", json!({ "reverseOn": "2099-01-01" })).await.expect(200);
    let post = format!("{}/post", path(&draft));
    let refused = client.with_etag("POST", &post, "*", Value::Null).await.expect(422);
    assert_eq!(refused.errors(), [("/reverseOn".to_owned(), "fiscal_period_missing".to_owned())]);
    assert_eq!(client.get(&path(&draft)).await.ok()["status"], "draft");
    client.with_etag("PATCH", &path(&draft), "*", json!({ "reverseOn": "2027-01-01" })).await.expect(200);
    let posted = client.with_etag("POST", &post, "*", Value::Null).await.ok();
    assert_eq!(posted["status"], "reversed");
    assert_eq!(balance(client, "6210", "2026-12-31").await, "10.00");
    let fixed =
        client.with_etag("PATCH", &path(&posted), "*", json!({ "reverseOn": null })).await.expect(409);
    assert_eq!(fixed.errors(), [("/reverseOn".to_owned(), "entry_field_fixed".to_owned())]);
    // A copy is an entry of its own, which stays.
    let copy = client.post(&format!("{}/copy", path(&posted)), json!({})).await.expect(201).json();
    assert_eq!(copy["reverseOn"], Value::Null);
    let plain = client.post("/journal-entries", accrual("5.00", "2026-05-01")).await.expect(201).json();
    let cleared = client.with_etag("PATCH", &path(&plain), "*", json!({ "reverseOn": null })).await.ok();
    assert_eq!(cleared["reverseOn"], Value::Null);
    let listed = client.get("/journal-entries?reverseOn[isNull]=false").await.ok();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_approval_of_an_accrual_covers_the_entry_that_takes_it_back() {
    let (world, tenant) = World::books().await;
    let client = &tenant.client;
    let role = client.get("/roles?code=financial_controller").await.ok()["items"][0]["id"].clone();
    world.user(client, "controller@alpha.example", &[role.as_str().unwrap()]).await;
    let controller = world.sign_in("controller@alpha.example", testkit::world::PASSWORD, None).await;
    let steps = json!([{ "approverRoleCode": "financial_controller" }]);
    let policy = json!({ "code": "ALL", "name": { "en": "All" }, "steps": steps });
    client.post("/approval-policies", policy).await.expect(201);
    let draft = client.post("/journal-entries", accrual("10.00", "2026-04-01")).await.expect(201).json();
    let submit = format!("{}/submit", path(&draft));
    let approval = client.with_etag("POST", &submit, "*", Value::Null).await.expect(201).json();
    let approve = format!("/approvals/{}/approve", approval["id"].as_str().unwrap());
    let done = controller.with_etag("POST", &approve, "*", json!({})).await.ok();
    assert_eq!((&done["status"], &done["postingProblems"]), (&json!("approved"), &json!([])));
    let posted = client.get(&path(&draft)).await.ok();
    assert_eq!((&posted["status"], &posted["approvalStatus"]), (&json!("reversed"), &json!("approved")));
    assert_eq!(balance(client, "6210", "2026-04-01").await, "0.00");
}
