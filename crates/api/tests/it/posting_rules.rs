//! Posting rules: which one decides, which accounts they take, and what stays while one names it.

use serde_json::{Value, json};
use testkit::world::PASSWORD;
use testkit::{Answer, Client, TenantKit, World};

async fn books(template: &str) -> (World, TenantKit) {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", template).await;
    (world, tenant)
}

fn at(pointer: &str, code: &str) -> (String, String) {
    (pointer.to_owned(), code.to_owned())
}

async fn account(client: &Client, code: &str) -> Value {
    client.get(&format!("/accounts?code={code}")).await.ok()["items"][0].clone()
}

async fn resolve(client: &Client, body: Value) -> Answer {
    client.post("/posting-rules/resolve", body).await
}

/// The code of the account that a document with these keys would use.
async fn resolved(client: &Client, body: Value) -> Value {
    resolve(client, body).await.ok()["accountCode"].clone()
}

async fn change(client: &Client, collection: &str, record: &Value, body: Value) -> Answer {
    let path = format!("{collection}/{}", record["id"].as_str().unwrap());
    client.with_etag("PATCH", &path, "*", body).await
}

async fn delete(client: &Client, collection: &str, record: &Value) -> Answer {
    let path = format!("{collection}/{}", record["id"].as_str().unwrap());
    client.with_etag("DELETE", &path, "*", Value::Null).await
}

#[tokio::test]
async fn the_template_tells_documents_their_accounts() {
    let (_world, tenant) = books("sa-standard").await;
    let client = &tenant.client;
    for (body, code) in [
        (json!({ "slot": "receivable", "currency": "USD" }), "1121"),
        (json!({ "slot": "revenue" }), "4110"),
        (json!({ "slot": "revenue", "itemKind": "stock", "taxCategory": "S" }), "4110"),
        (json!({ "slot": "revenue", "itemKind": "stock", "taxCategory": "Z" }), "4120"),
        (json!({ "slot": "revenue", "taxCategory": "E" }), "4140"),
        (json!({ "slot": "revenue", "taxCode": "Z-EXP", "taxCategory": "Z" }), "4130"),
        (json!({ "slot": "revenue", "itemKind": "service", "taxCode": "Z-EXP", "taxCategory": "Z" }), "4150"),
        (json!({ "slot": "output_vat" }), "2131"),
        (json!({ "slot": "expense", "itemCategoryCode": "GOODS" }), "6290"),
        (json!({ "slot": "discount_received" }), "7150"),
    ] {
        assert_eq!(resolved(client, body.clone()).await, code, "{body}");
    }
    let missing = resolve(client, json!({ "slot": "sales_discount", "taxCategory": "S" })).await.expect(422);
    assert_eq!(missing.errors(), [at("/slot", "posting_rule_missing")]);
    assert!(missing.text().contains("sales_discount (taxCategory S)"), "{}", missing.text());
    let headers = ["Content-Type: application/json", "Accept-Language: ar"];
    let body = json!({ "slot": "sales_discount" }).to_string();
    let arabic = client.call("POST", "/posting-rules/resolve", &headers, body).await.expect(422);
    assert!(arabic.text().contains("sales_discount (دون مفاتيح)"), "{}", arabic.text());

    // An own rule stays when the template is applied again, and what was deleted comes back.
    let rules = client.get("/posting-rules?slot=cash").await.ok()["items"].clone();
    change(client, "/posting-rules", &rules[0], json!({ "accountCode": "1112" })).await.expect(200);
    let rules = client.get("/posting-rules?slot=bank").await.ok()["items"].clone();
    delete(client, "/posting-rules", &rules[0]).await.expect(204);
    let setup = client.post("/tenants/current/setup", json!({ "template": "sa-standard" })).await.ok();
    assert_eq!(setup["postingRules"], 1);
    assert_eq!(resolved(client, json!({ "slot": "cash" })).await, "1112");
    assert_eq!(resolved(client, json!({ "slot": "bank" })).await, "1113");
}

