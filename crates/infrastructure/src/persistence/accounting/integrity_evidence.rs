//! [`EvidenceQueries`] in SQL: dimension sets, the audit log beside the change feed, and where chains end.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use application::accounting::ports::integrity::Contradiction;
use application::accounting::ports::integrity_evidence::{
    AuditEnd, AuditTotals, AuditedState, ChainedAudit, EvidenceQueries, GuardedState, JournalHead,
    StoredAudit, StoredSetValue,
};
use application::error::AppResult;
use application::platform::audit_chain::AuditHead;
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::dimension::DimensionCombination;
use domain::accounting::hash_chain::{DimensionSets, HashVersion};
use domain::ids::{AuditId, DimensionSetId, JournalEntryId, JournalId, TenantId};
use futures::stream::{BoxStream, StreamExt};
use serde_json::Value as Json;
use uuid::Uuid;

use super::dimension_sets::SET_CODES;
use crate::persistence::bookkeeping::EVENT_SEQUENCE;
use crate::sql::db::Db;
use crate::sql::statement::Lookup;
use crate::sql::value::{Columns, Kind, Row, Value};
use crate::statements;

statements! {
    STORED_SETS_STATEMENT = "accounting.evidence.stored_sets": STORED_SETS;
    AUDIT_TOTALS = "accounting.evidence.audit_totals":
        "SELECT COUNT(*) AS count, (SELECT c.value FROM counter c WHERE c.tenant_id = ?1 AND c.name = ?2) AS value, \
         (SELECT c.audit_hash FROM counter c WHERE c.tenant_id = ?1 AND c.name = ?2) AS audit_hash \
         FROM audit_log a WHERE a.tenant_id = ?1";
    // Row and event share their id since there is a chain. The cross join keeps the order of the feed in SQLite.
    AUDIT_BEGINS = "accounting.evidence.audit_begins":
        "SELECT {first} o.sequence FROM outbox_event o CROSS JOIN audit_log a WHERE o.tenant_id = ?1 \
         AND a.tenant_id = o.tenant_id AND a.id = o.id ORDER BY o.sequence {only}";
    AUDIT_CONTRADICTIONS = "accounting.evidence.audit_contradictions":
        "SELECT o.sequence, o.type, CASE WHEN a.id IS NULL THEN 0 ELSE 1 END AS there FROM outbox_event o \
         LEFT JOIN audit_log a ON a.tenant_id = o.tenant_id AND a.id = o.id \
         WHERE o.tenant_id = ?1 AND o.sequence >= ?3 AND (a.id IS NULL OR a.hash IS NULL \
         OR a.chain_sequence <> o.sequence OR a.entity <> o.entity OR a.entity_id <> o.entity_id \
         OR a.recorded_at <> o.occurred_at OR COALESCE(a.after_document, '') {exact} <> COALESCE(o.data, '')) \
         ORDER BY o.sequence {page ?2}";
    AUDIT_CHAIN_STATEMENT = "accounting.evidence.audit_chain": AUDIT_CHAIN;
    PERIODS = "accounting.evidence.periods": "SELECT id, name, status FROM fiscal_period WHERE tenant_id = ?1";
    YEARS = "accounting.evidence.years": "SELECT id, code AS name, status FROM fiscal_year WHERE tenant_id = ?1";
    LOCKS = "accounting.evidence.locks": "SELECT kind, locked_through FROM ledger_lock WHERE tenant_id = ?1";
    JOURNAL_HEADS = "accounting.evidence.journal_heads":
        "SELECT c.journal_id, j.code, c.sequence, c.hash, e.hash_version, e.number, e.recorded_at FROM journal_chain c \
         INNER JOIN journal j ON j.tenant_id = c.tenant_id AND j.id = c.journal_id \
         LEFT JOIN journal_entry e ON e.tenant_id = c.tenant_id AND e.journal_id = c.journal_id \
         AND e.chain_sequence = c.sequence WHERE c.tenant_id = ?1 ORDER BY c.journal_id";
    AUDIT_END = "accounting.evidence.audit_end":
        "SELECT c.value, c.audit_hash, o.occurred_at FROM counter c \
         LEFT JOIN outbox_event o ON o.tenant_id = c.tenant_id AND o.sequence = c.value \
         WHERE c.tenant_id = ?1 AND c.name = ?2 AND c.audit_hash IS NOT NULL";
    ENTRY_HASH_AT = "accounting.evidence.entry_hash_at":
        "SELECT hash FROM journal_entry WHERE tenant_id = ?1 AND journal_id = ?2 AND chain_sequence = ?3";
    AUDIT_HASH_AT = "accounting.evidence.audit_hash_at":
        "SELECT a.hash FROM outbox_event o INNER JOIN audit_log a ON a.tenant_id = o.tenant_id AND a.id = o.id \
         WHERE o.tenant_id = ?1 AND o.sequence = ?2";
}

