//! `/withholding-returns` and `/withholding-entries`: tax that was withheld from payments, and what is declared of it.

use std::sync::Arc;

use application::authorize::Access;
use application::command::{Application, execute};
use application::error::AppError;
use application::paging::ListSpec;
use application::tax::withholding::create::CreateWithholdingReturn;
use application::tax::withholding::delete::DeleteWithholdingReturn;
use application::tax::withholding::file::{FileWithholdingReturn, FileWithholdingReturnBody};
use application::tax::withholding::ports::{
    WITHHOLDING_ENTRY_LIST, WITHHOLDING_RETURN_LIST, WithholdingQueries,
};
use application::tax::withholding::prepare::PrepareWithholdingReturn;
use application::tax::withholding::views::{WithholdingEntryView, WithholdingReturnView};
use application::tax::withholding::{READ, READ_ENTRIES};
use axum::extract::State;
use domain::money::AMOUNT_OUT_OF_RANGE;
use domain::tax::withholding::{
    WITHHOLDING_MONTH_EXISTS, WITHHOLDING_MONTH_INVALID, WITHHOLDING_MONTH_NOT_ENDED,
    WITHHOLDING_MONTH_ORDER, WITHHOLDING_RETURN_FILED, WITHHOLDING_RETURN_OUTDATED, WithholdingReturnId,
};
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;

const PATH: &str = "/withholding-returns";
const ONE: &str = "/withholding-returns/{id}";
const TAG: &str = "withholding tax";
const READERS: Access = Access::Permission(READ);

impl ListSpecSource for WithholdingReturnView {
    const SPEC: &'static ListSpec = &WITHHOLDING_RETURN_LIST;
}

impl ListSpecSource for WithholdingEntryView {
    const SPEC: &'static ListSpec = &WITHHOLDING_ENTRY_LIST;
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Tax that was withheld from payments to suppliers abroad, declared month by month.");
    ops.get("/withholding-entries", list_entries)
        .id("list_withholding_entries")
        .tag(TAG)
        .summary("List withheld taxes")
        .description(
            "One entry for each payment. Entries are never changed: a reversed payment has one more, with negative \
             amounts. `returnId[isNull]=true` lists those that no filed return has yet.",
        )
        .access(Access::Permission(READ_ENTRIES))
        .list::<WithholdingEntryView>(&WITHHOLDING_ENTRY_LIST);
    ops.get(PATH, list)
        .id("list_withholding_returns")
        .tag(TAG)
        .summary("List withholding tax returns")
        .access(READERS)
        .list::<WithholdingReturnView>(&WITHHOLDING_RETURN_LIST);
    ops.get(ONE, get)
        .id("get_withholding_return")
        .tag(TAG)
        .summary("Get a withholding tax return")
        .description("The figures are those of the last preparation, or those that were filed.")
        .access(READERS)
        .view::<WithholdingReturnView>();
    ops.get("/withholding-returns/{id}/entries", entries)
        .id("list_withholding_return_entries")
        .tag(TAG)
        .summary("List the withheld taxes of a return")
        .description("The entries that a filed return has, or that a draft would take if it were filed now.")
        .access(READERS)
        .list::<WithholdingEntryView>(&WITHHOLDING_ENTRY_LIST);
    changes(ops);
}