#[tokio::test]
async fn the_most_specific_rule_decides_from_the_next_request_on() {
    let (_world, tenant) = books("sa-standard").await;
    let client = &tenant.client;
    let body =
        json!({ "slot": "revenue", "partyGroupCode": "FOREIGN", "currency": "USD", "accountCode": "4130" });
    let made = client.post("/posting-rules", body).await.expect(201).json();
    let foreign = account(client, "4130").await;
    assert_eq!((&made["accountId"], &made["currency"]), (&foreign["id"], &json!("USD")));
    assert_eq!((&made["itemKind"], &made["taxCodeId"]), (&Value::Null, &Value::Null));
    let document = json!({
        "slot": "revenue", "partyGroupId": made["partyGroupId"], "itemKind": "service", "taxCategory": "S", "currency": "USD",
    });
    let answer = resolve(client, document.clone()).await.ok();
    let expected = json!({ "accountId": foreign["id"], "accountCode": "4130", "ruleId": made["id"] });
    assert_eq!(answer, expected);
    // With one key left, the group comes before the kind of the item.
    let fewer = change(client, "/posting-rules", &made, json!({ "currency": null })).await.ok();
    assert_eq!((&fewer["currency"], &fewer["version"]), (&Value::Null, &json!(2)));
    assert_eq!(resolved(client, document.clone()).await, "4130");
    let riyals = json!({ "slot": "revenue", "partyGroupCode": "DOMESTIC", "itemKind": "service" });
    assert_eq!(resolved(client, riyals).await, "4150");
    delete(client, "/posting-rules", &made).await.expect(204);
    assert_eq!(resolved(client, document).await, "4150");
}

#[tokio::test]
async fn a_rule_names_what_is_there_and_fits_and_is_there_once() {
    let (_world, tenant) = books("sa-standard").await;
    let client = &tenant.client;
    let wrong = json!({
        "slot": "receivable", "partyGroupCode": "NOBODY", "itemCategoryId": "0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11",
        "taxCode": "X", "currency": "XTS", "accountCode": "1124",
    });
    let refused = client.post("/posting-rules", wrong).await.expect(422);
    let expected = [
        at("/partyGroupCode", "unknown_reference"),
        at("/itemCategoryId", "unknown_reference"),
        at("/taxCode", "unknown_reference"),
        at("/currency", "currency_unknown"),
        at("/accountCode", "posting_rule_account_unfit"),
    ];
    assert_eq!(refused.errors(), expected, "everything at once");
    assert!(
        refused.text().contains("its control kind is none, and the slot takes receivable"),
        "{}",
        refused.text()
    );
    for (slot, code) in [("revenue", "6210"), ("output_vat", "2134"), ("cash", "1110"), ("payable", "1121")] {
        let body = json!({ "slot": slot, "itemKind": "charge", "accountCode": code });
        let refused = client.post("/posting-rules", body).await.expect(422).errors();
        assert_eq!(refused, [at("/accountCode", "posting_rule_account_unfit")], "{slot} {code}");
    }
    let none = client.post("/posting-rules", json!({ "slot": "cash" })).await.expect(422).errors();
    assert_eq!(none, [at("/accountId", "required")]);
    let word = json!({ "slot": "cogs", "accountCode": "5110" });
    assert_eq!(client.post("/posting-rules", word).await.expect(422).errors(), [at("/slot", "unknown_word")]);

    let twin = json!({ "slot": "revenue", "itemKind": "service", "accountCode": "4110" });
    let refused = client.post("/posting-rules", twin).await.expect(409);
    assert_eq!(refused.errors(), [at("/slot", "posting_rule_exists")]);
    assert!(refused.text().contains("revenue (itemKind service)"), "{}", refused.text());
    let other = json!({ "slot": "revenue", "itemKind": "charge", "accountCode": "4110" });
    let other = client.post("/posting-rules", other).await.expect(201).json();
    let moved = change(client, "/posting-rules", &other, json!({ "itemKind": "service" })).await.expect(409);
    assert_eq!(moved.errors(), [at("/slot", "posting_rule_exists")]);
    let unfit = change(client, "/posting-rules", &other, json!({ "slot": "bank" })).await.expect(422);
    assert_eq!(unfit.errors(), [at("/accountId", "posting_rule_account_unfit")]);
    let list = client.get("/posting-rules?slot=revenue&itemKind=charge&fields=slot,itemKind").await.ok();
    assert_eq!(list["items"], json!([{ "slot": "revenue", "itemKind": "charge" }]));
}

