//! [`ChangeFeedQueries`] in SQL.

use application::error::AppResult;
use application::platform::change_feed::{ChangeFeedQueries, EventPage, EventQuery, EventView};
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use domain::ids::TenantId;
use domain::time::Timestamp;

use crate::persistence::bookkeeping::EVENT_SEQUENCE;
use crate::sql::db::Db;
use crate::sql::value::{Row, Value};
use crate::statements;

statements! {
    LAST = "platform.outbox_event.last": "SELECT value FROM counter WHERE tenant_id = ?1 AND name = ?2";
}

#[async_trait]
impl ChangeFeedQueries for Db {
    async fn events(&self, tenant: TenantId, query: &EventQuery) -> AppResult<EventPage> {
        // The counter and the events up to it are committed together, so nothing up to here is still to come.
        let last = self.last_event(tenant).await?;
        let mut params = vec![Value::from(tenant), query.after.into(), last.into(), query.limit.into()];
        let types = condition(&query.types, &mut params);
        let text = format!(
            "SELECT e.sequence, e.id, e.type, e.entity, e.entity_id, e.occurred_at, e.data FROM outbox_event e \
             WHERE e.tenant_id = ?1 AND e.sequence > ?2 AND e.sequence <= ?3{types} ORDER BY e.sequence {{page ?4}}"
        );
        let rows = self.query_text(&text, &params).await?;
        let items = rows.into_iter().map(event).collect::<StorageResult<Vec<_>>>()?;
        let full = items.len() >= query.limit as usize;
        let last_sequence = items.last().map(|event| event.sequence).filter(|_| full).unwrap_or(last);
        Ok(EventPage { items, last_sequence })
    }

    async fn last_event(&self, tenant: TenantId) -> AppResult<i64> {
        let row = self.find(&LAST, &[tenant.into(), EVENT_SEQUENCE.into()]).await?;
        Ok(row.map_or(Ok(0), |row| row.single("counter", "value"))?)
    }
}

/// `entity.*` is every action of the entity.
fn condition(types: &[String], params: &mut Vec<Value>) -> String {
    let one = |wanted: &String| {
        let (column, value) = match wanted.strip_suffix(".*") {
            Some(entity) => ("e.entity", entity),
            None => ("e.type", wanted.as_str()),
        };
        params.push(value.into());
        format!("{column} = ?{}", params.len())
    };
    let parts: Vec<_> = types.iter().map(one).collect();
    if parts.is_empty() { String::new() } else { format!(" AND ({})", parts.join(" OR ")) }
}

fn event(row: Row) -> StorageResult<EventView> {
    let mut columns = row.columns("outbox_event");
    let corrupt = |error: serde_json::Error| StorageError::Corrupt {
        table: "outbox_event",
        column: "data",
        detail: error.to_string(),
    };
    let sequence = columns.get("sequence")?;
    let id = columns.get("id")?;
    let kind = columns.get("type")?;
    let (entity, entity_id) = (columns.get("entity")?, columns.get("entity_id")?);
    let occurred_at: Timestamp = columns.get("occurred_at")?;
    let data: Option<String> = columns.get("data")?;
    Ok(EventView {
        sequence,
        id,
        r#type: kind,
        entity,
        entity_id,
        occurred_at: occurred_at.to_string(),
        data: data.map(|text| serde_json::from_str(&text).map_err(corrupt)).transpose()?,
    })
}
