//! One limit for all processes: each tells the shared store how much its callers have spent, in the background, and counts
//! what they have spent elsewhere as if it had been here (docs/adr/0046). A request waits for none of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use application::ports::clock::Clock;
use application::ports::counts::SharedCounts;
use sha2::{Digest, Sha256};
use tokio::sync::Notify;

use super::RateLimiter;
use super::callers::Caller;
use super::limiter::Limiter;

/// How long requests are gathered before the others are told of them.
const GATHER: Duration = Duration::from_millis(200);
/// The pause between two tellings, however much is spent.
const PAUSE: Duration = Duration::from_millis(20);
/// Callers told of at once; the others come next.
const TOLD_AT_ONCE: usize = 1_000;
/// Callers that wait to be told of; what further ones spend counts here alone.
const UNSAID_MAX: usize = 50_000;
/// How long the store keeps the count of a minute.
const COUNT_LIFE: Duration = Duration::from_secs(130);
const MICROS_PER_MINUTE: i64 = 60_000_000;

/// The last known count that all processes share.
#[derive(Default)]
pub struct Told {
    /// The minute it is of.
    minute: i64,
    /// The count when it was last heard.
    total: u64,
}

/// Callers whose requests the others have not heard of. Empty, and without any cost, while nothing is shared.
#[derive(Default)]
pub struct Unsaid {
    shared: AtomicBool,
    callers: Mutex<Vec<(u128, Arc<Caller>)>>,
    some: Arc<Notify>,
    urgent: Arc<Notify>,
}

impl Unsaid {
    /// Notes what was spent. More than a lease is told at once.
    pub fn note(&self, key: u128, caller: &Arc<Caller>, count: u32, lease: u32) {
        if !self.shared.load(Ordering::Relaxed) {
            return;
        }
        let before = caller.unsaid.fetch_add(count, Ordering::Relaxed);
        if before == 0 {
            let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
            if callers.len() < UNSAID_MAX {
                callers.push((key, caller.clone()));
            }
            drop(callers);
            self.some.notify_one();
        }
        if before < lease && before.saturating_add(count) >= lease {
            self.urgent.notify_one();
        }
    }

    fn taken(&self) -> Vec<(u128, Arc<Caller>)> {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        let left = callers.len().saturating_sub(TOLD_AT_ONCE);
        callers.split_off(left)
    }
}

/// From now on, for as long as the limiter is there.
pub fn share(rates: &Arc<RateLimiter>, counts: Arc<dyn SharedCounts>, clock: Arc<dyn Clock>) {
    for limiter in rates.limiters() {
        limiter.unsaid.shared.store(true, Ordering::Relaxed);
        let wake = (limiter.unsaid.some.clone(), limiter.unsaid.urgent.clone());
        let (rates, counts, clock) = (Arc::downgrade(rates), counts.clone(), clock.clone());
        let name = limiter.name;
        tokio::spawn(async move {
            loop {
                wake.0.notified().await;
                let urgent = tokio::time::timeout(GATHER, wake.1.notified()).await.is_ok();
                let Some(rates) = rates.upgrade() else { return };
                let minute = clock.now().micros().div_euclid(MICROS_PER_MINUTE);
                if let Some(limiter) = rates.limiters().into_iter().find(|limiter| limiter.name == name) {
                    tell(&rates, limiter, &*counts, minute).await;
                }
                drop(rates);
                if urgent {
                    tokio::time::sleep(PAUSE).await;
                }
            }
        });
    }
}

async fn tell(rates: &RateLimiter, limiter: &Limiter, counts: &dyn SharedCounts, minute: i64) {
    loop {
        let callers = limiter.unsaid.taken();
        if callers.is_empty() {
            return;
        }
        let spent: Vec<u32> =
            callers.iter().map(|(_, caller)| caller.unsaid.swap(0, Ordering::Relaxed)).collect();
        let named: Vec<(String, u32)> = callers
            .iter()
            .zip(&spent)
            .map(|((key, _), count)| (count_name(limiter.name, *key, minute), *count))
            .collect();
        // While the store is away each process counts for itself.
        let Some(totals) = counts.add(&named, COUNT_LIFE).await else { continue };
        let now = rates.now();
        for (((_, caller), own), total) in callers.iter().zip(spent).zip(totals) {
            let elsewhere = {
                let mut told = caller.told.lock().unwrap_or_else(PoisonError::into_inner);
                if told.minute != minute {
                    *told = Told { minute, total: 0 };
                }
                let elsewhere = total.saturating_sub(told.total).saturating_sub(u64::from(own));
                told.total = total;
                elsewhere
            };
            limiter.spend_elsewhere(caller, elsewhere, now);
        }
    }
}

/// Says nothing about who it is: an address is personal data.
fn count_name(limit: &str, key: u128, minute: i64) -> String {
    let digest = Sha256::digest(key.to_be_bytes());
    format!("rate:{limit}:{}:{minute}", domain::hex::hex(&digest[..16]))
}

impl Limiter {
    fn spend_elsewhere(&self, caller: &Caller, count: u64, now: u64) {
        let Some(pace) = self.pace().filter(|_| count > 0) else { return };
        let spent = pace.interval_nanos.saturating_mul(count);
        let latest = now.saturating_add(pace.tolerance());
        // However much it was: who waits for the whole burst to come back has waited enough.
        let _ = caller.full_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |full_at| {
            Some(full_at.max(now).saturating_add(spent).min(latest))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_the_store_does_not_say_whose_count_it_is() {
        let address = 0xFFFF_C0A8_0001_u128;
        let name = count_name("address", address, 29);
        assert!(
            name.starts_with("rate:address:") && name.ends_with(":29") && !name.contains("c0a8"),
            "{name}"
        );
        assert_ne!(name, count_name("address", address, 30));
    }
}
