//! Figures of VAT returns: the worked example, and arbitrary postings.

use domain::money::Amount;
use serde_json::{Value, json};

use crate::taxed::{Row, Taxed, boxes, lines, path, row, sound, text};

/// The entries of the worked example.
async fn add_all(taxed: &Taxed, vectors: &Value) {
    let given: Vec<(String, String, bool, String, String, bool)> = vectors["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let late = text(&entry["memo"]).starts_with("late");
            let number = text(&entry["document"]);
            let number = if late { format!("late {number}") } else { number };
            let code = entry["box"].as_str().unwrap_or_default().to_owned();
            let adjustment = entry["column"] == "adjustment";
            (number, code, entry["side"] == "out", text(&entry["base"]), text(&entry["tax"]), adjustment)
        })
        .collect();
    let rows: Vec<Row<'_>> = given
        .iter()
        .map(|(document, code, output, base, tax, adjustment)| Row {
            document,
            code,
            output: *output,
            base,
            tax,
            day: if document.starts_with("late") { "2026-03-20" } else { "2026-05-10" },
            corrects: match (*adjustment, *output) {
                (true, true) => "F1",
                (true, false) => "F2",
                _ => "",
            },
        })
        .collect();
    taxed.add(&rows).await;
}

/// The first quarter, which leaves a credit of 1,510.00 and has what S5 and P9 correct, and then the worked example.
#[tokio::test]
async fn the_worked_example_is_prepared_filed_and_settled() {
    let Some(folder) = testkit::data::shared("trade/vectors") else { return };
    let file = std::fs::read_to_string(folder.join("vat-return.json")).unwrap();
    let vectors: Value = serde_json::from_str(&file).unwrap();
    let taxed = Taxed::open().await;
    let client = taxed.client();
    let earlier = [
        row("F1", "1", "10000.00", "1500.00", "2026-02-10"),
        row("F2", "7", "20066.67", "3010.00", "2026-02-11"),
    ];
    taxed.add(&earlier).await;
    let first = taxed.file(&taxed.prepare("2026-Q1").await).await;
    assert_eq!((&first["net"], &first["status"]), (&json!("-1510.00"), &json!("filed")));
    assert_eq!(
        lines(client, &first["entryId"]).await,
        [["1151", "", "3010.00"], ["2131", "1500.00", ""], ["1154", "1510.00", ""]]
            .map(|line| line.map(str::to_owned))
    );

    add_all(&taxed, &vectors).await;
    let preview = client.post("/vat-returns?dryRun=true", json!({ "period": "2026-Q2" })).await.ok();
    let prepared = taxed.prepare("2026-Q2").await;
    assert_eq!((&preview["boxes"], &preview["late"]), (&prepared["boxes"], &prepared["late"]));
    let found = boxes(&prepared);
    for (code, expected) in vectors["boxes"].as_object().unwrap() {
        let two = |value: &Value| json!(Amount::parse(value.as_str().unwrap()).unwrap().display(2));
        let expected = (two(&expected["amount"]), two(&expected["adjustment"]), two(&expected["vat"]));
        assert_eq!(found[code], expected, "box {code}");
    }
    for (code, member) in [("13", "box13"), ("14", "box14"), ("15", "box15"), ("16", "box16")] {
        assert_eq!(found[code].2, vectors["result"][member], "box {code}");
    }
    assert_eq!((&prepared["lateVat"], &prepared["warnings"]), (&vectors["lateVat"], &json!([])));
    assert_eq!(prepared["late"][0]["documentNumber"], "late P8");

    // The entries that the draft would take are those of the filed return.
    let drill = |code: &str| format!("{}/boxes/{code}/entries?limit=1000&sort=id", path(&prepared));
    let drafted = client.get(&drill("16")).await.ok();
    let filed = taxed.file(&prepared).await;
    let declared = client.get(&drill("16")).await.ok();
    let shown = |page: &Value| -> Vec<(Value, Value, Value)> {
        let of = |item: &Value| (item["id"].clone(), item["column"].clone(), item["late"].clone());
        page["items"].as_array().unwrap().iter().map(of).collect()
    };
    assert_eq!(shown(&drafted), shown(&declared));
    assert_eq!(json!(shown(&declared).len()), filed["entryCount"]);
    let adjusted = client.get(&format!("{}&limit=1000", drill("6"))).await;
    assert_eq!(adjusted.status, 400, "a parameter twice");
    let expected = [
        ["1151", "", "14040.00"],
        ["1152", "", "15750.00"],
        ["1153", "", "1200.00"],
        ["2131", "36000.00", ""],
        ["2132", "1500.00", ""],
        ["1154", "", "1510.00"],
        ["2133", "", "5000.00"],
    ];
    let mut settled = lines(client, &filed["entryId"]).await;
    settled[..5].sort();
    assert_eq!(settled, expected.map(|line| line.map(str::to_owned)));
    for code in ["1151", "1152", "1153", "1154", "2131", "2132"] {
        let account = client.get(&format!("/accounts?code={code}")).await.ok()["items"][0]["id"].clone();
        let balance = client.get(&format!("/accounts/{}/balance?asOf=2026-07-31", text(&account))).await.ok();
        assert_eq!(balance["balance"], "0.00", "{code}");
    }
    sound(client).await;
}

