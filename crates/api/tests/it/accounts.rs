//! The chart of accounts as its users meet it.

use serde_json::{Value, json};
use testkit::{Client, World};

async fn create(client: &Client, body: Value) -> Value {
    client.post("/accounts", body).await.expect(201).json()
}

fn heading(code: &str, kind: &str) -> Value {
    json!({ "code": code, "name": { "en": code }, "type": kind, "isPosting": false })
}

#[tokio::test]
async fn an_account_lives_in_its_place_of_the_chart() {
    let world = World::new().await;
    let client = world.home().await;
    create(&client, heading("1000", "asset")).await;
    let cash = json!({
        "code": "1111", "name": { "ar": "النقدية بالصندوق", "en": "Cash on hand" }, "type": "asset",
        "parentCode": "1000", "cashFlow": "cash",
    });
    let answer = client.post("/accounts", cash).await.expect(201);
    let view = answer.json();
    assert_eq!(answer.header("location"), format!("/api/v1/accounts/{}", view["id"].as_str().unwrap()));
    assert_eq!((&view["normalBalance"], &view["cashFlow"]), (&json!("debit"), &json!("cash")));

    let path = format!("/accounts/{}", view["id"].as_str().unwrap());
    let read = client.get(&path).await;
    assert_eq!(read.json(), view);
    let unchanged = client.call("GET", &path, &[&format!("If-None-Match: {}", read.etag())], "").await;
    assert_eq!(unchanged.status.as_u16(), 304);

    let renamed =
        client.with_etag("PATCH", &path, &read.etag(), json!({ "name": { "en": "Petty cash" } })).await;
    assert_eq!(renamed.ok()["name"]["en"], "Petty cash");
    assert_eq!(client.get(&path).await.ok()["name"]["en"], "Petty cash", "the cached answer is stale");
    client.with_etag("PATCH", &path, &read.etag(), json!({ "active": false })).await.expect(412);
    client.call("PATCH", &path, &[], "{}").await.expect(428);

    let parent = client.get("/accounts?code=1000").await.ok()["items"][0].clone();
    let parent = format!("/accounts/{}", parent["id"].as_str().unwrap());
    let refused = client.with_etag("DELETE", &parent, "*", Value::Null).await.expect(409);
    assert_eq!(refused.code(), "in_use");
    client.with_etag("DELETE", &path, "*", Value::Null).await.expect(204);
    client.get(&path).await.expect(404);
    client.with_etag("DELETE", &parent, "*", Value::Null).await.expect(204);
}

#[tokio::test]
async fn everything_wrong_with_an_account_is_said_at_once() {
    let world = World::new().await;
    let client = world.home().await;
    create(&client, heading("4000", "income")).await;
    create(&client, json!({ "code": "4100", "name": { "en": "Sales" }, "type": "income" })).await;
    let wrong = json!({
        "code": "4100", "name": { "en": "x" }, "type": "asset", "parentCode": "4000", "currency": "XYZ",
        "isPosting": false, "control": "payable",
    });
    let refused = client.post("/accounts", wrong).await;
    let mut codes: Vec<_> = refused.errors().into_iter().map(|(at, code)| format!("{at} {code}")).collect();
    codes.sort();
    assert_eq!(
        codes,
        [
            "/code already_exists",
            "/control account_control_unfit",
            "/control account_heading_attribute",
            "/currency currency_unknown",
            "/parentId account_parent_type_differs",
        ]
    );
    let below_posting =
        json!({ "code": "4110", "name": { "en": "x" }, "type": "income", "parentCode": "4100" });
    assert_eq!(client.post("/accounts", below_posting).await.code(), "account_parent_is_posting");
    let unknown = json!({ "code": "4110", "name": { "en": "x" }, "type": "income", "parentCode": "9" });
    assert_eq!(client.post("/accounts", unknown).await.errors()[0].0, "/parentCode");
}

