//! The change feed: every change of a tenant as an event, in order and without gaps (R24).

use async_trait::async_trait;
use domain::ids::TenantId;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::AppResult;

/// Most events read at once.
pub const EVENTS_MAX: u32 = 1_000;
/// Events on a page when the caller does not say.
pub const EVENTS_DEFAULT: u32 = 100;

/// One change of one record, as an event.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventView {
    /// The position of the event in the feed: from 1, without gaps, in the order of the commits.
    pub sequence: i64,
    /// The id of the event, which is also that of its audit row: `/audit-log/{id}` says which user made the change.
    /// Events from earlier versions of the product have an id of their own.
    pub id: Uuid,
    /// The entity and the action, such as `journal_entry.posted`.
    pub r#type: String,
    pub entity: String,
    pub entity_id: Uuid,
    #[schema(format = "date-time")]
    pub occurred_at: String,
    /// The state after the change; null when the thing no longer exists.
    #[schema(value_type = Option<Object>)]
    pub data: Option<Value>,
}

/// The events after a place in the feed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventPage {
    pub items: Vec<EventView>,
    /// The sequence to pass as `after` for the next page: that of the last event on a full page, otherwise that of the
    /// last event there is.
    pub last_sequence: i64,
}

/// Which events are wanted.
#[derive(Debug, Clone)]
pub struct EventQuery {
    pub after: i64,
    pub limit: u32,
    /// Whole types, or an entity with all its actions as `journal_entry.*`; empty for all.
    pub types: Vec<String>,
}

#[async_trait]
pub trait ChangeFeedQueries: Send + Sync {
    /// MUST answer no event before every event of an earlier sequence is visible.
    async fn events(&self, tenant: TenantId, query: &EventQuery) -> AppResult<EventPage>;
    /// The sequence of the last event, 0 for none.
    async fn last_event(&self, tenant: TenantId) -> AppResult<i64>;
}
