//! Statements by layout: their figures, the lines behind every figure, columns, files and refusals.

use serde_json::{Value, json};
use testkit::{Client, TenantKit, World, paper};

/// Two years of a small company with branches, one of them closed, and accounts that the template's layouts do not know.
async fn books() -> (World, TenantKit) {
    let (world, tenant) = World::books().await;
    let client = &tenant.client;
    let name = json!({ "name": { "ar": "شركة النور", "en": "Al Noor" } });
    client.with_etag("PATCH", "/tenants/current", "*", name).await.expect(200);
    client.post("/fiscal-years/generate", json!({ "start": "2025-01-01", "years": 1 })).await.expect(200);
    tenant.accounts(&[("9100", "expense"), ("0100", "asset")]).await;
    let branches = client.get("/dimensions?code=branch").await.ok();
    let path = format!("/dimensions/{}/values", branches["items"][0]["id"].as_str().unwrap());
    for (code, name) in [("RUH", "Riyadh"), ("JED", "Jeddah")] {
        client.post(&path, json!({ "code": code, "name": { "en": name } })).await.expect(201);
    }
    let opening = json!({ "lines": [
        { "accountCode": "1113", "debit": "5000" }, { "accountCode": "1216", "debit": "700" },
        { "accountCode": "3110", "credit": "5700" },
    ]});
    client.post("/opening-balances", opening).await.expect(201);
    tenant.post("2025-03-01", &[("1113", "900", ""), ("4110", "", "900")]).await;
    tenant.post("2025-06-01", &[("5110", "300", ""), ("6110", "150", ""), ("1113", "", "450")]).await;
    close_2025(client).await;
    let branch = async |date: &str, value: &str, lines: [(&str, &str, &str); 2]| {
        let lines = lines.map(|(account, debit, credit)| {
            let amount = |text: &str| if text.is_empty() { Value::Null } else { json!(text) };
            json!({ "accountCode": account, "debit": amount(debit), "credit": amount(credit),
                "dimensions": { "branch": value } })
        });
        let body = json!({ "postingDate": date, "post": true, "lines": lines });
        client.post("/journal-entries", body).await.expect(201);
    };
    branch("2026-01-10", "RUH", [("1113", "1000", ""), ("4110", "", "1000")]).await;
    branch("2026-01-20", "JED", [("1113", "400", ""), ("4150", "", "400")]).await;
    branch("2026-02-05", "RUH", [("5110", "350.50", ""), ("1113", "", "350.50")]).await;
    tenant.post("2026-02-06", &[("6310", "40", ""), ("1113", "", "40")]).await;
    tenant.post("2026-02-07", &[("6410", "10", ""), ("1219", "", "10")]).await;
    tenant.post("2026-02-08", &[("9100", "25", ""), ("1113", "", "25")]).await;
    tenant.post("2026-02-09", &[("0100", "60", ""), ("1113", "", "60")]).await;
    tenant.post("2026-03-01", &[("7210", "5.25", ""), ("1113", "", "5.25")]).await;
    tenant.post("2026-03-02", &[("1113", "200", ""), ("2211", "", "200")]).await;
    tenant.post("2026-03-03", &[("3140", "100", ""), ("1113", "", "100")]).await;
    world.clock.advance_seconds(60);
    (world, tenant)
}

async fn close_2025(client: &Client) {
    let years = client.get("/fiscal-years?code=2025").await.ok();
    let path = format!("/fiscal-years/{}/close", years["items"][0]["id"].as_str().unwrap());
    client.with_etag("POST", &path, "*", Value::Null).await.expect(200);
}

async fn statement(client: &Client, query: &str) -> Value {
    client.get(&format!("/reports/statement?layout={query}")).await.ok()
}

