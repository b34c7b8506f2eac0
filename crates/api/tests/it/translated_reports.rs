//! Reports in the reporting currency of the ledger settings: every figure, what is left over, files and refusals.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use testkit::{Client, TenantKit, World, paper};

/// The account that shows the translation difference, beside the accounts of the template.
const DIFFERENCE: &str = "3135";

/// Books in SAR that are shown in USD, too, with rates of 2025 and 2026.
async fn books() -> (World, TenantKit) {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "sa-standard").await;
    let client = &tenant.client;
    let account = json!({ "code": DIFFERENCE, "name": { "en": "Translation reserve" }, "type": "equity" });
    let account = client.post("/accounts", account).await.expect(201).json()["id"].clone();
    client.post("/fiscal-years/generate", json!({ "start": "2025-01-01", "years": 1 })).await.expect(200);
    let settings = json!({ "reportingCurrency": "USD", "translationDifferenceAccountId": account });
    let settings = client.with_etag("PATCH", "/ledger-settings", "*", settings).await.ok();
    assert_eq!(settings["reportingIncomeRate"], "average");
    for (date, rate) in
        [("2024-12-31", "3.70"), ("2025-12-31", "3.75"), ("2026-01-16", "3.80"), ("2026-02-01", "4")]
    {
        rate_on(client, date, rate).await;
    }
    (world, tenant)
}

async fn rate_on(client: &Client, date: &str, rate: &str) {
    let body = json!({ "currency": "USD", "date": date, "rate": rate });
    client.post("/exchange-rates", body).await.expect(201);
}

async fn postings(tenant: &TenantKit) {
    tenant.post("2026-01-01", &[("1113", "3750", ""), ("3110", "", "3750")]).await;
    tenant.post("2026-01-10", &[("1113", "760", ""), ("4110", "", "760")]).await;
    tenant.post("2026-02-10", &[("6110", "200", ""), ("1113", "", "200")]).await;
}

async fn report(client: &Client, name: &str, query: &str) -> Value {
    client.get(&format!("/reports/{name}?presentationCurrency=USD&{query}")).await.ok()
}

fn line<'a>(trial: &'a Value, account: &str) -> &'a Value {
    let lines = trial["lines"].as_array().unwrap();
    lines.iter().find(|line| line["account"] == account).unwrap_or_else(|| panic!("{account}: {trial}"))
}

/// Opening balance, both movements and closing balance of an account.
fn figures(trial: &Value, account: &str) -> [String; 4] {
    let line = line(trial, account);
    ["opening", "movementDebit", "movementCredit", "closing"]
        .map(|member| line[member].as_str().unwrap().to_owned())
}

