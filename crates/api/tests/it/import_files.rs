//! Files as people have them: workbooks, other separators and encodings, other marks, dates and digits.

use encoding_rs::{WINDOWS_1252, WINDOWS_1256};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Value, json};
use testkit::{Answer, TenantKit, World};

const ENTRIES: &str = "/imports?type=journal-entries&post=true";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

async fn upload(tenant: &TenantKit, path: &str, kind: &str, bytes: impl Into<Vec<u8>>) -> Answer {
    told(tenant, path, kind, "en", bytes).await
}

async fn told(
    tenant: &TenantKit,
    path: &str,
    kind: &str,
    language: &str,
    bytes: impl Into<Vec<u8>>,
) -> Answer {
    let headers = [
        format!("Content-Type: {kind}"),
        "Prefer: wait=60".to_owned(),
        format!("Accept-Language: {language}"),
    ];
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    tenant.client.call("POST", path, &headers, bytes.into()).await
}

/// Date, account, debit and credit of every posted line.
async fn lines(tenant: &TenantKit) -> Vec<String> {
    let list = tenant.client.get("/ledger-lines?limit=100&sort=postingDate").await.ok();
    let line = |line: &Value| {
        ["postingDate", "accountCode", "debit", "credit"]
            .map(|name| line[name].as_str().unwrap_or("-"))
            .join(" ")
    };
    list["items"].as_array().unwrap().iter().map(line).collect()
}

fn codes(refused: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let place = |error: &Value| match error["parameter"].as_str() {
        Some(parameter) => format!("?{parameter}"),
        None => text(&error["pointer"]),
    };
    // An error of the whole file has no place in it.
    let Some(errors) = refused["errors"].as_array() else {
        return vec![(String::new(), text(&refused["code"]))];
    };
    errors.iter().map(|error| (place(error), text(&error["code"]))).collect()
}

fn expected(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(at, code)| ((*at).to_owned(), (*code).to_owned())).collect()
}

/// As a German bookkeeping program exports them: titles above the headings, semicolons, decimal commas, days first.
const GERMAN: &str = "Buchungsjournal;;;;;\nMüller GmbH;;;;;\nBeleg;Datum;Konto;Soll;Haben;Saldo\n\
    R-1;03.02.2026;6210;1.234,50;;1.234,50\nR-1;03.02.2026;1113;;1.234,50;0,00\n";

#[tokio::test]
async fn a_profile_reads_a_german_file() {
    let (_world, tenant) = World::books().await;
    let profile = json!({
        "code": "DE", "name": { "en": "German journal", "ar": "يومية ألمانية" }, "importType": "journal-entries",
        "delimiter": "semicolon", "encoding": "windows-1252", "headerRow": 3, "dateFormat": "dmy-dot",
        "decimalMark": "comma", "thousandsMark": "point",
        "columns": [
            { "column": "entry", "heading": "Beleg" }, { "column": "date", "heading": "Datum" },
            { "column": "account", "heading": "Konto" }, { "column": "debit", "heading": "Soll" },
            { "column": "credit", "heading": "Haben" }, { "column": "description", "value": "Übernahme" },
        ],
        "ignoredColumns": ["Saldo"],
    });
    let made = tenant.client.post("/import-profiles", profile).await.expect(201).json();
    assert_eq!((&made["headerRow"], &made["columns"][3]["heading"]), (&json!(3), &json!("Soll")));
    let (bytes, ..) = WINDOWS_1252.encode(GERMAN);
    let path = format!("{ENTRIES}&profile=DE");

    let dry =
        upload(&tenant, &format!("{path}&dryRun=true"), "text/csv", bytes.to_vec()).await.expect(200).json();
    let reading = &dry["reading"];
    assert_eq!(
        (&reading["delimiter"], &reading["encoding"], &reading["rows"][0]["row"]),
        (&json!("semicolon"), &json!("windows-1252"), &json!(4))
    );
    let cells = reading["rows"][0]["cells"].as_array().unwrap();
    let debit = cells.iter().find(|cell| cell["column"] == "debit").unwrap();
    assert_eq!(
        debit,
        &json!({ "column": "debit", "heading": "Soll", "raw": "1.234,50", "value": "1234.50" })
    );
    let date = cells.iter().find(|cell| cell["column"] == "date").unwrap();
    assert_eq!((&date["raw"], &date["value"]), (&json!("03.02.2026"), &json!("2026-02-03")));
    assert!(cells.iter().any(|cell| cell["value"] == "Übernahme" && cell["heading"].is_null()));
    assert!(
        !cells.iter().any(|cell| cell["heading"] == "Saldo"),
        "what is left aside is not shown: {cells:?}"
    );

    let result = upload(&tenant, &path, "text/csv", bytes.to_vec()).await.expect(200).json();
    assert_eq!((&result["lines"], &result["reading"]), (&json!(2), &Value::Null));
    assert_eq!(lines(&tenant).await, ["2026-02-03 6210 1234.50 0.00", "2026-02-03 1113 0.00 1234.50"]);

    let plain = "entry,date,account,debit,credit,description\nR-1,2026-02-03,6210,1234.5,,Übernahme\nR-1,2026-02-03,1113,,1234.5,Übernahme\n";
    let again = upload(&tenant, ENTRIES, "text/csv", plain).await.expect(409);
    assert_eq!(again.code(), "import_duplicate", "the same entries, however they are written");
}

