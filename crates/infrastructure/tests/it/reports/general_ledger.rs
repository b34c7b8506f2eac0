use application::accounting::reports::general_ledger::GeneralLedgerRequest;
use application::accounting::reports::request::ReportRequest;
use application::paging::INVALID_CURSOR;
use futures::TryStreamExt;

use super::books::{Books, request, within};

fn ledger(report: ReportRequest, limit: u32) -> GeneralLedgerRequest {
    GeneralLedgerRequest { report, account: None, limit, cursor: None }
}

async fn some() -> Books {
    let books = Books::open().await;
    books.post("2025-12-01", &[("1010", "100"), ("3010", "-100")]).await;
    for day in 1..=9 {
        books.post(&format!("2026-01-0{day}"), &[("5010", "1.50"), ("1010", "-1.50")]).await;
    }
    books
}

#[tokio::test]
async fn pages_join_without_repeating_or_skipping() {
    let books = some().await;
    let whole = ledger(within("2026-01-01", "2026-01-31"), 1_000);
    let whole = books.reports.general_ledger(books.tenant, &whole).await.unwrap();
    assert_eq!(whole.next_cursor, None);
    let shown: Vec<_> = whole
        .accounts
        .iter()
        .map(|a| (a.account.as_str(), a.opening.to_string(), a.lines.len(), a.closing.to_string()))
        .collect();
    assert_eq!(
        shown,
        [
            ("1010", "100.00".to_owned(), 9, "86.50".to_owned()),
            ("3010", "-100.00".to_owned(), 0, "-100.00".to_owned()),
            ("5010", "0.00".to_owned(), 9, "13.50".to_owned()),
        ]
    );
    let mut joined = Vec::new();
    let mut next = ledger(within("2026-01-01", "2026-01-31"), 4);
    loop {
        let page = books.reports.general_ledger(books.tenant, &next).await.unwrap();
        for account in page.accounts {
            joined.extend(
                account.lines.iter().map(|l| (account.account.clone(), l.balance.to_string(), l.entry_id)),
            );
        }
        let Some(cursor) = page.next_cursor else { break };
        next.cursor = Some(cursor);
    }
    let expected: Vec<_> = whole
        .accounts
        .iter()
        .flat_map(|a| a.lines.iter().map(|l| (a.account.clone(), l.balance.to_string(), l.entry_id)))
        .collect();
    assert_eq!(joined, expected);
    next.cursor = Some("nonsense".to_owned());
    assert!(books.reports.general_ledger(books.tenant, &next).await.unwrap_err().is(&INVALID_CURSOR));
}

#[tokio::test]
async fn the_stream_says_what_the_pages_say() {
    let books = some().await;
    let wanted = ledger(within("2026-01-01", "2026-01-31"), 1);
    let (_, rows) = books.reports.stream_general_ledger(books.tenant, &wanted).await.unwrap();
    let rows: Vec<_> = rows.try_collect().await.unwrap();
    let ends: Vec<_> = rows
        .iter()
        .filter(|row| row.kind != "line")
        .map(|row| (row.kind, row.account.as_str(), row.balance.to_string()))
        .collect();
    assert_eq!(
        ends,
        [
            ("opening", "1010", "100.00".to_owned()),
            ("closing", "1010", "86.50".to_owned()),
            ("opening", "3010", "-100.00".to_owned()),
            ("closing", "3010", "-100.00".to_owned()),
            ("opening", "5010", "0.00".to_owned()),
            ("closing", "5010", "13.50".to_owned()),
        ]
    );
    assert_eq!(rows.iter().filter(|row| row.kind == "line").count(), 18);
}

#[tokio::test]
async fn what_is_posted_meanwhile_does_not_disturb_a_stream() {
    let books = some().await;
    let (_, rows) = books.reports.stream_general_ledger(books.tenant, &ledger(request(), 1)).await.unwrap();
    books.post("2025-12-02", &[("1010", "1000"), ("9990", "-1000")]).await;
    let rows: Vec<_> = rows.try_collect().await.unwrap();
    assert!(rows.iter().all(|row| row.account != "9990"));
    let closing = rows.iter().find(|row| row.kind == "closing" && row.account == "1010").unwrap();
    assert_eq!(closing.balance.to_string(), "86.50");
}
