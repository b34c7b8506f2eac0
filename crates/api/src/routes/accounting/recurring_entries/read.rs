use std::sync::Arc;

use application::accounting::ports::recurring_entries::{
    OCCURRENCE_LIST, RECURRING_ENTRY_LIST, RecurringEntryQueries,
};
use application::accounting::views::recurring_entry::{
    RecurringEntryView, RecurringOccurrenceView, UpcomingEntriesView,
};
use application::error::AppError;
use application::paging::ListSpec;
use axum::extract::State;
use domain::ids::RecurringEntryId;
use http::HeaderMap;

use super::dto::PreviewQuery;
use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, ListParams, ListSpecSource, Query};

impl ListSpecSource for RecurringEntryView {
    const SPEC: &'static ListSpec = &RECURRING_ENTRY_LIST;
}

impl ListSpecSource for RecurringOccurrenceView {
    const SPEC: &'static ListSpec = &OCCURRENCE_LIST;
}

pub async fn list(
    State(queries): State<Arc<dyn RecurringEntryQueries>>,
    ctx: Ctx,
    params: ListParams<RecurringEntryView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    let page = move |query| {
        let queries = queries.clone();
        async move { queries.recurring_entries(tenant, &query).await }
    };
    answer::list(page, params.into_inner(), accept).await
}

pub async fn get(
    State(queries): State<Arc<dyn RecurringEntryQueries>>,
    ctx: Ctx,
    Id(id): Id<RecurringEntryId>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.recurring_entry(ctx.tenant, id).await?;
    let view = view.ok_or_else(|| AppError::not_found("recurring_entry"))?;
    answer::view(&view, Some(view.version), &headers)
}

pub async fn preview(
    State(queries): State<Arc<dyn RecurringEntryQueries>>,
    ctx: Ctx,
    Id(id): Id<RecurringEntryId>,
    Query(query): Query<PreviewQuery>,
) -> ApiResult {
    let count = usize::try_from(query.count.0).unwrap_or_default();
    let items = queries.upcoming_entries(ctx.tenant, id, count).await?;
    let items = items.ok_or_else(|| AppError::not_found("recurring_entry"))?;
    answer::json(&UpcomingEntriesView { items })
}

pub async fn occurrences(
    State(queries): State<Arc<dyn RecurringEntryQueries>>,
    ctx: Ctx,
    Id(id): Id<RecurringEntryId>,
    params: ListParams<RecurringOccurrenceView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    let page = move |query| {
        let queries = queries.clone();
        async move {
            let page = queries.recurring_occurrences(tenant, id, &query).await?;
            page.ok_or_else(|| AppError::not_found("recurring_entry"))
        }
    };
    answer::list(page, params.into_inner(), accept).await
}