#[tokio::test]
async fn what_a_rule_names_stays_and_stays_fit() {
    let (_world, tenant) = books("sa-standard").await;
    let client = &tenant.client;
    let vat = account(client, "2131").await;
    let body = json!({ "active": false });
    let refused = change(client, "/accounts", &vat, body).await.expect(409);
    assert_eq!(refused.code(), "account_in_posting_rules");
    let refused = change(client, "/accounts", &vat, json!({ "control": "none" })).await.expect(409);
    assert_eq!(refused.code(), "account_in_posting_rules");
    change(client, "/accounts", &vat, json!({ "name": { "en": "VAT on sales" } })).await.expect(200);
    let used = delete(client, "/accounts", &vat).await.expect(409);
    assert!(used.text().contains("posting rules"), "{}", used.text());

    let made = json!({ "code": "RARE", "name": { "en": "Rare" } });
    let group = client.post("/party-groups", made.clone()).await.expect(201).json();
    let category = client.post("/item-categories", made).await.expect(201).json();
    let tax = json!({ "code": "RARE", "name": { "en": "Rare" }, "kind": "none" });
    let tax = client.post("/tax-codes", tax).await.expect(201).json();
    let currency = json!({ "code": "CHF", "name": { "en": "Swiss franc" } });
    client.post("/currencies", currency).await.expect(201);
    let rule = json!({
        "slot": "expense", "partyGroupId": group["id"], "itemCategoryId": category["id"], "taxCodeId": tax["id"],
        "currency": "CHF", "accountCode": "6240",
    });
    let rule = client.post("/posting-rules", rule).await.expect(201).json();
    for (collection, record) in
        [("/party-groups", &group), ("/item-categories", &category), ("/tax-codes", &tax)]
    {
        let used = delete(client, collection, record).await.expect(409);
        assert!(
            used.code() == "in_use" && used.text().contains("posting rules"),
            "{collection}: {}",
            used.text()
        );
    }
    let used = client.with_etag("DELETE", "/currencies/CHF", "*", Value::Null).await.expect(409);
    assert!(used.text().contains("posting rules"), "{}", used.text());
    // A rule does not fix what a tax code says.
    change(client, "/tax-codes", &tax, json!({ "code": "RARER" })).await.expect(200);
    delete(client, "/posting-rules", &rule).await.expect(204);
    delete(client, "/party-groups", &group).await.expect(204);
    delete(client, "/tax-codes", &tax).await.expect(204);
}

#[tokio::test]
async fn another_tenant_has_rules_of_its_own_and_readers_only_read() {
    let (world, tenant) = books("sa-standard").await;
    let beta = world.tenant("beta", "SAR", "empty").await;
    let missing = resolve(&beta.client, json!({ "slot": "cash" })).await.expect(422);
    assert_eq!(missing.code(), "posting_rule_missing");
    let group = tenant.client.get("/party-groups").await.ok()["items"][0]["id"].clone();
    let foreign = resolve(&beta.client, json!({ "slot": "cash", "partyGroupId": group })).await.expect(422);
    assert_eq!(foreign.errors(), [at("/partyGroupId", "unknown_reference")]);

    let role = json!({ "code": "reader", "name": { "en": "Reader" }, "permissions": ["accounting.posting_rule.read"] });
    let role = tenant.client.post("/roles", role).await.expect(201).json();
    world.user(&tenant.client, "reader@alpha.example", &[role["id"].as_str().unwrap()]).await;
    let reader = world.sign_in("reader@alpha.example", PASSWORD, Some("alpha")).await;
    assert_eq!(resolved(&reader, json!({ "slot": "cash" })).await, "1111");
    reader.post("/posting-rules", json!({ "slot": "cash", "accountCode": "1112" })).await.expect(403);
}
