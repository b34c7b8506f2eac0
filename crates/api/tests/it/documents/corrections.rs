//! Notes of notes, and notes that name what they correct by number (R65).

use super::*;

fn note(original: &Value, more: &Value) -> Value {
    let mut body = json!({ "correctsId": original["id"], "reason": "Wrong", "documentDate": "2026-03-20", "post": true });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

async fn sold(client: &Client) -> Value {
    posted(client, "/sales-invoices", invoice("2026-03-15", &[line("3", "100.00", "S15")])).await
}

/// A number of the company's own is no number of another system, under which nothing keeps a note within what there is.
#[tokio::test]
async fn a_note_names_documents_of_the_company_by_their_ids() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let sold = sold(client).await;
    let by_number = |number: &Value, date: &str| {
        json!({
            "partyCode": "C001", "correctsNumber": number, "correctsDate": date, "kind": "return", "reason": "x",
            "documentDate": "2026-03-20", "lines": [line("1", "100.00", "S15")], "post": true,
        })
    };
    let lower = json!(text(&sold["number"]).to_lowercase());
    for (number, date) in
        [(&sold["number"], "2026-03-15"), (&sold["number"], "2019-12-01"), (&lower, "2026-03-15")]
    {
        let refused = client.post("/sales-credit-notes", by_number(number, date)).await.expect(422);
        let expected = ("/correctsNumber".to_owned(), "corrected_is_own".to_owned());
        assert_eq!(refused.errors(), [expected], "{}", refused.text());
        assert!(refused.text().contains(id(&sold)), "{}", refused.text());
    }
    let refused =
        client.post("/sales-credit-notes", by_number(&json!("OLD-1"), "2026-03-21")).await.expect(422);
    assert_eq!(refused.errors(), [("/correctsDate".to_owned(), "corrected_date_late".to_owned())]);
    posted(client, "/sales-credit-notes", by_number(&json!("OLD-1"), "2026-03-20")).await;

    let bill = json!({
        "partyCode": "V001", "documentDate": "2026-03-15", "postingDate": "2026-03-15", "supplierNumber": "INV-0012/26",
        "lines": [line("1", "100.00", "P15")], "post": true,
    });
    let bill = posted(client, "/purchase-invoices", bill).await;
    for number in [bill["number"].clone(), json!("inv 0012-26")] {
        let note = json!({
            "partyCode": "V001", "correctsNumber": number, "correctsDate": "2026-03-15", "kind": "return", "reason": "x",
            "supplierNumber": "CR-1", "documentDate": "2026-03-20", "postingDate": "2026-03-20",
            "lines": [line("1", "100.00", "P15")], "post": true,
        });
        let refused = client.post("/purchase-credit-notes", note).await.expect(422);
        let expected = ("/correctsNumber".to_owned(), "corrected_is_own".to_owned());
        assert_eq!(refused.errors(), [expected], "{number}: {}", refused.text());
    }
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn a_debit_note_is_credited_by_itself_and_never_beyond_itself() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let sold = sold(client).await;
    let wrong = note(&sold, &json!({ "lines": [line("1", "9999.00", "S15")] }));
    let wrong = posted(client, "/sales-debit-notes", wrong).await;
    let back = posted(client, "/sales-credit-notes", note(&wrong, &json!({ "kind": "cancellation" }))).await;
    assert_eq!(totals(&back), "9999.00 | 1499.85 | 11498.85");
    assert_eq!(back["correctsNumber"], wrong["number"]);
    let again = client.post("/sales-credit-notes", note(&wrong, &json!({ "kind": "cancellation" }))).await;
    assert_eq!(again.code(), "nothing_left_to_credit", "{}", again.text());
    let all = posted(client, "/sales-credit-notes", note(&sold, &json!({ "kind": "return" }))).await;
    assert_eq!(totals(&all), "300.00 | 45.00 | 345.00");
    agree(client, "2026-12-31").await;
}

