//! `/open-lines` and `/line-matches`: what is open on reconcilable accounts, and what was matched.

use std::sync::Arc;

use application::accounting::error::{ACCOUNT_CODE_UNKNOWN, DIMENSION_VALUE_UNKNOWN, JOURNAL_UNKNOWN};
use application::accounting::line_matches::READ as PERMISSION;
use application::accounting::line_matches::auto::AutoMatchLines;
use application::accounting::line_matches::create::CreateLineMatch;
use application::accounting::line_matches::ports::{LINE_MATCH_LIST, LineMatchQueries, OPEN_LINE_LIST};
use application::accounting::line_matches::undo::{UndoLineMatch, UndoLineMatchBody};
use application::accounting::line_matches::views::{LineMatchBatchView, LineMatchView, OpenLineView};
use application::authorize::Access;
use application::command::{Application, execute};
use application::error::{AppError, UNKNOWN_REFERENCE};
use application::paging::ListSpec;
use application::settlement::entry::EXCHANGE_ACCOUNT_MISSING;
use axum::extract::State;
use domain::accounting::journal_entry::{
    ACCOUNT_INACTIVE, ACCOUNT_IS_HEADING, EXCHANGE_RATE_MISSING, FISCAL_PERIOD_CLOSED, FISCAL_PERIOD_MISSING,
};
use domain::accounting::line_match::{
    ACCOUNT_NOT_RECONCILABLE, LINE_MATCH_ACCOUNTS_DIFFER, LINE_MATCH_AMOUNT_NOT_POSITIVE,
    LINE_MATCH_BEFORE_LINE, LINE_MATCH_CONTROL_ACCOUNT, LINE_MATCH_DIFFERENCE_ACCOUNT,
    LINE_MATCH_DIFFERENCE_RULE, LINE_MATCH_DIFFERENCE_TOO_LARGE, LINE_MATCH_EXCEEDS_OPEN,
    LINE_MATCH_REPEATED, LINE_MATCH_UNBALANCED, LINE_MATCH_UNDONE, LineMatchId,
};
use domain::accounting::lock::DATE_LOCKED;
use domain::error::ErrorDef;
use domain::money::{AMOUNT_OUT_OF_RANGE, AMOUNT_SCALE_EXCEEDED};
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;

const READ: Access = Access::Permission(PERMISSION);
const PATH: &str = "/line-matches";
const TAG: &str = "line matches";
/// The errors of the day, and of the entries that a match posts.
const ENTRY: [&ErrorDef; 11] = [
    &ACCOUNT_CODE_UNKNOWN,
    &ACCOUNT_INACTIVE,
    &ACCOUNT_IS_HEADING,
    &ACCOUNT_NOT_RECONCILABLE,
    &DATE_LOCKED,
    &DIMENSION_VALUE_UNKNOWN,
    &EXCHANGE_ACCOUNT_MISSING,
    &EXCHANGE_RATE_MISSING,
    &FISCAL_PERIOD_CLOSED,
    &FISCAL_PERIOD_MISSING,
    &JOURNAL_UNKNOWN,
];

impl ListSpecSource for OpenLineView {
    const SPEC: &'static ListSpec = &OPEN_LINE_LIST;
}

impl ListSpecSource for LineMatchView {
    const SPEC: &'static ListSpec = &LINE_MATCH_LIST;
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Lines of reconcilable accounts that belong together, such as a deposit and its clearing.");
    ops.get("/open-lines", list_lines)
        .id("list_open_lines")
        .tag(TAG)
        .summary("List lines of reconcilable accounts")
        .description(
            "Every posted line of a reconcilable account, with the part that is not matched yet. Receivables and \
             payables have open items instead. `settledOn[isNull]=true` lists the lines of which something is open.",
        )
        .access(READ)
        .list::<OpenLineView>(&OPEN_LINE_LIST);
    ops.get(PATH, list)
        .id("list_line_matches")
        .tag(TAG)
        .summary("List matches of lines")
        .description(
            "Matches that were undone stay in the list. `entryId` finds those that have a line of the entry.",
        )
        .access(READ)
        .list::<LineMatchView>(&LINE_MATCH_LIST);
    ops.get("/line-matches/{id}", get)
        .id("get_line_match")
        .tag(TAG)
        .summary("Get a match of lines")
        .access(READ)
        .view::<LineMatchView>();
    changes(ops);
}

