//! Real books import whole and agree with their trial balance to the cent.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::time::Instant;

use application::accounting::imports::{ImportFormat, ImportKind, ImportOptions};
use application::ports::progress::NoProgress;
use domain::money::Amount;
use infrastructure::sql::value::Row;

use super::books::{Books, posted, shared};

async fn import(folder: &str) -> Option<(Books, serde_json::Value)> {
    let root = shared(folder)?;
    let books = Books::new("USD").await;
    let accounts = fs::read_to_string(root.join("accounts.csv")).unwrap();
    books.import(ImportKind::Accounts, &accounts, ImportOptions::default()).await.unwrap();
    let journal = fs::read(root.join("journal.csv")).unwrap();
    let began = Instant::now();
    let imported = books.import_with(
        ImportKind::JournalEntries,
        ImportFormat::Csv,
        &journal,
        posted(),
        Arc::new(NoProgress),
    );
    let result = imported.await.unwrap_or_else(|error| panic!("{error}"));
    eprintln!("{folder}: {} lines in {:?}", result.lines, began.elapsed());
    let expected = fs::read_to_string(root.join("trial-balance.csv")).unwrap();
    assert_eq!(trial_balance(&books, "account_balance").await, stated(&expected), "maintained balances");
    assert_eq!(trial_balance(&books, "ledger_line").await, stated(&expected), "lines");
    let result = serde_json::to_value(result).unwrap();
    Some((books, result))
}

/// Balance in ten-thousandths by account, without accounts that have none.
async fn trial_balance(books: &Books, table: &str) -> BTreeMap<String, i64> {
    let sql = format!(
        "SELECT a.code, SUM(t.debit - t.credit) AS balance FROM {table} t \
         INNER JOIN account a ON a.tenant_id = t.tenant_id AND a.id = t.account_id WHERE t.tenant_id = ?1 GROUP BY a.code"
    );
    let rows = books.db.query_text(&sql, &[books.ctx.tenant.into()]).await.unwrap();
    let read = |row: Row| {
        let mut columns = row.columns("account");
        let (code, balance): (String, Amount) =
            (columns.get("code").unwrap(), columns.get("balance").unwrap());
        (code, balance.scaled())
    };
    rows.into_iter().map(read).filter(|(_, balance)| *balance != 0).collect()
}

fn stated(csv: &str) -> BTreeMap<String, i64> {
    let amount = |text: &str| Amount::parse(text).unwrap().scaled();
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        (fields[0].to_owned(), amount(fields[1]) - amount(fields[2]))
    };
    csv.lines().skip(1).map(row).filter(|(_, balance)| *balance != 0).collect()
}

/// Numbers and chain have no gap, and each entry names the hash of the one before.
async fn assert_chain(books: &Books, entries: i64) {
    assert_eq!(books.count("SELECT count(*) FROM journal_entry WHERE status = 'posted'").await, entries);
    assert_eq!(books.count("SELECT max(chain_sequence) FROM journal_entry").await, entries);
    assert_eq!(books.count("SELECT sequence FROM journal_chain").await, entries);
    let broken = "SELECT count(*) FROM journal_entry e JOIN journal_entry p ON p.chain_sequence = e.chain_sequence - 1 \
                  WHERE p.hash <> e.previous_hash";
    assert_eq!(books.count(broken).await, 0);
    assert_eq!(books.count("SELECT sum(last_number) FROM number_series_counter").await, entries);
    assert_eq!(books.count("SELECT count(DISTINCT number) FROM journal_entry").await, entries);
}

#[tokio::test]
async fn the_ledger_example_imports_and_agrees() {
    let Some((books, result)) = import("ledger-example").await else { return };
    assert_eq!((&result["entries"], &result["lines"]), (&3819.into(), &10852.into()));
    assert_eq!(result["firstNumber"], "GJ-2016-000001");
    assert_chain(&books, 3819).await;
    assert_eq!(
        books.count("SELECT value FROM counter WHERE name = 'event'").await,
        books.count("SELECT count(*) FROM outbox_event").await
    );
    assert_eq!(books.count("SELECT count(*) FROM journal_entry WHERE reference = 'E000002'").await, 1);
}

#[tokio::test]
async fn adventure_works_imports_with_its_dimensions_and_agrees() {
    let Some((books, result)) = import("adventureworks-finance").await else { return };
    assert_eq!((&result["entries"], &result["lines"]), (&299.into(), &33400.into()));
    assert_eq!(result["dimensions"], serde_json::json!(["organization", "department_group"]));
    assert_eq!(result["fiscalYears"], 4);
    assert_chain(&books, 299).await;
    let named = "SELECT count(*) FROM dimension_value WHERE code = 'Northeast-Division' AND name_en = 'Northeast Division'";
    assert_eq!(books.count(named).await, 1);
    let mixed = "SELECT count(*) FROM dimension_set_value v JOIN dimension_value d ON d.id = v.value_id WHERE d.dimension_id <> v.dimension_id";
    assert_eq!(books.count(mixed).await, 0);
    let by_set = "SELECT sum(debit) FROM dimension_balance";
    let with_set =
        "SELECT sum(debit) FROM ledger_line WHERE dimension_set_id IN (SELECT id FROM dimension_set)";
    assert_eq!(books.count(by_set).await, books.count(with_set).await);
}
