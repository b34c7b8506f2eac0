//! Discounts for early payment.

use super::*;

/// 2 per cent within 10 days, all due after 30.
async fn terms(client: &Client) {
    let terms = json!({ "code": "2-10", "name": { "en": "2 % 10 days" }, "lines": [
        { "percent": "100", "dueDays": 30, "discountPercent": "2", "discountDays": 10 },
    ] });
    client.post("/payment-terms", terms).await.expect(201);
}

async fn sold(client: &Client, lines: &[Value]) -> Value {
    let mut body = invoice("2026-03-01", lines);
    body["paymentTermCode"] = json!("2-10");
    posted(client, "/sales-invoices", body).await
}

pub fn receipt(date: &str, amount: &str, allocation: Value) -> Value {
    json!({ "partyCode": "C001", "documentDate": date, "amount": amount, "allocations": [allocation], "post": true })
}

fn unallocated(date: &str, amount: &str) -> Value {
    json!({ "partyCode": "C001", "documentDate": date, "amount": amount, "post": true })
}

pub async fn open_items(client: &Client, document: &Value) -> Vec<Value> {
    let path = format!("/open-items?entryId={}", text(&document["journalEntryId"]));
    client.get(&path).await.ok()["items"].as_array().unwrap().clone()
}

pub async fn state(client: &Client, path: &str, document: &Value) -> Value {
    client.get(&format!("{path}/{}", id(document))).await.ok()["paymentState"].clone()
}

/// P3: 1,150.00 with 2 per cent are paid by 1,127.00 and a note of 20.00 and 3.00; undoing the allocation reverses the note.
#[tokio::test]
async fn who_pays_early_pays_less_and_vat_is_lower() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    terms(client).await;
    let invoice = sold(client, &[line("1", "1000.00", "S15")]).await;
    let item = &open_items(client, &invoice).await[0];
    assert_eq!(
        (&item["discountDate"], &item["discountAmount"]),
        (&json!("2026-03-11"), &json!("23.00")),
        "{item}"
    );
    let wish = json!({ "documentId": invoice["id"], "takeDiscount": true });
    let late = client.post("/receipts", receipt("2026-03-12", "1127.00", wish.clone())).await.expect(422);
    assert_eq!(late.errors(), [("/allocations/0/takeDiscount".to_owned(), "discount_expired".to_owned())]);
    let arabic = client
        .call(
            "POST",
            "/receipts",
            &["Accept-Language: ar", "Content-Type: application/json"],
            receipt("2026-03-12", "1127.00", wish.clone()).to_string(),
        )
        .await;
    assert!(arabic.text().contains("يمنح البند"), "{}", arabic.text());
    let less = client.post("/receipts", receipt("2026-03-11", "1126.99", wish.clone())).await.expect(422);
    assert_eq!(
        less.errors(),
        [("/allocations/0/takeDiscount".to_owned(), "discount_not_covered".to_owned())]
    );
    let dry = client.post("/receipts?dryRun=true", receipt("2026-03-11", "1127.00", wish.clone())).await;
    assert_eq!(dry.expect(200).json()["created"][0]["type"], "sales_credit_note");
    let paid = posted(client, "/receipts", receipt("2026-03-11", "1127.00", wish)).await;
    assert_eq!((&paid["paymentState"], &paid["openAmount"]), (&json!("paid"), &json!("0.00")), "{paid}");
    assert_eq!(state(client, "/sales-invoices", &invoice).await, "paid");
    let bank = entry(client, &paid).await;
    assert_eq!(bank, [row("1113", "1127.00", "0.00"), row("1121", "0.00", "1127.00")]);
    let note = &paid["created"][0];
    let note = client.get(&format!("/sales-credit-notes/{}", text(&note["id"]))).await.ok();
    assert_eq!(
        (&note["kind"], &note["correctsId"], &note["paymentState"]),
        (&json!("early_discount"), &invoice["id"], &json!("paid"))
    );
    assert_eq!(totals(&note), "20.00 | 3.00 | 23.00");
    let expected = [row("1121", "0.00", "23.00"), row("4170", "20.00", "0.00"), row("2131", "3.00", "0.00")];
    assert_eq!(entry(client, &note).await, expected);
    let taxes = client.get(&format!("/tax-entries?sourceId={}", id(&note))).await.ok();
    let tax = &taxes["items"][0];
    assert_eq!(
        (&tax["base"], &tax["tax"], &tax["taxDate"]),
        (&json!("-20.00"), &json!("-3.00"), &json!("2026-03-11"))
    );
    agree(client, "2026-12-31").await;

    let allocations = client.get("/allocations?kind=payment").await.ok();
    let undo = format!("/allocations/{}/undo", text(&allocations["items"][0]["id"]));
    client.post(&undo, json!({ "reason": "Paid for another", "date": "2026-03-15" })).await.ok();
    assert_eq!(open_items(client, &invoice).await[0]["openAmount"], "1150.00");
    let reversed = client.get(&format!("/sales-credit-notes/{}", id(&note))).await.ok();
    assert_eq!(reversed["status"], "reversed");
    let taxes = client.get(&format!("/tax-entries?sourceId={}&sort=taxDate", id(&note))).await.ok();
    let back = taxes["items"].as_array().unwrap().iter().find(|tax| tax["tax"] == "3.00").unwrap();
    assert_eq!(back["taxDate"], "2026-03-15", "VAT is owed again from the day of the undoing");
    let discounts = client.get("/allocations?kind=discount").await.ok();
    assert!(discounts["items"][0]["undoneById"].is_string(), "{discounts}");
    agree(client, "2026-12-31").await;
    // Amounts that were given back may be credited again.
    let whole =
        json!({ "correctsId": invoice["id"], "reason": "All", "documentDate": "2026-03-20", "post": true });
    assert_eq!(totals(&posted(client, "/sales-credit-notes", whole).await), "1000.00 | 150.00 | 1150.00");
    agree(client, "2026-12-31").await;
}

