//! [`AuditLogQueries`] in SQL.

use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::platform::audit_log::{AuditEntryView, AuditLogQueries};
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use domain::ids::{AuditId, TenantId};
use domain::time::Timestamp;
use serde_json::Value as Json;

use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::Columns;
use crate::statements;

macro_rules! audit_columns {
    () => {
        "a.id, a.recorded_at, a.actor_kind, a.actor_id, a.user_id, a.action, a.entity, a.entity_id, a.request_id"
    };
}

statements! {
    GET = "platform.audit_log.get":
        concat!("SELECT ", audit_columns!(), ", a.before_document, a.after_document FROM audit_log a \
         WHERE a.tenant_id = ?1 AND a.id = ?2");
}

pub static LIST: ListSql = ListSql {
    spec: &application::platform::audit_log::AUDIT_LOG_LIST,
    select: concat!("SELECT ", audit_columns!(), " FROM audit_log a"),
    tenant: "a.tenant_id",
    key: &["a.id"],
    columns: COLUMNS,
    sorted_as: &[],
};

/// The list with the documents before and after each change.
pub static WHOLE_LIST: ListSql = ListSql {
    spec: &application::platform::audit_log::AUDIT_LOG_LIST,
    select: concat!("SELECT ", audit_columns!(), ", a.before_document, a.after_document FROM audit_log a"),
    tenant: "a.tenant_id",
    key: &["a.id"],
    columns: COLUMNS,
    sorted_as: &[],
};

const COLUMNS: &[(&str, &str)] = &[
    ("id", "a.id"),
    ("recordedAt", "a.recorded_at"),
    ("entity", "a.entity"),
    ("entityId", "a.entity_id"),
    ("action", "a.action"),
    ("actorKind", "a.actor_kind"),
    ("actorId", "a.actor_id"),
    ("userId", "a.user_id"),
    ("requestId", "a.request_id"),
];

#[async_trait]
impl AuditLogQueries for Db {
    async fn audit_entry(&self, tenant: TenantId, id: AuditId) -> AppResult<Option<AuditEntryView>> {
        let Some(row) = self.find(&GET, &[tenant.into(), id.into()]).await? else { return Ok(None) };
        Ok(Some(whole(&mut row.columns("audit_log"))?))
    }

    async fn audit_log(
        &self,
        tenant: TenantId,
        query: &ListQuery,
        documents: bool,
    ) -> AppResult<Page<AuditEntryView>> {
        match documents {
            true => WHOLE_LIST.page(self, tenant, query, None, whole).await,
            false => LIST.page(self, tenant, query, None, view).await,
        }
    }
}

fn view(columns: &mut Columns) -> StorageResult<AuditEntryView> {
    let id = columns.get("id")?;
    let recorded_at: Timestamp = columns.get("recorded_at")?;
    Ok(AuditEntryView {
        id,
        recorded_at: recorded_at.to_string(),
        actor_kind: columns.get("actor_kind")?,
        actor_id: columns.get("actor_id")?,
        user_id: columns.get("user_id")?,
        action: columns.get("action")?,
        entity: columns.get("entity")?,
        entity_id: columns.get("entity_id")?,
        request_id: columns.get("request_id")?,
        before: None,
        after: None,
    })
}

/// The row with its two documents.
fn whole(columns: &mut Columns) -> StorageResult<AuditEntryView> {
    let mut entry = view(columns)?;
    entry.before = document(columns.get("before_document")?, "before_document")?;
    entry.after = document(columns.get("after_document")?, "after_document")?;
    Ok(entry)
}

fn document(text: Option<String>, column: &'static str) -> StorageResult<Option<Json>> {
    let parse = |text: String| {
        serde_json::from_str(&text).map_err(|error| StorageError::Corrupt {
            table: "audit_log",
            column,
            detail: error.to_string(),
        })
    };
    text.map(parse).transpose()
}
