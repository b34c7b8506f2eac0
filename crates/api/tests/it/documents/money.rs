//! Money that came in and went out.

use super::*;

fn receipt(amount: &str, allocations: Value) -> Value {
    json!({ "partyCode": "C001", "documentDate": "2026-03-20", "amount": amount, "allocations": allocations, "post": true })
}

fn wrong_receipt() -> Value {
    json!({ "partyCode": "V001", "amount": "-1", "charges": "3.001", "currency": "XXX", "accountCode": "4110", "post": true })
}

#[tokio::test]
async fn a_receipt_pays_invoices_and_the_rest_is_an_advance() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let one = posted(client, "/sales-invoices", invoice("2026-03-01", &[line("1", "1000.00", "S15")])).await;
    let two = posted(client, "/sales-invoices", invoice("2026-03-02", &[line("1", "200.00", "S15")])).await;
    let allocations = json!([{ "documentId": one["id"] }, { "documentId": two["id"], "amount": "130.00" }]);
    let mut body = receipt("1500.00", allocations);
    body["charges"] = json!("15.00");
    let view = posted(client, "/receipts", body).await;
    assert_eq!(
        (&view["number"], &view["openAmount"], &view["paymentState"], &view["method"]),
        (&json!("RCT-2026-000001"), &json!("220.00"), &json!("partly_paid"), &json!("bank_transfer"))
    );
    let lines = entry(client, &view).await;
    assert_eq!(lines[0].1, "1485.00", "the bank keeps its charges: {lines:?}");
    assert!(
        lines.contains(&row("7210", "15.00", "0.00")) && lines.contains(&row("1121", "0.00", "1500.00")),
        "{lines:?}"
    );
    let state = async |view: &Value| {
        client.get(&format!("/sales-invoices/{}", id(view))).await.ok()["paymentState"].clone()
    };
    assert_eq!((state(&one).await, state(&two).await), (json!("paid"), json!("partly_paid")));
    agree(client, "2026-12-31").await;

    // A cheque that bounced: only with its allocations.
    let path = format!("/receipts/{}/reverse", id(&view));
    let refused = with_etag(client, "POST", &path, json!({ "reason": "Bounced" })).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code().as_str()),
        (409, "entry_has_allocations"),
        "{}",
        refused.text()
    );
    let body = json!({ "reason": "Bounced", "undoAllocations": true });
    let reversed = with_etag(client, "POST", &path, body).await.expect(200).json();
    assert_eq!(reversed["status"], "reversed");
    assert_eq!((state(&one).await, state(&two).await), (json!("open"), json!("open")));
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn a_payment_pays_bills_and_charges_come_on_top() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let bill = json!({
        "partyCode": "V001", "supplierNumber": "7", "documentDate": "2026-03-10", "postingDate": "2026-03-10",
        "lines": [line("1", "100.00", "P15")], "post": true,
    });
    let bill = posted(client, "/purchase-invoices", bill).await;
    let body = json!({
        "partyCode": "V001", "documentDate": "2026-03-20", "amount": "115.00", "charges": "5.75", "method": "cash",
        "allocations": [{ "documentId": bill["id"] }], "post": true,
    });
    let view = posted(client, "/payments", body).await;
    assert_eq!((&view["number"], &view["paymentState"]), (&json!("PAY-2026-000001"), &json!("paid")));
    let lines = entry(client, &view).await;
    assert_eq!(lines[0].2, "120.75", "{lines:?}");
    let journal = client.get(&format!("/journal-entries/{}", text(&view["journalEntryId"]))).await.ok();
    assert_eq!(journal["number"], "CJ-2026-000001", "money by cash is in the cash journal");
    agree(client, "2026-12-31").await;
}

