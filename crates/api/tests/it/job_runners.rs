//! Jobs belong to the process that runs them: only when it is gone are they given up.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use application::accounting::imports::{ImportFormat, ImportKind, ImportOptions, commit, parse};
use application::command::Application;
use application::context::RequestContext;
use application::error::{AppError, AppResult};
use application::platform::jobs::{JobRegistry, NewJob, fail_interrupted, keep_runner, start};
use application::ports::clock::{Clock, Ids};
use application::ports::database::{Database, Work};
use application::ports::storage_error::StorageError;
use async_trait::async_trait;
use domain::accounting::import_profile::FileReading;
use domain::ids::{JobId, TenantId};
use erp_api::routes::platform::jobs::end;
use infrastructure::cache::memory::{CACHE_BYTES_DEFAULT, MemoryCache, Ttl};
use infrastructure::persistence::SqlUnitOfWork;
use infrastructure::sql::db::Db;
use infrastructure::sql::dialect::Dialect;
use infrastructure::sql::sqlite::options::SqliteOptions;
use infrastructure::system::{SystemClock, SystemIds};
use serde_json::{Value, json};
use testkit::{Server, World};

/// The lease of the leader, the one of the runner, and twice the time between two looks, with room for a slow machine.
const GIVEN_UP_WITHIN: Duration = Duration::from_secs(90);

const ENTRIES: &str = "entry,date,account,debit,credit\n1,2026-03-01,1000,5,\n1,2026-03-01,4000,,5\n";

