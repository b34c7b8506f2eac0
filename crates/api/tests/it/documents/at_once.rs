//! Requests of several people at the same moment of which only one can succeed, on either engine. One open item, one credit
//! limit and one line that comes back are in `settlement`, `refused` and `notes`.

use futures::future::join_all;

use super::*;

const SEVERAL: usize = 4;

/// Exactly one is posted; the codes of all others.
fn once(answers: &[Answer]) -> Vec<String> {
    let (done, others): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status.is_success());
    assert_eq!(done.len(), 1, "{:?}", answers.iter().map(Answer::text).collect::<Vec<_>>());
    others
        .iter()
        .map(|answer| answer.errors().first().map_or_else(|| answer.code(), |(_, code)| code.clone()))
        .collect()
}

async fn count(client: &Client, path: &str) -> Value {
    client.get(&format!("{path}?status=posted&count=exact")).await.ok()["total"].clone()
}

/// Numbers have no gaps, and everything agrees.
async fn whole(client: &Client, path: &str) {
    let list = client.get(&format!("{path}?status[in]=posted,reversed&limit=100&sort=number")).await.ok();
    for (index, document) in list["items"].as_array().unwrap().iter().enumerate() {
        assert!(text(&document["number"]).ends_with(&format!("-{:06}", index + 1)), "a gap: {list}");
    }
    agree(client, "2026-12-31").await;
}

/// One number of a supplier, however it is written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suppliers_number_is_taken_once() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let bill = |n: usize| {
        let number = ["INV-0012", "inv 0012", "INV/0012", "00INV_0012"][n];
        let body = json!({
            "partyCode": "V001", "supplierNumber": number, "documentDate": "2026-03-10", "postingDate": "2026-03-12",
            "lines": [line("1", "10.00", "P15")], "post": true,
        });
        client.post("/purchase-invoices", body)
    };
    let codes = once(&join_all((0..SEVERAL).map(bill)).await);
    assert!(codes.iter().all(|code| code == "supplier_invoice_exists"), "{codes:?}");
    assert_eq!(count(client, "/purchase-invoices").await, 1);
    whole(client, "/purchase-invoices").await;
}

/// A prepayment is deducted once, and its last riyal with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prepayment_is_deducted_once() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut advance = invoice("2026-03-01", &[line("1", "1000.00", "S15")]);
    advance["kind"] = json!("prepayment");
    let advance = posted(client, "/sales-invoices", advance).await;
    let mut body = invoice("2026-03-20", &[line("1", "1500.00", "S15")]);
    body["prepayments"] = json!([{ "invoiceId": advance["id"], "net": "600.00" }]);
    let codes = once(&join_all((0..SEVERAL).map(|_| client.post("/sales-invoices", body.clone()))).await);
    let told = |code: &String| ["prepayment_exceeded", "nothing_left_to_credit"].contains(&code.as_str());
    assert!(codes.iter().all(told), "{codes:?}");
    body["prepayments"][0].as_object_mut().unwrap().remove("net");
    let rest = posted(client, "/sales-invoices", body).await;
    assert_eq!(rest["totals"]["prepaid"], "460.00", "what the one left: 400.00 and its VAT");
    whole(client, "/sales-invoices").await;
}

/// Two cashiers are paid the same invoice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invoice_is_paid_once() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let sold = posted(client, "/sales-invoices", invoice("2026-03-01", &[line("1", "1000.00", "S15")])).await;
    let body = json!({
        "partyCode": "C001", "documentDate": "2026-03-20", "amount": "1150.00", "post": true,
        "allocations": [{ "documentId": sold["id"], "amount": "1150.00" }],
    });
    let codes = once(&join_all((0..SEVERAL).map(|_| client.post("/receipts", body.clone()))).await);
    assert!(codes.iter().all(|code| code == "allocation_exceeds_open"), "{codes:?}");
    let paid = client.get(&format!("/sales-invoices/{}", id(&sold))).await.ok();
    assert_eq!((&paid["paymentState"], &paid["openAmount"]), (&json!("paid"), &json!("0.00")));
    assert_eq!(count(client, "/receipts").await, 1);
    whole(client, "/receipts").await;
}

/// One draft, posted by several; then one invoice, cancelled by several.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_is_posted_once_and_an_invoice_cancelled_once() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut body = invoice("2026-03-15", &[line("3", "33.33", "S15")]);
    body["post"] = json!(false);
    let draft = posted(client, "/sales-invoices", body).await;
    let path = format!("/sales-invoices/{}", id(&draft));
    let post = format!("{path}/post");
    let codes = once(&join_all((0..SEVERAL).map(|_| with_etag(client, "POST", &post, Value::Null))).await);
    assert!(codes.iter().all(|code| code == "document_not_draft"), "{codes:?}");
    let cancel = format!("{path}/cancel");
    let why = json!({ "reason": "Ordered by mistake", "date": "2026-03-25" });
    let codes = once(&join_all((0..SEVERAL).map(|_| with_etag(client, "POST", &cancel, why.clone()))).await);
    assert!(codes.iter().all(|code| code == "nothing_left_to_credit"), "{codes:?}");
    assert_eq!(client.get("/open-items?settledOn[isNull]=true").await.ok()["items"], json!([]));
    whole(client, "/sales-invoices").await;
}

/// Several lines come back in one note, and that once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_are_credited_once() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let lines = [line("3", "10.00", "S15"), line("3", "20.00", "S15"), line("3", "5.00", "Z-MED")];
    let sold = posted(client, "/sales-invoices", invoice("2026-03-15", &lines)).await;
    let back: Vec<_> = (1..=3).map(|n| json!({ "correctsLineNo": n, "quantity": "2" })).collect();
    let body = json!({
        "correctsId": sold["id"], "reason": "Returned", "documentDate": "2026-03-20", "lines": back, "post": true,
    });
    let codes = once(&join_all((0..SEVERAL).map(|_| client.post("/sales-credit-notes", body.clone()))).await);
    let told = ["note_quantity_exceeds_document", "credit_exceeds_document", "nothing_left_to_credit"];
    assert!(codes.iter().all(|code| told.contains(&code.as_str())), "{codes:?}");
    let cancel = format!("/sales-invoices/{}/cancel", id(&sold));
    let rest = with_etag(client, "POST", &cancel, json!({ "reason": "The rest" })).await.expect(201).json();
    assert_eq!(totals(&rest), "35.00 | 4.50 | 39.50", "one of each line was left");
    whole(client, "/sales-credit-notes").await;
}
