//! Removing keys by pattern on every primary, without making any of them wait (F4).

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use application::ports::cache::Flushed;
use redis::{Value, from_redis_value};

use super::connect::{in_time, login, open};
use super::link::{Failed, Link, Node};
use super::remote::{Remote, count};
use super::{FLUSH_DEADLINE, FLUSH_KEYS_MAX};
use crate::cache::key::StoredKey;

/// How many keys a step of the scan looks at, about.
const SCAN_COUNT: u32 = 512;
/// Keys removed with one message.
const UNLINK_BATCH: usize = 500;
/// Longest step.
const STEP_TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub keys_max: u64,
    pub deadline: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { keys_max: FLUSH_KEYS_MAX, deadline: FLUSH_DEADLINE }
    }
}

/// The pattern as keys are written: with hash tags the tenant is in braces.
fn tagged(pattern: &str, tag: bool) -> String {
    match pattern.split_once(':') {
        Some((tenant, rest)) if tag && !tenant.contains('*') && !tenant.starts_with('{') => {
            format!("{{{tenant}}}:{rest}")
        }
        _ => pattern.to_owned(),
    }
}

struct Sweep<'a> {
    link: &'a Link,
    pattern: &'a str,
    wanted: fn(&str) -> bool,
    dry_run: bool,
    ends: Instant,
    keys_max: u64,
    found: u64,
    /// A scan may name a key twice; what is only counted must not be counted twice.
    seen: HashSet<u64>,
    hasher: RandomState,
}

impl Remote {
    /// Removes the values whose keys match, over a connection of its own, or only counts them.
    pub async fn flush(&self, pattern: &str, dry_run: bool) -> Result<Flushed, Failed> {
        let options = self.options.borrow().clone();
        let opened = in_time(&options, self.timings.connect_max, async {
            open(&options, &login(&options).await?).await
        });
        let flushed = async {
            let (link, _) = opened.await?;
            let pattern = tagged(pattern, self.tag.0);
            self.sweep(&link, &pattern, |key| StoredKey::parse(key).is_ok(), dry_run, Limits::default()).await
        };
        let flushed = flushed.await;
        if flushed.is_err() {
            count(&self.counts.errors);
        }
        flushed
    }

    pub(super) async fn sweep(
        &self,
        link: &Link,
        pattern: &str,
        wanted: fn(&str) -> bool,
        dry_run: bool,
        limits: Limits,
    ) -> Result<Flushed, Failed> {
        let mut sweep = Sweep {
            link,
            pattern,
            wanted,
            dry_run,
            ends: Instant::now() + limits.deadline,
            keys_max: limits.keys_max,
            found: 0,
            seen: HashSet::new(),
            hasher: RandomState::new(),
        };
        let mut complete = true;
        for node in link.primaries(STEP_TIMEOUT).await? {
            complete &= sweep.node(&node).await?;
        }
        Ok(Flushed { keys: sweep.found, complete })
    }
}

impl Sweep<'_> {
    /// Whether the whole node was looked at.
    async fn node(&mut self, node: &Node) -> Result<bool, Failed> {
        let mut cursor: Vec<u8> = b"0".to_vec();
        let mut batch: Vec<String> = Vec::new();
        loop {
            let mut scan = self.link.command("SCAN");
            scan.arg(&cursor).arg("MATCH").arg(self.pattern).arg("COUNT").arg(SCAN_COUNT);
            let step = self.link.query_on(node, scan, STEP_TIMEOUT).await?;
            let (next, keys): (Vec<u8>, Vec<Vec<u8>>) = from_redis_value(step)?;
            // A key that is no text is none of ours.
            let keys = keys.into_iter().filter_map(|key| String::from_utf8(key).ok());
            batch.extend(keys.filter(|key| (self.wanted)(key)));
            while batch.len() >= UNLINK_BATCH {
                let rest = batch.split_off(UNLINK_BATCH);
                self.remove(node, std::mem::replace(&mut batch, rest)).await?;
            }
            if next == b"0" {
                self.remove(node, batch).await?;
                return Ok(true);
            }
            cursor = next;
            if self.found >= self.keys_max || Instant::now() >= self.ends {
                self.remove(node, batch).await?;
                return Ok(false);
            }
        }
    }

    async fn remove(&mut self, node: &Node, keys: Vec<String>) -> Result<(), Failed> {
        if self.dry_run {
            let new = keys.iter().filter(|key| self.seen.insert(self.hasher.hash_one(key.as_str())));
            self.found += new.count() as u64;
            return Ok(());
        }
        if keys.is_empty() {
            return Ok(());
        }
        // One key to a command: those of a cluster's node are in different slots.
        let mut pipe = redis::pipe();
        for key in keys {
            pipe.add_command(self.link.unlink().arg(key).to_owned());
        }
        let removed = self.link.pipeline_on(node, pipe, STEP_TIMEOUT).await?;
        // A key that has moved to another node meanwhile answers an error, and is found there.
        let removed = removed.iter().map(|value| if let Value::Int(count) = value { *count } else { 0 });
        self.found += u64::try_from(removed.sum::<i64>()).unwrap_or(0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_follow_the_way_keys_are_written() {
        assert_eq!(tagged("t1:accounting:*", true), "{t1}:accounting:*");
        assert_eq!(tagged("t1:accounting:*", false), "t1:accounting:*");
        assert_eq!(tagged("*:accounting:*", true), "*:accounting:*");
        assert_eq!(tagged("*", true), "*");
    }
}
