//! Files of documents: rows become documents, posted as by their own requests, and every problem has its row and column.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use testkit::{Answer, Client};

use crate::documents::{agree, company, id, text};

async fn import(client: &Client, query: &str, text: &str) -> Answer {
    let headers = ["Content-Type: text/csv", "Prefer: wait=60"];
    let answer =
        client.call("POST", &format!("/imports?type={query}"), &headers, text.as_bytes().to_vec()).await;
    if answer.status.as_u16() != 202 {
        return answer;
    }
    let job = answer.json();
    panic!("the import takes more than a minute: {job}");
}

const INVOICES: &str = "document,party,date,description,quantity,unit_price,tax_code,charge,charge_tax_code,discount_percent\n\
    A-1,C001,2026-02-03,Work,2,100.00,S15,25.00,S15,\n\
    A-2,C001,2026-02-01,Lamp,1,10,S15,,,\n\
    A-1,,,Travel,1,50,S15,,,10\n";

async fn all(client: &Client, path: &str) -> Vec<Value> {
    let page = client.get(&format!("{path}?sort=id&limit=200")).await.ok();
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn rows_of_a_file_become_documents_once() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let dry = import(client, "invoices&post=true&dryRun=true", INVOICES).await.ok();
    assert_eq!((&dry["documents"], &dry["lines"], &dry["firstNumber"]), (&json!(2), &json!(3), &Value::Null));
    assert!(all(client, "/sales-invoices").await.is_empty());

    let done = import(client, "invoices&post=true", INVOICES).await.ok();
    assert_eq!((&done["documents"], &done["posted"]), (&json!(2), &json!(true)));
    let made = all(client, "/sales-invoices").await;
    // In the order of their dates.
    let shown = |view: &Value| {
        let one = |name: &str| text(&view[name]).to_owned();
        (one("reference"), one("status"), one("number"), text(&view["totals"]["total"]).to_owned())
    };
    let first = text(&done["firstNumber"]).to_owned();
    let last = text(&done["lastNumber"]).to_owned();
    let posted = "posted".to_owned();
    assert_eq!(shown(&made[0]), ("A-2".to_owned(), posted.clone(), first, "11.50".to_owned()));
    assert_eq!(shown(&made[1]), ("A-1".to_owned(), posted, last, "310.50".to_owned()));

    let again = INVOICES.replace("25.00", "25").replace(",2,100.00", ",2.0,100");
    let refused = import(client, "invoices", &again).await.expect(409);
    assert_eq!(refused.code(), "import_duplicate");
    let drafts = import(client, "invoices&allowDuplicate=true", &again).await.ok();
    assert_eq!((&drafts["posted"], &drafts["documents"]), (&json!(false), &json!(2)));
    assert_eq!(client.get("/sales-invoices?status=draft").await.ok()["items"].as_array().unwrap().len(), 2);

    let receipts = "document,party,date,amount,method,invoice,currency\n\
        R-1,c001,2026-02-05,300.00,bank_transfer,A-1,SAR\nR-1,,,11.50,,A-2,\nR-2,C001,2026-02-06,30,CASH,A-1,\n";
    let done = import(client, "receipts&post=true", receipts).await.ok();
    assert_eq!(done["documents"], 2, "{done}");
    let open: Vec<Value> =
        all(client, "/sales-invoices").await.iter().map(|view| view["openAmount"].clone()).collect();
    assert_eq!(open[..2], ["0.00", "0.00"]);
    let left: Vec<Value> =
        all(client, "/receipts").await.iter().map(|view| view["openAmount"].clone()).collect();
    assert_eq!(left, ["0.00", "19.50"], "what is left is an advance");
    agree(client, "2026-02-28").await;
}

#[tokio::test]
async fn bills_payments_and_credit_notes_are_files_too() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let bills = "document,party,date,description,quantity,unit_price,tax_code,supplier_number\n\
        B-1,V001,2026-02-03,Paper,10,20,P15,PM-77\n";
    import(client, "purchase-invoices&post=true", bills).await.ok();
    let bill = all(client, "/purchase-invoices").await[0].clone();
    assert_eq!((text(&bill["postingDate"]), text(&bill["supplierNumber"])), ("2026-02-03", "PM-77"));
    let payments = format!(
        "document,party,date,amount,method,invoice\nP-1,V001,2026-02-20,230,bank_transfer,{}\n",
        text(&bill["number"])
    );
    import(client, "payments&post=true", &payments).await.ok();
    assert_eq!(all(client, "/purchase-invoices").await[0]["openAmount"], "0.00");

    import(client, "invoices&post=true", INVOICES).await.ok();
    let notes = "document,party,date,description,quantity,unit_price,tax_code,corrects_number,corrects_date,reason,note_kind\n\
        N-1,C001,2026-02-10,Lamp,1,10,S15,A-2,,Broken,return\n\
        N-2,C001,2026-02-11,Old lamp,1,10,S15,X-1,2025-12-01,Broken,\n";
    let done = import(client, "credit-notes&post=true", notes).await.ok();
    assert_eq!(done["documents"], 2, "{done}");
    let made = all(client, "/sales-credit-notes").await;
    let invoice = all(client, "/sales-invoices").await[0].clone();
    assert_eq!(text(&made[0]["correctsId"]), id(&invoice), "{}", made[0]);
    assert_eq!(text(&made[1]["totals"]["total"]), "11.50");
    agree(client, "2026-02-28").await;
}