/// The amounts of a row, column by column.
fn amounts(statement: &Value, row: &str) -> Vec<String> {
    let found = |row_of: &&Value| row_of["code"] == row || row_of["account"] == row;
    let rows = statement["rows"].as_array().unwrap().iter();
    let rows = rows.chain(statement["unassignedAccounts"].as_array().unwrap());
    let row = rows.into_iter().find(found).unwrap_or_else(|| panic!("{row}: {statement}"));
    let amount = |cell: &Value| cell["amount"].as_str().unwrap_or("-").to_owned();
    row["cells"].as_array().unwrap().iter().map(amount).collect()
}

fn columns(statement: &Value, member: &str) -> Vec<String> {
    let text = |column: &Value| column[member].as_str().unwrap_or("-").to_owned();
    statement["columns"].as_array().unwrap().iter().map(text).collect()
}

/// Ten-thousandths.
fn exact(text: &str) -> i128 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let scaled: i128 = format!("{whole}{decimals:0<4}").parse().unwrap();
    sign * scaled
}

/// Reads the lines of every figure, in pages of two, and compares their sum with it. Answers how many figures there were.
async fn every_figure_is_its_lines(client: &Client, query: &str) -> usize {
    let statement = statement(client, query).await;
    let rows = statement["rows"].as_array().unwrap().iter();
    let rows = rows.chain(statement["unassignedAccounts"].as_array().unwrap());
    let mut figures = 0;
    for cell in rows.flat_map(|row| row["cells"].as_array().unwrap()) {
        let Some(link) = cell["lines"].as_str() else { continue };
        let path = link.strip_prefix("/api/v1").unwrap();
        let (mut sum, mut cursor) = (0, String::new());
        loop {
            let page = client.get(&format!("{path}&limit=2{cursor}")).await.ok();
            let lines = page["items"].as_array().unwrap();
            sum += lines.iter().map(|line| exact(line["amount"].as_str().unwrap())).sum::<i128>();
            let Some(next) = page["nextCursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(sum, exact(cell["amount"].as_str().unwrap()), "{link}");
        figures += 1;
    }
    figures
}

#[tokio::test]
async fn the_income_statement_of_the_template_has_gross_and_operating_profit() {
    let (_world, tenant) = books().await;
    let view =
        statement(&tenant.client, "IFRS-SME-IS&from=2026-01-01&to=2026-03-15&compare=previous-year").await;
    assert_eq!(columns(&view, "kind"), ["actual", "comparison", "variance", "variance_percent"]);
    assert_eq!(amounts(&view, "REVENUE"), ["1400.00", "900.00", "500.00", "55.56"]);
    assert_eq!(amounts(&view, "GROSS-PROFIT"), ["1049.50", "900.00", "149.50", "16.61"]);
    assert_eq!(amounts(&view, "DISTRIBUTION"), ["40.00", "0.00", "40.00", "-"], "nothing to compare with");
    assert_eq!(amounts(&view, "OPERATING-PROFIT")[0], "999.50");
    assert_eq!(amounts(&view, "PROFIT")[0], "994.25");
    assert_eq!(amounts(&view, "DEPRECIATION")[0], "10.00", "of which, not counted");
    assert_eq!(amounts(&view, "9100"), ["25.00", "0.00", "25.00", "-"], "an account without a row is told");
    assert_eq!(view["unassignedAccounts"].as_array().unwrap().len(), 1);
    assert_eq!(view["reconciliation"]["rows"][0], "-994.25", "debits positive");
    assert_eq!(view["reconciliation"]["ledger"][0], "-969.25");
    assert_eq!(view["reconciliation"]["balanced"], true);
    let fixed = tenant.client.get("/reports/income-statement?from=2026-01-01&to=2026-03-15").await.ok();
    assert_eq!(fixed["results"][0]["amounts"][0], "969.25", "as the fixed statement has it");
}

#[tokio::test]
async fn the_balance_sheet_balances_before_and_after_a_year_is_closed() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let view = statement(client, "IFRS-SME-BS&asOf=2026-03-15&compare=previous-year").await;
    assert_eq!(columns(&view, "caption")[..2], ["2026-03-15", "2025-03-15"]);
    assert_eq!(amounts(&view, "CASH")[..2], ["6469.25", "5900.00"]);
    assert_eq!(amounts(&view, "RETAINED")[0], "350.00", "450 of 2025 less 100 paid out");
    assert_eq!(amounts(&view, "EARLIER-PROFIT")[..2], ["0.00", "0.00"]);
    assert_eq!(amounts(&view, "PROFIT")[..2], ["969.25", "900.00"]);
    assert_eq!(amounts(&view, "TOTAL-ASSETS")[0], "7159.25");
    assert_eq!(amounts(&view, "LIABILITIES-AND-EQUITY")[0], "7219.25");
    assert_eq!(amounts(&view, "0100")[0], "60.00", "which explains the difference");
    assert_eq!(view["reconciliation"]["ledger"][0], "0.00");
    let months = statement(client, "IFRS-SME-BS&from=2026-01-01&asOf=2026-03-15&columns=month").await;
    assert_eq!(columns(&months, "code"), ["2026-01-31.actual", "2026-02-28.actual", "2026-03-15.actual"]);
    assert_eq!(amounts(&months, "CASH"), ["6850.00", "6374.50", "6469.25"]);
}

#[tokio::test]
async fn cash_flow_explains_the_cash_and_equity_its_changes() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let flow = statement(client, "IFRS-SME-CF&from=2026-01-01&to=2026-03-15").await;
    for (row, amount) in [
        ("PROFIT", "969.25"),
        ("DEPRECIATION", "10.00"),
        ("OPERATING", "979.25"),
        ("INVESTING", "0.00"),
        ("DEBT", "200.00"),
        ("CONTRIBUTIONS", "-100.00"),
        ("NET-CHANGE", "1079.25"),
        ("OPENING-CASH", "5450.00"),
        ("CLOSING-CASH", "6529.25"),
    ] {
        assert_eq!(amounts(&flow, row), [amount], "{row}");
    }
    assert_eq!(amounts(&flow, "0100"), ["60.00"], "the cash accounts have as much less");
    assert_eq!(flow["reconciliation"]["balanced"], true);
    let equity = statement(client, "IFRS-SME-EQ&from=2025-01-01&to=2025-12-31").await;
    assert_eq!(columns(&equity, "measure"), ["opening", "profit", "movement", "closing"]);
    assert_eq!(amounts(&equity, "CAPITAL"), ["5700.00", "0.00", "0.00", "5700.00"], "opened, not paid in");
    assert_eq!(amounts(&equity, "RETAINED"), ["0.00", "450.00", "0.00", "450.00"]);
    let quarters = statement(client, "IFRS-SME-EQ&from=2025-01-01&to=2025-12-31&columns=quarter").await;
    assert_eq!(columns(&quarters, "measure").len(), 4 * 4, "no sum of balances follows them");
    let equity = statement(client, "IFRS-SME-EQ&from=2026-01-01&to=2026-03-15").await;
    assert_eq!(amounts(&equity, "RETAINED"), ["450.00", "969.25", "-100.00", "1319.25"]);
    assert_eq!(amounts(&equity, "TOTAL-EQUITY"), ["6150.00", "969.25", "-100.00", "7019.25"]);
    assert_eq!(equity["unassignedAccounts"], json!([]));
}

