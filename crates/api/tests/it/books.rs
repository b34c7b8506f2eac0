//! Real books through the API: imported, posted, reported, and read by an independent program.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use testkit::{TenantKit, World};

async fn import(tenant: &TenantKit, kind: &str, options: &str, file: &Path) -> serde_json::Value {
    let csv = fs::read(file).unwrap();
    let path = format!("/imports?type={kind}{options}");
    let answer = tenant.client.call("POST", &path, &["Content-Type: text/csv"], csv).await;
    if answer.status.as_u16() != 202 {
        return answer.ok();
    }
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    loop {
        let job = tenant.client.get(&format!("/jobs/{id}")).await.ok();
        match job["status"].as_str().unwrap() {
            "succeeded" => return job["result"].clone(),
            "queued" | "running" => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            _ => panic!("{job}"),
        }
    }
}

/// Code -> debit minus credit, in hundredths, from a CSV that begins `account,debit,credit`.
fn balances(csv: &str) -> BTreeMap<String, i64> {
    let hundredths = |text: &str| -> i64 { text.replace('.', "").parse().unwrap() };
    let mut lines = csv.lines();
    assert!(
        lines.next().unwrap().trim_start_matches('\u{feff}').starts_with("account,debit,credit"),
        "{csv}"
    );
    let row = |line: &str| {
        let cells: Vec<_> = line.split(',').collect();
        (cells[0].to_owned(), hundredths(cells[1]) - hundredths(cells[2]))
    };
    lines.map(row).collect()
}

/// The balances that hledger computes from an exported journal, by the account code its names begin with.
fn hledger(journal: &Path) -> Option<BTreeMap<String, i64>> {
    let output = Command::new("hledger")
        .args(["-f", journal.to_str().unwrap(), "balance", "--flat", "-N", "-E", "-O", "csv"])
        .output()
        .map_err(|_| testkit::not_run("hledger is not on this machine"))
        .ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut found = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<_> = line.trim_matches('"').split("\",\"").collect();
        let code = cells[0].rsplit(':').next().unwrap().split(' ').next().unwrap().to_owned();
        let amount: String =
            cells[1].chars().filter(|c| c.is_ascii_digit() || matches!(c, '-' | '.')).collect();
        let amount = amount.trim_end_matches('.');
        let hundredths = if amount.contains('.') { amount.replace('.', "") } else { format!("{amount}00") };
        found.insert(code, hundredths.parse().unwrap());
    }
    Some(found)
}

async fn round_trip(folder: &str, entries: u64, lines: u64) {
    let Some(data) = testkit::data::shared(folder) else { return };
    let world = World::new().await;
    let tenant = world.tenant("books", "USD", "empty").await;
    import(&tenant, "accounts", "", &data.join("accounts.csv")).await;
    let options = "&post=true&createPeriods=true&createDimensions=true";
    let done = import(&tenant, "journal-entries", options, &data.join("journal.csv")).await;
    assert_eq!((done["entries"].as_u64(), done["lines"].as_u64()), (Some(entries), Some(lines)), "{done}");

    let csv = ["Accept: text/csv"];
    let report = tenant.client.call("GET", "/reports/trial-balance", &csv, "").await.expect(200).text();
    let expected = balances(&fs::read_to_string(data.join("trial-balance.csv")).unwrap());
    assert_eq!(balances(&report), expected);

    let journal = world.folder().join("ledger.journal");
    let export = tenant.client.get("/exports/ledger?format=hledger").await.expect(200);
    fs::write(&journal, &export.body).unwrap();
    if let Some(found) = hledger(&journal) {
        let not_zero = |balances: &BTreeMap<String, i64>| -> BTreeMap<String, i64> {
            balances
                .iter()
                .filter(|(_, amount)| **amount != 0)
                .map(|(code, amount)| (code.clone(), *amount))
                .collect()
        };
        assert_eq!(not_zero(&found), not_zero(&expected));
    }
    let checks = tenant.client.get("/integrity/checks").await.ok();
    assert_eq!(checks["ok"], true, "{checks}");
    let verified = tenant.client.post("/integrity/verify", serde_json::json!({})).await.ok();
    assert_eq!(verified["ok"], true, "{verified}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_years_of_a_person_are_right_to_the_cent() {
    round_trip("ledger-example", 3_819, 10_852).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_company_with_dimensions_is_right_to_the_cent() {
    round_trip("adventureworks-finance", 299, 33_400).await;
}
