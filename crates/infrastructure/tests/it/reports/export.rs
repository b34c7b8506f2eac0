use std::collections::BTreeMap;
use std::process::Command;

use application::accounting::ledger_export::ExportFormat;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::books::{Books, foreign, line, request, with_dimensions};

/// Balances by code as hledger reads them, in the company currency; `None`, said aloud, where it is not installed.
pub fn hledger_balances(journal: &str) -> Option<BTreeMap<String, String>> {
    if Command::new("hledger").arg("--version").output().is_err() {
        testkit::not_run("hledger is not on this machine");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ledger.journal");
    std::fs::write(&file, journal).unwrap();
    let output = Command::new("hledger")
        .env("LC_ALL", "C.UTF-8")
        .arg("-f")
        .arg(&file)
        .args(["balance", "-N", "--flat", "--cost", "--empty", "-O", "csv"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut balances = BTreeMap::new();
    for row in text.lines().skip(1) {
        let (account, amount) = row.trim_matches('"').rsplit_once("\",\"").unwrap();
        let code = account.rsplit(':').next().unwrap().split(' ').next().unwrap().to_owned();
        let amount = amount.split(' ').next().unwrap();
        balances.insert(code, amount.to_owned());
    }
    Some(balances)
}

async fn difficult() -> Books {
    let books = Books::open().await;
    let connection = books.connection();
    books.account(&connection, "1011", "Cash:  box; (old) [x]", "10", "asset", true, ("none", "cash"));
    let odd = |account, amount| {
        let mut line = line(account, amount);
        line.details.description = Some("date:2020-01-01, [2019-01-01] ; | \"x\"\nsecond".to_owned());
        with_dimensions(line, &[("project", "beta"), ("branch", "east")])
    };
    books.post("2025-12-31", &[("1010", "1000.10"), ("3010", "-1000.10")]).await;
    books.post_lines("2026-01-10", vec![odd("1011", "5.55"), line("4010", "-5.55")]).await.unwrap();
    let usd = vec![foreign("1020", "33.33", "USD", "3.7501"), foreign("4010", "-33.33", "USD", "3.7501")];
    books.post_lines("2026-01-11", usd).await.unwrap();
    let mixed = vec![
        foreign("1010", "10.00", "EUR", "4.1234567891"),
        foreign("5010", "1.50", "USD", "3.75"),
        line("2020", "-46.86"),
    ];
    books.post_lines("2026-01-12", mixed).await.unwrap();
    let undone = books.post("2026-02-01", &[("5010", "7"), ("1010", "-7")]).await;
    books.reverse(&undone, "2026-02-02").await.unwrap();
    books.close("2025-12-31", &[("3010", "1"), ("3020", "-1")]).await;
    books
}

#[tokio::test]
async fn hledger_finds_the_same_balances() {
    let books = difficult().await;
    let journal = books.export(ExportFormat::Hledger).await;
    let Some(found) = hledger_balances(&journal) else { return };
    let expected: BTreeMap<String, String> =
        books.balances(&request()).await.into_iter().filter(|(_, balance)| balance != "0.00").collect();
    let found: BTreeMap<String, String> =
        found.into_iter().filter(|(_, amount)| amount != "0" && amount != "0.00").collect();
    assert_eq!(found, expected, "{journal}");
}

#[tokio::test]
async fn the_export_alone_proves_the_chain_and_the_balances() {
    let books = difficult().await;
    let text = books.export(ExportFormat::NdJson).await;
    let entries: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(entries.len(), 7);
    assert!(entries.iter().all(|entry| entry["hashVersion"] == 2));
    assert!(entries.iter().any(|entry| entry["reason"] == "test"), "a reversal says why");
    let mut by_place: Vec<&Value> = entries.iter().collect();
    by_place.sort_by_key(|entry| entry["chainSequence"].as_i64());
    assert_eq!(by_place[0]["previousHash"], "0".repeat(64));
    for pair in by_place.windows(2) {
        assert_eq!(pair[1]["previousHash"], pair[0]["hash"]);
    }
    let mut balances: BTreeMap<String, i64> = BTreeMap::new();
    for line in entries.iter().flat_map(|entry| entry["lines"].as_array().unwrap()) {
        let amount =
            |side: &str| domain::money::Amount::parse(line[side].as_str().unwrap()).unwrap().scaled();
        *balances.entry(line["account"].as_str().unwrap().to_owned()).or_default() +=
            amount("debit") - amount("credit");
    }
    let shown: Vec<(String, String)> = balances
        .into_iter()
        .map(|(code, scaled)| (code, domain::money::Amount::from_scaled(scaled).display(2)))
        .collect();
    assert_eq!(shown, books.balances(&request()).await);
    assert_eq!(
        entries.iter().map(hash).collect::<Vec<_>>(),
        entries.iter().map(|e| e["hash"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    );
}

/// Fields as `docs/INTEGRITY.md` writes them.
fn text(bytes: &mut Vec<u8>, value: &str) {
    bytes.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
    bytes.extend(value.as_bytes());
}

fn id(bytes: &mut Vec<u8>, value: &str) {
    bytes.extend(uuid::Uuid::parse_str(value).unwrap().as_bytes());
}

fn day(bytes: &mut Vec<u8>, value: &str) {
    bytes.extend(value.replace('-', "").parse::<u32>().unwrap().to_be_bytes());
}

fn moment(bytes: &mut Vec<u8>, value: &str) {
    let moment = chrono::DateTime::parse_from_rfc3339(value).unwrap();
    bytes.extend(moment.timestamp_micros().to_be_bytes());
}

fn optional(bytes: &mut Vec<u8>, value: &Value, write: fn(&mut Vec<u8>, &str)) {
    match value.as_str() {
        Some(value) => {
            bytes.push(1);
            write(bytes, value);
        }
        None => bytes.push(0),
    }
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The hash as `docs/INTEGRITY.md` describes it, computed from the export and nothing else.
fn hash(entry: &Value) -> String {
    let mut bytes: Vec<u8> = Vec::new();
    let previous = string(&entry["previousHash"]);
    let hex = (0..previous.len()).step_by(2).map(|at| u8::from_str_radix(&previous[at..at + 2], 16).unwrap());
    bytes.extend(hex);
    text(&mut bytes, "ledger-entry");
    let version = u8::try_from(entry["hashVersion"].as_u64().unwrap()).unwrap();
    bytes.push(version);
    id(&mut bytes, string(&entry["tenantId"]));
    id(&mut bytes, string(&entry["journalId"]));
    bytes.extend(entry["chainSequence"].as_i64().unwrap().to_be_bytes());
    id(&mut bytes, string(&entry["id"]));
    text(&mut bytes, string(&entry["number"]));
    text(&mut bytes, string(&entry["kind"]));
    day(&mut bytes, string(&entry["postingDate"]));
    optional(&mut bytes, &entry["documentDate"], day);
    moment(&mut bytes, string(&entry["recordedAt"]));
    id(&mut bytes, string(&entry["fiscalPeriodId"]));
    bytes.extend(string(&entry["currency"]).as_bytes());
    optional(&mut bytes, &entry["description"], text);
    optional(&mut bytes, &entry["controlReason"], text);
    optional(&mut bytes, &entry["reversesId"], id);
    if version == 2 {
        moment(&mut bytes, string(&entry["createdAt"]));
        optional(&mut bytes, &entry["createdBy"], id);
        optional(&mut bytes, &entry["postedBy"], id);
        optional(&mut bytes, &entry["recurringEntryId"], id);
        optional(&mut bytes, &entry["reason"], text);
    }
    let lines = entry["lines"].as_array().unwrap();
    bytes.extend(u32::try_from(lines.len()).unwrap().to_be_bytes());
    for entry_line in lines {
        hashed_line(&mut bytes, version, entry_line);
    }
    if let Some(original) = entry["copiedFromId"].as_str() {
        text(&mut bytes, "copied-from");
        text(&mut bytes, original);
    }
    Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hashed_line(bytes: &mut Vec<u8>, version: u8, line: &Value) {
    let amount =
        |name: &str| domain::money::Amount::parse(string(&line[name])).unwrap().scaled().to_be_bytes();
    bytes.extend(u32::try_from(line["lineNo"].as_u64().unwrap()).unwrap().to_be_bytes());
    id(bytes, string(&line["accountId"]));
    bytes.extend(amount("debit"));
    bytes.extend(amount("credit"));
    bytes.extend(string(&line["currency"]).as_bytes());
    bytes.extend(amount("currencyDebit"));
    bytes.extend(amount("currencyCredit"));
    bytes.extend(domain::money::Rate::parse(string(&line["rate"])).unwrap().scaled().to_be_bytes());
    id(bytes, string(&line["dimensionSetId"]));
    if version == 2 {
        let values = line["dimensionValues"].as_array().unwrap();
        bytes.extend(u32::try_from(values.len()).unwrap().to_be_bytes());
        for value in values {
            id(bytes, string(&value["dimensionId"]));
            id(bytes, string(&value["valueId"]));
        }
    }
    optional(bytes, &line["description"], text);
    optional(bytes, &line["party"], text);
    optional(bytes, &line["dueDate"], day);
    optional(bytes, &line["reference"], text);
    optional(bytes, &line["taxCode"], text);
    bytes.push(u8::from(line["rounding"].as_bool().unwrap()));
}