#[tokio::test]
async fn periods_stand_side_by_side_with_their_total() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let months = statement(client, "IFRS-SME-IS&from=2026-01-01&to=2026-03-15&columns=month").await;
    assert_eq!(columns(&months, "caption"), ["2026-01", "2026-02", "2026-03-01 – 2026-03-15", "Total"]);
    assert_eq!(amounts(&months, "REVENUE"), ["1400.00", "0.00", "0.00", "1400.00"]);
    assert_eq!(amounts(&months, "PROFIT"), ["1400.00", "-400.50", "-5.25", "994.25"]);
    let years =
        statement(client, "IFRS-SME-IS&from=2025-01-01&to=2026-12-31&columns=year&compare=previous-period")
            .await;
    assert_eq!(columns(&years, "code")[4..6], ["2026-12-31.actual", "2026-12-31.comparison"]);
    assert_eq!(amounts(&years, "REVENUE")[4..8], ["1400.00", "900.00", "500.00", "55.56"]);
    let quarters = statement(client, "IFRS-SME-IS&from=2025-01-01&to=2025-12-31&columns=quarter").await;
    assert_eq!(columns(&quarters, "caption")[..2], ["2025-01 – 2025-03", "2025-04 – 2025-06"]);
    assert_eq!(amounts(&quarters, "PROFIT"), ["900.00", "-450.00", "0.00", "0.00", "450.00"]);
}

