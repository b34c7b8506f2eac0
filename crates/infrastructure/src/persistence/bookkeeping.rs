//! Audit rows, events and idempotency rows: what every command leaves behind.

use application::context::Actor;
use application::error::AppResult;
use application::platform::audit_chain::{AuditHead, AuditRow, GENESIS};
use application::platform::identity::{ACCESS_ENTITY, alters_access};
use application::ports::bookkeeping::Bookkeeping;
use application::ports::bookkeeping::Replay;
use application::ports::change::{AUDIT_DOCUMENT_BYTES_MAX, Cause, Change};
use application::ports::storage_error::StorageResult;
use application::unit_of_work::UnitOfWork;
use async_trait::async_trait;
use domain::ids::{AuditId, TenantId};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::SqlUnitOfWork;
use crate::sql::bulk::Bulk;
use crate::sql::value::{Kind, Row, Value};
use crate::statements;

statements! {
    COUNTER_ADD = "bookkeeping.counter.add":
        "UPDATE counter SET value = value + ?3 WHERE tenant_id = ?1 AND name = ?2 {returning value}",
        mssql: "UPDATE counter SET value = value + ?3 WHERE tenant_id = ?1 AND name = ?2;\n\
                SELECT value FROM counter WHERE tenant_id = ?1 AND name = ?2";
    COUNTER_INSERT = "bookkeeping.counter.insert": "INSERT INTO counter (tenant_id, name, value) VALUES (?1, ?2, ?3)";
    FEED_HEAD = "bookkeeping.feed.head":
        "SELECT value, audit_hash FROM counter WHERE tenant_id = ?1 AND name = ?2",
        // Locks by writing, which every server honours.
        mssql: "UPDATE counter SET value = value WHERE tenant_id = ?1 AND name = ?2;\n\
                SELECT value, audit_hash FROM counter WHERE tenant_id = ?1 AND name = ?2";
    FEED_MOVE = "bookkeeping.feed.move":
        "UPDATE counter SET value = ?3, audit_hash = ?4 \
         WHERE tenant_id = ?1 AND name = ?2 AND value = ?5 AND COALESCE(audit_hash, ?7) = ?6";
    FEED_BEGIN = "bookkeeping.feed.begin":
        "INSERT INTO counter (tenant_id, name, value, audit_hash) VALUES (?1, ?2, ?3, ?4)";
    REPLAY_FIND = "bookkeeping.idempotency.find":
        "SELECT request_hash, body, entity_id, entity_version FROM idempotency \
         WHERE tenant_id = ?1 AND user_id = ?2 AND idempotency_key = ?3";
    REPLAY_INSERT = "bookkeeping.idempotency.insert":
        "INSERT INTO idempotency (tenant_id, user_id, idempotency_key, request_hash, body, entity_id, entity_version, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
}

pub static AUDIT_INSERT: Bulk = Bulk::new(
    "bookkeeping.audit_log.insert",
    "audit_log",
    &[
        ("tenant_id", Kind::Id),
        ("id", Kind::Id),
        ("recorded_at", Kind::Time),
        ("actor_kind", Kind::Text(20)),
        ("actor_id", Kind::Id),
        ("user_id", Kind::Id),
        ("action", Kind::Text(50)),
        ("entity", Kind::Text(50)),
        ("entity_id", Kind::Id),
        ("before_document", Kind::Document),
        ("after_document", Kind::Document),
        ("request_id", Kind::Text(100)),
        ("chain_sequence", Kind::Int),
        ("hash", Kind::Hash),
    ],
);
pub static EVENT_INSERT: Bulk = Bulk::new(
    "bookkeeping.outbox_event.insert",
    "outbox_event",
    &[
        ("tenant_id", Kind::Id),
        ("sequence", Kind::Int),
        ("id", Kind::Id),
        ("type", Kind::Text(100)),
        ("entity", Kind::Text(50)),
        ("entity_id", Kind::Id),
        ("occurred_at", Kind::Time),
        ("data", Kind::Document),
    ],
);
pub static BULKS: &[&Bulk] = &[&AUDIT_INSERT, &EVENT_INSERT];
/// A change with its documents as they are kept, also as text: made once for both of its rows.
struct Written {
    change: Change,
    before: Option<String>,
    after: Option<String>,
}

/// Tenants whose end of the feed is remembered; beyond it all are forgotten.
const HEADS_MAX: usize = 10_000;

/// The end of a tenant's change feed and of the chain over its audit log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FeedHead {
    /// There is a row of the counter.
    stored: bool,
    chain: AuditHead,
}