/// Whatever dates, signs and boxes entries have and whatever they correct, each is declared once, and the returns together
/// owe what the entries owe.
#[tokio::test]
async fn whatever_is_posted_is_declared_once() {
    let taxed = Taxed::open().await;
    let client = taxed.client();
    let boxes = ["1", "3", "5", "7", "8", "9", "10"];
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % below
    };
    let (mut owed, mut declared, mut counted) = (0_i64, 0_i64, 0_u64);
    let mut numbers: Vec<String> = Vec::new();
    for month in 1..=6 {
        let mut given = Vec::new();
        for _ in 0..12 {
            let (code, tax) = (boxes[next(7) as usize], next(200_000) as i64 - 100_000);
            let day = format!("2026-{:02}-{:02}", 1 + next(month), 1 + next(28));
            let output = matches!(code, "1" | "3" | "5") || (code == "9" && next(2) == 0);
            let corrects =
                if next(3) == 0 { numbers.last().cloned().unwrap_or_default() } else { String::new() };
            let number = format!("D{}", numbers.len());
            owed += if output { tax } else { -tax };
            numbers.push(number.clone());
            let tax = format!("{}{}.{:02}", if tax < 0 { "-" } else { "" }, tax.abs() / 100, tax.abs() % 100);
            given.push((number, code, output, tax, day, corrects));
        }
        let rows: Vec<_> = given
            .iter()
            .map(|(document, code, output, tax, day, corrects)| Row {
                document,
                code,
                output: *output,
                base: "1.00",
                tax,
                day,
                corrects,
            })
            .collect();
        taxed.add_only(&rows).await;
        let prepared = taxed.prepare(&format!("2026-{month:02}")).await;
        let again =
            client.with_etag("POST", &format!("{}/prepare", path(&prepared)), "*", Value::Null).await.ok();
        for member in ["boxes", "late", "due", "net", "entryCount", "lateVat"] {
            assert_eq!(again[member], prepared[member], "{member}");
        }
        let filed = taxed.file(&again).await;
        declared += (text(&filed["due"]).parse::<f64>().unwrap() * 100.0).round() as i64;
        counted += filed["entryCount"].as_u64().unwrap();
    }
    assert_eq!((declared, counted), (owed, numbers.len() as u64));
    let rest = client.get("/tax-entries?returnId[isNull]=true").await.ok();
    assert_eq!(rest["items"], json!([]));
    let checks = client.get("/integrity/checks").await.ok();
    let once =
        checks["checks"].as_array().unwrap().iter().find(|check| check["code"] == "return_entries_once");
    assert_eq!(once.unwrap()["ok"], true, "{checks}");
}
