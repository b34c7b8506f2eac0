use std::marker::PhantomData;
use std::sync::Arc;

use application::accounting::ports::recurring::RecurringQueries;
use application::error::AppError;
use application::paging::ListSpec;
use axum::extract::State;
use domain::accounting::recurring::Template;
use http::HeaderMap;
use serde::Serialize;

use super::{PreviewQuery, RecurringRoutes};
use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, ListParams, ListSpecSource, Query};

type IdOf<T> = Id<domain::ids::Id<<T as Template>::Of>>;

/// The list of one kind.
pub struct All<T>(PhantomData<fn() -> T>);

impl<T: RecurringRoutes> ListSpecSource for All<T> {
    const SPEC: &'static ListSpec = T::LIST;
}

/// The list of occurrences of one kind.
pub struct Occurrences<T>(PhantomData<fn() -> T>);

impl<T: RecurringRoutes> ListSpecSource for Occurrences<T> {
    const SPEC: &'static ListSpec = T::OCCURRENCES;
}

/// The occurrences to come.
#[derive(Serialize)]
pub struct Upcoming<U> {
    items: Vec<U>,
}

fn missing<T: RecurringRoutes>() -> AppError {
    AppError::not_found(T::NAMES.entity)
}

pub async fn list<T: RecurringRoutes>(
    State(queries): State<Arc<dyn RecurringQueries<T>>>,
    ctx: Ctx,
    params: ListParams<All<T>>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.list(tenant, query), params, accept).await
}

pub async fn get<T: RecurringRoutes>(
    State(queries): State<Arc<dyn RecurringQueries<T>>>,
    ctx: Ctx,
    Id(id): IdOf<T>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.one(ctx.tenant, id).await?.ok_or_else(missing::<T>)?;
    answer::view(&view, Some(T::version(&view)), &headers)
}

pub async fn preview<T: RecurringRoutes>(
    State(queries): State<Arc<dyn RecurringQueries<T>>>,
    ctx: Ctx,
    Id(id): IdOf<T>,
    Query(query): Query<PreviewQuery>,
) -> ApiResult {
    let count = usize::try_from(query.count.0).unwrap_or_default();
    let items = queries.upcoming(ctx.tenant, id, count).await?.ok_or_else(missing::<T>)?;
    answer::json(&Upcoming { items })
}

pub async fn occurrences<T: RecurringRoutes>(
    State(queries): State<Arc<dyn RecurringQueries<T>>>,
    ctx: Ctx,
    Id(id): IdOf<T>,
    params: ListParams<Occurrences<T>>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    let page = move |query| {
        let queries = queries.clone();
        async move { queries.occurrences(tenant, id, &query).await?.ok_or_else(missing::<T>) }
    };
    answer::list(page, params.into_inner(), accept).await
}
