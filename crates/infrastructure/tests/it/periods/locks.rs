//! R11: which lock stops which entry, and whom an exception lets through until when.

use application::accounting::create_journal_entry::CreateJournalEntry;
use application::accounting::lock_exceptions::{CreateLockException, RevokeLockException};
use application::accounting::locks::SetLock;
use application::accounting::ports::locks::LockQueries;
use application::context::{IfMatch, RequestContext};
use application::ports::clock::Clock;
use domain::accounting::lock::LockKind;
use domain::ids::UserId;
use uuid::Uuid;

use super::{Books, codes, day, entry};

const PLAIN: [&str; 2] = ["5000 1 0", "1000 0 1"];

/// An entry that the tax lock stops: a line of it names a tax code.
fn taxed(journal: &str, date: &str) -> CreateJournalEntry {
    let mut entry = entry(journal, date, &PLAIN);
    entry.lines[0].details.tax_code = Some("S15".to_owned());
    entry
}

impl Books {
    async fn lock(&self, kind: LockKind, through: Option<&str>) -> Result<i64, Vec<&'static str>> {
        let command =
            SetLock { kind, locked_through: through.map(day), reason: Some("late invoice".to_owned()) };
        let answer = self.run(command).await.map_err(|error| codes(&error))?;
        Ok(answer["version"].as_i64().unwrap())
    }

    async fn refused(&self, journal: &str, lines: &[&str]) -> bool {
        self.stops(entry(journal, "2025-03-31", lines)).await
    }

    async fn stops(&self, entry: CreateJournalEntry) -> bool {
        match self.run(entry).await {
            Ok(_) => false,
            Err(error) => {
                assert_eq!(codes(&error), ["date_locked"]);
                true
            }
        }
    }

    fn me(&self) -> UserId {
        self.ctx.actor.user_id().unwrap()
    }

    fn exception(&self, kind: LockKind, user_id: UserId, seconds: i64) -> CreateLockException {
        let expires_at = self.house.clock.now().plus_seconds(seconds);
        CreateLockException { kind, user_id, expires_at, reason: "late invoice".to_owned() }
    }
}

#[tokio::test]
async fn each_lock_stops_its_own_entries() {
    let matrix = [
        (LockKind::Fiscal, [true, true, true, true]),
        (LockKind::Hard, [true, true, true, true]),
        (LockKind::Sales, [false, true, false, false]),
        (LockKind::Purchase, [false, false, true, false]),
        (LockKind::Tax, [false, false, false, true]),
    ];
    for (kind, expected) in matrix {
        let books = Books::with_years(1).await;
        assert_eq!(books.lock(kind, Some("2025-03-31")).await, Ok(1));
        let stopped = [
            books.refused("GENERAL", &PLAIN).await,
            books.refused("SALES", &PLAIN).await,
            books.refused("PURCHASES", &PLAIN).await,
            books.stops(taxed("GENERAL", "2025-03-31")).await,
        ];
        assert_eq!(stopped, expected, "{kind}");
        books.run(taxed("SALES", "2025-04-01")).await.unwrap();
    }
}

#[tokio::test]
async fn a_lock_moves_but_the_hard_one_only_forward() {
    let books = Books::with_years(1).await;
    assert_eq!(books.lock(LockKind::Fiscal, Some("2025-03-31")).await, Ok(1));
    assert_eq!(books.lock(LockKind::Fiscal, None).await, Ok(2));
    assert!(!books.refused("GENERAL", &PLAIN).await);
    assert_eq!(books.lock(LockKind::Hard, Some("2025-03-31")).await, Ok(1));
    for back in [None, Some("2025-03-30")] {
        assert_eq!(books.lock(LockKind::Hard, back).await, Err(vec!["hard_lock_moves_back"]));
    }
    assert_eq!(books.lock(LockKind::Hard, Some("2025-04-30")).await, Ok(2));
    let shown = books.house.db.locks(books.tenant).await.unwrap();
    let shown: Vec<_> = shown.iter().map(|lock| (lock.kind, lock.locked_through, lock.version)).collect();
    let expected = [
        ("fiscal", None, 2),
        ("sales", None, 0),
        ("purchase", None, 0),
        ("tax", None, 0),
        ("hard", Some(day("2025-04-30")), 2),
    ];
    assert_eq!(shown, expected);
    let stale = RequestContext { if_match: Some(IfMatch::Version(1)), ..books.ctx.clone() };
    let command = SetLock { kind: LockKind::Hard, locked_through: Some(day("2025-05-31")), reason: None };
    assert_eq!(codes(&books.house.run(&stale, command).await.unwrap_err()), ["stale_version"]);
}

#[tokio::test]
async fn an_exception_lets_one_person_through_until_it_expires() {
    let books = Books::with_years(1).await;
    books.lock(LockKind::Fiscal, Some("2025-03-31")).await.unwrap();
    books.run(books.exception(LockKind::Tax, books.me(), 60)).await.unwrap();
    assert!(books.refused("GENERAL", &PLAIN).await, "it is for another lock");
    books.run(books.exception(LockKind::Fiscal, books.me(), 60)).await.unwrap();
    assert!(!books.refused("GENERAL", &PLAIN).await);
    let mut other = books.ctx.clone();
    let clerk = books.house.user(&books.ctx, "clerk@books.example", &["accountant"]).await;
    other.actor = application::context::Actor::User(clerk);
    let refused = books.house.run(&other, entry("GENERAL", "2025-03-31", &PLAIN)).await.unwrap_err();
    assert_eq!(codes(&refused), ["date_locked"], "it is for another person");
    books.house.clock.advance(59);
    assert!(!books.refused("GENERAL", &PLAIN).await);
    books.house.clock.advance(2);
    assert!(books.refused("GENERAL", &PLAIN).await, "it has expired");
}

#[tokio::test]
async fn a_revoked_exception_lifts_nothing_and_leaves_its_trail() {
    let books = Books::with_years(1).await;
    books.lock(LockKind::Fiscal, Some("2025-03-31")).await.unwrap();
    let made = books.run(books.exception(LockKind::Fiscal, books.me(), 3_600)).await.unwrap();
    let id: Uuid = made["id"].as_str().unwrap().parse().unwrap();
    assert!(!books.refused("GENERAL", &PLAIN).await);
    books.run(RevokeLockException { id: id.into() }).await.unwrap();
    assert!(books.refused("GENERAL", &PLAIN).await);
    let again = books.run(RevokeLockException { id: id.into() }).await.unwrap_err();
    assert_eq!(codes(&again), ["lock_exception_revoked"]);
    let kept = books.house.db.lock_exception(books.tenant, id.into()).await.unwrap().unwrap();
    assert!(kept.revoked_at.is_some());
    assert_eq!((kept.reason.as_str(), kept.version), ("late invoice", 2));
}

#[tokio::test]
async fn exceptions_that_make_no_sense_are_refused_all_at_once() {
    let books = Books::with_years(1).await;
    let stranger = UserId::new(Uuid::from_u128(77));
    let command =
        CreateLockException { reason: " ".to_owned(), ..books.exception(LockKind::Hard, stranger, -5) };
    let refused = books.run(command).await.unwrap_err();
    assert_eq!(
        codes(&refused),
        ["hard_lock_no_exception", "lock_exception_expiry", "text_empty", "unknown_reference"]
    );
}
