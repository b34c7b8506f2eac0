//! Cached reads. A cache may always miss; it MUST NOT answer with what a finished write of this process replaced.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use domain::ids::TenantId;
use futures::future::BoxFuture;

use crate::error::AppResult;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CachePolicy {
    /// Accounts, journals, settings: 300 s unless configured.
    Reference,
    /// Balances, reports, permissions: 60 s unless configured.
    Transactional,
}

/// `{tenant}:{module}:{entity}:{id}`. A change to any `entity` of the tenant makes every key of that group stale.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CacheKey {
    pub tenant: TenantId,
    pub module: &'static str,
    pub entity: &'static str,
    pub id: String,
}

/// A cached answer: its JSON and the version its ETag is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cached {
    pub body: Bytes,
    pub version: Option<i64>,
}

pub type Load = Box<dyn FnOnce() -> BoxFuture<'static, AppResult<Option<Cached>>> + Send>;

#[async_trait]
pub trait Cache: Send + Sync {
    /// The cached value, or what `load` gives; concurrent misses of one key load once. `None` is not cached.
    async fn get_or_load(&self, key: CacheKey, policy: CachePolicy, load: Load) -> AppResult<Option<Cached>>;
    /// A value that is already there; never loads and never waits.
    fn peek(&self, key: &CacheKey) -> Option<Cached>;
    /// Called after the commit and before the answer.
    async fn invalidate(&self, tenant: TenantId, entities: &[&'static str]);
}

pub type SharedCache = Arc<dyn Cache>;
