//! The findings of the close checklist; closing refuses exactly those that it calls blocking.

use application::accounting::close_checklist::close_checklist;
use application::accounting::create_journal_entry::CreateJournalEntry;
use application::accounting::fiscal_years::CloseFiscalYear;
use application::accounting::locks::SetLock;
use application::accounting::ports::close_checklist::{ChecklistScope, CloseChecklistQueries};
use application::accounting::views::close_checklist::{ChecklistItemView, CloseChecklistView};
use domain::accounting::lock::LockKind;
use domain::error::Language;

use super::{Books, day, entry};

impl Books {
    async fn checklist(&self, scope: ChecklistScope, today: &str) -> CloseChecklistView {
        let facts = self.house.db.close_checklist_facts(self.tenant, scope).await.unwrap().unwrap();
        close_checklist(&facts, day(today), Language::English)
    }
}

fn bad(list: &CloseChecklistView) -> Vec<(&'static str, &'static str, u64)> {
    let bad = |item: &&ChecklistItemView| item.status != "ok";
    list.items.iter().filter(bad).map(|item| (item.code, item.status, item.count)).collect()
}

#[tokio::test]
async fn a_clean_period_is_ready_and_a_busy_one_says_why() {
    let books = Books::with_years(1).await;
    let january = ChecklistScope::Period(books.period("2025-01").await.into());
    let clean = books.checklist(january, "2025-02-03").await;
    assert_eq!((bad(&clean), clean.ready), (vec![], true));

    books.post("2025-02-05", &["1200 10 0 in=USD", "3900 0 37.5"]).await.unwrap();
    let draft = CreateJournalEntry { post: false, ..entry("GENERAL", "2025-02-10", &["5000 1 0"]) };
    books.run(draft).await.unwrap();
    let february = ChecklistScope::Period(books.period("2025-02").await.into());
    let busy = books.checklist(february, "2025-02-20").await;
    let expected = [
        ("drafts", "warning", 1),
        ("opening_account", "warning", 1),
        ("exchange_rates", "warning", 1),
        ("not_ended", "warning", 1),
        ("earlier_open", "warning", 1),
    ];
    assert_eq!((bad(&busy), busy.ready), (expected.to_vec(), true));
    assert_eq!(busy.items[3].text, "The opening account still holds -37.50 SAR.");
    let dates = "postingDate[gte]=2025-02-01&postingDate[lte]=2025-02-28";
    assert!(busy.items[0].link.ends_with(&format!("status=draft&approvalStatus[isNull]=true&{dates}")));
}

#[tokio::test]
async fn what_blocks_a_year_is_what_closing_refuses() {
    let books = Books::with_years(2).await;
    let second = ChecklistScope::Year(books.year("2026").await.into());
    books.post("2026-01-10", &["1000 5 0", "4000 0 5"]).await.unwrap();
    let list = books.checklist(second, "2027-01-10").await;
    assert_eq!((bad(&list), list.ready), (vec![("earlier_open", "blocking", 1)], false));
    books.run(CloseFiscalYear { id: books.year("2025").await.into() }).await.unwrap();
    assert!(books.checklist(second, "2027-01-10").await.ready);

    let lock = |kind| SetLock { kind, locked_through: Some(day("2026-12-31")), reason: None };
    books.run(lock(LockKind::Fiscal)).await.unwrap();
    assert_eq!(bad(&books.checklist(second, "2027-01-10").await), [("locks", "warning", 1)]);
    // The hard lock reaches today at the latest.
    books.house.clock.advance(400 * 86_400);
    books.run(lock(LockKind::Hard)).await.unwrap();
    let locked = books.checklist(second, "2027-01-10").await;
    assert_eq!((bad(&locked), locked.ready), (vec![("locks", "blocking", 2)], false));
    assert!(books.run(CloseFiscalYear { id: books.year("2026").await.into() }).await.is_err());
}

#[tokio::test]
async fn what_does_not_exist_has_no_checklist() {
    let books = Books::new().await;
    let nowhere = ChecklistScope::Year(uuid::Uuid::from_u128(1).into());
    assert!(books.house.db.close_checklist_facts(books.tenant, nowhere).await.unwrap().is_none());
}
