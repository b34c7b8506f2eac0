//! Jobs end with their work, or as interrupted; old answers are forgotten.

use application::accounting::imports::{ImportFormat, ImportKind, commit, parse};
use application::command::execute;
use application::context::IdempotencyKey;
use application::platform::jobs::{self, JOBS_RUNNING_PER_TENANT_MAX, JobQueries, JobRegistry, NewJob};
use application::platform::retention;
use application::ports::clock::Clock;
use domain::accounting::import_profile::FileReading;
use domain::ids::JobId;
use domain::time::Timestamp;
use infrastructure::system::SystemClock;
use uuid::Uuid;

use super::batch::{books, entry};
use super::books::{Books, posted};
use crate::store::literal;

const TEXT: &str = "entry,date,account,debit,credit\n1,2026-01-01,1000,5,\n1,2026-01-01,4000,,5\n";

fn job(n: u128) -> NewJob {
    NewJob {
        id: JobId::new(Uuid::from_u128(n)),
        kind: "import_journal_entries",
        input: "{}".to_owned(),
        total: Some(2),
        created_by: None,
        runner: Uuid::from_u128(99),
    }
}

async fn run(books: &Books, n: u128, text: &str) {
    let registry = JobRegistry::new(Uuid::from_u128(99));
    let job = job(n);
    let running = registry.enter(books.ctx.tenant, job.id).unwrap();
    let id = job.id;
    jobs::start(&books.app, &books.ctx, job).await.unwrap();
    let file = parse(ImportKind::JournalEntries, ImportFormat::Csv, &FileReading::default(), text.as_bytes())
        .unwrap();
    let outcome = commit(&books.app, &books.ctx, file, posted(), Some(id), running.progress.clone()).await;
    if outcome.is_err() {
        jobs::finish(&books.app, &books.ctx, id, &outcome).await.unwrap();
    }
}

#[tokio::test]
async fn a_job_keeps_its_result_or_its_errors() {
    let books = books().await;
    run(&books, 1, &TEXT.replace(",5", ",6")).await;
    let good = books.db.job(books.ctx.tenant, JobId::new(Uuid::from_u128(1))).await.unwrap().unwrap();
    assert_eq!((good.status.as_str(), good.progress, good.done, good.total), ("succeeded", 100, 2, Some(2)));
    assert_eq!(good.result.unwrap()["firstNumber"], "GJ-2026-000002");

    run(&books, 2, &TEXT.replace("4000", "nowhere")).await;
    let bad = books.db.job(books.ctx.tenant, JobId::new(Uuid::from_u128(2))).await.unwrap().unwrap();
    assert_eq!(bad.status, "failed");
    let error = bad.error.unwrap();
    assert_eq!(error.code, "import_refused");
    let item = &error.errors[0];
    assert_eq!(
        (item.row, item.column.as_deref(), item.code.as_str()),
        (Some(3), Some("account"), "account_code_unknown")
    );
}

#[tokio::test]
async fn a_job_of_an_earlier_version_is_given_a_day() {
    let books = books().await;
    let begun = async |seconds_ago: i64| {
        let moment = SystemClock.now().plus_seconds(-seconds_ago);
        let moment = literal(books.place.dialect(), &moment.into());
        let sql = format!("UPDATE job SET runner = NULL, started_at = {moment}");
        books.place.run(&sql).await.unwrap();
    };
    let asking = Uuid::from_u128(1);
    jobs::start(&books.app, &books.ctx, job(3)).await.unwrap();
    let hours = |hours: i64| hours * 3_600;
    begun(hours(23)).await;
    assert_eq!(jobs::fail_interrupted(&books.app, asking).await.unwrap(), 0);
    begun(hours(25)).await;
    assert_eq!(jobs::fail_interrupted(&books.app, asking).await.unwrap(), 1);
    let job = books.db.job(books.ctx.tenant, JobId::new(Uuid::from_u128(3))).await.unwrap().unwrap();
    assert_eq!((job.status.as_str(), job.error.unwrap().code.as_str()), ("failed", "job_interrupted"));
}

#[tokio::test]
async fn running_jobs_are_bounded_and_show_their_progress() {
    use application::ports::progress::Progress;
    let books = books().await;
    let registry = JobRegistry::new(Uuid::from_u128(99));
    let tenant = books.ctx.tenant;
    let places: Vec<_> = (0..JOBS_RUNNING_PER_TENANT_MAX)
        .map(|n| registry.enter(tenant, JobId::new(Uuid::from_u128(n as u128))).unwrap())
        .collect();
    let full = registry.enter(tenant, JobId::new(Uuid::from_u128(77))).err().unwrap();
    assert_eq!(full.violations[0].def.code, "too_many_jobs");
    jobs::start(&books.app, &books.ctx, job(0)).await.unwrap();
    places[0].progress.advance(50, 200);
    let stored = || async { books.db.job(tenant, JobId::new(Uuid::from_u128(0))).await.unwrap().unwrap() };
    let shown = registry.overlay(tenant, stored().await);
    assert_eq!((shown.progress, shown.done, shown.total), (25, 50, Some(200)));
    registry.cancel(tenant, JobId::new(Uuid::from_u128(0))).unwrap();
    assert!(places[0].progress.cancelled());
    drop(places);
    assert!(registry.cancel(tenant, JobId::new(Uuid::from_u128(0))).is_err());
}

#[tokio::test]
async fn old_idempotency_keys_are_forgotten() {
    let mut books = books().await;
    for n in 0..3 {
        books.ctx.idempotency = Some(IdempotencyKey { key: format!("k{n}"), request_hash: [0; 32] });
        execute(&books.app, &books.ctx, entry("1.00", "4000")).await.unwrap();
    }
    let old = literal(books.place.dialect(), &Timestamp::from_micros(0).into());
    let sql = format!("UPDATE idempotency SET created_at = {old} WHERE idempotency_key <> 'k2'");
    books.place.run(&sql).await.unwrap();
    assert_eq!(retention::purge_idempotency(&books.app).await.unwrap(), 2);
    assert_eq!(books.count("SELECT count(*) FROM idempotency").await, 1);
}
