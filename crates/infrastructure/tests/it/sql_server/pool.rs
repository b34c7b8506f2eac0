//! How many connections there are and how long anything takes at most (rows G1, G2).

use std::time::{Duration, Instant};

use application::ports::storage_error::StorageError;
use erp_stubs::tds::{Answer, Gate};
use futures::future::join_all;
use infrastructure::sql::mssql::engine::PROBE_TIMEOUT;
use testkit::{SqlServerStub, until};

use super::{opened, read};

/// A call that has not answered by then hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// Proves: G1, X58.
#[tokio::test]
async fn the_smallest_number_is_open_at_once_and_the_largest_is_never_exceeded() {
    let stub = SqlServerStub::start().await;
    let db = opened(&stub, "Min Pool Size=3;Max Pool Size=5").await.unwrap();
    until("the first one, which looked at the schema, is gone", async || stub.open() == 3).await;
    let gate = Gate::default();
    stub.always("FROM book", Answer::Behind(gate.clone()));
    let reads = join_all((0..20).map(|_| read(&db)));
    let watching = async {
        until("five at once", async || stub.asked("FROM book") == 5).await;
        until("the others wait", async || db.connections().waiting == 15).await;
        let connections = db.connections();
        assert_eq!((connections.used, connections.idle, connections.max), (5, 0, 5));
        assert_eq!(stub.open(), 5);
        gate.open();
    };
    let (answers, ()) = tokio::join!(reads, watching);
    assert!(answers.iter().all(Result::is_ok), "whoever waited was served");
    assert_eq!((stub.asked("FROM book"), stub.open()), (20, 5));
}

/// Proves: G1.
#[tokio::test]
async fn a_smallest_number_above_the_largest_is_the_largest() {
    let stub = SqlServerStub::start().await;
    let _db = opened(&stub, "Min Pool Size=10;Max Pool Size=2").await.unwrap();
    until("two connections", async || stub.open() == 2).await;
}

/// Proves: G2.
#[tokio::test]
async fn a_command_that_takes_too_long_is_given_up() {
    let stub = SqlServerStub::start().await;
    let db = opened(&stub, "Command Timeout=1;Max Pool Size=1").await.unwrap();
    stub.forget_seen();
    // A server that is slow says that it has given up, and the connection goes on.
    let (began, dials) = (Instant::now(), stub.dials());
    stub.next(1, "FROM book", Answer::After(LIMIT, Box::new(Answer::Well)));
    let late = tokio::time::timeout(LIMIT, read(&db)).await.expect("it waits no longer than it may");
    assert!(matches!(late, Err(StorageError::Timeout(_))), "{late:?}");
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!(stub.asked("FROM book"), 1, "more time would not have helped");
    read(&db).await.unwrap();
    assert_eq!(stub.dials(), dials);
    // One that hangs says nothing; its connection is thrown away.
    stub.next(1, "FROM book", Answer::Hang);
    let late = tokio::time::timeout(LIMIT, read(&db)).await.expect("it waits no longer than it may");
    assert!(matches!(late, Err(StorageError::Timeout(_))), "{late:?}");
    read(&db).await.unwrap();
    assert_eq!(stub.dials(), dials + 1);
}

/// Proves: G2.
#[tokio::test]
async fn a_login_that_takes_too_long_is_given_up() {
    let stub = SqlServerStub::start().await;
    let db = opened(&stub, "Connect Timeout=1").await.unwrap();
    stub.cut();
    stub.next_logins(1, Answer::Hang);
    let began = Instant::now();
    let late = tokio::time::timeout(LIMIT, read(&db)).await.expect("it waits no longer than it may");
    assert!(matches!(late, Err(StorageError::Unavailable(_))), "{late:?}");
    assert!(began.elapsed() >= Duration::from_secs(1));
    read(&db).await.unwrap();
}

/// Proves: I1, X36.
#[tokio::test]
async fn health_has_a_connection_and_a_time_of_its_own() {
    let stub = SqlServerStub::start().await;
    let db = opened(&stub, "Command Timeout=60;Max Pool Size=1").await.unwrap();
    let gate = Gate::default();
    stub.always("FROM book", Answer::Behind(gate.clone()));
    let starved = async {
        until("the only connection is busy", async || stub.asked("FROM book") == 1).await;
        db.ping().await.unwrap();
        // And a server that hangs does not get the time of a command.
        stub.next(1, "SELECT 1", Answer::Hang);
        let began = Instant::now();
        let late = tokio::time::timeout(LIMIT, db.ping()).await.expect("it waits no longer than it may");
        assert!(matches!(late, Err(StorageError::Timeout(_))), "{late:?}");
        assert!(began.elapsed() >= PROBE_TIMEOUT);
        db.ping().await.unwrap();
        gate.open();
    };
    let (answer, ()) = tokio::join!(read(&db), starved);
    answer.unwrap();
}
