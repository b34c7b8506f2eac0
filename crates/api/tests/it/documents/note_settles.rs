//! A note settles what it corrects, from the moment in which it is posted.

use super::discounts::{open_items, receipt};
use super::*;

fn note(corrects: &Value, date: &str, more: Value) -> Value {
    let mut body = json!({ "correctsId": corrects["id"], "reason": "Returned", "documentDate": date, "postingDate": date, "post": true });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

async fn shown(client: &Client, path: &str, document: &Value) -> (String, String) {
    let view = client.get(&format!("{path}/{}", id(document))).await.ok();
    (text(&view["paymentState"]).to_owned(), text(&view["openAmount"]).to_owned())
}

fn state(state: &str, open: &str) -> (String, String) {
    (state.to_owned(), open.to_owned())
}

async fn of_kind(client: &Client, kind: &str) -> usize {
    client.get(&format!("/allocations?kind={kind}")).await.ok()["items"].as_array().unwrap().len()
}

/// Every kind of note, in parts: the invoice is open by what is left of it, credited at the end, and its event comes once.
#[tokio::test]
async fn notes_of_every_kind_settle_the_invoice() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let sold = posted(client, "/sales-invoices", invoice("2026-03-15", &[line("5", "100.00", "S15")])).await;
    let mut open = 575;
    for kind in ["price", "rebate", "early_discount"] {
        let more = json!({ "kind": kind, "lines": [line("1", "100.00", "S15")] });
        let one = posted(client, "/sales-credit-notes", note(&sold, "2026-03-20", more)).await;
        assert_eq!((&one["paymentState"], &one["openAmount"]), (&json!("paid"), &json!("0.00")), "{one}");
        open -= 115;
        assert_eq!(
            shown(client, "/sales-invoices", &sold).await,
            state("partly_paid", &format!("{open}.00"))
        );
    }
    // What is left is cancelled, and nothing stays open anywhere.
    let cancel = format!("/sales-invoices/{}/cancel", id(&sold));
    let last = with_etag(client, "POST", &cancel, json!({ "reason": "Wrong", "date": "2026-03-21" })).await;
    assert_eq!(last.expect(201).json()["openAmount"], "0.00");
    assert_eq!(shown(client, "/sales-invoices", &sold).await, state("credited", "0.00"));
    let listed = client.get("/sales-invoices").await.ok();
    assert_eq!(listed["items"][0]["paymentState"], "credited");
    let open = client.get("/open-items?settledOn[isNull]=true").await.ok();
    assert_eq!(open["items"], json!([]), "{open}");
    assert_eq!(of_kind(client, "note").await, 4);
    let events = client.get("/events?limit=1000").await.ok();
    let paid = events["items"].as_array().unwrap().iter().filter(|one| one["type"] == "sales_invoice.paid");
    assert_eq!(paid.count(), 1, "{events}");
    agree(client, "2026-12-31").await;
}

/// Only what is beyond the open amount stays a credit; an invoice that money has paid stays paid.
#[tokio::test]
async fn the_excess_of_a_note_stays_a_credit() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let sold = posted(client, "/sales-invoices", invoice("2026-03-15", &[line("2", "500.00", "S15")])).await;
    posted(client, "/receipts", receipt("2026-03-16", "1000.00", json!({ "documentId": sold["id"] }))).await;
    let back = json!({ "lines": [{ "correctsLineNo": 1, "quantity": "1" }] });
    let back = posted(client, "/sales-credit-notes", note(&sold, "2026-03-20", back)).await;
    assert_eq!((&back["paymentState"], &back["openAmount"]), (&json!("partly_paid"), &json!("425.00")));
    assert_eq!(shown(client, "/sales-invoices", &sold).await, state("paid", "0.00"));
    let rest = json!({ "lines": [{ "correctsLineNo": 1, "quantity": "1" }] });
    let rest = posted(client, "/sales-credit-notes", note(&sold, "2026-03-21", rest)).await;
    assert_eq!((&rest["paymentState"], &rest["openAmount"]), (&json!("open"), &json!("575.00")));
    agree(client, "2026-12-31").await;
}

