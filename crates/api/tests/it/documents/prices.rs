//! Prices of lines that name none: whose list decides, and that a draft keeps what it found (R55).

use super::*;

/// A company that sells P-1, with a list for everybody, one for builders and one for one of them.
async fn shop() -> (World, TenantKit) {
    let (world, tenant) = company().await;
    let client = &tenant.client;
    let item = json!({
        "code": "P-1", "name": { "en": "Paint" }, "kind": "service", "categoryCode": "GOODS", "baseUnitCode": "PCE",
        "salesPrice": "30", "salesTaxCode": "S15",
    });
    client.post("/items", item).await.expect(201);
    set(client, id(&list(client, "STANDARD").await), "25").await;
    for (code, price) in [("BUILDERS", "22"), ("OWN", "20")] {
        let list = json!({ "code": code, "name": { "en": code }, "currency": "SAR" });
        let list = client.post("/price-lists", list).await.expect(201).json();
        set(client, id(&list), price).await;
    }
    let group = json!({ "code": "BUILDERS", "name": { "en": "Builders" }, "priceListCode": "BUILDERS" });
    client.post("/party-groups", group).await.expect(201);
    for (code, customer) in [
        ("C002", json!({ "groupCode": "BUILDERS" })),
        ("C003", json!({ "groupCode": "BUILDERS", "priceListCode": "OWN" })),
    ] {
        let party = json!({ "code": code, "name": { "en": code }, "kind": "person", "customer": customer });
        client.post("/parties", party).await.expect(201);
    }
    (world, tenant)
}

async fn set(client: &Client, list: &str, price: &str) {
    let body = json!({ "itemCode": "P-1", "unitCode": "PCE", "validFrom": "2026-01-01", "price": price });
    client.post(&format!("/price-lists/{list}/prices"), body).await.expect(201);
}

async fn sold(client: &Client, party: &str) -> Value {
    let body = json!({
        "partyCode": party, "documentDate": "2026-03-15", "lines": [{ "itemCode": "P-1", "quantity": "2" }],
    });
    posted(client, "/sales-invoices", body).await
}

fn price(view: &Value) -> [&str; 2] {
    ["unitPrice", "priceSource"].map(|member| text(&view["lines"][0][member]))
}

async fn list(client: &Client, code: &str) -> Value {
    client.get(&format!("/price-lists?code={code}")).await.ok()["items"][0].clone()
}

/// Changes the price of P-1 in a list from now on.
async fn change(client: &Client, code: &str, to: &str) {
    let path = format!("/price-lists/{}/prices", id(&list(client, code).await));
    let price = client.get(&path).await.ok()["items"][0].clone();
    with_etag(client, "PATCH", &format!("{path}/{}", id(&price)), json!({ "price": to })).await.expect(200);
}

#[tokio::test]
async fn the_customers_list_comes_before_that_of_the_group_and_of_everybody() {
    let (_world, tenant) = shop().await;
    let client = &tenant.client;
    assert_eq!(price(&sold(client, "C003").await), ["20", "customer_list"]);
    assert_eq!(price(&sold(client, "C002").await), ["22", "group_list"]);
    assert_eq!(price(&sold(client, "C001").await), ["25", "price_list"]);
    // A list of another currency, and one that includes VAT, is none.
    let mut abroad =
        json!({ "partyCode": "C003", "pricesIncludeVat": true, "lines": [{ "itemCode": "P-1" }] });
    assert_eq!(client.post("/sales-invoices", abroad.clone()).await.expect(422).code(), "price_not_found");
    abroad["lines"][0]["unitPrice"] = json!("23");
    assert_eq!(price(&posted(client, "/sales-invoices", abroad).await), ["23", "given"]);
    // A list that somebody has is not deleted, and one that is not there is not given.
    let own = format!("/price-lists/{}", id(&list(client, "OWN").await));
    assert_eq!(with_etag(client, "DELETE", &own, Value::Null).await.expect(409).code(), "in_use");
    for (path, pointer, body) in [
        (
            "/party-groups",
            "/priceListCode",
            json!({ "code": "X", "name": { "en": "X" }, "priceListCode": "NONE" }),
        ),
        (
            "/parties",
            "/customer/priceListCode",
            json!({ "code": "X", "name": { "en": "X" }, "customer": { "priceListCode": "NONE" } }),
        ),
    ] {
        let refused = client.post(path, body).await.expect(422);
        assert_eq!(
            refused.errors(),
            [(pointer.to_owned(), "unknown_reference".to_owned())],
            "{}",
            refused.text()
        );
    }
}

#[tokio::test]
async fn a_draft_keeps_its_prices_until_it_is_asked_to_look_again() {
    let (_world, tenant) = shop().await;
    let client = &tenant.client;
    let draft = sold(client, "C003").await;
    change(client, "OWN", "19").await;
    let path = format!("/sales-invoices/{}", id(&draft));
    let patched = |body: Value| {
        let path = path.clone();
        async move { with_etag(client, "PATCH", &path, body).await.ok() }
    };
    assert_eq!(price(&patched(json!({ "documentDate": "2026-03-20" })).await), ["20", "customer_list"]);
    assert_eq!(price(&patched(json!({ "reprice": true })).await), ["19", "customer_list"]);
    change(client, "OWN", "18").await;
    assert_eq!(
        price(&patched(json!({ "notes": "x" })).await),
        ["19", "customer_list"],
        "it was asked for once"
    );
    let other = sold(client, "C003").await;
    change(client, "OWN", "17").await;
    let post = format!("/sales-invoices/{}/post", id(&other));
    let posted = with_etag(client, "POST", &post, Value::Null).await.ok();
    assert_eq!((posted["totals"]["net"].clone(), price(&posted)), (json!("36.00"), ["18", "customer_list"]));
    // Other lines are other prices.
    let lines = json!({ "lines": [{ "itemCode": "P-1", "quantity": "3" }] });
    assert_eq!(price(&patched(lines).await), ["17", "customer_list"]);
}