#[tokio::test]
async fn a_balance_sheet_is_compared_with_the_last_day_before_its_period() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    tenant.post("2026-03-01", &[("1113", "7.00", ""), ("4120", "", "7.00")]).await;
    let both = statement(client, "IFRS-SME-BS&asOf=2026-03-15&compare=previous-period").await;
    let before = statement(client, "IFRS-SME-BS&asOf=2026-02-28").await;
    assert_eq!(amounts(&both, "TOTAL-ASSETS")[1], amounts(&before, "TOTAL-ASSETS")[0]);
    assert_ne!(amounts(&both, "TOTAL-ASSETS")[0], amounts(&both, "TOTAL-ASSETS")[1]);
}

#[tokio::test]
async fn the_values_of_a_dimension_stand_side_by_side() {
    let (_world, tenant) = books().await;
    let view = statement(&tenant.client, "IFRS-SME-IS&from=2026-01-01&to=2026-03-15&columnsBy=branch").await;
    assert_eq!(columns(&view, "code"), ["total", "value.JED", "value.RUH", "without_value"]);
    assert_eq!(columns(&view, "caption"), ["Total", "Jeddah", "Riyadh", "Without value"]);
    assert_eq!(columns(&view, "dimensionValue"), ["-", "JED", "RUH", ""]);
    assert_eq!(amounts(&view, "REVENUE"), ["1400.00", "400.00", "1000.00", "0.00"]);
    assert_eq!(amounts(&view, "OPERATING-PROFIT"), ["999.50", "400.00", "649.50", "-50.00"]);
    assert_eq!(amounts(&view, "9100"), ["25.00", "0.00", "0.00", "25.00"]);
}

#[tokio::test]
async fn values_and_periods_stand_side_by_side_together() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let query = "IFRS-SME-IS&from=2026-01-01&to=2026-02-28&columns=month&columnsBy=branch";
    let view = statement(client, query).await;
    let codes = columns(&view, "code");
    assert_eq!(
        codes[..4],
        ["2026-01-31.total", "2026-01-31.value.JED", "2026-01-31.value.RUH", "2026-01-31.without_value"]
    );
    assert_eq!(codes[8..], ["total.total", "total.value.JED", "total.value.RUH", "total.without_value"]);
    assert_eq!(columns(&view, "caption")[1], "Jeddah – 2026-01");
    let revenue = amounts(&view, "REVENUE");
    assert_eq!(revenue[..4], ["1400.00", "400.00", "1000.00", "0.00"]);
    assert_eq!(revenue[4..8], ["0.00", "0.00", "0.00", "0.00"]);
    assert_eq!(amounts(&view, "OPERATING-PROFIT")[4..8], ["-400.50", "0.00", "-350.50", "-50.00"]);
    assert_eq!(amounts(&view, "OPERATING-PROFIT")[8..], ["999.50", "400.00", "649.50", "-50.00"]);
    assert_eq!(every_figure_is_its_lines(client, query).await % 12, 0);
    let days =
        statement(client, "IFRS-SME-BS&from=2026-01-01&asOf=2026-02-28&columns=month&columnsBy=branch").await;
    assert_eq!(amounts(&days, "CASH")[..4], ["6850.00", "400.00", "1000.00", "5450.00"]);
    let branches = client.get("/dimensions?code=branch").await.ok();
    let path = format!("/dimensions/{}/values", branches["items"][0]["id"].as_str().unwrap());
    for number in 0..10 {
        let code = format!("B{number}");
        client.post(&path, json!({ "code": code, "name": { "en": code } })).await.expect(201);
        let lines = json!([{ "accountCode": "1113", "debit": "1", "dimensions": { "branch": code } },
            { "accountCode": "4110", "credit": "1", "dimensions": { "branch": code } }]);
        let entry = json!({ "postingDate": "2026-01-11", "post": true, "lines": lines });
        client.post("/journal-entries", entry).await.expect(201);
    }
    let wide =
        "/reports/statement?layout=IFRS-SME-IS&from=2025-01-01&to=2026-12-31&columns=month&columnsBy=branch";
    let refused = client.get(wide).await.expect(413);
    assert_eq!(refused.errors(), [("columnsBy".to_owned(), "statement_too_many_columns".to_owned())]);
}

