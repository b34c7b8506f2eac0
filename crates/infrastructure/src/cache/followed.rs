//! A database whose changes reach the cache also when the command that made them cannot tell it: its client went away while
//! the commit was on its way, or the commit was sent and not answered.

use std::sync::Arc;
use std::time::Duration;

use application::error::{AppError, AppResult, OUTCOME_UNKNOWN};
use application::ports::cache::Cache;
use application::ports::database::{Database, Work};
use async_trait::async_trait;
use domain::ids::TenantId;
use tokio::sync::oneshot;

/// The pause before the database is asked once more whether an unanswered commit has ended; doubles with each further one.
const PAUSE: Duration = Duration::from_millis(500);
/// How often it is asked, which takes some nine minutes; the server has undone by then whatever nobody commits.
const ATTEMPTS_MAX: u32 = 10;

pub struct FollowedDatabase {
    database: Arc<dyn Database>,
    cache: Arc<dyn Cache>,
}

impl FollowedDatabase {
    pub fn new(database: Arc<dyn Database>, cache: Arc<dyn Cache>) -> Self {
        Self { database, cache }
    }
}

#[async_trait]
impl Database for FollowedDatabase {
    async fn write(&self, work: Arc<dyn Work>) -> AppResult<()> {
        let (database, cache) = (self.database.clone(), self.cache.clone());
        let (reply, answer) = oneshot::channel();
        tokio::spawn(async move {
            let written = database.write(work.clone()).await;
            let unknown = matches!(&written, Err(error) if error.is(&OUTCOME_UNKNOWN));
            let nobody_waits = reply.send(written).is_err();
            if unknown {
                until_settled(&*database, &*cache, &*work).await;
            } else if nobody_waits {
                forget(&*cache, &*work).await;
            }
        });
        answer.await.unwrap_or_else(|_| Err(AppError::internal("the writing task stopped")))
    }

    async fn settle(&self, tenant: TenantId) -> AppResult<()> {
        self.database.settle(tenant).await
    }
}

/// Forgets at once what may have changed, and again when it is certain that nothing more can.
async fn until_settled(database: &dyn Database, cache: &dyn Cache, work: &dyn Work) {
    let mut pause = PAUSE;
    for _ in 0..ATTEMPTS_MAX {
        forget(cache, work).await;
        if database.settle(work.tenant()).await.is_ok() {
            break;
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    forget(cache, work).await;
}

async fn forget(cache: &dyn Cache, work: &dyn Work) {
    for (tenant, entities) in work.touched() {
        cache.invalidate(tenant, &entities).await;
    }
}
