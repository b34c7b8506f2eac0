//! Sales documents.

use super::*;

#[tokio::test]
async fn an_invoice_has_a_number_an_entry_an_open_item_and_its_vat() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let body = invoice("2026-03-15", &[line("3", "1000.00", "S15")]);
    let view = posted(client, "/sales-invoices", body).await;
    assert_eq!(totals(&view), "3000.00 | 450.00 | 3450.00");
    assert_eq!(
        (&view["status"], &view["number"], &view["kind"], &view["paymentState"], &view["openAmount"]),
        (&json!("posted"), &json!("INV-2026-000001"), &json!("standard"), &json!("open"), &json!("3450.00"))
    );
    let expected =
        [row("1121", "3450.00", "0.00"), row("4110", "0.00", "3000.00"), row("2131", "0.00", "450.00")];
    assert_eq!(entry(client, &view).await, expected);
    let journal = client.get(&format!("/journal-entries/{}", text(&view["journalEntryId"]))).await.ok();
    assert_eq!(
        (&journal["source"]["type"], &journal["source"]["id"], &journal["reference"]),
        (&json!("sales_invoice"), &view["id"], &json!("INV-2026-000001")),
        "{journal}"
    );
    let items = client.get("/open-items?party=C001").await.ok();
    assert_eq!(items["items"][0]["openAmount"], "3450.00");
    let taxes = client.get(&format!("/tax-entries?sourceId={}", id(&view))).await.ok();
    let tax = &taxes["items"][0];
    assert_eq!(
        (&tax["base"], &tax["tax"], &tax["box"]),
        (&json!("3000.00"), &json!("450.00"), &json!("1")),
        "{taxes}"
    );
    let read = client.get(&format!("/sales-invoices/{}", id(&view))).await.ok();
    assert_eq!(read, view, "what is read is what was answered");
    let list = client.get("/sales-invoices?status=posted&partyCode=C001").await.ok();
    assert_eq!(list["items"][0]["number"], "INV-2026-000001");
    assert!(list["items"][0].get("lines").is_none(), "{list}");
    let bills = client.get("/purchase-invoices").await.ok();
    assert_eq!(bills["items"].as_array().unwrap().len(), 0, "each type has its own list");
    let other = client.get(&format!("/purchase-invoices/{}", id(&view))).await;
    assert_eq!(other.status, 404);
    let events = client.get("/events?limit=1000").await.ok();
    assert!(events["items"].as_array().unwrap().iter().any(|event| event["type"] == "sales_invoice.posted"));
    agree(client, "2026-12-31").await;
}

/// T5, T7, T9 and T11 through the API: discounts, charges and prices with VAT.
#[tokio::test]
async fn worked_examples_come_out_to_the_halala() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut t5 = invoice("2026-03-15", &[line("1", "100.00", "S15"), line("1", "50.00", "Z-MED")]);
    t5["discountAmount"] = json!("10.00");
    let mut t7 = invoice("2026-03-15", &[line("4", "112.45", "S15")]);
    t7["charges"] = json!([{ "description": "Freight", "amount": "25.00", "taxCode": "S15" }]);
    let mut t9 = invoice(
        "2026-03-15",
        &[line("3", "9.99", "S15"), line("1", "14.95", "S15"), line("2", "0.50", "S15")],
    );
    t9["pricesIncludeVat"] = json!(true);
    t9["discountAmount"] = json!("5.00");
    let mut t11 = invoice("2026-03-15", &[line("1", "1000.00", "S15")]);
    t11["pricesIncludeVat"] = json!(true);
    let mut t4 = invoice("2026-03-15", &[line("3", "33.33", "S15")]);
    t4["lines"][0]["discountPercent"] = json!("7.5");
    for (body, expected) in [
        (t4, "92.49 | 13.87 | 106.36"),
        (t5, "140.00 | 14.00 | 154.00"),
        (t7, "474.80 | 71.22 | 546.02"),
        (t9, "35.58 | 5.34 | 40.92"),
        (t11, "869.57 | 130.43 | 1000.00"),
    ] {
        let view = posted(client, "/sales-invoices", body).await;
        assert_eq!(totals(&view), expected, "{view}");
    }
    agree(client, "2026-12-31").await;
}

/// T13: amounts are converted line by line, and what rounding leaves has a line of its own.
#[tokio::test]
async fn a_foreign_invoice_is_posted_at_its_rate() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut body = invoice("2026-03-15", &[line("1", "987.75", "S15")]);
    body["currency"] = json!("EUR");
    body["rate"] = json!("4.0731");
    let view = posted(client, "/sales-invoices", body).await;
    assert_eq!(totals(&view), "987.75 | 148.16 | 1135.91");
    assert_eq!(view["totals"]["companyVat"], "603.47");
    let expected = [
        row("1121", "4626.68", "0.00"),
        row("4110", "0.00", "4023.20"),
        row("2131", "0.00", "603.47"),
        row("7140", "0.00", "0.01"),
    ];
    assert_eq!(entry(client, &view).await, expected);
    agree(client, "2026-12-31").await;
}

