//! A real company's two years of sales, loaded through the API: every figure agrees to the halala.

use std::collections::BTreeMap;
use std::path::Path;

use super::*;

/// The rows of a file by the names of its columns.
fn rows(folder: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(folder.join(name)).unwrap();
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

async fn load_parties(client: &Client, folder: &Path) {
    let terms =
        json!({ "code": "N30", "name": { "en": "30 days" }, "lines": [{ "percent": "100", "dueDays": 30 }] });
    client.post("/payment-terms", terms).await.expect(201);
    for party in rows(folder, "parties.csv").iter().filter(|party| party["is_customer"] == "true") {
        // Persons, so that no address is asked for: these are of 1996.
        let body = json!({
            "code": party["code"], "name": { "en": party["name_en"] }, "kind": "person", "country": party["address_country"],
            "customer": { "paymentTermCode": "N30" },
        });
        client.post("/parties", body).await.expect(201);
    }
}

/// Posts each shipped order as an invoice; answers the ids by the number of the order.
async fn load_invoices(client: &Client, folder: &Path) -> BTreeMap<String, String> {
    let mut lines: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in rows(folder, "order_lines.csv") {
        lines.entry(line["document"].clone()).or_default().push(json!({
            "description": line["item"], "quantity": line["quantity"], "unitPrice": line["unit_price"],
            "discountPercent": line["discount_percent"], "taxCode": "S15",
        }));
    }
    let charges: BTreeMap<String, String> = rows(folder, "orders.csv")
        .into_iter()
        .map(|order| (order["document"].clone(), order["freight"].clone()))
        .collect();
    let mut ids = BTreeMap::new();
    for expected in rows(folder, "expected_invoices.csv") {
        let document = &expected["document"];
        let body = json!({
            "partyCode": expected["party"], "documentDate": expected["invoice_date"], "reference": document,
            "lines": lines[document], "charges": [{ "description": "Freight", "amount": charges[document], "taxCode": "S15" }],
            "post": true,
        });
        let view = posted(client, "/sales-invoices", body).await;
        let figures = &view["totals"];
        for (name, column) in [
            ("linesNet", "lines_net"),
            ("charges", "charge"),
            ("net", "taxable"),
            ("vat", "vat"),
            ("total", "total"),
        ] {
            assert_eq!(figures[name], expected[column].as_str(), "{column} of {document}");
        }
        assert_eq!(view["instalments"][0]["dueDate"], expected["due_date"].as_str());
        ids.insert(document.clone(), id(&view).to_owned());
    }
    ids
}

#[tokio::test]
async fn northwind_agrees_with_its_published_figures() {
    let Some(folder) = testkit::data::shared("trade/northwind") else { return };
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    // Rates of 15 % from the beginning: the figures are computed with them.
    let code = client.get("/tax-codes?code=S15").await.ok()["items"][0].clone();
    let rates = json!({ "rates": [{ "from": "1996-01-01", "rate": "15" }] });
    client.with_etag("PATCH", &format!("/tax-codes/{}", id(&code)), "*", rates).await.expect(200);
    for year in (1996..2026).rev() {
        // Years stand next to each other.
        client.post("/fiscal-years/generate", json!({ "start": format!("{year}-01-01") })).await.expect(200);
    }
    load_parties(client, &folder).await;
    let invoices = load_invoices(client, &folder).await;
    assert_eq!(invoices.len(), 809);
    let receipts = rows(&folder, "receipts.csv");
    for receipt in &receipts {
        let body = json!({
            "partyCode": receipt["party"], "documentDate": receipt["posting_date"], "amount": receipt["amount"],
            "reference": receipt["receipt"], "allocations": [{ "documentId": invoices[&receipt["invoice"]] }], "post": true,
        });
        posted(client, "/receipts", body).await;
    }
    assert_eq!(receipts.len(), 608);
    check_ageing(client, &folder).await;
    check_returns(client, &folder).await;
    let checks = client.get("/integrity/checks").await.ok();
    assert_eq!(checks["ok"], true, "{checks}");
}

async fn check_ageing(client: &Client, folder: &Path) {
    let view = client.get("/reports/receivables-ageing?asOf=1998-04-30").await.ok();
    assert_eq!((&view["total"]["total"], &view["difference"]), (&json!("674120.47"), &json!("0.00")));
    let expected: BTreeMap<String, BTreeMap<String, String>> = rows(folder, "expected_ageing_1998-04-30.csv")
        .into_iter()
        .filter(|row| row["party"] != "TOTAL")
        .map(|row| (row["party"].clone(), row))
        .collect();
    let lines = view["lines"].as_array().unwrap();
    assert_eq!(lines.len(), expected.len());
    for line in lines {
        let row = &expected[text(&line["party"])];
        let figures: Vec<&str> = std::iter::once(&line["notDue"])
            .chain(line["amounts"].as_array().unwrap())
            .chain([&line["total"]])
            .map(text)
            .collect();
        let wanted: Vec<&str> = ["not_due", "d1_30", "d31_60", "d61_90", "d91_plus", "total"]
            .map(|column| row[column].as_str())
            .to_vec();
        assert_eq!(figures, wanted, "{}", line["party"]);
    }
}

/// One return a quarter, filed in their order.
async fn check_returns(client: &Client, folder: &Path) {
    for quarter in rows(folder, "expected_vat_box1_by_quarter.csv") {
        let prepared = posted(client, "/vat-returns", json!({ "period": quarter["quarter"] })).await;
        let boxes = prepared["boxes"].as_array().unwrap();
        let first = boxes.iter().find(|one| one["box"] == "1").unwrap();
        assert_eq!(
            (text(&first["amount"]), text(&first["vat"])),
            (quarter["box1_amount"].as_str(), quarter["box1_vat"].as_str()),
            "{quarter:?}"
        );
        let path = format!("/vat-returns/{}/file", id(&prepared));
        with_etag(client, "POST", &path, json!({ "reference": quarter["quarter"] })).await.expect(200);
    }
    // A filed period takes no invoice any more.
    let body = json!({ "partyCode": "ALFKI", "documentDate": "1997-02-01", "lines": [line("1", "1.00", "S15")], "post": true });
    let refused = client.post("/sales-invoices", body).await;
    assert_eq!(refused.code(), "tax_date_locked", "{}", refused.text());
}
