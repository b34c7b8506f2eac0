//! Bills are compared with their orders: the price without VAT and after all discounts, the charges, and the rate of import VAT.

use super::*;

/// A confirmed order that is received, and its lines' link.
async fn received(client: &Client, more: Value) -> Value {
    let mut body = json!({ "partyCode": "V001", "documentDate": "2026-03-10", "lines": [line("4", "10.00", "P15")], "confirm": true });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let order = posted(client, "/purchase-orders", body).await;
    with_etag(client, "POST", &format!("/purchase-orders/{}/receive", id(&order)), json!({}))
        .await
        .expect(200);
    order
}

fn bill(order: &Value, number: &str, price: Option<&str>, more: Value) -> Value {
    let mut body = json!({
        "partyCode": "V001", "supplierNumber": number, "documentDate": "2026-03-20", "postingDate": "2026-03-20",
        "lines": [{ "orderId": order["id"], "orderLineNo": 1, "quantity": "1", "unitPrice": price }], "post": true,
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn held(client: &Client, body: Value) -> Answer {
    let refused = client.post("/purchase-invoices", body).await.expect(422);
    assert_eq!(refused.errors(), [("/lines/0/unitPrice".to_owned(), "price_mismatch".to_owned())]);
    refused
}

#[tokio::test]
async fn prices_with_and_without_vat_are_compared_without_it() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let with_vat = json!({ "pricesIncludeVat": true });
    let order = received(client, json!({})).await;
    posted(client, "/purchase-invoices", bill(&order, "A-1", Some("11.50"), with_vat.clone())).await;
    let refused = held(client, bill(&order, "A-2", Some("10"), with_vat.clone())).await;
    assert!(
        refused.text().contains("8.695652") && refused.text().contains("costs 10 "),
        "{}",
        refused.text()
    );
    let order = received(client, with_vat.clone()).await;
    posted(client, "/purchase-invoices", bill(&order, "A-3", None, with_vat.clone())).await;
    held(client, bill(&order, "A-4", Some("10"), json!({}))).await;
    // 10.00 with VAT is 8.695652 without, which nobody writes.
    posted(client, "/purchase-invoices", bill(&order, "A-5", Some("8.70"), json!({}))).await;
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn the_discount_of_the_order_belongs_to_its_prices() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let percent = json!({ "discountPercent": "10" });
    let order = received(client, percent.clone()).await;
    let refused = held(client, bill(&order, "D-1", None, json!({}))).await;
    assert!(
        refused.text().contains("costs 9 ") && refused.text().contains("asks for 10:"),
        "{}",
        refused.text()
    );
    posted(client, "/purchase-invoices", bill(&order, "D-2", None, percent)).await;
    posted(client, "/purchase-invoices", bill(&order, "D-3", Some("9"), json!({}))).await;
    let path = format!("/purchase-orders/{}/invoice", id(&order));
    let own = json!({ "supplierNumber": "D-4", "documentDate": "2026-03-20", "postingDate": "2026-03-20", "post": true });
    assert_eq!(totals(&posted(client, &path, own.clone()).await), "18.00 | 2.70 | 20.70");
    // A discount in money is shared out by bills of the order, whose rounding is no difference.
    let lines = json!([line("3", "33.33", "P15"), line("7", "1.01", "P15")]);
    for inclusive in [false, true] {
        let money = json!({ "discountAmount": "10.00", "pricesIncludeVat": inclusive, "lines": lines });
        let order = received(client, money).await;
        let path = format!("/purchase-orders/{}/invoice", id(&order));
        for (nth, quantities) in [("1", "2"), ("2", "5")].into_iter().enumerate() {
            let mut part = own.clone();
            part["supplierNumber"] = json!(format!("M-{inclusive}-{nth}"));
            let (one, two) = quantities;
            part["lines"] = json!([{ "lineNo": 1, "quantity": one }, { "lineNo": 2, "quantity": two }]);
            posted(client, &path, part).await;
        }
    }
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn charges_that_the_order_does_not_have_are_told() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let freight = |amount: &str| json!({ "charges": [{ "description": "Freight", "amount": amount, "taxCode": "P15" }] });
    let told = |view: &Value| {
        let warnings = view["warnings"].as_array().cloned().unwrap_or_default();
        warnings.iter().any(|warning| warning["code"] == "charges_not_ordered")
    };
    let order = received(client, json!({})).await;
    assert!(told(&posted(client, "/purchase-invoices", bill(&order, "C-1", None, freight("500"))).await));
    let order = received(client, freight("25")).await;
    assert!(!told(&posted(client, "/purchase-invoices", bill(&order, "C-2", None, freight("25"))).await));
    assert!(
        told(&posted(client, "/purchase-invoices", bill(&order, "C-3", None, freight("25"))).await),
        "twice"
    );
}

#[tokio::test]
async fn import_vat_far_from_its_rate_needs_a_reason() {
    let (world, tenant) = company().await;
    let client = &tenant.client;
    let customs =
        json!({ "code": "ZATCA", "name": { "en": "Customs" }, "kind": "government", "supplier": {} });
    client.post("/parties", customs).await.expect(201);
    let declared = |number: &str, tax: &str| {
        json!({
            "partyCode": "ZATCA", "kind": "customs", "supplierNumber": number, "documentDate": "2026-03-10",
            "postingDate": "2026-03-12", "post": true,
            "lines": [{ "kind": "tax_only", "taxCode": "IMP15", "taxBase": "105000", "taxAmount": tax }],
        })
    };
    let exact = posted(client, "/purchase-invoices", declared("D-1", "15750")).await;
    assert_eq!(exact.get("warnings"), None, "nothing was taken over: {exact}");
    let rounded = posted(client, "/purchase-invoices", declared("D-2", "15749")).await;
    assert_eq!(rounded["warnings"][0]["code"], "supplier_vat_taken_over");
    for wrong in ["1", "15748.99", "157500"] {
        let refused = client.post("/purchase-invoices", declared("D-3", wrong)).await.expect(422);
        assert_eq!(refused.errors(), [("/lines/0/taxAmount".to_owned(), "customs_tax_differs".to_owned())]);
    }
    let mut draft = declared("D-3", "1");
    draft["post"] = json!(false);
    posted(client, "/purchase-invoices", draft).await;
    let mut reason = declared("D-4", "14000");
    reason["acceptDifferenceReason"] = json!("Reassessed, declaration 4711");
    let rights = [
        "purchase.purchase_invoice.create",
        "purchase.purchase_invoice.post",
        "purchase.purchase_invoice.read",
    ];
    let clerk = crate::parties::member(&world, &tenant, "clerk", &rights).await;
    assert_eq!(clerk.post("/purchase-invoices", reason.clone()).await.code(), "customs_tax_differs");
    let accepted = posted(client, "/purchase-invoices", reason).await;
    assert_eq!(accepted["reason"], "Reassessed, declaration 4711");
    agree(client, "2026-12-31").await;
}
