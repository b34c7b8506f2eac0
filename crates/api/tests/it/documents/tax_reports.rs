//! Reports of tax entries and of unpaid bills.

use super::*;

/// Every entry of a period and box with its document and party, in each form.
#[tokio::test]
async fn vat_detail_lists_every_tax_entry() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let sold = posted(client, "/sales-invoices", invoice("2026-03-01", &[line("1", "1000.00", "S15")])).await;
    posted(client, "/sales-invoices", invoice("2026-04-01", &[line("1", "500.00", "S15")])).await;
    let bill = json!({
        "partyCode": "V001", "supplierNumber": "B-1", "documentDate": "2026-03-10", "postingDate": "2026-03-10",
        "lines": [line("1", "100.00", "P15")], "post": true,
    });
    posted(client, "/purchase-invoices", bill).await;
    let view = client.get("/reports/vat-detail?from=2026-01-01&to=2026-03-31").await.ok();
    let lines = view["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 2, "{view}");
    assert_eq!(
        (&lines[0]["documentNumber"], &lines[0]["party"], &lines[0]["name"]["en"], &lines[0]["box"]),
        (&sold["number"], &json!("C001"), &json!("Horizon"), &json!("1"))
    );
    assert_eq!((&lines[0]["base"], &lines[0]["tax"]), (&json!("1000.00"), &json!("150.00")));
    assert_eq!(
        (&view["output"]["tax"], &view["input"]["base"], &view["input"]["tax"]),
        (&json!("150.00"), &json!("100.00"), &json!("15.00"))
    );
    let input = client.get("/reports/vat-detail?side=input&to=2026-12-31").await.ok();
    assert_eq!((input["lines"].as_array().unwrap().len(), &input["output"]["tax"]), (1, &json!("0.00")));
    let one = client.get("/reports/vat-detail?box=7&to=2026-12-31").await.ok();
    assert_eq!((one["lines"].as_array().unwrap().len(), &one["box"]), (1, &json!("7")));
    let csv = client.get("/reports/vat-detail?to=2026-03-31&format=csv").await.expect(200);
    assert!(csv.text().contains(",1000.00,150.00"), "{}", csv.text());
    for (format, begins) in [("xlsx", &b"PK"[..]), ("pdf", b"%PDF")] {
        let file =
            client.get(&format!("/reports/vat-detail?to=2026-03-31&format={format}")).await.expect(200);
        assert!(file.body.starts_with(begins), "{format}");
    }
    let reversed = client.get("/reports/vat-detail?from=2026-05-01&to=2026-03-31").await.expect(422);
    assert_eq!(reversed.code(), "report_range_reversed");
}

/// A bill that is unpaid a year after its supply, with the share of its VAT that is unpaid on the day.
#[tokio::test]
async fn input_vat_of_unpaid_bills_is_listed() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let bill = |number: &str, date: &str| {
        json!({
            "partyCode": "V001", "supplierNumber": number, "documentDate": date, "postingDate": date,
            "lines": [line("1", "1000.00", "P15")], "post": true,
        })
    };
    let old = posted(client, "/purchase-invoices", bill("B-1", "2026-01-31")).await;
    posted(client, "/purchase-invoices", bill("B-2", "2026-11-30")).await;
    let paid = json!({
        "partyCode": "V001", "documentDate": "2026-03-01", "amount": "690.00", "post": true,
        "allocations": [{ "documentId": old["id"] }],
    });
    posted(client, "/payments", paid).await;
    let view = client.get("/reports/unpaid-input-vat?asOf=2026-07-31&months=6").await.ok();
    let lines = view["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 1, "{view}");
    assert_eq!(
        (&lines[0]["documentNumber"], &lines[0]["openAmount"], &lines[0]["vat"], &lines[0]["unpaidVat"]),
        (&old["number"], &json!("460.00"), &json!("150.00"), &json!("60.00"))
    );
    assert_eq!(view["unpaidVat"], "60.00");
    let early = client.get("/reports/unpaid-input-vat?asOf=2026-07-30&months=6").await.ok();
    assert_eq!(early["lines"], json!([]));
    let csv = client.get("/reports/unpaid-input-vat?asOf=2026-07-31&months=6&format=csv").await.expect(200);
    assert!(csv.text().contains("460.00,150.00,60.00"), "{}", csv.text());
}
