//! From a report to its bytes: cached per parameters, language and form, with an entity tag over the content.

use std::fmt::Debug;
use std::future::Future;
use std::sync::{Arc, Mutex};

use application::accounting::ports::reports::ReportQueries;
use application::accounting::reports::Reports;
use application::command::Application;
use application::error::{AppError, AppResult};
use application::ports::cache::{CacheKey, Cached, CachedEntity, ListHash, Load};
use application::printing::ports::Printer;
use axum::extract::FromRequestParts;
use bytes::Bytes;
use chrono::NaiveDate;
use domain::error::{Language, Phrase};
use domain::ids::TenantId;
use futures::FutureExt;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::csv_options::{CSV_WITH_MARK, FileForm};
use crate::answer::{self, ApiResult};
use crate::export::{CsvStyle, Table, on_paper, to_xlsx};
use crate::extract::{Ctx, Media};
use crate::problem::Problem;
use crate::state::AppState;

const MADE: Phrase = Phrase::new("Printed on", "طُبع في");

/// Everything a report's handler needs of its surroundings.
pub struct Setting {
    pub ctx: Ctx,
    pub reports: Reports,
    pub headers: HeaderMap,
    application: Application,
    media: Media,
    printer: Arc<dyn Printer>,
}

impl FromRequestParts<AppState> for Setting {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let ctx = Ctx::from_request_parts(parts, state).await?;
        let Ok(media) = Media::from_request_parts(parts, state).await;
        let queries: Arc<dyn ReportQueries> = state.queries.reports.clone();
        let application = state.application.clone();
        let printer = state.files.printer.clone();
        let reports = Reports::new(&application, queries, ctx.time_zone.clone());
        Ok(Self { ctx, reports, headers: parts.headers.clone(), application, media, printer })
    }
}

impl Setting {
    pub fn language(&self) -> Language {
        self.ctx.language
    }

    /// A document made of a table, as a file.
    pub async fn print(&self, table: &Table) -> AppResult<Bytes> {
        let today = self.reports.today();
        self.printer.pdf(on_paper(table, self.language(), today), today).await
    }

    /// The table with the day on which it is made, as files that are not paper say it.
    pub fn dated(&self, table: Table) -> Table {
        dated(table, self.language(), self.reports.today())
    }

    /// `format` decides before `Accept` does.
    pub fn media(&self, format: Option<&'static str>) -> Media {
        match format {
            Some("json") => Media::Json,
            Some("csv" | CSV_WITH_MARK) => Media::Csv,
            Some("ndjson") => Media::NdJson,
            Some("xlsx") => Media::Xlsx,
            Some("pdf") => Media::Pdf,
            _ => self.media,
        }
    }

    /// Answers a report, from the cache while nothing it depends on has changed.
    pub async fn report<V, R, F, Fut>(
        self,
        name: &'static str,
        request: R,
        form: FileForm,
        make: F,
        table: fn(&V, Language) -> Table,
    ) -> ApiResult
    where
        V: Serialize + Send + 'static,
        R: Debug + Clone + Send + Sync + 'static,
        F: Fn(Reports, TenantId, R) -> Fut + Clone + Send + 'static,
        Fut: Future<Output = AppResult<V>> + Send + 'static,
    {
        let (media, tenant, language) = (self.media(form.format), self.ctx.tenant, self.language());
        let key = self.key(name, &request, media, form.csv);
        let reports = self.reports.clone();
        let printer = self.printer.clone();
        let make = move || {
            let made = make(reports.clone(), tenant, request.clone());
            let (printer, today) = (printer.clone(), reports.today());
            async move {
                let view = made.await?;
                if media == Media::Pdf {
                    let document = on_paper(&table(&view, language), language, today);
                    return Ok(versioned(printer.pdf(document, today).await?));
                }
                let table = |view: &V| dated(table(view, language), language, today);
                render(&view, (media, form.csv), table)
            }
        };
        let refusal: Arc<Mutex<Option<AppError>>> = Arc::default();
        let load: Load = {
            let (make, refusal) = (make.clone(), refusal.clone());
            Box::new(move || {
                let made = make();
                async move {
                    // An error of the request goes to its sender; the cache only hears that there is nothing.
                    Ok(made.await.map_err(|error| refusal.lock().map(|mut slot| *slot = Some(error))).ok())
                }
                .boxed()
            })
        };
        let cached = self.application.cache.get_or_load(key, load).await?;
        let refused = refusal.lock().ok().and_then(|mut slot| slot.take());
        let cached = match (cached, refused) {
            (Some(cached), _) => cached,
            (None, Some(error)) => return Err(error.into()),
            // Someone else's load of the same report failed: ours may not.
            (None, None) => make().await?,
        };
        let mut response = answer::cached(cached, &self.headers)?;
        if response.status().is_success() {
            name_media(response.headers_mut(), media, name);
        }
        Ok(response)
    }

    /// Everything the bytes depend on beside the books, whose changes make the whole group stale (F6).
    fn key(&self, name: &str, request: &impl Debug, media: Media, csv: CsvStyle) -> CacheKey {
        let (today, form) = (self.reports.today().to_string(), format!("{media:?}{csv:?}"));
        let parts = [
            name,
            &today,
            &form,
            self.language().as_str(),
            &self.ctx.permissions.scope(),
            &format!("{request:?}"),
        ];
        CacheKey::list(self.ctx.tenant, CachedEntity::Report, ListHash::of(&parts))
    }
}

fn dated(table: Table, language: Language, today: NaiveDate) -> Table {
    Table { made: Some(format!("{}: {today}", MADE.text(language))), ..table }
}

fn render<V: Serialize>(
    view: &V,
    (media, csv): (Media, CsvStyle),
    table: impl Fn(&V) -> Table,
) -> AppResult<Cached> {
    let body = match media {
        Media::Csv => csv.file(&table(view))?.into(),
        Media::Xlsx => to_xlsx(&table(view))?.into(),
        _ => answer::to_bytes(view)?,
    };
    Ok(versioned(body))
}

fn versioned(body: Bytes) -> Cached {
    Cached { version: Some(version(&body)), body }
}

/// The entity tag: the first 63 bits of the content's SHA-256.
fn version(body: &[u8]) -> i64 {
    let digest = Sha256::digest(body);
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(first) & i64::MAX
}

/// The content type, and for files a name.
pub fn name_media(headers: &mut HeaderMap, media: Media, name: &str) {
    let (kind, extension) = match media {
        Media::Csv => ("text/csv; charset=utf-8; header=present", Some("csv")),
        Media::Xlsx => (media.as_str(), Some("xlsx")),
        Media::Pdf => (media.as_str(), Some("pdf")),
        _ => (media.as_str(), None),
    };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    let file = extension.map(|extension| format!("attachment; filename=\"{name}.{extension}\""));
    if let Some(Ok(file)) = file.map(HeaderValue::try_from) {
        headers.insert(CONTENT_DISPOSITION, file);
    }
}
