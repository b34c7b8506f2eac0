//! Items with their units and barcodes: what they may say, what is one's own, and what stays.

use serde_json::{Value, json};
use testkit::{Answer, Client, TenantKit, World};

pub async fn company() -> (World, TenantKit) {
    World::books().await
}

pub fn lamp(code: &str) -> Value {
    json!({
        "code": code, "name": { "ar": "مصباح", "en": "Lamp" }, "kind": "stock", "categoryCode": "GOODS",
        "baseUnitCode": "PCE",
    })
}

pub fn with(mut body: Value, members: Value) -> Value {
    let members = members.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(members);
    body
}

pub async fn create(client: &Client, path: &str, body: Value) -> Value {
    client.post(path, body).await.expect(201).json()
}

async fn change(client: &Client, item: &Value, body: Value) -> Answer {
    let path = format!("/items/{}", item["id"].as_str().unwrap());
    client.with_etag("PATCH", &path, "*", body).await
}

pub fn at(pointer: &str, code: &str) -> (String, String) {
    (pointer.to_owned(), code.to_owned())
}

async fn unit_id(client: &Client, code: &str) -> Value {
    client.get(&format!("/units?code={code}")).await.ok()["items"][0]["id"].clone()
}

#[tokio::test]
async fn an_item_says_everything_about_itself() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let body = with(
        lamp("P-1"),
        json!({
            "description": "18 W", "salesPrice": "24.5", "salesTaxCode": "S15", "purchaseTaxCode": "P15",
            "weight": "0.25", "volume": "0.000125", "hsCode": "8539.50", "blocked": "sales", "blockedReason": "Recall",
            "purchaseUnitCode": "BX", "units": [{ "unitCode": "BX", "numerator": 12 }],
            "barcodes": [
                { "code": "6281000000007" },
                { "code": "16281000000004", "unitCode": "BX" },
                { "code": "SHELF-7", "kind": "internal" },
            ],
        }),
    );
    let made = create(client, "/items", body).await;
    let (piece, pack) = (unit_id(client, "PCE").await, unit_id(client, "BX").await);
    for (member, value) in json!({
        "code": "P-1", "description": "18 W", "kind": "stock", "tracking": "none", "baseUnitId": piece,
        "purchaseUnitId": pack, "salesUnitId": null, "salesPrice": "24.5", "weight": "0.25", "volume": "0.000125",
        "hsCode": "853950", "blocked": "sales", "blockedReason": "Recall", "active": true,
        "units": [{ "unitId": pack, "numerator": 12, "denominator": 1 }],
        "barcodes": [
            { "code": "6281000000007", "unitId": piece, "kind": "gtin" },
            { "code": "16281000000004", "unitId": pack, "kind": "gtin" },
            { "code": "SHELF-7", "unitId": piece, "kind": "internal" },
        ],
    })
    .as_object()
    .unwrap()
    {
        assert_eq!(&made[member], value, "{member}");
    }
    let one = client.get(&format!("/items/{}", made["id"].as_str().unwrap())).await.ok();
    assert_eq!(one, made, "as it was stored");

    // As a scanner reads it, with zeros or without.
    create(client, "/items", with(lamp("P-2"), json!({ "barcodes": [{ "code": "036000291452" }] }))).await;
    for (filter, codes) in [
        ("barcode=16281000000004", json!([{ "code": "P-1" }])),
        ("barcode=0036000291452", json!([{ "code": "P-2" }])),
        ("barcode=036000291452", json!([{ "code": "P-2" }])),
        ("barcode=SHELF-7", json!([{ "code": "P-1" }])),
        ("barcode=96385074", json!([])),
        ("kind=stock&blocked=sales&name=مصباح", json!([{ "code": "P-1" }])),
        ("active=false", json!([])),
    ] {
        let list = client.get(&format!("/items?{filter}&fields=code")).await.ok();
        assert_eq!(list["items"], codes, "{filter}");
    }
    let free = change(client, &made, json!({ "blocked": "none", "barcodes": [] })).await.ok();
    assert_eq!((&free["blockedReason"], &free["barcodes"]), (&Value::Null, &json!([])));
    assert_eq!(client.get("/items?barcode=SHELF-7").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    create(client, "/items", with(lamp("P-1"), json!({ "barcodes": [{ "code": "036000291452" }] }))).await;
    let unknown = with(
        lamp("p-1"),
        json!({
            "categoryCode": "NONE", "salesTaxCode": "P15", "purchaseTaxCode": "WHT5", "salesUnitCode": "NONE",
            "units": [{ "numerator": 12 }], "barcodes": [{ "code": "6281000000007", "unitCode": "NONE" }],
        }),
    );
    let refused = client.post("/items", unknown).await;
    for expected in [
        at("/code", "already_exists"),
        at("/categoryCode", "unknown_reference"),
        at("/salesTaxCode", "tax_code_kind_not_taken"),
        at("/purchaseTaxCode", "tax_code_kind_not_taken"),
        at("/salesUnitCode", "unknown_reference"),
        at("/units/0/unitId", "required"),
        at("/barcodes/0/unitCode", "unknown_reference"),
    ] {
        assert!(refused.errors().contains(&expected), "{expected:?} in {:?}", refused.errors());
    }
    let wrong = with(
        lamp("P-2"),
        json!({
            "tracking": "serial", "blocked": "all", "salesPrice": "-1", "weight": "-1", "salesUnitCode": "KGM",
            "units": [{ "unitCode": "PCE", "numerator": 1 }],
            "barcodes": [{ "code": "6281000000008" }, { "code": "0036000291452" }, { "code": "036000291452" }],
        }),
    );
    let refused = client.post("/items", wrong).await;
    for expected in [
        at("/tracking", "tracking_not_available"),
        at("/blockedReason", "blocked_reason_missing"),
        at("/salesPrice", "price_negative"),
        at("/weight", "measure_negative"),
        at("/salesUnitId", "unit_unknown_for_item"),
        at("/units/0/unitId", "item_unit_repeated"),
        at("/barcodes/0/code", "barcode_invalid"),
        at("/barcodes/1/code", "barcode_taken"),
        at("/barcodes/2/code", "barcode_repeated"),
    ] {
        assert!(refused.errors().contains(&expected), "{expected:?} in {:?}", refused.errors());
    }
    let members = json!({
        "units": [{ "unitCode": "BX", "numerator": 0 }, { "unitCode": "BX", "numerator": 1.5 }], "hsCode": "85",
    });
    let refused = client.post("/items", with(lamp("P-3"), members)).await.expect(422);
    for expected in [
        at("/units/0/numerator", "number_out_of_range"),
        at("/units/1/numerator", "number_out_of_range"),
        at("/hsCode", "invalid_hs_code"),
    ] {
        assert!(refused.errors().contains(&expected), "{expected:?} in {:?}", refused.errors());
    }
    let unit = json!({ "code": "X", "name": { "en": "X" }, "uneceCode": "kg", "decimals": 7 });
    let refused = client.post("/units", unit).await.expect(422).errors();
    assert_eq!(refused, [at("/uneceCode", "invalid_unece_code"), at("/decimals", "number_out_of_range")]);
}