#[tokio::test]
async fn a_budget_stands_beside_every_period_with_its_variance() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let budget = json!({ "code": "B26", "name": { "en": "Budget" }, "fiscalYearCode": "2026" });
    let budget = client.post("/budgets", budget).await.expect(201).json();
    let items =
        [("4110", "2026-01-01", "1200"), ("4110", "2026-02-01", "100"), ("5110", "2026-02-01", "300")]
            .map(|(account, date, amount)| json!({ "accountCode": account, "date": date, "amount": amount }));
    let path = format!("/budgets/{}/lines/bulk", budget["id"].as_str().unwrap());
    client.post(&path, json!({ "items": items })).await.ok();
    let query = "IFRS-SME-IS&from=2026-01-01&to=2026-02-28&compareBudget=B26";
    let view = statement(client, query).await;
    let kinds = ["actual", "budget", "budget_variance", "budget_variance_percent"];
    assert_eq!(columns(&view, "kind"), kinds);
    assert_eq!(amounts(&view, "REVENUE"), ["1400.00", "1300.00", "100.00", "7.69"]);
    assert_eq!(amounts(&view, "GROSS-PROFIT"), ["1049.50", "1000.00", "49.50", "4.95"]);
    assert_eq!(view["rows"][1]["cells"][1]["lines"], Value::Null, "a budget has no lines");
    let months = statement(client, &format!("{query}&columns=month&compare=previous-year")).await;
    let code = |kind: &str| format!("2026-01-31.{kind}");
    let expected = [
        "actual",
        "comparison",
        "variance",
        "variance_percent",
        "budget",
        "budget_variance",
        "budget_variance_percent",
    ];
    assert_eq!(columns(&months, "code")[..7], expected.map(code));
    assert_eq!(amounts(&months, "REVENUE")[4..7], ["1200.00", "200.00", "16.67"]);
    assert_eq!(amounts(&months, "REVENUE")[11], "100.00");
    assert_eq!(amounts(&months, "REVENUE")[18], "1300.00", "the total has the whole budget");
    for (query, status, code) in [
        ("IFRS-SME-IS&from=2026-01-01&to=2026-02-27&compareBudget=B26", 422, "statement_budget_periods"),
        ("IFRS-SME-IS&from=2025-01-01&to=2025-12-31&compareBudget=B26", 422, "statement_budget_periods"),
        ("IFRS-SME-BS&asOf=2026-02-28&compareBudget=B26", 422, "statement_budget_unfit"),
        (
            "IFRS-SME-IS&from=2026-01-01&to=2026-02-28&compareBudget=B26&columnsBy=branch",
            422,
            "statement_budget_alone",
        ),
        (
            "IFRS-SME-IS&from=2026-01-01&to=2026-02-28&compareBudget=B26&dimension=branch:RUH",
            422,
            "statement_budget_alone",
        ),
        ("IFRS-SME-IS&from=2026-01-01&to=2026-02-28&compareBudget=NONE", 422, "unknown_reference"),
    ] {
        let refused = client.get(&format!("/reports/statement?layout={query}")).await.expect(status);
        assert_eq!(refused.errors(), [("compareBudget".to_owned(), code.to_owned())], "{query}");
    }
}