/// A note that was a draft does the same, and a dry run nothing.
#[tokio::test]
async fn a_draft_settles_when_it_is_posted() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let sold = posted(client, "/sales-invoices", invoice("2026-03-15", &[line("1", "100.00", "S15")])).await;
    let dry = client.post("/sales-credit-notes?dryRun=true", note(&sold, "2026-03-20", json!({}))).await;
    assert_eq!(dry.expect(200).json()["openAmount"], "0.00");
    assert_eq!(shown(client, "/sales-invoices", &sold).await, state("open", "115.00"));
    let draft =
        posted(client, "/sales-credit-notes", note(&sold, "2026-03-20", json!({ "post": false }))).await;
    assert_eq!(shown(client, "/sales-invoices", &sold).await, state("open", "115.00"));
    with_etag(client, "POST", &format!("/sales-credit-notes/{}/post", id(&draft)), Value::Null)
        .await
        .expect(200);
    assert_eq!(shown(client, "/sales-invoices", &sold).await, state("credited", "0.00"));
}

/// A note of a supplier settles his bill; reversing the note opens the bill again, and then both may be taken back.
#[tokio::test]
async fn a_reversed_note_of_a_supplier_opens_his_bill_again() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let bill = json!({
        "partyCode": "V001", "supplierNumber": "B-1", "documentDate": "2026-03-10", "postingDate": "2026-03-10",
        "lines": [line("2", "100.00", "P15")], "post": true,
    });
    let bill = posted(client, "/purchase-invoices", bill).await;
    let more = json!({ "supplierNumber": "N-1", "lines": [{ "correctsLineNo": 1, "quantity": "1" }] });
    let back = posted(client, "/purchase-credit-notes", note(&bill, "2026-03-12", more)).await;
    assert_eq!(back["openAmount"], "0.00");
    assert_eq!(shown(client, "/purchase-invoices", &bill).await, state("partly_paid", "115.00"));
    let reverse = format!("/purchase-invoices/{}/reverse", id(&bill));
    let refused = with_etag(client, "POST", &reverse, json!({ "reason": "Wrong" })).await.expect(409);
    assert_eq!(refused.code(), "document_has_notes");
    let undo = format!("/purchase-credit-notes/{}/reverse", id(&back));
    with_etag(client, "POST", &undo, json!({ "reason": "Wrong" })).await.expect(200);
    assert_eq!(shown(client, "/purchase-invoices", &bill).await, state("open", "230.00"));
    agree(client, "2026-03-12").await;
    with_etag(client, "POST", &reverse, json!({ "reason": "Wrong" })).await.expect(200);
    agree(client, "2026-12-31").await;
}

/// The allocation may be undone like any other, and the note is a credit then.
#[tokio::test]
async fn the_allocation_of_a_note_is_undone_by_hand() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let sold = posted(client, "/sales-invoices", invoice("2026-03-15", &[line("1", "100.00", "S15")])).await;
    let back = posted(client, "/sales-credit-notes", note(&sold, "2026-03-20", json!({}))).await;
    let allocations = client.get("/allocations?kind=note").await.ok();
    let undo = format!("/allocations/{}/undo", id(&allocations["items"][0]));
    client.post(&undo, json!({ "reason": "For another invoice" })).await.ok();
    assert_eq!(shown(client, "/sales-invoices", &sold).await, state("open", "115.00"));
    assert_eq!(shown(client, "/sales-credit-notes", &back).await, state("open", "115.00"));
    agree(client, "2026-12-31").await;
}