#[tokio::test]
async fn of_two_who_take_a_barcode_at_once_one_gets_it() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let body = |n: usize| with(lamp(&format!("P-{n}")), json!({ "barcodes": [{ "code": "96385074" }] }));
    let answers = futures::future::join_all((0..6).map(|n| client.post("/items", body(n)))).await;
    let made = answers.iter().filter(|answer| answer.status.as_u16() == 201).count();
    assert_eq!(made, 1);
    for refused in answers.iter().filter(|answer| answer.status.as_u16() != 201) {
        assert!(refused.status.as_u16() == 409, "{}", refused.text());
    }
    let moved = client.get("/items?barcode=96385074").await.ok()["items"][0].clone();
    change(client, &moved, json!({ "barcodes": [] })).await.ok();
    create(client, "/items", body(9)).await;
}

#[tokio::test]
async fn what_has_prices_keeps_its_base_unit_and_cannot_be_deleted() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let units =
        json!({ "units": [{ "unitCode": "BX", "numerator": 12 }, { "unitCode": "CT", "numerator": 144 }] });
    let item = create(client, "/items", with(lamp("P-1"), units)).await;
    let standard = client.get("/price-lists?code=STANDARD").await.ok()["items"][0].clone();
    let prices = format!("/price-lists/{}/prices", standard["id"].as_str().unwrap());
    let price = json!({ "itemCode": "P-1", "unitCode": "BX", "validFrom": "2026-01-01", "price": "270" });
    create(client, &prices, price).await;

    let refused =
        change(client, &item, json!({ "kind": "service", "baseUnitCode": "BX", "units": [] })).await;
    let expected = [at("/kind", "item_has_entries"), at("/baseUnitId", "item_has_entries")];
    assert_eq!(refused.expect(409).errors(), expected);
    let fewer = json!({ "units": [{ "unitCode": "CT", "numerator": 144 }] });
    let refused = change(client, &item, fewer).await.expect(409);
    assert_eq!(refused.errors(), [at("/units", "item_unit_has_prices")]);
    let fewer = json!({ "units": [{ "unitCode": "BX", "numerator": 12 }], "code": "P-9" });
    change(client, &item, fewer).await.expect(200);

    let one = |path: &str, record: &Value| format!("{path}/{}", record["id"].as_str().unwrap());
    for (path, record) in [
        ("/items", item.clone()),
        ("/price-lists", standard.clone()),
        ("/units", json!({ "id": unit_id(client, "BX").await })),
        ("/item-categories", json!({ "id": item["categoryId"] })),
    ] {
        let refused = client.with_etag("DELETE", &one(path, &record), "*", Value::Null).await.expect(409);
        assert_eq!(refused.code(), "in_use", "{path}");
    }
    let with_vat = json!({ "pricesIncludeVat": true });
    let refused = client.with_etag("PATCH", &one("/price-lists", &standard), "*", with_vat).await.expect(409);
    assert_eq!(refused.errors(), [at("/pricesIncludeVat", "price_list_has_prices")]);
    let tax = client.get("/tax-codes?code=S15").await.ok()["items"][0].clone();
    let refused = client.with_etag("DELETE", &one("/tax-codes", &tax), "*", Value::Null).await.expect(409);
    assert_eq!(refused.code(), "in_use", "categories name it");
    let spare = unit_id(client, "TNE").await;
    client.with_etag("DELETE", &one("/units", &json!({ "id": spare })), "*", Value::Null).await.expect(204);
}