pub static POSTED_HASHES: Lookup = Lookup::new(
    "accounting.evidence.posted_hashes",
    "SELECT e.id, e.number, e.hash FROM journal_entry e WHERE e.tenant_id = ?1 AND e.status <> 'draft'",
    ("e.id", Kind::Id),
);
pub static AUDITED_STATES: Lookup = Lookup::new(
    "accounting.evidence.audited_states",
    "SELECT a.entity, a.entity_id, a.action, a.chain_sequence, a.id, a.after_document FROM audit_log a \
     WHERE a.tenant_id = ?1 AND a.entity IN ('fiscal_period', 'fiscal_year', 'lock')",
    ("a.entity_id", Kind::Id),
);
pub static LOOKUPS: &[&Lookup] = &[&POSTED_HASHES, &AUDITED_STATES];

const STORED_SETS: &str = "SELECT s.id, s.content_key, v.dimension_id, v.value_id FROM dimension_set s \
     LEFT JOIN dimension_set_value v ON v.tenant_id = s.tenant_id AND v.set_id = s.id \
     WHERE s.tenant_id = ?1 ORDER BY s.id, v.dimension_id";
const AUDIT_CHAIN: &str = "SELECT o.sequence, o.id, o.type, o.entity_id AS event_entity_id, o.occurred_at, \
     CASE WHEN a.id IS NULL THEN 0 ELSE 1 END AS there, a.chain_sequence, a.hash, a.recorded_at, a.actor_kind, a.actor_id, \
     a.user_id, a.action, a.entity, a.entity_id, a.before_document, a.after_document, a.request_id \
     FROM outbox_event o LEFT JOIN audit_log a ON a.tenant_id = o.tenant_id AND a.id = o.id \
     WHERE o.tenant_id = ?1 ORDER BY o.sequence";

#[async_trait]
impl EvidenceQueries for Db {
    async fn combinations(
        &self,
        tenant: TenantId,
        sets: &BTreeSet<DimensionSetId>,
    ) -> AppResult<DimensionSets> {
        let mut pairs: BTreeMap<DimensionSetId, Vec<_>> = BTreeMap::new();
        for row in self.lookup(&SET_CODES, tenant, sets.iter().map(|set| (*set).into())).await? {
            let mut columns = row.columns("dimension_set_value");
            let set = columns.get("set_id")?;
            let _codes: (String, String) = (columns.get("dimension_code")?, columns.get("value_code")?);
            pairs.entry(set).or_default().push((columns.get("dimension_id")?, columns.get("value_id")?));
        }
        let combined = |(set, pairs)| Some((set, DimensionCombination::new(pairs).ok()?));
        Ok(pairs.into_iter().filter_map(combined).collect())
    }

