//! Sessions the server ends: the victim of a deadlock, and `KILL`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use application::error::AppResult;
use application::ports::clock::Ids;
use application::ports::database::{Database, Outcome, Work};
use application::unit_of_work::UnitOfWork;
use async_trait::async_trait;
use domain::ids::TenantId;
use futures::future::join_all;
use infrastructure::system::SystemIds;
use testkit::World;
use tokio::sync::Barrier;

use super::{Faulty, on_server};

/// Takes two leases, whichever comes first, when another has taken the other one.
struct Crossing {
    tenant: TenantId,
    names: [&'static str; 2],
    both_hold_one: Arc<Barrier>,
    runs: AtomicU32,
}

#[async_trait]
impl Work for Crossing {
    fn tenant(&self) -> TenantId {
        self.tenant
    }

    async fn run(&self, uow: &mut dyn UnitOfWork) -> AppResult<Outcome> {
        let first_run = self.runs.fetch_add(1, Ordering::Relaxed) == 0;
        let holder = uow.new_id();
        for name in self.names {
            let now = uow.now();
            assert!(uow.leases().take_or_renew(name, holder, now, now).await?, "every lease has ended");
            if first_run && name == self.names[0] {
                self.both_hold_one.wait().await;
            }
        }
        Ok(Outcome::Commit)
    }
}

/// Proves: G2, X61.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs ERP_TEST_SQLSERVER"]
async fn the_victim_of_a_deadlock_runs_again_and_both_succeed() {
    let world = World::new().await;
    let tenant = world.parts.database.tenant_by_code("home").await.unwrap().unwrap();
    let work = |names, barrier: &Arc<Barrier>| {
        let both_hold_one = barrier.clone();
        Arc::new(Crossing { tenant, names, both_hold_one, runs: AtomicU32::new(0) })
    };
    // The rows are there.
    let alone = Arc::new(Barrier::new(1));
    world.parts.database.write(work(["one", "other"], &alone)).await.unwrap();
    let barrier = Arc::new(Barrier::new(2));
    let (one, other) = (work(["one", "other"], &barrier), work(["other", "one"], &barrier));
    let began = Instant::now();
    let ended =
        tokio::join!(world.parts.database.write(one.clone()), world.parts.database.write(other.clone()));
    ended.0.unwrap();
    ended.1.unwrap();
    let runs = one.runs.load(Ordering::Relaxed) + other.runs.load(Ordering::Relaxed);
    assert_eq!(runs, 3, "one of them ran twice");
    assert!(began.elapsed() < Duration::from_secs(8), "the server chose a victim: {:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs ERP_TEST_SQLSERVER"]
async fn killed_sessions_lose_nothing() {
    let application = format!("faults-{}", SystemIds.new_id().simple());
    let faulty = Faulty::new(&format!("Application Name={application}")).await;
    let kill = format!(
        "DECLARE @kill NVARCHAR(MAX) = N''; \
         SELECT @kill = @kill + N'KILL ' + CAST(session_id AS NVARCHAR(10)) + N';' \
         FROM sys.dm_exec_sessions WHERE program_name = N'{application}'; EXEC sp_executesql @kill;"
    );
    let before = faulty.relay.connections();
    let killing = async {
        for _ in 0..5 {
            tokio::time::sleep(Duration::from_millis(200)).await;
            on_server(&kill).await;
        }
    };
    let (numbers, ()) = tokio::join!(join_all((0..24).map(|key| faulty.posted(key))), killing);
    assert!(faulty.relay.connections() > before + 4, "the sessions did end");
    // Reads find another connection, however many idle ones have died.
    on_server(&kill).await;
    faulty.client().get("/accounts?limit=7").await.ok();
    on_server(&kill).await;
    faulty.holds(numbers).await;
}
