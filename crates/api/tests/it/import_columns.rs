//! Headings of a file: known ones in two languages, slips of them refused with what was meant, dimensions on request.

use serde_json::{Value, json};
use testkit::{Answer, TenantKit, World};

const POST: &str = "/imports?type=journal-entries&post=true";

async fn books() -> (World, TenantKit) {
    let (world, tenant) = World::books().await;
    let dimension = json!({ "code": "cost-centre", "name": { "en": "Cost centre", "ar": "مركز التكلفة" } });
    let _ = tenant.client.post("/dimensions", dimension).await;
    (world, tenant)
}

async fn upload_as(tenant: &TenantKit, path: &str, kind: &str, text: impl Into<Vec<u8>>) -> Answer {
    let kind = format!("Content-Type: {kind}");
    let body: Vec<u8> = text.into();
    tenant.client.call("POST", path, &[kind.as_str(), "Prefer: wait=60"], body).await
}

async fn upload(tenant: &TenantKit, path: &str, text: &str) -> Answer {
    let kind = if text.starts_with('{') { "application/x-ndjson" } else { "text/csv" };
    upload_as(tenant, path, kind, text).await
}

async fn dimensions(tenant: &TenantKit) -> Vec<Value> {
    let list = tenant.client.get("/dimensions?limit=100").await.ok();
    list["items"].as_array().unwrap().iter().map(|item| item["code"].clone()).collect()
}

fn with_column(heading: &str, value: &str) -> String {
    format!(
        "entry,date,account,debit,credit,{heading}\n1,2026-02-01,6210,12.50,,{value}\n1,2026-02-01,1113,,12.50,{value}\n"
    )
}

