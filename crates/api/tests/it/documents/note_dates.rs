//! Notes are not dated before what they correct.

use super::*;

fn error(pointer: &str) -> (String, String) {
    (pointer.to_owned(), "note_before_document".to_owned())
}

#[tokio::test]
async fn sales_notes_and_cancellations_are_not_dated_before_the_invoice() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let sold = posted(client, "/sales-invoices", invoice("2026-03-15", &[line("1", "100.00", "S15")])).await;
    for path in ["/sales-credit-notes", "/sales-debit-notes"] {
        let note = |date: &str, posting: &str| {
            json!({
                "correctsId": sold["id"], "reason": "x", "documentDate": date, "postingDate": posting,
                "lines": [line("1", "10.00", "S15")], "post": true,
            })
        };
        let mut early = note("2026-03-14", "2026-03-14");
        if path == "/sales-credit-notes" {
            early["kind"] = json!("price");
        }
        let refused = client.post(path, early.clone()).await.expect(422);
        assert_eq!(refused.errors(), [error("/documentDate"), error("/postingDate")], "{path}");
        (early["documentDate"], early["postingDate"]) = (json!("2026-03-15"), json!("2026-03-14"));
        assert_eq!(client.post(path, early.clone()).await.expect(422).errors(), [error("/postingDate")]);
        (early["postingDate"], early["taxDate"]) = (json!("2026-03-15"), json!("2026-03-01"));
        assert_eq!(client.post(path, early.clone()).await.expect(422).errors(), [error("/taxDate")]);
        early["taxDate"] = Value::Null;
        client.post(path, early).await.expect(201);
    }
    let cancel = format!("/sales-invoices/{}/cancel", id(&sold));
    let early = json!({ "reason": "x", "date": "2026-03-14" });
    let refused = with_etag(client, "POST", &cancel, early.clone()).await.expect(422);
    assert_eq!(refused.errors(), [error("/date")], "{}", refused.text());
    let headers = ["Accept-Language: ar", "Content-Type: application/json", "If-Match: *"];
    let arabic = client.call("POST", &cancel, &headers, early.to_string()).await;
    assert!(arabic.text().contains("ولا يسبقه تاريخ الإشعار"), "{}", arabic.text());
    with_etag(client, "POST", &cancel, json!({ "reason": "x", "date": "2026-03-15" })).await.expect(201);
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn purchase_notes_and_notes_for_other_systems_are_not_dated_before() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let bill = json!({
        "partyCode": "V001", "supplierNumber": "B-1", "documentDate": "2026-03-10", "postingDate": "2026-03-12",
        "lines": [line("1", "100.00", "P15")], "post": true,
    });
    let bill = posted(client, "/purchase-invoices", bill).await;
    let note = |document: &str, posting: &str| {
        json!({
            "correctsId": bill["id"], "supplierNumber": "N-1", "reason": "x", "documentDate": document,
            "postingDate": posting, "post": true,
        })
    };
    let refused = client.post("/purchase-credit-notes", note("2026-03-09", "2026-03-11")).await.expect(422);
    assert_eq!(refused.errors(), [error("/documentDate"), error("/postingDate")]);
    // His note may bear a day before the one on which the bill was entered.
    client.post("/purchase-credit-notes", note("2026-03-11", "2026-03-12")).await.expect(201);
    let old = json!({
        "partyCode": "C001", "documentDate": "2026-03-20", "correctsNumber": "OLD-77", "correctsDate": "2026-03-21",
        "reason": "x", "kind": "rebate", "lines": [line("1", "10.00", "S15")], "post": true,
    });
    let refused = client.post("/sales-credit-notes", old).await.expect(422);
    assert_eq!(refused.errors(), [("/correctsDate".to_owned(), "corrected_date_late".to_owned())]);
}
