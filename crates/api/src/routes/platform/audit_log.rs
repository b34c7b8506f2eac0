//! `/audit-log`: who changed what.

use std::sync::Arc;

use application::authorize::Access;
use application::error::AppError;
use application::paging::ListSpec;
use application::platform::audit_log::{AUDIT_LOG_LIST, AuditEntryView, AuditLogQueries};
use axum::extract::State;
use domain::ids::AuditId;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, ListParams, ListSpecSource};
use crate::operation::Operations;

const TAG: &str = "audit log";

impl ListSpecSource for AuditEntryView {
    const SPEC: &'static ListSpec = &AUDIT_LOG_LIST;
}

pub fn operations(ops: &mut Operations) {
    const READ: Access = Access::Permission("platform.audit_log.read");
    ops.tag(TAG, "Who changed what, when, from what to what. Nothing in it ever changes.");
    ops.get("/audit-log", list)
        .id("list_audit_log")
        .tag(TAG)
        .summary("List the audit log")
        .description("The latest changes first, each without the documents before and after.")
        .access(READ)
        .list::<AuditEntryView>(&AUDIT_LOG_LIST);
    ops.get("/audit-log/{id}", get)
        .id("get_audit_entry")
        .tag(TAG)
        .summary("Read one change with what was before and after")
        .access(READ)
        .ok::<AuditEntryView>();
}

async fn list(
    State(queries): State<Arc<dyn AuditLogQueries>>,
    ctx: Ctx,
    params: ListParams<AuditEntryView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    let page = move |query| {
        let queries = queries.clone();
        async move { queries.audit_log(tenant, &query).await }
    };
    answer::list(page, params.into_inner(), accept).await
}

async fn get(State(queries): State<Arc<dyn AuditLogQueries>>, ctx: Ctx, Id(id): Id<AuditId>) -> ApiResult {
    let entry = queries.audit_entry(ctx.tenant, id).await?;
    answer::json(&entry.ok_or_else(|| AppError::not_found("audit_entry"))?)
}
