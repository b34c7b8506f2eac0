//! `/deferrals`: amounts that are spread over the periods they belong to.

use std::sync::Arc;

use application::accounting::deferrals::READ;
use application::accounting::deferrals::cancel::{CancelDeferral, CancelDeferralBody};
use application::accounting::deferrals::create::CreateDeferral;
use application::accounting::deferrals::ports::{DEFERRAL_LIST, DeferralId, DeferralQueries};
use application::accounting::deferrals::run::{RunDeferral, RunDeferralBody};
use application::accounting::deferrals::update::{UpdateDeferral, UpdateDeferralBody};
use application::accounting::deferrals::views::DeferralView;
use application::accounting::error::{
    ACCOUNT_CODE_UNKNOWN, ACCOUNT_REFERENCE_MISSING, DIMENSION_VALUE_UNKNOWN, JOURNAL_UNKNOWN,
};
use application::authorize::Access;
use application::command::{Application, execute};
use application::error::{ALREADY_EXISTS, AppError};
use application::paging::ListSpec;
use axum::extract::State;
use domain::accounting::approval::ENTRY_AWAITS_APPROVAL;
use domain::accounting::deferral::{
    DEFERRAL_AMOUNT_NOT_POSITIVE, DEFERRAL_AMOUNT_TOO_SMALL, DEFERRAL_CLOSED, DEFERRAL_END_BEFORE_START,
    DEFERRAL_LENGTH_ONE, DEFERRAL_POSTED, DEFERRAL_REST_NEEDS_APPROVAL, DEFERRAL_SOURCE_ACCOUNT,
    DEFERRAL_TARGET_ACCOUNT, DEFERRAL_TOO_LONG,
};
use domain::accounting::journal_entry::{
    ACCOUNT_UNKNOWN, CURRENCY_UNKNOWN, EXCHANGE_RATE_MISSING, EXCHANGE_RATE_NOT_ONE, FISCAL_PERIOD_CLOSED,
    FISCAL_PERIOD_MISSING, REVERSAL_BEFORE_ENTRY,
};
use domain::accounting::lock::DATE_LOCKED;
use domain::money::{AMOUNT_OUT_OF_RANGE, AMOUNT_SCALE_EXCEEDED};
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;

const PATH: &str = "/deferrals";
const TAG: &str = "deferrals";

impl ListSpecSource for DeferralView {
    const SPEC: &'static ListSpec = &DEFERRAL_LIST;
}

pub fn operations(ops: &mut Operations) {
    ops.tag(
        TAG,
        "Amounts that are recognised over several periods, such as prepaid expenses and deferred income.",
    );
    ops.get(PATH, list)
        .id("list_deferrals")
        .tag(TAG)
        .summary("List deferrals")
        .access(Access::Permission(READ))
        .list::<DeferralView>(&DEFERRAL_LIST);
    ops.post(PATH, create)
        .id("create_deferral")
        .tag(TAG)
        .summary("Create a deferral")
        .description(
            "Spreads an amount that stands on one account over the periods that it is for. The answer has the schedule, whose \
             lines add up to the amount exactly: each is rounded half-up, and the last one takes what rounding leaves. \
             `dryRun=true` shows it without keeping it. The background job posts each line on its date, the last covered day of \
             the month, in the name of the user who created the deferral. A line that cannot be posted, for example because its \
             period is closed, is listed as failed with the reasons and tried again on the next day. If an approval policy matches \
             the line's account and journal and the amount of the whole deferral, its entry waits for approval (`pending_approval`); \
             one that was rejected or recalled is deleted, and `run` submits the line again.",
        )
        .command::<CreateDeferral>()
        .body::<CreateDeferral>()
        .created::<DeferralView>()
        .errors(&[
            &ALREADY_EXISTS,
            &ACCOUNT_REFERENCE_MISSING,
            &ACCOUNT_CODE_UNKNOWN,
            &ACCOUNT_UNKNOWN,
            &DIMENSION_VALUE_UNKNOWN,
            &JOURNAL_UNKNOWN,
            &CURRENCY_UNKNOWN,
            &EXCHANGE_RATE_MISSING,
            &EXCHANGE_RATE_NOT_ONE,
            &AMOUNT_SCALE_EXCEEDED,
            &AMOUNT_OUT_OF_RANGE,
            &DEFERRAL_LENGTH_ONE,
            &DEFERRAL_END_BEFORE_START,
            &DEFERRAL_TOO_LONG,
            &DEFERRAL_AMOUNT_NOT_POSITIVE,
            &DEFERRAL_AMOUNT_TOO_SMALL,
            &DEFERRAL_SOURCE_ACCOUNT,
            &DEFERRAL_TARGET_ACCOUNT,
        ]);
    change(ops);
    acts(ops);
}

