//! VAT of a bad debt and notes take VAT of an invoice back together, and never more than it had.

use super::*;

async fn with_short_relief() -> (World, TenantKit) {
    let (world, tenant) = company().await;
    let change = json!({ "badDebtMonths": 1 });
    tenant.client.with_etag("PATCH", "/company-profile", "*", change).await.expect(200);
    (world, tenant)
}

async fn written_off(client: &Client, invoice: &Value) -> Value {
    let body = json!({ "documentId": invoice["id"], "date": "2026-04-20", "reason": "Insolvent" });
    posted(client, "/write-offs", body).await
}

async fn relieved(client: &Client, debt: &Value) -> Answer {
    let body = json!({ "date": "2026-04-20", "customerInformedOn": "2026-04-20" });
    with_etag(client, "POST", &format!("/write-offs/{}/vat-relief", id(debt)), body).await
}

fn note(invoice: &Value, more: Value) -> Value {
    let mut body =
        json!({ "correctsId": invoice["id"], "reason": "x", "documentDate": "2026-04-25", "post": true });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// The sum of the VAT of all tax entries, in hundredths.
async fn vat(client: &Client) -> i64 {
    let taxes = client.get("/tax-entries?limit=100").await.ok();
    let hundredths = |entry: &Value| text(&entry["tax"]).replace('.', "").parse::<i64>().unwrap();
    taxes["items"].as_array().unwrap().iter().map(hundredths).sum()
}

/// Relief first: neither a note nor a cancellation takes the same VAT back; after the write-off is reversed they do.
#[tokio::test]
async fn what_a_relief_has_taken_is_not_credited_again() {
    let (_world, tenant) = with_short_relief().await;
    let client = &tenant.client;
    let sold = posted(client, "/sales-invoices", invoice("2026-03-01", &[line("1", "1000.00", "S15")])).await;
    let debt = written_off(client, &sold).await;
    let cancel = format!("/sales-invoices/{}/cancel", id(&sold));
    let body = json!({ "reason": "x", "date": "2026-04-25" });
    // The customer has paid nothing, so he gets no credit either, with or without the relief.
    let refused = with_etag(client, "POST", &cancel, body.clone()).await.expect(409);
    assert_eq!(refused.code(), "document_written_off");
    let whole = note(&sold, json!({ "kind": "price", "lines": [line("1", "1000.00", "S15")] }));
    let refused = client.post("/sales-credit-notes", whole.clone()).await.expect(409);
    assert_eq!(refused.code(), "document_written_off");
    relieved(client, &debt).await.expect(200);
    assert_eq!(vat(client).await, 0);
    let refused = client.post("/sales-credit-notes", whole.clone()).await.expect(422);
    assert_eq!(refused.code(), "credit_exceeds_document");
    let refused = with_etag(client, "POST", &cancel, body.clone()).await.expect(409);
    assert_eq!(refused.code(), "document_written_off");
    let headers = ["Accept-Language: ar", "Content-Type: application/json", "If-Match: *"];
    let arabic = client.call("POST", &cancel, &headers, body.to_string()).await;
    assert!(arabic.text().contains("اعكس الشطب أولًا"), "{}", arabic.text());
    assert_eq!(vat(client).await, 0);
    agree(client, "2026-12-31").await;
    let back = json!({ "reason": "Wrong", "date": "2026-04-22" });
    with_etag(client, "POST", &format!("/write-offs/{}/reverse", id(&debt)), back).await.expect(200);
    assert_eq!(vat(client).await, 15_000);
    with_etag(client, "POST", &cancel, body).await.expect(201);
    assert_eq!(vat(client).await, 0);
    agree(client, "2026-12-31").await;
}

/// Note first: only the VAT that it has left is relieved, of the groups that are still owed.
#[tokio::test]
async fn what_notes_have_credited_is_not_relieved() {
    let (_world, tenant) = with_short_relief().await;
    let client = &tenant.client;
    let lines = [line("2", "1000.00", "S15"), line("1", "1000.00", "Z-MED")];
    let sold = posted(client, "/sales-invoices", invoice("2026-03-01", &lines)).await;
    let back = json!({ "lines": [{ "correctsLineNo": 1, "quantity": "1" }, { "correctsLineNo": 2 }] });
    posted(client, "/sales-credit-notes", note(&sold, back)).await;
    assert_eq!(vat(client).await, 15_000);
    let body = json!({ "documentId": sold["id"], "date": "2026-04-25", "reason": "Insolvent" });
    let debt = posted(client, "/write-offs", body).await;
    assert_eq!(debt["amount"], "1150.00");
    let path = format!("/write-offs/{}/vat-relief", id(&debt));
    let body = json!({ "date": "2026-04-25", "customerInformedOn": "2026-04-20" });
    let relief = with_etag(client, "POST", &path, body).await.expect(200).json();
    assert_eq!(
        (&relief["vatRelief"]["base"], &relief["vatRelief"]["tax"]),
        (&json!("1000.00"), &json!("150.00"))
    );
    assert_eq!(vat(client).await, 0);
    agree(client, "2026-12-31").await;
}

/// Half was paid and half is relieved: the paid half may still come back, and no more.
#[tokio::test]
async fn the_paid_part_is_credited_beside_a_relief() {
    let (_world, tenant) = with_short_relief().await;
    let client = &tenant.client;
    let sold = posted(client, "/sales-invoices", invoice("2026-03-01", &[line("2", "1000.00", "S15")])).await;
    let money = json!({
        "partyCode": "C001", "documentDate": "2026-03-10", "amount": "1150.00",
        "allocations": [{ "documentId": sold["id"] }], "post": true,
    });
    posted(client, "/receipts", money).await;
    let debt = written_off(client, &sold).await;
    relieved(client, &debt).await.expect(200);
    assert_eq!(vat(client).await, 15_000);
    let more = note(&sold, json!({ "kind": "price", "lines": [line("1", "1000.01", "S15")] }));
    assert_eq!(client.post("/sales-credit-notes", more).await.expect(422).code(), "credit_exceeds_document");
    let half = note(&sold, json!({ "lines": [{ "correctsLineNo": 1, "quantity": "1" }] }));
    assert_eq!(posted(client, "/sales-credit-notes", half).await["openAmount"], "1150.00");
    assert_eq!(vat(client).await, 0);
    agree(client, "2026-12-31").await;
}