impl FeedHead {
    pub(crate) fn of_rows(rows: Vec<Row>) -> StorageResult<Self> {
        let none = Self { stored: false, chain: AuditHead { position: 0, hash: GENESIS } };
        let Some(row) = rows.into_iter().next() else { return Ok(none) };
        let mut columns = row.columns("counter");
        let position = columns.get("value")?;
        let hash: Option<[u8; 32]> = columns.get("audit_hash")?;
        Ok(Self { stored: true, chain: AuditHead { position, hash: hash.unwrap_or(GENESIS) } })
    }
}

/// The counter behind the change feed; its row holds the end of the chain over the audit log, too.
pub(crate) const EVENT_SEQUENCE: &str = "event";

impl SqlUnitOfWork {
    /// Raises a gapless counter by `by` and answers its new value. The row stays locked until the commit.
    pub(crate) async fn advance(
        &mut self,
        tenant: TenantId,
        name: &'static str,
        by: i64,
    ) -> StorageResult<i64> {
        let params = [tenant.into(), name.into(), by.into()];
        if let Some(row) = self.tx.find(&COUNTER_ADD, &params).await? {
            return row.single("counter", "value");
        }
        self.tx.apply(&COUNTER_INSERT, &params).await?;
        Ok(by)
    }

    /// The end of the feed, which stays this transaction's until it commits. SQLite's one writer remembers it: a move from
    /// an end that was undone since finds nothing to move.
    async fn feed_head(&mut self, tenant: TenantId) -> StorageResult<FeedHead> {
        if let Some(head) = self.feed_heads.get(&tenant) {
            return Ok(*head);
        }
        let params = [tenant.into(), EVENT_SEQUENCE.into()];
        FeedHead::of_rows(self.tx.query(&FEED_HEAD, &params).await?)
    }

    pub(crate) fn remember_feed_head(&mut self, tenant: TenantId, head: FeedHead) {
        if self.feed_heads.len() >= HEADS_MAX {
            self.feed_heads.clear();
        }
        self.feed_heads.insert(tenant, head);
    }

    /// Answers whether the feed still ended where `from` says.
    async fn move_feed(&mut self, tenant: TenantId, from: FeedHead, to: AuditHead) -> StorageResult<bool> {
        let params: [Value; 7] = [
            tenant.into(),
            EVENT_SEQUENCE.into(),
            to.position.into(),
            to.hash.into(),
            from.chain.position.into(),
            from.chain.hash.into(),
            GENESIS.into(),
        ];
        if !from.stored {
            self.tx.apply(&FEED_BEGIN, &params[..4]).await?;
        } else if self.tx.asks_at_a_distance() {
            self.tx.execute_one(&FEED_MOVE, &params).await?;
        } else if self.tx.execute(&FEED_MOVE, &params).await? == 0 {
            self.feed_heads.remove(&tenant);
            return Ok(false);
        }
        self.remember_feed_head(tenant, FeedHead { stored: true, chain: to });
        Ok(true)
    }

    /// Writes each change as an audit row and as an event: one id, one position, and a hash over the row and the one before.
    async fn write_rows(
        &mut self,
        cause: &Cause,
        tenant: TenantId,
        changes: Vec<Written>,
    ) -> StorageResult<()> {
        let ids: Vec<Uuid> = changes.iter().map(|_| self.new_id()).collect();
        let (head, rows) = loop {
            let head = self.feed_head(tenant).await?;
            let rows = self.chained(cause, head.chain, &ids, &changes);
            let end = rows.last().map_or(head.chain, |row| row.0);
            if self.move_feed(tenant, head, end).await? {
                break (head.chain, rows);
            }
        };
        let audit = rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>().into_iter();
        self.tx.insert_many(&AUDIT_INSERT, audit).await?;
        let now = self.now;
        let numbered = (head.position + 1..).zip(ids).zip(changes);
        let event = |((sequence, id), Written { change, after, .. }): ((i64, Uuid), Written)| {
            vec![
                tenant.into(),
                sequence.into(),
                id.into(),
                format!("{}.{}", change.entity, change.action).into(),
                change.entity.into(),
                change.entity_id.into(),
                now.into(),
                after.into(),
            ]
        };
        let events = numbered.map(event).collect::<Vec<Vec<Value>>>().into_iter();
        self.tx.insert_many(&EVENT_INSERT, events).await
    }

