//! The findings of health about an embedded database: over a connection of its own, and from the writer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use application::command::Application;
use application::error::AppResult;
use application::platform::leadership::{BACKGROUND_WORK, LEASE, hold};
use application::ports::clock::{Clock, Ids};
use application::ports::database::{Database, Outcome, Work};
use application::ports::storage_error::StorageResult;
use application::unit_of_work::UnitOfWork;
use async_trait::async_trait;
use domain::ids::TenantId;
use domain::time::Timestamp;
use infrastructure::cache::Ttl;
use infrastructure::cache::memory::{CACHE_BYTES_DEFAULT, MemoryCache};
use infrastructure::persistence::SqlUnitOfWork;
use infrastructure::sql::db::{DatabaseClock, Db};
use infrastructure::sql::meter::Meter;
use infrastructure::sql::sqlite::damage::Damage;
use infrastructure::sql::sqlite::options::SqliteOptions;
use infrastructure::sql::sqlite::tx::open_writer;
use infrastructure::sql::sqlite::writer::SqliteWriter;
use infrastructure::system::{SystemClock, SystemIds};
use signals::event::Service;

use crate::database::{End, Probe, open};

fn said(result: StorageResult<()>) -> String {
    result.unwrap_err().to_string()
}

/// Proves: I1.
#[tokio::test]
async fn a_file_that_goes_away_or_is_replaced_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).await.unwrap();
    db.ping().await.unwrap();
    let (file, away) = (folder.path().join("erp.db"), folder.path().join("away.db"));
    std::fs::rename(&file, &away).unwrap();
    // Requests notice nothing: their connections have the file open.
    db.is_empty().await.unwrap();
    let text = said(db.ping().await);
    assert!(text.contains("the database file"), "{text}");
    std::fs::copy(&away, &file).unwrap();
    let text = said(db.ping().await);
    assert!(text.contains("another file stands where the database was"), "{text}");
    std::fs::rename(&away, &file).unwrap();
    db.ping().await.unwrap();
}

#[tokio::test]
async fn another_schema_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).await.unwrap();
    let other = rusqlite::Connection::open(folder.path().join("erp.db")).unwrap();
    other.execute_batch("INSERT INTO schema_migration VALUES (999, '0999_later', 'x', 0, 0)").unwrap();
    let text = said(db.ping().await);
    assert!(text.contains("the schema is at migration 999, this version's is"), "{text}");
    other.execute_batch("DELETE FROM schema_migration WHERE number = 999").unwrap();
    db.ping().await.unwrap();
}

/// Requests may have emptied every pool: health is not one of them.
/// Proves: I1.
#[tokio::test]
async fn health_needs_no_reader_of_the_pool() {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteOptions { readers: 1, ..SqliteOptions::default() };
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
    let db = Db::open_sqlite(&folder.path().join("erp.db"), options, clock, ids, SqlUnitOfWork::open)
        .await
        .unwrap();
    let endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n";
    let held = db.stream_text(endless, Vec::new());
    tokio::time::sleep(Duration::from_millis(100)).await;
    let began = Instant::now();
    db.ping().await.unwrap();
    db.clock().await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    drop(held);
}

/// Holds the writer's thread without getting anything done.
struct Busy(Duration);

#[async_trait]
impl Work for Busy {
    fn tenant(&self) -> TenantId {
        TenantId::new(uuid::Uuid::nil())
    }
    async fn run(&self, _: &mut dyn UnitOfWork) -> AppResult<Outcome> {
        std::thread::sleep(self.0);
        Ok(Outcome::Rollback)
    }
}

const SHORT: Duration = Duration::from_millis(100);
const LONG: Duration = Duration::from_secs(10);

fn writer(folder: &std::path::Path) -> SqliteWriter {
    let options = SqliteOptions { busy_timeout: Duration::from_millis(500), ..SqliteOptions::default() };
    let connection = open_writer(&folder.join("erp.db"), &options).unwrap();
    let noting = (Arc::new(Meter::new(Service::Sqlite, "sqlite".to_owned())), Arc::new(Damage::default()));
    let ids: Arc<dyn Ids> = Arc::new(SystemIds);
    let new = move |tx| SqlUnitOfWork::open(tx, ids);
    SqliteWriter::start(connection, &options, Arc::new(SystemClock), noting, None, new).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_at_work_answers_as_long_as_it_gets_something_done() {
    let folder = tempfile::tempdir().unwrap();
    let writer = writer(folder.path());
    writer.answers(LONG, SHORT).await.unwrap();
    let busy = writer.clone();
    let working = tokio::spawn(async move { busy.write(Arc::new(Busy(Duration::from_secs(2)))).await });
    tokio::time::sleep(Duration::from_millis(400)).await;
    let began = Instant::now();
    for answered in futures::future::join_all((0..5).map(|_| writer.answers(SHORT, LONG))).await {
        answered.unwrap();
    }
    assert!(began.elapsed() < SHORT * 4, "nobody waits behind the others: {:?}", began.elapsed());
    let text = said(writer.answers(SHORT, SHORT).await);
    assert!(text.contains("the writer got nothing done for"), "{text}");
    working.await.unwrap().unwrap();
    writer.answers(LONG, SHORT).await.unwrap();
    writer.close().await;
    let text = said(writer.answers(LONG, LONG).await);
    assert!(text.contains("the writer has stopped"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_somebody_else_holds_is_noticed_and_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let writer = writer(folder.path());
    writer.answers(LONG, SHORT).await.unwrap();
    let other = rusqlite::Connection::open(folder.path().join("erp.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let text = said(writer.answers(LONG, LONG).await);
    assert!(text.contains("locked"), "{text}");
    other.execute_batch("ROLLBACK").unwrap();
    writer.answers(LONG, SHORT).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_under_load_answers_health() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).await.unwrap();
    let tenant = TenantId::new(SystemIds.new_id());
    let writes = (0..500).map(|n| {
        let (db, probe) = (db.clone(), Probe::new(tenant, &format!("{n}"), End::Commit));
        tokio::spawn(async move { db.write(probe).await })
    });
    let writes: Vec<_> = writes.collect();
    for _ in 0..20 {
        db.ping().await.unwrap();
    }
    for write in writes {
        write.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn an_embedded_database_remembers_how_late_it_has_been() {
    let folder = tempfile::tempdir().unwrap();
    let before = SystemClock.now();
    let db = Arc::new(open(folder.path()).await.unwrap());
    let newest = |clock| match clock {
        DatabaseClock::NotBefore(newest) => newest,
        DatabaseClock::Now(now) => panic!("{now}"),
    };
    let migrated: Timestamp = newest(db.clock().await.unwrap());
    assert!(migrated >= before && migrated <= SystemClock.now(), "{migrated}");
    let ids = Arc::new(SystemIds);
    let app = Application {
        database: db.clone(),
        cache: Arc::new(MemoryCache::new(CACHE_BYTES_DEFAULT, Ttl::default())),
        clock: Arc::new(SystemClock),
        ids: ids.clone(),
    };
    let later = SystemClock.now().plus_seconds(3_600);
    assert!(hold(&app, BACKGROUND_WORK, ids.new_id(), later).await.unwrap());
    assert_eq!(newest(db.clock().await.unwrap()), later, "the lease ends {LEASE:?} after it was taken");
}