    fn stored_sets(&self, tenant: TenantId) -> BoxStream<'static, AppResult<StoredSetValue>> {
        streamed(self, STORED_SETS, tenant, |columns| {
            let (set, content_key) = (columns.get("id")?, columns.get("content_key")?);
            let (dimension, value) = (columns.get("dimension_id")?, columns.get("value_id")?);
            let pair: (Option<_>, Option<_>) = (dimension, value);
            Ok(StoredSetValue { set, content_key, value: pair.0.zip(pair.1) })
        })
    }

    async fn audit_totals(&self, tenant: TenantId) -> AppResult<AuditTotals> {
        let (totals, owner) = ([tenant.into(), EVENT_SEQUENCE.into()], [tenant.into()]);
        let [totals, begins] = self.query_all([(&AUDIT_TOTALS, &totals), (&AUDIT_BEGINS, &owner)]).await?;
        let begins =
            begins.into_iter().next().map(|row| row.single("outbox_event", "sequence")).transpose()?;
        let Some(row) = totals.into_iter().next() else { return Ok(AuditTotals::default()) };
        let mut columns = row.columns("audit_log");
        let rows = columns.get("count")?;
        let changes: Option<i64> = columns.get("value")?;
        Ok(AuditTotals { rows, changes: changes.unwrap_or(0), hash: columns.get("audit_hash")?, begins })
    }

    async fn audit_contradictions(
        &self,
        tenant: TenantId,
        from: i64,
        limit: u32,
    ) -> AppResult<Vec<Contradiction>> {
        let rows = self.query(&AUDIT_CONTRADICTIONS, &[tenant.into(), limit.into(), from.into()]).await?;
        let read = |row: Row| {
            let mut columns = row.columns("outbox_event");
            let (position, event): (i64, String) = (columns.get("sequence")?, columns.get("type")?);
            let there: bool = columns.get("there")?;
            let detail = if there { "the audit row says something else" } else { "the audit row is missing" };
            Ok(Contradiction { subject: format!("{position} {event}"), detail: detail.to_owned() })
        };
        Ok(rows.into_iter().map(read).collect::<StorageResult<_>>()?)
    }

    fn audit_chain(&self, tenant: TenantId) -> BoxStream<'static, AppResult<ChainedAudit>> {
        streamed(self, AUDIT_CHAIN, tenant, chained_audit)
    }

    async fn posted_hashes(
        &self,
        tenant: TenantId,
        ids: &BTreeSet<JournalEntryId>,
    ) -> AppResult<HashMap<JournalEntryId, (String, [u8; 32])>> {
        let mut found = HashMap::with_capacity(ids.len());
        for row in self.lookup(&POSTED_HASHES, tenant, ids.iter().map(|id| (*id).into())).await? {
            let mut columns = row.columns("journal_entry");
            let id = columns.get("id")?;
            let (number, hash): (Option<String>, Option<[u8; 32]>) =
                (columns.get("number")?, columns.get("hash")?);
            found.insert(id, (number.unwrap_or_default(), hash.unwrap_or_default()));
        }
        Ok(found)
    }

    async fn guarded_states(&self, tenant: TenantId) -> AppResult<Vec<GuardedState>> {
        let owner: [Value; 1] = [tenant.into()];
        let [periods, years, locks] =
            self.query_all([(&PERIODS, &owner), (&YEARS, &owner), (&LOCKS, &owner)]).await?;
        let dated = |entity: &'static str| {
            move |row: Row| {
                let mut columns = row.columns(entity);
                let (entity_id, name) = (columns.get("id")?, columns.get("name")?);
                Ok(GuardedState { entity, entity_id, name, state: Some(columns.get("status")?) })
            }
        };
        let lock = |row: Row| {
            let mut columns = row.columns("ledger_lock");
            let name = columns.get("kind")?;
            let through: Option<NaiveDate> = columns.get("locked_through")?;
            let state = through.map(|date| date.to_string());
            Ok(GuardedState { entity: "lock", entity_id: tenant.uuid(), name, state })
        };
        let states = periods.into_iter().map(dated("fiscal_period"));
        let states = states.chain(years.into_iter().map(dated("fiscal_year")));
        Ok(states.chain(locks.into_iter().map(lock)).collect::<StorageResult<_>>()?)
    }

    async fn audited_states(&self, tenant: TenantId, ids: &BTreeSet<Uuid>) -> AppResult<Vec<AuditedState>> {
        let rows = self.lookup(&AUDITED_STATES, tenant, ids.iter().map(|id| (*id).into())).await?;
        let read = |row: Row| {
            let mut columns = row.columns("audit_log");
            let (entity, entity_id, action) =
                (columns.get("entity")?, columns.get("entity_id")?, columns.get("action")?);
            let sequence: Option<i64> = columns.get("chain_sequence")?;
            let id: AuditId = columns.get("id")?;
            let after = document(columns.get("after_document")?);
            Ok(AuditedState { entity, entity_id, action, order: (sequence.unwrap_or(0), id), after })
        };
        Ok(rows.into_iter().map(read).collect::<StorageResult<_>>()?)
    }

    async fn journal_heads(&self, tenant: TenantId) -> AppResult<Vec<JournalHead>> {
        let read = |row: Row| {
            let mut columns = row.columns("journal_chain");
            Ok(JournalHead {
                journal_id: columns.get("journal_id")?,
                journal: columns.get("code")?,
                position: columns.get("sequence")?,
                hash: columns.get("hash")?,
                version: columns.get::<Option<i64>>("hash_version")?.and_then(HashVersion::from_number),
                number: columns.get("number")?,
                recorded_at: columns.get("recorded_at")?,
            })
        };
        let rows = self.query(&JOURNAL_HEADS, &[tenant.into()]).await?;
        Ok(rows.into_iter().map(read).collect::<StorageResult<_>>()?)
    }

    async fn audit_end(&self, tenant: TenantId) -> AppResult<Option<AuditEnd>> {
        let row = self.find(&AUDIT_END, &[tenant.into(), EVENT_SEQUENCE.into()]).await?;
        let Some(row) = row else { return Ok(None) };
        let mut columns = row.columns("counter");
        let head = AuditHead { position: columns.get("value")?, hash: columns.get("audit_hash")? };
        Ok(Some(AuditEnd { head, recorded_at: columns.get("occurred_at")? }))
    }

    async fn entry_hash_at(
        &self,
        tenant: TenantId,
        journal: JournalId,
        position: i64,
    ) -> AppResult<Option<[u8; 32]>> {
        let row = self.find(&ENTRY_HASH_AT, &[tenant.into(), journal.into(), position.into()]).await?;
        Ok(row.map(|row| row.single::<Option<[u8; 32]>>("journal_entry", "hash")).transpose()?.flatten())
    }

    async fn audit_hash_at(&self, tenant: TenantId, position: i64) -> AppResult<Option<[u8; 32]>> {
        let row = self.find(&AUDIT_HASH_AT, &[tenant.into(), position.into()]).await?;
        Ok(row.map(|row| row.single::<Option<[u8; 32]>>("audit_log", "hash")).transpose()?.flatten())
    }
}

