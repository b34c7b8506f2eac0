//! `/audit-log`: who changed what.

use std::sync::Arc;

use application::authorize::Access;
use application::error::AppError;
use application::paging::{INVALID_PARAMETER, ListQuery, ListSpec};
use application::platform::audit_log::{AUDIT_LOG_LIST, AuditEntryView, AuditLogQueries};
use axum::extract::State;
use domain::error::{Phrase, Violation};
use domain::ids::AuditId;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, ListParams, ListSpecSource, Media};
use crate::operation::Operations;

const SMALL_PAGE: Phrase = Phrase::new(
    "at most 50 beside before and after, or none for all changes",
    "50 بحد أقصى مع before وafter، أو بلا حد لكل التغييرات",
);

/// Changes whose documents are held at once; each may be as large as the thing itself.
const DOCUMENTS_MAX: u32 = 50;

const TAG: &str = "audit log";

impl ListSpecSource for AuditEntryView {
    const SPEC: &'static ListSpec = &AUDIT_LOG_LIST;
}

pub fn operations(ops: &mut Operations) {
    const READ: Access = Access::Permission("platform.audit_log.read");
    ops.tag(
        TAG,
        "The audit log: which user changed what, when, and from what to what. Its rows never change.",
    );
    ops.get("/audit-log", list)
        .id("list_audit_log")
        .tag(TAG)
        .summary("List the audit log")
        .description(
            "The latest changes come first. CSV and NDJSON have the states before and after each change, as \
             JSON. A page of JSON has them only if `fields` names `before` or `after`, and then has at most \
             50 changes.",
        )
        .access(READ)
        .list::<AuditEntryView>(&AUDIT_LOG_LIST);
    ops.get("/audit-log/{id}", get)
        .id("get_audit_entry")
        .tag(TAG)
        .summary("Read one change with the state before and after")
        .access(READ)
        .ok::<AuditEntryView>();
}

async fn list(
    State(queries): State<Arc<dyn AuditLogQueries>>,
    ctx: Ctx,
    params: ListParams<AuditEntryView>,
    accept: Accept,
) -> ApiResult {
    let (tenant, request) = (ctx.tenant, params.into_inner());
    let named = |fields: &Vec<String>| fields.iter().any(|field| field == "before" || field == "after");
    let streamed = accept != Media::Json;
    let documents = request.fields.as_ref().map_or(streamed, named);
    if documents && streamed && request.limited && request.query.limit > DOCUMENTS_MAX {
        // One piece of a stream has no cursor to go on with, so it is not made shorter.
        let refused = Violation::new(&INVALID_PARAMETER)
            .with("name", "limit")
            .with("value", request.query.limit)
            .with_phrase("expected", SMALL_PAGE);
        return Err(refused.at("?limit").into());
    }
    let page = move |mut query: ListQuery| {
        let queries = queries.clone();
        async move {
            if documents {
                query.limit = query.limit.min(DOCUMENTS_MAX);
            }
            queries.audit_log(tenant, &query, documents).await
        }
    };
    answer::list(page, request, accept).await
}

async fn get(State(queries): State<Arc<dyn AuditLogQueries>>, ctx: Ctx, Id(id): Id<AuditId>) -> ApiResult {
    let entry = queries.audit_entry(ctx.tenant, id).await?;
    answer::json(&entry.ok_or_else(|| AppError::not_found("audit_entry"))?)
}