/// A credit note by mistake: the debit note that takes it back makes the goods the invoice's again, so they can still come back.
#[tokio::test]
async fn what_a_wrong_credit_note_took_is_the_invoices_again() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let sold = sold(client).await;
    let wrong = posted(client, "/sales-credit-notes", note(&sold, &json!({ "kind": "return" }))).await;
    let part = json!({ "lines": [{ "correctsLineNo": 1, "quantity": "1" }] });
    let refused = client.post("/sales-credit-notes", note(&sold, &part)).await.expect(422);
    assert!(refused.text().contains("note_quantity_exceeds_document"), "{}", refused.text());

    let back = posted(client, "/sales-debit-notes", note(&wrong, &json!({}))).await;
    assert_eq!(
        (totals(&back).as_str(), &back["correctsNumber"], &back["kind"]),
        ("300.00 | 45.00 | 345.00", &wrong["number"], &json!("standard"))
    );
    let expected =
        [row("1121", "345.00", "0.00"), row("4160", "0.00", "300.00"), row("2131", "0.00", "45.00")];
    assert_eq!(entry(client, &back).await, expected, "it leaves the account of returns");
    let twice = client.post("/sales-debit-notes", note(&wrong, &json!({}))).await;
    assert_eq!(twice.code(), "nothing_left_to_credit", "{}", twice.text());
    let other = client.post("/sales-credit-notes", note(&back, &json!({ "kind": "cancellation" }))).await;
    assert_eq!(other.status, 409, "{}", other.text());
    assert!(other.text().contains("debit_note_took_back"), "{}", other.text());

    let real = posted(client, "/sales-credit-notes", note(&sold, &part)).await;
    assert_eq!(totals(&real), "100.00 | 15.00 | 115.00");
    let rest = posted(client, "/sales-credit-notes", note(&sold, &json!({ "kind": "return" }))).await;
    assert_eq!(totals(&rest), "200.00 | 30.00 | 230.00");
    let more = client.post("/sales-credit-notes", note(&sold, &part)).await.expect(422);
    assert!(more.text().contains("credit_exceeds_document"), "{}", more.text());
    agree(client, "2026-12-31").await;
}

/// The order knows: what was credited by mistake is invoiced again, and not a second time.
#[tokio::test]
async fn an_order_follows_its_credit_note_back() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let order = json!({
        "partyCode": "C001", "documentDate": "2026-03-10", "lines": [line("3", "100.00", "S15")], "confirm": true,
    });
    let order = posted(client, "/sales-orders", order).await;
    let path = format!("/sales-orders/{}", id(&order));
    let open = async || text(&client.get(&path).await.ok()["lines"][0]["progress"]["toInvoice"]).to_owned();
    let billing = json!({ "documentDate": "2026-03-15", "post": true });
    let sold = posted(client, &format!("{path}/invoice"), billing.clone()).await;
    let wrong = posted(client, "/sales-credit-notes", note(&sold, &json!({ "kind": "return" }))).await;
    assert_eq!(open().await, "3");
    let part = json!({ "lines": [{ "correctsLineNo": 1, "quantity": "2" }] });
    posted(client, "/sales-debit-notes", note(&wrong, &part)).await;
    assert_eq!(open().await, "1");
    posted(client, &format!("{path}/invoice"), billing).await;
    let refused = client.post("/sales-debit-notes", note(&wrong, &json!({}))).await.expect(422);
    assert_eq!(refused.errors(), [("/correctsId".to_owned(), "invoice_exceeds_order".to_owned())]);
    agree(client, "2026-12-31").await;
}

/// Two clerks take the same credit note back at once: it comes back once.
#[tokio::test]
async fn a_credit_note_is_taken_back_once() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let sold = sold(client).await;
    let wrong = posted(client, "/sales-credit-notes", note(&sold, &json!({ "kind": "return" }))).await;
    let one = || client.post("/sales-debit-notes", note(&wrong, &json!({})));
    let (first, second) = tokio::join!(one(), one());
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "{} {}", first.text(), second.text());
    agree(client, "2026-12-31").await;
}
