//! Rows of a file are numbered as a spreadsheet program shows them, whatever ends its lines, and a refusal names them.

use serde_json::{Value, json};
use testkit::{Answer, TenantKit, World};

const DRY: &str = "/imports?type=journal-entries&dryRun=true";
/// Rows 2 and 4 are wrong.
const WRONG: &str = "entry,date,account,debit,credit\nA,2026-02-15,9999,100.00,\nA,2026-02-15,1113,,100.00\n\
    B,2026-02-15,6210,x,\n";

async fn books() -> (World, TenantKit) {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "sa-standard").await;
    (world, tenant)
}

async fn upload(tenant: &TenantKit, path: &str, body: Vec<u8>) -> Answer {
    tenant.client.call("POST", path, &["Content-Type: text/csv", "Prefer: wait=60"], body).await
}

/// Each row that something is wrong with, once.
fn rows(answer: &Value) -> Vec<u64> {
    let errors = answer["errors"].as_array().unwrap().iter();
    let mut rows: Vec<_> = errors.filter_map(|error| error["row"].as_u64()).collect();
    rows.dedup();
    rows
}

#[tokio::test]
async fn every_line_end_counts_once() {
    let (_world, tenant) = books().await;
    for ends in ["\n", "\r\n", "\r"] {
        for (first, expected) in [("", [2, 4]), ("\u{feff}", [2, 4]), ("sep=,\n", [3, 5]), ("\n\n", [4, 6])] {
            let text = format!("{first}{WRONG}").replace('\n', ends);
            let refused = upload(&tenant, DRY, text.into_bytes()).await.expect(422).json();
            assert_eq!(rows(&refused), expected, "{first:?} {ends:?}");
            assert_eq!(refused["errors"][0]["pointer"], format!("/rows/{}/account", expected[0]));
        }
        // A cell with a line break is in one row.
        let text = WRONG
            .replace("entry,date", "\"entry\",date")
            .replace("A,2026-02-15,1113", "\"A\",2026-02-15,1113");
        let broken = format!("{}\n", text.trim_end()).replace("credit\n", "credit,description\n");
        let broken = broken.replace("100.00,\n", "100.00,,\"a\nb\"\n").replace(",,100.00\n", ",,100.00,x\n");
        let broken = broken.replace("x,\n", "x,,\n").replace('\n', ends);
        let refused = upload(&tenant, DRY, broken.into_bytes()).await.expect(422).json();
        assert_eq!(rows(&refused), [2, 4], "{ends:?} {refused}");
    }
}

#[tokio::test]
async fn the_row_with_the_headings_is_the_same_for_every_line_end() {
    let (_world, tenant) = books().await;
    let good = WRONG.replace("9999", "6210").replace("B,2026-02-15,6210,x,\n", "");
    for ends in ["\n", "\r\n", "\r"] {
        for titles in ["Title\n\n", "Title\nof two lines\n"] {
            let text = format!("{titles}{good}").replace('\n', ends);
            let path = format!("{DRY}&headerRow=3");
            let read = upload(&tenant, &path, text.clone().into_bytes()).await.expect(200).json();
            let shown: Vec<_> =
                read["reading"]["rows"].as_array().unwrap().iter().map(|row| row["row"].clone()).collect();
            assert_eq!(shown, [4, 5], "{titles:?} {ends:?}");
            upload(&tenant, &format!("{DRY}&headerRow=2"), text.into_bytes()).await.expect(422);
        }
    }
}

#[tokio::test]
async fn an_entry_with_a_refused_row_is_not_judged_further() {
    let (_world, tenant) = books().await;
    // A value below no heading, and a row that is too long: entry A stays unbalanced without its first row.
    for first in ["A,2026-02-15,6210,100.00,,stray", "A,2026-02-15,6210,100.00,,,more,and,more"] {
        let text = format!(
            "entry,date,account,debit,credit,\n{first}\nA,2026-02-15,1113,,100.00,\n\
             B,2026-02-15,6210,7.00,,\nB,2026-02-15,1113,,7.00,\n"
        );
        let refused = upload(&tenant, DRY, text.into_bytes()).await.expect(422).json();
        assert_eq!(rows(&refused), [2], "{first} {refused}");
    }
}

#[tokio::test]
async fn a_budget_names_the_row_that_goes_over_it_beside_all_other_problems() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let control = json!({ "codeFrom": "6210", "codeTo": "6299", "mode": "refuse", "span": "period" });
    let body = json!({
        "code": "B26", "name": { "en": "Budget" }, "fiscalYearCode": "2026", "status": "active", "controls": [control],
    });
    let made = client.post("/budgets", body).await.expect(201).json();
    let lines = json!({ "items": [{ "accountCode": "6210", "date": "2026-02-01", "amount": "400.00" }] });
    client.post(&format!("/budgets/{}/lines/bulk", made["id"].as_str().unwrap()), lines).await.ok();
    let text = "entry,date,account,debit,credit\nOK,2026-02-15,6210,300.00,\nOK,2026-02-15,1113,,300.00\n\
        Z3,2026-02-16,6210,200.00,\nZ3,2026-02-16,1113,,200.00\n";
    let post = "/imports?type=journal-entries&post=true";
    let refused = upload(&tenant, post, text.as_bytes().to_vec()).await.expect(422).json();
    assert_eq!(refused["code"], "import_refused", "{refused}");
    let error = &refused["errors"][0];
    assert_eq!((&error["code"], &error["pointer"]), (&json!("budget_exceeded"), &json!("/rows/4/debit")));
    let more = format!("{text}U,2026-02-17,6310,5.00,\nU,2026-02-17,1113,,4.00\n");
    let refused = upload(&tenant, post, more.into_bytes()).await.expect(422).json();
    assert_eq!(rows(&refused), [4, 6], "{refused}");
    assert_eq!(client.get("/journal-entries").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn marks_that_nobody_sees_are_no_part_of_an_amount() {
    let (_world, tenant) = books().await;
    let text = "entry,date,account,debit,credit\nA,\u{200f}2026-02-15,6210,\u{200f}100.00\u{200e},\nA,2026-02-15,1113,,100.00\n";
    upload(&tenant, DRY, text.as_bytes().to_vec()).await.expect(200);
}

#[tokio::test]
async fn a_file_of_another_kind_is_told_so() {
    let (_world, tenant) = books().await;
    let workbook = upload(&tenant, DRY, b"PK\x03\x04and more".to_vec()).await.expect(422);
    assert_eq!(workbook.code(), "import_workbook_as_text");
    let unmarked: Vec<u8> = WRONG.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let refused = upload(&tenant, &format!("{DRY}&encoding=utf-16"), unmarked).await.expect(422);
    assert_eq!(refused.code(), "import_encoding_unmarked");
    assert!(refused.text().contains("byte order mark, which utf-16 needs"), "{}", refused.text());
}
