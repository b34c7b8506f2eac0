//! The cells of a file mean the same as the JSON operations, in whatever order its rows stand.

use serde_json::{Value, json};
use testkit::{Answer, TenantKit, World};

const POST: &str = "/imports?type=journal-entries&post=true";

async fn books() -> (World, TenantKit) {
    let world = World::new().await;
    let tenant = tenant(&world, "alpha").await;
    (world, tenant)
}

/// A company in SAR with a rate for USD and EUR.
async fn tenant(world: &World, code: &str) -> TenantKit {
    let tenant = world.tenant(code, "SAR", "sa-standard").await;
    for (currency, rate) in [("USD", "3.75"), ("EUR", "4.1")] {
        let _ =
            tenant.client.post("/currencies", json!({ "code": currency, "name": { "en": currency } })).await;
        let rate = json!({ "currency": currency, "date": "2026-01-01", "rate": rate });
        tenant.client.post("/exchange-rates", rate).await.expect(201);
    }
    tenant
}

async fn upload(tenant: &TenantKit, path: &str, text: &str) -> Answer {
    let kind = if text.starts_with('{') { "application/x-ndjson" } else { "text/csv" };
    let headers = [format!("Content-Type: {kind}"), "Prefer: wait=60".to_owned()];
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    tenant.client.call("POST", path, &headers, text.to_owned()).await
}

/// Every entry with its lines, without what only says which one it is.
async fn entries(tenant: &TenantKit) -> Vec<Value> {
    let list =
        tenant.client.get("/journal-entries?expand=lines&limit=1000&sort=postingDate,number").await.ok();
    list["items"].as_array().unwrap().clone()
}

/// The content of a line: account, amounts, currency, texts.
fn line(line: &Value) -> String {
    let names = [
        "accountCode",
        "debit",
        "credit",
        "currency",
        "companyDebit",
        "companyCredit",
        "rate",
        "description",
        "reference",
        "party",
        "dueDate",
    ];
    names.map(|name| line[name].to_string()).join(" ")
}

/// The content of an entry, its lines in the order of their texts.
fn told(entry: &Value) -> String {
    let mut lines: Vec<_> = entry["lines"].as_array().unwrap().iter().map(line).collect();
    lines.sort();
    let names =
        ["postingDate", "documentDate", "currency", "description", "reference", "controlReason", "journalId"];
    let head = names.map(|name| entry[name].to_string()).join(" ");
    format!("{head}\n{}", lines.join("\n"))
}

#[tokio::test]
async fn an_empty_currency_cell_is_the_company_currency_wherever_it_stands() {
    let rows = [
        "1,2026-02-01,6250,100,,USD",
        "1,2026-02-01,1114,,100,USD",
        "1,2026-02-01,7210,50,,",
        "1,2026-02-01,1113,,50,",
    ];
    let (world, first) = books().await;
    let second = tenant(&world, "beta").await;
    let file = |rows: Vec<&str>| format!("entry,date,account,debit,credit,currency\n{}\n", rows.join("\n"));
    upload(&first, POST, &file(rows.to_vec())).await.expect(200);
    upload(&second, POST, &file(rows.iter().rev().copied().collect())).await.expect(200);
    for tenant in [&first, &second] {
        let entry = &entries(tenant).await[0];
        assert_eq!(entry["currency"], "SAR");
        let fee =
            entry["lines"].as_array().unwrap().iter().find(|line| line["accountCode"] == "7210").unwrap();
        assert_eq!((&fee["debit"], &fee["currency"]), (&json!("50.00"), &json!("SAR")));
    }
    // Where every row names the currency it is the entry's; an empty one beside it is not.
    upload(&first, POST, &file(vec!["2,2026-02-02,6250,10,,USD", "2,2026-02-02,1114,,10,USD"]))
        .await
        .expect(200);
    let entry = entries(&first).await.pop().unwrap();
    assert_eq!((&entry["currency"], &entry["lines"][0]["companyDebit"]), (&json!("USD"), &json!("37.50")));
    for rows in [
        ["3,2026-02-02,6250,100,,USD", "3,2026-02-02,1113,,375.00,"],
        ["3,2026-02-02,1113,,375.00,", "3,2026-02-02,6250,100,,USD"],
    ] {
        let dry = upload(&first, &format!("{POST}&dryRun=true"), &file(rows.to_vec())).await;
        assert_eq!(dry.status, 200, "{}: 100 USD are 375 SAR in either order", dry.text());
    }
}

