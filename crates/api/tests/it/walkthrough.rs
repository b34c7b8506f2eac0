//! The README's walk-through, every line of it, against the real binary.

use std::path::Path;
use std::process::Command;

use chrono::Datelike;
use testkit::Server;
use testkit::world::PASSWORD;

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
const README: &str = include_str!("../../../../README.md");

#[tokio::test]
async fn every_line_of_the_readme_does_what_it_says() {
    let script = README.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let settings = [("Bootstrap:Template", "sa-standard"), ("Bootstrap:AdminEmail", "admin@example.com")];
    let server = Server::start(Path::new(BINARY), folder.path(), &settings).await;
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", script])
        .current_dir(folder.path())
        .env("API", format!("{}/api/v1", server.url))
        .env("PASSWORD", PASSWORD)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains(r#""status":"draft""#), "{said}");
    assert!(said.contains(r#""status":"posted""#), "{said}");
    assert!(said.contains("\naccount,debit,credit") || said.contains("}account,debit,credit"), "{said}");
    assert!(said.contains("\n6210,") && said.contains("\n1113,"), "{said}");
    assert!(said.contains("invalid_date") && said.contains("amount"), "{said}");
    for expected in [
        r#""number":"INV-"#,
        r#""total":"3450.00""#,
        r#""number":"RCT-"#,
        "HORIZON,1450.00",
        r#""name":{"ar":"#,
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let journal = std::fs::read_to_string(folder.path().join("ledger.journal")).unwrap();
    assert!(journal.contains("Office rent"), "{journal}");
}

/// The month-end of `docs/examples`, of the month before this one.
#[tokio::test]
async fn the_example_of_a_month_end_closes_a_month_and_hledger_agrees() {
    if Command::new("jq").arg("--version").output().is_err() {
        return testkit::not_run("jq is not on this machine");
    }
    let folder = tempfile::tempdir().unwrap();
    let settings = [("Bootstrap:Template", "sa-standard"), ("Bootstrap:AdminEmail", "admin@example.com")];
    let server = Server::start(Path::new(BINARY), folder.path(), &settings).await;
    let today = Command::new("date").args(["-u", "+%F"]).output().unwrap().stdout;
    let today: chrono::NaiveDate = String::from_utf8(today).unwrap().trim().parse().unwrap();
    let last = today - chrono::Days::new(u64::from(today.day()));
    if last.year() != today.year() {
        // In January the month before lies in a year that a new tenant does not have.
        let body = format!(r#"{{"start":"{}-01-01"}}"#, last.year());
        let authorization = format!("Authorization: Bearer {}", server.token().await);
        let made = Command::new("curl")
            .args(["-sf", &format!("{}/api/v1/fiscal-years", server.url), "-H", &authorization])
            .args(["-H", "Content-Type: application/json", "-d", &body])
            .status();
        assert!(made.unwrap().success());
    }
    let output = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples/month-end.sh"))
        .arg(last.format("%Y-%m").to_string())
        .current_dir(folder.path())
        .env("API", format!("{}/api/v1", server.url))
        .env("PASSWORD", PASSWORD)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    for expected in [
        r#""total":"7350.00""#,
        r#""status":"posted","approvalStatus":"approved""#,
        // Ten thousand pounds that lost 5.75 halalas each.
        r#""difference":"-575.00""#,
        r#""status":"closed""#,
        "balance-sheet-ar.xlsx",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let arabic = std::fs::read_to_string(folder.path().join("month-end/income-by-month-ar.csv")).unwrap();
    assert!(arabic.starts_with('\u{feff}') && arabic.contains("مجمل الربح"), "{arabic}");
    if !said.contains("hledger agrees") {
        testkit::not_run("hledger is not on this machine");
    }
}