fn amount(statement: &Value, code: &str) -> String {
    let sections = statement["sections"].as_array().unwrap();
    let lines = sections.iter().flat_map(|section| section["lines"].as_array().unwrap());
    let lines = lines.chain(statement["results"].as_array().unwrap());
    let line = lines.into_iter().find(|line| line["code"] == code);
    line.unwrap_or_else(|| panic!("{code}: {statement}"))["amounts"][0].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_trial_balance_has_the_rate_of_each_kind_of_account_and_comes_to_nothing() {
    let (_world, tenant) = books().await;
    postings(&tenant).await;
    let trial = report(&tenant.client, "trial-balance", "from=2026-02-01&to=2026-02-28").await;
    // 4,510 at 3.80 before February and 4,310 at 4 after it: what the rate did is in the movement.
    assert_eq!(figures(&trial, "1113"), ["1186.84", "0.00", "109.34", "1077.50"]);
    // The rate of the day on which the capital was paid in.
    assert_eq!(figures(&trial, "3110"), ["-1000.00", "0.00", "0.00", "-1000.00"]);
    // Fifteen days of January at 3.75 and sixteen at 3.80.
    assert_eq!(figures(&trial, "4110"), ["-201.28", "0.00", "0.00", "-201.28"]);
    assert_eq!(figures(&trial, "6110"), ["0.00", "50.00", "0.00", "50.00"]);
    assert_eq!(figures(&trial, DIFFERENCE), ["14.44", "59.34", "0.00", "73.78"]);
    assert_eq!(trial["totals"]["closing"], "0.00");
    assert_eq!(trial["totals"]["opening"], "0.00");
    assert_eq!(trial["totals"]["debit"], trial["totals"]["credit"]);
    assert_eq!(trial["balanced"], true);
    let presentation = json!({ "booksCurrency": "SAR", "incomeRate": "average", "closingRate": "4" });
    assert_eq!(trial["scope"]["presentation"], presentation);
    assert_eq!(trial["scope"]["currency"], "USD");
    let own = tenant.client.get("/reports/trial-balance?presentationCurrency=SAR&to=2026-02-28").await.ok();
    assert_eq!(figures(&own, "1113")[3], "4310.00", "the currency of the books is no translation");
    assert_eq!(own["scope"]["presentation"], Value::Null);
}

#[tokio::test]
async fn balance_sheet_and_income_statement_agree() {
    let (_world, tenant) = books().await;
    postings(&tenant).await;
    let client = &tenant.client;
    let sheet = report(client, "balance-sheet", "asOf=2026-02-28").await;
    assert_eq!(amount(&sheet, "1113"), "1077.50");
    assert_eq!(amount(&sheet, DIFFERENCE), "-73.78");
    assert_eq!(amount(&sheet, "current_year_profit"), "151.28");
    assert_eq!(amount(&sheet, "liabilities_and_equity"), "1077.50");
    assert_eq!((&sheet["balanced"], &sheet["difference"]), (&json!(true), &json!(["0.00"])));
    let income = report(client, "income-statement", "from=2026-01-01&to=2026-02-28").await;
    assert_eq!(amount(&income, "net_profit"), "151.28");
    let january = report(client, "income-statement", "from=2026-01-01&to=2026-01-31").await;
    assert_eq!(amount(&january, "net_profit"), "201.28", "months add up");

    let settings = json!({ "reportingIncomeRate": "period_end" });
    client.with_etag("PATCH", "/ledger-settings", "*", settings).await.ok();
    let income = report(client, "income-statement", "from=2026-01-01&to=2026-02-28").await;
    assert_eq!(amount(&income, "net_profit"), "150.00", "760 at 3.80 less 200 at 4");
    rate_on(client, "2026-01-31", "3.9").await;
    let income = report(client, "income-statement", "from=2026-01-01&to=2026-02-28").await;
    assert_eq!(amount(&income, "net_profit"), "144.87", "a new rate counts at once");
}

#[tokio::test]
async fn layouts_show_the_difference_in_the_row_that_takes_its_account() {
    let (_world, tenant) = books().await;
    postings(&tenant).await;
    let client = &tenant.client;
    let sheet = report(client, "statement", "layout=IFRS-SME-BS&asOf=2026-02-28").await;
    let row = |statement: &Value, code: &str, cell: usize| {
        let rows = statement["rows"].as_array().unwrap().iter().find(|row| row["code"] == code);
        rows.unwrap_or_else(|| panic!("{code}: {statement}"))["cells"][cell]["amount"].clone()
    };
    assert_eq!(row(&sheet, "RESERVES", 0), "-73.78");
    assert_eq!(sheet["reconciliation"]["ledger"], json!(["0.00"]));
    assert_eq!(sheet["reconciliation"]["balanced"], true);
    let months =
        report(client, "statement", "layout=IFRS-SME-IS&from=2026-01-01&to=2026-02-28&columns=month").await;
    let profit = [0, 1, 2].map(|cell| row(&months, "PROFIT", cell));
    assert_eq!(profit, ["201.28", "-50.00", "151.28"]);
    let refused =
        client.get("/reports/statement?presentationCurrency=USD&layout=IFRS-SME-CF&to=2026-02-28").await;
    let expected = [("presentationCurrency".to_owned(), "presentation_of_cash_flow".to_owned())];
    assert_eq!(refused.expect(422).errors(), expected);
}

#[tokio::test]
async fn a_closed_year_moves_its_translated_profit_to_equity() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    tenant.post("2025-01-05", &[("1113", "3700", ""), ("3110", "", "3700")]).await;
    tenant.post("2025-05-05", &[("1113", "740", ""), ("4110", "", "740")]).await;
    rate_on(client, "2025-06-01", "3.60").await;
    tenant.post("2025-07-05", &[("6110", "180", ""), ("1113", "", "180")]).await;
    let open = report(client, "balance-sheet", "asOf=2026-02-28").await;
    assert_eq!(amount(&open, "undistributed_profit"), "150.00", "740 at 3.70 less 180 at 3.60");
    let years = client.get("/fiscal-years?code=2025").await.ok();
    let path = format!("/fiscal-years/{}/close", years["items"][0]["id"].as_str().unwrap());
    client.with_etag("POST", &path, "*", Value::Null).await.expect(200);
    let closed = report(client, "balance-sheet", "asOf=2026-02-28").await;
    assert_eq!(amount(&closed, "3140"), "150.00", "as much as was undistributed before");
    assert_eq!(amount(&closed, DIFFERENCE), amount(&open, DIFFERENCE));
    let trial = report(client, "trial-balance", "from=2025-01-01&to=2025-12-31").await;
    assert_eq!(figures(&trial, "4110")[3], "0.00", "nothing is left on a closed account");
    assert_eq!(figures(&trial, "6110")[3], "0.00");
    assert_eq!(trial["totals"]["closing"], "0.00");
    let year = report(client, "income-statement", "from=2025-01-01&to=2025-12-31").await;
    assert_eq!(amount(&year, "net_profit"), "150.00");
}

