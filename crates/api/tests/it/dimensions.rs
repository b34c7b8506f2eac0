//! Dimensions, their values, and the rules that posting keeps.

use serde_json::{Value, json};
use testkit::{TenantKit, World};

async fn books(world: &World) -> TenantKit {
    let kit = world.tenant("alpha", "SAR", "empty").await;
    kit.accounts(&[("1", "asset"), ("61", "expense"), ("62", "expense")]).await;
    for (dimension, values) in [("branch", ["RUH", "JED"]), ("project", ["P1", "P2"])] {
        let body = json!({ "code": dimension, "name": { "en": dimension } });
        let made = kit.client.post("/dimensions", body).await.expect(201).json();
        for value in values {
            let path = format!("/dimensions/{}/values", made["id"].as_str().unwrap());
            kit.client.post(&path, json!({ "code": value, "name": { "en": value } })).await.expect(201);
        }
    }
    kit
}

/// The code of the problem with posting an expense with these dimensions, and where; empty when it is posted.
async fn post(kit: &TenantKit, account: &str, dimensions: Value) -> String {
    let mut body = testkit::world::entry("2026-02-01", &[(account, "5.00", ""), ("1", "", "5.00")], true);
    body["lines"][0]["dimensions"] = dimensions;
    let answer = kit.client.post("/journal-entries", body).await;
    if answer.status.is_success() {
        return String::new();
    }
    let (at, code) = answer.errors()[0].clone();
    format!("{at} {code}")
}

async fn rule(kit: &TenantKit, body: Value) -> String {
    let made = kit.client.post("/dimension-rules", body).await.expect(201).json();
    format!("/dimension-rules/{}", made["id"].as_str().unwrap())
}

#[tokio::test]
async fn rules_are_kept_from_the_moment_they_are_made() {
    let world = World::new().await;
    let kit = books(&world).await;
    assert_eq!(post(&kit, "61", json!({})).await, "");
    let mandatory =
        rule(&kit, json!({ "kind": "mandatory", "accountCodePrefix": "6", "dimensionCode": "branch" })).await;
    assert_eq!(post(&kit, "61", json!({})).await, "/lines/0/dimensions dimension_required");
    assert_eq!(post(&kit, "61", json!({ "branch": "RUH" })).await, "");
    let fixed =
        json!({ "kind": "fixed", "accountCode": "62", "dimensionCode": "branch", "valueCode": "JED" });
    rule(&kit, fixed).await;
    assert_eq!(post(&kit, "62", json!({ "branch": "RUH" })).await, "/lines/0/dimensions dimension_fixed");
    assert_eq!(post(&kit, "62", json!({ "branch": "JED" })).await, "");
    let forbidden =
        rule(&kit, json!({ "kind": "forbidden", "accountCode": "62", "dimensionCode": "project" })).await;
    assert_eq!(
        post(&kit, "62", json!({ "branch": "JED", "project": "P1" })).await,
        "/lines/0/dimensions dimension_forbidden"
    );
    let pair = |dimension: &str, value: &str| json!({ "dimensionCode": dimension, "valueCode": value });
    let blocked = json!({ "kind": "blocked_combination", "combination": [pair("branch", "RUH"), pair("project", "P2")] });
    rule(&kit, blocked).await;
    assert_eq!(post(&kit, "61", json!({ "branch": "RUH", "project": "P1" })).await, "");
    let mut body = testkit::world::entry("2026-02-01", &[("61", "5.00", ""), ("1", "", "5.00")], true);
    body["lines"][0]["dimensions"] = json!({ "branch": "RUH", "project": "P2" });
    let answer = kit.client.post("/journal-entries", body).await.expect(422);
    assert!(answer.text().contains("branch=RUH, project=P2"), "{}", answer.text());

    kit.client.with_etag("PATCH", &mandatory, "*", json!({ "active": false })).await.expect(200);
    assert_eq!(post(&kit, "61", json!({})).await, "");
    kit.client.with_etag("PATCH", &forbidden, "*", json!({ "dimensionCode": null })).await.expect(422);
    kit.client.with_etag("DELETE", &forbidden, "*", Value::Null).await.expect(204);
    assert_eq!(post(&kit, "62", json!({ "branch": "JED", "project": "P1" })).await, "");
}

