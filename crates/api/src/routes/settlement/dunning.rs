//! `/dunning-runs`, `/dunning-notices` and `/dunning-holds`: customers who are reminded of what is overdue.

use std::sync::Arc;

use application::authorize::Access;
use application::command::{Application, execute};
use application::error::{AppError, UNKNOWN_REFERENCE};
use application::paging::ListSpec;
use application::settlement::dunning::create::CreateDunningRun;
use application::settlement::dunning::delete::DeleteDunningRun;
use application::settlement::dunning::hold::HoldDunning;
use application::settlement::dunning::ports::{DUNNING_NOTICE_LIST, DUNNING_RUN_LIST, DunningQueries};
use application::settlement::dunning::post::{PostDunningRun, PostDunningRunBody};
use application::settlement::dunning::undo::{UndoDunningBody, UndoDunningNotice, UndoDunningRun};
use application::settlement::dunning::views::{DunningHoldView, DunningNoticeView, DunningRunView};
use application::settlement::dunning::{READ, READ_NOTICE};
use axum::extract::State;
use domain::settlement::dunning::{
    DUNNING_LEVEL_REACHED_AGAIN, DUNNING_NOTHING_DUE, DUNNING_NOTICE_NOT_POSTED, DUNNING_RUN_NOT_DRAFT,
    DUNNING_RUN_NOT_POSTED, DunningNoticeId, DunningRunId,
};
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;
use crate::routes::documents::errors::{CONTENT, LINES, NOTES, POSTING, SALES};

const PATH: &str = "/dunning-runs";
const TAG: &str = "dunning";

impl ListSpecSource for DunningRunView {
    const SPEC: &'static ListSpec = &DUNNING_RUN_LIST;
}

impl ListSpecSource for DunningNoticeView {
    const SPEC: &'static ListSpec = &DUNNING_NOTICE_LIST;
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Customers who are reminded of what is overdue: runs, notices, and what is held back.");
    runs(ops);
    steps(ops);
    notices(ops);
}

fn runs(ops: &mut Operations) {
    ops.get(PATH, list)
        .id("list_dunning_runs")
        .tag(TAG)
        .summary("List dunning runs")
        .access(Access::Permission(READ))
        .list::<DunningRunView>(&DUNNING_RUN_LIST);
    ops.post(PATH, create)
        .id("create_dunning_run")
        .tag(TAG)
        .summary("Prepare a dunning run")
        .description(
            "Looks for what customers owe and is overdue, and keeps a draft with a notice for each customer and currency \
             with items that have reached a further level of the customer's profile. Left out are items that are held back, \
             and customers whose payments and notes that are not allocated cover everything. `dryRun=true` shows the \
             notices and keeps nothing.",
        )
        .command::<CreateDunningRun>()
        .body::<CreateDunningRun>()
        .created::<DunningRunView>()
        .errors(&[&UNKNOWN_REFERENCE, &DUNNING_NOTHING_DUE]);
    ops.get("/dunning-runs/{id}", get)
        .id("get_dunning_run")
        .tag(TAG)
        .summary("Get a dunning run")
        .description("With its notices.")
        .access(Access::Permission(READ))
        .view::<DunningRunView>();
    ops.delete("/dunning-runs/{id}", delete)
        .id("delete_dunning_run")
        .tag(TAG)
        .summary("Delete the draft of a dunning run")
        .command::<DeleteDunningRun>()
        .if_match()
        .no_content()
        .errors(&[&DUNNING_RUN_NOT_DRAFT]);
}

