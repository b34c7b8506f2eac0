//! Prices of lists, many of them at once, and the ones that hold.

use serde_json::{Value, json};
use testkit::{Client, World};

use crate::items::{at, company, create, lamp, with};

/// Two items, one in boxes of twelve, and the path of the standard list's prices.
async fn shop() -> (World, Client, String) {
    let (world, tenant) = company().await;
    let client = tenant.client;
    let units = json!({ "units": [{ "unitCode": "BX", "numerator": 12 }], "salesPrice": "30" });
    create(&client, "/items", with(lamp("P-1"), units)).await;
    let cement = json!({
        "baseUnitCode": "KGM", "salesPrice": "0.5",
        "units": [{ "unitCode": "BX", "numerator": 45_359_237, "denominator": 100_000_000 }],
    });
    create(&client, "/items", with(lamp("P-2"), cement)).await;
    let prices = prices_of(&client, "STANDARD").await;
    (world, client, prices)
}

async fn prices_of(client: &Client, list: &str) -> String {
    let list = client.get(&format!("/price-lists?code={list}")).await.ok()["items"][0]["id"].clone();
    format!("/price-lists/{}/prices", list.as_str().unwrap())
}

fn price(item: &str, unit: &str, from: &str, amount: &str) -> Value {
    json!({ "itemCode": item, "unitCode": unit, "validFrom": from, "price": amount })
}

async fn quote(client: &Client, body: Value) -> Value {
    client.post("/price-quotes", with(json!({ "currency": "SAR", "date": "2026-03-15" }), body)).await.ok()["lines"]
        .clone()
}

#[tokio::test]
async fn validity_of_one_price_never_overlaps() {
    let (_world, client, prices) = shop().await;
    let first = with(price("P-1", "PCE", "2026-01-01", "24"), json!({ "validTo": "2026-06-30" }));
    let first = create(&client, &prices, first).await;
    let expected =
        json!({ "quantityFrom": "0", "validTo": "2026-06-30", "price": "24", "discountPercent": "0" });
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(&first[member], value, "{member}");
    }
    let refused = client.post(&prices, price("P-1", "PCE", "2026-06-30", "25")).await.expect(409);
    assert_eq!(refused.errors(), [at("/validFrom", "price_overlaps")]);
    let second = create(&client, &prices, price("P-1", "PCE", "2026-07-01", "25")).await;
    create(&client, &prices, with(price("P-1", "PCE", "2026-01-01", "22"), json!({ "quantityFrom": "100" })))
        .await;
    let one = |price: &Value| format!("{prices}/{}", price["id"].as_str().unwrap());
    let longer = json!({ "validTo": null });
    let refused = client.with_etag("PATCH", &one(&first), "*", longer.clone()).await.expect(409);
    assert_eq!(refused.errors(), [at("/validFrom", "price_overlaps")]);
    client.with_etag("DELETE", &one(&second), "*", Value::Null).await.expect(204);
    client.with_etag("PATCH", &one(&first), "*", longer).await.expect(200);

    let wrong = json!({
        "itemCode": "NONE", "unitCode": "PCE", "validFrom": "2026-01-01", "price": "1", "discountPercent": "101",
    });
    assert_eq!(
        client.post(&prices, wrong).await.expect(422).errors(),
        [at("/discountPercent", "invalid_percentage")]
    );
    let refused = client.post(&prices, price("P-1", "KGM", "2026-01-01", "1")).await.expect(422);
    assert_eq!(refused.errors(), [at("/unitCode", "unit_unknown_for_item")]);
    let refused = client.post(&prices, json!({ "validFrom": "2026-01-01", "price": "1" })).await.expect(422);
    assert_eq!(refused.errors(), [at("/itemId", "required"), at("/unitId", "required")]);
}

#[tokio::test]
async fn of_two_prices_for_one_day_at_once_one_is_kept() {
    let (_world, client, prices) = shop().await;
    let bodies = (1..=6).map(|day| price("P-1", "PCE", &format!("2026-01-0{day}"), "24"));
    let answers = futures::future::join_all(bodies.map(|body| client.post(&prices, body))).await;
    let made = answers.iter().filter(|answer| answer.status.as_u16() == 201).count();
    assert_eq!(made, 1);
    let list = json!({ "code": "D", "name": { "en": "D" }, "currency": "SAR", "isDefault": true });
    let refused = client.post("/price-lists", list).await.expect(409);
    assert_eq!(refused.errors(), [at("/isDefault", "already_exists")]);
}

