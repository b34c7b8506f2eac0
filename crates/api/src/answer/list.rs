//! Lists: one page as JSON, or the whole list as CSV or NDJSON, walked page by page as the client reads.

use std::future::Future;
use std::sync::Arc;

use application::error::{AppError, AppResult};
use application::paging::{Count, ListQuery, Page, UNKNOWN_PARAMETER};
use application::ports::cache::{Cache, CacheKey, Cached, Load};
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use domain::error::Violation;
use futures::future::BoxFuture;
use futures::{FutureExt, stream};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::csv::Columns;
use super::{ApiResult, json_bytes, to_bytes};
use crate::extract::ListParams;
use crate::extract::list_params::ListRequest;
use crate::media::Media;
use crate::problem::Problem;

/// Items read at once while a whole list is streamed; the most that is held in memory.
pub const STREAM_PAGE_ITEMS: u32 = 500;

/// One page while it is read.
type Reading = BoxFuture<'static, AppResult<Box<dyn AnyPage>>>;

/// The list of one resource. Its items are hidden behind [`AnyPage`], so that all that follows is compiled once and not for each
/// resource.
struct Pages {
    columns: fn() -> Columns,
    read: Box<dyn Fn(ListQuery) -> Reading + Send>,
}

/// A page of items of any type.
trait AnyPage: Send {
    fn json(&self) -> AppResult<Bytes>;
    /// The items with only these members.
    fn values(&self, fields: Option<&[String]>) -> AppResult<Vec<Value>>;
    /// The page without its items.
    fn frame(self: Box<Self>) -> Page<()>;
}

impl<T: Serialize + Send> AnyPage for Page<T> {
    fn json(&self) -> AppResult<Bytes> {
        to_bytes(self)
    }

    fn values(&self, fields: Option<&[String]>) -> AppResult<Vec<Value>> {
        self.items.iter().map(|item| selected(item, fields)).collect()
    }

    fn frame(self: Box<Self>) -> Page<()> {
        self.split().1
    }
}

impl Pages {
    fn of<T, F, Fut>(page: F) -> Self
    where
        T: Serialize + ToSchema + Send + 'static,
        F: Fn(ListQuery) -> Fut + Send + 'static,
        Fut: Future<Output = AppResult<Page<T>>> + Send + 'static,
    {
        let read = move |query| {
            let reading = page(query);
            async move { Ok(Box::new(reading.await?) as Box<dyn AnyPage>) }.boxed()
        };
        Self { columns: Columns::of::<T>, read: Box::new(read) }
    }

    /// The page as JSON.
    fn one(&self, request: ListRequest) -> impl Future<Output = AppResult<Bytes>> + Send + 'static {
        let ListRequest { query, fields, .. } = request;
        let reading = (self.read)(query);
        async move {
            let page = reading.await?;
            let Some(fields) = &fields else { return page.json() };
            let items = page.values(Some(fields))?;
            to_bytes(&page.frame().with(items))
        }
    }

    fn check(&self, request: &ListRequest) -> Result<(), Problem> {
        match &request.fields {
            Some(fields) => check_fields(fields, &(self.columns)()),
            None => Ok(()),
        }
    }
}

/// Answers a list. `page` reads one page; for a stream it is called until the cursor ends or the client goes away.
pub async fn list<T, F, Fut>(page: F, request: ListRequest, accept: Media) -> ApiResult
where
    T: Serialize + ToSchema + Send + 'static,
    F: Fn(ListQuery) -> Fut + Send + 'static,
    Fut: Future<Output = AppResult<Page<T>>> + Send + 'static,
{
    answer(Pages::of(page), request, accept).await
}

/// Answers a list that is read from queries.
pub async fn list_from<Q, T, F, S>(
    queries: Arc<Q>,
    page: F,
    params: ListParams<S>,
    accept: Media,
) -> ApiResult
where
    Q: Send + Sync + 'static + ?Sized,
    T: Serialize + ToSchema + Send + 'static,
    F: for<'a> Fn(&'a Q, &'a ListQuery) -> BoxFuture<'a, AppResult<Page<T>>> + Clone + Send + Sync + 'static,
{
    let page = move |query| {
        let (queries, page) = (queries.clone(), page.clone());
        async move { page(&queries, &query).await }
    };
    list(page, params.into_inner(), accept).await
}

async fn answer(pages: Pages, request: ListRequest, accept: Media) -> ApiResult {
    pages.check(&request)?;
    if matches!(accept, Media::Csv | Media::NdJson) {
        return stream_list(pages, request, accept).await;
    }
    let reading = pages.one(request);
    drop(pages);
    Ok(json_bytes(StatusCode::OK, reading.await?))
}

