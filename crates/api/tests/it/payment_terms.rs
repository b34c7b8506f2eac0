//! Payment terms: what they may say, and the instalments that they make.

use serde_json::{Value, json};
use testkit::World;

fn terms(lines: Value) -> Value {
    json!({ "code": "T", "name": { "en": "Terms" }, "lines": lines })
}

#[tokio::test]
async fn lines_come_to_a_hundred_per_cent() {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    let refuse = |lines: Value| {
        let client = tenant.client.clone();
        async move { client.post("/payment-terms", terms(lines)).await.expect(422).errors() }
    };
    let at = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    let sum = json!([{ "percent": "30", "dueDays": 0 }, { "percent": "69.9999", "dueDays": 30 }]);
    assert_eq!(refuse(sum).await, [at("/lines", "terms_percent_sum")]);
    let wrong = json!([
        { "dueDays": 0 },
        { "percent": "50", "rest": true, "dueDays": 0 },
        { "percent": "50", "dueDays": 10, "discountPercent": "2" },
    ]);
    let expected = [
        at("/lines/0/percent", "terms_line_share"),
        at("/lines/1/percent", "terms_line_share"),
        at("/lines/2/discountDays", "terms_discount_parts"),
    ];
    assert_eq!(refuse(wrong).await, expected);
    let late = json!([{ "percent": "100", "dueDays": 10, "discountPercent": "2", "discountDays": 11 }]);
    assert_eq!(refuse(late).await, [at("/lines/0/discountDays", "terms_discount_late")]);
    let days = json!([{ "percent": "100", "dueDays": 1801, "dayOfMonth": 32 }]);
    assert_eq!(refuse(days).await.len(), 2);
}

#[tokio::test]
async fn instalments_add_up_to_the_amount() {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    let lines = json!([
        { "percent": "30", "dueDays": 0 },
        { "percent": "30", "dueDays": 0, "from": "end_of_month", "dayOfMonth": 15 },
        { "rest": true, "dueDays": 5, "from": "delivery", "discountPercent": "2", "discountDays": 3 },
    ]);
    let made = tenant.client.post("/payment-terms", terms(lines)).await.expect(201).json();
    assert_eq!((&made["discountBasis"], &made["lines"][2]["rest"]), (&json!("gross"), &json!(true)));
    let path = format!("/payment-terms/{}/preview", made["id"].as_str().unwrap());
    let query = "date=2026-03-15&amount=115.01&currency=SAR&deliveryDate=2026-03-15";
    let preview = tenant.client.get(&format!("{path}?{query}")).await.ok();
    let none = |percent: &str, amount: &str, due: &str| {
        json!({ "percent": percent, "amount": amount, "dueDate": due,
            "discountPercent": null, "discountDate": null, "discountAmount": null })
    };
    let last = json!({ "percent": "40", "amount": "46.01", "dueDate": "2026-03-20",
        "discountPercent": "2", "discountDate": "2026-03-18", "discountAmount": "0.92" });
    let expected = json!([none("30", "34.50", "2026-03-15"), none("30", "34.50", "2026-04-15"), last]);
    assert_eq!(preview["instalments"], expected, "20 March is a Friday, and stays");
    let scale =
        tenant.client.get(&format!("{path}?date=2026-03-15&amount=1.005&currency=SAR")).await.expect(422);
    assert_eq!(scale.code(), "amount_scale_exceeded");
    let unknown =
        tenant.client.get(&format!("{path}?date=2026-03-15&amount=1&currency=XAU")).await.expect(422);
    assert_eq!(unknown.code(), "unknown_reference");
}
