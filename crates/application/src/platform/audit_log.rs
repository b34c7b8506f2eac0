//! The audit log: who changed what, when, from what to what. Read only; every command writes it.

use async_trait::async_trait;
use domain::ids::{AuditId, TenantId};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};

/// One change of one thing.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntryView {
    pub id: Uuid,
    #[schema(format = "date-time")]
    pub recorded_at: String,
    /// `user`, `api_key` or `system`.
    pub actor_kind: String,
    /// The user or the API key; null for the product itself.
    pub actor_id: Option<Uuid>,
    /// The user, also when an API key acted for them.
    pub user_id: Option<Uuid>,
    /// `created`, `updated`, `deleted`, `posted` …
    pub action: String,
    /// Such as `journal_entry`.
    pub entity: String,
    pub entity_id: Uuid,
    /// The request that did it, as in its `X-Request-Id`.
    pub request_id: String,
    /// As it was; null when it did not exist. Pages of JSON have it only where `fields` names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
    /// As it is since then; null when it no longer exists. Pages of JSON have it only where `fields` names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
}

/// What `GET /audit-log` filters and sorts by.
pub static AUDIT_LOG_LIST: ListSpec = ListSpec {
    resource: "audit_log",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("recordedAt", FieldKind::Timestamp).sortable(),
        FieldSpec::new("entity", FieldKind::Text),
        FieldSpec::new("entityId", FieldKind::Id),
        FieldSpec::new("action", FieldKind::Text),
        FieldSpec::new("actorKind", FieldKind::Word(&["user", "api_key", "system"])),
        FieldSpec::new("actorId", FieldKind::Id).nullable(),
        FieldSpec::new("userId", FieldKind::Id).nullable(),
        FieldSpec::new("requestId", FieldKind::Text),
    ],
    default_sort: &[("recordedAt", Direction::Descending)],
    expand: &[],
};

#[async_trait]
pub trait AuditLogQueries: Send + Sync {
    /// With what it was before and after.
    async fn audit_entry(&self, tenant: TenantId, id: AuditId) -> AppResult<Option<AuditEntryView>>;
    /// What was before and after only if `documents`.
    async fn audit_log(
        &self,
        tenant: TenantId,
        query: &ListQuery,
        documents: bool,
    ) -> AppResult<Page<AuditEntryView>>;
}