fn change(ops: &mut Operations) {
    ops.patch("/deferrals/{id}", update)
        .id("update_deferral")
        .tag(TAG)
        .summary("Change a deferral")
        .description(
            "Name, reference and journal are those of the entries to come. While no line is posted, amount, days, number of \
             periods and method change, too, and the schedule is made anew at the same rate. Accounts and dimensions are those \
             of another deferral.",
        )
        .command::<UpdateDeferral>()
        .if_match()
        .body::<UpdateDeferralBody>()
        .ok::<DeferralView>()
        .errors(&[
            &JOURNAL_UNKNOWN,
            &AMOUNT_SCALE_EXCEEDED,
            &AMOUNT_OUT_OF_RANGE,
            &DEFERRAL_CLOSED,
            &DEFERRAL_POSTED,
            &ENTRY_AWAITS_APPROVAL,
            &DEFERRAL_LENGTH_ONE,
            &DEFERRAL_END_BEFORE_START,
            &DEFERRAL_TOO_LONG,
            &DEFERRAL_AMOUNT_NOT_POSITIVE,
            &DEFERRAL_AMOUNT_TOO_SMALL,
        ]);
}

fn acts(ops: &mut Operations) {
    ops.get("/deferrals/{id}", get)
        .id("get_deferral")
        .tag(TAG)
        .summary("Get a deferral with its schedule")
        .access(Access::Permission(READ))
        .view::<DeferralView>();
    ops.post("/deferrals/{id}/run", run)
        .id("run_deferral")
        .tag(TAG)
        .summary("Post what is due of a deferral")
        .description(
            "Posts the lines that are due and tries again what failed, at most 100 lines. A line that is refused is noted as \
             failed and does not hold up the others. With `postingDate`, lines of closed periods are posted on that date \
             instead.",
        )
        .command::<RunDeferral>()
        .if_match()
        .body::<RunDeferralBody>()
        .ok::<DeferralView>()
        .errors(&[&DEFERRAL_CLOSED]);
    ops.post("/deferrals/{id}/cancel", cancel)
        .id("cancel_deferral")
        .tag(TAG)
        .summary("Cancel a deferral")
        .description(
            "Ends a deferral: what is left is posted at once or given up, or it is given up and everything that was posted is \
             reversed. A completed deferral can be taken back, too.",
        )
        .command::<CancelDeferral>()
        .if_match()
        .body::<CancelDeferralBody>()
        .ok::<DeferralView>()
        .errors(&[
            &DEFERRAL_CLOSED,
            &DEFERRAL_REST_NEEDS_APPROVAL,
            &ENTRY_AWAITS_APPROVAL,
            &REVERSAL_BEFORE_ENTRY,
            &FISCAL_PERIOD_MISSING,
            &FISCAL_PERIOD_CLOSED,
            &DATE_LOCKED,
        ]);
}

async fn list(
    State(queries): State<Arc<dyn DeferralQueries>>,
    ctx: Ctx,
    params: ListParams<DeferralView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.deferrals(tenant, query), params, accept).await
}

async fn create(State(app): State<Application>, ctx: Ctx, Json(body): Json<CreateDeferral>) -> ApiResult {
    answer::created(PATH, execute(&app, &ctx, body).await?)
}

async fn get(
    State(queries): State<Arc<dyn DeferralQueries>>,
    ctx: Ctx,
    Id(id): Id<DeferralId>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.deferral(ctx.tenant, id).await?;
    let view = view.ok_or_else(|| AppError::not_found("deferral"))?;
    answer::view(&view, Some(view.version), &headers)
}

async fn update(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DeferralId>,
    Json(body): Json<UpdateDeferralBody>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, UpdateDeferral { id, body }).await?)
}

async fn run(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DeferralId>,
    Json(body): Json<RunDeferralBody>,
) -> ApiResult {
    let command = RunDeferral { id, through: body.through, posting_date: body.posting_date };
    answer::ok(execute(&app, &ctx, command).await?)
}

async fn cancel(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<DeferralId>,
    Json(body): Json<CancelDeferralBody>,
) -> ApiResult {
    let command = CancelDeferral { id, rest: body.rest, date: body.date, reason: body.reason.into() };
    answer::ok(execute(&app, &ctx, command).await?)
}