#[tokio::test]
async fn ndjson_and_whole_entries_mean_what_the_json_operation_means() {
    let (world, rows) = books().await;
    let whole = tenant(&world, "beta").await;
    let sent = tenant(&world, "gamma").await;
    let reversed = concat!(
        "{\"entry\":\"R\",\"date\":\"2026-02-01\",\"account\":\"1113\",\"credit\":50}\n",
        "{\"entry\":\"R\",\"account\":\"7210\",\"debit\":50,\"currency\":null}\n",
        "{\"entry\":\"R\",\"account\":\"1114\",\"credit\":100,\"currency\":\"USD\"}\n",
        "{\"entry\":\"R\",\"account\":\"6250\",\"debit\":100,\"currency\":\"USD\",\"reference\":\"INV-1\"}\n",
    );
    upload(&rows, POST, reversed).await.expect(200);
    let entry = json!({
        "postingDate": "2026-02-01", "reference": "R", "lines": [
            { "accountCode": "6250", "debit": "100", "currency": "USD", "reference": "INV-1" },
            { "accountCode": "1114", "credit": "100", "currency": "USD" },
            { "accountCode": "7210", "debit": "50" },
            { "accountCode": "1113", "credit": "50" } ]
    });
    upload(&whole, POST, &format!("{entry}\n")).await.expect(200);
    let mut posted = entry.clone();
    posted["post"] = json!(true);
    sent.client.post("/journal-entries", posted).await.expect(201);
    let expected = without_ids(&sent).await;
    assert_eq!(without_ids(&rows).await, expected);
    assert_eq!(without_ids(&whole).await, expected);

    // The currency of the entry is that of lines that name none, also beside others.
    let foreign = json!({
        "postingDate": "2026-02-03", "currency": "USD", "lines": [
            { "accountCode": "6250", "debit": "10" }, { "accountCode": "1113", "credit": "37.50", "currency": "SAR" } ]
    });
    upload(&whole, POST, &format!("{foreign}\n")).await.expect(200);
    let mut posted = foreign.clone();
    posted["post"] = json!(true);
    sent.client.post("/journal-entries", posted).await.expect(201);
    assert_eq!(without_ids(&whole).await, without_ids(&sent).await);
}

async fn without_ids(tenant: &TenantKit) -> Vec<String> {
    let mut all = Vec::new();
    for mut entry in entries(tenant).await {
        entry["journalId"] = Value::Null;
        all.push(told(&entry));
    }
    all.sort();
    all
}

/// A cell of the entry may stand in any of its rows, and rows that name different values are refused in any order.
#[tokio::test]
async fn cells_of_the_entry_may_stand_in_any_row() {
    let (world, first) = books().await;
    let second = tenant(&world, "beta").await;
    let header =
        "entry,date,journal,document_date,control_reason,entry_reference,description,account,debit,credit";
    let full = "1,2026-02-01,GENERAL,2026-01-31,audited,D-7,Rent,6210,5,";
    let bare = "1,,,,,,,1113,,5";
    upload(&first, POST, &format!("{header}\n{full}\n{bare}\n")).await.expect(200);
    upload(&second, POST, &format!("{header}\n{bare}\n{full}\n")).await.expect(200);
    assert_eq!(without_ids(&first).await, without_ids(&second).await);
    let entry = &entries(&first).await[0];
    assert_eq!((&entry["description"], &entry["reference"]), (&json!("Rent"), &json!("D-7")));

    for (column, value) in [
        ("date", "2026-02-02"),
        ("journal", "OPENING"),
        ("document_date", "2026-01-30"),
        ("control_reason", "other"),
        ("entry_reference", "D-8"),
    ] {
        let index = header.split(',').position(|name| name == column).unwrap();
        let mut cells: Vec<&str> = bare.split(',').collect();
        cells[index] = value;
        let other = cells.join(",");
        for rows in [[full, other.as_str()], [other.as_str(), full]] {
            let text = format!("{header}\n{}\n", rows.join("\n"));
            let refused = upload(&first, POST, &text).await.expect(422).json();
            let codes: Vec<_> =
                refused["errors"].as_array().unwrap().iter().map(|e| e["code"].clone()).collect();
            assert!(codes.contains(&json!("import_entry_field_differs")), "{column}: {refused}");
        }
    }
    let nothing = upload(&first, POST, &format!("{header}\n{bare}\n")).await.expect(422).json();
    assert_eq!(nothing["errors"][0]["pointer"], "/rows/2/date");
}