/// P4: the discount is spread over the tax groups by what they come to with VAT.
#[tokio::test]
async fn a_discount_is_spread_over_the_groups() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    terms(client).await;
    let invoice = sold(client, &[line("1", "600.00", "S15"), line("1", "400.00", "Z-MED")]).await;
    let item = &open_items(client, &invoice).await[0];
    assert_eq!(item["discountAmount"], "21.80");
    let money = posted(client, "/receipts", unallocated("2026-03-05", "1068.20")).await;
    let paid = &open_items(client, &money).await[0];
    let pair = json!({ "debitItemId": item["id"], "creditItemId": paid["id"], "takeDiscount": true });
    let batch = client.post("/allocations", json!({ "date": "2026-03-05", "pairs": [pair] })).await.ok();
    assert_eq!(batch["allocationCount"], 2);
    let kinds: Vec<_> = batch["allocations"].as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, ["payment", "discount"]);
    assert_eq!(batch["allocations"][1]["belongsToId"], batch["allocations"][0]["id"]);
    let note = client.get(&format!("/sales-credit-notes/{}", text(&batch["created"][0]["id"]))).await.ok();
    let groups: Vec<_> = note["taxGroups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| (text(&group["category"]), text(&group["taxable"]), text(&group["vat"])))
        .collect();
    assert_eq!(groups, [("S", "12.00", "1.80"), ("Z", "8.00", "0.00")]);
    assert_eq!(totals(&note), "20.00 | 1.80 | 21.80");
    agree(client, "2026-12-31").await;
}

/// The buyer's side: the payable, the discount received and the input VAT are lower.
#[tokio::test]
async fn a_discount_of_a_supplier_lowers_input_vat() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    terms(client).await;
    let bill = json!({
        "partyCode": "V001", "supplierNumber": "7", "documentDate": "2026-03-01", "postingDate": "2026-03-01",
        "paymentTermCode": "2-10", "lines": [line("1", "1000.00", "P15")], "post": true,
    });
    let bill = posted(client, "/purchase-invoices", bill).await;
    let body = json!({
        "partyCode": "V001", "documentDate": "2026-03-10", "amount": "1127.00",
        "allocations": [{ "documentId": bill["id"], "takeDiscount": true }], "post": true,
    });
    let paid = posted(client, "/payments", body).await;
    let note = client.get(&format!("/purchase-credit-notes/{}", text(&paid["created"][0]["id"]))).await.ok();
    let expected = [row("2111", "23.00", "0.00"), row("7150", "0.00", "20.00"), row("1151", "0.00", "3.00")];
    assert_eq!(entry(client, &note).await, expected);
    assert_eq!(state(client, "/purchase-invoices", &bill).await, "paid");
    agree(client, "2026-12-31").await;
    // A payment that failed takes its discount back with it.
    let path = format!("/payments/{}/reverse", id(&paid));
    let body = json!({ "reason": "Rejected by the bank", "undoAllocations": true });
    with_etag(client, "POST", &path, body).await.expect(200);
    assert_eq!(open_items(client, &bill).await[0]["openAmount"], "1150.00");
    let note = client.get(&format!("/purchase-credit-notes/{}", id(&note))).await.ok();
    assert_eq!(note["status"], "reversed");
    agree(client, "2026-12-31").await;
}

/// Notes have made the debt smaller, and with it the discount.
#[tokio::test]
async fn what_was_credited_earns_no_discount() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    terms(client).await;
    let invoice = sold(client, &[line("10", "100.00", "S15")]).await;
    let note = json!({
        "correctsId": invoice["id"], "reason": "Returned", "documentDate": "2026-03-02", "post": true,
        "lines": [{ "correctsLineNo": 1, "quantity": "5" }],
    });
    let note = posted(client, "/sales-credit-notes", note).await;
    assert_eq!(open_items(client, &note).await[0]["status"], "settled", "the note settles what it corrects");
    assert_eq!(open_items(client, &invoice).await[0]["openAmount"], "575.00");
    let wish = json!({ "documentId": invoice["id"], "takeDiscount": true });
    let refused = client.post("/receipts", receipt("2026-03-05", "552.00", wish.clone())).await;
    assert_eq!(refused.code(), "discount_not_covered", "{}", refused.text());
    let paid = posted(client, "/receipts", receipt("2026-03-05", "563.50", wish)).await;
    let note = client.get(&format!("/sales-credit-notes/{}", text(&paid["created"][0]["id"]))).await.ok();
    assert_eq!(totals(&note), "10.00 | 1.50 | 11.50");
    agree(client, "2026-12-31").await;
}

