//! Checks of the books against other witnesses: the keys of dimension sets, the audit log, the change feed.

use std::collections::{BTreeSet, HashMap};

use domain::accounting::dimension::DimensionCombination;
use domain::error::Language;
use domain::ids::{DimensionId, DimensionSetId, DimensionValueId, TenantId};
use futures::TryStreamExt;
use serde_json::Value;
use uuid::Uuid;

use super::Integrity;
use super::checks::{FINDINGS_MAX, check, finding};
use crate::accounting::ports::integrity::Contradiction;
use crate::accounting::ports::integrity_evidence::{AuditedState, GuardedState};
use crate::accounting::views::integrity::IntegrityCheckView;
use crate::error::AppResult;

/// How a period and a year are made; a change of it is in the audit log.
const BORN: &str = "open";

/// A set while its values come in.
struct OpenSet {
    id: DimensionSetId,
    content_key: [u8; 32],
    values: Vec<(DimensionId, DimensionValueId)>,
}

impl OpenSet {
    fn is_whole(&self) -> bool {
        DimensionCombination::new(self.values.clone()).is_ok_and(|held| held.key() == self.content_key)
    }
}

impl Integrity {
    /// The values of every set are those it was stored with.
    pub(super) async fn dimension_sets(
        &self,
        tenant: TenantId,
        language: Language,
    ) -> AppResult<IntegrityCheckView> {
        let titles = (
            "Every dimension set holds the values it was stored with",
            "كل مجموعة أبعاد تحمل القيم التي حُفظت بها",
        );
        let mut stored = self.queries.stored_sets(tenant);
        let mut found = Vec::new();
        let mut open: Option<OpenSet> = None;
        loop {
            let next = stored.try_next().await?;
            let ended =
                next.as_ref().is_none_or(|value| open.as_ref().is_some_and(|set| set.id != value.set));
            if ended
                && let Some(set) = open.take()
                && !set.is_whole()
                && found.len() < FINDINGS_MAX as usize
            {
                found.push(finding(&set.id.to_string(), "its values are not those of its key".to_owned()));
            }
            let Some(value) = next else { break };
            let (id, content_key) = (value.set, value.content_key);
            let set = open.get_or_insert_with(|| OpenSet { id, content_key, values: Vec::new() });
            set.values.extend(value.value);
        }
        Ok(check("dimension_sets", titles, language, found))
    }

    /// Every change of the feed has its audit row, and both say the same.
    pub(super) async fn audit_log(
        &self,
        tenant: TenantId,
        language: Language,
    ) -> AppResult<IntegrityCheckView> {
        let titles =
            ("The audit log has every change of the feed", "سجل التدقيق يحوي كل تغيير في سجل الأحداث");
        let mut found = Vec::new();
        let totals = self.queries.audit_totals(tenant).await?;
        if totals.rows != totals.changes {
            let detail = format!("{} rows for {} changes", totals.rows, totals.changes);
            found.push(finding("audit_log", detail));
        }
        if totals.begins.is_some() != totals.hash.is_some() {
            found.push(finding("audit_log", "its chain has no rows, or its rows no end".to_owned()));
        }
        if let Some(begins) = totals.begins {
            found.extend(self.queries.audit_contradictions(tenant, begins, FINDINGS_MAX).await?);
        }
        found.truncate(FINDINGS_MAX as usize);
        Ok(check("audit_log", titles, language, found))
    }

    /// Checks that the states which decide where entries may be posted are as the audit log last recorded them.
    pub(super) async fn states_as_audited(
        &self,
        tenant: TenantId,
        language: Language,
    ) -> AppResult<IntegrityCheckView> {
        let titles = (
            "Periods, years and locks are as the audit log last left them",
            "الفترات والسنوات والأقفال كما تركها سجل التدقيق آخر مرة",
        );
        let states = self.queries.guarded_states(tenant).await?;
        // Locks belong to the tenant and have no id of their own.
        let mut ids: BTreeSet<_> = states.iter().map(|state| state.entity_id).collect();
        ids.insert(tenant.uuid());
        let audited = self.queries.audited_states(tenant, &ids).await?;
        let mut found = contradictions(&states, audited);
        found.truncate(FINDINGS_MAX as usize);
        Ok(check("states_as_audited", titles, language, found))
    }
}

type Key = (String, Uuid, Option<String>);

/// Locks are told apart by their kind.
fn key(entity: &str, id: Uuid, lock: Option<&str>) -> Key {
    (entity.to_owned(), id, lock.filter(|_| entity == "lock").map(str::to_owned))
}

