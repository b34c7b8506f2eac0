//! `/number-series`: what documents are numbered by, the next number, and the proof that there are no gaps.

use std::sync::Arc;

use application::accounting::number_series::create::CreateNumberSeries;
use application::accounting::number_series::delete::DeleteNumberSeries;
use application::accounting::number_series::update::UpdateNumberSeries;
use application::accounting::number_series::{gaps, preview};
use application::accounting::ports::number_series::{NUMBER_SERIES_LIST, NumberSeriesQueries};
use application::accounting::views::journal::{NumberGapsView, NumberPreviewView, NumberSeriesView};
use application::authorize::Access;
use application::command::{Application, execute};
use application::error::{ALREADY_EXISTS, IN_USE};
use application::paging::ListSpec;
use application::ports::cache::{Cache, CacheKey, CachedEntity};
use application::ports::clock::Clock;
use axum::extract::State;
use chrono::NaiveDate;
use domain::accounting::journal_entry::FISCAL_PERIOD_MISSING;
use domain::accounting::number_series::{
    NUMBER_PATTERN_BRANCH, NUMBER_PATTERN_CHANGES, NUMBER_PATTERN_COUNTER, NUMBER_PATTERN_LENGTH_MAX,
    NUMBER_PATTERN_REPEATS, NUMBER_SERIES_OVERLAPS, NUMBER_SERIES_RESET_FIXED, NUMBER_SERIES_USED,
    NumberReset,
};
use domain::ids::NumberSeriesId;
use domain::text::{Code, LocalizedName};
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource, Query};
use crate::operation::Operations;
use crate::routes::cached::cached;
use crate::wire::{Optional, RequiredText};
use crate::{query, request};

const READ: Access = Access::Permission("accounting.number_series.read");
const PATH: &str = "/number-series";
const TAG: &str = "number series";
const SEVERAL: &str = "Each number is used by at most one entry of the tenant. A pattern is therefore refused \
                       (`number_series_overlaps`) if it could give a number that another series gives, or that \
                       any series gave before its pattern changed.";

impl ListSpecSource for NumberSeriesView {
    const SPEC: &'static ListSpec = &NUMBER_SERIES_LIST;
}

request! {
    /// A new series of numbers.
    pub struct CreateNumberSeriesBody {
        /// The code that people type.
        code: Code = "ADJ",
        /// The name.
        name: LocalizedName = { "ar": "أرقام التسويات", "en": "Adjustments" },
        /// The type of document that the series numbers.
        document_type: Code => "journal_entry",
        /// The pattern: letters, digits and `. _ - /` with `{YYYY}`, `{YY}`, `{MM}`, `{FY}`, `{JOURNAL}` and one
        /// counter of zeros.
        pattern: RequiredText<NUMBER_PATTERN_LENGTH_MAX> = "ADJ-{FY}-{000000}",
        /// When counting starts again.
        reset: NumberReset => "fiscal_year",
        /// Whether the numbers have no gaps, as the law asks of legal numbers.
        gapless: bool => true,
        /// Whether the series gives numbers.
        active: bool => true,
    }

    /// Changes to a number series (JSON Merge Patch). Members left out stay as they are.
    pub struct UpdateNumberSeriesBody {
        /// The code that people type.
        code: Optional<Code>,
        /// The name.
        name: Optional<LocalizedName>,
        /// The type of document that the series numbers.
        document_type: Optional<Code>,
        /// The new pattern. Numbers that were given before keep their form.
        pattern: Optional<RequiredText<NUMBER_PATTERN_LENGTH_MAX>>,
        /// When counting starts again. It is fixed once a number was given.
        reset: Optional<NumberReset>,
        /// Whether the numbers have no gaps, as the law asks of legal numbers.
        gapless: Optional<bool>,
        /// Whether the series gives numbers. It stays true while a journal uses the series.
        active: Optional<bool>,
    }
}

