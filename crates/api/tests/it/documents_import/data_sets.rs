//! Books of a wholesaler and of a shop, loaded by files: every figure agrees to the halala.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use testkit::Client;

use super::import;
use crate::documents::{company, id, text};

/// The rows of a file by the names of its columns.
fn rows(folder: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(folder.join(name)).unwrap();
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

fn file(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).unwrap();
    rows.into_iter().for_each(|row| writer.write_record(row).unwrap());
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// The tax code S15 has always been 15 %: the figures of the data sets are computed so.
async fn one_rate(client: &Client, from: &str) {
    let code = client.get("/tax-codes?code=S15").await.ok()["items"][0].clone();
    let rates = json!({ "rates": [{ "from": from, "rate": "15" }] });
    client.with_etag("PATCH", &format!("/tax-codes/{}", id(&code)), "*", rates).await.expect(200);
}

async fn parties(client: &Client, codes: impl IntoIterator<Item = (String, String)>) {
    // Persons, so that no address is asked for.
    let row = |(code, country): (String, String)| {
        vec![
            code.clone(),
            format!("Customer {code}"),
            "person".to_owned(),
            country,
            "true".to_owned(),
            "N30".to_owned(),
        ]
    };
    let terms =
        json!({ "code": "N30", "name": { "en": "30 days" }, "lines": [{ "percent": "100", "dueDays": 30 }] });
    client.post("/payment-terms", terms).await.expect(201);
    let header = ["code", "name_en", "kind", "country", "is_customer", "payment_terms"];
    import(client, "parties", &file(&header, codes.into_iter().map(row))).await.ok();
}

/// Every document of a collection by its reference.
async fn by_reference(client: &Client, path: &str) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    let mut next = format!("{path}?limit=200");
    loop {
        let page = client.get(&next).await.ok();
        for view in page["items"].as_array().unwrap() {
            found.insert(text(&view["reference"]).to_owned(), view.clone());
        }
        match page["nextCursor"].as_str() {
            Some(cursor) => next = format!("{path}?limit=200&cursor={cursor}"),
            None => return found,
        }
    }
}

/// Imports the shipped orders as invoices and compares each with its figures.
async fn load_invoices(
    client: &Client,
    folder: &Path,
    expected: &BTreeMap<String, BTreeMap<String, String>>,
) {
    let freight: BTreeMap<_, _> = rows(folder, "orders.csv")
        .into_iter()
        .map(|row| (row["document"].clone(), row["freight"].clone()))
        .collect();
    let shipped = rows(folder, "order_lines.csv").into_iter().filter_map(|line| {
        let order = expected.get(&line["document"])?;
        let text = |name: &str| line[name].clone();
        let head = [text("document"), order["party"].clone(), order["invoice_date"].clone()];
        let line =
            [text("item"), text("quantity"), text("unit_price"), text("discount_percent"), text("tax_code")];
        Some(
            head.into_iter()
                .chain(line)
                .chain([freight[&order["document"]].clone(), "S15".to_owned()])
                .collect(),
        )
    });
    let header = [
        "document",
        "party",
        "date",
        "description",
        "quantity",
        "unit_price",
        "discount_percent",
        "tax_code",
        "charge",
        "charge_tax_code",
    ];
    let began = std::time::Instant::now();
    let done = import(client, "invoices&post=true&createPeriods=true", &file(&header, shipped)).await.ok();
    eprintln!("{} invoices in {:?}", done["documents"], began.elapsed());
    assert_eq!(done["documents"], 809);
    let made = by_reference(client, "/sales-invoices").await;
    assert_eq!(made.len(), 809);
    for (document, row) in expected {
        let view = &made[document];
        for (name, column) in [
            ("linesNet", "lines_net"),
            ("charges", "charge"),
            ("net", "taxable"),
            ("vat", "vat"),
            ("total", "total"),
        ] {
            assert_eq!(view["totals"][name], row[column].as_str(), "{column} of {document}");
        }
        assert_eq!(view["instalments"][0]["dueDate"], row["due_date"].as_str(), "{document}");
    }
}

