//! Files of documents: rows become documents, posted as by their own requests, and every problem has its row and column.

mod data_sets;

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
        R-1,C001,2026-02-05,300.00,bank_transfer,A-1,SAR\nR-1,,,11.50,,A-2,\nR-2,C001,2026-02-06,30,CASH,A-1,\n";
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

/// An overlapping file of another system does not double what was taken over before.
#[tokio::test]
async fn a_document_that_the_party_has_already_is_refused_with_its_number() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let header = "document,party,date,description,quantity,unit_price,tax_code\n";
    let both = format!("{header}X1,C001,2026-02-01,Work,1,100,S15\nX2,C001,2026-02-02,Work,1,50,S15\n");
    import(client, "invoices&post=true", &both).await.ok();
    let number = all(client, "/sales-invoices").await[0]["number"].clone();
    let overlapping = format!("{header}X3,C001,2026-02-03,Work,1,7,S15\nX1,C001,2026-02-01,Work,1,100,S15\n");
    for query in ["invoices&post=true", "invoices", "invoices&post=true&dryRun=true"] {
        let refused = import(client, query, &overlapping).await.expect(422);
        assert_eq!(refused.errors(), [("/rows/3/document".to_owned(), "import_document_exists".to_owned())]);
        assert!(refused.text().contains(text(&number)), "{}", refused.text());
    }
    assert_eq!(all(client, "/sales-invoices").await.len(), 2, "nothing of the file was kept");
    import(client, "invoices&post=true&allowDuplicate=true", &overlapping).await.ok();
    assert_eq!(all(client, "/sales-invoices").await.len(), 4);

    let draft = format!("{header}D1,C001,2026-02-01,Work,1,100,S15\n");
    import(client, "invoices", &draft).await.ok();
    let other = format!("{header}D1,C001,2026-02-01,Other work,1,100,S15\n");
    let refused = import(client, "invoices&post=true", &other).await.expect(422);
    assert_eq!(refused.errors()[0].1, "import_document_exists", "a draft counts, too");
    let receipts =
        |amount: &str| format!("document,party,date,amount,method\nX1,C001,2026-02-05,{amount},cash\n");
    import(client, "receipts&post=true", &receipts("5")).await.ok();
    let refused = import(client, "receipts&post=true", &receipts("6")).await.expect(422);
    assert_eq!(refused.errors()[0].1, "import_document_exists", "references are those of a type");
}

#[tokio::test]
async fn of_two_files_at_once_one_takes_over_the_document() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let header = "document,party,date,description,quantity,unit_price,tax_code\n";
    let file = |more: &str| {
        format!("{header}X1,C001,2026-02-01,Work,1,100,S15\n{more},C001,2026-02-02,Work,1,50,S15\n")
    };
    for (query, one, two) in [("invoices&post=true", "X2", "X3"), ("invoices", "Y2", "Y3")] {
        let (one, two) = (file(one), file(two));
        let (one, two) =
            if query == "invoices" { (one.replace("X1", "Y1"), two.replace("X1", "Y1")) } else { (one, two) };
        let (one, two) = tokio::join!(import(client, query, &one), import(client, query, &two));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422], "{} {}", one.text(), two.text());
    }
    assert_eq!(all(client, "/sales-invoices").await.len(), 4);
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
        ("/rows/11/tax_code", "line_tax_missing"),
        ("/rows/12/charge_tax_code", "unknown_reference"),
        ("/rows/13/date", "fiscal_period_missing"),
    ] {
        let expected = (pointer.to_owned(), code.to_owned());
        assert!(found.contains(&expected), "{expected:?} in {found:#?}");
    }
    assert!(all(client, "/sales-invoices").await.is_empty(), "nothing was kept");

    import(client, "invoices&post=true", INVOICES).await.ok();
    let again = INVOICES.replace("2026-02-03", "2026-02-04").replace("A-2", "A-3");
    import(client, "invoices&post=true&allowDuplicate=true", &again).await.ok();
    let receipts = "document,party,date,amount,method,invoice,rate\n\
        R-1,C001,2026-02-05,1,bank_transfer,A-1,\nR-2,C001,2026-02-05,1,barter,A-2,\nR-3,C001,2026-02-05,1,cash,A-9,\n\
        R-4,C001,2026-02-05,5,cash,A-2,\nR-4,C001,,20,,A-3,\nR-5,V001,2026-02-05,5,cash,A-2,\nR-6,C001,2026-02-05,-1,cash,,0\n\
        R-7,C001,2026-02-05,5,cash,A-2,\nR-7,C001,,5,,A-2,\n";
    let found = import(client, "receipts&post=true", receipts).await.expect(422).errors();
    for (pointer, code) in [
        ("/rows/2/invoice", "import_document_ambiguous"),
        ("/rows/3/method", "invalid_choice"),
        ("/rows/4/invoice", "import_document_unknown"),
        ("/rows/6/invoice", "allocation_exceeds_open"),
        ("/rows/7/invoice", "import_document_unknown"),
        ("/rows/8/rate", "invalid_rate"),
        ("/rows/10/invoice", "allocation_named_twice"),
    ] {
        let expected = (pointer.to_owned(), code.to_owned());
        assert!(found.contains(&expected), "{expected:?} in {found:#?}");
    }
    assert!(all(client, "/receipts").await.is_empty());
}
