//! A version on a database that a newer one has migrated (ADR 0051), and two that migrate at once.

use std::sync::Arc;
use std::time::Duration;

use application::ports::clock::{Clock, Ids};
use application::ports::storage_error::StorageError;
use domain::ids::TenantId;
use domain::time::Timestamp;
use infrastructure::sql::migrate::{MIGRATIONS, applied_in_file, migrate_file};
use infrastructure::sql::sqlite::lock::{Purpose, lock_database};
use infrastructure::system::{SystemClock, SystemIds};
use rusqlite::Connection;
use tempfile::TempDir;

use application::ports::database::Database;

use crate::database::{End, Probe, keys, open};

/// A migration of the next version, applied as that one applies it.
struct Newer {
    folder: TempDir,
    connection: Connection,
}

impl Newer {
    fn version(text: &str, expand_only: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("erp.db");
        migrate_file(&file, now(), Duration::ZERO, |_| {}).unwrap();
        let connection = Connection::open(file).unwrap();
        connection.execute_batch(text).unwrap();
        let next = MIGRATIONS.last().unwrap().number + 1;
        let row = "INSERT INTO schema_migration (number, name, checksum, applied_at, expand_only) VALUES (?1, 'next', 'x', 0, ?2)";
        connection.execute(row, (next, expand_only)).unwrap();
        Self { folder, connection }
    }
}

fn now() -> Timestamp {
    SystemClock.now()
}

/// Proves: E14, X94.
#[tokio::test]
async fn a_version_runs_on_a_newer_schema_that_only_adds() {
    let newer =
        Newer::version("ALTER TABLE tenant ADD COLUMN colour TEXT; CREATE TABLE later (id INTEGER)", true);
    let db = open(newer.folder.path()).await.unwrap();
    db.ping().await.unwrap();
    let tenant = TenantId::new(SystemIds.new_id());
    db.write(Probe::new(tenant, "a", End::Commit)).await.unwrap();
    assert_eq!(keys(&db, tenant).await, ["a"]);
    // Its own `migrate` has nothing to do there, and the newer history stays as it is.
    drop(db);
    let file = newer.folder.path().join("erp.db");
    let wait = Duration::from_secs(10);
    let done = tokio::task::spawn_blocking(move || {
        loop {
            match migrate_file(&file, now(), wait, |_| {}) {
                // The writer thread lets go of the file a moment after the last handle.
                Err(StorageError::Unusable(text)) if text.contains("in use") => {}
                done => return (done.unwrap(), applied_in_file(&file).unwrap()),
            }
        }
    });
    let (done, applied) = done.await.unwrap();
    assert_eq!(done, Vec::<&str>::new());
    let last = applied.last().unwrap();
    assert!(last.expand_only && !last.is_known(), "{last:?}");
}

/// Proves: E14, X94.
#[tokio::test]
async fn a_newer_schema_that_does_more_than_add_is_refused_by_its_number() {
    let newer = Newer::version("ALTER TABLE tenant DROP COLUMN time_zone", false);
    let refused = open(newer.folder.path()).await.err().unwrap();
    let next = MIGRATIONS.last().unwrap().number + 1;
    let told = refused.to_string();
    assert!(matches!(refused, StorageError::Unusable(_)), "{told}");
    assert!(told.contains(&format!("migration {next}")) && told.contains("start a newer version"), "{told}");
}

/// The start of the older version looked once; health goes on looking.
/// Proves: X94.
#[tokio::test]
async fn health_tells_a_migration_that_only_adds_from_one_that_does_not() {
    let newer = Newer::version("CREATE TABLE later (id INTEGER)", true);
    let db = open(newer.folder.path()).await.unwrap();
    db.ping().await.unwrap();
    newer.connection.execute("UPDATE schema_migration SET expand_only = 0 WHERE name = 'next'", []).unwrap();
    let told = db.ping().await.unwrap_err().to_string();
    assert!(told.contains("the schema is at migration"), "{told}");
}

#[test]
fn the_history_says_which_migrations_only_add() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("erp.db");
    let applied = migrate_file(&file, now(), Duration::ZERO, |_| {}).unwrap();
    assert_eq!(applied.len(), MIGRATIONS.len());
    let connection = Connection::open(file).unwrap();
    let mut statement =
        connection.prepare("SELECT number FROM schema_migration WHERE expand_only = 1 ORDER BY 1").unwrap();
    let said: Vec<i64> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let only_add = MIGRATIONS.iter().filter(|migration| migration.contract.is_none());
    assert_eq!(said, only_add.map(|migration| migration.number).collect::<Vec<_>>());
}

/// A waiting migration says what it waits for, and does not wait for ever.
/// Proves: E14.
#[test]
fn a_migration_waits_for_another_one_for_a_while() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("erp.db");
    let other = lock_database(&file, Purpose::Migration).unwrap();
    let mut told = Vec::new();
    let refused = migrate_file(&file, now(), Duration::from_millis(300), |who| told.push(who.to_owned()));
    let refused = refused.unwrap_err().to_string();
    let process = format!("process {}", std::process::id());
    assert!(refused.contains(&process) && refused.contains("has not ended after"), "{refused}");
    assert!(matches!(&told[..], [one] if one.contains(&process)), "once: {told:?}");
    drop(other);
    assert_eq!(
        migrate_file(&file, now(), Duration::ZERO, |_| panic!("nobody is there")).unwrap().len(),
        MIGRATIONS.len()
    );
}

/// A server that starts meanwhile waits as it does for a database that is away, and no longer than that.
#[tokio::test]
async fn a_database_that_is_being_migrated_is_there_in_a_moment() {
    let folder = tempfile::tempdir().unwrap();
    let migration = lock_database(&folder.path().join("erp.db"), Purpose::Migration).unwrap();
    assert!(matches!(open(folder.path()).await, Err(StorageError::Retryable(_))));
    drop(migration);
    let _db: Arc<_> = Arc::new(open(folder.path()).await.unwrap());
    let file = folder.path().join("erp.db");
    let refused =
        migrate_file(&file, now(), Duration::from_secs(60), |_| panic!("a server is not waited for"));
    assert!(refused.unwrap_err().to_string().contains("in use by another server"));
}