fn steps(ops: &mut Operations) {
    ops.post("/dunning-runs/{id}/post", post)
        .id("post_dunning_run")
        .tag(TAG)
        .summary("Post a dunning run")
        .description(
            "Records the notices and the levels that their items have reached, each once, whoever posts at the same time. \
             Items that were paid, held back or reminded of since the run was made drop out. The fee of a level is charged \
             by a sales invoice on the day of the run, whatever blocks the customer and however much the customer owes; then \
             the customer is blocked as the level says.",
        )
        .command::<PostDunningRun>()
        .if_match()
        .body::<PostDunningRunBody>()
        .ok::<DunningRunView>()
        .errors(&[&DUNNING_RUN_NOT_DRAFT, &DUNNING_NOTHING_DUE])
        .errors(CONTENT)
        .errors(LINES)
        .errors(SALES)
        .errors(POSTING);
    ops.post("/dunning-runs/{id}/undo", undo)
        .id("undo_dunning_run")
        .tag(TAG)
        .summary("Undo a dunning run")
        .description(
            "Undoes every notice of the run that is still posted: its items have not reached the level, a credit note takes \
             the fee back, and the customer is blocked as before, unless somebody has changed that since.",
        )
        .command::<UndoDunningRun>()
        .if_match()
        .body::<UndoDunningBody>()
        .ok::<DunningRunView>()
        .errors(&[&DUNNING_RUN_NOT_POSTED, &DUNNING_LEVEL_REACHED_AGAIN])
        .errors(NOTES)
        .errors(POSTING);
    ops.post("/dunning-holds", hold)
        .id("hold_dunning")
        .tag(TAG)
        .summary("Hold open items back from dunning")
        .description(
            "Nobody is reminded of the items until they are released with `hold: false`. `/open-items` shows the reason.",
        )
        .command::<HoldDunning>()
        .body::<HoldDunning>()
        .ok::<DunningHoldView>()
        .errors(&[&UNKNOWN_REFERENCE]);
}

fn notices(ops: &mut Operations) {
    ops.get("/dunning-notices", list_notices)
        .id("list_dunning_notices")
        .tag(TAG)
        .summary("List dunning notices")
        .description("`partyId` lists those of a customer.")
        .access(Access::Permission(READ_NOTICE))
        .list::<DunningNoticeView>(&DUNNING_NOTICE_LIST);
    ops.get("/dunning-notices/{id}", get_notice)
        .id("get_dunning_notice")
        .tag(TAG)
        .summary("Get a dunning notice")
        .access(Access::Permission(READ_NOTICE))
        .view::<DunningNoticeView>();
    ops.post("/dunning-notices/{id}/undo", undo_notice)
        .id("undo_dunning_notice")
        .tag(TAG)
        .summary("Undo a dunning notice")
        .description("Does for one notice what undoing its run does for all.")
        .command::<UndoDunningNotice>()
        .if_match()
        .body::<UndoDunningBody>()
        .ok::<DunningNoticeView>()
        .errors(&[&DUNNING_NOTICE_NOT_POSTED, &DUNNING_LEVEL_REACHED_AGAIN])
        .errors(NOTES)
        .errors(POSTING);
}

async fn list(
    State(queries): State<Arc<dyn DunningQueries>>,
    ctx: Ctx,
    params: ListParams<DunningRunView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.dunning_runs(tenant, query), params, accept).await
}

async fn create(State(app): State<Application>, ctx: Ctx, Json(body): Json<CreateDunningRun>) -> ApiResult {
    answer::created(PATH, execute(&app, &ctx, body).await?)
}

async fn get(
    State(queries): State<Arc<dyn DunningQueries>>,
    ctx: Ctx,
    Id(id): Id<DunningRunId>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.dunning_run(ctx.tenant, id).await?;
    let view = view.ok_or_else(|| AppError::not_found("dunning_run"))?;
    answer::view(&view, Some(view.version), &headers)
}

async fn delete(State(app): State<Application>, ctx: Ctx, Id(id): Id<DunningRunId>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, DeleteDunningRun { id }).await?)
}

async fn post(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DunningRunId>,
    Json(body): Json<PostDunningRunBody>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, PostDunningRun { id, body }).await?)
}

async fn undo(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DunningRunId>,
    Json(body): Json<UndoDunningBody>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, UndoDunningRun { id, body }).await?)
}

async fn hold(State(app): State<Application>, ctx: Ctx, Json(body): Json<HoldDunning>) -> ApiResult {
    answer::ok(execute(&app, &ctx, body).await?)
}

async fn list_notices(
    State(queries): State<Arc<dyn DunningQueries>>,
    ctx: Ctx,
    params: ListParams<DunningNoticeView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.dunning_notices(tenant, query), params, accept).await
}

async fn get_notice(
    State(queries): State<Arc<dyn DunningQueries>>,
    ctx: Ctx,
    Id(id): Id<DunningNoticeId>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.dunning_notice(ctx.tenant, id).await?;
    let view = view.ok_or_else(|| AppError::not_found("dunning_notice"))?;
    answer::view(&view, Some(view.version), &headers)
}

async fn undo_notice(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DunningNoticeId>,
    Json(body): Json<UndoDunningBody>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, UndoDunningNotice { id, body }).await?)
}