#[tokio::test]
async fn a_mistyped_column_is_refused_with_the_name_that_was_meant() {
    let (_world, tenant) = books().await;
    let known = dimensions(&tenant).await;
    assert!(known.contains(&json!("cost-centre")), "{known:?}");
    for (heading, meant) in [
        ("discription", "description"),
        ("notes", "line_description"),
        ("number", "entry"),
        ("amount", "debit"),
        ("cost center", "cost-centre"),
        ("cost_centre", "cost-centre"),
        ("البيانن", "البيان"),
    ] {
        for create in ["", "&createDimensions=true"] {
            for text in [
                with_column(heading, "rent"),
                with_column(heading, ""),
                format!(
                    "{{\"entry\":1,\"date\":\"2026-02-01\",\"account\":\"6210\",\"debit\":1,\"{heading}\":\"rent\"}}\n"
                ),
                format!(
                    "{{\"date\":\"2026-02-01\",\"lines\":[{{\"account\":\"6210\",\"debit\":1,\"dimensions\":{{\"{heading}\":\"x\"}}}},{{\"account\":\"1113\",\"credit\":1}}]}}\n"
                ),
            ] {
                let refused = upload(&tenant, &format!("{POST}{create}"), &text).await.expect(422).json();
                let error = refused["errors"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(|error| error["code"] == "import_column_unknown");
                let error = error.unwrap_or_else(|| panic!("{heading}: {refused}"));
                assert!(error["detail"].as_str().unwrap_or_default().contains(meant), "{heading}: {error}");
            }
        }
    }
    assert_eq!(dimensions(&tenant).await, known, "nothing was created");
    assert_eq!(tenant.client.get("/journal-entries").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn a_new_dimension_is_made_only_on_request() {
    let (_world, tenant) = books().await;
    let text = with_column("Vehicle Type", "Lorry");
    let refused = upload(&tenant, POST, &text).await.expect(422).json();
    assert_eq!(refused["errors"][0]["code"], "import_dimension_unknown");
    assert_eq!(
        (&refused["errors"][0]["row"], &refused["errors"][0]["column"]),
        (&json!(1), &json!("Vehicle Type"))
    );
    assert!(refused["errors"][0]["detail"].as_str().unwrap().contains("createDimensions=true"));

    let done = upload(&tenant, &format!("{POST}&createDimensions=true"), &text).await.expect(200).json();
    assert_eq!((&done["dimensions"], &done["dimensionValues"]), (&json!(["Vehicle-Type"]), &json!(1)));
    // Known by its code from now on, in whatever letter case, and its value by code or name; another value is not.
    let again = with_column("vehicle-type", "LORRY").replace("12.50", "13");
    let done = upload(&tenant, POST, &again).await.expect(200).json();
    assert_eq!((&done["dimensions"], &done["dimensionValues"]), (&json!([]), &json!(0)));
    let other = upload(&tenant, POST, &with_column("vehicle-type", "Van")).await.expect(422).json();
    assert_eq!(other["errors"][0]["code"], "dimension_value_unknown");
}

#[tokio::test]
async fn accounts_name_the_column_that_was_meant_too() {
    let (_world, tenant) = books().await;
    let text = "code,type,nmae_en\n9990,asset,Other\n";
    let refused = upload(&tenant, "/imports?type=accounts", text).await.expect(422).json();
    assert_eq!(refused["errors"][0]["code"], "import_column_unknown");
    assert!(refused["errors"][0]["detail"].as_str().unwrap().contains("name_en"), "{refused}");
    let text = "الرمز,النوع,الاسم بالعربية\n9990,asset,أخرى\n";
    upload(&tenant, "/imports?type=accounts", text).await.expect(200);
}

#[tokio::test]
async fn arabic_headings_and_the_ways_of_excel_are_understood() {
    let (_world, tenant) = books().await;
    let arabic = "القيد,التاريخ,الحساب,مدين,دائن,البيان,العملة\n١,2026-02-01,6210,5,,إيجار,\n١,2026-02-01,1113,,5,إيجار,\n";
    upload(&tenant, POST, arabic).await.expect(200);
    let semicolons = "\u{feff}sep=;\r\nentry;date;account;debit;credit\r\n2;2026-02-01;6210;6;\r\n2;2026-02-01;9999;;6\r\n";
    let refused = upload(&tenant, POST, semicolons).await.expect(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/rows/4/account", "rows are lines of the file");
    upload(&tenant, POST, &semicolons.replace("9999", "1113")).await.expect(200);
    // The separator that the first line names counts, not the one that is there most often.
    let commas = "sep=;\nentry;date;account;debit;credit;\"cost-centre\"\n3;2026-02-01;6210;7;;\n3;2026-02-01;1113;;7;\n";
    upload(&tenant, POST, commas).await.expect(200);
    let tabs = "entry\tdate\taccount\tdebit\tcredit\tdescription\n4\t2026-02-01\t6210\t8\t\ta, b; c\n4\t2026-02-01\t1113\t\t8\t\n";
    upload_as(&tenant, POST, "text/tab-separated-values", tabs).await.expect(200);
    upload_as(
        &tenant,
        "/journal-entries/import",
        "text/tab-separated-values; charset=utf-8",
        tabs.replace("4\t", "5\t"),
    )
    .await
    .expect(200);
    assert_eq!(tenant.client.get("/journal-entries").await.ok()["items"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_quotation_mark_that_is_not_closed_is_named_with_row_and_column() {
    let (_world, tenant) = books().await;
    let header = "entry,date,description,account,debit,credit";
    for rows in [
        "1,2026-02-01,\"Rent,6210,5,\n1,2026-02-01,x,1113,,5\n",
        "1,2026-02-01,\"Rent \"Office\" May\",6210,5,\n1,2026-02-01,x,1113,,5\n",
    ] {
        let refused = upload(&tenant, POST, &format!("{header}\n{rows}")).await.expect(422).json();
        assert_eq!(refused["errors"][0]["code"], "import_quote_unclosed", "{refused}");
        assert_eq!(
            (&refused["errors"][0]["row"], &refused["errors"][0]["column"]),
            (&json!(2), &json!("description"))
        );
        assert_eq!(refused["errors"].as_array().unwrap().len(), 1, "{refused}");
    }
    let good = format!(
        "{header}\n1,2026-02-01,\"Rent \"\"Office\"\"\nMay\",6210,5,\n1,2026-02-01,5\" pipe,1113,,5\n"
    );
    let answer = upload(&tenant, "/imports?type=journal-entries&dryRun=true", &good).await;
    assert!(!answer.text().contains("import_quote_unclosed"), "{}", answer.text());
}

#[tokio::test]
async fn a_line_that_never_ends_is_refused_by_its_length() {
    let (_world, tenant) = books().await;
    let long = format!("{{\"entry\":1,{}}}\n", "\"a\":1,".repeat(3_000_000));
    let refused = upload(&tenant, POST, &long).await.expect(413);
    assert_eq!(refused.code(), "import_row_too_long");
    assert!(!refused.text().contains("16777216 rows"), "{}", refused.text());
    let members: Vec<_> = (0..300).map(|n| format!("\"a{n}\":1")).collect();
    let refused = upload(&tenant, POST, &format!("{{{}}}\n", members.join(","))).await.expect(422).json();
    assert_eq!(refused["errors"][0]["code"], "import_row_not_json");
    let cell = with_column("description", &"x".repeat(5_000));
    let refused = upload(&tenant, POST, &cell).await.expect(422).json();
    assert_eq!(refused["errors"][0]["code"], "text_too_long");
    let csv = with_column("description", &"x".repeat(2 << 20));
    assert_eq!(upload(&tenant, POST, &csv).await.expect(413).code(), "import_row_too_long");
}

#[tokio::test]
async fn members_that_are_there_twice_or_belong_to_the_entry_are_refused() {
    let (_world, tenant) = books().await;
    for (line, code) in [
        (
            "{\"entry\":1,\"date\":\"2026-02-01\",\"account\":\"6210\",\"debit\":1,\"debit\":2}",
            "import_column_twice",
        ),
        (
            "{\"entry\":1,\"date\":\"2026-02-01\",\"account\":\"6210\",\"accountCode\":\"1113\",\"debit\":2}",
            "import_column_twice",
        ),
        (
            "{\"date\":\"2026-02-01\",\"lines\":[{\"account\":\"6210\",\"debit\":1,\"date\":\"2026-02-02\"},{\"account\":\"1113\",\"credit\":1}]}",
            "import_column_of_entry",
        ),
    ] {
        let refused = upload(&tenant, POST, &format!("{line}\n")).await.expect(422).json();
        let codes: Vec<_> =
            refused["errors"].as_array().unwrap().iter().map(|error| error["code"].clone()).collect();
        assert!(codes.contains(&json!(code)), "{line}: {codes:?}");
    }
    let nameless =
        "entry,date,account,debit,credit,\n1,2026-02-01,6210,1,,forgotten\n1,2026-02-01,1113,,1,\n";
    let refused = upload(&tenant, POST, nameless).await.expect(422).json();
    assert_eq!(refused["errors"][0]["code"], "import_cell_without_column");
}

#[test]
fn the_columns_are_documented() {
    use application::accounting::imports::{ImportKind, columns};
    let page = include_str!("../../../../docs/IMPORTS.md");
    for kind in ImportKind::ALL.iter().copied() {
        assert!(
            page.contains(columns::of(kind).table().trim()),
            "docs/IMPORTS.md lacks the table of {kind:?}"
        );
    }
}