/// The note of an invoice in a foreign currency has its rate, so nothing is left in either currency; at another rate the
/// difference is realised.
#[tokio::test]
async fn notes_in_a_foreign_currency_leave_nothing() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let foreign = |quantity: &str| {
        let mut body = invoice("2026-03-15", &[line(quantity, "100.00", "S15")]);
        (body["currency"], body["rate"]) = (json!("USD"), json!("3.75"));
        body
    };
    let sold = posted(client, "/sales-invoices", foreign("3")).await;
    posted(
        client,
        "/sales-credit-notes",
        note(&sold, "2026-03-20", json!({ "lines": [{ "correctsLineNo": 1, "quantity": "1" }] })),
    )
    .await;
    let other = json!({ "rate": "4.00", "lines": [{ "correctsLineNo": 1, "quantity": "2" }] });
    posted(client, "/sales-credit-notes", note(&sold, "2026-03-21", other)).await;
    assert_eq!(shown(client, "/sales-invoices", &sold).await, state("credited", "0.00"));
    for item in open_items(client, &sold).await {
        assert_eq!((&item["openAmount"], &item["openCompanyAmount"]), (&json!("0.00"), &json!("0.00")));
    }
    let allocations = client.get("/allocations?kind=note&sort=id").await.ok();
    let differences: Vec<_> =
        allocations["items"].as_array().unwrap().iter().map(|one| text(&one["exchangeDifference"])).collect();
    // 230 USD at 4.00 against 3.75.
    assert_eq!(differences, ["0.00", "57.50"]);
    agree(client, "2026-12-31").await;
}

/// Who returned half gets the discount of the other half (R106).
#[tokio::test]
async fn a_discount_is_that_of_what_was_not_credited() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let terms = json!({ "code": "2-10", "name": { "en": "2 % 10 days" }, "lines": [
        { "percent": "100", "dueDays": 30, "discountPercent": "2", "discountDays": 10 },
    ] });
    client.post("/payment-terms", terms).await.expect(201);
    let mut body = invoice("2026-03-01", &[line("1", "1000.00", "S15")]);
    body["paymentTermCode"] = json!("2-10");
    let sold = posted(client, "/sales-invoices", body).await;
    let half = json!({ "lines": [{ "correctsLineNo": 1, "quantity": "0.5" }] });
    posted(client, "/sales-credit-notes", note(&sold, "2026-03-05", half)).await;
    let wish = json!({ "documentId": sold["id"], "takeDiscount": true });
    let paid = posted(client, "/receipts", receipt("2026-03-08", "563.50", wish)).await;
    assert_eq!(paid["openAmount"], "0.00", "{paid}");
    let discount = client.get(&format!("/sales-credit-notes/{}", id(&paid["created"][0]))).await.ok();
    assert_eq!(totals(&discount), "10.00 | 1.50 | 11.50");
    assert_eq!(shown(client, "/sales-invoices", &sold).await, state("paid", "0.00"));
    // Nothing is left to be written off or reminded of.
    let nothing = client
        .post("/write-offs", json!({ "documentId": sold["id"], "reason": "x", "date": "2026-03-31" }))
        .await;
    assert_eq!(nothing.code(), "write_off_nothing_open", "{}", nothing.text());
    agree(client, "2026-12-31").await;
}

/// Money and a note meet on one invoice: exactly what there is gets settled.
#[tokio::test]
async fn money_and_a_note_at_once_settle_what_there_is() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let sold = posted(client, "/sales-invoices", invoice("2026-03-15", &[line("1", "100.00", "S15")])).await;
    let back = client.post("/sales-credit-notes", note(&sold, "2026-03-20", json!({})));
    let money =
        client.post("/receipts", receipt("2026-03-20", "115.00", json!({ "documentId": sold["id"] })));
    let (back, money) = tokio::join!(back, money);
    let back = back.expect(201).json();
    match money.status.as_u16() {
        201 => assert_eq!(back["openAmount"], "115.00"),
        _ => assert_eq!(
            (money.code().as_str(), &back["openAmount"]),
            ("allocation_nothing_open", &json!("0.00"))
        ),
    }
    agree(client, "2026-12-31").await;
}
