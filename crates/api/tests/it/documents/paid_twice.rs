//! An allocation that is asked for and would settle nothing is refused: nobody means an advance by it.

use super::discounts::receipt;
use super::*;

async fn bill(client: &Client, number: &str) -> Value {
    let bill = json!({
        "partyCode": "V001", "supplierNumber": number, "documentDate": "2026-03-10", "postingDate": "2026-03-10",
        "lines": [line("1", "100.00", "P15")], "post": true,
    });
    posted(client, "/purchase-invoices", bill).await
}

fn pays(party: &str, allocations: Value) -> Value {
    json!({ "partyCode": party, "documentDate": "2026-03-20", "amount": "115.00", "allocations": allocations, "post": true })
}

fn error(pointer: &str, code: &str) -> Vec<(String, String)> {
    vec![(pointer.to_owned(), code.to_owned())]
}

#[tokio::test]
async fn a_bill_is_not_paid_twice() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let owed = bill(client, "B-1").await;
    let whole = json!([{ "documentId": owed["id"] }]);
    let paid = posted(client, "/payments", pays("V001", whole.clone())).await;
    // The answer and the payment say what was paid.
    let allocation = &paid["allocations"][0];
    assert_eq!(
        (
            &allocation["documentId"],
            &allocation["number"],
            &allocation["amount"],
            &allocation["documentType"]
        ),
        (&owed["id"], &owed["number"], &json!("115.00"), &json!("purchase_invoice"))
    );
    let again = client.get(&format!("/payments/{}", id(&paid))).await.ok();
    assert_eq!(again["allocations"], paid["allocations"]);
    let refused = client.post("/payments", pays("V001", whole.clone())).await.expect(409);
    assert_eq!(refused.errors(), error("/allocations/0", "allocation_nothing_open"));
    assert!(refused.text().contains(text(&owed["number"])), "{}", refused.text());
    let headers = ["Accept-Language: ar", "Content-Type: application/json"];
    let arabic = client.call("POST", "/payments", &headers, pays("V001", whole.clone()).to_string()).await;
    assert!(arabic.text().contains("لا شيء من"), "{}", arabic.text());
    // A draft is refused when it is posted.
    let mut draft = pays("V001", whole.clone());
    draft["post"] = json!(false);
    let draft = posted(client, "/payments", draft).await;
    let late = with_etag(client, "POST", &format!("/payments/{}/post", id(&draft)), Value::Null).await;
    assert_eq!(late.code(), "allocation_nothing_open", "{}", late.text());
    // By the open item it is the same.
    let items = client.get(&format!("/open-items?documentId={}", id(&owed))).await.ok();
    assert_eq!(items["items"][0]["documentNumber"], owed["number"]);
    let item = json!([{ "openItemId": items["items"][0]["id"] }]);
    let refused = client.post("/payments", pays("V001", item)).await.expect(409);
    assert_eq!(refused.errors(), error("/allocations/0", "allocation_nothing_open"));
    let numbers = client.get("/payments?status=posted").await.ok();
    assert_eq!(numbers["items"].as_array().unwrap().len(), 1, "no money went out twice");
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn the_party_is_checked_first_and_a_document_is_named_once() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let other = json!({ "code": "V002", "name": { "en": "Ink" }, "kind": "company", "supplier": {} });
    client.post("/parties", other).await.expect(201);
    let (one, two) = (bill(client, "B-1").await, bill(client, "B-2").await);
    posted(client, "/payments", pays("V001", json!([{ "documentId": one["id"] }]))).await;
    let refused =
        client.post("/payments", pays("V002", json!([{ "documentId": one["id"] }]))).await.expect(422);
    assert_eq!(refused.errors(), error("/allocations/0", "allocation_parties_differ"));
    let twice = json!([{ "documentId": two["id"], "amount": "50.00" }, { "documentId": two["id"] }]);
    let refused = client.post("/payments", pays("V001", twice)).await.expect(422);
    assert_eq!(refused.errors(), error("/allocations/1", "allocation_named_twice"));
    let three = bill(client, "B-3").await;
    let both = json!([{ "documentId": two["id"] }, { "documentId": three["id"] }]);
    let refused = client.post("/payments", pays("V001", both)).await.expect(422);
    assert_eq!(refused.errors(), error("/allocations/1", "allocation_no_money_left"));
}

/// Drafts and orders exist, and the message says so.
#[tokio::test]
async fn only_posted_documents_are_paid() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut draft = invoice("2026-03-01", &[line("1", "100.00", "S15")]);
    draft["post"] = json!(false);
    let draft = posted(client, "/sales-invoices", draft).await;
    let refused =
        client.post("/receipts", receipt("2026-03-20", "10.00", json!({ "documentId": draft["id"] }))).await;
    let refused = refused.expect(409);
    assert_eq!(refused.errors(), error("/allocations/0/documentId", "allocation_not_posted"));
    let order = json!({ "partyCode": "C001", "lines": [line("1", "100.00", "S15")], "confirm": true });
    let order = posted(client, "/sales-orders", order).await;
    let refused =
        client.post("/receipts", receipt("2026-03-20", "10.00", json!({ "documentId": order["id"] }))).await;
    assert_eq!(refused.expect(422).errors(), error("/allocations/0/documentId", "allocation_not_payable"));
}

/// Six clerks at once: the money goes out once.
#[tokio::test]
async fn six_clerks_pay_a_bill_once() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let owed = bill(client, "B-1").await;
    let pay = || client.post("/payments", pays("V001", json!([{ "documentId": owed["id"] }])));
    let (a, b, c, d, e, f) = tokio::join!(pay(), pay(), pay(), pay(), pay(), pay());
    let mut statuses: Vec<_> = [a, b, c, d, e, f].iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409]);
    agree(client, "2026-12-31").await;
}

/// A prepayment invoice is deducted once, and the message says what is wrong.
#[tokio::test]
async fn prepayments_say_why_they_are_not_deducted() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut advance = invoice("2026-03-01", &[line("1", "900.00", "S15")]);
    advance["kind"] = json!("prepayment");
    let advance = posted(client, "/sales-invoices", advance).await;
    let last = |lines: &[Value], count: usize| {
        let mut body = invoice("2026-03-10", lines);
        body["prepayments"] = json!(vec![json!({ "invoiceId": advance["id"] }); count]);
        body
    };
    let taxed = [line("1", "1000.00", "S15")];
    let refused = client.post("/sales-invoices", last(&taxed, 2)).await.expect(422);
    assert_eq!(refused.errors(), error("/prepayments/1", "prepayment_named_twice"));
    let refused = client.post("/sales-invoices", last(&[line("1", "1000.00", "Z-MED")], 1)).await.expect(422);
    assert_eq!(refused.errors(), error("/prepayments/0", "prepayment_group_missing"));
    posted(client, "/sales-invoices", last(&taxed, 1)).await;
    let refused = client.post("/sales-invoices", last(&taxed, 1)).await.expect(422);
    assert_eq!(refused.errors(), error("/prepayments/0", "prepayment_used_up"));
}
