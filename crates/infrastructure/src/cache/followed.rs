//! A database whose changes reach the cache before they are answered, whatever becomes of the client that waits: it may go
//! away while the commit is on its way, or the commit may be sent and not answered.

use std::sync::Arc;
use std::time::Duration;

use application::error::{AppError, AppResult, OUTCOME_UNKNOWN};
use application::ports::cache::Cache;
use application::ports::database::{Database, Work};
use async_trait::async_trait;
use domain::ids::TenantId;
use tokio::sync::oneshot;
use tracing::Instrument;

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
        let writing = async move {
            let written = database.write(work.clone()).await;
            let unknown = matches!(&written, Err(error) if error.is(&OUTCOME_UNKNOWN));
            if written.is_ok() {
                forget(&*cache, &*work).await;
            }
            let _ = reply.send(written);
            if unknown {
                until_settled(&*database, &*cache, &*work).await;
            }
        };
        // Its log lines belong to the request.
        tokio::spawn(writing.in_current_span());
        answer.await.unwrap_or_else(|_| Err(AppError::internal("the writing task stopped")))
    }

    async fn settle(&self, tenant: TenantId) -> AppResult<()> {
        self.database.settle(tenant).await
    }

    fn has_one_writer(&self) -> bool {
        self.database.has_one_writer()
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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU32, Ordering};

    use application::ports::cache::{CacheKey, CacheStatistics, Cached, Flushed, Load};
    use application::ports::database::Outcome;
    use application::unit_of_work::UnitOfWork;
    use tokio::sync::Notify;
    use uuid::Uuid;

    use super::*;

    /// Counts how often it was told.
    #[derive(Default)]
    struct Told(AtomicU32);

    #[async_trait]
    impl Cache for Told {
        async fn get_or_load(&self, _: CacheKey, _: Load) -> AppResult<Option<Cached>> {
            Ok(None)
        }
        fn peek(&self, _: &CacheKey) -> Option<Cached> {
            None
        }
        async fn invalidate(&self, _: TenantId, entities: &[&'static str]) {
            assert_eq!(entities, ["account"]);
            self.0.fetch_add(1, Ordering::Relaxed);
        }
        async fn flush(&self, _: &str, _: bool) -> AppResult<Flushed> {
            Ok(Flushed { keys: 0, complete: true })
        }
        fn statistics(&self) -> CacheStatistics {
            unreachable!("nobody asks")
        }
    }

    struct Change;

    #[async_trait]
    impl Work for Change {
        fn tenant(&self) -> TenantId {
            TenantId::new(Uuid::nil())
        }
        fn touched(&self) -> Vec<(TenantId, Vec<&'static str>)> {
            vec![(self.tenant(), vec!["account"])]
        }
        async fn run(&self, _: &mut dyn UnitOfWork) -> AppResult<Outcome> {
            Ok(Outcome::Commit)
        }
    }

    /// Commits when it is let, and answers what it is given; is away for the first questions after it.
    struct Slow {
        commit: Notify,
        answer: Mutex<Option<AppResult<()>>>,
        away: AtomicU32,
    }

    #[async_trait]
    impl Database for Slow {
        async fn write(&self, _: Arc<dyn Work>) -> AppResult<()> {
            self.commit.notified().await;
            self.answer.lock().unwrap().take().unwrap()
        }
        async fn settle(&self, _: TenantId) -> AppResult<()> {
            let away =
                self.away.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
            away.map_or(Ok(()), |_| Err(AppError::internal("away")))
        }
    }

    fn followed(answer: AppResult<()>, away: u32) -> (Arc<Slow>, Arc<Told>, FollowedDatabase) {
        let slow = Slow { commit: Notify::new(), answer: Mutex::new(Some(answer)), away: away.into() };
        let (slow, told) = (Arc::new(slow), Arc::new(Told::default()));
        (slow.clone(), told.clone(), FollowedDatabase::new(slow, told))
    }

    async fn told(told: &Told, times: u32) {
        while told.0.load(Ordering::Relaxed) < times {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Proves: F10.
    #[tokio::test(start_paused = true)]
    async fn a_commit_after_its_client_has_gone_is_told() {
        let (slow, cache, database) = followed(Ok(()), 0);
        let gone = tokio::time::timeout(Duration::from_secs(1), database.write(Arc::new(Change))).await;
        assert!(gone.is_err());
        slow.commit.notify_one();
        told(&cache, 1).await;
    }

    #[tokio::test(start_paused = true)]
    async fn an_unanswered_commit_is_told_until_it_is_settled() {
        let (slow, cache, database) = followed(Err(AppError::of(&OUTCOME_UNKNOWN)), 2);
        slow.commit.notify_one();
        assert!(database.write(Arc::new(Change)).await.unwrap_err().is(&OUTCOME_UNKNOWN));
        told(&cache, 4).await;
    }

    /// Proves: F10, X53.
    #[tokio::test(start_paused = true)]
    async fn a_change_is_told_before_it_is_answered_and_a_failure_is_not() {
        let (slow, cache, database) = followed(Ok(()), 0);
        slow.commit.notify_one();
        database.write(Arc::new(Change)).await.unwrap();
        assert_eq!(cache.0.load(Ordering::Relaxed), 1);
        let (slow, cache, database) = followed(Err(AppError::internal("refused")), 0);
        slow.commit.notify_one();
        database.write(Arc::new(Change)).await.unwrap_err();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(cache.0.load(Ordering::Relaxed), 0);
    }
}
