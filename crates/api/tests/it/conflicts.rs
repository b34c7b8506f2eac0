//! Two who want the same at the same moment: one gets it, the other is told what it is, on either engine.

use serde_json::{Value, json};
use testkit::{Answer, Client, TenantKit, World};

async fn tenant() -> (World, TenantKit) {
    World::books_of(&[("1000", "asset"), ("4000", "income")]).await
}

/// Sends the same four times at once: one is made, the others are refused by the member that is taken.
async fn made_once(client: &Client, path: &str, body: Value, field: &str, value: &str) {
    let at_once = (0..4).map(|_| client.post(path, body.clone()));
    let answers: Vec<Answer> = futures::future::join_all(at_once).await;
    let made = answers.iter().filter(|answer| answer.status.as_u16() == 201).count();
    assert_eq!(made, 1, "{path}: {:?}", answers.iter().map(Answer::text).collect::<Vec<_>>());
    for refused in answers.iter().filter(|answer| answer.status.as_u16() != 201) {
        assert_eq!(refused.status.as_u16(), 409, "{path}: {}", refused.text());
        // A series of the same code has the same numbers as well, and whoever comes last hears of both.
        assert_eq!(refused.errors()[0], (format!("/{field}"), "already_exists".to_owned()), "{path}");
        assert!(refused.text().contains(value), "{path}: {}", refused.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_that_two_want_at_once_is_given_once() {
    let (world, tenant) = tenant().await;
    let client = &tenant.client;
    let named = |code: &str| json!({ "code": code, "name": { "en": code } });
    let with = |code: &str, more: Value| {
        let mut body = named(code);
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    made_once(client, "/accounts", with("2000", json!({ "type": "liability" })), "code", "2000").await;
    made_once(client, "/dimensions", named("branch"), "code", "branch").await;
    let dimension = client.get("/dimensions?code=branch").await.ok()["items"][0]["id"].clone();
    let values = format!("/dimensions/{}/values", dimension.as_str().unwrap());
    made_once(client, &values, named("RUH"), "code", "RUH").await;
    let permissions = json!({ "permissions": ["accounting.account.read"] });
    made_once(client, "/roles", with("clerk", permissions), "code", "clerk").await;
    let series = json!({ "documentType": "journal_entry", "pattern": "X-{YYYY}-{000000}", "reset": "year" });
    made_once(client, "/number-series", with("XX", series), "code", "XX").await;
    let id = client.get("/number-series?code=XX").await.ok()["items"][0]["id"].clone();
    let journal = json!({ "kind": "general", "numberSeriesId": id });
    made_once(client, "/journals", with("ADJ", journal), "code", "ADJ").await;
    let currency = with("USD", json!({ "scale": 2 }));
    made_once(client, "/currencies", currency, "code", "USD").await;
    let rate = json!({ "currency": "USD", "date": "2026-03-01", "rate": "3.75" });
    made_once(client, "/exchange-rates", rate, "date", "USD").await;
    let recurring = json!({
        "code": "RENT", "name": { "en": "Rent" }, "startDate": "2026-04-01",
        "schedule": { "frequency": "monthly", "dayOfMonth": 1, "interval": 1 },
        "lines": [{ "accountCode": "1000", "debit": "1" }, { "accountCode": "4000", "credit": "1" }],
    });
    made_once(client, "/recurring-entries", recurring, "code", "RENT").await;
    drop(world);
}

/// A setting that two make at once is made once; the second is told that it is at another version.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_setting_that_two_change_at_once_keeps_one_change() {
    let (_world, tenant) = tenant().await;
    let client = &tenant.client;
    for round in 0..2 {
        let etag = client.get("/config/vat-rate").await.etag();
        let bodies: Vec<_> = (0..4).map(|n| json!({ "value": (10 * round + n).to_string() })).collect();
        let puts = bodies.iter().map(|body| client.with_etag("PUT", "/config/vat-rate", &etag, body.clone()));
        let answers = futures::future::join_all(puts).await;
        let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status.as_u16()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412]);
    }
}

/// When two administrators take each other's rights at once, one remains.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_administrators_cannot_remove_each_other_at_once() {
    let (world, tenant) = tenant().await;
    let client = &tenant.client;
    let role = client.get("/roles?code=administrator").await.ok()["items"][0]["id"].clone();
    world.user(client, "second@alpha.example", &[role.as_str().unwrap()]).await;
    let assignments = client.get("/role-assignments").await.ok()["items"].clone();
    let of_role = assignments.as_array().unwrap().iter().filter(|assignment| assignment["roleId"] == role);
    let [first, second]: [Value; 2] = of_role.cloned().collect::<Vec<_>>().try_into().unwrap();
    let path = |assignment: &Value| format!("/role-assignments/{}", assignment["id"].as_str().unwrap());
    let (one, two) = (path(&first), path(&second));
    let answers = futures::future::join_all([
        client.with_etag("DELETE", &one, "*", Value::Null),
        client.with_etag("DELETE", &two, "*", Value::Null),
    ])
    .await;
    let removed = answers.iter().filter(|answer| answer.status.as_u16() == 204).count();
    assert!(removed <= 1, "nobody administers the tenant any more");
}