/// P6: what another rate makes of a payment is a realised difference.
#[tokio::test]
async fn another_rate_makes_a_realised_difference() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut body = invoice("2026-03-01", &[line("1", "1000.00", "Z-EXP")]);
    (body["currency"], body["rate"]) = (json!("USD"), json!("3.75"));
    let sold = posted(client, "/sales-invoices", body).await;
    let mut body = receipt("1000.00", json!([{ "documentId": sold["id"] }]));
    (body["currency"], body["rate"]) = (json!("USD"), json!("3.76"));
    posted(client, "/receipts", body).await;
    let allocations = client.get("/allocations").await.ok();
    assert_eq!(allocations["items"][0]["exchangeDifference"], "10.00", "{allocations}");
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn a_draft_of_a_receipt_waits_and_wrong_ones_are_refused() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut body = receipt("10.00", json!([]));
    body["post"] = json!(false);
    let draft = posted(client, "/receipts", body).await;
    let path = format!("/receipts/{}", id(&draft));
    let changed = with_etag(client, "PATCH", &path, json!({ "amount": "12.00" })).await.expect(200).json();
    assert_eq!(changed["totals"]["total"], "12.00");
    let view = with_etag(client, "POST", &format!("{path}/post"), Value::Null).await.expect(200).json();
    assert_eq!((&view["status"], &view["openAmount"]), (&json!("posted"), &json!("12.00")));
    let refused = client.post("/receipts", wrong_receipt()).await.expect(422);
    let mut errors = refused.errors();
    errors.sort();
    let codes: Vec<&str> = errors.iter().map(|(_, code)| code.as_str()).collect();
    assert_eq!(
        codes,
        ["method_account_unfit", "amount_not_positive", "currency_unknown"],
        "{}",
        refused.text()
    );
    let mut nobody = wrong_receipt();
    nobody["partyCode"] = json!("NOBODY");
    let refused = client.post("/receipts", nobody).await.expect(422);
    let mut errors = refused.errors();
    errors.sort();
    let expected = [
        ("/accountCode", "method_account_unfit"),
        ("/amount", "amount_not_positive"),
        ("/currency", "currency_unknown"),
        ("/partyCode", "unknown_reference"),
    ];
    let expected = expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned()));
    assert_eq!(errors, expected, "a wrong party keeps nobody from hearing the rest: {}", refused.text());
    let more = receipt("10.00", json!([{ "openItemId": "0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11" }]));
    let refused = client.post("/receipts", more).await.expect(422);
    assert_eq!(refused.errors(), [("/allocations/0/openItemId".to_owned(), "unknown_reference".to_owned())]);
    let sold = posted(client, "/sales-invoices", invoice("2026-03-01", &[line("1", "100.00", "S15")])).await;
    let too_much = receipt("200.00", json!([{ "documentId": sold["id"], "amount": "150.00" }]));
    let refused = client.post("/receipts", too_much).await;
    assert_eq!(refused.code(), "allocation_exceeds_open", "{}", refused.text());
}

/// A bill that was paid in part, is free again and then reversed on its own day was settled before it was free: every day in
/// between has to come out.
#[tokio::test]
async fn a_bill_that_is_reversed_was_paid_for_a_while() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let bill = json!({
        "partyCode": "V001", "supplierNumber": "8", "documentDate": "2026-02-05", "postingDate": "2026-02-05",
        "lines": [line("1", "100.00", "P15")], "post": true,
    });
    let bill = posted(client, "/purchase-invoices", bill).await;
    let payment = json!({
        "partyCode": "V001", "documentDate": "2026-04-20", "amount": "40.00",
        "allocations": [{ "documentId": bill["id"] }], "post": true,
    });
    posted(client, "/payments", payment).await;
    let allocation = client.get("/allocations").await.ok()["items"][0].clone();
    let undo = json!({ "reason": "Another bill", "date": "2026-06-30" });
    client.post(&format!("/allocations/{}/undo", id(&allocation)), undo).await.ok();
    let path = format!("/purchase-invoices/{}/reverse", id(&bill));
    with_etag(client, "POST", &path, json!({ "reason": "Entered twice" })).await.expect(200);
    for day in ["2026-02-28", "2026-05-15", "2026-12-31"] {
        agree(client, day).await;
    }
}