#[tokio::test]
async fn arabic_of_windows_with_arabic_digits_is_read() {
    let (_world, tenant) = World::books().await;
    let text = "القيد;التاريخ;الحساب;مدين;دائن\n١;٠٣/٠٢/٢٠٢٦;٦٢١٠;١٢٣٤,٥٠;\n١;٣/٢/٢٠٢٦;1113;;١٢٣٤,٥٠\n";
    // The code page has no Arabic-Indic digits; programs write Latin ones there, and Unicode has all.
    let latin: String = text
        .chars()
        .map(|c| c.to_digit(10).map_or(c, |digit| char::from(b'0' + u8::try_from(digit).unwrap())))
        .collect();
    let latin: String = latin
        .chars()
        .map(|c| match c {
            '٠'..='٩' => char::from(b'0' + u8::try_from(c as u32 - '٠' as u32).unwrap()),
            c => c,
        })
        .collect();
    let (bytes, _, lossy) = WINDOWS_1256.encode(&latin);
    assert!(!lossy);
    let marks = "dateFormat=dmy-slash&decimalMark=comma";
    let kind = "text/csv; charset=windows-1256";
    upload(&tenant, &format!("{ENTRIES}&{marks}"), kind, bytes.to_vec()).await.expect(200);
    assert_eq!(lines(&tenant).await, ["2026-02-03 6210 1234.50 0.00", "2026-02-03 1113 0.00 1234.50"]);

    let utf16: Vec<u8> =
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let path =
        format!("{ENTRIES}&{marks}&encoding=utf-16&digits=arabic-indic&dryRun=true&allowDuplicate=true");
    // ١ is another name of the entry than 1.
    let dry = upload(&tenant, &path, "text/csv", utf16.clone()).await.expect(200).json();
    let cells = dry["reading"]["rows"][0]["cells"].as_array().unwrap();
    let debit = cells.iter().find(|cell| cell["column"] == "debit").unwrap();
    assert_eq!(
        (&debit["heading"], &debit["raw"], &debit["value"]),
        (&json!("مدين"), &json!("١٢٣٤,٥٠"), &json!("1234.50"))
    );

    let refused = upload(&tenant, &format!("{ENTRIES}&{marks}"), "text/csv", utf16).await.expect(422).json();
    assert_eq!(codes(&refused)[0].1, "import_encoding_differs");
    let other =
        upload(&tenant, &format!("{ENTRIES}&{marks}"), "text/csv", bytes.to_vec()).await.expect(422).json();
    assert_eq!(codes(&other)[0].1, "import_row_not_utf8", "bytes of another encoding are no UTF-8");
}

#[tokio::test]
async fn a_number_that_could_be_read_in_two_ways_is_refused_with_all_others() {
    let (_world, tenant) = World::books().await;
    let text = "entry,date,account,debit,credit\n1,2026-02-03,6210,\"1,234\",\n1,03/02/2026,1113,,\"1.234,5\"\n2,2026-02-03,6210,١٢,\n";
    let refused = told(&tenant, ENTRIES, "text/csv", "ar", text).await.expect(422).json();
    let all = [
        ("/rows/2/debit", "import_cell_number_written"),
        ("/rows/3/date", "import_cell_date_written"),
        ("/rows/3/credit", "import_cell_number_written"),
        ("/rows/4/debit", "import_cell_other_digits"),
    ];
    assert_eq!(codes(&refused), expected(&all));
    let detail = refused["errors"][0]["detail"].as_str().unwrap();
    assert!(
        detail.contains("1234.50") && detail.contains("علامات"),
        "it shows how numbers are written: {detail}"
    );
    let english = told(&tenant, ENTRIES, "text/csv", "en", text).await.expect(422).json();
    assert!(english["errors"][1]["detail"].as_str().unwrap().contains("2026-12-31"));
    let both = format!("{ENTRIES}&decimalMark=comma&thousandsMark=comma");
    let refused = upload(&tenant, &both, "text/csv", text).await.expect(422).json();
    assert_eq!(codes(&refused), expected(&[("?thousandsMark", "import_marks_same")]));
}

