//! Tax withheld from payments to suppliers abroad (T17), and the monthly return, as a client sees them.

use serde_json::{Value, json};
use testkit::{Client, TenantKit, World};

use crate::documents::{agree, entry, id, line, posted, row, text, with_etag};

/// A company with suppliers abroad: one with a tax code of its own, one without.
async fn company() -> (World, TenantKit) {
    let world = World::new().await;
    world.clock.set("2026-05-20T09:00:00Z");
    let tenant = crate::documents::company_in(&world).await;
    let client = &tenant.client;
    let codes = client.get("/tax-codes?code=WHT5").await.ok();
    for (code, supplier) in [
        ("V100", json!({ "residency": "non_resident", "withholdingId": codes["items"][0]["id"] })),
        ("V200", json!({ "residency": "non_resident" })),
    ] {
        let party = json!({ "code": code, "name": { "en": code }, "kind": "company", "country": "DE", "supplier": supplier });
        client.post("/parties", party).await.expect(201);
    }
    (world, tenant)
}

fn payment(party: &str, day: &str, amount: &str) -> Value {
    json!({ "partyCode": party, "documentDate": day, "amount": amount, "post": true })
}

async fn paid(client: &Client, body: Value) -> Value {
    client.post("/payments", body).await.expect(201).json()
}

fn withheld(view: &Value) -> [&str; 3] {
    ["base", "tax", "paid"].map(|member| text(&view["withholding"][member]))
}

async fn returned(client: &Client, month: &str) -> Value {
    client.post("/withholding-returns", json!({ "month": month })).await.expect(201).json()
}

async fn file(client: &Client, view: &Value) -> testkit::Answer {
    let etag = format!("\"{}\"", view["version"]);
    let path = format!("/withholding-returns/{}/file", id(view));
    client.with_etag("POST", &path, &etag, json!({ "reference": "WHT-1" })).await
}