fn changes(ops: &mut Operations) {
    ops.post(PATH, create)
        .id("create_withholding_return")
        .tag(TAG)
        .summary("Prepare a withholding tax return")
        .description(
            "Adds up by supplier and tax code what was withheld up to the end of the month and is in no filed return, \
             and keeps the result as a draft. A payment of an earlier month that was entered late is thus declared by \
             the next return.",
        )
        .command::<CreateWithholdingReturn>()
        .body::<CreateWithholdingReturn>()
        .created::<WithholdingReturnView>()
        .errors(&[
            &WITHHOLDING_MONTH_INVALID,
            &WITHHOLDING_MONTH_EXISTS,
            &WITHHOLDING_MONTH_ORDER,
            &AMOUNT_OUT_OF_RANGE,
        ]);
    ops.post("/withholding-returns/{id}/prepare", prepare)
        .id("prepare_withholding_return")
        .tag(TAG)
        .summary("Prepare a draft of withholding tax again")
        .description("Computes the draft again from the payments that are there now.")
        .command::<PrepareWithholdingReturn>()
        .if_match()
        .ok::<WithholdingReturnView>()
        .errors(&[&WITHHOLDING_RETURN_FILED, &AMOUNT_OUT_OF_RANGE]);
    ops.post("/withholding-returns/{id}/file", file)
        .id("file_withholding_return")
        .tag(TAG)
        .summary("File a withholding tax return")
        .description(
            "Records that the month was declared to the authority. Its entries can no longer be in another return. \
             The tax stays on the account of the withheld tax until it is paid.",
        )
        .command::<FileWithholdingReturn>()
        .if_match()
        .body::<FileWithholdingReturnBody>()
        .ok::<WithholdingReturnView>()
        .errors(&[
            &WITHHOLDING_RETURN_FILED,
            &WITHHOLDING_MONTH_NOT_ENDED,
            &WITHHOLDING_MONTH_ORDER,
            &WITHHOLDING_RETURN_OUTDATED,
            &AMOUNT_OUT_OF_RANGE,
        ]);
    ops.delete(ONE, delete)
        .id("delete_withholding_return")
        .tag(TAG)
        .summary("Delete a draft of withholding tax")
        .description("Filed returns stay.")
        .command::<DeleteWithholdingReturn>()
        .if_match()
        .no_content()
        .errors(&[&WITHHOLDING_RETURN_FILED]);
}

type Queries = State<Arc<dyn WithholdingQueries>>;

async fn list(
    State(queries): Queries,
    ctx: Ctx,
    params: ListParams<WithholdingReturnView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.withholding_returns(tenant, query), params, accept)
        .await
}

async fn list_entries(
    State(queries): Queries,
    ctx: Ctx,
    params: ListParams<WithholdingEntryView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.withholding_entries(tenant, query), params, accept)
        .await
}

async fn entries(
    State(queries): Queries,
    ctx: Ctx,
    Id(id): Id<WithholdingReturnId>,
    params: ListParams<WithholdingEntryView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    let page = move |query| {
        let queries = queries.clone();
        async move {
            let page = queries.entries_of_withholding_return(tenant, id, &query).await?;
            page.ok_or_else(not_found)
        }
    };
    answer::list(page, params.into_inner(), accept).await
}

async fn get(
    State(queries): Queries,
    ctx: Ctx,
    Id(id): Id<WithholdingReturnId>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.withholding_return(ctx.tenant, id).await?.ok_or_else(not_found)?;
    answer::view(&view, Some(view.version), &headers)
}

fn not_found() -> AppError {
    AppError::not_found("withholding_return")
}

async fn create(
    State(app): State<Application>,
    ctx: Ctx,
    Json(body): Json<CreateWithholdingReturn>,
) -> ApiResult {
    answer::created(PATH, execute(&app, &ctx, body).await?)
}

async fn prepare(State(app): State<Application>, ctx: Ctx, Id(id): Id<WithholdingReturnId>) -> ApiResult {
    answer::ok(execute(&app, &ctx, PrepareWithholdingReturn { id }).await?)
}

async fn delete(State(app): State<Application>, ctx: Ctx, Id(id): Id<WithholdingReturnId>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, DeleteWithholdingReturn { id }).await?)
}

async fn file(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<WithholdingReturnId>,
    Json(body): Json<FileWithholdingReturnBody>,
) -> ApiResult {
    let command = FileWithholdingReturn { id, reference: body.reference.into() };
    answer::ok(execute(&app, &ctx, command).await?)
}
