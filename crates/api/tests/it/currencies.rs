//! Currencies and exchange rates.

use serde_json::{Value, json};
use testkit::World;

#[tokio::test]
async fn the_company_currency_is_always_there() {
    let world = World::new().await;
    let client = world.home().await;
    let own = client.get("/currencies/SAR").await.ok();
    assert_eq!((&own["company"], &own["scale"], &own["active"]), (&json!(true), &json!(2), &json!(true)));
    let stop =
        client.with_etag("PATCH", "/currencies/SAR", "*", json!({ "active": false })).await.expect(409);
    assert_eq!(stop.code(), "company_currency_fixed");
    let gone = client.with_etag("DELETE", "/currencies/SAR", "*", Value::Null).await.expect(409);
    assert_eq!(gone.code(), "company_currency_fixed");

    let body = json!({ "code": "BHD", "name": { "ar": "دينار بحريني", "en": "Bahraini dinar" } });
    let answer = client.post("/currencies", body.clone()).await.expect(201);
    assert_eq!(answer.header("location"), "/api/v1/currencies/BHD");
    assert_eq!(answer.json()["scale"], 3);
    assert_eq!(client.post("/currencies", body).await.expect(409).code(), "already_exists");
    client.get("/currencies/bhd").await.expect(404);
    let etag = client.get("/currencies/BHD").await.etag();
    client.with_etag("DELETE", "/currencies/BHD", &etag, Value::Null).await.expect(204);
    client.get("/currencies/BHD").await.expect(404);
}

#[tokio::test]
async fn the_last_rate_up_to_a_day_applies() {
    let world = World::new().await;
    let client = world.home().await;
    client.post("/currencies", json!({ "code": "USD", "name": { "en": "US dollar" } })).await.expect(201);
    let rate = |date: &str, rate: &str| json!({ "currency": "USD", "date": date, "rate": rate });
    let first = client.post("/exchange-rates", rate("2026-01-01", "3.75")).await.expect(201).json();
    client.post("/exchange-rates", rate("2026-02-01", "3.7512345678")).await.expect(201);
    assert_eq!(
        client.post("/exchange-rates", rate("2026-02-01", "4")).await.expect(409).code(),
        "already_exists"
    );
    let effective =
        async |date: &str| client.get(&format!("/exchange-rates/effective?currency=USD&date={date}")).await;
    effective("2025-12-31").await.expect(404);
    assert_eq!(effective("2026-01-31").await.ok()["rate"], "3.75");
    let later = effective("2026-05-01").await.ok();
    assert_eq!((&later["rate"], &later["rateDate"]), (&json!("3.7512345678"), &json!("2026-02-01")));
    let own = client.get("/exchange-rates/effective?currency=SAR").await.ok();
    assert_eq!((&own["rate"], &own["date"]), (&json!("1"), &json!("2026-03-15")));

    let path = format!("/exchange-rates/{}", first["id"].as_str().unwrap());
    let etag = client.get(&path).await.etag();
    client.with_etag("PATCH", &path, &etag, json!({ "rate": "3.76", "source": "SAMA" })).await.expect(200);
    assert_eq!(effective("2026-01-31").await.ok()["rate"], "3.76");
    assert_eq!(
        client.with_etag("DELETE", "/currencies/USD", "*", Value::Null).await.expect(409).code(),
        "in_use"
    );
    client.with_etag("DELETE", &path, "*", Value::Null).await.expect(204);
    effective("2026-01-31").await.expect(404);
}

#[tokio::test]
async fn many_rates_are_saved_at_once_or_not_at_all() {
    let world = World::new().await;
    let client = world.home().await;
    client.post("/currencies", json!({ "code": "USD", "name": { "en": "US dollar" } })).await.expect(201);
    let rates = |rates: &[(&str, &str, &str)]| {
        let one = |(currency, date, rate): &(&str, &str, &str)| json!({ "currency": currency, "date": date, "rate": rate });
        json!({ "items": rates.iter().map(one).collect::<Vec<_>>() })
    };
    let wrong = rates(&[
        ("USD", "2026-01-01", "3.75"),
        ("SAR", "2026-01-01", "1"),
        ("XAU", "2026-01-01", "9000"),
        ("USD", "2026-01-01", "3.76"),
    ]);
    let refused = client.post("/exchange-rates/bulk", wrong).await.expect(422);
    let expected = [
        ("/items/1/currency", "company_currency_rate"),
        ("/items/2/currency", "currency_unknown"),
        ("/items/3/date", "exchange_rate_repeated"),
    ];
    assert_eq!(refused.errors(), expected.map(|(at, code)| (at.to_owned(), code.to_owned())));
    assert!(client.get("/exchange-rates").await.ok()["items"].as_array().unwrap().is_empty());

    let saved = client
        .post("/exchange-rates/bulk", rates(&[("USD", "2026-01-01", "3.75"), ("USD", "2026-01-02", "3.75")]))
        .await;
    assert_eq!(saved.ok(), json!({ "created": 2, "updated": 0, "unchanged": 0 }));
    let again =
        rates(&[("USD", "2026-01-01", "3.75"), ("USD", "2026-01-02", "3.8"), ("USD", "2026-01-03", "3.9")]);
    let again = client.post("/exchange-rates/bulk", again).await;
    assert_eq!(again.ok(), json!({ "created": 1, "updated": 1, "unchanged": 1 }));
    client.post("/exchange-rates/bulk", json!({ "items": [] })).await.expect(422);
}

/// Also where nothing is posted yet: what is wrong with a recurring entry is told in the tenant's decimals.
#[tokio::test]
async fn a_recurring_entry_is_told_in_the_decimals_of_the_tenants_currency() {
    let (_world, kit) = World::books_of(&[("1", "asset"), ("6", "expense")]).await;
    let fine = json!({ "code": "USD", "name": { "en": "US dollar" }, "scale": 4 });
    kit.client.post("/currencies", fine).await.expect(201);
    let body = |credit: &str| {
        json!({
            "code": "RENT", "name": { "en": "Rent" }, "startDate": "2026-01-01", "autoPost": true, "currency": "USD",
            "schedule": { "frequency": "monthly", "dayOfMonth": 5 },
            "lines": [{ "accountCode": "6", "debit": "5.1234" }, { "accountCode": "1", "credit": credit }],
        })
    };
    let refused = kit.client.post("/recurring-entries", body("5")).await.expect(422);
    assert_eq!(refused.errors(), [("/lines".to_owned(), "unbalanced_entry".to_owned())]);
    let told = refused.json()["errors"][0]["detail"].as_str().unwrap().to_owned();
    assert!(told.contains("5.1234") && told.contains("5.0000") && told.contains("0.1234"), "{told}");

    let rate = json!({ "currency": "USD", "date": "2026-01-01", "rate": "3.75" });
    kit.client.post("/exchange-rates", rate).await.expect(201);
    let made = kit.client.post("/recurring-entries", body("5.1234")).await.expect(201).json();
    let path = format!("/recurring-entries/{}", made["id"].as_str().unwrap());
    let lines = json!({ "lines": body("5.1")["lines"] });
    let refused = kit.client.with_etag("PATCH", &path, "*", lines).await.expect(422);
    assert!(refused.text().contains("5.1000"), "{}", refused.text());
}
