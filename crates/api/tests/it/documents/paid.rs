//! `sales_invoice.paid` and `purchase_invoice.paid`: one event for each time that nothing is open any more, whatever settled it
//! (R122).

use super::discounts::{open_items, receipt, state};
use super::*;

/// The ids of invoices that the feed calls paid, oldest first.
async fn paid(client: &Client, event: &str) -> Vec<String> {
    let feed = client.get("/events?limit=1000").await.ok();
    let feed = feed["items"].as_array().unwrap();
    let of_type = feed.iter().filter(|one| one["type"] == event);
    of_type
        .map(|one| {
            let data = &one["data"];
            assert_eq!(
                (&data["paymentState"], &data["openAmount"]),
                (&json!("paid"), &json!("0.00")),
                "{one}"
            );
            text(&data["id"]).to_owned()
        })
        .collect()
}

async fn sold(client: &Client, date: &str) -> Value {
    posted(client, "/sales-invoices", invoice(date, &[line("1", "1000.00", "S15")])).await
}

fn receives(invoice: &Value, amount: &str) -> Value {
    receipt("2026-03-20", amount, json!({ "documentId": invoice["id"] }))
}

/// Two parts make one event, an undo makes none of its own, and paying again makes another one.
#[tokio::test]
async fn an_invoice_is_paid_once_for_each_time_that_nothing_is_open() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let sold = sold(client, "2026-03-01").await;
    assert!(paid(client, "sales_invoice.paid").await.is_empty(), "posted and open");
    posted(client, "/receipts", receives(&sold, "150.00")).await;
    assert!(paid(client, "sales_invoice.paid").await.is_empty(), "paid in part");
    posted(client, "/receipts", receives(&sold, "1000.00")).await;
    assert_eq!(paid(client, "sales_invoice.paid").await, [id(&sold)]);
    // Open again: `allocation.undone` says so.
    let item = open_items(client, &sold).await[0]["id"].clone();
    let list = client.get(&format!("/allocations?debitItemId={}", text(&item))).await.ok();
    let undo = format!("/allocations/{}/undo", id(&list["items"][0]));
    client.post(&undo, json!({ "reason": "Bounced" })).await.ok();
    assert_ne!(state(client, "/sales-invoices", &sold).await, "paid");
    assert_eq!(paid(client, "sales_invoice.paid").await.len(), 1);
    let open = client.get("/open-items?party=C001&settledOn[isNull]=true").await.ok();
    let credit = open["items"].as_array().unwrap().iter().find(|item| item["side"] == "credit").unwrap();
    let pair = json!({ "debitItemId": item, "creditItemId": credit["id"] });
    client.post("/allocations", json!({ "date": "2026-03-25", "pairs": [pair] })).await.ok();
    assert_eq!(paid(client, "sales_invoice.paid").await, [id(&sold), id(&sold)]);
    // A dry run tells nobody.
    let other = posted(client, "/sales-invoices", invoice("2026-03-02", &[line("1", "10.00", "S15")])).await;
    client.post("/receipts?dryRun=true", receives(&other, "11.50")).await.expect(200);
    assert_eq!(paid(client, "sales_invoice.paid").await.len(), 2);
    agree(client, "2026-12-31").await;
}

/// Instalments: the last of them is what counts.
#[tokio::test]
async fn instalments_are_one_invoice() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let terms = json!({ "code": "HALF", "name": { "en": "Halves" }, "lines": [
        { "percent": "50", "dueDays": 0 }, { "percent": "50", "dueDays": 30 },
    ] });
    client.post("/payment-terms", terms).await.expect(201);
    let mut body = invoice("2026-03-01", &[line("1", "1000.00", "S15")]);
    body["paymentTermCode"] = json!("HALF");
    let sold = posted(client, "/sales-invoices", body).await;
    posted(client, "/receipts", receives(&sold, "575.00")).await;
    assert!(paid(client, "sales_invoice.paid").await.is_empty());
    posted(client, "/receipts", receives(&sold, "575.00")).await;
    assert_eq!(paid(client, "sales_invoice.paid").await, [id(&sold)]);
}

#[tokio::test]
async fn prepayments_notes_write_offs_and_money_at_once_pay_as_well() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut expected = Vec::new();
    // Money at once, for a prepayment, which then pays the whole invoice.
    let mut advance = invoice("2026-03-01", &[line("1", "1000.00", "S15")]);
    advance["kind"] = json!("prepayment");
    advance["payment"] = json!({ "method": "cash" });
    let advance = posted(client, "/sales-invoices", advance).await;
    expected.push(id(&advance).to_owned());
    let mut whole = invoice("2026-03-10", &[line("1", "1000.00", "S15")]);
    whole["prepayments"] = json!([{ "invoiceId": advance["id"] }]);
    let whole = posted(client, "/sales-invoices", whole).await;
    assert_eq!(whole["paymentState"], "paid");
    expected.push(id(&whole).to_owned());
    // A cancellation: the credit note settles it.
    let cancelled = sold(client, "2026-03-11").await;
    let cancel = format!("/sales-invoices/{}/cancel", id(&cancelled));
    with_etag(client, "POST", &cancel, json!({ "reason": "x", "date": "2026-03-12" })).await.expect(201);
    expected.push(id(&cancelled).to_owned());
    // An invoice that nobody will pay.
    let lost = sold(client, "2026-03-13").await;
    let items = [open_items(client, &lost).await[0]["id"].clone()];
    let write_off = json!({ "openItemIds": items, "date": "2026-03-20", "reason": "Insolvent" });
    client.post("/write-offs", write_off).await.expect(201);
    expected.push(id(&lost).to_owned());
    assert_eq!(paid(client, "sales_invoice.paid").await, expected);
    agree(client, "2026-12-31").await;
}

/// A bill that is paid, and one that is reversed: that is no payment.
#[tokio::test]
async fn bills_are_paid_and_a_reversal_is_no_payment() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let bill = |number: &str| {
        json!({
            "partyCode": "V001", "supplierNumber": number, "documentDate": "2026-03-10", "postingDate": "2026-03-12",
            "lines": [line("1", "10.00", "P15")], "post": true,
        })
    };
    let one = posted(client, "/purchase-invoices", bill("1")).await;
    let two = posted(client, "/purchase-invoices", bill("2")).await;
    let pays = json!({
        "partyCode": "V001", "documentDate": "2026-03-20", "amount": "11.50", "post": true,
        "allocations": [{ "documentId": one["id"] }],
    });
    posted(client, "/payments", pays).await;
    let reverse = format!("/purchase-invoices/{}/reverse", id(&two));
    with_etag(client, "POST", &reverse, json!({ "reason": "Entered twice" })).await.expect(200);
    assert_eq!(paid(client, "purchase_invoice.paid").await, [id(&one)]);
    assert!(paid(client, "sales_invoice.paid").await.is_empty());
    agree(client, "2026-12-31").await;
}
