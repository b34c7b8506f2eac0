//! Orders to suppliers: received, billed, matched.

use super::*;

fn order(lines: &[Value]) -> Value {
    json!({ "partyCode": "V001", "documentDate": "2026-03-10", "lines": lines, "confirm": true })
}

fn billing(number: &str) -> Value {
    json!({ "supplierNumber": number, "documentDate": "2026-03-20", "postingDate": "2026-03-20", "post": true })
}

#[tokio::test]
async fn what_is_received_is_billed_and_no_more() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let view = posted(client, "/purchase-orders", order(&[line("10", "50.00", "P15")])).await;
    assert_eq!(
        (&view["number"], &view["receiptState"], &view["lines"][0]["progress"]["toInvoice"]),
        (&json!("PO-2026-000001"), &json!("none"), &json!("0"))
    );
    let path = format!("/purchase-orders/{}", id(&view));
    let nothing = client.post(&format!("{path}/invoice"), billing("A-1")).await;
    assert_eq!((nothing.status.as_u16(), nothing.code().as_str()), (409, "nothing_open"));
    let receive = async |lines: Value| {
        with_etag(client, "POST", &format!("{path}/receive"), json!({ "lines": lines })).await
    };
    let part = receive(json!([{ "lineNo": 1, "quantity": "6" }])).await.expect(200).json();
    assert_eq!(
        (&part["receiptState"], &part["lines"][0]["progress"]["toInvoice"]),
        (&json!("partial"), &json!("6"))
    );
    let over = receive(json!([{ "lineNo": 1, "quantity": "4.5" }])).await.expect(422);
    assert_eq!(over.errors(), [("/lines/0/quantity".to_owned(), "over_receipt".to_owned())]);
    // Entered by mistake, and taken back.
    receive(json!([{ "lineNo": 1, "quantity": "2" }])).await.expect(200);
    receive(json!([{ "lineNo": 1, "quantity": "-2" }])).await.expect(200);
    let mut more = billing("A-1");
    more["lines"] = json!([{ "lineNo": 1, "quantity": "7" }]);
    let refused = client.post(&format!("{path}/invoice"), more).await.expect(422);
    assert_eq!(refused.errors(), [("/lines/0/quantity".to_owned(), "invoice_exceeds_receipt".to_owned())]);
    let bill = posted(client, &format!("{path}/invoice"), billing("A-1")).await;
    assert_eq!((totals(&bill).as_str(), &bill["orderId"]), ("300.00 | 45.00 | 345.00", &view["id"]));
    let below = receive(json!([{ "lineNo": 1, "quantity": "-1" }])).await;
    assert_eq!(below.code(), "order_below_progress", "what is billed stays received: {}", below.text());
    agree(client, "2026-12-31").await;

    // A reversed bill frees what it billed.
    let reverse = format!("/purchase-invoices/{}/reverse", id(&bill));
    with_etag(client, "POST", &reverse, json!({ "reason": "Wrong number" })).await.expect(200);
    assert_eq!(client.get(&path).await.ok()["lines"][0]["progress"]["toInvoice"], "6");
    let bill = posted(client, &format!("{path}/invoice"), billing("A-2")).await;
    let note = json!({
        "correctsId": bill["id"], "supplierNumber": "CR-1", "reason": "Not done", "documentDate": "2026-03-21",
        "postingDate": "2026-03-21", "lines": [{ "correctsLineNo": 1, "quantity": "2" }], "post": true,
    });
    let note = posted(client, "/purchase-credit-notes", note).await;
    assert_eq!(client.get(&path).await.ok()["lines"][0]["progress"]["toInvoice"], "2");
    let reverse = format!("/purchase-invoices/{}/reverse", id(&bill));
    let kept = with_etag(client, "POST", &reverse, json!({ "reason": "x" })).await;
    assert_eq!((kept.status.as_u16(), kept.code().as_str()), (409, "document_has_notes"));
    let undo = format!("/purchase-credit-notes/{}/reverse", id(&note));
    with_etag(client, "POST", &undo, json!({ "reason": "It was done" })).await.expect(200);
    assert_eq!(client.get(&path).await.ok()["lines"][0]["progress"]["toInvoice"], "0");
    agree(client, "2026-12-31").await;
}

