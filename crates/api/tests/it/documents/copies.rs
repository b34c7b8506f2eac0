//! Copies: they say what the original says, and do nothing to its order.

use super::*;

#[tokio::test]
async fn a_copied_invoice_names_no_order_and_moves_none() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut ordered = line("10", "100.00", "S15");
    ordered["discountPercent"] = json!("5");
    let order = json!({ "partyCode": "C001", "documentDate": "2026-03-10", "lines": [ordered, line("1", "7", "Z-MED")], "confirm": true });
    let order = posted(client, "/sales-orders", order).await;
    let path = format!("/sales-orders/{}", id(&order));
    let part =
        json!({ "lines": [{ "lineNo": 1, "quantity": "4" }], "documentDate": "2026-03-15", "post": true });
    let part = posted(client, &format!("{path}/invoice"), part).await;
    let rest = posted(client, &format!("{path}/invoice"), json!({ "post": true })).await;
    for invoice in [&part, &rest] {
        let copy = posted(client, &format!("/sales-invoices/{}/copy", id(invoice)), json!({})).await;
        assert_eq!(copy.get("orderId"), None, "{copy}");
        for (line, original) in
            copy["lines"].as_array().unwrap().iter().zip(invoice["lines"].as_array().unwrap())
        {
            assert_eq!((line.get("orderId"), line.get("orderLineNo")), (None, None), "{copy}");
            for same in
                ["description", "quantity", "unitPrice", "discountPercent", "taxCode", "accountId", "net"]
            {
                assert_eq!(line[same], original[same], "{same}: {copy}");
            }
        }
        let path = format!("/sales-invoices/{}", id(&copy));
        let copy = with_etag(client, "POST", &format!("{path}/post"), Value::Null).await.expect(200).json();
        assert_eq!(totals(&copy), totals(invoice), "an order that is full does not hold the copy");
        with_etag(client, "POST", &format!("{path}/cancel"), json!({ "reason": "Not needed" }))
            .await
            .expect(201);
    }
    let progress = &client.get(&path).await.ok()["lines"][0]["progress"];
    assert_eq!((&progress["invoiced"], &progress["credited"]), (&json!("10"), &json!("0")));
}

#[tokio::test]
async fn a_copied_bill_names_no_order_and_moves_none() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let order = json!({ "partyCode": "V001", "documentDate": "2026-03-10", "lines": [line("10", "50.00", "P15")], "confirm": true });
    let order = posted(client, "/purchase-orders", order).await;
    let path = format!("/purchase-orders/{}", id(&order));
    with_etag(client, "POST", &format!("{path}/receive"), json!({})).await.expect(200);
    let bill = json!({
        "partyCode": "V001", "supplierNumber": "B-1", "documentDate": "2026-03-20", "postingDate": "2026-03-20",
        "lines": [{ "orderId": order["id"], "orderLineNo": 1, "quantity": "6" }], "post": true,
    });
    let bill = posted(client, "/purchase-invoices", bill).await;
    let copy = posted(client, &format!("/purchase-invoices/{}/copy", id(&bill)), json!({})).await;
    assert_eq!((&copy["lines"][0]["unitPrice"], copy["lines"][0].get("orderId")), (&json!("50"), None));
    let own = format!("/purchase-invoices/{}", id(&copy));
    with_etag(client, "PATCH", &own, json!({ "supplierNumber": "B-2" })).await.expect(200);
    with_etag(client, "POST", &format!("{own}/post"), Value::Null).await.expect(200);
    assert_eq!(client.get(&path).await.ok()["lines"][0]["progress"]["invoiced"], "6");
}