#[tokio::test]
async fn files_name_the_currency() {
    let (_world, tenant) = books().await;
    postings(&tenant).await;
    let client = &tenant.client;
    let path = "/reports/trial-balance?presentationCurrency=USD&to=2026-02-28";
    let csv = client.call("GET", path, &["Accept: text/csv"], "").await.expect(200).text();
    assert!(csv.lines().next().unwrap().trim_end().ends_with(",currency"), "{csv}");
    assert!(csv.lines().skip(1).all(|line| line.trim_end().ends_with(",USD")), "{csv}");
    let pdf = client.get(&format!("{path}&format=pdf")).await.expect(200);
    if let Some(text) = paper::text(&pdf.body) {
        assert!(text.contains("Currency: USD") && text.contains("Translated from: SAR"), "{text}");
    }
    let plain = client.call("GET", "/reports/trial-balance?to=2026-02-28", &["Accept: text/csv"], "").await;
    assert!(!plain.expect(200).text().contains("currency"));
}

#[tokio::test]
async fn what_cannot_be_translated_is_refused() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let refused = async |path: &str| {
        let answer = client.get(&format!("/reports/{path}")).await.expect(422);
        let (at, code) = answer.errors()[0].clone();
        (code, at, answer.text())
    };
    let at = "presentationCurrency".to_owned();
    let (code, pointer, _) = refused("balance-sheet?presentationCurrency=EUR").await;
    assert_eq!((code.as_str(), &pointer), ("reporting_currency_other", &at));
    let (code, pointer, _) = refused("trial-balance?presentationCurrency=USD&currency=USD").await;
    assert_eq!((code.as_str(), &pointer), ("presentation_and_currency", &at));
    client.post("/fiscal-years/generate", json!({ "start": "2024-01-01", "years": 1 })).await.expect(200);
    tenant.post("2024-12-30", &[("1113", "100", ""), ("3110", "", "100")]).await;
    let (code, pointer, message) = refused("balance-sheet?presentationCurrency=USD&asOf=2026-02-28").await;
    assert_eq!((code.as_str(), &pointer), ("translation_rate_missing", &at));
    assert!(message.contains("USD") && message.contains("2024-12-30"), "{message}");
    rate_on(client, "2024-12-01", "3.7").await;
    report(client, "balance-sheet", "asOf=2026-02-28").await;
    let cleared = json!({ "reportingCurrency": null, "translationDifferenceAccountId": null });
    client.with_etag("PATCH", "/ledger-settings", "*", cleared).await.ok();
    let (code, ..) = refused("balance-sheet?presentationCurrency=USD").await;
    assert_eq!(code, "reporting_currency_none");
}

