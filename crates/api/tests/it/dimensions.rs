//! Dimensions, their values, and the rules that posting keeps.

use serde_json::{Value, json};
use testkit::{TenantKit, World};

/// A tenant with two dimensions of two values each.
pub async fn books(world: &World) -> TenantKit {
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

/// Values below `RUH` and `P1`, made headings or not.
async fn below(kit: &TenantKit, dimension: &str, code: &str, parent: &str) -> String {
    let list = kit.client.get(&format!("/dimensions?code={dimension}")).await.ok();
    let path = format!("/dimensions/{}/values", list["items"][0]["id"].as_str().unwrap());
    let body = json!({ "code": code, "name": { "en": code }, "parentCode": parent });
    let made = kit.client.post(&path, body).await.expect(201).json();
    assert_eq!(made["postable"], true);
    path
}

async fn value_path(kit: &TenantKit, values: &str, code: &str) -> String {
    let list = kit.client.get(&format!("{values}?code={code}")).await.ok();
    format!("{values}/{}", list["items"][0]["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_heading_takes_no_postings_on_any_route() {
    let world = World::new().await;
    let kit = books(&world).await;
    let client = &kit.client;
    let values = below(&kit, "branch", "RUH-1", "RUH").await;
    assert_eq!(post(&kit, "61", json!({ "branch": "RUH" })).await, "", "parents take postings by default");
    let mut draft = testkit::world::entry("2026-02-01", &[("61", "5.00", ""), ("1", "", "5.00")], false);
    draft["lines"][0]["dimensions"] = json!({ "branch": "RUH" });
    let draft = client.post("/journal-entries", draft).await.expect(201);
    let posted = client.get("/journal-entries?status=posted").await.ok()["items"][0]["id"].clone();

    let heading = value_path(&kit, &values, "RUH").await;
    let changed = client.with_etag("PATCH", &heading, "*", json!({ "postable": false })).await.ok();
    assert_eq!(changed["postable"], false);
    assert_eq!(client.get(&format!("{values}?postable=false")).await.ok()["items"][0]["code"], "RUH");
    let refused = "/lines/0/dimensions dimension_value_is_heading";
    assert_eq!(post(&kit, "61", json!({ "branch": "RUH" })).await, refused);
    assert_eq!(post(&kit, "61", json!({ "branch": "RUH-1" })).await, "");
    let path = format!("/journal-entries/{}", draft.json()["id"].as_str().unwrap());
    let late = client.with_etag("POST", &format!("{path}/post"), "*", Value::Null).await.expect(422);
    assert_eq!(late.code(), "dimension_value_is_heading");
    assert!(late.text().contains("branch=RUH is a heading"), "{}", late.text());
    let csv = "entry,date,account,debit,credit,branch\n1,2026-02-01,61,5,,RUH\n1,2026-02-01,1,,5,RUH-1\n";
    let import = client
        .call(
            "POST",
            "/imports?type=journal-entries&post=true",
            &["Content-Type: text/csv", "Prefer: wait=60"],
            csv,
        )
        .await;
    assert!(import.expect(422).text().contains("dimension_value_is_heading"));
    let recurring = json!({
        "code": "R", "name": { "en": "R" }, "startDate": "2026-01-01", "autoPost": true,
        "schedule": { "frequency": "monthly", "dayOfMonth": 1 },
        "lines": [
            { "accountCode": "61", "debit": "5", "dimensions": { "branch": "RUH" } },
            { "accountCode": "1", "credit": "5" },
        ],
    });
    client.post("/recurring-entries", recurring).await.expect(422);
    // A posted entry stays, and can be reversed.
    let reverse = format!("/journal-entries/{}/reverse", posted.as_str().unwrap());
    client.with_etag("POST", &reverse, "*", json!({ "reason": "x" })).await.expect(201);
    client.with_etag("PATCH", &heading, "*", json!({ "postable": true })).await.expect(200);
    assert_eq!(post(&kit, "61", json!({ "branch": "RUH" })).await, "", "from that moment on");
}

#[tokio::test]
async fn a_rule_reaches_the_values_below_its_own() {
    let world = World::new().await;
    let kit = books(&world).await;
    below(&kit, "branch", "RUH-1", "RUH").await;
    below(&kit, "branch", "RUH-1-A", "RUH-1").await;
    let values = below(&kit, "project", "P1-X", "P1").await;
    let pair = |dimension: &str, value: &str| json!({ "dimensionCode": dimension, "valueCode": value });
    let both = |branch: &str, project: &str| json!({ "branch": branch, "project": project });
    let blocked = json!({
        "kind": "blocked_combination", "accountCodePrefix": "6",
        "combination": [pair("branch", "RUH"), pair("project", "P1")],
    });
    rule(&kit, blocked.clone()).await;
    let refused = "/lines/0/dimensions dimension_combination_blocked";
    assert_eq!(post(&kit, "61", both("RUH", "P1")).await, refused);
    assert_eq!(post(&kit, "61", both("RUH-1-A", "P1-X")).await, refused);
    assert_eq!(post(&kit, "61", both("JED", "P1-X")).await, "");
    let fixed =
        json!({ "kind": "fixed", "accountCode": "62", "dimensionCode": "branch", "valueCode": "RUH-1" });
    rule(&kit, fixed).await;
    assert_eq!(post(&kit, "62", json!({ "branch": "RUH" })).await, "/lines/0/dimensions dimension_fixed");
    assert_eq!(post(&kit, "62", json!({ "branch": "RUH-1-A" })).await, "");

    // An exception for one account, and one for some of the values.
    let mut allowed = blocked.clone();
    allowed["kind"] = json!("allowed_combination");
    let twin = kit.client.post("/dimension-rules", allowed.clone()).await.expect(422);
    assert_eq!(twin.errors(), [("/kind".to_owned(), "dimension_rules_contradict".to_owned())]);
    allowed["combination"] = json!([pair("branch", "RUH-1"), pair("project", "P1")]);
    rule(&kit, allowed).await;
    assert_eq!(post(&kit, "61", both("RUH-1-A", "P1-X")).await, "");
    assert_eq!(post(&kit, "61", both("RUH", "P1-X")).await, refused);
    // A value that moves takes the rules of its new place at once, also where posting remembers the books.
    let moved = value_path(&kit, &values, "P1-X").await;
    kit.client.with_etag("PATCH", &moved, "*", json!({ "parentCode": "P2" })).await.expect(200);
    assert_eq!(post(&kit, "61", both("RUH", "P1-X")).await, "");
}

#[tokio::test]
async fn the_rule_of_one_account_is_the_exception_to_its_prefix() {
    let world = World::new().await;
    let kit = books(&world).await;
    let branch = |kind: &str, selector: &str, code: &str| {
        let mut body = json!({ "kind": kind, "dimensionCode": "branch" });
        body[selector] = json!(code);
        body
    };
    rule(&kit, branch("mandatory", "accountCodePrefix", "6")).await;
    let required = "/lines/0/dimensions dimension_required";
    assert_eq!(post(&kit, "62", json!({})).await, required);
    let optional = rule(&kit, branch("optional", "accountCode", "62")).await;
    assert_eq!(
        (post(&kit, "62", json!({})).await, post(&kit, "61", json!({})).await),
        (String::new(), required.to_owned())
    );
    assert_eq!(post(&kit, "62", json!({ "branch": "RUH" })).await, "");
    let forbidden =
        kit.client.post("/dimension-rules", branch("forbidden", "accountCode", "62")).await.expect(422);
    assert_eq!(forbidden.code(), "dimension_rules_contradict");
    kit.client.with_etag("PATCH", &optional, "*", json!({ "kind": "forbidden" })).await.expect(200);
    assert_eq!(post(&kit, "62", json!({ "branch": "RUH" })).await, "/lines/0/dimensions dimension_forbidden");
    assert_eq!(post(&kit, "62", json!({})).await, "");
    // A longer prefix decides as well, and a rule that is off contradicts nothing.
    for (kind, status) in [("mandatory", 422), ("optional", 422)] {
        let body = branch(kind, "accountCode", "62");
        kit.client.post("/dimension-rules", body.clone()).await.expect(status);
        let mut off = body;
        off["active"] = json!(false);
        let off = rule(&kit, off).await;
        kit.client.with_etag("PATCH", &off, "*", json!({ "active": true })).await.expect(422);
    }
    rule(&kit, branch("forbidden", "accountCodePrefix", "61")).await;
    assert_eq!(post(&kit, "61", json!({})).await, "");
    let listed = kit.client.get("/dimension-rules?kind=forbidden").await.ok();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
}
