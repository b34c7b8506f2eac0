//! `/vat-returns`: prepared, filed and amended.

use std::sync::Arc;

use application::accounting::error::JOURNAL_UNKNOWN;
use application::authorize::Access;
use application::command::{Application, execute};
use application::error::AppError;
use application::paging::ListSpec;
use application::tax::tax_entries::{TAX_ENTRY_LIST, TaxEntryQueries, TaxEntryView};
use application::tax::vat_returns::READ;
use application::tax::vat_returns::amend::{AmendVatReturn, AmendVatReturnBody};
use application::tax::vat_returns::create::CreateVatReturn;
use application::tax::vat_returns::delete::DeleteVatReturn;
use application::tax::vat_returns::file::{FileVatReturn, FileVatReturnBody};
use application::tax::vat_returns::ports::{VAT_RETURN_LIST, VatReturnQueries};
use application::tax::vat_returns::prepare::PrepareVatReturn;
use application::tax::vat_returns::views::VatReturnView;
use axum::extract::{Path, State};
use domain::accounting::journal_entry::{FISCAL_PERIOD_CLOSED, FISCAL_PERIOD_MISSING};
use domain::accounting::lock::DATE_LOCKED;
use domain::accounting::posting_rule::POSTING_RULE_MISSING;
use domain::money::{AMOUNT_OUT_OF_RANGE, AMOUNT_SCALE_EXCEEDED};
use domain::tax::vat_period::{VAT_PERIOD_DATES, VAT_PERIOD_INVALID, VAT_PERIOD_REQUIRED};
use domain::tax::vat_return::{
    PERIOD_ALREADY_FILED, PERIOD_ALREADY_PREPARED, PERIOD_ORDER, VAT_ACCOUNT_UNKNOWN, VAT_OPENING_CREDIT,
    VAT_PERIOD_NOT_ENDED, VAT_RETURN_FILED, VAT_RETURN_NOT_FILED, VAT_RETURN_OUTDATED,
    VAT_SETTLEMENT_TOO_EARLY, VatReturnId, box_def,
};
use domain::text::CODE_LENGTH_MAX;
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::path::parse_id;
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;
use crate::wire::Text;

const PATH: &str = "/vat-returns";
const ONE: &str = "/vat-returns/{id}";
const TAG: &str = "VAT returns";
const READERS: Access = Access::Permission(READ);

impl ListSpecSource for VatReturnView {
    const SPEC: &'static ListSpec = &VAT_RETURN_LIST;
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "What is declared to the tax authority, box by box, and settled in the ledger.");
    ops.get(PATH, list)
        .id("list_vat_returns")
        .tag(TAG)
        .summary("List VAT returns")
        .access(READERS)
        .list::<VatReturnView>(&VAT_RETURN_LIST);
    ops.get(ONE, get)
        .id("get_vat_return")
        .tag(TAG)
        .summary("Get a VAT return")
        .description("The figures are those of the last preparation, or those that were filed.")
        .access(READERS)
        .view::<VatReturnView>();
    ops.get("/vat-returns/{id}/boxes/{box}/entries", entries)
        .id("list_vat_return_entries")
        .tag(TAG)
        .summary("List the tax entries of a box")
        .description(
            "The entries that a filed return has, or that a draft would take if it were filed now. A box that is \
             a sum of others lists their entries.",
        )
        .path_parameter::<Text<CODE_LENGTH_MAX>>("box", "The number of the box, such as `1`.")
        .access(READERS)
        .list::<TaxEntryView>(&TAX_ENTRY_LIST);
    drafts(ops);
    filed(ops);
}

fn drafts(ops: &mut Operations) {
    ops.post(PATH, create)
        .id("create_vat_return")
        .tag(TAG)
        .summary("Prepare a VAT return")
        .description(
            "Puts every tax entry with a tax date up to the end of the period that no filed return has into the \
             boxes, and keeps the result as a draft. Entries of earlier periods are thus declared late; they are \
             listed, with a warning where their VAT is more than 5,000. A note that corrects a document of an \
             earlier return stands in the column of adjustments. `dryRun=true` shows the figures and keeps nothing.",
        )
        .command::<CreateVatReturn>()
        .body::<CreateVatReturn>()
        .created::<VatReturnView>()
        .errors(&[
            &PERIOD_ALREADY_FILED,
            &PERIOD_ALREADY_PREPARED,
            &PERIOD_ORDER,
            &VAT_PERIOD_INVALID,
            &VAT_PERIOD_DATES,
            &VAT_PERIOD_REQUIRED,
            &VAT_OPENING_CREDIT,
            &AMOUNT_SCALE_EXCEEDED,
            &AMOUNT_OUT_OF_RANGE,
        ]);
    ops.post("/vat-returns/{id}/prepare", prepare)
        .id("prepare_vat_return")
        .tag(TAG)
        .summary("Prepare a draft again")
        .description("Computes the draft again from the tax entries that are there now.")
        .command::<PrepareVatReturn>()
        .if_match()
        .ok::<VatReturnView>()
        .errors(&[&VAT_RETURN_FILED, &VAT_OPENING_CREDIT, &AMOUNT_OUT_OF_RANGE]);
    ops.delete(ONE, delete)
        .id("delete_vat_return")
        .tag(TAG)
        .summary("Delete a draft")
        .description("Filed returns stay.")
        .command::<DeleteVatReturn>()
        .if_match()
        .no_content()
        .errors(&[&VAT_RETURN_FILED]);
}

