//! Orders that were closed before everything was billed, and receipts in whole pieces.

use super::*;

fn billing(number: &str) -> Value {
    json!({ "supplierNumber": number, "documentDate": "2026-03-20", "postingDate": "2026-03-20", "post": true })
}

async fn bought(client: &Client, line: Value) -> (Value, String) {
    let body = json!({ "partyCode": "V001", "documentDate": "2026-03-10", "lines": [line], "confirm": true });
    let order = posted(client, "/purchase-orders", body).await;
    let path = format!("/purchase-orders/{}", id(&order));
    (order, path)
}

async fn receive(client: &Client, path: &str, quantity: &str) -> Answer {
    let body = json!({ "lines": [{ "lineNo": 1, "quantity": quantity }] });
    with_etag(client, "POST", &format!("{path}/receive"), body).await
}

#[tokio::test]
async fn what_was_received_of_a_closed_order_is_billed() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let (order, path) = bought(client, line("10", "50.00", "P15")).await;
    receive(client, &path, "6").await.expect(200);
    let closed = with_etag(client, "POST", &format!("{path}/close"), Value::Null).await.expect(200).json();
    assert_eq!(
        (&closed["status"], &closed["lines"][0]["progress"]["toInvoice"]),
        (&json!("closed"), &json!("6"))
    );
    let refused = receive(client, &path, "1").await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "order_not_confirmed"));
    let mut more = billing("A-1");
    more["lines"] = json!([{ "lineNo": 1, "quantity": "7" }]);
    let more = client.post(&format!("{path}/invoice"), more).await.expect(422);
    assert_eq!(more.errors(), [("/lines/0/quantity".to_owned(), "invoice_exceeds_receipt".to_owned())]);
    let by_hand = json!({
        "partyCode": "V001", "supplierNumber": "A-1", "documentDate": "2026-03-20", "postingDate": "2026-03-20", "post": true,
        "lines": [{ "orderId": order["id"], "orderLineNo": 1, "quantity": "2" }],
    });
    posted(client, "/purchase-invoices", by_hand).await;
    let rest = posted(client, &format!("{path}/invoice"), billing("A-2")).await;
    assert_eq!(totals(&rest), "200.00 | 30.00 | 230.00");
    let nothing = client.post(&format!("{path}/invoice"), billing("A-3")).await;
    assert_eq!((nothing.status.as_u16(), nothing.code().as_str()), (409, "order_not_confirmed"));
    let view = client.get(&path).await.ok();
    assert_eq!((&view["status"], &view["billingState"]), (&json!("closed"), &json!("full")));
    // A bill that is taken back may be entered again.
    let reverse = format!("/purchase-invoices/{}/reverse", id(&rest));
    with_etag(client, "POST", &reverse, json!({ "reason": "Wrong number" })).await.expect(200);
    posted(client, &format!("{path}/invoice"), billing("A-4")).await;
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn nothing_of_a_closed_order_is_billed_beyond_it() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let item = json!({
        "code": "RENT", "name": { "en": "Rent" }, "kind": "service", "categoryCode": "SERVICES", "baseUnitCode": "PCE",
        "purchaseTaxCode": "P15", "matchPolicy": "two_way", "overReceiptPercent": "10",
    });
    posted(client, "/items", item).await;
    let (_, path) =
        bought(client, json!({ "itemCode": "RENT", "quantity": "20", "unitPrice": "50.00" })).await;
    receive(client, &path, "20").await.expect(200);
    with_etag(client, "POST", &format!("{path}/close"), Value::Null).await.expect(200);
    let mut beyond = billing("R-1");
    beyond["lines"] = json!([{ "lineNo": 1, "quantity": "21" }]);
    let refused = client.post(&format!("{path}/invoice"), beyond).await.expect(422);
    assert_eq!(refused.errors(), [("/lines/0/quantity".to_owned(), "invoice_exceeds_order".to_owned())]);
    posted(client, &format!("{path}/invoice"), billing("R-1")).await;
}

/// The invoice of a closed sales order is cancelled, because its buyer was named wrongly, and made again.
#[tokio::test]
async fn a_cancelled_invoice_of_a_closed_sales_order_is_made_again() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let order = json!({ "partyCode": "C001", "documentDate": "2026-03-10", "lines": [line("10", "100.00", "S15")], "confirm": true });
    let order = posted(client, "/sales-orders", order).await;
    let path = format!("/sales-orders/{}", id(&order));
    let part =
        json!({ "lines": [{ "lineNo": 1, "quantity": "4" }], "documentDate": "2026-03-15", "post": true });
    let invoice = posted(client, &format!("{path}/invoice"), part).await;
    with_etag(client, "POST", &format!("{path}/close"), Value::Null).await.expect(200);
    let cancel = format!("/sales-invoices/{}/cancel", id(&invoice));
    with_etag(client, "POST", &cancel, json!({ "reason": "Wrong reference", "date": "2026-03-16" }))
        .await
        .expect(201);
    let again = json!({ "documentDate": "2026-03-17", "post": true });
    let again = posted(client, &format!("{path}/invoice"), again).await;
    assert_eq!(totals(&again), "400.00 | 60.00 | 460.00", "what was cancelled of the order stays cancelled");
}

#[tokio::test]
async fn pieces_are_received_whole() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    with_etag(client, "PATCH", "/company-profile", json!({ "overReceiptPercent": "10" })).await.expect(200);
    let item = json!({
        "code": "PEN", "name": { "en": "Pen" }, "kind": "non_stock", "categoryCode": "SERVICES", "baseUnitCode": "PCE", "purchaseTaxCode": "P15",
        "units": [{ "unitCode": "BX", "numerator": 12, "denominator": 1 }],
    });
    posted(client, "/items", item).await;
    let pens = |quantity: &str, unit: &str| json!({ "itemCode": "PEN", "quantity": quantity, "unitCode": unit, "unitPrice": "12" });
    let not_whole = [("/lines/0/quantity".to_owned(), "quantity_not_whole".to_owned())];
    let (_, path) = bought(client, pens("15", "PCE")).await;
    for part in ["0.5", "16.5"] {
        assert_eq!(receive(client, &path, part).await.expect(422).errors(), not_whole, "{part}");
    }
    receive(client, &path, "16").await.expect(200);
    assert_eq!(receive(client, &path, "-0.5").await.expect(422).errors(), not_whole);
    let (_, path) = bought(client, pens("2", "BX")).await;
    assert_eq!(receive(client, &path, "0.05").await.expect(422).errors(), not_whole);
    let view = receive(client, &path, "0.5").await.expect(200).json();
    assert_eq!(view["lines"][0]["progress"]["toInvoice"], "6");
    posted(client, &format!("{path}/invoice"), billing("P-1")).await;
    // Work in words has no base unit.
    let (_, path) = bought(client, line("3", "100", "P15")).await;
    receive(client, &path, "0.5").await.expect(200);
}
