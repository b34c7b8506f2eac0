//! Further evidence about the books: dimension sets, the audit log and its chain, and the ends of all chains.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use domain::accounting::hash_chain::{DimensionSets, HashVersion};
use domain::ids::{
    AuditId, DimensionId, DimensionSetId, DimensionValueId, JournalEntryId, JournalId, TenantId,
};
use domain::time::Timestamp;
use futures::stream::BoxStream;
use serde_json::Value;
use uuid::Uuid;

use super::integrity::Contradiction;
use crate::error::AppResult;
use crate::platform::audit_chain::AuditHead;

/// One value of a stored dimension set; a set without values comes with none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredSetValue {
    pub set: DimensionSetId,
    /// The key under which the combination is found.
    pub content_key: [u8; 32],
    pub value: Option<(DimensionId, DimensionValueId)>,
}

/// The audit log and the change feed in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditTotals {
    pub rows: i64,
    /// Every change that was ever written.
    pub changes: i64,
    /// The hash of the last audit row; `None` before the chain begins.
    pub hash: Option<[u8; 32]>,
    /// The first position that is in the chain and still there.
    pub begins: Option<i64>,
}

/// An event of the change feed, which is a position of the audit log's chain, with its audit row.
#[derive(Debug, Clone)]
pub struct ChainedAudit {
    pub position: i64,
    pub id: AuditId,
    /// `<entity>.<action>`
    pub event: String,
    pub entity_id: Uuid,
    pub occurred_at: Timestamp,
    /// `None` when there is no row of this id.
    pub row: Option<StoredAudit>,
}

/// An audit row as it is stored.
#[derive(Debug, Clone)]
pub struct StoredAudit {
    pub chain_sequence: Option<i64>,
    pub hash: Option<[u8; 32]>,
    pub recorded_at: Timestamp,
    pub actor_kind: String,
    pub actor_id: Option<Uuid>,
    pub user_id: Option<domain::ids::UserId>,
    pub action: String,
    pub entity: String,
    pub entity_id: Uuid,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub request_id: String,
}

/// Something that decides what may be posted: a fiscal period or year with its status, a lock with its date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardedState {
    /// The entity as in the audit log: `fiscal_period`, `fiscal_year` or `lock`.
    pub entity: &'static str,
    pub entity_id: Uuid,
    /// Kind of the lock; name of the period or code of the year.
    pub name: String,
    pub state: Option<String>,
}

/// The states that the audit log records of such a thing, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditedState {
    pub entity: String,
    pub entity_id: Uuid,
    pub action: String,
    /// The later row has the larger one.
    pub order: (i64, AuditId),
    pub after: Option<Value>,
}

/// The end of a journal's chain, with the entry there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalHead {
    pub journal_id: JournalId,
    pub journal: String,
    pub position: i64,
    pub hash: [u8; 32],
    /// The version of the last entry's hash; `None` when the entry is not there.
    pub version: Option<HashVersion>,
    pub number: Option<String>,
    pub recorded_at: Option<Timestamp>,
}

/// The end of the audit log's chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditEnd {
    pub head: AuditHead,
    /// The moment of the last change; `None` when its event is not there.
    pub recorded_at: Option<Timestamp>,
}

#[async_trait]
pub trait EvidenceQueries: Send + Sync {
    /// The values of sets; a set without values is absent.
    async fn combinations(
        &self,
        tenant: TenantId,
        sets: &BTreeSet<DimensionSetId>,
    ) -> AppResult<DimensionSets>;
    /// Every stored set, set after set: one snapshot, flat memory.
    fn stored_sets(&self, tenant: TenantId) -> BoxStream<'static, AppResult<StoredSetValue>>;

    async fn audit_totals(&self, tenant: TenantId) -> AppResult<AuditTotals>;
    /// Events from position `from` whose audit row is missing or says something else, at most `limit`.
    async fn audit_contradictions(
        &self,
        tenant: TenantId,
        from: i64,
        limit: u32,
    ) -> AppResult<Vec<Contradiction>>;
    /// Every event in order with its audit row: one snapshot, flat memory.
    fn audit_chain(&self, tenant: TenantId) -> BoxStream<'static, AppResult<ChainedAudit>>;
    /// Number and hash of those of the entries that are posted.
    async fn posted_hashes(
        &self,
        tenant: TenantId,
        ids: &BTreeSet<JournalEntryId>,
    ) -> AppResult<HashMap<JournalEntryId, (String, [u8; 32])>>;

    /// Every fiscal period and year, and every lock that is set.
    async fn guarded_states(&self, tenant: TenantId) -> AppResult<Vec<GuardedState>>;
    /// Every audit row of these things.
    async fn audited_states(&self, tenant: TenantId, ids: &BTreeSet<Uuid>) -> AppResult<Vec<AuditedState>>;

    /// The ends of the journals' chains, in order of the journals' ids.
    async fn journal_heads(&self, tenant: TenantId) -> AppResult<Vec<JournalHead>>;
    /// `None` before the audit log's chain begins.
    async fn audit_end(&self, tenant: TenantId) -> AppResult<Option<AuditEnd>>;
    /// The hash of the entry at a place of a journal's chain.
    async fn entry_hash_at(
        &self,
        tenant: TenantId,
        journal: JournalId,
        position: i64,
    ) -> AppResult<Option<[u8; 32]>>;
    /// The hash of the audit row at a place of the chain.
    async fn audit_hash_at(&self, tenant: TenantId, position: i64) -> AppResult<Option<[u8; 32]>>;
}