/// T18: what a prepayment invoice has charged is deducted, once.
#[tokio::test]
async fn a_prepayment_is_deducted_from_the_final_invoice() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let mut advance = invoice("2026-03-01", &[line("0.3", "12345.67", "S15")]);
    advance["kind"] = json!("prepayment");
    let advance = posted(client, "/sales-invoices", advance).await;
    assert_eq!(totals(&advance), "3703.70 | 555.56 | 4259.26");
    let expected =
        [row("1121", "4259.26", "0.00"), row("2114", "0.00", "3703.70"), row("2131", "0.00", "555.56")];
    assert_eq!(entry(client, &advance).await, expected);
    let mut body = invoice("2026-03-20", &[line("1", "12345.67", "S15")]);
    body["prepayments"] = json!([{ "invoiceId": advance["id"] }]);
    let last = posted(client, "/sales-invoices", body.clone()).await;
    assert_eq!(totals(&last), "12345.67 | 1851.85 | 14197.52");
    assert_eq!(
        (&last["totals"]["prepaid"], &last["totals"]["payable"]),
        (&json!("4259.26"), &json!("9938.26"))
    );
    let mut lines = entry(client, &last).await;
    lines.sort();
    let expected = [
        row("1121", "9938.26", "0.00"),
        row("2114", "3703.70", "0.00"),
        row("2131", "0.00", "1296.29"),
        row("4110", "0.00", "12345.67"),
    ];
    assert_eq!(lines, expected);
    let again = client.post("/sales-invoices", body).await;
    assert_eq!(
        (again.status.as_u16(), again.code().as_str()),
        (422, "prepayment_used_up"),
        "{}",
        again.text()
    );
    let taxes = client.get(&format!("/tax-entries?sourceId={}", id(&last))).await.ok();
    assert_eq!(
        (&taxes["items"][0]["base"], &taxes["items"][0]["tax"]),
        (&json!("8641.97"), &json!("1296.29"))
    );
    agree(client, "2026-12-31").await;
}

/// The simple sale: invoice, receipt and allocation in one call.
#[tokio::test]
async fn a_sale_that_is_paid_at_once_is_one_call() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let walk_in = json!({ "code": "WALK-IN", "name": { "en": "Walk-in" }, "kind": "person", "customer": {}, "anonymous": true });
    client.post("/parties", walk_in).await.expect(201);
    let mut body = invoice("2026-03-15", &[line("2", "11.50", "S15")]);
    body["partyCode"] = json!("WALK-IN");
    body["pricesIncludeVat"] = json!(true);
    let unpaid = client.post("/sales-invoices", body.clone()).await;
    assert_eq!(unpaid.code(), "payment_required", "{}", unpaid.text());
    body["payment"] = json!({ "method": "cash" });
    let view = posted(client, "/sales-invoices", body).await;
    assert_eq!(
        (&view["kind"], &view["paymentState"], &view["openAmount"]),
        (&json!("simplified"), &json!("paid"), &json!("0.00"))
    );
    assert_eq!(view["created"][0]["type"], "receipt", "{view}");
    let receipt = client.get(&format!("/receipts/{}", text(&view["created"][0]["id"]))).await.ok();
    assert_eq!(
        (&receipt["totals"]["total"], &receipt["paymentState"]),
        (&json!("23.00"), &json!("paid")),
        "{receipt}"
    );
    assert_eq!(client.get("/open-items?settledOn[isNull]=true").await.ok()["items"], json!([]));
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn payment_terms_of_the_party_make_instalments() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let terms = json!({ "code": "3PARTS", "name": { "en": "30/30/40" }, "lines": [
        { "percent": "30", "dueDays": 0 }, { "percent": "30", "dueDays": 30 }, { "percent": "40", "dueDays": 60 },
    ] });
    client.post("/payment-terms", terms).await.expect(201);
    let mut body = invoice("2026-03-01", &[line("1", "100.01", "S15")]);
    body["paymentTermCode"] = json!("3PARTS");
    let view = posted(client, "/sales-invoices", body).await;
    let parts: Vec<_> = view["instalments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|due| (text(&due["amount"]), text(&due["dueDate"])))
        .collect();
    assert_eq!(parts, [("34.50", "2026-03-01"), ("34.50", "2026-03-31"), ("46.01", "2026-04-30")]);
    let items = client.get("/open-items?sort=dueDate").await.ok();
    let items: Vec<_> =
        items["items"].as_array().unwrap().iter().map(|item| text(&item["openAmount"])).collect();
    assert_eq!(items, ["34.50", "34.50", "46.01"]);
}