/// Rows that count others twice, with both signs, parts of balances apart, and accounts of another row.
fn own_layout() -> Value {
    json!({ "code": "OWN/خاص", "name": { "en": "Own", "ar": "خاص" }, "kind": "custom", "rows": [
        { "code": "BEFORE", "name": { "en": "Before" }, "accountTypes": ["asset"], "measure": "opening" },
        { "code": "MOVED", "name": { "en": "Moved" }, "accountTypes": ["asset"] },
        { "code": "EQUITY", "name": { "en": "Equity" }, "headings": ["3000"], "measure": "closing", "side": "credit" },
        { "code": "SALES", "name": { "en": "Sales" }, "accounts": [{ "from": "4110", "to": "4150" }], "memo": true },
        { "code": "ODD", "name": { "en": "Odd" }, "kind": "formula", "formula": "BEFORE - MOVED - MOVED + EQUITY - SALES" },
        { "code": "TWICE", "name": { "en": "Twice" }, "kind": "total", "formula": "ODD + ODD + MOVED" },
    ]})
}

#[tokio::test]
async fn every_figure_is_the_sum_of_its_lines() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    client.post("/report-layouts", own_layout()).await.expect(201);
    let own = "OWN%2F%D8%AE%D8%A7%D8%B5";
    let known = "knownAt=2026-03-15T09:00:30Z";
    let mut figures = 0;
    for query in [
        "IFRS-SME-IS&from=2026-01-01&to=2026-03-15&compare=previous-year".to_owned(),
        "IFRS-SME-IS&from=2026-01-01&to=2026-03-15&columnsBy=branch".to_owned(),
        "IFRS-SME-IS&from=2025-01-01&to=2026-03-15&columns=quarter&includeClosing=true".to_owned(),
        "IFRS-SME-BS&asOf=2025-12-31".to_owned(),
        "IFRS-SME-BS&asOf=2026-03-15&columnsBy=branch".to_owned(),
        "IFRS-SME-BS&asOf=2026-02-05&includeClosing=false&dimension=branch:RUH,JED".to_owned(),
        "IFRS-SME-CF&from=2025-01-01&to=2025-08-31".to_owned(),
        "IFRS-SME-EQ&from=2025-01-01&to=2026-03-15&columns=year".to_owned(),
        "IFRS-SME-EQ&from=2026-01-01&to=2026-03-15&columnsBy=branch&currency=SAR".to_owned(),
        format!("{own}&from=2025-02-01&to=2026-02-07&columns=year"),
        format!("{own}&from=2026-01-01&to=2026-03-15&{known}"),
    ] {
        figures += every_figure_is_its_lines(client, &query).await;
    }
    assert!(figures > 400, "{figures}");
}

