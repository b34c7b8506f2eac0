//! The embedded engine: works that share a commit do not share their failures; one server at a time.

use std::path::Path;
use std::sync::{Arc, Mutex};

use application::context::{IdempotencyKey, RequestContext};
use application::error::{AppError, AppResult};
use application::ports::bookkeeping::Replay;
use application::ports::clock::Ids;
use application::ports::database::{Database, Outcome, Work};
use application::ports::storage_error::StorageError;
use application::unit_of_work::UnitOfWork;
use async_trait::async_trait;
use domain::ids::TenantId;
use domain::time::Timestamp;
use infrastructure::persistence::SqlUnitOfWork;
use infrastructure::sql::db::Db;
use infrastructure::sql::sqlite::options::SqliteOptions;
use infrastructure::sql::value::Value;
use infrastructure::system::{SystemClock, SystemIds};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::store::Store;

pub async fn open(directory: &Path) -> Result<Db, StorageError> {
    Db::open_sqlite(
        &directory.join("erp.db"),
        SqliteOptions::default(),
        Arc::new(SystemClock),
        Arc::new(SystemIds),
        SqlUnitOfWork::open,
    )
    .await
}

/// Leaves one idempotency row, then ends as told.
pub struct Probe {
    ctx: RequestContext,
    key: String,
    end: End,
    seen: Mutex<Option<Timestamp>>,
}

#[derive(Clone, Copy, PartialEq)]
pub enum End {
    Commit,
    Rollback,
    Fail,
    Panic,
    /// Writes the same key twice, ignores the error and wants to commit.
    SwallowError,
}

impl Probe {
    pub fn new(tenant: TenantId, key: &str, end: End) -> Arc<Self> {
        let mut ctx = RequestContext::system(tenant, "test");
        ctx.idempotency = Some(IdempotencyKey { key: key.to_owned(), request_hash: [0; 32] });
        Arc::new(Self { ctx, key: key.to_owned(), end, seen: Mutex::default() })
    }
}

#[async_trait]
impl Work for Probe {
    fn tenant(&self) -> TenantId {
        self.ctx.tenant
    }
    async fn run(&self, uow: &mut dyn UnitOfWork) -> AppResult<Outcome> {
        *self.seen.lock().unwrap() = Some(uow.now());
        let row = || Replay { request_hash: [0; 32], body: "{}".to_owned(), id: None, version: None };
        uow.bookkeeping().save_replay(&self.ctx.cause(), &self.key, row()).await?;
        match self.end {
            End::Commit => Ok(Outcome::Commit),
            End::Rollback => Ok(Outcome::Rollback),
            End::Fail => Err(AppError::internal("as planned")),
            End::Panic => panic!("as planned"),
            End::SwallowError => {
                let _ = uow.bookkeeping().save_replay(&self.ctx.cause(), &self.key, row()).await;
                Ok(Outcome::Commit)
            }
        }
    }
}

pub async fn keys(db: &Db, tenant: TenantId) -> Vec<String> {
    let text = "SELECT idempotency_key FROM idempotency WHERE tenant_id = ?1 ORDER BY idempotency_key";
    let rows = db.query_text(text, &[Value::from(tenant)]).await.unwrap();
    rows.into_iter().map(|row| row.single("idempotency", "idempotency_key").unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn works_of_one_commit_fail_alone() {
    let store = Store::open(Arc::new(SystemClock), Arc::new(SystemIds)).await;
    let db = store.db.clone();
    let tenant = TenantId::new(SystemIds.new_id());
    let ends = [End::Commit, End::Fail, End::Rollback, End::Panic, End::SwallowError, End::Commit];
    let probes: Vec<_> =
        (0..120).map(|n| Probe::new(tenant, &format!("{n:03}"), ends[n % ends.len()])).collect();
    let writes = probes.iter().map(|probe| db.write(probe.clone()));
    let answers = futures::future::join_all(writes).await;
    let mut kept = Vec::new();
    for (probe, answer) in probes.iter().zip(&answers) {
        assert_eq!(answer.is_ok(), matches!(probe.end, End::Commit | End::Rollback), "{}", probe.key);
        if probe.end == End::Commit {
            kept.push(probe.key.clone());
        }
    }
    assert_eq!(keys(&db, tenant).await, kept);
    let mut times: Vec<_> = probes.iter().filter_map(|probe| *probe.seen.lock().unwrap()).collect();
    times.sort_unstable();
    times.dedup();
    assert_eq!(times.len(), probes.len(), "two works had the same moment");
}

#[tokio::test]
async fn what_is_settled_is_in_the_database() {
    let store = Store::open(Arc::new(SystemClock), Arc::new(SystemIds)).await;
    let db = store.db.clone();
    let tenant = TenantId::new(SystemIds.new_id());
    let writer = db.clone();
    let writing = tokio::spawn(async move { writer.write(Probe::new(tenant, "a", End::Commit)).await });
    tokio::task::yield_now().await;
    writing.await.unwrap().unwrap();
    db.settle(tenant).await.unwrap();
    assert_eq!(keys(&db, tenant).await, ["a"]);
}

#[tokio::test]
async fn a_second_server_on_the_same_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).await.unwrap();
    let refused = open(folder.path()).await.err().unwrap().to_string();
    assert!(refused.contains("in use by another server"), "{refused}");
    drop(first);
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let refused = open(&file.join("data")).await.err().unwrap();
    assert!(matches!(refused, StorageError::Full(_)) && refused.to_string().contains("file"), "{refused}");
}

#[tokio::test]
async fn readers_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).await.unwrap();
    let refused = db.query_text("DELETE FROM tenant", &[]).await.unwrap_err();
    assert!(refused.to_string().contains("readonly"), "{refused}");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("erp.db");
    drop(open(folder.path()).await.unwrap());
    // The writer thread lets go of the file a moment after the last handle.
    std::thread::sleep(std::time::Duration::from_millis(200));
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection.execute("INSERT INTO schema_migration VALUES (999, 'future', 'x', 0, 0)", []).unwrap();
    drop(connection);
    let refused = open(folder.path()).await.err().unwrap().to_string();
    assert!(refused.contains("999"), "{refused}");
}

/// The log lines about statements.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<String>>>);

impl<S: tracing::Subscriber> Layer<S> for Said {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "erp::sql" {
            let mut text = String::new();
            event.record(&mut |field: &tracing::field::Field, value: &dyn std::fmt::Debug| {
                text.push_str(&format!("{}={value:?} ", field.name()));
            });
            self.0.lock().unwrap().push(text);
        }
    }
}

/// Proves: G9.
#[tokio::test]
async fn a_statement_that_takes_long_is_in_the_log_without_its_values() {
    let (folder, said) = (tempfile::tempdir().unwrap(), Said::default());
    let db = open(folder.path()).await.unwrap();
    let _default = tracing::subscriber::set_default(tracing_subscriber::registry().with(said.clone()));
    let count = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ?1) SELECT MAX(x) AS x FROM n";
    let values = |last: i64| [Value::Int(last)];
    db.query_text(count, &values(9)).await.unwrap();
    assert!(said.0.lock().unwrap().is_empty(), "what is quick is not worth a line");
    db.query_text(count, &values(3_000_007)).await.unwrap();
    let lines = said.0.lock().unwrap().clone();
    let [line] = &lines[..] else { panic!("{lines:?}") };
    assert!(line.contains("WITH RECURSIVE") && line.contains("milliseconds="), "{line}");
    assert!(!line.contains("3000007"), "{line}");
}