/// A company that leaves VAT as it was posts the whole discount on its account, and undoes it like the note.
#[tokio::test]
async fn a_discount_without_vat_is_written_off() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    terms(client).await;
    with_etag(client, "PATCH", "/company-profile", json!({ "discountWithoutVat": true })).await.expect(200);
    let invoice = sold(client, &[line("1", "1000.00", "S15")]).await;
    let wish = json!({ "documentId": invoice["id"], "takeDiscount": true });
    let paid = posted(client, "/receipts", receipt("2026-03-11", "1127.00", wish)).await;
    assert_eq!(paid["created"][0]["type"], "write_off");
    let path = format!("/write-offs/{}", text(&paid["created"][0]["id"]));
    let discount = client.get(&path).await.ok();
    assert_eq!(
        (&discount["kind"], &discount["amount"], &discount["status"]),
        (&json!("discount"), &json!("23.00"), &json!("posted"))
    );
    let posted = json!({ "journalEntryId": discount["entryId"] });
    assert_eq!(entry(client, &posted).await, [row("1121", "0.00", "23.00"), row("4170", "23.00", "0.00")]);
    assert_eq!(client.get("/tax-entries").await.ok()["items"].as_array().unwrap().len(), 1);
    let path = format!("/receipts/{}/reverse", id(&paid));
    with_etag(client, "POST", &path, json!({ "reason": "Bounced", "undoAllocations": true }))
        .await
        .expect(200);
    let discount = client.get(&format!("/write-offs/{}", id(&discount))).await.ok();
    assert_eq!(discount["status"], "reversed");
    assert_eq!(state(client, "/sales-invoices", &invoice).await, "open");
    agree(client, "2026-12-31").await;
}

/// Two clerks take the discount of one invoice at once: it is granted once.
#[tokio::test]
async fn two_clerks_take_a_discount_once() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    terms(client).await;
    let invoice = sold(client, &[line("1", "1000.00", "S15")]).await;
    let pay = || {
        let allocation = json!({ "documentId": invoice["id"], "takeDiscount": true, "amount": "1127.00" });
        client.post("/receipts", receipt("2026-03-05", "1127.00", allocation))
    };
    let (one, two) = tokio::join!(pay(), pay());
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 201, "{} {}", one.text(), two.text());
    assert!(statuses[1] == 409 || statuses[1] == 422, "{} {}", one.text(), two.text());
    let notes = client.get("/sales-credit-notes").await.ok();
    assert_eq!(notes["items"].as_array().unwrap().len(), 1, "{notes}");
    agree(client, "2026-12-31").await;
}

/// Where the terms say so, who pays half early gets half of the discount, and the other half with the rest.
#[tokio::test]
async fn a_part_that_is_paid_early_earns_its_share() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    terms(client).await;
    let list = client.get("/payment-terms?code=2-10").await.ok();
    let path = format!("/payment-terms/{}", id(&list["items"][0]));
    let changed =
        with_etag(client, "PATCH", &path, json!({ "partialDiscount": true })).await.expect(200).json();
    assert_eq!(changed["partialDiscount"], true);
    let invoice = sold(client, &[line("1", "1000.00", "S15")]).await;
    assert_eq!(open_items(client, &invoice).await[0]["partialDiscount"], true);
    let wish = json!({ "documentId": invoice["id"], "takeDiscount": true });
    let half = posted(client, "/receipts", receipt("2026-03-05", "563.50", wish.clone())).await;
    let note = client.get(&format!("/sales-credit-notes/{}", text(&half["created"][0]["id"]))).await.ok();
    assert_eq!(totals(&note), "10.00 | 1.50 | 11.50");
    let item = &open_items(client, &invoice).await[0];
    assert_eq!((&item["openAmount"], &item["status"]), (&json!("575.00"), &json!("partly_settled")));
    agree(client, "2026-12-31").await;
    posted(client, "/receipts", receipt("2026-03-11", "563.50", wish)).await;
    assert_eq!(state(client, "/sales-invoices", &invoice).await, "paid");
    let notes = client.get("/sales-credit-notes?fields=id,totals").await.ok();
    let given: Vec<_> =
        notes["items"].as_array().unwrap().iter().map(|note| text(&note["totals"]["total"])).collect();
    assert_eq!(given, ["11.50", "11.50"]);
    agree(client, "2026-12-31").await;
}