fn contradictions(states: &[GuardedState], audited: Vec<AuditedState>) -> Vec<Contradiction> {
    let mut last: HashMap<Key, AuditedState> = HashMap::new();
    for row in audited {
        let lock = row.after.as_ref().and_then(|after| after.get("kind")).and_then(Value::as_str);
        let key = key(&row.entity, row.entity_id, lock);
        match last.get(&key) {
            Some(known) if known.order > row.order => {}
            _ => drop(last.insert(key, row)),
        }
    }
    let mut found = Vec::new();
    for state in states {
        let said = last.remove(&key(state.entity, state.entity_id, Some(&state.name)));
        let expected = match &said {
            Some(row) if row.action == "deleted" => Some("deleted".to_owned()),
            Some(row) => stated(row),
            None if state.entity == "lock" => None,
            None => Some(BORN.to_owned()),
        };
        if expected != state.state {
            found.push(differs(state.entity, &state.name, state.state.as_deref(), expected.as_deref()));
        }
    }
    // The rest was audited and is not there: a lock whose row is gone.
    let mut gone: Vec<_> =
        last.into_iter().filter(|((entity, ..), row)| entity == "lock" && stated(row).is_some()).collect();
    gone.sort_by(|(one, _), (other, _)| one.cmp(other));
    for ((entity, _, lock), row) in gone {
        found.push(differs(&entity, &lock.unwrap_or_default(), None, stated(&row).as_deref()));
    }
    found
}

/// The state that an audit row leaves.
fn stated(row: &AuditedState) -> Option<String> {
    let name = if row.entity == "lock" { "lockedThrough" } else { "status" };
    row.after.as_ref()?.get(name)?.as_str().map(str::to_owned)
}

fn differs(entity: &str, name: &str, is: Option<&str>, audited: Option<&str>) -> Contradiction {
    let said = |state: Option<&str>| state.unwrap_or("none").to_owned();
    finding(&format!("{entity} {name}"), format!("is {}, audited as {}", said(is), said(audited)))
}

#[cfg(test)]
mod tests {
    use domain::ids::AuditId;
    use serde_json::json;

    use super::*;

    fn state(entity: &'static str, id: u128, name: &str, state: Option<&str>) -> GuardedState {
        let state = state.map(str::to_owned);
        GuardedState { entity, entity_id: Uuid::from_u128(id), name: name.to_owned(), state }
    }

    fn audited(entity: &str, id: u128, order: i64, after: Value) -> AuditedState {
        AuditedState {
            entity: entity.to_owned(),
            entity_id: Uuid::from_u128(id),
            action: "updated".to_owned(),
            order: (order, AuditId::new(Uuid::nil())),
            after: Some(after),
        }
    }

    fn subjects(found: &[Contradiction]) -> Vec<&str> {
        found.iter().map(|found| found.subject.as_str()).collect()
    }

    #[test]
    fn the_last_audit_row_of_each_thing_counts_whatever_the_order_they_come_in() {
        let log = || {
            vec![
                audited("fiscal_period", 1, 9, json!({ "status": "closed" })),
                audited("fiscal_period", 1, 5, json!({ "status": "open" })),
                audited("lock", 7, 6, json!({ "kind": "hard", "lockedThrough": "2026-01-31" })),
                audited("lock", 7, 8, json!({ "kind": "tax", "lockedThrough": null })),
                audited("lock", 7, 7, json!({ "kind": "tax", "lockedThrough": "2026-03-31" })),
            ]
        };
        let sound = [
            state("fiscal_period", 1, "2026-01", Some("closed")),
            state("fiscal_period", 2, "2026-02", Some("open")),
            state("lock", 7, "hard", Some("2026-01-31")),
            state("lock", 7, "tax", None),
        ];
        assert!(contradictions(&sound, log()).is_empty());
        let opened = [state("fiscal_period", 1, "2026-01", Some("open")), sound[2].clone()];
        assert_eq!(subjects(&contradictions(&opened, log())), ["fiscal_period 2026-01"]);
        let closed_unseen =
            [sound[0].clone(), state("fiscal_year", 3, "2026", Some("closed")), sound[2].clone()];
        assert_eq!(subjects(&contradictions(&closed_unseen, log())), ["fiscal_year 2026"]);
        let lock_gone = [sound[0].clone()];
        let found = contradictions(&lock_gone, log());
        assert_eq!(subjects(&found), ["lock hard"]);
        assert_eq!(found[0].detail, "is none, audited as 2026-01-31");
    }
}
