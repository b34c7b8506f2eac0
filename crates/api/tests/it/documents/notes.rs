//! Notes: what they take back, and that it is never more than there was.

use super::*;

async fn credit(client: &Client, invoice: &Value, more: Value) -> Answer {
    let mut body = json!({ "correctsId": invoice["id"], "reason": "Returned", "documentDate": "2026-03-20", "post": true });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    client.post("/sales-credit-notes", body).await
}

/// T19: three lines of 0.10 with VAT of 0.05 that come back one by one.
#[tokio::test]
async fn notes_close_an_invoice_to_zero() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let lines = [line("1", "0.10", "S15"), line("1", "0.10", "S15"), line("1", "0.10", "S15")];
    let sold = posted(client, "/sales-invoices", invoice("2026-03-15", &lines)).await;
    assert_eq!(totals(&sold), "0.30 | 0.05 | 0.35");
    for (number, expected) in
        [(1, "0.10 | 0.02 | 0.12"), (2, "0.10 | 0.02 | 0.12"), (3, "0.10 | 0.01 | 0.11")]
    {
        let note = credit(client, &sold, json!({ "lines": [{ "correctsLineNo": number }] }))
            .await
            .expect(201)
            .json();
        assert_eq!(totals(&note), expected, "{note}");
        assert_eq!((&note["kind"], &note["correctsNumber"]), (&json!("return"), &sold["number"]));
    }
    let refused = credit(client, &sold, json!({})).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "nothing_left_to_credit"));
    let refused = credit(client, &sold, json!({ "lines": [{ "correctsLineNo": 1 }] })).await.expect(422);
    let codes: Vec<String> = refused.errors().into_iter().map(|(_, code)| code).collect();
    assert_eq!(codes, ["note_quantity_exceeds_document", "credit_exceeds_document"], "{}", refused.text());
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn a_return_is_posted_on_an_account_of_its_own_and_lowers_vat() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let sold = posted(client, "/sales-invoices", invoice("2026-03-15", &[line("10", "50.00", "S15")])).await;
    let note = credit(client, &sold, json!({ "lines": [{ "correctsLineNo": 1, "quantity": "4" }] }))
        .await
        .expect(201)
        .json();
    assert_eq!(
        (totals(&note).as_str(), &note["number"]),
        ("200.00 | 30.00 | 230.00", &json!("SCN-2026-000001"))
    );
    let expected =
        [row("1121", "0.00", "230.00"), row("4160", "200.00", "0.00"), row("2131", "30.00", "0.00")];
    assert_eq!(entry(client, &note).await, expected);
    let taxes = client.get(&format!("/tax-entries?sourceId={}", id(&note))).await.ok();
    assert_eq!(
        (&taxes["items"][0]["base"], &taxes["items"][0]["tax"]),
        (&json!("-200.00"), &json!("-30.00"))
    );
    let refused = credit(client, &sold, json!({ "lines": [{ "correctsLineNo": 1, "quantity": "7" }] }))
        .await
        .expect(422);
    assert!(
        refused
            .errors()
            .contains(&("/lines/0/quantity".to_owned(), "note_quantity_exceeds_document".to_owned())),
        "{}",
        refused.text()
    );
    let rebate = json!({ "kind": "rebate", "lines": [line("1", "100.00", "S15")] });
    credit(client, &sold, rebate.clone()).await.expect(201);
    let refused =
        credit(client, &sold, json!({ "kind": "rebate", "lines": [line("1", "200.01", "S15")] })).await;
    assert_eq!(refused.code(), "credit_exceeds_document", "{}", refused.text());
    let none = credit(client, &sold, json!({ "kind": "rebate" })).await.expect(422);
    assert_eq!(none.errors(), [("/lines".to_owned(), "note_lines_missing".to_owned())]);
    agree(client, "2026-12-31").await;
}

