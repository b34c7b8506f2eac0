//! Which errors of the server are met with another try (row G2), by number: of a read, of a change that was not committed
//! yet, of a commit, of a login.

use application::error::{AppResult, OUTCOME_UNKNOWN, TEMPORARILY_UNAVAILABLE};
use application::ports::database::Database;
use application::ports::storage_error::StorageError;
use application::retry::ATTEMPTS_MAX;
use domain::ids::TenantId;
use erp_stubs::tds::Answer;
use infrastructure::sql::db::Db;
use infrastructure::sql::mssql::pool::DIALS_MAX;
use testkit::SqlServerStub;
use uuid::Uuid;

use super::{opened, read};
use crate::database::{End, Probe};

/// The transient errors of the requirement, each with its severity. One of severity 20 also ends the connection.
const TRANSIENT: [(i32, u8); 13] = [
    (233, 20),
    (1205, 13),
    (4060, 11),
    (10053, 20),
    (10054, 20),
    (10928, 16),
    (10929, 16),
    (40197, 17),
    (40501, 20),
    (40613, 17),
    (49918, 16),
    (49919, 16),
    (49920, 16),
];
/// Errors that a second try does not cure: an unknown column, a full log, a full data file.
const LASTING: [(i32, u8); 3] = [(207, 16), (9002, 17), (1105, 17)];
/// The server tells the deadlock's victim that everything is undone.
const UNDONE: i32 = 1205;
/// The first request of a change, and the last.
const BEGIN: &str = "BEGIN TRANSACTION";
const COMMIT: &str = "COMMIT TRANSACTION";

async fn change(db: &Db) -> AppResult<()> {
    db.write(Probe::new(TenantId::new(Uuid::from_u128(5)), "key", End::Commit)).await
}

/// Proves: G2, X61.
#[tokio::test]
async fn a_read_is_tried_again_after_a_transient_error() {
    let stub = SqlServerStub::start().await;
    let db = opened(&stub, "").await.unwrap();
    for (number, class) in TRANSIENT {
        let dials = stub.dials();
        stub.forget_seen();
        stub.next(1, "FROM book", Answer::error_of(number, class));
        read(&db).await.unwrap_or_else(|error| panic!("{number}: {error}"));
        assert_eq!(stub.asked("FROM book"), 2, "{number}");
        // The cause that ended one session has ended the others: none of them is tried.
        assert_eq!(stub.dials() - dials, u64::from(number != UNDONE), "{number}");
    }
    for (number, class) in LASTING {
        stub.forget_seen();
        stub.next(1, "FROM book", Answer::error_of(number, class));
        assert!(read(&db).await.unwrap_err().to_string().contains(&number.to_string()));
        assert_eq!(stub.asked("FROM book"), 1, "{number}");
    }
}

#[tokio::test]
async fn tries_are_counted() {
    let stub = SqlServerStub::start().await;
    let db = opened(&stub, "").await.unwrap();
    stub.forget_seen();
    stub.always("FROM book", Answer::error(40613));
    assert!(matches!(read(&db).await, Err(StorageError::Unavailable(_))));
    assert_eq!(stub.asked("FROM book"), ATTEMPTS_MAX as usize);
    stub.always(BEGIN, Answer::error(1205));
    let refused = change(&db).await.unwrap_err();
    assert!(refused.is(&TEMPORARILY_UNAVAILABLE) && refused.retry_after.is_some(), "{refused:?}");
    assert_eq!(stub.asked(BEGIN), ATTEMPTS_MAX as usize);
}

/// Proves: G2, X61.
#[tokio::test]
async fn a_change_runs_again_unless_it_may_have_been_committed() {
    let stub = SqlServerStub::start().await;
    let db = opened(&stub, "").await.unwrap();
    for (number, class) in TRANSIENT {
        stub.forget_seen();
        stub.next(1, BEGIN, Answer::error_of(number, class));
        change(&db).await.unwrap_or_else(|error| panic!("{number}: {error:?}"));
        assert_eq!((stub.asked(BEGIN), stub.asked(COMMIT)), (2, 1), "{number}: nothing was committed");

        stub.forget_seen();
        stub.next(1, COMMIT, Answer::error_of(number, class));
        let changed = change(&db).await;
        if number == UNDONE {
            changed.unwrap();
            assert_eq!(stub.asked(COMMIT), 2, "{number}: it was undone");
        } else {
            assert!(changed.unwrap_err().is(&OUTCOME_UNKNOWN), "{number}");
            assert_eq!(stub.asked(COMMIT), 1, "{number}: it is not done twice");
        }
    }
    for broken in [Answer::Close, Answer::Cut] {
        stub.forget_seen();
        stub.next(1, COMMIT, broken);
        assert!(change(&db).await.unwrap_err().is(&OUTCOME_UNKNOWN));
        assert_eq!(stub.asked(COMMIT), 1);
    }
}

/// Proves: G2, X61.
#[tokio::test]
async fn a_broken_connection_costs_a_read_nothing() {
    let stub = SqlServerStub::start().await;
    let db = opened(&stub, "Min Pool Size=3").await.unwrap();
    for broken in [Answer::Close, Answer::Cut] {
        stub.forget_seen();
        stub.next(2, "FROM book", broken);
        read(&db).await.unwrap();
        assert_eq!(stub.asked("FROM book"), 3);
    }
    stub.cut();
    read(&db).await.unwrap();
    stub.stop().await;
    assert!(matches!(read(&db).await, Err(StorageError::Unavailable(_))));
    stub.resume().await.unwrap();
    read(&db).await.unwrap();
}

/// Proves: G2, X61.
#[tokio::test]
async fn a_server_that_is_moving_is_dialled_again() {
    let stub = SqlServerStub::start().await;
    let db = opened(&stub, "").await.unwrap();
    for (number, class) in TRANSIENT.into_iter().filter(|(number, _)| *number != UNDONE) {
        stub.cut();
        stub.forget_seen();
        stub.next_logins(1, Answer::error_of(number, class));
        read(&db).await.unwrap_or_else(|error| panic!("{number}: {error}"));
        assert_eq!(stub.logins().len(), 2, "{number}");
    }
    // So is one that breaks off in the middle of a login.
    for broken in [Answer::Close, Answer::Cut] {
        stub.cut();
        stub.forget_seen();
        stub.next_logins(1, broken);
        read(&db).await.unwrap();
        assert_eq!(stub.logins().len(), 2);
    }
}

#[tokio::test]
async fn dials_are_counted_and_a_refused_password_is_not_tried_twice() {
    let stub = SqlServerStub::start().await;
    let db = opened(&stub, "Connect Timeout=60").await.unwrap();
    stub.cut();
    stub.forget_seen();
    stub.logins_get(Answer::error_of(40613, 17));
    let away = read(&db).await.unwrap_err();
    assert!(matches!(&away, StorageError::Unavailable(text) if text.contains("40613")), "{away}");
    assert_eq!(stub.logins().len(), DIALS_MAX as usize);
    stub.forget_seen();
    stub.logins_get(Answer::error_of(18456, 14));
    assert!(matches!(read(&db).await, Err(StorageError::Unusable(_))));
    assert_eq!(stub.logins().len(), 1, "more would lock it");
}