query! {
    /// For which document.
    pub struct NumberPreviewQuery {
        /// The posting date of the document; today by default.
        date: Option<NaiveDate>,
    }
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Number series: legal numbers without gaps, counted in each period of a series.");
    ops.get(PATH, list)
        .id("list_number_series")
        .tag(TAG)
        .summary("List number series")
        .access(READ)
        .list::<NumberSeriesView>(&NUMBER_SERIES_LIST);
    ops.post(PATH, create)
        .id("create_number_series")
        .tag(TAG)
        .summary("Create a number series")
        .command::<CreateNumberSeries>()
        .body::<CreateNumberSeriesBody>()
        .created::<NumberSeriesView>()
        .description(SEVERAL)
        .errors(&[
            &ALREADY_EXISTS,
            &NUMBER_PATTERN_COUNTER,
            &NUMBER_PATTERN_REPEATS,
            &NUMBER_PATTERN_BRANCH,
            &NUMBER_SERIES_OVERLAPS,
        ]);
    ops.get("/number-series/{id}", get)
        .id("get_number_series")
        .tag(TAG)
        .summary("Get a number series")
        .access(READ)
        .view::<NumberSeriesView>();
    ops.patch("/number-series/{id}", update)
        .id("update_number_series")
        .tag(TAG)
        .summary("Change a number series")
        .command::<UpdateNumberSeries>()
        .if_match()
        .body::<UpdateNumberSeriesBody>()
        .ok::<NumberSeriesView>()
        .description(SEVERAL)
        .errors(&[
            &ALREADY_EXISTS,
            &NUMBER_SERIES_RESET_FIXED,
            &NUMBER_SERIES_OVERLAPS,
            &NUMBER_PATTERN_CHANGES,
            &NUMBER_SERIES_USED,
        ]);
    ops.delete("/number-series/{id}", delete)
        .id("delete_number_series")
        .tag(TAG)
        .summary("Delete an unused number series")
        .command::<DeleteNumberSeries>()
        .if_match()
        .no_content()
        .errors(&[&IN_USE]);
    ops.get("/number-series/{id}/preview", next)
        .id("preview_number_series")
        .tag(TAG)
        .summary("Get the next number without taking it")
        .access(READ)
        .query::<NumberPreviewQuery>()
        .ok::<NumberPreviewView>()
        .errors(&[&FISCAL_PERIOD_MISSING]);
    ops.get("/number-series/{id}/gaps", missing)
        .id("get_number_series_gaps")
        .tag(TAG)
        .summary("Verify that a series has no gaps")
        .description("Reads the number of every posted entry and compares them with the counters.")
        .access(READ)
        .ok::<NumberGapsView>()
        .long();
}

async fn list(
    State(queries): State<Arc<dyn NumberSeriesQueries>>,
    ctx: Ctx,
    params: ListParams<NumberSeriesView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    let page = move |query| {
        let queries = queries.clone();
        async move { queries.number_series_list(tenant, &query).await }
    };
    answer::list(page, params.into_inner(), accept).await
}

async fn create(
    State(app): State<Application>,
    ctx: Ctx,
    Json(body): Json<CreateNumberSeriesBody>,
) -> ApiResult {
    let command = CreateNumberSeries {
        code: body.code,
        name: body.name,
        document_type: body.document_type,
        pattern: body.pattern.into(),
        reset: body.reset,
        gapless: body.gapless,
        active: body.active,
    };
    answer::created(PATH, execute(&app, &ctx, command).await?)
}

async fn get(
    State(queries): State<Arc<dyn NumberSeriesQueries>>,
    State(cache): State<Arc<dyn Cache>>,
    ctx: Ctx,
    Id(id): Id<NumberSeriesId>,
    headers: HeaderMap,
) -> ApiResult {
    let tenant = ctx.tenant;
    let load = async move {
        let stored = queries.number_series(tenant, id).await?;
        Ok(stored.map(|stored| (NumberSeriesView::from(&stored), Some(stored.series.version))))
    };
    cached(&cache, CacheKey::id(tenant, CachedEntity::NumberSeries, id.uuid()), &headers, load).await
}

async fn update(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<NumberSeriesId>,
    Json(body): Json<UpdateNumberSeriesBody>,
) -> ApiResult {
    let command = UpdateNumberSeries {
        id,
        code: body.code.0,
        name: body.name.0,
        document_type: body.document_type.0,
        pattern: body.pattern.0.map(Into::into),
        reset: body.reset.0,
        gapless: body.gapless.0,
        active: body.active.0,
    };
    answer::ok(execute(&app, &ctx, command).await?)
}

async fn delete(State(app): State<Application>, ctx: Ctx, Id(id): Id<NumberSeriesId>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, DeleteNumberSeries { id }).await?)
}

async fn next(
    State(queries): State<Arc<dyn NumberSeriesQueries>>,
    State(clock): State<Arc<dyn Clock>>,
    ctx: Ctx,
    Id(id): Id<NumberSeriesId>,
    Query(query): Query<NumberPreviewQuery>,
) -> ApiResult {
    let date = query.date.unwrap_or_else(|| ctx.today(clock.now()));
    answer::json(&preview::preview(&*queries, ctx.tenant, id, date).await?)
}

async fn missing(
    State(queries): State<Arc<dyn NumberSeriesQueries>>,
    ctx: Ctx,
    Id(id): Id<NumberSeriesId>,
) -> ApiResult {
    answer::json(&gaps::gaps(&*queries, ctx.tenant, id).await?)
}
