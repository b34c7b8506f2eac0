//! Very long entries, currencies, opening balances, rights, and stopping on the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use application::accounting::imports::{ImportFormat, ImportKind, ImportOptions};
use application::error::IDEMPOTENCY_KEY_REUSED;
use application::permission_set::PermissionSet;
use application::ports::progress::JOB_CANCELLED;
use application::ports::progress::Progress;
use domain::money::Rate;
use domain::time::parse_date;
use infrastructure::sql::value::Value;
use uuid::Uuid;

use super::books::{Books, kept, posted, problems};

const LONG: usize = 47_000;

fn long_entry(lines: usize) -> String {
    let mut text = String::from("entry,date,description,account,debit,credit,branch\n");
    for line in 0..lines / 2 {
        let amount = line % 900 + 1;
        text.push_str(&format!(
            "L,2026-05-01,Payroll,1000,{amount}.25,,B{}\nL,2026-05-01,Payroll,4000,,{amount}.25,\n",
            line % 7
        ));
    }
    text
}

#[tokio::test]
async fn an_entry_of_47_000_lines_is_one_entry() {
    let books = Books::new("SAR").await;
    books.accounts("1000,asset,Cash\n4000,income,Sales").await;
    let text = long_entry(LONG);
    let began = Instant::now();
    let result = books.entries(&text).await.unwrap();
    eprintln!("{LONG} lines in one entry: {:?}", began.elapsed());
    assert_eq!((result.entries, result.lines), (1, LONG as u64));
    assert_eq!(books.count("SELECT line_count FROM journal_entry").await, LONG as i64);
    assert_eq!(books.count("SELECT count(*) FROM ledger_line").await, LONG as i64);
    assert_eq!(books.count("SELECT count(*) FROM dimension_set").await, 7);
    let error = books.entries(&long_entry(100_002)).await.unwrap_err();
    assert_eq!(problems(&error), [(100_002, "entry".to_owned(), "import_entry_too_long")]);
}

#[tokio::test]
async fn foreign_lines_use_the_rate_of_their_day() {
    let books = Books::new("SAR").await;
    books.accounts("1000,asset,Cash\n4000,income,Sales").await;
    let tenant = || Value::from(books.ctx.tenant);
    let currency = [
        ("tenant_id", tenant()),
        ("code", "USD".into()),
        ("name_en", "Dollar".into()),
        ("scale", Value::Int(2)),
        ("active", true.into()),
    ];
    let mut sql = books.place.insert("currency", &[&currency[..], &kept()].concat());
    for (n, date, rate) in [(1, "2026-01-01", "3.75"), (2, "2026-02-01", "3.8")] {
        let of_day = [
            ("tenant_id", tenant()),
            ("id", Uuid::from_u128(n).into()),
            ("currency", "USD".into()),
            ("rate_date", parse_date(date).unwrap().into()),
            ("rate", Rate::parse(rate).unwrap().into()),
        ];
        sql += &books.place.insert("exchange_rate", &[&of_day[..], &kept()].concat());
    }
    books.place.run(&sql).await.unwrap();
    let text = "entry,date,account,debit,credit,currency\n\
        1,2026-01-31,1000,100,,usd\n1,2026-01-31,4000,,100,USD\n\
        2,2026-02-01,1000,100,,USD\n2,2026-02-01,4000,,100,USD\n";
    books.entries(text).await.unwrap();
    assert_eq!(
        books.count("SELECT sum(debit) FROM ledger_line WHERE posting_date = '20260131'").await,
        3_750_000
    );
    assert_eq!(
        books.count("SELECT sum(debit) FROM ledger_line WHERE posting_date = '20260201'").await,
        3_800_000
    );
    let early =
        "entry,date,account,debit,credit,currency\n1,2025-12-31,1000,100,,USD\n1,2025-12-31,4000,,100,USD\n";
    let error = books.entries(early).await.unwrap_err();
    assert_eq!(problems(&error)[0], (2, "rate".to_owned(), "exchange_rate_missing"));
}