#[tokio::test]
async fn many_prices_are_kept_at_once_or_not_at_all() {
    let (_world, client, prices) = shop().await;
    let bulk = format!("{prices}/bulk");
    let items = |second: &str| {
        json!({ "items": [
            price("P-1", "PCE", "2026-01-01", "24"),
            price("P-1", "BX", "2026-01-01", second),
            with(price("P-2", "KGM", "2026-01-01", "0.4"), json!({ "discountPercent": "7.5" })),
        ] })
    };
    let saved = client.post(&bulk, items("270")).await.ok();
    assert_eq!(saved, json!({ "created": 3, "updated": 0, "unchanged": 0 }));
    let saved = client.post(&bulk, items("275")).await.ok();
    assert_eq!(saved, json!({ "created": 0, "updated": 1, "unchanged": 2 }));
    let list = client.get(&prices).await.ok();
    let found: Vec<_> = list["items"].as_array().unwrap().iter().map(|price| &price["price"]).collect();
    assert!(found.len() == 3 && found.contains(&&json!("275")), "{found:?}");
    let events = client.get("/events?type=price.updated").await.ok();
    assert_eq!(events["items"].as_array().unwrap().len(), 1);

    let wrong = json!({ "items": [
        price("P-1", "PCE", "2026-02-01", "25"),
        price("P-9", "PCE", "2026-01-01", "1"),
        price("P-2", "KGM", "2026-01-01", "-1"),
        price("P-1", "BX", "2027-01-01", "1"),
        price("P-2", "BX", "2026-01-01", "1"),
        price("P-2", "BX", "2026-01-01", "2"),
    ] });
    let refused = client.post(&bulk, wrong).await;
    for expected in [
        at("/items/0/validFrom", "price_overlaps"),
        at("/items/1/itemCode", "unknown_reference"),
        at("/items/2/price", "price_negative"),
        at("/items/3/validFrom", "price_overlaps"),
        at("/items/5/validFrom", "price_repeated"),
    ] {
        assert!(refused.errors().contains(&expected), "{expected:?} in {:?}", refused.errors());
    }
    assert_eq!(client.get(&prices).await.ok()["items"].as_array().unwrap().len(), 3);

    // A price that ends makes room for the next one in the same request.
    let ends = with(price("P-1", "PCE", "2026-01-01", "24"), json!({ "validTo": "2026-01-31" }));
    let next = json!({ "items": [price("P-1", "PCE", "2026-02-01", "25"), ends] });
    let saved = client.post(&bulk, next).await.ok();
    assert_eq!(saved, json!({ "created": 1, "updated": 1, "unchanged": 0 }));
    client
        .post("/price-lists/0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11/prices/bulk", items("1"))
        .await
        .expect(404);
}

/// R55: named list, default list of the currency, the item's own price; never another currency or another VAT.
#[tokio::test]
async fn a_price_comes_from_the_first_source_that_has_one() {
    let (_world, client, standard) = shop().await;
    let list = json!({ "code": "WHOLESALE", "name": { "en": "Wholesale" }, "currency": "SAR" });
    create(&client, "/price-lists", list.clone()).await;
    let shelf = with(list, json!({ "code": "SHELF", "pricesIncludeVat": true }));
    create(&client, "/price-lists", shelf).await;
    let wholesale = prices_of(&client, "WHOLESALE").await;
    let shelf = prices_of(&client, "SHELF").await;
    create(&client, &standard, price("P-1", "PCE", "2026-01-01", "24")).await;
    let many = json!({ "quantityFrom": "10", "discountPercent": "5" });
    create(&client, &wholesale, with(price("P-1", "PCE", "2026-01-01", "20"), many)).await;
    create(&client, &shelf, price("P-1", "PCE", "2026-01-01", "27.6")).await;

    let line = |item: &str, unit: &str, quantity: &str| json!({ "itemCode": item, "unitCode": unit, "quantity": quantity });
    let lines = json!([
        line("P-1", "PCE", "10"),
        line("P-1", "PCE", "9"),
        line("P-2", "KGM", "2"),
        line("P-1", "BX", "1")
    ]);
    let found = quote(&client, json!({ "priceListCode": "WHOLESALE", "lines": lines })).await;
    let told: Vec<_> =
        found.as_array().unwrap().iter().map(|line| (&line["price"], &line["priceSource"])).collect();
    let expected =
        [("20", "price_list"), ("24", "default_price_list"), ("0.5", "item"), ("240", "price_list")];
    let expected = expected.map(|(price, source)| (json!(price), json!(source)));
    assert_eq!(told, expected.each_ref().map(|(price, source)| (price, source)));
    assert_eq!((&found[0]["discountPercent"], &found[0]["converted"]), (&json!("5"), &json!(false)));
    assert_eq!((&found[3]["baseQuantity"], &found[3]["converted"]), (&json!("12"), &json!(true)));
    assert_eq!((&found[2]["priceListId"], &found[2]["unitCode"]), (&Value::Null, &json!("KGM")));

    // Seven pounds in kilograms, at the item's own price.
    let pounds = quote(&client, json!({ "lines": [line("P-2", "BX", "7")] })).await;
    assert_eq!((&pounds[0]["baseQuantity"], &pounds[0]["price"]), (&json!("3.175"), &json!("0.226796")));
    let with_vat =
        json!({ "priceListCode": "SHELF", "pricesIncludeVat": true, "lines": [{ "itemCode": "P-1" }] });
    assert_eq!(quote(&client, with_vat).await[0]["price"], "27.6");

    let refused = client
        .post("/price-quotes", json!({
            "currency": "USD", "date": "2026-03-15", "priceListCode": "NONE",
            "lines": [
                line("P-1", "PCE", "1"), line("NONE", "PCE", "1"), line("P-1", "KGM", "1"), line("P-1", "PCE", "1.5"),
                line("P-1", "PCE", "-1"), { "quantity": "1" },
            ],
        }))
        .await
        .expect(422);
    for expected in [
        at("/priceListCode", "unknown_reference"),
        at("/lines/0", "price_not_found"),
        at("/lines/1/itemCode", "unknown_reference"),
        at("/lines/2/unitCode", "unit_unknown_for_item"),
        at("/lines/3/quantity", "quantity_not_whole"),
        at("/lines/4/quantity", "quantity_negative"),
        at("/lines/5/itemId", "required"),
    ] {
        assert!(refused.errors().contains(&expected), "{expected:?} in {:?}", refused.errors());
    }
}
