//! Among several processes on one database, one does the work that only one may do; another succeeds it.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use application::command::Application;
use application::platform::leadership::{BELIEF, LEASE, RENEWAL, hold, release};
use application::ports::clock::{Clock, Ids};
use infrastructure::cache::memory::{CACHE_BYTES_DEFAULT, MemoryCache, Ttl};
use infrastructure::system::SystemIds;
use uuid::Uuid;

use super::FixedClock;
use crate::store::Store;

const WORK: &str = "test_work";
const ANN: Uuid = Uuid::from_u128(1);
const BEN: Uuid = Uuid::from_u128(2);

struct Candidates {
    app: Application,
    clock: Arc<FixedClock>,
    _store: Store,
}

impl Candidates {
    async fn new() -> Self {
        let clock = Arc::new(FixedClock(AtomicI64::new(1_790_000_000_000_000)));
        let ids: Arc<dyn Ids> = Arc::new(SystemIds);
        let store = Store::open(clock.clone(), ids.clone()).await;
        let cache = Arc::new(MemoryCache::new(CACHE_BYTES_DEFAULT, Ttl::default()));
        let app = Application { database: store.db.clone(), cache, clock: clock.clone(), ids };
        Self { app, clock, _store: store }
    }

    async fn holds(&self, holder: Uuid) -> bool {
        hold(&self.app, WORK, holder, self.clock.now()).await.unwrap()
    }

    async fn stops(&self, holder: Uuid) {
        release(&self.app, WORK, holder, self.clock.now()).await.unwrap();
    }

    fn wait(&self, duration: std::time::Duration) {
        self.clock.advance(duration.as_secs().cast_signed());
    }
}

#[test]
fn a_leader_stops_believing_before_its_lease_ends() {
    assert!(RENEWAL < BELIEF && BELIEF + RENEWAL <= LEASE);
}

/// Proves: A5.
#[tokio::test]
async fn one_of_two_leads_while_it_renews() {
    let both = Candidates::new().await;
    assert!(both.holds(ANN).await);
    for _ in 0..5 {
        assert!(!both.holds(BEN).await);
        both.wait(RENEWAL);
        assert!(both.holds(ANN).await);
    }
    assert!(hold(&both.app, "other_work", BEN, both.clock.now()).await.unwrap(), "leases are independent");
}

/// Proves: A5.
#[tokio::test]
async fn a_leader_that_died_is_succeeded_when_its_lease_ends() {
    let both = Candidates::new().await;
    assert!(both.holds(ANN).await);
    both.wait(LEASE - std::time::Duration::from_secs(1));
    assert!(!both.holds(BEN).await);
    both.wait(std::time::Duration::from_secs(1));
    assert!(both.holds(BEN).await);
    assert!(!both.holds(ANN).await, "who comes back late does not lead any more");
}

#[tokio::test]
async fn a_leader_that_stops_hands_over_at_once() {
    let both = Candidates::new().await;
    both.stops(ANN).await;
    assert!(both.holds(ANN).await);
    both.stops(BEN).await;
    assert!(!both.holds(BEN).await, "nobody hands back the lease of somebody else");
    both.stops(ANN).await;
    assert!(both.holds(BEN).await);
    assert!(!both.holds(ANN).await);
}

/// Both when there is no row yet and when the lease has ended, many come at the same moment.
/// Proves: A5.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_that_come_at_once_exactly_one_leads() {
    let all = Candidates::new().await;
    for round in 0..4_u128 {
        let now = all.clock.now();
        let coming: Vec<_> = (1..=8)
            .map(|n| {
                let app = all.app.clone();
                tokio::spawn(async move { hold(&app, WORK, Uuid::from_u128(round * 100 + n), now).await })
            })
            .collect();
        let mut leaders = 0;
        for one in coming {
            leaders += usize::from(one.await.unwrap().unwrap());
        }
        assert_eq!(leaders, 1, "round {round}");
        all.wait(LEASE);
    }
}
