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

/// One change of one thing.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventView {
    /// From 1, without gaps, in the order of the commits.
    pub sequence: i64,
    /// That of its audit row, too: `/audit-log/{id}` says who did it. Events of earlier versions have an id of their own.
    pub id: Uuid,
    /// Entity and action: `journal_entry.posted`.
    pub r#type: String,
    pub entity: String,
    pub entity_id: Uuid,
    #[schema(format = "date-time")]
    pub occurred_at: String,
    /// As it is since then; null when it no longer exists.
    #[schema(value_type = Option<Object>)]
    pub data: Option<Value>,
}

/// The events after a place in the feed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventPage {
    pub items: Vec<EventView>,
    /// Pass it as `after` for what follows: the last event of a full page, otherwise the last there is.
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
