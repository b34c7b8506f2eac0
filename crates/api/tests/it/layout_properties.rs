//! For any entries, any dates and every layout of the template: the rows are what the trial balance says of their accounts, and
//! rows and unassigned accounts together are the whole of it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use testkit::{Client, World};

/// Accounts of every type; 0100 and 9100 stand in no layout.
const ACCOUNTS: [&str; 16] = [
    "1113", "1131", "1216", "1219", "1141", "2113", "2211", "3110", "3140", "4110", "5110", "6210", "7131",
    "8110", "0100", "9100",
];
const CASH: &str = "1113";

#[derive(Debug, Clone)]
struct Entry {
    debit: usize,
    credit: usize,
    cents: u32,
    day: u32,
}

fn entry() -> impl Strategy<Value = Entry> {
    let account = 0..ACCOUNTS.len();
    (account.clone(), account, 1..1_000_000_u32, 0..500_u32).prop_map(|(debit, credit, cents, day)| Entry {
        debit,
        credit,
        cents,
        day,
    })
}

fn date(day: u32) -> chrono::NaiveDate {
    let first = chrono::NaiveDate::from_ymd_opt(2025, 1, 1).unwrap();
    first.checked_add_days(chrono::Days::new(day.into())).unwrap()
}

/// Cents of an amount with two decimals.
fn cents(value: &Value) -> i64 {
    value.as_str().unwrap_or("0").replace('.', "").parse().unwrap()
}

/// The closing balance of an account in the trial balance, in cents, debits positive.
struct Balance {
    kind: String,
    opening: i64,
    movement: i64,
}

async fn trial_balance(client: &Client, query: &str) -> BTreeMap<String, Balance> {
    let report = client.get(&format!("/reports/trial-balance?{query}")).await.ok();
    let lines = report["lines"].as_array().unwrap().iter();
    let balance = |line: &Value| Balance {
        kind: line["type"].as_str().unwrap().to_owned(),
        opening: cents(&line["opening"]),
        movement: cents(&line["movementDebit"]) - cents(&line["movementCredit"]),
    };
    lines.map(|line| (line["account"].as_str().unwrap().to_owned(), balance(line))).collect()
}

fn is_temporary(balance: &Balance) -> bool {
    matches!(balance.kind.as_str(), "income" | "expense")
}

/// Whether a row of the layout takes the account, as its documentation says.
fn takes(row: &Value, code: &str, balance: &Balance) -> bool {
    let list = |name: &str| row[name].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let in_range = |range: &Value| *text(&range["from"]) <= *code && *code <= *text(&range["to"]);
    let (ranges, types, activities) = (list("accounts"), list("accountTypes"), list("cashFlow"));
    (ranges.is_empty() || ranges.iter().any(in_range))
        && (types.is_empty() || types.contains(&json!(balance.kind)))
        && (activities.is_empty() || activities.contains(&json!("cash")) && code == CASH)
}

/// The part of a balance that a statement of a kind should show.
fn wanted(kind: &str, code: &str, balance: &Balance) -> i64 {
    match kind {
        "balance_sheet" => balance.opening + balance.movement,
        "income_statement" if is_temporary(balance) => balance.movement,
        "cash_flow" if code != CASH => balance.movement,
        "equity_changes" if is_temporary(balance) || balance.kind == "equity" => {
            balance.opening + balance.movement
        }
        _ => 0,
    }
}

