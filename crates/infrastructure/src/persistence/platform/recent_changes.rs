//! [`RecentChanges`] from the change feed: the last events of each tenant, because the feed has no index by time and
//! every posting would pay for one.

use std::collections::HashMap;

use application::error::AppResult;
use application::platform::identity::{ACCESS_ENTITY, event_alters_access};
use application::ports::cache::{CachedEntity, RecentChanges};
use async_trait::async_trait;
use domain::ids::TenantId;
use domain::time::Timestamp;

use crate::persistence::bookkeeping::EVENT_SEQUENCE;
use crate::sql::db::Db;
use crate::statements;

/// Events looked at of each tenant; who has had more counts as changed in everything.
pub const EVENTS_PER_TENANT_MAX: i64 = 50;

statements! {
    RECENT = "platform.outbox_event.recent":
        "SELECT e.tenant_id, e.entity, e.type, COUNT(*) AS events FROM counter c \
         INNER JOIN outbox_event e ON e.tenant_id = c.tenant_id AND e.sequence > c.value - ?1 \
         WHERE c.name = ?2 AND e.occurred_at >= ?3 GROUP BY e.tenant_id, e.entity, e.type";
}

#[derive(Default)]
struct Found {
    entities: Vec<&'static str>,
    events: i64,
}

#[async_trait]
impl RecentChanges for Db {
    async fn changed_since(&self, since: Timestamp) -> AppResult<Vec<(TenantId, Vec<&'static str>)>> {
        let params = [EVENTS_PER_TENANT_MAX.into(), EVENT_SEQUENCE.into(), since.into()];
        let known = CachedEntity::all_changes();
        let mut tenants: HashMap<TenantId, Found> = HashMap::new();
        for row in self.query(&RECENT, &params).await? {
            let mut columns = row.columns("outbox_event");
            let found = tenants.entry(columns.get("tenant_id")?).or_default();
            let (entity, kind): (String, String) = (columns.get("entity")?, columns.get("type")?);
            found.events += columns.get::<i64>("events")?;
            found.entities.extend(known.iter().find(|name| **name == entity));
            let action = kind.rsplit('.').next().unwrap_or_default();
            if event_alters_access(&entity, action) {
                found.entities.push(ACCESS_ENTITY);
            }
        }
        let changes = tenants.into_iter().map(|(tenant, mut found)| {
            if found.events >= EVENTS_PER_TENANT_MAX {
                return (tenant, known.clone());
            }
            found.entities.sort_unstable();
            found.entities.dedup();
            (tenant, found.entities)
        });
        Ok(changes.filter(|(_, entities)| !entities.is_empty()).collect())
    }
}