/// The rows of a text about one tenant, read as they come.
fn streamed<T: Send + 'static>(
    db: &Db,
    text: &str,
    tenant: TenantId,
    read: fn(&mut Columns) -> StorageResult<T>,
) -> BoxStream<'static, AppResult<T>> {
    let batches = db.stream_batches(text, vec![tenant.into()]);
    let rows = batches.flat_map(move |batch| {
        let rows: Vec<AppResult<T>> = match batch {
            Ok(rows) => rows.into_iter().map(|row| Ok(read(&mut row.columns("evidence"))?)).collect(),
            Err(error) => vec![Err(error.into())],
        };
        futures::stream::iter(rows)
    });
    rows.boxed()
}

fn chained_audit(columns: &mut Columns) -> StorageResult<ChainedAudit> {
    let (position, id, event) = (columns.get("sequence")?, columns.get("id")?, columns.get("type")?);
    let (entity_id, occurred_at) = (columns.get("event_entity_id")?, columns.get("occurred_at")?);
    let there: bool = columns.get("there")?;
    let row = if there { Some(stored_audit(columns)?) } else { None };
    Ok(ChainedAudit { position, id, event, entity_id, occurred_at, row })
}

fn stored_audit(columns: &mut Columns) -> StorageResult<StoredAudit> {
    Ok(StoredAudit {
        chain_sequence: columns.get("chain_sequence")?,
        hash: columns.get("hash")?,
        recorded_at: columns.get("recorded_at")?,
        actor_kind: columns.get("actor_kind")?,
        actor_id: columns.get("actor_id")?,
        user_id: columns.get("user_id")?,
        action: columns.get("action")?,
        entity: columns.get("entity")?,
        entity_id: columns.get("entity_id")?,
        before: document(columns.get("before_document")?),
        after: document(columns.get("after_document")?),
        request_id: columns.get("request_id")?,
    })
}

/// A document that is no JSON any more is taken as a text, which is not the one that was hashed.
fn document(text: Option<String>) -> Option<Json> {
    text.map(|text| serde_json::from_str(&text).unwrap_or(Json::String(text)))
}
