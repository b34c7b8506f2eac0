//! Branches of documents: numbers, dimensions, lists, files and paper by branch.

use super::*;

/// A company with the branches RUH, JED and OLD, of which RUH and JED are values of the dimension `branch`.
pub async fn company_with_branches() -> (World, TenantKit) {
    let (world, tenant) = company().await;
    let client = &tenant.client;
    for (code, crn) in [("RUH", "1010010000"), ("JED", "4030010000"), ("OLD", "2050010000")] {
        let body = json!({
            "code": code, "name": { "ar": format!("فرع {code}"), "en": format!("Branch {code}") },
            "registrations": [{ "scheme": "CRN", "number": crn }], "active": code != "OLD",
        });
        client.post("/branches", body).await.expect(201);
    }
    let found = client.get("/dimensions?code=branch").await.ok();
    let path = format!("/dimensions/{}/values", id(&found["items"][0]));
    for code in ["RUH", "JED"] {
        let value = json!({ "code": code, "name": { "en": code } });
        client.post(&path, value).await.expect(201);
    }
    (world, tenant)
}

async fn series(client: &Client, document_type: &str, branch: &str, pattern: &str) -> Value {
    let body = json!({
        "code": format!("{branch}-{document_type}"), "name": { "en": "Of a branch" }, "documentType": document_type,
        "branchCode": branch, "pattern": pattern,
    });
    posted(client, "/number-series", body).await
}

pub fn of(branch: &str, mut body: Value) -> Value {
    body["branchCode"] = json!(branch);
    body
}

/// The branch of every line of the document's entry.
async fn on_lines(client: &Client, document: &Value) -> Vec<String> {
    let entry = client.get(&format!("/journal-entries/{}", text(&document["journalEntryId"]))).await.ok();
    let lines = entry["lines"].as_array().unwrap();
    let branch = |line: &Value| line["dimensions"]["branch"].as_str().unwrap_or("none").to_owned();
    lines.iter().map(branch).collect()
}

