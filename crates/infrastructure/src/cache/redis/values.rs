//! Reading and writing values. A value is valid under a stamp: the generations of everything it depends on.

use std::time::{Duration, Instant};

use application::ports::cache::{CacheKey, Cached};
use bytes::Bytes;
use futures::future::try_join_all;
use redis::{Value, from_redis_value};

use super::link::{Failed, Link};
use super::remote::{Remote, count};
use super::{GENERATION_LIFE, LOCK_LIFE, LOCK_WAIT};
use crate::cache::envelope::{Envelope, Stored, decode};
use crate::cache::key::{generation_key, lock_key};

/// Longest pause between two looks for what another process is loading.
const LOOK_AGAIN_MAX: Duration = Duration::from_millis(40);

pub(in super::super) enum Look {
    Hit {
        cached: Cached,
        left: Duration,
    },
    /// A value that is loaded from now on may be stored under this stamp.
    Miss {
        stamp: String,
    },
}

/// How waiting for another process ended.
pub(in super::super) enum Awaited {
    Value {
        cached: Cached,
        left: Duration,
    },
    /// It gave up, failed or takes too long: load it here.
    Nothing {
        stamp: String,
    },
}

/// A new name for a generation: never used before, so that no older value can match it.
fn token() -> String {
    format!("{:016x}", rand::random::<u64>())
}

fn bytes(value: Value) -> Option<Bytes> {
    match value {
        Value::BulkString(bytes) => Some(bytes.into()),
        Value::SimpleString(text) => Some(text.into()),
        _ => None,
    }
}

fn text(value: Value) -> Option<String> {
    bytes(value).and_then(|bytes| String::from_utf8(bytes.into()).ok())
}

impl Remote {
    fn told<T>(&self, result: Result<T, Failed>) -> Result<T, Failed> {
        if result.is_err() {
            count(&self.counts.errors);
        }
        result
    }

    /// The values of keys, in order; in a cluster they may be on several nodes.
    async fn get_many(&self, link: &Link, keys: &[String]) -> Result<Vec<Value>, Failed> {
        if link.is_cluster() {
            let one = async |key: &String| link.query(link.command("GET").arg(key)).await;
            return try_join_all(keys.iter().map(one)).await;
        }
        let values = link.query(link.command("MGET").arg(keys)).await?;
        Ok(from_redis_value(values)?)
    }

    /// Looks a value up under the generations of this moment.
    pub async fn look(&self, link: &Link, key: &CacheKey, name: &str) -> Result<Look, Failed> {
        let result = self.look_uncounted(link, key, name).await;
        self.told(result)
    }

    async fn look_uncounted(&self, link: &Link, key: &CacheKey, name: &str) -> Result<Look, Failed> {
        let tenant = key.tenant.to_string();
        let generation = |entity: &&str| generation_key(&tenant, entity, self.tag);
        let mut keys: Vec<String> = key.entity.stale_by().iter().map(generation).collect();
        keys.push(name.to_owned());
        let mut values = self.get_many(link, &keys).await?;
        let value = values.pop().unwrap_or_default();
        // Missing generations are made concurrently: a slow Redis costs one wait, however many there are.
        let generations = keys.iter().zip(values).map(async |(key, value)| match text(value) {
            Some(generation) => Ok(generation),
            None => self.new_generation(link, key).await,
        });
        let stamp = try_join_all(generations).await?;
        let stamp = stamp.join(".");
        match bytes(value).map(|bytes| decode(bytes, &self.schema)) {
            Some(Stored::Value { cached, generation, created_ms, ttl }) if generation == stamp => {
                Ok(Look::Hit { cached, left: self.left(created_ms, ttl) })
            }
            Some(Stored::Undecodable) => {
                count(&self.counts.undecodable);
                tracing::warn!(
                    entity = key.entity.name(),
                    "A cached {{entity}} could not be read and is removed"
                );
                link.query(link.unlink().arg(name)).await?;
                Ok(Look::Miss { stamp })
            }
            Some(Stored::Value { .. } | Stored::Foreign) | None => Ok(Look::Miss { stamp }),
        }
    }

    /// The rest of a life; the clocks of two machines may differ.
    fn left(&self, created_ms: i64, ttl: Duration) -> Duration {
        let now_ms = self.clock.now().micros() / 1_000;
        let age = u64::try_from(now_ms.saturating_sub(created_ms)).unwrap_or(0);
        ttl.saturating_sub(Duration::from_millis(age))
    }

    /// Makes a generation, or finds the one somebody else has just made.
    async fn new_generation(&self, link: &Link, key: &str) -> Result<String, Failed> {
        let life = u64::try_from(GENERATION_LIFE.as_millis()).unwrap_or(u64::MAX);
        let mut pipe = redis::pipe();
        pipe.add_command(link.command("SET").arg(key).arg(token()).arg("NX").arg("PX").arg(life).to_owned());
        pipe.add_command(link.command("GET").arg(key).to_owned());
        let made = link.pipeline(&pipe).await?.pop().and_then(text);
        made.ok_or_else(|| Failed("a generation could not be made".to_owned()))
    }

    /// Stores a value for whatever is left of its life.
    pub async fn put(
        &self,
        link: &Link,
        name: &str,
        stamp: &str,
        cached: &Cached,
        ttl: Duration,
    ) -> Result<(), Failed> {
        let created_ms = self.clock.now().micros() / 1_000;
        let envelope = Envelope { schema: &self.schema, created_ms, ttl, generation: stamp, cached }.encode();
        let life = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1);
        let stored = link.query(link.command("SET").arg(name).arg(envelope).arg("PX").arg(life)).await;
        self.told(stored.map(|_| ()))
    }

    /// Whether this process is the one to load the value (F12).
    pub async fn lock(&self, link: &Link, name: &str) -> Result<bool, Failed> {
        let life = u64::try_from(LOCK_LIFE.as_millis()).unwrap_or(u64::MAX);
        let mut set = link.command("SET");
        set.arg(lock_key(name)).arg(&self.node).arg("NX").arg("PX").arg(life);
        let got = link.query(&set).await;
        self.told(got.map(|value| value != Value::Nil))
    }

    /// Gives the lock back, whoever holds it by then: it saves work and no result depends on it.
    pub async fn unlock(&self, link: &Link, name: &str) {
        let removed = link.query(link.unlink().arg(lock_key(name))).await;
        let _ = self.told(removed);
    }

    /// Waits for a value that another process is loading, but not for long.
    pub async fn wait_for_other(&self, link: &Link, key: &CacheKey, name: &str) -> Result<Awaited, Failed> {
        count(&self.counts.awaited);
        let began = Instant::now();
        let mut pause = Duration::from_millis(5);
        loop {
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LOOK_AGAIN_MAX);
            // The lock first: a value is stored before its lock is taken away.
            let held = link.query(link.command("GET").arg(lock_key(name))).await;
            let held = self.told(held)? != Value::Nil;
            match self.look(link, key, name).await? {
                Look::Hit { cached, left } => return Ok(Awaited::Value { cached, left }),
                Look::Miss { stamp } if !held || began.elapsed() >= LOCK_WAIT => {
                    return Ok(Awaited::Nothing { stamp });
                }
                Look::Miss { .. } => {}
            }
        }
    }
}
