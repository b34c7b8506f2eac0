//! The audit log: the author, time, old and new state of every change. Read only; every command writes it.

use async_trait::async_trait;
use domain::ids::{AuditId, TenantId};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};

/// One change of one record.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntryView {
    pub id: Uuid,
    #[schema(format = "date-time")]
    pub recorded_at: String,
    /// The kind of actor: `user`, `api_key` or `system`.
    pub actor_kind: String,
    /// The user or the API key that made the change; null for the product itself.
    pub actor_id: Option<Uuid>,
    /// The user; also given when an API key acted for the user.
    pub user_id: Option<Uuid>,
    /// The action: `created`, `updated`, `deleted`, `posted` and others.
    pub action: String,
    /// The entity, such as `journal_entry`.
    pub entity: String,
    pub entity_id: Uuid,
    /// The request that made the change, as in its `X-Request-Id`.
    pub request_id: String,
    /// The state before the change; null when the thing did not exist. A page of JSON has it only if `fields` names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
    /// The state after the change; null when the thing no longer exists. A page of JSON has it only if `fields` names
    /// it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
}

/// The fields by which `GET /audit-log` filters and sorts.
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
    /// The audit row with the documents before and after.
    async fn audit_entry(&self, tenant: TenantId, id: AuditId) -> AppResult<Option<AuditEntryView>>;
    /// The states before and after are included only if `documents`.
    async fn audit_log(
        &self,
        tenant: TenantId,
        query: &ListQuery,
        documents: bool,
    ) -> AppResult<Page<AuditEntryView>>;
}