/// Answers a list of reference data. A page of JSON is cached under `key` until something of its kind changes (F6).
pub async fn cached_list<T, F, Fut>(
    cache: &dyn Cache,
    key: CacheKey,
    page: F,
    request: ListRequest,
    accept: Media,
) -> ApiResult
where
    T: Serialize + ToSchema + Send + 'static,
    F: Fn(ListQuery) -> Fut + Send + 'static,
    Fut: Future<Output = AppResult<Page<T>>> + Send + 'static,
{
    cached_answer(cache, key, Pages::of(page), request, accept).await
}

async fn cached_answer(
    cache: &dyn Cache,
    key: CacheKey,
    pages: Pages,
    request: ListRequest,
    accept: Media,
) -> ApiResult {
    if matches!(accept, Media::Csv | Media::NdJson) {
        return answer(pages, request, accept).await;
    }
    pages.check(&request)?;
    let load: Load = Box::new(move || {
        let reading = pages.one(request);
        Box::pin(async move { Ok(Some(Cached { body: reading.await?, version: None })) })
    });
    let found = cache.get_or_load(key, load).await?;
    let found = found.ok_or_else(|| AppError::internal("a list was loaded and is not there"))?;
    Ok(json_bytes(StatusCode::OK, found.body))
}

fn check_fields(fields: &[String], columns: &Columns) -> Result<(), Problem> {
    let members = columns.members();
    let unknown: Vec<Violation> = fields
        .iter()
        .filter(|name| !members.contains(&name.as_str()))
        .map(|name| {
            Violation::new(&UNKNOWN_PARAMETER)
                .with("name", format!("fields={}", crate::wire::quoted(name)))
                .with("allowed", members.join(", "))
                .at("?fields")
        })
        .collect();
    if unknown.is_empty() { Ok(()) } else { Err(unknown.into()) }
}

fn selected<T: Serialize>(item: &T, fields: Option<&[String]>) -> AppResult<Value> {
    let mut value = serde_json::to_value(item)
        .map_err(|error| AppError::internal(format!("an item cannot be written: {error}")))?;
    if let (Some(fields), Some(members)) = (fields, value.as_object_mut()) {
        members.retain(|name, _| fields.contains(name));
    }
    Ok(value)
}

/// How one page becomes bytes.
struct Writer {
    columns: Option<Columns>,
    fields: Option<Vec<String>>,
}

impl Writer {
    fn chunk(&self, page: &dyn AnyPage, first: bool) -> AppResult<Bytes> {
        let mut out = String::new();
        if let (Some(columns), true) = (&self.columns, first) {
            out.push_str(&columns.header());
        }
        for value in page.values(self.fields.as_deref())? {
            match &self.columns {
                Some(columns) => columns.row(&mut out, &value),
                None => {
                    out.push_str(&value.to_string());
                    out.push('\n');
                }
            }
        }
        Ok(out.into())
    }
}

async fn stream_list(pages: Pages, request: ListRequest, accept: Media) -> ApiResult {
    let ListRequest { mut query, fields, limited } = request;
    if !limited {
        query.limit = STREAM_PAGE_ITEMS;
    }
    query.count = Count::None; // a stream has no place for it
    let columns = (accept == Media::Csv).then(|| (pages.columns)().only(fields.as_deref()));
    let writer = Writer { columns, fields };
    // The first page is read before the answer begins, so that its failure is still a problem document.
    let reading = (pages.read)(query.clone());
    let first = reading.await?;
    let chunk = writer.chunk(&*first, true)?;
    let next = if limited { None } else { first.frame().next_cursor };
    let start = (Some(chunk), next, query, writer, pages);
    let chunks = stream::try_unfold(start, |(ready, next, mut query, writer, pages)| async move {
        if let Some(chunk) = ready {
            return Ok(Some((chunk, (None, next, query, writer, pages))));
        }
        let Some(cursor) = next else { return Ok(None) };
        query.cursor = Some(cursor);
        let reading = (pages.read)(query.clone());
        let read =
            reading.await.and_then(|more| Ok((writer.chunk(&*more, false)?, more.frame().next_cursor)));
        match read {
            Ok((chunk, next)) => Ok(Some((chunk, (None, next, query, writer, pages)))),
            Err(error) => {
                // Too late for a status: the connection is cut, so that the list is not taken for complete.
                tracing::error!(error = %error, "a streamed list broke off");
                Err(std::io::Error::other("the list broke off"))
            }
        }
    });
    let mut response = Response::new(Body::from_stream(chunks));
    let kind = if accept == Media::Csv { "text/csv; charset=utf-8; header=present" } else { accept.as_str() };
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok(response)
}