#[tokio::test]
async fn the_lines_of_a_figure_say_what_they_add_to_it() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let lines = client
        .get("/reports/statement-lines?layout=IFRS-SME-IS&row=GROSS-PROFIT&from=2026-01-01&to=2026-03-15")
        .await
        .ok();
    let lines: Vec<_> = lines["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            (
                line["account"].as_str().unwrap(),
                line["amount"].as_str().unwrap(),
                line["dimensions"]["branch"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(lines, [("4110", "1000.00", "RUH"), ("4150", "400.00", "JED"), ("5110", "-350.50", "RUH")]);
    let ledger =
        client.get("/reports/general-ledger?account=4110&from=2026-01-01&dimension=branch:RUH").await.ok();
    assert_eq!(ledger["accounts"][0]["lines"][0]["dimensions"], json!({ "branch": "RUH" }));
    let csv = client.get("/reports/general-ledger?account=5110&format=csv").await.expect(200).text();
    assert!(
        csv.lines().next().unwrap().ends_with(",rate,dimensions") && csv.contains(",branch:RUH\r\n"),
        "{csv}"
    );
    let rows = client.get("/reports/general-ledger?account=5110&format=ndjson").await.expect(200).text();
    assert!(rows.contains("\"dimensions\":{\"branch\":\"RUH\"}"), "{rows}");
}

#[tokio::test]
async fn what_cannot_be_shown_is_refused_with_its_place() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    for (query, status, expected) in [
        ("statement", 422, vec![("layout", "required")]),
        (
            "statement?layout=NONE&columnsBy=none",
            422,
            vec![("layout", "unknown_reference"), ("columnsBy", "unknown_reference")],
        ),
        (
            "statement?layout=IFRS-SME-IS&columnsBy=branch&columns=month&compare=previous-year",
            422,
            vec![("columnsBy", "report_group_and_compare")],
        ),
        ("statement?layout=IFRS-SME-BS&from=2026-01-01", 422, vec![("from", "statement_one_day")]),
        (
            "statement?layout=IFRS-SME-IS&from=2024-01-01&to=2026-03-15&columns=month",
            413,
            vec![("columns", "statement_too_many_periods")],
        ),
        (
            "statement?layout=IFRS-SME-IS&from=2026-02-01&to=2026-01-01",
            422,
            vec![("from", "report_range_reversed")],
        ),
        ("statement?layout=IFRS-SME-IS&columns=week", 422, vec![("columns", "unknown_word")]),
        ("statement-lines?layout=IFRS-SME-IS", 422, vec![("row", "figure_row_or_account")]),
        ("statement-lines?layout=IFRS-SME-IS&row=NONE", 422, vec![("row", "unknown_reference")]),
        ("statement-lines?layout=IFRS-SME-IS&account=77", 422, vec![("account", "account_code_unknown")]),
        (
            "statement-lines?layout=IFRS-SME-IS&row=PROFIT&dimensionValue=branch:NONE&withoutDimension=none",
            422,
            vec![
                ("withoutDimension", "figure_one_value"),
                ("dimensionValue", "unknown_reference"),
                ("withoutDimension", "unknown_reference"),
            ],
        ),
        (
            "statement-lines?layout=IFRS-SME-IS&row=PROFIT&dimensionValue=branch",
            400,
            vec![("dimensionValue", "invalid_parameter")],
        ),
        ("statement-lines?layout=IFRS-SME-IS&row=PROFIT&cursor=x", 400, vec![]),
    ] {
        for language in ["en", "ar"] {
            let header = format!("Accept-Language: {language}");
            let refused =
                client.call("GET", &format!("/reports/{query}"), &[&header], "").await.expect(status);
            let places: Vec<_> = refused.errors();
            let places: Vec<_> = places.iter().map(|(at, code)| (at.as_str(), code.as_str())).collect();
            assert_eq!(places, expected, "{query}");
            let detail = refused.json()["detail"].as_str().unwrap().to_owned();
            assert_eq!(
                detail.chars().any(|c| ('\u{600}'..'\u{700}').contains(&c)),
                language == "ar",
                "{detail}"
            );
        }
    }
}