#[tokio::test]
async fn a_branch_numbers_its_documents_and_stands_on_every_line_of_their_entries() {
    let (_world, tenant) = company_with_branches().await;
    let client = &tenant.client;
    let ruh = series(client, "sales_invoice", "RUH", "INV-{BRANCH}-{FY}-{000000}").await;
    let body = invoice("2026-03-15", &[line("1", "100.00", "S15")]);
    let mut two = of("RUH", body.clone());
    two["lines"][0]["dimensions"] = json!({ "branch": "JED" });
    two["charges"] =
        json!([{ "description": "Freight", "amount": "25.00", "taxCode": "S15", "accountCode": "4150" }]);
    let first = posted(client, "/sales-invoices", of("RUH", body.clone())).await;
    assert_eq!((&first["number"], &first["branchCode"]), (&json!("INV-RUH-2026-000001"), &json!("RUH")));
    assert_eq!(on_lines(client, &first).await, ["RUH", "RUH", "RUH"]);
    let second = posted(client, "/sales-invoices", two).await;
    assert_eq!(second["number"], "INV-RUH-2026-000002");
    assert_eq!(on_lines(client, &second).await, ["RUH", "JED", "RUH", "RUH"], "a line may name another");
    let other = posted(client, "/sales-invoices", of("JED", body.clone())).await;
    assert_eq!(other["number"], "INV-2026-000001", "a branch without a series takes that of the type");
    let none = posted(client, "/sales-invoices", body).await;
    assert_eq!((&none["number"], &none["branchId"]), (&json!("INV-2026-000002"), &Value::Null));
    assert_eq!(on_lines(client, &none).await, ["none", "none", "none"]);

    let gaps = client.get(&format!("/number-series/{}/gaps", id(&ruh))).await.ok();
    assert_eq!((&gaps["gapless"], &gaps["periods"][0]["used"]), (&json!(true), &json!(2)));
    let preview = client.get(&format!("/number-series/{}/preview?date=2026-04-01", id(&ruh))).await.ok();
    assert_eq!(preview["number"], "INV-RUH-2026-000003");
    let numbers = async |filter: &str| {
        let list = client.get(&format!("/sales-invoices?sort=id&{filter}")).await.ok();
        let items = list["items"].as_array().unwrap().clone();
        items.iter().map(|item| text(&item["number"]).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(numbers("branchCode=RUH").await, ["INV-RUH-2026-000001", "INV-RUH-2026-000002"]);
    assert_eq!(numbers(&format!("branchId={}", text(&other["branchId"]))).await, ["INV-2026-000001"]);
    let detail = client.get("/reports/vat-detail?to=2026-12-31&branch=RUH").await.ok();
    let lines = detail["lines"].as_array().unwrap();
    assert!(lines.len() == 2 && lines.iter().all(|line| line["branch"] == "RUH"), "{detail}");
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn notes_bills_of_orders_and_receipts_belong_to_the_branch_of_their_documents() {
    let (_world, tenant) = company_with_branches().await;
    let client = &tenant.client;
    let order = json!({
        "partyCode": "C001", "branchCode": "JED", "documentDate": "2026-03-01", "lines": [line("2", "50.00", "S15")], "confirm": true,
    });
    let order = posted(client, "/sales-orders", order).await;
    let path = format!("/sales-orders/{}", id(&order));
    let moved = with_etag(client, "PATCH", &path, json!({ "branchCode": "RUH" })).await.expect(422);
    assert_eq!(moved.errors(), [("/branchId".to_owned(), "order_branch_fixed".to_owned())]);
    with_etag(client, "PATCH", &path, json!({ "notes": "Soon" })).await.expect(200);
    let bill = json!({ "documentDate": "2026-03-02", "post": true });
    let invoiced = posted(client, &format!("{path}/invoice"), bill).await;
    assert_eq!(invoiced["branchCode"], "JED");
    let branch = format!("/branches/{}", text(&invoiced["branchId"]));
    let renamed = with_etag(client, "PATCH", &branch, json!({ "code": "JEDDAH" })).await.expect(409);
    assert_eq!(renamed.code(), "branch_code_fixed");
    with_etag(client, "DELETE", &branch, Value::Null).await.expect(409);
    // A branch that has been closed still corrects what it sold.
    with_etag(client, "PATCH", &branch, json!({ "active": false })).await.expect(200);
    let cancel = json!({ "reason": "Twice", "date": "2026-03-03" });
    let note =
        client.with_etag("POST", &format!("/sales-invoices/{}/cancel", id(&invoiced)), "*", cancel).await;
    let note = note.ok();
    assert_eq!(note["branchCode"], "JED");
    assert_eq!(on_lines(client, &note).await, ["JED", "JED", "JED"]);

    let mut paid = of("RUH", invoice("2026-03-04", &[line("1", "10.00", "S15")]));
    paid["payment"] = json!({ "method": "cash" });
    let paid = posted(client, "/sales-invoices", paid).await;
    let receipt = client.get(&format!("/receipts/{}", text(&paid["created"][0]["id"]))).await.ok();
    assert_eq!(receipt["branchCode"], "RUH");
    assert_eq!(on_lines(client, &receipt).await, ["RUH", "RUH"]);
    agree(client, "2026-12-31").await;
}

#[tokio::test]
async fn the_branch_is_that_of_the_company_profile_or_the_only_one() {
    let (_world, tenant) = company().await;
    let client = &tenant.client;
    let branch = json!({ "code": "ONE", "name": { "en": "One" } });
    posted(client, "/branches", branch).await;
    let body = invoice("2026-03-15", &[line("1", "100.00", "S15")]);
    let only = posted(client, "/sales-invoices", body.clone()).await;
    assert_eq!((&only["branchCode"], on_lines(client, &only).await[0].as_str()), (&json!("ONE"), "none"));
    let warned = only["warnings"].as_array().unwrap();
    let warning = warned.iter().find(|warning| warning["code"] == "branch_without_value");
    assert_eq!(warning.unwrap()["pointer"], "", "nobody sent the branch: {only}");

    posted(client, "/branches", json!({ "code": "TWO", "name": { "en": "Two" } })).await;
    let none = posted(client, "/sales-invoices", body.clone()).await;
    assert_eq!(none["branchCode"], Value::Null, "nobody said which");
    let default = json!({ "defaultBranchCode": "TWO" });
    let saved = with_etag(client, "PATCH", "/company-profile", default).await.expect(200).json();
    let two = posted(client, "/sales-invoices", body).await;
    assert_eq!((&two["branchCode"], &two["branchId"]), (&json!("TWO"), &saved["defaultBranchId"]));
    let gone = with_etag(client, "PATCH", "/company-profile", json!({ "defaultBranchCode": "NONE" })).await;
    assert_eq!(
        gone.expect(422).errors(),
        [("/defaultBranchCode".to_owned(), "unknown_reference".to_owned())]
    );
}

#[tokio::test]
async fn unknown_and_archived_branches_are_refused_where_they_are_named() {
    let (_world, tenant) = company_with_branches().await;
    let client = &tenant.client;
    let at = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    for path in ["/sales-invoices", "/quotations", "/purchase-orders", "/receipts"] {
        let body = |branch: &str| match path {
            "/receipts" => json!({ "partyCode": "C001", "branchCode": branch, "amount": "5.00" }),
            "/purchase-orders" => {
                json!({ "partyCode": "V001", "branchCode": branch, "lines": [line("1", "5.00", "P15")] })
            }
            _ => json!({ "partyCode": "C001", "branchCode": branch, "lines": [line("1", "5.00", "S15")] }),
        };
        let unknown = client.post(path, body("NOWHERE")).await.expect(422);
        assert_eq!(unknown.errors(), [at("/branchCode", "unknown_reference")], "{path}");
        let archived = client.post(path, body("OLD")).await.expect(422);
        assert_eq!(archived.errors(), [at("/branchCode", "branch_archived")], "{path}");
    }
    let wrong = json!({
        "code": "X", "name": { "en": "X" }, "documentType": "sales_invoice", "branchCode": "NOWHERE", "pattern": "X-{FY}-{000}",
    });
    let wrong = client.post("/number-series", wrong).await.expect(422);
    assert_eq!(wrong.errors(), [at("/branchCode", "unknown_reference")]);
    let open = json!({ "code": "X", "name": { "en": "X" }, "documentType": "sales_invoice", "pattern": "{BRANCH}-{FY}-{000}" });
    let open = client.post("/number-series", open).await.expect(422);
    assert_eq!(open.errors(), [at("/pattern", "number_pattern_branch")]);
    let series = series(client, "sales_invoice", "RUH", "A-{FY}-{000}").await;
    let journal = json!({ "code": "J", "name": { "en": "J" }, "numberSeriesId": series["id"] });
    let journal = client.post("/journals", journal).await.expect(422);
    assert_eq!(journal.errors(), [at("/numberSeriesId", "number_series_needs_branch")]);
}

#[tokio::test]
async fn files_of_documents_have_a_column_for_the_branch() {
    let (_world, tenant) = company_with_branches().await;
    let client = &tenant.client;
    let import = async |text: &str| {
        let headers = ["Content-Type: text/csv", "Prefer: wait=60"];
        client.call("POST", "/imports?type=invoices&post=true", &headers, text.as_bytes().to_vec()).await
    };
    let file = "document,party,branch,date,description,quantity,unit_price,tax_code\nA-1,C001,JED,2026-02-03,Work,2,100.00,S15\n";
    import(file).await.ok();
    let list = client.get("/sales-invoices?branchCode=JED").await.ok();
    assert_eq!(list["items"][0]["reference"], "A-1", "{list}");
    let refused = import(&file.replace("JED", "OLD").replace("A-1", "A-2")).await.expect(422).json();
    let error = &refused["errors"][0];
    assert_eq!(
        (&error["code"], &error["column"]),
        (&json!("branch_archived"), &json!("branch")),
        "{refused}"
    );
}