#[tokio::test]
async fn descriptions_and_references_stay_on_their_lines() {
    let (_world, tenant) = books().await;
    let text = "entry,date,account,debit,credit,description,reference\n\
        1,2026-02-01,6210,7,,Rent,INV-1\n1,2026-02-01,6250,8,,Fees,INV-2\n1,2026-02-01,1113,,15,,\n\
        2,2026-02-02,6210,7,,Rent,INV-3\n2,2026-02-02,1113,,7,,INV-3\n";
    upload(&tenant, POST, text).await.expect(200);
    let all = entries(&tenant).await;
    let of = |entry: usize, name: &str| -> Vec<Value> {
        all[entry]["lines"].as_array().unwrap().iter().map(|line| line[name].clone()).collect()
    };
    assert_eq!(of(0, "reference"), [json!("INV-1"), json!("INV-2"), Value::Null]);
    assert_eq!((&all[0]["reference"], &all[0]["description"]), (&json!("1"), &Value::Null));
    assert_eq!(of(0, "description")[..2], [json!("Rent"), json!("Fees")]);
    assert_eq!(of(1, "reference"), [json!("INV-3"), json!("INV-3")]);
    assert_eq!((&all[1]["reference"], &all[1]["description"]), (&json!("INV-3"), &json!("Rent")));

    let both = "entry,date,account,debit,credit,description,line_description\n\
        3,2026-02-01,6210,7,,Rent,January\n3,2026-02-01,1113,,7,Other,\n";
    let refused = upload(&tenant, POST, both).await.expect(422).json();
    assert_eq!(refused["errors"][0]["code"], "import_descriptions_differ");
}

#[tokio::test]
async fn the_documents_of_opening_balances_stay_on_their_lines() {
    let (world, imported) = books().await;
    let sent = tenant(&world, "beta").await;
    let text = "account,debit,credit,party,reference,due_date\n\
        1121,100,,C1,INV-1,2026-01-31\n1121,200,,C1,INV-2,2026-02-28\n";
    upload(&imported, "/imports?type=opening-balances&post=true&date=2026-01-01", text).await.expect(200);
    let body = json!({ "postingDate": "2026-01-01", "lines": [
        { "accountCode": "1121", "debit": "100", "party": "C1", "reference": "INV-1", "dueDate": "2026-01-31" },
        { "accountCode": "1121", "debit": "200", "party": "C1", "reference": "INV-2", "dueDate": "2026-02-28" } ] });
    sent.client.post("/opening-balances", body).await.expect(201);
    assert_eq!(without_ids(&imported).await, without_ids(&sent).await);
    let entry = &entries(&imported).await[0];
    assert_eq!(entry["reference"], Value::Null);
    let references: Vec<_> =
        entry["lines"].as_array().unwrap().iter().map(|line| &line["reference"]).collect();
    assert_eq!(references, [&json!("INV-1"), &json!("INV-2"), &Value::Null], "none on the opening account");
}

/// Random entries, each cell there or not: however the rows are shuffled, the books are the same.
#[tokio::test]
async fn shuffled_rows_are_the_same_books() {
    let world = World::new().await;
    let header =
        "entry,date,account,debit,credit,currency,description,reference,journal,document_date,control_reason";
    for seed in 0..4 {
        let mut random = Random(seed);
        let rows: Vec<String> = (0..12).flat_map(|entry| random_entry(&mut random, entry)).collect();
        let mut expected = None;
        for turn in 0..3 {
            let mut shuffled = rows.clone();
            for last in (1..if turn > 0 { shuffled.len() } else { 0 }).rev() {
                shuffled.swap(last, random.below(last + 1));
            }
            let tenant = tenant(&world, &format!("t{seed}-{turn}")).await;
            let text = format!("{header}\n{}\n", shuffled.join("\n"));
            upload(&tenant, POST, &text).await.expect(200);
            let path = "/reports/trial-balance?from=2026-01-01&to=2026-12-31";
            let balance = tenant.client.call("GET", path, &["Accept: text/csv"], "").await.expect(200).text();
            let found = (without_ids(&tenant).await, balance);
            assert_eq!(*expected.get_or_insert_with(|| found.clone()), found, "seed {seed}, turn {turn}");
        }
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// An entry of one to three currencies, each of which balances; what is the entry's is in one row or in several.
fn random_entry(random: &mut Random, entry: usize) -> Vec<String> {
    let currencies: &[&str] = match random.below(4) {
        0 => &[""],
        1 => &["USD"],
        2 => &["USD", ""],
        _ => &["", "SAR", "EUR"],
    };
    let dated = random.below(currencies.len() * 2);
    let mut rows = Vec::new();
    for currency in currencies {
        let amount = 1 + random.below(90_000);
        let amount = format!("{}.{:02}", amount / 100, amount % 100);
        for amounts in [format!("6210,{amount},"), format!("1113,,{amount}")] {
            let index = rows.len();
            let mut sometimes = |text: &str, always: bool| {
                if always || random.below(2) == 0 { text.to_owned() } else { String::new() }
            };
            let date = sometimes(&format!("2026-{:02}-15", 1 + entry % 12), index == dated);
            let (journal, document) = (sometimes("GENERAL", false), sometimes("2026-01-02", false));
            let (reason, reference) = (sometimes("checked", false), sometimes("R-1", false));
            let text = ["", "Rent", "Fees"][random.below(3)];
            rows.push(format!(
                "E{entry},{date},{amounts},{currency},{text},{reference},{journal},{document},{reason}"
            ));
        }
    }
    rows
}