/// The chart goes on while a layout stands: what no longer fits is said, and nothing is counted twice.
#[tokio::test]
async fn a_chart_that_outgrew_its_layout_is_told() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let layout = json!({ "code": "OWN", "name": { "en": "Own" }, "kind": "income_statement", "rows": [
        { "code": "A", "name": { "en": "A" }, "headings": ["4000"], "side": "credit" },
        { "code": "B", "name": { "en": "B" }, "accounts": [{ "from": "4800", "to": "4899" }], "side": "credit" },
    ]});
    client.post("/report-layouts", layout).await.expect(201);
    assert_eq!(amounts(&statement(client, "OWN&from=2026-01-01").await, "A"), ["1400.00"]);
    let parent = client.get("/accounts?code=4000").await.ok()["items"][0]["id"].clone();
    let account = json!({ "code": "4810", "name": { "en": "Late" }, "type": "income", "parentId": parent });
    client.post("/accounts", account).await.expect(201);
    let refused = client.get("/reports/statement?layout=OWN&from=2026-01-01").await.expect(422);
    assert_eq!(refused.errors(), [("layout".to_owned(), "statement_layout_broken".to_owned())]);
    assert!(
        refused.text().contains("The account 4810 is counted by the rows A and B."),
        "{}",
        refused.text()
    );
}

#[tokio::test]
async fn a_changed_layout_and_a_posting_show_at_once() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let query = "IFRS-SME-IS&from=2026-01-01&to=2026-03-15";
    assert_eq!(amounts(&statement(client, query).await, "9100"), ["25.00"]);
    let layouts = client.get("/report-layouts?code=IFRS-SME-IS").await.ok();
    let mut rows = layouts["items"][0]["rows"].clone();
    rows[4]["accounts"].as_array_mut().unwrap().push(json!({ "from": "9000", "to": "9999" }));
    let path = format!("/report-layouts/{}", layouts["items"][0]["id"].as_str().unwrap());
    client.with_etag("PATCH", &path, "*", json!({ "rows": rows })).await.expect(200);
    let view = statement(client, query).await;
    assert_eq!(
        (&view["unassignedAccounts"], amounts(&view, "PROFIT")),
        (&json!([]), vec!["969.25".to_owned()])
    );
    tenant.post("2026-03-04", &[("1113", "1", ""), ("4110", "", "1")]).await;
    assert_eq!(amounts(&statement(client, query).await, "PROFIT"), ["970.25"]);
}

#[tokio::test]
async fn statements_come_in_every_form_and_language() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    for (language, title, total, note) in [
        ("en", "Statement of financial position", "Total assets", "Al Noor"),
        ("ar", "قائمة المركز المالي", "إجمالي الأصول", "شركة النور"),
    ] {
        let header = format!("Accept-Language: {language}");
        let path = "/reports/statement?layout=IFRS-SME-BS&asOf=2026-03-15&compare=previous-year";
        let call = async |form: &str| {
            client.call("GET", &format!("{path}&{form}"), &[&header], "").await.expect(200)
        };
        assert_eq!(call("").await.json()["scope"]["title"], title);
        let csv = call("format=csv&csv=about").await.text();
        assert!(csv.starts_with(title) && csv.contains(note) && csv.contains("2026-03-15"), "{csv}");
        assert!(
            csv.contains("\r\nrow,name,kind,level,actual,comparison,variance,variance_percent\r\n"),
            "{csv}"
        );
        let row = csv.lines().find(|row| row.starts_with("TOTAL-ASSETS,")).unwrap();
        assert!(row.contains(total) && row.ends_with(",0,7159.25,6600.00,559.25,8.47"), "{row}");
        let row = csv.lines().find(|row| row.starts_with("0100,")).unwrap();
        assert!(row.ends_with(",1,60.00,0.00,60.00,"), "{row}");
        let file = call("format=xlsx").await;
        assert!(file.body.starts_with(b"PK"));
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"statement.xlsx\"");
        let pdf = call("format=pdf").await;
        paper::pictures(&pdf.body, &format!("statement-{language}"));
        if let Some(text) = paper::text(&pdf.body).filter(|_| language == "en") {
            for said in [title, note, total, "7,159.25", "8.47", "0100", "2026-03-15"] {
                assert!(text.contains(said), "{said}: {text}");
            }
        }
    }
    let wide = "/reports/statement?layout=IFRS-SME-IS&from=2025-01-01&to=2026-12-31&columns=month&format=pdf";
    paper::pictures(&client.get(wide).await.expect(200).body, "statement-wide");
}
