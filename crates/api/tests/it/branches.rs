//! Entries that balance for each branch.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use testkit::{Client, TenantKit, World};

/// The account between branches, beside the accounts of the template.
const BETWEEN: &str = "2199";
const BRANCHES: [&str; 3] = ["RUH", "JED", "DMM"];

async fn books() -> (World, TenantKit) {
    let (world, tenant) = World::books().await;
    let client = &tenant.client;
    let dimension = client.get("/dimensions?code=branch").await.ok()["items"][0]["id"].clone();
    let values = format!("/dimensions/{}/values", dimension.as_str().unwrap());
    for branch in BRANCHES {
        client.post(&values, json!({ "code": branch, "name": { "en": branch } })).await.expect(201);
    }
    let between = json!({ "code": BETWEEN, "name": { "en": "Between branches" }, "type": "liability" });
    let account = client.post("/accounts", between).await.expect(201).json()["id"].clone();
    let settings = json!({ "balancingDimensionId": dimension, "interBranchAccountId": account });
    client.with_etag("PATCH", "/ledger-settings", "*", settings).await.ok();
    (world, tenant)
}

fn line(account: &str, side: &str, amount: &str, branch: &str) -> Value {
    let mut line = json!({ "accountCode": account });
    line[side] = json!(amount);
    if !branch.is_empty() {
        line["dimensions"] = json!({ "branch": branch });
    }
    line
}

/// Account, debit, credit and branch of each line.
fn shown(entry: &Value) -> Vec<[String; 4]> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = |line: &Value| {
        [
            text(&line["accountCode"]),
            text(&line["companyDebit"]),
            text(&line["companyCredit"]),
            text(&line["dimensions"]["branch"]),
        ]
    };
    entry["lines"].as_array().unwrap().iter().map(line).collect()
}

/// Trial balance and balance sheet of each branch balance.
async fn each_balances(client: &Client) {
    for branch in BRANCHES {
        let query = format!("dimension=branch:{branch}");
        let trial =
            client.get(&format!("/reports/trial-balance?from=2026-01-01&to=2026-12-31&{query}")).await.ok();
        assert_eq!(trial["totals"]["debit"], trial["totals"]["credit"], "{branch}: {trial}");
        let sheet = client.get(&format!("/reports/balance-sheet?asOf=2026-12-31&{query}")).await.ok();
        assert_eq!(sheet["difference"], json!(["0.00"]), "{branch}: {sheet}");
    }
    let checks = client.get("/integrity/checks").await.ok();
    assert_eq!(checks["ok"], true, "{checks}");
}

