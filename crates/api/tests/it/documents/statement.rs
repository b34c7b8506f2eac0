//! The statement of a party.

use super::*;

#[tokio::test]
async fn a_statement_runs_from_the_opening_to_the_closing_balance() {
    let (world, tenant) = company().await;
    let client = &tenant.client;
    let first =
        posted(client, "/sales-invoices", invoice("2026-01-15", &[line("1", "1000.00", "S15")])).await;
    let second =
        posted(client, "/sales-invoices", invoice("2026-03-05", &[line("1", "200.00", "S15")])).await;
    let paid = json!({
        "partyCode": "C001", "documentDate": "2026-03-10", "amount": "1250.00", "post": true,
        "allocations": [{ "documentId": first["id"] }],
    });
    let paid = posted(client, "/receipts", paid).await;
    let known = "2026-03-15T09:00:30Z";
    world.clock.advance_seconds(60);
    posted(client, "/sales-invoices", invoice("2026-03-20", &[line("1", "10.00", "Z-MED")])).await;

    let path = "/reports/party-statement?party=C001&from=2026-03-01&to=2026-03-31";
    let view = client.get(path).await.ok();
    assert_eq!((&view["opening"], &view["closing"]), (&json!("1150.00"), &json!("140.00")), "{view}");
    assert_eq!((&view["movementDebit"], &view["movementCredit"]), (&json!("240.00"), &json!("1250.00")));
    assert_eq!(view["name"], json!({ "ar": "شركة الأفق", "en": "Horizon" }));
    let lines: Vec<_> = view["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            (text(&line["postingDate"]), text(&line["debit"]), text(&line["credit"]), text(&line["balance"]))
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("2026-03-05", "230.00", "0.00", "1380.00"),
            ("2026-03-10", "0.00", "1250.00", "130.00"),
            ("2026-03-20", "10.00", "0.00", "140.00"),
        ]
    );
    assert_eq!(
        (&view["lines"][0]["sourceType"], &view["lines"][0]["sourceId"], &view["lines"][1]["sourceId"]),
        (&json!("sales_invoice"), &second["id"], &paid["id"])
    );
    let ageing = &view["ageing"]["receivables"];
    assert_eq!((&ageing["total"], &ageing["unallocated"]), (&json!("140.00"), &json!("-100.00")));
    assert_eq!(view["ageing"]["payables"]["total"], "0.00");
    let before = client.get(&format!("{path}&knownAt={known}&control=receivable")).await.ok();
    assert_eq!(
        (&before["closing"], &before["ageing"]["payables"]),
        (&json!("130.00"), &Value::Null),
        "{before}"
    );
    let whole = client.get("/reports/party-statement?party=C001&to=2026-12-31").await.ok();
    assert_eq!((&whole["opening"], whole["lines"].as_array().unwrap().len()), (&json!("0.00"), 4));

    let csv = client.call("GET", path, &["Accept: text/csv", "Accept-Language: ar"], "").await.text();
    assert!(csv.starts_with("date,number,description,reference,dueDate,debit,credit,balance"), "{csv}");
    assert!(csv.contains("الرصيد الافتتاحي") && csv.contains("140.00"), "{csv}");
    let sheet = client.call("GET", &format!("{path}&format=xlsx"), &[], "").await;
    assert_eq!(sheet.status, 200);
    let unknown = client.get("/reports/party-statement?party=NOBODY").await;
    assert_eq!(
        (unknown.code().as_str(), unknown.status.as_u16()),
        ("unknown_reference", 422),
        "{}",
        unknown.text()
    );
    let reversed = client.get("/reports/party-statement?party=C001&from=2026-04-01&to=2026-03-01").await;
    assert_eq!(reversed.code(), "report_range_reversed", "{}", reversed.text());
    let aged = client.get("/reports/receivables-ageing?asOf=2026-12-31").await.ok();
    assert_eq!(aged["lines"][0]["name"]["en"], "Horizon");
}

/// The rest of a receipt is an advance on which VAT is due; the sub-ledger equals the control accounts.
#[tokio::test]
async fn the_close_checklist_asks_for_advances_and_the_sub_ledger() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let money =
        json!({ "partyCode": "C001", "documentDate": "2026-02-10", "amount": "100.00", "post": true });
    let money = posted(client, "/receipts", money).await;
    let period = client.get("/fiscal-periods?start=2026-02-01").await.ok()["items"][0]["id"].clone();
    let asked = async |code: &str| {
        let list = client.get(&format!("/close-checklist?fiscalPeriodId={}", text(&period))).await.ok();
        let item = list["items"].as_array().unwrap().iter().find(|item| item["code"] == code).cloned();
        let item = item.unwrap_or_else(|| panic!("{code}: {list}"));
        (item["status"].clone(), item["count"].clone())
    };
    assert_eq!(asked("advances_without_invoice").await, (json!("warning"), json!(1)));
    assert_eq!(asked("sub_ledger").await, (json!("ok"), json!(0)));
    let path = format!("/receipts/{}/reverse", id(&money));
    with_etag(client, "POST", &path, json!({ "reason": "Sent back" })).await.expect(200);
    assert_eq!(asked("advances_without_invoice").await, (json!("ok"), json!(0)));
}