#[tokio::test]
async fn opening_balances_are_balanced_once() {
    let books = Books::new("SAR").await;
    books.accounts("1000,asset,Cash\n2000,liability,Loan\n3999,equity,Opening").await;
    let text = "account,debit,credit\n1000,700.00,0.00\n2000,0.00,500.00\n3999,0.00,0.00\n";
    let options = ImportOptions { date: chrono::NaiveDate::from_ymd_opt(2026, 1, 1), ..posted() };
    let error = books.import(ImportKind::OpeningBalances, text, options.clone()).await.unwrap_err();
    assert_eq!(problems(&error)[0].2, "opening_account_missing");
    let settings = "INSERT INTO ledger_settings (tenant_id, opening_account_id, version) \
         SELECT tenant_id, id, 1 FROM account WHERE code = '3999'";
    books.place.run(settings).await.unwrap();
    let result = books.import(ImportKind::OpeningBalances, text, options.clone()).await;
    let result = result.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((result.entries, result.lines, result.skipped), (1, 3, 1));
    let opening =
        "SELECT credit FROM ledger_line l JOIN account a ON a.id = l.account_id WHERE a.code = '3999'";
    assert_eq!(books.count(opening).await, 2_000_000);
    let error = books.import(ImportKind::OpeningBalances, text, options).await.unwrap_err();
    assert_eq!(error.violations[0].def.code, "import_duplicate");
}

#[tokio::test]
async fn importing_needs_the_rights_of_what_it_does() {
    let mut books = Books::new("SAR").await;
    books.accounts("1000,asset,Cash\n4000,income,Sales").await;
    let text = "entry,date,account,debit,credit,project\n1,2026-01-01,1000,5,,P\n1,2026-01-01,4000,,5,\n";
    let all = [
        "accounting.import.create",
        "accounting.journal_entry.create",
        "accounting.journal_entry.post",
        "accounting.fiscal_year.create",
        "accounting.dimension.create",
    ];
    for missing in all {
        let grants = all.iter().filter(|grant| **grant != missing);
        books.ctx.permissions = Arc::new(PermissionSet::from_grants(grants));
        let error = books.entries(text).await.unwrap_err();
        let named = error.violations[0].param("permission") == Some(missing);
        assert!(named, "{missing}: {error}");
    }
    books.ctx.permissions = Arc::new(PermissionSet::from_grants(all));
    books.entries(text).await.unwrap();
}

#[tokio::test]
async fn the_same_key_imports_once() {
    let mut books = Books::new("SAR").await;
    books.accounts("1000,asset,Cash\n4000,income,Sales").await;
    let key = |hash| application::context::IdempotencyKey { key: "k".to_owned(), request_hash: [hash; 32] };
    books.ctx.idempotency = Some(key(1));
    let text = "entry,date,account,debit,credit\n1,2026-01-01,1000,5,\n1,2026-01-01,4000,,5\n";
    let first = books.entries(text).await.unwrap();
    assert_eq!(books.entries(text).await.unwrap(), first);
    assert_eq!(books.count("SELECT count(*) FROM journal_entry").await, 1);
    books.ctx.idempotency = Some(key(2));
    assert!(books.entries(text).await.unwrap_err().is(&IDEMPOTENCY_KEY_REUSED));
}

/// Stops after so many rows.
struct StopAt(u64, AtomicU64);

impl Progress for StopAt {
    fn advance(&self, done: u64, _: u64) {
        self.1.store(done, Ordering::SeqCst);
    }
    fn cancelled(&self) -> bool {
        self.1.load(Ordering::SeqCst) >= self.0
    }
}

#[tokio::test]
async fn a_cancelled_import_keeps_nothing() {
    let books = Books::new("SAR").await;
    books.accounts("1000,asset,Cash\n4000,income,Sales").await;
    let mut text = String::from("entry,date,account,debit,credit\n");
    for entry in 0..5_000 {
        text.push_str(&format!("{entry},2026-01-01,1000,5,\n{entry},2026-01-01,4000,,5\n"));
    }
    let stop = Arc::new(StopAt(4_000, AtomicU64::new(0)));
    let imported = books.import_with(
        ImportKind::JournalEntries,
        ImportFormat::Csv,
        text.as_bytes(),
        posted(),
        stop.clone(),
    );
    assert!(imported.await.unwrap_err().is(&JOB_CANCELLED));
    assert!(stop.1.load(Ordering::SeqCst) < 10_000, "it stopped on the way");
    assert_eq!(books.count("SELECT count(*) FROM journal_entry").await, 0);
    assert_eq!(books.count("SELECT count(*) FROM number_series_counter").await, 0);
}