    /// The columns of [`AUDIT_INSERT`] for each change, with where the chain ends after it.
    fn chained(
        &self,
        cause: &Cause,
        mut head: AuditHead,
        ids: &[Uuid],
        changes: &[Written],
    ) -> Vec<(AuditHead, Vec<Value>)> {
        let (actor_id, user_id) = match cause.actor {
            Actor::User(user) => (Some(user.uuid()), Some(user)),
            Actor::ApiKey(key, user) => (Some(key.uuid()), Some(user)),
            Actor::System => (None, None),
        };
        let mut rows = Vec::with_capacity(changes.len());
        for (id, Written { change, before, after }) in ids.iter().zip(changes) {
            let row = AuditRow {
                tenant: change.tenant,
                position: head.position + 1,
                id: AuditId::new(*id),
                recorded_at: self.now,
                actor_kind: cause.actor.kind(),
                actor_id,
                user_id,
                action: change.action,
                entity: change.entity,
                entity_id: change.entity_id,
                before: change.before.as_ref(),
                after: change.after.as_ref(),
                request_id: &cause.request_id,
            };
            head = AuditHead { position: row.position, hash: row.hash(&head.hash) };
            let values = vec![
                row.tenant.into(),
                row.id.into(),
                row.recorded_at.into(),
                row.actor_kind.into(),
                actor_id.into(),
                user_id.into(),
                row.action.into(),
                row.entity.into(),
                row.entity_id.into(),
                before.as_deref().into(),
                after.as_deref().into(),
                row.request_id.into(),
                head.position.into(),
                head.hash.into(),
            ];
            rows.push((head, values));
        }
        rows
    }
}

#[async_trait]
impl Bookkeeping for SqlUnitOfWork {
    async fn write_changes(&mut self, cause: &Cause) -> AppResult<Vec<(TenantId, Vec<&'static str>)>> {
        self.flush_balances().await?;
        let changes = std::mem::take(&mut self.changes);
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let written = |mut change: Change| Written {
            before: document(&mut change.before),
            after: document(&mut change.after),
            change,
        };
        let mut changes: Vec<Written> = changes.into_iter().map(written).collect();
        let mut touched: Vec<(TenantId, Vec<&'static str>)> = Vec::new();
        for Written { change, .. } in &changes {
            match touched.iter_mut().find(|(tenant, _)| *tenant == change.tenant) {
                Some((_, entities)) if entities.contains(&change.entity) => {}
                Some((_, entities)) => entities.push(change.entity),
                None => touched.push((change.tenant, vec![change.entity])),
            }
        }
        for (tenant, entities) in &mut touched {
            let own = changes.iter().map(|written| &written.change).filter(|change| change.tenant == *tenant);
            if own.into_iter().any(alters_access) {
                entities.push(ACCESS_ENTITY);
            }
        }
        for (tenant, _) in &touched {
            let (of_tenant, others) =
                changes.into_iter().partition(|written| written.change.tenant == *tenant);
            changes = others;
            self.write_rows(cause, *tenant, of_tenant).await?;
        }
        Ok(touched)
    }

    async fn find_replay(&mut self, cause: &Cause, key: &str) -> AppResult<Option<Replay>> {
        if self.tx.knows_no_replay(cause.key_owner(), key) {
            return Ok(None);
        }
        let params = [cause.tenant.into(), cause.key_owner().into(), key.into()];
        let Some(row) = self.tx.find(&REPLAY_FIND, &params).await? else { return Ok(None) };
        let mut columns = row.columns("idempotency");
        Ok(Some(Replay {
            request_hash: columns.get("request_hash")?,
            body: columns.get("body")?,
            id: columns.get("entity_id")?,
            version: columns.get("entity_version")?,
        }))
    }

    async fn save_replay(&mut self, cause: &Cause, key: &str, replay: Replay) -> AppResult<()> {
        let params = [
            cause.tenant.into(),
            cause.key_owner().into(),
            key.into(),
            replay.request_hash.into(),
            replay.body.into(),
            replay.id.into(),
            replay.version.into(),
            self.now.into(),
        ];
        Ok(self.tx.apply(&REPLAY_INSERT, &params).await?)
    }

    async fn begin_part(&mut self) -> AppResult<usize> {
        // The writes before the part must survive its undoing.
        self.flush_balances().await?;
        self.tx.savepoint().await?;
        Ok(self.changes.len())
    }

    async fn end_part(&mut self, begun_at: usize, keep: bool) -> AppResult<()> {
        if keep {
            self.flush_balances().await?;
        } else {
            self.changes.truncate(begun_at);
            self.pending_balances.clear();
            self.feed_heads.clear();
        }
        Ok(self.tx.end_savepoint(keep).await?)
    }
}

/// A document as text; beyond the limit its size and SHA-256 take its place.
fn document(value: &mut Option<serde_json::Value>) -> Option<String> {
    let text = value.as_ref()?.to_string();
    if text.len() <= AUDIT_DOCUMENT_BYTES_MAX {
        return Some(text);
    }
    let digest = domain::hex::hex(&Sha256::digest(text.as_bytes()));
    let omitted = json!({ "omitted": { "bytes": text.len(), "sha256": digest } });
    let text = omitted.to_string();
    *value = Some(omitted);
    Some(text)
}