#[tokio::test]
async fn lines_between_branches_are_added_shown_and_taken_back() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let lines = json!([line("6210", "debit", "100.00", "RUH"), line("1113", "credit", "100.00", "JED")]);
    let draft = json!({ "postingDate": "2026-03-01", "lines": lines });
    let draft = client.post("/journal-entries", draft).await.expect(201).json();
    let post = format!("/journal-entries/{}/post", draft["id"].as_str().unwrap());
    let tried = client.with_etag("POST", &format!("{post}?dryRun=true"), "*", Value::Null).await.ok();
    let posted = client.with_etag("POST", &post, "*", Value::Null).await.ok();
    assert_eq!(shown(&tried), shown(&posted));
    let mut found = shown(&posted);
    found[2..].sort();
    let expected = [
        ["6210", "100.00", "", "RUH"],
        ["1113", "", "100.00", "JED"],
        [BETWEEN, "", "100.00", "RUH"],
        [BETWEEN, "100.00", "", "JED"],
    ];
    assert_eq!(found, expected.map(|line| line.map(str::to_owned)));
    each_balances(client).await;

    let copy = format!("/journal-entries/{}/copy", draft["id"].as_str().unwrap());
    let copied = client.post(&copy, json!({})).await.expect(201).json();
    assert_eq!(copied["lines"].as_array().unwrap().len(), 2, "{copied}");
    let reverse = format!("/journal-entries/{}/reverse", draft["id"].as_str().unwrap());
    let body = json!({ "postingDate": "2026-03-05", "reason": "Wrong branch" });
    let reversal = client.with_etag("POST", &reverse, "*", body).await.expect(201).json();
    assert_eq!(reversal["lines"].as_array().unwrap().len(), 4);
    each_balances(client).await;
    let same = json!([line("6210", "debit", "7.00", "RUH"), line("1113", "credit", "7.00", "RUH")]);
    let body = json!({ "postingDate": "2026-03-06", "post": true, "lines": same });
    let posted = client.post("/journal-entries", body).await.expect(201).json();
    assert_eq!(posted["lines"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn files_documents_and_foreign_lines_balance_too() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let file = "entry,date,account,debit,credit,currency,rate,branch\n\
                1,2026-03-01,6210,10,,USD,3.7512,RUH\n1,2026-03-01,6210,3.33,,USD,3.7512,DMM\n\
                1,2026-03-01,1113,,13.33,USD,3.7512,JED\n";
    let path = "/imports?type=journal-entries&post=true";
    client.call("POST", path, &["Content-Type: text/csv"], file).await.expect(200);
    let lines = client.get(&format!("/ledger-lines?accountCode={BETWEEN}")).await.ok();
    assert_eq!(lines["items"].as_array().unwrap().len(), 3, "{lines}");
    client.with_etag("PATCH", "/company-profile", "*", json!({ "vatNumber": "399999999900003" })).await.ok();
    let address = json!({
        "roles": ["legal"], "country": "SA", "street": { "ar": "طريق الملك فهد" }, "buildingNumber": "1234",
        "district": { "ar": "العليا" }, "city": { "ar": "الرياض" }, "postalCode": "12211",
    });
    let party = json!({ "code": "C1", "name": { "en": "C1" }, "customer": {}, "addresses": [address] });
    client.post("/parties", party).await.expect(201);
    let invoice = json!({
        "partyCode": "C1", "documentDate": "2026-03-03", "post": true,
        "lines": [{ "description": "x", "unitPrice": "200", "taxCode": "S15", "dimensions": { "branch": "DMM" } }],
    });
    client.post("/sales-invoices", invoice).await.expect(201);
    let lines = client.get(&format!("/ledger-lines?accountCode={BETWEEN}")).await.ok();
    assert_eq!(lines["items"].as_array().unwrap().len(), 5, "of the invoice: the branch, and what has none");
    let opening =
        json!({ "lines": [line("1113", "debit", "50.00", "RUH"), line("3110", "credit", "50.00", "JED")] });
    client.post("/opening-balances", opening).await.expect(201);
    each_balances(client).await;
}

#[tokio::test]
async fn settings_name_both_or_neither() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let told = |at: &str, code: &str| vec![(at.to_owned(), code.to_owned())];
    for (body, expected) in [
        (json!({ "interBranchAccountId": null }), told("/interBranchAccountId", "balancing_incomplete")),
        (json!({ "balancingDimensionId": null }), told("/balancingDimensionId", "balancing_incomplete")),
        (
            json!({ "balancingDimensionId": "018f0000-0000-7000-8000-000000000000" }),
            told("/balancingDimensionId", "unknown_reference"),
        ),
    ] {
        assert_eq!(
            client.with_etag("PATCH", "/ledger-settings", "*", body).await.expect(422).errors(),
            expected
        );
    }
    let sales = client.get("/accounts?code=4110").await.ok()["items"][0]["id"].clone();
    let unfit = json!({ "interBranchAccountId": sales });
    let unfit = client.with_etag("PATCH", "/ledger-settings", "*", unfit).await.expect(422);
    assert_eq!(unfit.errors(), told("/interBranchAccountId", "inter_branch_account_unfit"));
    let dimension = client.get("/dimensions?code=branch").await.ok()["items"][0]["id"].clone();
    let path = format!("/dimensions/{}", dimension.as_str().unwrap());
    let used = client.with_etag("DELETE", &path, "*", Value::Null).await.expect(409);
    assert!(used.text().contains("ledger settings"), "{}", used.text());
    let off = json!({ "balancingDimensionId": null, "interBranchAccountId": null });
    client.with_etag("PATCH", "/ledger-settings", "*", off).await.ok();
    let lines = json!([line("6210", "debit", "1.00", "RUH"), line("1113", "credit", "1.00", "JED")]);
    let body = json!({ "postingDate": "2026-03-06", "post": true, "lines": lines });
    let posted = client.post("/journal-entries", body).await.expect(201).json();
    assert_eq!(posted["lines"].as_array().unwrap().len(), 2);
    // An entry that was posted without such lines is taken back as it is.
    let between = client.get(&format!("/accounts?code={BETWEEN}")).await.ok()["items"][0]["id"].clone();
    let on = json!({ "balancingDimensionId": dimension, "interBranchAccountId": between });
    client.with_etag("PATCH", "/ledger-settings", "*", on).await.ok();
    let reverse = format!("/journal-entries/{}/reverse", posted["id"].as_str().unwrap());
    let body = json!({ "postingDate": "2026-03-07", "reason": "Twice" });
    let reversal = client.with_etag("POST", &reverse, "*", body).await.expect(201).json();
    assert_eq!(reversal["lines"].as_array().unwrap().len(), 2, "{reversal}");
}

/// Each branch balances to the halala, whatever lines its entries have.
#[test]
fn every_branch_balances_whatever_is_posted() {
    let amounts = prop::collection::vec((1_u32..100_000, 0_usize..4, any::<bool>()), 1..6);
    let mut runner = TestRunner::new(Config { cases: 4, ..Config::default() });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let check = |entries: Vec<Vec<(u32, usize, bool)>>| {
        runtime.block_on(async {
            let (_world, tenant) = books().await;
            let client = &tenant.client;
            let text = |halalas: i64| format!("{}.{:02}", halalas / 100, halalas % 100);
            for entry in entries {
                let (mut lines, mut rest) = (Vec::new(), 0_i64);
                for (amount, branch, is_debit) in entry {
                    let branch = BRANCHES.get(branch).copied().unwrap_or_default();
                    rest += if is_debit { i64::from(amount) } else { -i64::from(amount) };
                    let side = if is_debit { "debit" } else { "credit" };
                    lines.push(line("6210", side, &text(amount.into()), branch));
                }
                if rest != 0 {
                    let side = if rest > 0 { "credit" } else { "debit" };
                    lines.push(line("1113", side, &text(rest.abs()), "JED"));
                }
                if lines.len() > 1 {
                    let body = json!({ "postingDate": "2026-03-06", "post": true, "lines": lines });
                    client.post("/journal-entries", body).await.expect(201);
                }
            }
            each_balances(client).await;
        });
        Ok(())
    };
    runner.run(&prop::collection::vec(amounts, 1..5), check).unwrap();
}