/// A ledger as a spreadsheet has it: a title, dates and amounts as values, codes as numbers.
fn ledger(sheet: &str) -> Vec<u8> {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("Cover").unwrap().write_string(0, 0, "Ledger of 2026").unwrap();
    let page = workbook.add_worksheet().set_name(sheet).unwrap();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let money = Format::new().set_num_format("#,##0.00");
    page.write_string(0, 0, "Trial").unwrap();
    for (column, heading) in (0..).zip(["القيد", "التاريخ", "الحساب", "مدين", "دائن", "البيان"])
    {
        page.write_string(2, column, heading).unwrap();
    }
    let rows = [("6210", 0.1 + 0.2, 0.0), ("6220", 1234.56, 0.0), ("1113", 0.0, 1234.86)];
    for (row, (account, debit, credit)) in (3..).zip(rows) {
        page.write_number(row, 0, 7).unwrap();
        let day = ExcelDateTime::from_ymd(2026, 2, 3).unwrap();
        page.write_datetime_with_format(row, 1, &day, &date).unwrap();
        page.write_number(row, 2, account.parse::<f64>().unwrap()).unwrap();
        if debit > 0.0 {
            page.write_number_with_format(row, 3, debit, &money).unwrap();
        }
        if credit > 0.0 {
            page.write_number_with_format(row, 4, credit, &money).unwrap();
        }
        page.write_string(row, 5, "إيجار & كهرباء").unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

#[tokio::test]
async fn a_workbook_is_read_as_its_values_are_stored() {
    let (_world, tenant) = World::books().await;
    let path = format!("{ENTRIES}&sheet=Ledger&headerRow=3");
    let dry =
        upload(&tenant, &format!("{path}&dryRun=true"), XLSX, ledger("Ledger")).await.expect(200).json();
    assert_eq!((&dry["reading"]["format"], &dry["reading"]["sheet"]), (&json!("xlsx"), &json!("Ledger")));
    let cells = dry["reading"]["rows"][0]["cells"].as_array().unwrap();
    let date = cells.iter().find(|cell| cell["column"] == "date").unwrap();
    assert_eq!((&date["raw"], &date["value"]), (&json!("46056"), &json!("2026-02-03")));
    let result = upload(&tenant, &path, XLSX, ledger("Ledger")).await.expect(200).json();
    assert_eq!(result["lines"], 3);
    let read = lines(&tenant).await;
    assert_eq!(
        read,
        ["2026-02-03 6210 0.30 0.00", "2026-02-03 6220 1234.56 0.00", "2026-02-03 1113 0.00 1234.86"]
    );

    let octets = upload(&tenant, &path, "application/octet-stream", ledger("Ledger")).await.expect(409);
    assert_eq!(octets.code(), "import_duplicate", "the bytes show what they are");
    let unknown =
        upload(&tenant, &format!("{ENTRIES}&sheet=Other"), XLSX, ledger("Ledger")).await.expect(422).json();
    assert_eq!(codes(&unknown)[0].1, "spreadsheet_sheet_unknown");
    let text = upload(&tenant, &path, "text/csv", "entry,date\n").await.expect(422).json();
    assert_eq!(codes(&text), expected(&[("?sheet", "import_option_of_format")]));
    upload(&tenant, ENTRIES, XLSX, "entry,date,account,debit,credit\n").await.expect(400);
}

#[tokio::test]
async fn cells_that_hold_something_else_are_refused_with_row_and_column() {
    let (_world, tenant) = World::books().await;
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, heading) in (0..).zip(["entry", "date", "account", "debit", "credit", "reference"]) {
        sheet.write_string(0, column, heading).unwrap();
    }
    let (date, percent) = (Format::new().set_num_format("yyyy-mm-dd"), Format::new().set_num_format("0%"));
    let day = ExcelDateTime::from_ymd(2026, 2, 3).unwrap();
    sheet.write_number(1, 0, 1).unwrap();
    sheet.write_number(1, 1, 46056).unwrap();
    sheet.write_string(1, 2, "6210").unwrap();
    sheet.write_datetime_with_format(1, 3, &day, &date).unwrap();
    sheet.write_datetime_with_format(1, 5, &day, &date).unwrap();
    sheet.write_number(3, 0, 1).unwrap();
    sheet.write_datetime_with_format(3, 1, &day, &date).unwrap();
    sheet.write_string(3, 2, "1113").unwrap();
    sheet.write_number_with_format(3, 4, 0.5, &percent).unwrap();
    sheet.write_number(3, 6, 5).unwrap();
    sheet.merge_range(4, 2, 4, 3, "Total", &Format::new()).unwrap();
    let merged_header = {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.merge_range(0, 0, 0, 1, "entry", &Format::new()).unwrap();
        sheet.write_number(1, 0, 1).unwrap();
        workbook.save_to_buffer().unwrap()
    };
    let refused = upload(&tenant, ENTRIES, XLSX, merged_header).await.expect(422).json();
    assert!(
        codes(&refused).contains(&("/rows/1/".to_owned(), "import_cells_merged".to_owned())),
        "{refused}"
    );
    let refused = upload(&tenant, ENTRIES, XLSX, workbook.save_to_buffer().unwrap()).await.expect(422).json();
    let found = codes(&refused);
    for problem in expected(&[
        ("/rows/2/date", "import_cell_not_date"),
        ("/rows/2/debit", "import_cell_date"),
        ("/rows/2/reference", "import_cell_date"),
        ("/rows/4/credit", "import_cell_percent"),
        ("/rows/4/", "import_cell_without_column"),
        ("/rows/5/account", "import_cells_merged"),
    ]) {
        assert!(found.contains(&problem), "{problem:?} in {found:?}");
    }
}

#[tokio::test]
async fn a_profile_that_does_not_fit_is_refused() {
    let (_world, tenant) = World::books().await;
    let wrong = json!({
        "code": "X", "name": { "en": "X" }, "importType": "accounts", "format": "xlsx", "delimiter": "tab",
        "decimalMark": "comma", "thousandsMark": "comma",
        "columns": [
            { "column": "cod", "heading": "Konto" }, { "column": "name", "heading": "A", "value": "B" },
            { "column": "type", "heading": "Art" }, { "column": "Type", "value": "asset" },
        ],
        "ignoredColumns": ["art"],
    });
    let refused = tenant.client.post("/import-profiles", wrong).await.expect(422).json();
    let found = codes(&refused);
    for problem in expected(&[
        ("/thousandsMark", "import_marks_same"),
        ("/delimiter", "import_option_of_format"),
        ("/columns/0/column", "import_column_unknown"),
        ("/columns/1/heading", "import_column_source"),
        ("/columns/2/heading", "import_heading_ignored"),
    ]) {
        assert!(found.contains(&problem), "{problem:?} in {found:?}");
    }
    let good = json!({
        "code": "ACC", "name": { "ar": "دليل" }, "importType": "accounts",
        "columns": [{ "column": "code", "heading": "Konto" }, { "column": "type", "value": "asset" }],
    });
    let made = tenant.client.post("/import-profiles", good).await.expect(201).json();
    let missing =
        upload(&tenant, "/imports?type=accounts&profile=ACC", "text/csv", "Nummer,name\n1,x\n").await;
    let found = codes(&missing.expect(422).json());
    assert!(found.contains(&("/rows/1/code".to_owned(), "import_heading_missing".to_owned())), "{found:?}");
    let other =
        upload(&tenant, "/imports?type=parties&profile=ACC", "text/csv", "code\n").await.expect(422).json();
    assert!(codes(&other).contains(&("?profile".to_owned(), "import_profile_type".to_owned())), "{other}");
    let json = upload(&tenant, "/imports?type=accounts&profile=ACC", "application/x-ndjson", "{}").await;
    assert_eq!(codes(&json.expect(422).json())[0].1, "import_profile_format");
    let unknown =
        upload(&tenant, "/imports?type=accounts&profile=NO", "text/csv", "code\n").await.expect(422).json();
    assert_eq!(codes(&unknown)[0].0, "?profile");
    let id = made["id"].as_str().unwrap();
    let path = format!("/import-profiles/{id}");
    let changed = tenant
        .client
        .with_etag("PATCH", &path, "\"1\"", json!({ "delimiter": "semicolon", "headerRow": 2 }))
        .await;
    assert_eq!(changed.expect(200).json()["delimiter"], "semicolon");
    let result =
        upload(&tenant, "/imports?type=accounts&profile=ACC", "text/csv", "Chart;\nKonto;name\n9901;Till\n")
            .await;
    assert_eq!(result.expect(200).json()["accounts"], 1);
}
