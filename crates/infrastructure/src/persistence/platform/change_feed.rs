//! [`ChangeFeedQueries`] in SQL.

use application::error::AppResult;
use application::platform::change_feed::{ChangeFeedQueries, EventPage, EventQuery, EventView};
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use domain::ids::TenantId;
use domain::time::Timestamp;

use crate::persistence::bookkeeping::EVENT_SEQUENCE;
use crate::sql::composed::Composed;
use crate::sql::db::Db;
use crate::sql::value::Row;
use crate::statements;

statements! {
    LAST = "platform.outbox_event.last": "SELECT value FROM counter WHERE tenant_id = ?1 AND name = ?2";
}

#[async_trait]
impl ChangeFeedQueries for Db {
    async fn events(&self, tenant: TenantId, query: &EventQuery) -> AppResult<EventPage> {
        // The counter and the events up to it are committed together, so nothing up to here is still to come.
        let last = self.last_event(tenant).await?;
        let sql = events(tenant, query, last);
        let rows = self.query_text(&sql.text, &sql.params).await?;
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

/// The events after the query's place, as far as the last one that is complete.
pub fn events(tenant: TenantId, query: &EventQuery, last: i64) -> Composed {
    let mut sql = Composed::new(tenant);
    let (after, last) = (sql.param(query.after), sql.param(last));
    let types: Vec<String> = query.types.iter().map(|wanted| of_type(&mut sql, wanted)).collect();
    let types = if types.is_empty() { String::new() } else { format!(" AND ({})", types.join(" OR ")) };
    let limit = sql.param(query.limit);
    sql.text = format!(
        "SELECT e.sequence, e.id, e.type, e.entity, e.entity_id, e.occurred_at, e.data FROM outbox_event e \
         WHERE e.tenant_id = ?1 AND e.sequence > {after} AND e.sequence <= {last}{types} \
         ORDER BY e.sequence {{page {limit}}}"
    );
    sql
}

/// `entity.*` is every action of the entity.
fn of_type(sql: &mut Composed, wanted: &str) -> String {
    let (column, value) = match wanted.strip_suffix(".*") {
        Some(entity) => ("e.entity", entity),
        None => ("e.type", wanted),
    };
    format!("{column} = {}", sql.param(value))
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
