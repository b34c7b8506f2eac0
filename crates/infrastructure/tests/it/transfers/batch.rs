//! Several commands in one transaction: all of them or none.

use std::sync::Arc;
use std::time::Duration;

use application::accounting::create_journal_entry::CreateJournalEntry;
use application::accounting::entry_input::LineInput;
use application::command::execute;
use application::context::RequestContext;
use application::platform::batch;
use application::reference::Reference;
use chrono::NaiveDate;
use domain::accounting::journal_entry::LineDetails;
use domain::money::Amount;

use super::books::Books;

pub fn entry(amount: &str, credit_account: &str) -> CreateJournalEntry {
    let line = |account: &str, debit: Option<&str>, credit: Option<&str>| LineInput {
        account: Some(Reference::Code(account.to_owned())),
        debit: debit.map(|text| Amount::parse(text).unwrap()),
        credit: credit.map(|text| Amount::parse(text).unwrap()),
        currency: None,
        rate: None,
        company_amount: None,
        dimensions: Default::default(),
        details: LineDetails::NONE,
    };
    CreateJournalEntry {
        journal: None,
        posting_date: NaiveDate::from_ymd_opt(2026, 1, 15).unwrap(),
        document_date: None,
        reverse_on: None,
        currency: None,
        description: None,
        reference: None,
        notes: None,
        control_reason: None,
        lines: vec![line("1000", Some(amount), None), line(credit_account, None, Some(amount))],
        post: true,
    }
}

/// Books with an open year.
pub async fn books() -> Books {
    let books = Books::new("SAR").await;
    books.accounts("1000,asset,Cash\n4000,income,Sales").await;
    let first = "entry,date,account,debit,credit\n1,2026-01-01,1000,5,\n1,2026-01-01,4000,,5\n";
    books.entries(first).await.unwrap();
    books
}

fn joined(books: &Books, open: &batch::OpenBatch) -> RequestContext {
    RequestContext { batch: Some(open.handle()), ..books.ctx.clone() }
}

#[tokio::test]
async fn a_batch_commits_as_a_whole() {
    let books = books().await;
    let (open, transaction) = batch::begin(&books.app, books.ctx.tenant);
    let transaction = tokio::spawn(transaction);
    let ctx = joined(&books, &open);
    for amount in ["1.00", "2.00"] {
        execute(&books.app, &ctx, entry(amount, "4000")).await.unwrap();
        assert_eq!(books.count("SELECT count(*) FROM journal_entry").await, 1, "nobody sees it yet");
    }
    let refused = execute(&books.app, &ctx, entry("3.00", "nowhere")).await.unwrap_err();
    assert_eq!(refused.violations[0].def.code, "account_code_unknown");
    open.commit(Box::pin(async { transaction.await.unwrap() })).await.unwrap();
    assert_eq!(books.count("SELECT count(*) FROM journal_entry").await, 3);
    assert_eq!(books.count("SELECT sum(debit) FROM account_balance").await, 80_000);
    assert_eq!(books.count("SELECT last_number FROM number_series_counter").await, 3);
}

#[tokio::test]
async fn a_batch_that_is_dropped_keeps_nothing_and_lets_others_go_on() {
    let books = Arc::new(books().await);
    let (open, transaction) = batch::begin(&books.app, books.ctx.tenant);
    let transaction = tokio::spawn(transaction);
    execute(&books.app, &joined(&books, &open), entry("1.00", "4000")).await.unwrap();
    let waiting = {
        let books = books.clone();
        tokio::spawn(async move { execute(&books.app, &books.ctx, entry("7.00", "4000")).await })
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!waiting.is_finished(), "the writer serves the batch");
    drop(open);
    transaction.await.unwrap().unwrap();
    waiting.await.unwrap().unwrap();
    assert_eq!(books.count("SELECT count(*) FROM journal_entry").await, 2);
    assert_eq!(books.count("SELECT last_number FROM number_series_counter").await, 2, "no number was burnt");
    assert_eq!(books.count("SELECT sum(debit) FROM account_balance").await, 120_000);
    assert_eq!(
        books.count("SELECT value FROM counter WHERE name = 'event'").await,
        books.count("SELECT count(*) FROM outbox_event").await
    );
}
