//! Settings of the embedded engine do what they say.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use application::error::AppResult;
use application::ports::database::{Database, Outcome, Work};
use application::unit_of_work::UnitOfWork;
use async_trait::async_trait;
use domain::ids::TenantId;
use rusqlite::Connection;
use serde_json::json;
use testkit::World;
use tokio::sync::oneshot;
use uuid::Uuid;

/// A work that says when it runs and goes on when it may, so that a test decides what waits.
struct Held {
    running: Mutex<Option<oneshot::Sender<()>>>,
    go_on: Mutex<std::sync::mpsc::Receiver<()>>,
}

impl Held {
    fn new() -> (Arc<Self>, oneshot::Receiver<()>, std::sync::mpsc::Sender<()>) {
        let ((running, runs), (go_on, wait)) = (oneshot::channel(), std::sync::mpsc::channel());
        (Arc::new(Self { running: Mutex::new(Some(running)), go_on: Mutex::new(wait) }), runs, go_on)
    }
}

#[async_trait]
impl Work for Held {
    fn tenant(&self) -> TenantId {
        TenantId::new(Uuid::nil())
    }
    async fn run(&self, uow: &mut dyn UnitOfWork) -> AppResult<Outcome> {
        let now = uow.now();
        uow.leases().take_or_renew("held", Uuid::from_u128(1), now, now.plus_seconds(9)).await?;
        if let Some(running) = self.running.lock().unwrap().take() {
            let _ = running.send(());
        }
        let _ = self.go_on.lock().unwrap().recv();
        Ok(Outcome::Commit)
    }
}

/// Looks from outside whether the work before it is committed.
struct Looks {
    file: PathBuf,
    saw: AtomicBool,
}

#[async_trait]
impl Work for Looks {
    fn tenant(&self) -> TenantId {
        TenantId::new(Uuid::nil())
    }
    async fn run(&self, _: &mut dyn UnitOfWork) -> AppResult<Outcome> {
        let outside = Connection::open(&self.file).unwrap();
        let found: i64 = outside
            .query_row("SELECT COUNT(*) FROM lease WHERE name = 'held'", [], |row| row.get(0))
            .unwrap();
        self.saw.store(found > 0, Ordering::SeqCst);
        Ok(Outcome::Rollback)
    }
}

/// A world on the embedded engine; `None` where the suite runs on a server.
async fn embedded(setting: (&str, &str)) -> Option<(World, PathBuf)> {
    let world = World::with(&[("Bootstrap:Template", "empty"), setting]).await;
    let file = world.parts.database.file().map(std::path::Path::to_owned);
    if file.is_none() {
        testkit::not_run("the database is on a server");
    }
    file.map(|file| (world, file))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn so_many_commands_share_one_commit() {
    for (max, committed) in [("1", true), ("2", false)] {
        let Some((world, file)) = embedded(("Database:GroupCommitMax", max)).await else { return };
        let database = world.parts.database.clone();
        let (held, runs, go_on) = Held::new();
        let first = tokio::spawn({
            let database = database.clone();
            async move { database.write(held).await }
        });
        runs.await.unwrap();
        let looks = Arc::new(Looks { file, saw: AtomicBool::default() });
        let second = tokio::spawn({
            let (database, looks) = (database.clone(), looks.clone());
            async move { database.write(looks).await }
        });
        // It waits behind the first from here on.
        while database.waiting_writes() == 0 {
            tokio::task::yield_now().await;
        }
        go_on.send(()).unwrap();
        first.await.unwrap().unwrap();
        second.await.unwrap().unwrap();
        assert_eq!(looks.saw.load(Ordering::SeqCst), committed, "Database:GroupCommitMax={max}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn so_many_commands_wait_for_the_writer_and_no_more() {
    let Some((world, _)) = embedded(("Database:WriteQueueMax", "1")).await else { return };
    let client = world.home().await;
    let database = world.parts.database.clone();
    let (held, runs, go_on) = Held::new();
    let first = tokio::spawn({
        let database = database.clone();
        async move { database.write(held).await }
    });
    runs.await.unwrap();
    let account = |code: &str| json!({ "code": code, "name": { "en": code }, "type": "asset" });
    let waiting = tokio::spawn({
        let (client, body) = (client.clone(), account("1000"));
        async move { client.post("/accounts", body).await }
    });
    while database.waiting_writes() == 0 {
        tokio::task::yield_now().await;
    }
    let refused = client.post("/accounts", account("2000")).await.expect(503);
    assert_eq!(refused.code(), "temporarily_unavailable");
    assert!(!refused.header("retry-after").is_empty());
    go_on.send(()).unwrap();
    waiting.await.unwrap().expect(201);
    first.await.unwrap().unwrap();
}

/// Another process holds the file; a command waits for it as long as it is told to.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_command_waits_for_another_process_as_long_as_it_is_told() {
    for (wait, status) in [("0", 503), ("60000", 201)] {
        let Some((world, file)) = embedded(("Database:BusyTimeoutMs", wait)).await else { return };
        let client = world.home().await;
        let other = Connection::open(&file).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let posting = tokio::spawn(async move {
            let body = json!({ "code": "1000", "name": { "en": "Cash" }, "type": "asset" });
            client.post("/accounts", body).await
        });
        // Given back long before a minute is over, and long after no time at all is.
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        other.execute_batch("COMMIT").unwrap();
        assert_eq!(posting.await.unwrap().status.as_u16(), status, "Database:BusyTimeoutMs={wait}");
    }
}