#[tokio::test]
async fn every_problem_is_named_with_its_row_and_column() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let unknown = import(
        client,
        "invoices",
        "document,party,date,quantity,unit_price,descripton\n1,C001,2026-02-01,1,1,x\n",
    )
    .await;
    assert_eq!(
        unknown.expect(422).errors(),
        [("/rows/1/descripton".to_owned(), "import_column_unknown".to_owned())]
    );

    let wrong = "document,party,date,description,item,quantity,unit_price,tax_code,due_date,charge,charge_tax_code,prices_include_vat\n\
        1,NONE,2026-02-01,Work,,1,1,S15,,,,\n\
        2,C001,2026-02-01,Work,,1,1,S15,2026-01-01,,,\n\
        2,C002,,Work,,1,1,NONE,,,,\n\
        3,C001,2026-02-01,Work,,0,1,S15,,,,\n\
        3,,,,,1,1,S15,,,,\n\
        3,,,,NONE,1,1,S15,,,,\n\
        4,C001,2026-13-01,Work,,,1e3,S15,,,,maybe\n\
        5,C001,,Work,,1,1,S15,,,,\n\
        ,C001,2026-02-01,Work,,1,1,S15,,,,\n\
        6,C001,2026-02-01,Work,,1,1,,,,,\n\
        6,,,Work,,1,1,S15,,5,NONE,\n\
        7,C001,2019-02-01,Work,,1,1,S15,,,,\n";
    let refused = import(client, "invoices&post=true", wrong).await.expect(422);
    let found = refused.errors();
    for (pointer, code) in [
        ("/rows/2/party", "unknown_reference"),
        ("/rows/4/party", "import_document_field_differs"),
        ("/rows/5/quantity", "quantity_not_positive"),
        ("/rows/6/description", "line_text_missing"),
        ("/rows/8/date", "invalid_date"),
        ("/rows/8/quantity", "import_cell_empty"),
        ("/rows/8/unit_price", "invalid_price"),
        ("/rows/8/prices_include_vat", "import_cell_no_flag"),
        ("/rows/9/date", "import_cell_empty"),
        ("/rows/10/document", "import_cell_empty"),
        ("/rows/11/tax_code", "tax_code_missing"),
        ("/rows/12/charge_tax_code", "unknown_reference"),
        ("/rows/13/date", "fiscal_period_missing"),
    ] {
        let expected = (pointer.to_owned(), code.to_owned());
        assert!(found.contains(&expected), "{expected:?} in {found:#?}");
    }
    assert!(all(client, "/sales-invoices").await.is_empty(), "nothing was kept");

    import(client, "invoices&post=true", INVOICES).await.ok();
    import(client, "invoices&post=true", &INVOICES.replace("2026-02-03", "2026-02-04").replace("A-2", "A-3"))
        .await
        .ok();
    let receipts = "document,party,date,amount,method,invoice,rate\n\
        R-1,C001,2026-02-05,1,bank_transfer,A-1,\nR-2,C001,2026-02-05,1,barter,A-2,\nR-3,C001,2026-02-05,1,cash,A-9,\n\
        R-4,C001,2026-02-05,5,cash,A-2,\nR-4,C001,,20,,A-2,\nR-5,V001,2026-02-05,5,cash,A-2,\nR-6,C001,2026-02-05,-1,cash,,0\n";
    let found = import(client, "receipts&post=true", receipts).await.expect(422).errors();
    for (pointer, code) in [
        ("/rows/2/invoice", "import_document_ambiguous"),
        ("/rows/3/method", "invalid_choice"),
        ("/rows/4/invoice", "import_document_unknown"),
        ("/rows/7/invoice", "import_document_unknown"),
        ("/rows/8/rate", "invalid_rate"),
    ] {
        let expected = (pointer.to_owned(), code.to_owned());
        assert!(found.contains(&expected), "{expected:?} in {found:#?}");
    }
    assert!(found.iter().any(|(pointer, _)| pointer == "/rows/5/invoice"), "more than is open: {found:#?}");
    assert!(all(client, "/receipts").await.is_empty());
}

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

#[tokio::test]
async fn northwind_is_loaded_by_files() {
    let Some(folder) = testkit::data::shared("data/trade/northwind") else { return };
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    one_rate(client, "1996-01-01").await;
    let customers = rows(&folder, "parties.csv").into_iter().filter(|party| party["is_customer"] == "true");
    parties(client, customers.map(|party| (party["code"].clone(), party["address_country"].clone()))).await;
    let expected: BTreeMap<_, _> = rows(&folder, "expected_invoices.csv")
        .into_iter()
        .map(|row| (row["document"].clone(), row))
        .collect();
    let freight: BTreeMap<_, _> = rows(&folder, "orders.csv")
        .into_iter()
        .map(|row| (row["document"].clone(), row["freight"].clone()))
        .collect();
    let shipped = rows(&folder, "order_lines.csv").into_iter().filter_map(|line| {
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
    for (document, row) in &expected {
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
    let Some(folder) = testkit::data::shared("data/trade/online-retail") else { return };
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