#[tokio::test]
async fn a_heading_does_not_lie_below_itself_nor_too_deep() {
    let world = World::new().await;
    let client = world.home().await;
    let mut ids = Vec::new();
    for level in 1..=20 {
        let mut body = heading(&format!("L{level}"), "asset");
        if level > 1 {
            body["parentCode"] = json!(format!("L{}", level - 1));
        }
        ids.push(create(&client, body).await["id"].as_str().unwrap().to_owned());
    }
    let mut deeper = heading("L21", "asset");
    deeper["parentCode"] = json!("L20");
    assert_eq!(client.post("/accounts", deeper).await.code(), "account_too_deep");
    let first = format!("/accounts/{}", ids[0]);
    let cycle = client.with_etag("PATCH", &first, "*", json!({ "parentId": ids[5] })).await;
    assert_eq!(cycle.code(), "account_cycle");
    let other = create(&client, heading("M1", "asset")).await["id"].clone();
    let moved = client.with_etag("PATCH", &first, "*", json!({ "parentId": other })).await;
    assert_eq!(moved.code(), "account_too_deep", "its 20 levels go with it");
    let tree = client.get("/accounts/tree?flat=true").await.ok();
    let last = tree["items"].as_array().unwrap().iter().find(|node| node["code"] == "L20").unwrap().clone();
    assert_eq!((&last["level"], last["path"].as_array().unwrap().len()), (&json!(20), 20));
}

#[tokio::test]
async fn entries_hold_an_account_in_shape() {
    let (_world, kit) = World::books_of(&[("1", "asset"), ("2", "income")]).await;
    kit.post("2026-03-01", &[("1", "5.00", ""), ("2", "", "5.00")]).await;
    let account = kit.client.get("/accounts?code=1").await.ok()["items"][0].clone();
    let path = format!("/accounts/{}", account["id"].as_str().unwrap());
    for change in
        [json!({ "type": "expense" }), json!({ "control": "receivable" }), json!({ "isPosting": false })]
    {
        kit.client.with_etag("PATCH", &path, "*", change).await.expect(409);
    }
    let refused = kit.client.with_etag("DELETE", &path, "*", Value::Null).await.expect(409);
    assert!(refused.text().contains("journal entries"), "{}", refused.text());
    kit.client.with_etag("PATCH", &path, "*", json!({ "code": "100", "active": false })).await.expect(200);
    let entry = testkit::world::entry("2026-03-02", &[("100", "1.00", ""), ("2", "", "1.00")], true);
    let inactive = kit.client.post("/journal-entries", entry).await;
    assert_eq!(inactive.errors()[0], ("/lines/0/accountId".to_owned(), "account_inactive".to_owned()));
}

#[tokio::test]
async fn a_draft_holds_its_account() {
    let (_world, kit) = World::books_of(&[("1", "asset"), ("2", "income")]).await;
    let draft = testkit::world::entry("2026-03-01", &[("1", "5.00", ""), ("2", "", "5.00")], false);
    kit.client.post("/journal-entries", draft).await.expect(201);
    let account = kit.client.get("/accounts?code=1").await.ok()["items"][0].clone();
    let path = format!("/accounts/{}", account["id"].as_str().unwrap());
    kit.client.with_etag("DELETE", &path, "*", Value::Null).await.expect(409);
}

#[tokio::test]
async fn lists_search_names_as_people_type_them() {
    let world = World::new().await;
    let client = world.home().await;
    for (code, ar, en) in
        [("6110", "الأُجور والمكافآت", "Wages"), ("6210", "الإيجار", "Rent"), ("6220", "الكهرباء", "Power")]
    {
        create(&client, json!({ "code": code, "name": { "ar": ar, "en": en }, "type": "expense" })).await;
    }
    let codes = async |query: &str| -> Vec<String> {
        let list = client.get(&format!("/accounts?{query}")).await.ok();
        list["items"].as_array().unwrap().iter().map(|a| a["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes(&format!("name={}", testkit::world::encode("الاجور"))).await, ["6110"]);
    assert_eq!(codes(&format!("name[like]={}", testkit::world::encode("ايجار"))).await, ["6210"]);
    assert_eq!(codes("name=POWER&type=expense&active=true&isPosting=true&control=none").await, ["6220"]);
    assert_eq!(codes("sort=-code&limit=2").await, ["6220", "6210"]);
    assert!(codes("code[in]=6110,6220&currency[isNull]=true").await.len() == 2);
    client.get("/accounts?name[gt]=x").await.expect(400);
    let csv = client.call("GET", "/accounts?fields=code,name", &["Accept: text/csv"], "").await;
    assert!(csv.text().starts_with("code,name.ar,name.en\r\n6110,"), "{}", csv.text());
}
