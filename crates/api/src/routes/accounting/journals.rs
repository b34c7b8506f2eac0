//! `/journals`: the books that entries are written in.

use std::sync::Arc;

use application::accounting::error::JOURNAL_SERIES_FIXED;
use application::accounting::journals::create::CreateJournal;
use application::accounting::journals::delete::DeleteJournal;
use application::accounting::journals::update::UpdateJournal;
use application::accounting::ports::journals::{JOURNAL_LIST, JournalQueries};
use application::accounting::views::journal::JournalView;
use application::authorize::Access;
use application::command::{Application, execute};
use application::error::{ALREADY_EXISTS, IN_USE};
use application::paging::ListSpec;
use application::ports::cache::{Cache, CacheKey, CachedEntity};
use axum::extract::{RawQuery, State};
use domain::accounting::journal::{JOURNAL_USED_NO_CHANGE, JournalKind};
use domain::error::Violation;
use domain::ids::{JournalId, NumberSeriesId};
use domain::text::{Code, LocalizedName};
use http::HeaderMap;

use super::cached::{cached, list_key};
use super::reference::{by_id_or_code, optional};
use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;
use crate::wire::{Optional, REQUIRED};
use crate::{request, word_type};

const READ: Access = Access::Permission("accounting.journal.read");
const PATH: &str = "/journals";
const TAG: &str = "journals";

word_type!(
    JournalKind,
    "journalKind",
    ["general", "sales", "purchase", "bank", "cash", "opening", "closing"]
);

impl ListSpecSource for JournalView {
    const SPEC: &'static ListSpec = &JOURNAL_LIST;
}

request! {
    /// A new journal.
    pub struct CreateJournalBody {
        /// The code people type.
        code: Code = "ADJ",
        /// Its name.
        name: LocalizedName = { "ar": "يومية التسويات", "en": "Adjustments" },
        /// Decides which locks apply to its entries.
        kind: JournalKind => "general",
        /// Where its entries get their numbers, by id.
        number_series_id: Option<NumberSeriesId>,
        /// The series by code; one of the two is needed.
        number_series_code: Option<Code> = "GENERAL",
        /// Takes entries.
        active: bool => true,
    }

    /// Changes to a journal (JSON Merge Patch): left out stays.
    pub struct UpdateJournalBody {
        /// The code people type.
        code: Optional<Code>,
        /// Its name.
        name: Optional<LocalizedName>,
        /// Stays once there are entries.
        kind: Optional<JournalKind>,
        /// Stays once there are entries; by id.
        number_series_id: Optional<NumberSeriesId>,
        /// The same by code.
        number_series_code: Optional<Code>,
        /// Takes entries.
        active: Optional<bool>,
    }
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "The books that entries are written in, each with its own hash chain.");
    ops.get(PATH, list)
        .id("list_journals")
        .tag(TAG)
        .summary("List journals")
        .access(READ)
        .list::<JournalView>(&JOURNAL_LIST);
    ops.post(PATH, create)
        .id("create_journal")
        .tag(TAG)
        .summary("Create a journal")
        .command::<CreateJournal>()
        .body::<CreateJournalBody>()
        .created::<JournalView>()
        .errors(&[&ALREADY_EXISTS]);
    ops.get("/journals/{id}", get)
        .id("get_journal")
        .tag(TAG)
        .summary("Get a journal")
        .access(READ)
        .view::<JournalView>();
    ops.patch("/journals/{id}", update)
        .id("update_journal")
        .tag(TAG)
        .summary("Change a journal")
        .command::<UpdateJournal>()
        .if_match()
        .body::<UpdateJournalBody>()
        .ok::<JournalView>()
        .errors(&[&ALREADY_EXISTS, &JOURNAL_USED_NO_CHANGE, &JOURNAL_SERIES_FIXED]);
    ops.delete("/journals/{id}", delete)
        .id("delete_journal")
        .tag(TAG)
        .summary("Delete an unused journal")
        .command::<DeleteJournal>()
        .if_match()
        .no_content()
        .errors(&[&IN_USE]);
}

async fn list(
    State(queries): State<Arc<dyn JournalQueries>>,
    State(cache): State<Arc<dyn Cache>>,
    ctx: Ctx,
    query: RawQuery,
    params: ListParams<JournalView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    let page = move |query| {
        let queries = queries.clone();
        async move { queries.journals(tenant, &query).await }
    };
    let key = list_key(&ctx, CachedEntity::Journal, &query);
    answer::cached_list(&*cache, key, page, params.into_inner(), accept).await
}

async fn create(State(app): State<Application>, ctx: Ctx, Json(body): Json<CreateJournalBody>) -> ApiResult {
    let series = by_id_or_code(body.number_series_id, body.number_series_code);
    let number_series = series.ok_or_else(|| Violation::new(&REQUIRED).at("/numberSeriesId"))?;
    let command = CreateJournal {
        code: body.code,
        name: body.name,
        kind: body.kind,
        number_series,
        active: body.active,
    };
    answer::created(PATH, execute(&app, &ctx, command).await?)
}

async fn get(
    State(queries): State<Arc<dyn JournalQueries>>,
    State(cache): State<Arc<dyn Cache>>,
    ctx: Ctx,
    Id(id): Id<JournalId>,
    headers: HeaderMap,
) -> ApiResult {
    let tenant = ctx.tenant;
    let load = async move {
        let view = queries.journal(tenant, id).await?;
        Ok(view.map(|view| {
            let version = view.version;
            (view, Some(version))
        }))
    };
    cached(&cache, CacheKey::id(tenant, CachedEntity::Journal, id.uuid()), &headers, load).await
}

async fn update(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<JournalId>,
    Json(body): Json<UpdateJournalBody>,
) -> ApiResult {
    let command = UpdateJournal {
        id,
        code: body.code.0,
        name: body.name.0,
        kind: body.kind.0,
        number_series: optional(body.number_series_id, body.number_series_code),
        active: body.active.0,
    };
    answer::ok(execute(&app, &ctx, command).await?)
}

async fn delete(State(app): State<Application>, ctx: Ctx, Id(id): Id<JournalId>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, DeleteJournal { id }).await?)
}