fn filed(ops: &mut Operations) {
    ops.post("/vat-returns/{id}/file", file)
        .id("file_vat_return")
        .tag(TAG)
        .summary("File a VAT return")
        .description(
            "Records that the return was declared to the authority. Its tax entries can no longer be in another \
             return, an entry moves its VAT from the VAT accounts to what is owed or carried forward, and the tax \
             lock moves to the end of the period. Returns are filed in the order of their periods; amendments at \
             any time.",
        )
        .command::<FileVatReturn>()
        .if_match()
        .body::<FileVatReturnBody>()
        .ok::<VatReturnView>()
        .errors(&[
            &PERIOD_ALREADY_FILED,
            &PERIOD_ORDER,
            &VAT_PERIOD_NOT_ENDED,
            &VAT_RETURN_FILED,
            &VAT_RETURN_OUTDATED,
            &VAT_SETTLEMENT_TOO_EARLY,
            &VAT_OPENING_CREDIT,
            &VAT_ACCOUNT_UNKNOWN,
            &POSTING_RULE_MISSING,
            &JOURNAL_UNKNOWN,
            &FISCAL_PERIOD_MISSING,
            &FISCAL_PERIOD_CLOSED,
            &DATE_LOCKED,
            &AMOUNT_OUT_OF_RANGE,
        ]);
    ops.post("/vat-returns/{id}/amend", amend)
        .id("amend_vat_return")
        .tag(TAG)
        .summary("Amend a filed return")
        .description(
            "Prepares a draft for the same period, linked to the filed return, with the tax entries of the period \
             that no filed return has.",
        )
        .command::<AmendVatReturn>()
        .if_match()
        .body::<AmendVatReturnBody>()
        .created::<VatReturnView>()
        .errors(&[&VAT_RETURN_NOT_FILED, &PERIOD_ALREADY_PREPARED, &AMOUNT_OUT_OF_RANGE]);
}

async fn list(
    State(queries): State<Arc<dyn VatReturnQueries>>,
    ctx: Ctx,
    params: ListParams<VatReturnView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.vat_returns(tenant, query), params, accept).await
}

async fn get(
    State(queries): State<Arc<dyn VatReturnQueries>>,
    ctx: Ctx,
    Id(id): Id<VatReturnId>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.vat_return(ctx.tenant, id).await?;
    let view = view.ok_or_else(not_found)?;
    answer::view(&view, Some(view.version), &headers)
}

async fn entries(
    State(queries): State<Arc<dyn TaxEntryQueries>>,
    ctx: Ctx,
    Path((id, code)): Path<(String, String)>,
    params: ListParams<TaxEntryView>,
    accept: Accept,
) -> ApiResult {
    let id = VatReturnId::new(parse_id(&id).ok_or_else(not_found)?);
    let boxes = box_def(&code).ok_or_else(|| AppError::not_found("vat_box"))?.parts();
    let tenant = ctx.tenant;
    let page = move |query| {
        let (queries, boxes) = (queries.clone(), boxes.clone());
        async move {
            let page = queries.entries_of_return(tenant, id, &boxes, &query).await?;
            page.ok_or_else(not_found)
        }
    };
    answer::list(page, params.into_inner(), accept).await
}

fn not_found() -> AppError {
    AppError::not_found("vat_return")
}

async fn create(State(app): State<Application>, ctx: Ctx, Json(body): Json<CreateVatReturn>) -> ApiResult {
    answer::created(PATH, execute(&app, &ctx, body).await?)
}

async fn prepare(State(app): State<Application>, ctx: Ctx, Id(id): Id<VatReturnId>) -> ApiResult {
    answer::ok(execute(&app, &ctx, PrepareVatReturn { id }).await?)
}

async fn delete(State(app): State<Application>, ctx: Ctx, Id(id): Id<VatReturnId>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, DeleteVatReturn { id }).await?)
}

async fn file(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<VatReturnId>,
    Json(body): Json<FileVatReturnBody>,
) -> ApiResult {
    let FileVatReturnBody { reference, posting_date } = body;
    let command = FileVatReturn { id, reference: reference.into(), posting_date };
    answer::ok(execute(&app, &ctx, command).await?)
}

async fn amend(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<VatReturnId>,
    Json(body): Json<AmendVatReturnBody>,
) -> ApiResult {
    let command = AmendVatReturn { id, reason: body.reason.into() };
    answer::created(PATH, execute(&app, &ctx, command).await?)
}