#[tokio::test]
async fn a_rule_without_sense_is_refused() {
    let world = World::new().await;
    let kit = books(&world).await;
    let errors = async |body: Value| kit.client.post("/dimension-rules", body).await.expect(422).errors();
    let at = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
    assert_eq!(
        errors(json!({ "kind": "mandatory" })).await,
        at("/dimensionId", "dimension_rule_member_missing")
    );
    let extra = json!({ "kind": "mandatory", "dimensionCode": "branch", "valueCode": "RUH" });
    assert_eq!(errors(extra).await, at("/valueId", "dimension_rule_member_unused"));
    let both = json!({ "kind": "mandatory", "dimensionCode": "branch", "accountCode": "61", "accountCodePrefix": "6" });
    assert_eq!(errors(both).await, at("/accountCodePrefix", "dimension_rule_one_selector"));
    let elsewhere = json!({ "kind": "fixed", "dimensionCode": "branch", "valueCode": "P1" });
    assert_eq!(errors(elsewhere).await, at("/valueCode", "unknown_reference"));
    let single = json!({ "kind": "blocked_combination", "combination": [{ "dimensionCode": "branch", "valueCode": "RUH" }] });
    assert_eq!(errors(single).await, at("/combination", "combination_too_small"));
    let half = json!({ "kind": "blocked_combination", "combination": [{ "dimensionCode": "branch" }] });
    assert_eq!(errors(half).await, at("/combination/0/valueId", "required"));
}

#[tokio::test]
async fn values_form_a_tree_and_go_only_when_unused() {
    let world = World::new().await;
    let kit = books(&world).await;
    let list = kit.client.get("/dimensions?code=branch").await.ok();
    let dimension = format!("/dimensions/{}", list["items"][0]["id"].as_str().unwrap());
    let below = json!({ "code": "RUH-N", "name": { "ar": "شمال الرياض" }, "parentCode": "RUH" });
    let north = kit.client.post(&format!("{dimension}/values"), below).await.expect(201).json();
    let values = kit.client.get(&format!("{dimension}/values?code=RUH")).await.ok();
    let riyadh = values["items"][0].clone();
    assert_eq!(north["parentId"], riyadh["id"]);
    let riyadh_path = format!("{dimension}/values/{}", riyadh["id"].as_str().unwrap());
    let north_path = format!("{dimension}/values/{}", north["id"].as_str().unwrap());
    let cycle = kit.client.with_etag("PATCH", &riyadh_path, "*", json!({ "parentId": north["id"] })).await;
    assert_eq!(cycle.expect(422).code(), "dimension_value_cycle");
    assert_eq!(
        kit.client.with_etag("DELETE", &riyadh_path, "*", Value::Null).await.expect(409).code(),
        "in_use"
    );
    kit.client.with_etag("PATCH", &north_path, "*", json!({ "parentId": null })).await.expect(200);
    assert_eq!(post(&kit, "61", json!({ "branch": "RUH" })).await, "");
    assert_eq!(
        kit.client.with_etag("DELETE", &riyadh_path, "*", Value::Null).await.expect(409).code(),
        "in_use"
    );
    kit.client.with_etag("DELETE", &north_path, "*", Value::Null).await.expect(204);
    assert_eq!(
        kit.client.with_etag("DELETE", &dimension, "*", Value::Null).await.expect(409).code(),
        "in_use"
    );

    let other = kit.client.get("/dimensions?code=project").await.ok();
    let wrong = format!(
        "/dimensions/{}/values/{}",
        other["items"][0]["id"].as_str().unwrap(),
        riyadh["id"].as_str().unwrap()
    );
    kit.client.get(&wrong).await.expect(404);
    kit.client.with_etag("PATCH", &riyadh_path, "*", json!({ "active": false })).await.expect(200);
    assert_eq!(
        post(&kit, "61", json!({ "branch": "RUH" })).await,
        "/lines/0/dimensions/branch dimension_value_unknown"
    );
}