/// R86: the price of a bill is that of the order, within the company's tolerance, or somebody who may accepts it.
#[tokio::test]
async fn a_price_that_differs_is_held() {
    let (world, tenant) = company().await;
    let client = &tenant.client;
    let view = posted(client, "/purchase-orders", order(&[line("10", "50.00", "P15")])).await;
    let path = format!("/purchase-orders/{}/receive", id(&view));
    with_etag(client, "POST", &path, json!({})).await.expect(200);
    let bill = |number: &str, price: &str| {
        json!({
            "partyCode": "V001", "supplierNumber": number, "documentDate": "2026-03-20", "postingDate": "2026-03-20",
            "lines": [{ "orderId": view["id"], "orderLineNo": 1, "quantity": "1", "unitPrice": price }], "post": true,
        })
    };
    let refused = client.post("/purchase-invoices", bill("B-1", "51.00")).await.expect(422);
    assert_eq!(refused.errors(), [("/lines/0/unitPrice".to_owned(), "price_mismatch".to_owned())]);
    let mut reason = bill("B-1", "51.00");
    reason["acceptDifferenceReason"] = json!("Agreed by telephone");
    let permissions = [
        "purchase.purchase_invoice.create",
        "purchase.purchase_invoice.post",
        "purchase.purchase_invoice.read",
    ];
    let clerk = crate::parties::member(&world, &tenant, "clerk", &permissions).await;
    let refused = clerk.post("/purchase-invoices", reason.clone()).await;
    assert_eq!(refused.code(), "price_mismatch", "a reason alone is not enough: {}", refused.text());
    let accepted = posted(client, "/purchase-invoices", reason).await;
    assert_eq!(
        (totals(&accepted).as_str(), &accepted["reason"]),
        ("51.00 | 7.65 | 58.65", &json!("Agreed by telephone"))
    );
    let tolerant = json!({ "priceTolerancePercent": "2", "priceToleranceAmount": "0.50" });
    let profile = client.with_etag("PATCH", "/company-profile", "*", tolerant).await.expect(200).json();
    assert_eq!(
        (&profile["priceTolerancePercent"], &profile["priceToleranceAmount"]),
        (&json!("2"), &json!("0.50"))
    );
    posted(client, "/purchase-invoices", bill("B-2", "51.00")).await;
    let refused = client.post("/purchase-invoices", bill("B-3", "51.01")).await;
    assert_eq!(refused.code(), "price_mismatch");
    let negative = json!({ "priceToleranceAmount": "-1" });
    let refused = client.with_etag("PATCH", "/company-profile", "*", negative).await;
    assert_eq!(refused.code(), "tolerance_negative");
    let mut draft = bill("B-4", "60.00");
    draft["post"] = json!(false);
    posted(client, "/purchase-invoices", draft).await;
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn goods_that_are_stocked_are_not_received_without_a_warehouse() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let stock = json!({ "code": "P1", "name": { "en": "Paper" }, "kind": "stock", "categoryCode": "GOODS", "baseUnitCode": "PCE" });
    client.post("/items", stock).await.expect(201);
    let line = json!({ "itemCode": "P1", "quantity": "5", "unitPrice": "1.00", "taxCode": "P15" });
    let view = posted(client, "/purchase-orders", order(&[line])).await;
    let path = format!("/purchase-orders/{}", id(&view));
    let refused = with_etag(client, "POST", &format!("{path}/receive"), json!({})).await.expect(422);
    assert_eq!(refused.errors(), [("/lines/0/lineNo".to_owned(), "stock_not_available".to_owned())]);
    let closed = with_etag(client, "POST", &format!("{path}/close"), Value::Null).await.expect(200).json();
    assert_eq!(closed["status"], "closed");
    let refused = with_etag(client, "POST", &format!("{path}/receive"), json!({})).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
}

/// Goods that a supplier will not deliver are closed line by line.
#[tokio::test]
async fn lines_of_purchase_orders_are_closed() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let body = json!({
        "partyCode": "V001", "documentDate": "2026-03-10", "confirm": true,
        "lines": [line("5", "10.00", "P15"), line("7", "10.00", "P15")],
    });
    let order = posted(client, "/purchase-orders", body).await;
    let path = format!("/purchase-orders/{}", id(&order));
    with_etag(client, "POST", &format!("{path}/close-lines"), json!({ "lines": [2] })).await.expect(200);
    let received = with_etag(client, "POST", &format!("{path}/receive"), json!({})).await.ok();
    let progress = |line: usize| received["lines"][line]["progress"]["delivered"].clone();
    assert_eq!((progress(0), progress(1)), (json!("5"), json!("0")), "{received}");
    assert_eq!(received["receiptState"], "full");
    agree(client, "2026-12-31").await;
}
