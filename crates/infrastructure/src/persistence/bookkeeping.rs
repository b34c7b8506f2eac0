//! Audit rows, events and idempotency rows: what every command leaves behind.

use application::command::{Replay, key_owner};
use application::context::{Actor, RequestContext};
use application::error::AppResult;
use application::platform::identity::{ACCESS_ENTITY, alters_access};
use application::ports::change::{AUDIT_DOCUMENT_BYTES_MAX, Change};
use application::ports::storage_error::StorageResult;
use application::ports::unit_of_work::{Bookkeeping, UnitOfWork};
use async_trait::async_trait;
use domain::ids::TenantId;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::SqlUnitOfWork;
use crate::sql::bulk::{Bulk, Numbered};
use crate::sql::value::{Kind, Value};
use crate::statements;

statements! {
    COUNTER_ADD = "bookkeeping.counter.add":
        "UPDATE counter SET value = value + ?3 WHERE tenant_id = ?1 AND name = ?2 {returning value}",
        mssql: "UPDATE counter SET value = value + ?3 WHERE tenant_id = ?1 AND name = ?2;\n\
                SELECT value FROM counter WHERE tenant_id = ?1 AND name = ?2";
    COUNTER_INSERT = "bookkeeping.counter.insert": "INSERT INTO counter (tenant_id, name, value) VALUES (?1, ?2, ?3)";
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
pub static EVENTS_NUMBERED: Numbered =
    Numbered::new("bookkeeping.outbox_event.insert_numbered", &EVENT_INSERT, EVENT_SEQUENCE);

/// A change with its documents as text, made once for both of its rows.
struct Written {
    change: Change,
    before: Option<String>,
    after: Option<String>,
}

/// The counter behind the change feed.
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

    async fn write_audit(&mut self, ctx: &RequestContext, changes: &[Written]) -> StorageResult<()> {
        let (actor_id, user_id) = match ctx.actor {
            Actor::User(user) => (Some(user.uuid()), Some(user)),
            Actor::ApiKey(key, user) => (Some(key.uuid()), Some(user)),
            Actor::System => (None, None),
        };
        let mut rows = Vec::with_capacity(changes.len());
        for Written { change, before, after } in changes {
            rows.push(vec![
                change.tenant.into(),
                self.new_id().into(),
                self.now.into(),
                ctx.actor.kind().into(),
                actor_id.into(),
                user_id.into(),
                change.action.into(),
                change.entity.into(),
                change.entity_id.into(),
                before.as_deref().into(),
                after.as_deref().into(),
                (&*ctx.request_id).into(),
            ]);
        }
        self.tx.insert_many(&AUDIT_INSERT, rows.into_iter()).await
    }

    async fn write_events(&mut self, tenant: TenantId, changes: Vec<Written>) -> StorageResult<()> {
        let (count, now) = (changes.len() as i64, self.now);
        let ids: Vec<Uuid> = changes.iter().map(|_| self.new_id()).collect();
        let rows = |first: i64| -> Vec<Vec<Value>> {
            let numbered = (first..).zip(ids).zip(changes);
            let row = |((sequence, id), Written { change, after, .. }): ((i64, Uuid), Written)| {
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
            numbered.map(row).collect()
        };
        if self.tx.numbers_rows() {
            return self.tx.insert_numbered(&EVENTS_NUMBERED, tenant, rows(1)).await;
        }
        let last = self.advance(tenant, EVENT_SEQUENCE, count).await?;
        self.tx.insert_many(&EVENT_INSERT, rows(last - count + 1).into_iter()).await
    }
}

#[async_trait]
impl Bookkeeping for SqlUnitOfWork {
    async fn write_changes(&mut self, ctx: &RequestContext) -> AppResult<Vec<(TenantId, Vec<&'static str>)>> {
        self.flush_balances().await?;
        let changes = std::mem::take(&mut self.changes);
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let written = |change: Change| Written {
            before: document(change.before.as_ref()),
            after: document(change.after.as_ref()),
            change,
        };
        let mut changes: Vec<Written> = changes.into_iter().map(written).collect();
        self.write_audit(ctx, &changes).await?;
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
            self.write_events(*tenant, of_tenant).await?;
        }
        Ok(touched)
    }

    async fn find_replay(&mut self, ctx: &RequestContext, key: &str) -> AppResult<Option<Replay>> {
        if self.tx.knows_no_replay(key_owner(ctx), key) {
            return Ok(None);
        }
        let params = [ctx.tenant.into(), key_owner(ctx).into(), key.into()];
        let Some(row) = self.tx.find(&REPLAY_FIND, &params).await? else { return Ok(None) };
        let mut columns = row.columns("idempotency");
        Ok(Some(Replay {
            request_hash: columns.get("request_hash")?,
            body: columns.get("body")?,
            id: columns.get("entity_id")?,
            version: columns.get("entity_version")?,
        }))
    }

    async fn save_replay(&mut self, ctx: &RequestContext, key: &str, replay: Replay) -> AppResult<()> {
        let params = [
            ctx.tenant.into(),
            key_owner(ctx).into(),
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
        // What came before the part must survive its undoing.
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
        }
        Ok(self.tx.end_savepoint(keep).await?)
    }
}

/// A document as text; beyond the limit its size and SHA-256 stand for it.
fn document(value: Option<&serde_json::Value>) -> Option<String> {
    let text = value?.to_string();
    if text.len() <= AUDIT_DOCUMENT_BYTES_MAX {
        return Some(text);
    }
    let digest: String = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    Some(json!({ "omitted": { "bytes": text.len(), "sha256": digest } }).to_string())
}
