//! Long work asks for its pace, on each of the ways into the embedded engine; short work never does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use application::error::AppResult;
use application::ports::database::{Database, Outcome, Work};
use application::ports::pace::Pace;
use application::unit_of_work::UnitOfWork;
use async_trait::async_trait;
use domain::ids::TenantId;
use futures::TryStreamExt;
use infrastructure::persistence::SqlUnitOfWork;
use infrastructure::sql::db::Db;
use infrastructure::sql::sqlite::options::SqliteOptions;
use infrastructure::sql::value::Value;
use infrastructure::system::{SystemClock, SystemIds};
use uuid::Uuid;

#[derive(Default)]
struct Counted(AtomicU32);

impl Counted {
    fn take(&self) -> u32 {
        self.0.swap(0, Ordering::SeqCst)
    }
}

impl Pace for Counted {
    fn pause(&self, _: Duration) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Takes leases until it has run for so long.
struct Writes(Duration);

#[async_trait]
impl Work for Writes {
    fn tenant(&self) -> TenantId {
        TenantId::new(Uuid::nil())
    }
    async fn run(&self, uow: &mut dyn UnitOfWork) -> AppResult<Outcome> {
        let (began, now) = (Instant::now(), uow.now());
        loop {
            uow.leases().take_or_renew("paced", Uuid::from_u128(1), now, now.plus_seconds(9)).await?;
            if began.elapsed() >= self.0 {
                return Ok(Outcome::Commit);
            }
        }
    }
}

const COUNTING: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) SELECT count(*) AS n FROM n";
const FEW: i64 = 10;
const MANY: i64 = 400_000;

#[tokio::test]
async fn what_takes_long_asks_for_its_pace_and_what_is_short_does_not() {
    let (folder, pace) = (tempfile::tempdir().unwrap(), Arc::new(Counted::default()));
    let options = SqliteOptions { pace: pace.clone(), ..SqliteOptions::default() };
    let file = folder.path().join("erp.db");
    let db = Db::open_sqlite(&file, options, Arc::new(SystemClock), Arc::new(SystemIds), SqlUnitOfWork::open)
        .await
        .unwrap();
    pace.take();

    db.query_text(COUNTING, &[Value::Int(FEW)]).await.unwrap();
    assert_eq!(pace.take(), 0, "a short read");
    db.query_text(COUNTING, &[Value::Int(MANY)]).await.unwrap();
    assert!(pace.take() > 10, "a long read, on a thread of its own");

    let export = |rows| db.stream_text(COUNTING, vec![Value::Int(rows)]).try_collect::<Vec<_>>();
    export(FEW).await.unwrap();
    assert_eq!(pace.take(), 0, "a short export");
    export(MANY).await.unwrap();
    assert!(pace.take() > 10, "a long export");

    db.write(Arc::new(Writes(Duration::from_millis(200)))).await.unwrap();
    assert!(pace.take() > 3, "a long write");
    // Alone it lasts a moment; that a moment may be long on a busy machine is why several are tried.
    let mut unpaced = false;
    for _ in 0..20 {
        db.write(Arc::new(Writes(Duration::ZERO))).await.unwrap();
        unpaced |= pace.take() == 0;
    }
    assert!(unpaced, "a short write");
}
