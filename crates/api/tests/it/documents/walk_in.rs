//! Customers without a name pay the whole invoice at once.

use super::*;

#[tokio::test]
async fn customers_without_a_name_pay_in_full_and_get_change() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let party = json!({ "code": "C-9999", "name": { "en": "Walk-in" }, "kind": "person", "customer": {}, "anonymous": true });
    client.post("/parties", party).await.expect(201);
    let sale = |payment: Value| {
        let mut body = invoice("2026-03-15", &[line("1", "10.00", "S15")]);
        (body["partyCode"], body["payment"]) = (json!("C-9999"), payment);
        body
    };
    let refused = client.post("/sales-invoices", sale(Value::Null)).await.expect(422);
    assert_eq!(refused.errors(), [("/payment".to_owned(), "payment_required".to_owned())]);
    let less = client
        .post("/sales-invoices", sale(json!({ "method": "cash", "amount": "11.49" })))
        .await
        .expect(422);
    assert_eq!(less.errors(), [("/payment/amount".to_owned(), "payment_required".to_owned())]);
    assert!(less.text().contains("11.50 SAR"), "{}", less.text());
    let sold = posted(client, "/sales-invoices", sale(json!({ "method": "cash", "amount": "20.00" }))).await;
    assert_eq!((&sold["paymentState"], &sold["openAmount"]), (&json!("paid"), &json!("0.00")));
    assert_eq!(sold["warnings"][0]["code"], "change_given", "{sold}");
    let money = client.get(&format!("/receipts/{}", id(&sold["created"][0]))).await.ok();
    assert_eq!((&money["totals"]["total"], &money["openAmount"]), (&json!("11.50"), &json!("0.00")));
    posted(client, "/sales-invoices", sale(json!({ "method": "card" }))).await;
    let open = client.get("/open-items?party=C-9999&settledOn[isNull]=true").await.ok();
    assert_eq!(open["items"], json!([]), "{open}");
    // Who has a name may pay a part, and more than the whole is his advance.
    let mut named = sale(json!({ "method": "cash", "amount": "20.00" }));
    named["partyCode"] = json!("C001");
    let named = posted(client, "/sales-invoices", named).await;
    let money = client.get(&format!("/receipts/{}", id(&named["created"][0]))).await.ok();
    assert_eq!(money["openAmount"], "8.50");
    agree(client, "2026-12-31").await;
}