/// Discount and freight of the document come back with its last lines, to the halala.
#[tokio::test]
async fn a_cancelled_invoice_is_worth_nothing() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    for inclusive in [false, true] {
        let mut body = invoice(
            "2026-03-15",
            &[line("7", "19.99", "S15"), line("3", "45.10", "Z-MED"), line("1", "33.33", "E-FIN")],
        );
        body["discountPercent"] = json!("5");
        body["charges"] = json!([{ "description": "Freight", "amount": "25.00", "taxCode": "S15" }]);
        body["pricesIncludeVat"] = json!(inclusive);
        let sold = posted(client, "/sales-invoices", body).await;
        // One part first, so that rounding has something to leave over.
        let part = json!({ "lines": [{ "correctsLineNo": 1, "quantity": "2" }] });
        credit(client, &sold, part).await.expect(201);
        let path = format!("/sales-invoices/{}/cancel", id(&sold));
        let note =
            with_etag(client, "POST", &path, json!({ "reason": "Ordered by mistake", "date": "2026-03-25" }))
                .await;
        let note = note.expect(201).json();
        assert_eq!((&note["kind"], &note["type"]), (&json!("cancellation"), &json!("sales_credit_note")));
        assert_eq!((&note["paymentState"], &note["openAmount"]), (&json!("paid"), &json!("0.00")));
        let taxes = client.get("/tax-entries?limit=100").await.ok();
        let sum = |name: &str| -> i64 {
            let hundredths = |value: &Value| text(value).replace('.', "").parse::<i64>().unwrap();
            taxes["items"].as_array().unwrap().iter().map(|tax| hundredths(&tax[name])).sum()
        };
        assert_eq!((sum("base"), sum("tax")), (0, 0), "inclusive {inclusive}: {taxes}");
        let again = with_etag(client, "POST", &path, json!({ "reason": "Twice" })).await;
        assert_eq!(again.code(), "nothing_left_to_credit", "{}", again.text());
    }
    let open = client.get("/open-items?settledOn[isNull]=true").await.ok();
    let sum: i64 = open["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            let amount = text(&item["openAmount"]).replace('.', "").parse::<i64>().unwrap();
            if item["side"] == "debit" { amount } else { -amount }
        })
        .sum();
    assert_eq!(sum, 0, "{open}");
    agree(client, "2026-12-31").await;
}

/// The money of a paid invoice stays where it was when the invoice is cancelled, or is free again.
#[tokio::test]
async fn a_paid_invoice_is_cancelled_with_or_without_its_allocations() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    for (undo, note_open, receipt_open) in [(false, "115.00", "0.00"), (true, "0.00", "115.00")] {
        let sold =
            posted(client, "/sales-invoices", invoice("2026-03-15", &[line("1", "100.00", "S15")])).await;
        let money = json!({
            "partyCode": "C001", "documentDate": "2026-03-16", "amount": "115.00",
            "allocations": [{ "documentId": sold["id"] }], "post": true,
        });
        let money = posted(client, "/receipts", money).await;
        let path = format!("/sales-invoices/{}/cancel", id(&sold));
        let body = json!({ "reason": "Ordered by mistake", "date": "2026-03-25", "undoAllocations": undo });
        let note = with_etag(client, "POST", &path, body).await.expect(201).json();
        assert_eq!(note["openAmount"], note_open, "undo {undo}: {note}");
        let money = client.get(&format!("/receipts/{}", id(&money))).await.ok();
        assert_eq!(money["openAmount"], receipt_open, "undo {undo}: {money}");
        let sold = client.get(&format!("/sales-invoices/{}", id(&sold))).await.ok();
        assert_eq!(sold["openAmount"], "0.00", "undo {undo}: {sold}");
        agree(client, "2026-12-31").await;
    }
}

/// T20: the rate of a note is that of what it corrects, in another system, too.
#[tokio::test]
async fn a_note_for_an_old_supply_has_the_old_rate() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let body = json!({
        "partyCode": "C001", "documentDate": "2026-03-20", "correctsNumber": "OLD-77", "correctsDate": "2019-11-30",
        "reason": "Defect", "kind": "rebate", "lines": [line("1", "2000.00", "S15")], "post": true,
    });
    let note = posted(client, "/sales-credit-notes", body.clone()).await;
    assert_eq!(
        (totals(&note).as_str(), &note["correctsNumber"]),
        ("2000.00 | 100.00 | 2100.00", &json!("OLD-77"))
    );
    let mut unnamed = body;
    unnamed.as_object_mut().unwrap().remove("correctsDate");
    let refused = client.post("/sales-credit-notes", unnamed).await.expect(422);
    assert_eq!(refused.errors(), [("/correctsId".to_owned(), "corrected_missing".to_owned())]);
}

/// Two clerks credit the same line at once: exactly what there is comes back.
#[tokio::test]
async fn two_clerks_never_credit_more_than_there_is() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let sold = posted(client, "/sales-invoices", invoice("2026-03-15", &[line("3", "10.00", "S15")])).await;
    let one = || credit(client, &sold, json!({ "lines": [{ "correctsLineNo": 1, "quantity": "2" }] }));
    let (first, second) = tokio::join!(one(), one());
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 201, "{} {}", first.text(), second.text());
    assert!(statuses[1] == 422 || statuses[1] == 409, "{statuses:?}");
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn a_debit_note_asks_for_more() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let sold = posted(client, "/sales-invoices", invoice("2026-03-15", &[line("1", "100.00", "S15")])).await;
    let body = json!({
        "correctsId": sold["id"], "reason": "Too cheap", "documentDate": "2026-03-16", "lines": [line("1", "20.00", "S15")], "post": true,
    });
    let note = posted(client, "/sales-debit-notes", body).await;
    assert_eq!((totals(&note).as_str(), &note["partyCode"]), ("20.00 | 3.00 | 23.00", &json!("C001")));
    assert_eq!(entry(client, &note).await[0], row("1121", "23.00", "0.00"));
}