async fn begin(app: &Application, ctx: &RequestContext, registry: &JobRegistry) -> JobId {
    let id = JobId::new(SystemIds.new_id());
    let job = NewJob {
        id,
        kind: "import_journal_entries",
        input: "{}".to_owned(),
        total: None,
        created_by: None,
        runner: registry.runner(),
    };
    start(app, ctx, job).await.unwrap();
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_living_process_keeps_its_job_and_a_dead_one_loses_it_within_the_lease() {
    let world = World::new().await;
    let tenant = world.tenant("acme", "SAR", "empty").await;
    tenant.accounts(&[("1000", "asset"), ("4000", "income")]).await;
    let id = world.parts.database.tenant_by_code("acme").await.unwrap().unwrap();
    let ctx = RequestContext::system(id, "test");
    // An embedded database serves one process; there the other one is only its name.
    let beside = match world.parts.database.dialect() {
        Dialect::SqlServer => Some(world.beside().await),
        Dialect::Sqlite => None,
    };
    let (app, other) = (
        &world.parts.application,
        beside.as_ref().map_or(&world.parts.application, |w| &w.parts.application),
    );
    let (living, dying) = (JobRegistry::new(SystemIds.new_id()), JobRegistry::new(SystemIds.new_id()));
    let leader = SystemIds.new_id();
    let lives = begin(app, &ctx, &living).await;
    let dies = begin(other, &ctx, &dying).await;
    let state = async |job: JobId| tenant.client.get(&format!("/jobs/{job}")).await.ok();

    world.clock.advance_seconds(4);
    keep_runner(app, living.runner()).await.unwrap();
    keep_runner(other, dying.runner()).await.unwrap();
    // From here on one of them is silent.
    world.clock.advance_seconds(13);
    keep_runner(app, living.runner()).await.unwrap();
    assert_eq!(fail_interrupted(app, leader).await.unwrap(), 0, "the lease of the silent one has not ended");
    world.clock.advance_seconds(2);
    assert_eq!(fail_interrupted(app, leader).await.unwrap(), 1);
    assert_eq!(state(lives).await["status"], "running");
    let failed = state(dies).await;
    assert_eq!((&failed["status"], &failed["error"]["code"]), (&json!("failed"), &json!("job_interrupted")));

    // It was not dead but slow: what it was told to have lost is not kept.
    let running = dying.enter(id, dies).unwrap();
    let file =
        parse(ImportKind::JournalEntries, ImportFormat::Csv, &FileReading::default(), ENTRIES.as_bytes())
            .unwrap();
    let late =
        commit(other, &ctx, file, ImportOptions::default(), Some(dies), running.progress.clone()).await;
    assert_eq!(late.unwrap_err().violations[0].def.code, "job_interrupted");
    assert_eq!(tenant.client.get("/journal-entries").await.ok()["items"], json!([]));

    // A process that looks knows of itself that it lives, also when its own notes are late.
    world.clock.advance_seconds(60);
    assert_eq!(fail_interrupted(app, living.runner()).await.unwrap(), 0);
    assert_eq!(fail_interrupted(app, leader).await.unwrap(), 1);
}

/// The world's database, which is away for the next few writes.
struct Away {
    database: Arc<dyn Database>,
    writes: AtomicU32,
}

#[async_trait]
impl Database for Away {
    async fn write(&self, work: Arc<dyn Work>) -> AppResult<()> {
        let less = |left: u32| left.checked_sub(1);
        if self.writes.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok() {
            return Err(AppError::from(StorageError::Unavailable("as planned".to_owned())));
        }
        self.database.write(work).await
    }
    async fn settle(&self, tenant: TenantId) -> AppResult<()> {
        self.database.settle(tenant).await
    }
}

/// A job may end because the database went away: then it cannot note its end at once, but it does as soon as it can.
#[tokio::test]
async fn a_job_that_ends_while_the_database_is_away_says_so_when_it_is_back() {
    let world = World::new().await;
    let tenant = world.tenant("acme", "SAR", "empty").await;
    let id = world.parts.database.tenant_by_code("acme").await.unwrap().unwrap();
    let (ctx, registry) = (RequestContext::system(id, "test"), JobRegistry::new(SystemIds.new_id()));
    let app = world.parts.application.clone();
    let job = begin(&app, &ctx, &registry).await;
    let running = registry.enter(id, job).unwrap();
    let away = Away { database: app.database.clone(), writes: AtomicU32::new(2) };
    let app = Application { database: Arc::new(away), ..app };
    let outcome = Err(AppError::from(StorageError::Unavailable("as planned".to_owned())));
    end(&app, &ctx, running, job, &outcome).await;
    let read = async || tenant.client.get(&format!("/jobs/{job}")).await.ok();
    assert_eq!(read().await["status"], "running");
    assert_eq!(registry.count(), 1, "it keeps its place until then");
    let began = Instant::now();
    while read().await["status"] == "running" {
        assert!(began.elapsed() < GIVEN_UP_WITHIN, "nobody said how it ended");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let ended = read().await;
    let code = &ended["error"]["code"];
    assert_eq!((&ended["status"], code), (&json!("failed"), &json!("temporarily_unavailable")), "{ended}");
    assert!(registry.is_idle());
}

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_erp-api"))
}

#[tokio::test]
async fn a_server_gives_up_what_the_one_before_it_left_running() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("Data:Directory", folder.path().to_str().unwrap()), ("Bootstrap:Template", "empty")];
    let server = Server::start(binary(), folder.path(), &settings).await;
    assert_eq!(server.stop(), 0);

    let (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>) = (Arc::new(SystemClock), Arc::new(SystemIds));
    let db = Db::open_sqlite(
        &folder.path().join("erp.db"),
        SqliteOptions::default(),
        clock.clone(),
        ids.clone(),
        SqlUnitOfWork::open,
    )
    .await
    .unwrap();
    let tenant: TenantId = db.tenant_by_code("home").await.unwrap().unwrap();
    let cache = Arc::new(MemoryCache::new(CACHE_BYTES_DEFAULT, Ttl::default()));
    let app = Application { database: Arc::new(db), cache, clock, ids };
    let gone = JobRegistry::new(SystemIds.new_id());
    let job = begin(&app, &RequestContext::system(tenant, "test"), &gone).await;
    keep_runner(&app, gone.runner()).await.unwrap();
    drop(app);

    let server = Server::start(binary(), folder.path(), &settings).await;
    let token = server.token().await;
    let read = async || {
        let url = format!("{}/api/v1/jobs/{job}", server.url);
        let answer = reqwest::Client::new().get(url).bearer_auth(&token).send().await.unwrap();
        answer.json::<Value>().await.unwrap()
    };
    assert_eq!(read().await["status"], "running", "nobody knows yet that its process is gone");
    let began = Instant::now();
    while read().await["status"] == "running" {
        assert!(began.elapsed() < GIVEN_UP_WITHIN, "the job was never given up");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert_eq!(read().await["error"]["code"], "job_interrupted");
}