#[tokio::test]
async fn categories_form_a_tree_without_circles() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let body = |code: &str, parent: Option<&str>| json!({ "code": code, "name": { "en": code }, "parentCode": parent, "salesTaxCode": "Z-EXP" });
    let top = create(client, "/item-categories", body("A0", None)).await;
    let mut above = "A0".to_owned();
    for level in 1..10 {
        let code = format!("A{level}");
        create(client, "/item-categories", body(&code, Some(&above))).await;
        above = code;
    }
    let refused = client.post("/item-categories", body("A10", Some("A9"))).await.expect(422);
    assert_eq!(refused.errors(), [at("/parentId", "item_category_too_deep")]);
    let path = format!("/item-categories/{}", top["id"].as_str().unwrap());
    let refused = client.with_etag("PATCH", &path, "*", json!({ "parentCode": "A3" })).await.expect(422);
    assert_eq!(refused.errors(), [at("/parentId", "item_category_cycle")]);
    let wrong = with(body("B", Some("NONE")), json!({ "purchaseTaxCode": "S15", "active": false }));
    let refused = client.post("/item-categories", wrong).await.expect(422).errors();
    assert_eq!(
        refused,
        [at("/parentCode", "unknown_reference"), at("/purchaseTaxCode", "tax_code_kind_not_taken")]
    );
}

/// Inactive records stay where they are used, and nothing new names them.
#[tokio::test]
async fn what_is_not_active_is_not_named_anew() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let item = create(client, "/items", lamp("P-1")).await;
    let goods = format!("/item-categories/{}", item["categoryId"].as_str().unwrap());
    client.with_etag("PATCH", &goods, "*", json!({ "active": false })).await.expect(200);
    let refused = client.post("/items", lamp("P-2")).await.expect(422);
    assert_eq!(refused.errors(), [at("/categoryCode", "reference_inactive")]);
    change(client, &item, json!({ "name": { "en": "Bulb" } })).await.expect(200);
}