#[tokio::test]
async fn settings_name_a_currency_and_a_fit_account_or_neither() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let refused = async |body: Value| {
        client.with_etag("PATCH", "/ledger-settings", "*", body).await.expect(422).errors()
    };
    let one = |code: &str, at: &str| vec![(at.to_owned(), code.to_owned())];
    assert_eq!(
        refused(json!({ "reportingCurrency": null })).await,
        one("reporting_currency_incomplete", "/reportingCurrency")
    );
    assert_eq!(
        refused(json!({ "translationDifferenceAccountId": null })).await,
        one("reporting_currency_incomplete", "/translationDifferenceAccountId")
    );
    assert_eq!(
        refused(json!({ "reportingCurrency": "SAR" })).await,
        one("reporting_currency_is_company", "/reportingCurrency")
    );
    assert_eq!(
        refused(json!({ "reportingCurrency": "XAU" })).await,
        one("currency_unknown", "/reportingCurrency")
    );
    let bank = client.get("/accounts?code=1113").await.ok()["items"][0]["id"].clone();
    assert_eq!(
        refused(json!({ "translationDifferenceAccountId": bank })).await,
        one("translation_difference_account_unfit", "/translationDifferenceAccountId")
    );
    let answer = client.with_etag("DELETE", "/currencies/USD", "*", Value::Null).await.expect(409);
    assert_eq!(answer.code(), "in_use");
}

/// Any entries at any rates: every trial balance comes to nothing, every balance sheet balances, for each branch as well as the
/// whole, and the profit of the sheet is that of the income statement.
#[test]
fn whatever_is_posted_translated_figures_tie() {
    let entry = (0..4_usize, 1..=9_000_000_i64, 0..59_i64);
    let books_of = (prop::collection::vec(entry, 1..8), prop::collection::vec(1_000_000..90_000_000_i64, 3));
    let config = Config { cases: 6, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&books_of, |(entries, rates)| {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(ties(entries, rates));
            Ok(())
        })
        .unwrap();
}

async fn ties(entries: Vec<(usize, i64, i64)>, rates: Vec<i64>) {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    for (date, rate) in ["2026-01-05", "2026-01-25", "2026-02-14"].into_iter().zip(rates) {
        rate_on(client, date, &format!("{}.{:07}", rate / 10_000_000, rate % 10_000_000)).await;
    }
    for (kind, halalas, day) in entries {
        let date = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(day as u64);
        let amount = format!("{}.{:02}", halalas / 100, halalas % 100);
        let (debit, credit) = [("1113", "3110"), ("1113", "4110"), ("6110", "1113"), ("1216", "2211")][kind];
        tenant.post(&date.to_string(), &[(debit, &amount, ""), (credit, "", &amount)]).await;
    }
    for query in [
        "to=2026-02-28",
        "from=2026-01-20&to=2026-02-15",
        "from=2026-02-01&to=2026-02-10&compare=previous-period",
    ] {
        let trial = report(client, "trial-balance", query).await;
        let totals = &trial["totals"];
        assert_eq!((&totals["opening"], &totals["closing"]), (&json!("0.00"), &json!("0.00")), "{trial}");
        assert_eq!(totals["movementDebit"], totals["movementCredit"], "{trial}");
        assert_eq!(trial["balanced"], true);
    }
    let sheet = report(client, "balance-sheet", "asOf=2026-02-28").await;
    assert_eq!(sheet["difference"], json!(["0.00"]), "{sheet}");
    let income = report(client, "income-statement", "from=2026-01-01&to=2026-02-28").await;
    let profit = amount(&income, "net_profit");
    let shown = if profit == "0.00" { profit.clone() } else { amount(&sheet, "current_year_profit") };
    assert_eq!(shown, profit);
}