#[tokio::test]
async fn tax_is_withheld_from_the_net_of_what_is_paid() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut body = json!({
        "partyCode": "V100", "supplierNumber": "S-1", "documentDate": "2026-03-10", "postingDate": "2026-03-10",
        "lines": [line("1", "20000.00", "RC15")], "post": true,
    });
    body["lines"][0]["accountCode"] = json!("6250");
    let bill = posted(client, "/purchase-invoices", body).await;
    let mut body = payment("V100", "2026-03-20", "20000.00");
    body["allocations"] = json!([{ "documentId": bill["id"] }]);
    let view = paid(client, body).await;
    assert_eq!(withheld(&view), ["20000.00", "1000.00", "19000.00"]);
    assert_eq!((&view["withholding"]["taxCode"], &view["paymentState"]), (&json!("WHT5"), &json!("paid")));
    let mut lines = entry(client, &view).await;
    lines.sort();
    let expected =
        [row("1113", "0.00", "19000.00"), row("2111", "20000.00", "0.00"), row("2134", "0.00", "1000.00")];
    assert_eq!(lines, expected);
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn vat_on_the_bill_bears_no_withholding_tax() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut body = json!({
        "partyCode": "V100", "supplierNumber": "S-2", "documentDate": "2026-03-10", "postingDate": "2026-03-10",
        "lines": [line("1", "1000.00", "P15")], "post": true,
    });
    body["lines"][0]["accountCode"] = json!("6250");
    let bill = posted(client, "/purchase-invoices", body).await;
    let mut body = payment("V100", "2026-03-20", "575.00");
    body["allocations"] = json!([{ "documentId": bill["id"] }]);
    assert_eq!(withheld(&paid(client, body).await), ["500.00", "25.00", "550.00"]);
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn the_company_may_bear_the_tax() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    for (amount, code, base, tax) in [
        ("8500.00", "WHT15", "10000.00", "1500.00"),
        ("10000.00", "WHT5", "10526.32", "526.32"),
        ("10000.00", "WHT20", "12500.00", "2500.00"),
    ] {
        let mut body = payment("V200", "2026-03-20", amount);
        body["withholdingTaxCode"] = json!(code);
        body["grossUp"] = json!(true);
        let view = paid(client, body).await;
        assert_eq!(withheld(&view), [base, tax, amount]);
        let lines = entry(client, &view).await;
        assert!(
            lines.contains(&row("1113", "0.00", amount)) && lines.contains(&row("2134", "0.00", tax)),
            "{lines:?}"
        );
    }
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn a_month_is_prepared_filed_and_what_comes_late_is_in_the_next() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let first = paid(client, payment("V100", "2026-03-20", "20000.00")).await;
    paid(client, payment("V100", "2026-04-02", "100.00")).await;
    let march = returned(client, "2026-03").await;
    assert_eq!(
        (&march["base"], &march["tax"], &march["dueDate"], &march["status"]),
        (&json!("20000.00"), &json!("1000.00"), &json!("2026-04-10"), &json!("draft"))
    );
    let line = &march["lines"][0];
    assert_eq!(
        (&line["party"], &line["taxCode"], &line["rate"]),
        (&json!("V100"), &json!("WHT5"), &json!("5"))
    );
    let twice = client.post("/withholding-returns", json!({ "month": "2026-03" })).await.expect(409);
    assert_eq!(twice.code(), "withholding_month_exists");
    paid(client, payment("V100", "2026-03-25", "200.00")).await;
    assert_eq!(file(client, &march).await.expect(409).code(), "withholding_return_outdated");
    let prepare = format!("/withholding-returns/{}/prepare", id(&march));
    let march = with_etag(client, "POST", &prepare, Value::Null).await.ok();
    let filed = file(client, &march).await.ok();
    assert_eq!(
        (&filed["status"], &filed["tax"], &filed["entryCount"]),
        (&json!("filed"), &json!("1010.00"), &json!(2))
    );
    let entries = client.get(&format!("/withholding-returns/{}/entries", id(&filed))).await.ok();
    assert!(
        entries["items"].as_array().unwrap().iter().all(|item| item["returnId"] == filed["id"]),
        "{entries}"
    );
    assert_eq!(file(client, &filed).await.expect(409).code(), "withholding_return_filed");

    let reverse = format!("/payments/{}/reverse", id(&first));
    with_etag(client, "POST", &reverse, json!({ "reason": "The transfer failed" })).await.expect(200);
    let april = returned(client, "2026-04").await;
    assert_eq!(
        (&april["base"], &april["tax"]),
        (&json!("-19900.00"), &json!("-995.00")),
        "100.00 less the reversed 20,000.00"
    );
    let early = client.post("/withholding-returns", json!({ "month": "2026-02" })).await.expect(409);
    assert_eq!(early.code(), "withholding_month_order");
    let current = returned(client, "2026-05").await;
    assert_eq!(file(client, &current).await.expect(422).code(), "withholding_month_not_ended");
    let list = client.get("/withholding-returns").await.ok();
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
    let path = format!("/withholding-returns/{}", id(&current));
    with_etag(client, "DELETE", &path, Value::Null).await.expect(204);
    let refused =
        with_etag(client, "DELETE", &format!("/withholding-returns/{}", id(&filed)), Value::Null).await;
    assert_eq!(refused.expect(409).code(), "withholding_return_filed");
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn tax_is_withheld_only_where_it_is_owed() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let with = |party: &str, members: Value| {
        let mut body = payment(party, "2026-03-20", "100.00");
        for (name, value) in members.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    for (party, members, pointer, code) in [
        ("V001", json!({ "withholdingTaxCode": "WHT5" }), "/withhold", "withholding_resident"),
        ("V200", json!({ "withhold": true }), "/withholdingTaxCode", "withholding_code_missing"),
        ("V200", json!({ "withholdingTaxCode": "P15" }), "/withholdingTaxCode", "tax_code_kind_not_taken"),
        ("V200", json!({ "withholdingTaxCode": "NONE" }), "/withholdingTaxCode", "unknown_reference"),
        ("V100", json!({ "withhold": false, "grossUp": true }), "/grossUp", "withholding_code_unused"),
        ("C001", json!({ "withhold": true }), "/withhold", "withholding_not_taken"),
    ] {
        let refused = client.post("/payments", with(party, members)).await.expect(422);
        assert_eq!(refused.errors(), [(pointer.to_owned(), code.to_owned())], "{}", refused.text());
    }
    let arabic = with("V001", json!({ "withhold": true })).to_string();
    let arabic = client.call("POST", "/payments", &["Accept-Language: ar"], arabic).await.expect(422);
    assert!(arabic.text().contains("غير المقيمين"), "{}", arabic.text());
    let wrong = client.post("/withholding-returns", json!({ "month": "March" })).await.expect(422);
    assert_eq!(wrong.errors(), [("/month".to_owned(), "withholding_month_invalid".to_owned())]);
    // Nothing is withheld where the payment says so.
    let whole = paid(client, with("V100", json!({ "withhold": false }))).await;
    assert_eq!(whole["withholding"], Value::Null);
    assert_eq!(client.get("/withholding-entries").await.ok()["items"], json!([]));
    // A code that was used is not deleted.
    paid(client, with("V200", json!({ "withholdingTaxCode": "WHT20" }))).await;
    let code = client.get("/tax-codes?code=WHT20").await.ok();
    let path = format!("/tax-codes/{}", id(&code["items"][0]));
    assert_eq!(with_etag(client, "DELETE", &path, Value::Null).await.expect(409).code(), "in_use");
}