#[tokio::test]
async fn northwind_is_loaded_by_files() {
    let Some(folder) = testkit::data::shared("trade/northwind") else { return };
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    one_rate(client, "1996-01-01").await;
    let customers = rows(&folder, "parties.csv").into_iter().filter(|party| party["is_customer"] == "true");
    parties(client, customers.map(|party| (party["code"].clone(), party["address_country"].clone()))).await;
    let expected: BTreeMap<_, _> = rows(&folder, "expected_invoices.csv")
        .into_iter()
        .map(|row| (row["document"].clone(), row))
        .collect();
    load_invoices(client, &folder, &expected).await;
    let receipts = rows(&folder, "receipts.csv").into_iter().map(|row| {
        let text = |name: &str| row[name].clone();
        vec![
            text("receipt"),
            text("party"),
            text("posting_date"),
            text("amount"),
            "bank_transfer".to_owned(),
            text("invoice"),
        ]
    });
    let header = ["document", "party", "date", "amount", "method", "invoice"];
    let began = std::time::Instant::now();
    let done = import(client, "receipts&post=true", &file(&header, receipts)).await.ok();
    eprintln!("{} receipts in {:?}", done["documents"], began.elapsed());
    assert_eq!(done["documents"], 608);
    let view = client.get("/reports/receivables-ageing?asOf=1998-04-30").await.ok();
    assert_eq!((&view["total"]["total"], &view["difference"]), (&json!("674120.47"), &json!("0.00")));
    let checks = client.get("/integrity/checks").await.ok();
    assert_eq!(checks["ok"], true, "{checks}");
}

#[tokio::test]
async fn a_shop_with_prices_that_include_vat_is_loaded_by_files() {
    let Some(folder) = testkit::data::shared("trade/online-retail") else { return };
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    one_rate(client, "2010-01-01").await;
    const WALK_IN: &str = "WALK-IN";
    let lines = rows(&folder, "lines.csv");
    let mut customers = BTreeMap::from([(WALK_IN.to_owned(), "GB".to_owned())]);
    customers.extend(
        lines
            .iter()
            .filter(|line| !line["party"].is_empty())
            .map(|line| (line["party"].clone(), line["country"].clone())),
    );
    parties(client, customers).await;
    let of_kind = |kind: &'static str| {
        lines.iter().filter(move |line| line["kind"] == kind).map(|line| {
            let text = |name: &str| line[name].clone();
            let party =
                Some(text("party")).filter(|party| !party.is_empty()).unwrap_or_else(|| WALK_IN.to_owned());
            let row = [
                text("document"),
                party,
                text("document_date"),
                text("description"),
                text("quantity"),
                text("unit_price"),
            ];
            row.into_iter().chain(["S15".to_owned(), "true".to_owned()]).collect::<Vec<_>>()
        })
    };
    let columns = [
        "document",
        "party",
        "date",
        "description",
        "quantity",
        "unit_price",
        "tax_code",
        "prices_include_vat",
    ];
    let began = std::time::Instant::now();
    let done = import(client, "invoices&post=true&createPeriods=true", &file(&columns, of_kind("invoice")))
        .await
        .ok();
    eprintln!("{} invoices of {} lines in {:?}", done["documents"], done["lines"], began.elapsed());
    assert_eq!(done["documents"], 425);
    let header = [&columns[..], &["corrects_number", "corrects_date", "reason"]].concat();
    let notes = of_kind("credit_note").map(|mut row| {
        let date = row[2].clone();
        row.extend(["unknown".to_owned(), date, "Returned".to_owned()]);
        row
    });
    let done = import(client, "credit-notes&post=true", &file(&header, notes)).await.ok();
    assert_eq!(done["documents"], 43);
    let mut made = by_reference(client, "/sales-invoices").await;
    made.extend(by_reference(client, "/sales-credit-notes").await);
    let expected = rows(&folder, "expected_documents.csv");
    assert_eq!((made.len(), expected.len()), (468, 468));
    for row in expected {
        let totals = &made[&row["document"]]["totals"];
        for (name, column) in [
            ("net", "net_if_prices_include_vat"),
            ("vat", "vat_if_prices_include_vat"),
            ("total", "total_if_prices_include_vat"),
        ] {
            assert_eq!(totals[name], row[column].as_str(), "{column} of {}", row["document"]);
        }
    }
    let checks = client.get("/integrity/checks").await.ok();
    assert_eq!(checks["ok"], true, "{checks}");
}
