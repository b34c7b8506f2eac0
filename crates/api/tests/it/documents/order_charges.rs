//! Charges of orders are invoiced once, however the invoices are made (R80).

use super::*;

async fn order(client: &Client) -> String {
    let body = json!({
        "partyCode": "C001", "documentDate": "2026-03-10", "lines": [line("2", "100.00", "S15")], "confirm": true,
        "charges": [{ "description": "Freight", "amount": "25.00", "taxCode": "S15" }],
    });
    let view = posted(client, "/sales-orders", body).await;
    assert_eq!(totals(&view), "225.00 | 33.75 | 258.75");
    format!("/sales-orders/{}", id(&view))
}

fn half() -> Value {
    json!({ "lines": [{ "lineNo": 1, "quantity": "1" }], "documentDate": "2026-03-15" })
}

/// Both drafts have the freight, because nothing is posted yet; posting takes it once.
#[tokio::test]
async fn two_drafts_do_not_bill_the_freight_twice() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let path = order(client).await;
    let first = posted(client, &format!("{path}/invoice"), half()).await;
    let second = posted(client, &format!("{path}/invoice"), half()).await;
    assert_eq!(
        (&first["totals"]["charges"], &second["totals"]["charges"]),
        (&json!("25.00"), &json!("25.00"))
    );
    let post = async |draft: &Value| {
        with_etag(client, "POST", &format!("/sales-invoices/{}/post", id(draft)), Value::Null).await
    };
    assert_eq!(totals(&post(&first).await.expect(200).json()), "125.00 | 18.75 | 143.75");
    let refused = post(&second).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code().as_str()),
        (409, "charge_billed"),
        "{}",
        refused.text()
    );
    let without = json!({ "charges": null });
    with_etag(client, "PATCH", &format!("/sales-invoices/{}", id(&second)), without).await.expect(200);
    assert_eq!(totals(&post(&second).await.expect(200).json()), "100.00 | 15.00 | 115.00");
    // A copy bills nothing of the order, so its freight is its own.
    let copy = with_etag(client, "POST", &format!("/sales-invoices/{}/copy", id(&first)), Value::Null).await;
    assert_eq!(copy.status, 201, "{}", copy.text());
    assert_eq!(copy.json()["charges"][0].get("orderId"), None, "{}", copy.text());
    agree(client, "2026-12-31").await;
}

/// The invoice with the freight is cancelled: the next one has it again.
#[tokio::test]
async fn the_freight_of_a_cancelled_invoice_is_billed_again() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let path = order(client).await;
    let mut posting = half();
    posting["post"] = json!(true);
    let first = posted(client, &format!("{path}/invoice"), posting.clone()).await;
    let second = posted(client, &format!("{path}/invoice"), posting.clone()).await;
    assert_eq!(
        (totals(&first).as_str(), totals(&second).as_str()),
        ("125.00 | 18.75 | 143.75", "100.00 | 15.00 | 115.00")
    );
    let cancel = json!({ "reason": "Ordered by mistake", "date": "2026-03-20" });
    let path_of = format!("/sales-invoices/{}/cancel", id(&first));
    with_etag(client, "POST", &path_of, cancel).await.expect(201);
    let again = posted(client, &format!("{path}/invoice"), posting).await;
    assert_eq!(totals(&again), "125.00 | 18.75 | 143.75", "{again}");
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn a_charge_of_an_order_is_one_that_the_order_has() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let path = order(client).await;
    let order_id = path.rsplit('/').next().unwrap();
    let mut body =
        invoice("2026-03-15", &[json!({ "orderId": order_id, "orderLineNo": 1, "quantity": "1" })]);
    let charge = |number: u8| json!({ "description": "Freight", "amount": "25.00", "taxCode": "S15", "orderId": order_id, "orderChargeNo": number });
    body["charges"] = json!([charge(2)]);
    let refused = client.post("/sales-invoices", body.clone()).await.expect(422);
    assert_eq!(
        refused.errors(),
        [("/charges/0/orderChargeNo".to_owned(), "order_charge_unknown".to_owned())]
    );
    body["charges"] = json!([charge(1), charge(1)]);
    let refused = client.post("/sales-invoices", body.clone()).await;
    assert_eq!(refused.code(), "charge_billed", "{}", refused.text());
    body["charges"] = json!([charge(1)]);
    posted(client, "/sales-invoices", body).await;
}

/// The bill with the freight is reversed: the order has it to be billed again.
#[tokio::test]
async fn the_freight_of_a_reversed_bill_is_billed_again() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let body = json!({
        "partyCode": "V001", "documentDate": "2026-03-10", "lines": [line("1", "100.00", "P15")], "confirm": true,
        "charges": [{ "description": "Freight", "amount": "25.00", "taxCode": "P15" }],
    });
    let order = posted(client, "/purchase-orders", body).await;
    let path = format!("/purchase-orders/{}", id(&order));
    with_etag(client, "POST", &format!("{path}/receive"), json!({})).await.expect(200);
    let billing = |number: &str| json!({ "supplierNumber": number, "documentDate": "2026-03-20", "postingDate": "2026-03-20", "post": true });
    let bill = posted(client, &format!("{path}/invoice"), billing("A-1")).await;
    let reverse = format!("/purchase-invoices/{}/reverse", id(&bill));
    with_etag(client, "POST", &reverse, json!({ "reason": "Wrong number" })).await.expect(200);
    let bill = posted(client, &format!("{path}/invoice"), billing("A-2")).await;
    assert_eq!(totals(&bill), "125.00 | 18.75 | 143.75");
    agree(client, "2026-12-31").await;
}