async fn ties(client: &Client, layout: &Value, from: chrono::NaiveDate, to: chrono::NaiveDate) {
    let (code, kind) = (layout["code"].as_str().unwrap(), layout["kind"].as_str().unwrap());
    let (query, ledger) = if kind == "balance_sheet" {
        let year = &to.to_string()[..4];
        (format!("asOf={to}"), format!("from={year}-01-01&to={to}"))
    } else {
        (format!("from={from}&to={to}"), format!("from={from}&to={to}&includeClosing=false"))
    };
    let view = client.get(&format!("/reports/statement?layout={code}&{query}")).await.ok();
    let balances = trial_balance(client, &ledger).await;
    let shown: BTreeMap<&str, &Value> =
        view["rows"].as_array().unwrap().iter().map(|row| (row["code"].as_str().unwrap(), row)).collect();
    let last = view["columns"].as_array().unwrap().len() - 1;
    let mut taken: BTreeMap<&str, i64> = BTreeMap::new();
    for row in layout["rows"].as_array().unwrap().iter().filter(|row| row["kind"] == "accounts") {
        let sign = if row["side"] == "credit" { -1 } else { 1 };
        let measure = row["measure"].as_str().unwrap_or(match kind {
            "balance_sheet" | "equity_changes" => "closing",
            _ => "movement",
        });
        let mut sum = 0;
        for (account, balance) in balances.iter().filter(|(account, balance)| takes(row, account, balance)) {
            let amount = match measure {
                "opening" => balance.opening,
                "movement" => balance.movement,
                _ => balance.opening + balance.movement,
            };
            sum += amount;
            let counts = row["memo"] == false && (kind != "cash_flow" || measure == "movement");
            *taken.entry(account).or_default() += if counts { amount } else { 0 };
        }
        if let Some(row) = shown.get(row["code"].as_str().unwrap()) {
            assert_eq!(cents(&row["cells"][last]["amount"]), sign * sum, "{code} {query} {row}");
        }
    }
    let mut total = 0;
    let mut unassigned: BTreeMap<&str, i64> = BTreeMap::new();
    for (account, balance) in &balances {
        let rest = wanted(kind, account, balance) - taken.get(account.as_str()).copied().unwrap_or_default();
        total += wanted(kind, account, balance);
        if rest != 0 {
            unassigned.insert(account, rest);
        }
    }
    let told: BTreeMap<&str, i64> = view["unassignedAccounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|account| (account["account"].as_str().unwrap(), cents(&account["cells"][last]["amount"])))
        .filter(|(_, amount)| *amount != 0)
        .collect();
    assert_eq!(told, unassigned, "{code} {query}");
    let reconciliation = &view["reconciliation"];
    let sums = ["rows", "unassigned", "ledger"].map(|name| cents(&reconciliation[name][last]));
    assert_eq!((sums[0] + sums[1], sums[2]), (total, total), "{code} {query}");
    assert_eq!(reconciliation["balanced"], true, "{code} {query}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5, ..ProptestConfig::default() })]

    #[test]
    fn statements_by_layout_tie_to_the_trial_balance(
        entries in prop::collection::vec(entry(), 5..25),
        ranges in prop::collection::vec((0..500_u32, 0..500_u32), 3),
        is_closed in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new().await;
            let tenant = world.tenant("any", "SAR", "sa-standard").await;
            let client = &tenant.client;
            client.post("/fiscal-years/generate", json!({ "start": "2025-01-01", "years": 1 })).await.expect(200);
            tenant.accounts(&[("0100", "asset"), ("9100", "expense")]).await;
            for Entry { debit, credit, cents, day } in &entries {
                let amount = format!("{}.{:02}", cents / 100, cents % 100);
                let lines = json!([
                    { "accountCode": ACCOUNTS[*debit], "debit": amount }, { "accountCode": ACCOUNTS[*credit], "credit": amount },
                ]);
                let body = json!({ "postingDate": date(*day), "post": true, "controlReason": "any", "lines": lines });
                client.post("/journal-entries", body).await.expect(201);
            }
            if is_closed {
                let years = client.get("/fiscal-years?code=2025").await.ok();
                let path = format!("/fiscal-years/{}/close", years["items"][0]["id"].as_str().unwrap());
                client.with_etag("POST", &path, "*", Value::Null).await.expect(200);
            }
            let layouts = client.get("/report-layouts").await.ok();
            for (one, other) in &ranges {
                let (from, to) = (date(*one.min(other)), date(*one.max(other)));
                for layout in layouts["items"].as_array().unwrap() {
                    ties(client, layout, from, to).await;
                }
            }
        });
    }
}
