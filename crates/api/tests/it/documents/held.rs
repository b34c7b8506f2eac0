//! The product holds back money for blocked suppliers, prepayments of later days, and orders beyond a credit limit.

use super::*;

async fn party(client: &Client, code: &str, change: Value) {
    let party = client.get(&format!("/parties?code={code}")).await.ok()["items"][0].clone();
    with_etag(client, "PATCH", &format!("/parties/{}", id(&party)), change).await.expect(200);
}

#[tokio::test]
async fn a_supplier_who_is_blocked_for_payments_is_not_paid() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let pay = json!({ "partyCode": "V001", "documentDate": "2026-03-16", "amount": "1.00", "post": true });
    for (blocked, status) in [("payments", 422), ("all", 422), ("orders", 201)] {
        party(client, "V001", json!({ "supplier": { "blocked": blocked, "blockedReason": "Dispute" } }))
            .await;
        let answer = client.post("/payments", pay.clone()).await;
        assert_eq!(answer.status, status, "{blocked}: {}", answer.text());
        if status == 422 {
            assert_eq!(answer.errors(), [("/partyId".to_owned(), "party_blocked".to_owned())]);
            assert!(answer.text().contains("Dispute"), "{}", answer.text());
        }
    }
    party(client, "V001", json!({ "supplier": { "blocked": "all", "blockedReason": "Dispute" } })).await;
    let mut draft = pay.clone();
    draft["post"] = json!(false);
    let draft = posted(client, "/payments", draft).await;
    let post = format!("/payments/{}/post", id(&draft));
    assert_eq!(with_etag(client, "POST", &post, Value::Null).await.code(), "party_blocked");
    // He may give money back.
    posted(client, "/receipts", pay).await;
}

#[tokio::test]
async fn a_prepayment_is_not_later_than_the_invoice_that_deducts_it() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut prepayment = invoice("2026-03-20", &[line("1", "100.00", "S15")]);
    prepayment["kind"] = json!("prepayment");
    let prepayment = posted(client, "/sales-invoices", prepayment).await;
    let last = |date: &str| {
        let mut body = invoice(date, &[line("1", "300.00", "S15")]);
        body["prepayments"] = json!([{ "invoiceId": prepayment["id"] }]);
        body
    };
    let refused = client.post("/sales-invoices", last("2026-03-19")).await.expect(422);
    assert_eq!(
        refused.errors(),
        [("/prepayments/0/invoiceId".to_owned(), "prepayment_later".to_owned())],
        "{}",
        refused.text()
    );
    posted(client, "/sales-invoices", last("2026-03-20")).await;
    let cancel = format!("/sales-invoices/{}/cancel", id(&prepayment));
    let refused = with_etag(client, "POST", &cancel, json!({ "reason": "x", "date": "2026-03-25" })).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "prepayment_deducted"));
    agree(client, "2026-12-31").await;
}

/// What was closed counts for the limit again when it is reopened, the whole order or a line of it.
#[tokio::test]
async fn reopening_an_order_asks_the_credit_limit() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    party(client, "C001", json!({ "customer": { "creditLimit": "115.00", "creditCheck": "all" } })).await;
    let order = || {
        json!({
            "partyCode": "C001", "documentDate": "2026-03-10", "lines": [line("1", "100.00", "S15")], "confirm": true,
        })
    };
    let closed = posted(client, "/sales-orders", order()).await;
    let path = format!("/sales-orders/{}", id(&closed));
    with_etag(client, "POST", &format!("{path}/close"), Value::Null).await.expect(200);
    let other = posted(client, "/sales-orders", order()).await;
    let refused = with_etag(client, "POST", &format!("{path}/reopen"), Value::Null).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code().as_str()),
        (422, "credit_limit_exceeded"),
        "{}",
        refused.text()
    );
    let lines = format!("/sales-orders/{}", id(&other));
    with_etag(client, "POST", &format!("{lines}/close-lines"), json!({ "lines": [1] })).await.expect(200);
    with_etag(client, "POST", &format!("{path}/reopen"), Value::Null).await.expect(200);
    let refused = with_etag(client, "POST", &format!("{lines}/reopen-lines"), json!({ "lines": [1] })).await;
    assert_eq!(refused.code(), "credit_limit_exceeded", "{}", refused.text());
    with_etag(client, "POST", &format!("{path}/cancel"), Value::Null).await.expect(200);
    with_etag(client, "POST", &format!("{lines}/reopen-lines"), json!({ "lines": [1] })).await.expect(200);
}

#[tokio::test]
async fn what_was_reversed_is_not_paid_and_nothing_is_no_allocation() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let bill = json!({
        "partyCode": "V001", "documentDate": "2026-03-15", "postingDate": "2026-03-15", "supplierNumber": "A-1",
        "lines": [line("1", "100.00", "P15")], "post": true,
    });
    let bill = posted(client, "/purchase-invoices", bill).await;
    let path = format!("/purchase-invoices/{}", id(&bill));
    let reversed = with_etag(client, "POST", &format!("{path}/reverse"), json!({ "reason": "x" }))
        .await
        .expect(200)
        .json();
    assert_eq!((&reversed["status"], &reversed["paymentState"]), (&json!("reversed"), &Value::Null));
    assert_eq!(client.get(&path).await.ok()["paymentState"], Value::Null);
    client.post("/allocations", json!({ "date": "2026-03-16", "pairs": [] })).await.expect(422);
}

/// The customer's list has prices with VAT and the document has none: the price comes from elsewhere, and that is said.
#[tokio::test]
async fn a_price_list_that_was_passed_over_is_told() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let item = json!({
        "code": "PEN", "name": { "en": "Pen" }, "kind": "non_stock", "categoryCode": "GOODS", "baseUnitCode": "PCE",
        "salesPrice": "7.00",
    });
    posted(client, "/items", item).await;
    let list =
        json!({ "code": "SHOP", "name": { "en": "Shop" }, "currency": "SAR", "pricesIncludeVat": true });
    let list = posted(client, "/price-lists", list).await;
    party(client, "C001", json!({ "customer": { "priceListId": list["id"] } })).await;
    let pen = json!({ "itemCode": "PEN", "quantity": "1", "taxCode": "S15" });
    let told =
        posted(client, "/sales-invoices", invoice("2026-03-15", &[pen.clone(), line("1", "5.00", "S15")]))
            .await;
    let warned = json!({ "code": "price_list_unusable", "pointer": "/lines/0/unitPrice" });
    let warnings = told["warnings"].as_array().cloned().unwrap_or_default();
    let of_list: Vec<_> = warnings.iter().filter(|warning| warning["code"] == warned["code"]).collect();
    assert_eq!(of_list.len(), 1, "{told}");
    assert_eq!(of_list[0]["pointer"], warned["pointer"]);
}