fn changes(ops: &mut Operations) {
    ops.post(PATH, create)
        .id("create_line_match")
        .tag(TAG)
        .summary("Match lines")
        .description(
            "Matches lines of one account and currency that come to nothing together. A line may be matched in \
             parts, and never by more than is open of it. A small difference goes to the account that `difference` \
             names, by an entry whose line on the account is matched with the others; `paymentTolerances` of the \
             company profile say how small. What exchange rates make of lines in a foreign currency is posted as an \
             exchange difference. `dryRun=true` shows the match with its entries and keeps nothing.",
        )
        .command::<CreateLineMatch>()
        .body::<CreateLineMatch>()
        .created::<LineMatchView>()
        .errors(&[
            &LINE_MATCH_ACCOUNTS_DIFFER,
            &LINE_MATCH_REPEATED,
            &LINE_MATCH_AMOUNT_NOT_POSITIVE,
            &LINE_MATCH_EXCEEDS_OPEN,
            &LINE_MATCH_BEFORE_LINE,
            &LINE_MATCH_UNBALANCED,
            &LINE_MATCH_DIFFERENCE_TOO_LARGE,
            &LINE_MATCH_DIFFERENCE_ACCOUNT,
            &LINE_MATCH_CONTROL_ACCOUNT,
            &AMOUNT_SCALE_EXCEEDED,
            &AMOUNT_OUT_OF_RANGE,
            &UNKNOWN_REFERENCE,
        ])
        .errors(&ENTRY);
    ops.post("/line-matches/auto", auto)
        .id("auto_match_lines")
        .tag(TAG)
        .summary("Match lines by a rule")
        .description(
            "Matches the open lines of an account that belong together, currency by currency. `dryRun=true` shows \
             the proposal and keeps nothing. One request looks at the 20,000 earliest open lines and makes at most \
             1,000 matches.",
        )
        .command::<AutoMatchLines>()
        .body::<AutoMatchLines>()
        .ok::<LineMatchBatchView>()
        .errors(&[
            &LINE_MATCH_CONTROL_ACCOUNT,
            &LINE_MATCH_DIFFERENCE_ACCOUNT,
            &LINE_MATCH_DIFFERENCE_RULE,
            &AMOUNT_OUT_OF_RANGE,
        ])
        .errors(&ENTRY);
    ops.post("/line-matches/{id}/undo", undo)
        .id("undo_line_match")
        .tag(TAG)
        .summary("Undo a match of lines")
        .description(
            "The lines are open again as if they had never been matched. Entries of the match are reversed on their \
             own day, which must be in an open period.",
        )
        .command::<UndoLineMatch>()
        .if_match()
        .body::<UndoLineMatchBody>()
        .ok::<LineMatchView>()
        .errors(&[&LINE_MATCH_UNDONE, &FISCAL_PERIOD_CLOSED, &FISCAL_PERIOD_MISSING, &DATE_LOCKED]);
}

async fn list_lines(
    State(queries): State<Arc<dyn LineMatchQueries>>,
    ctx: Ctx,
    params: ListParams<OpenLineView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.open_line_page(tenant, query), params, accept).await
}

async fn list(
    State(queries): State<Arc<dyn LineMatchQueries>>,
    ctx: Ctx,
    params: ListParams<LineMatchView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.line_match_page(tenant, query), params, accept).await
}

async fn get(
    State(queries): State<Arc<dyn LineMatchQueries>>,
    ctx: Ctx,
    Id(id): Id<LineMatchId>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.line_match(ctx.tenant, id).await?;
    let view = view.ok_or_else(|| AppError::not_found("line_match"))?;
    answer::view(&view, Some(view.version), &headers)
}

async fn create(State(app): State<Application>, ctx: Ctx, Json(body): Json<CreateLineMatch>) -> ApiResult {
    answer::created(PATH, execute(&app, &ctx, body).await?)
}

async fn auto(State(app): State<Application>, ctx: Ctx, Json(body): Json<AutoMatchLines>) -> ApiResult {
    answer::ok(execute(&app, &ctx, body).await?)
}

async fn undo(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<LineMatchId>,
    Json(body): Json<UndoLineMatchBody>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, UndoLineMatch { id, reason: body.reason.into() }).await?)
}
