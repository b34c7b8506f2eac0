//! Lists: one page as JSON, or the whole list as CSV or NDJSON, walked page by page as the client reads.

use std::future::Future;

use application::error::{AppError, AppResult};
use application::paging::{Count, ListQuery, Page, UNKNOWN_PARAMETER};
use application::ports::cache::{Cache, CacheKey, Cached, Load};
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use domain::error::Violation;
use futures::stream;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::csv::Columns;
use super::{ApiResult, json_bytes, to_bytes};
use crate::extract::list_params::ListRequest;
use crate::media::Media;
use crate::problem::Problem;

/// Items read at once while a whole list is streamed; the most that is held in memory.
pub const STREAM_PAGE_ITEMS: u32 = 500;

/// Answers a list. `page` reads one page; for a stream it is called until the cursor ends or the client goes away.
pub async fn list<T, F, Fut>(page: F, request: ListRequest, accept: Media) -> ApiResult
where
    T: Serialize + ToSchema + Send,
    F: Fn(ListQuery) -> Fut + Send + 'static,
    Fut: Future<Output = AppResult<Page<T>>> + Send + 'static,
{
    if let Some(fields) = &request.fields {
        check_fields(fields, &Columns::of::<T>())?;
    }
    match accept {
        Media::Csv | Media::NdJson => stream_list(page, request, accept).await,
        _ => Ok(json_bytes(StatusCode::OK, one_page(page, request).await?)),
    }
}

/// The same for reference data: a page of JSON is kept under `key` until something of its kind changes (F6).
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
    if matches!(accept, Media::Csv | Media::NdJson) {
        return list(page, request, accept).await;
    }
    if let Some(fields) = &request.fields {
        check_fields(fields, &Columns::of::<T>())?;
    }
    let load: Load = Box::new(move || {
        let loading = async move { Ok(Some(Cached { body: one_page(page, request).await?, version: None })) };
        Box::pin(loading)
    });
    let found = cache.get_or_load(key, load).await?;
    let found = found.ok_or_else(|| AppError::internal("a list was loaded and is not there"))?;
    Ok(json_bytes(StatusCode::OK, found.body))
}

async fn one_page<T, F, Fut>(page: F, request: ListRequest) -> AppResult<Bytes>
where
    T: Serialize,
    F: Fn(ListQuery) -> Fut,
    Fut: Future<Output = AppResult<Page<T>>>,
{
    let answer = page(request.query).await?;
    let Some(fields) = &request.fields else { return to_bytes(&answer) };
    let (items, page) = answer.split();
    let items = items.iter().map(|item| selected(item, Some(fields)));
    to_bytes(&page.with(items.collect::<Result<Vec<Value>, _>>()?))
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
    fn chunk<T: Serialize>(&self, items: &[T], first: bool) -> AppResult<Bytes> {
        let mut out = String::new();
        if let (Some(columns), true) = (&self.columns, first) {
            out.push_str(&columns.header());
        }
        for item in items {
            let value = selected(item, self.fields.as_deref())?;
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

async fn stream_list<T, F, Fut>(page: F, request: ListRequest, accept: Media) -> ApiResult
where
    T: Serialize + ToSchema + Send,
    F: Fn(ListQuery) -> Fut + Send + 'static,
    Fut: Future<Output = AppResult<Page<T>>> + Send + 'static,
{
    let ListRequest { mut query, fields, limited } = request;
    if !limited {
        query.limit = STREAM_PAGE_ITEMS;
    }
    query.count = Count::None; // a stream has no place for it
    let columns = (accept == Media::Csv).then(|| Columns::of::<T>().only(fields.as_deref()));
    let writer = Writer { columns, fields };
    // The first page is read before the answer begins, so that its failure is still a problem document.
    let first = page(query.clone()).await?;
    let chunk = writer.chunk(&first.items, true)?;
    let next = if limited { None } else { first.next_cursor };
    let start = (Some(chunk), next, query, writer, page);
    let chunks = stream::try_unfold(start, |(ready, next, mut query, writer, page)| async move {
        if let Some(chunk) = ready {
            return Ok(Some((chunk, (None, next, query, writer, page))));
        }
        let Some(cursor) = next else { return Ok(None) };
        query.cursor = Some(cursor);
        let reading = page(query.clone());
        let read = reading.await.and_then(|more| Ok((writer.chunk(&more.items, false)?, more.next_cursor)));
        match read {
            Ok((chunk, next)) => Ok(Some((chunk, (None, next, query, writer, page)))),
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
