//! `/write-offs`: what is taken off open items without any money.

use std::sync::Arc;

use application::accounting::error::JOURNAL_UNKNOWN;
use application::authorize::Access;
use application::command::{Application, execute};
use application::error::{AppError, UNKNOWN_REFERENCE};
use application::paging::ListSpec;
use application::settlement::write_offs::READ;
use application::settlement::write_offs::create::CreateWriteOff;
use application::settlement::write_offs::ports::{WRITE_OFF_LIST, WriteOffQueries};
use application::settlement::write_offs::relieve::{RelieveVat, RelieveVatBody};
use application::settlement::write_offs::reverse::{ReverseWriteOff, ReverseWriteOffBody};
use application::settlement::write_offs::views::WriteOffView;
use axum::extract::State;
use domain::accounting::journal_entry::{FISCAL_PERIOD_CLOSED, FISCAL_PERIOD_MISSING};
use domain::accounting::lock::DATE_LOCKED;
use domain::accounting::posting_rule::POSTING_RULE_MISSING;
use domain::error::ErrorDef;
use domain::money::{AMOUNT_OUT_OF_RANGE, AMOUNT_SCALE_EXCEEDED};
use domain::settlement::allocation::{ALLOCATION_AMOUNT_NOT_POSITIVE, UNDO_BEFORE_ALLOCATION};
use domain::settlement::bad_debt::{
    RELIEF_BEFORE_WRITE_OFF, RELIEF_INFORMED_LATE, RELIEF_NO_VAT, RELIEF_NOT_BAD_DEBT, RELIEF_PROOF_MISSING,
    RELIEF_TAKEN, RELIEF_TOO_EARLY,
};
use domain::settlement::write_off::{
    WRITE_OFF_BEFORE_ITEM, WRITE_OFF_EXCEEDS_OPEN, WRITE_OFF_ITEMS_DIFFER, WRITE_OFF_NOTHING_OPEN,
    WRITE_OFF_REVERSED, WriteOffId,
};
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;

const PATH: &str = "/write-offs";
const TAG: &str = "write-offs";
/// The errors of the date and of the journal entry.
const ENTRY: [&ErrorDef; 4] = [&FISCAL_PERIOD_MISSING, &FISCAL_PERIOD_CLOSED, &DATE_LOCKED, &JOURNAL_UNKNOWN];

impl ListSpecSource for WriteOffView {
    const SPEC: &'static ListSpec = &WRITE_OFF_LIST;
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "What is taken off open items without any money: bad debts, small differences, discounts without VAT.");
    ops.get(PATH, list)
        .id("list_write_offs")
        .tag(TAG)
        .summary("List write-offs")
        .access(Access::Permission(READ))
        .list::<WriteOffView>(&WRITE_OFF_LIST);
    ops.post(PATH, create)
        .id("create_write_off")
        .tag(TAG)
        .summary("Write open items off")
        .description(
            "Posts what is open of a document, or of open items of one party, against the account that the \
             posting rules name: `bad_debt` for what a customer owes, `write_off` for everything else. The items \
             are settled by it in the same transaction. VAT stays as it was until `/vat-relief` takes it back.",
        )
        .command::<CreateWriteOff>()
        .body::<CreateWriteOff>()
        .created::<WriteOffView>()
        .errors(&ENTRY)
        .errors(&[
            &UNKNOWN_REFERENCE,
            &WRITE_OFF_ITEMS_DIFFER,
            &WRITE_OFF_NOTHING_OPEN,
            &WRITE_OFF_BEFORE_ITEM,
            &WRITE_OFF_EXCEEDS_OPEN,
            &ALLOCATION_AMOUNT_NOT_POSITIVE,
            &AMOUNT_SCALE_EXCEEDED,
            &AMOUNT_OUT_OF_RANGE,
            &POSTING_RULE_MISSING,
        ]);
    steps(ops);
}

fn steps(ops: &mut Operations) {
    ops.get("/write-offs/{id}", get)
        .id("get_write_off")
        .tag(TAG)
        .summary("Get a write-off")
        .access(Access::Permission(READ))
        .view::<WriteOffView>();
    ops.post("/write-offs/{id}/vat-relief", relieve)
        .id("relieve_write_off_vat")
        .tag(TAG)
        .summary("Take back the VAT of a bad debt")
        .description(
            "Takes back the output VAT of the invoices as far as they were written off: an entry moves it from the VAT accounts \
             to the account that bore the write-off, and tax entries with negative amounts correct the invoices in the VAT \
             return of the day. The debt is unpaid for `badDebtMonths` since the supply, the customer was informed, and a debt \
             beyond `badDebtProofAbove` of the company profile has a proof. Reversing the write-off takes the relief back. \
             Whether the law grants the relief is for the caller to know.",
        )
        .command::<RelieveVat>()
        .if_match()
        .body::<RelieveVatBody>()
        .ok::<WriteOffView>()
        .errors(&ENTRY)
        .errors(&[
            &WRITE_OFF_REVERSED,
            &RELIEF_NOT_BAD_DEBT,
            &RELIEF_TAKEN,
            &RELIEF_NO_VAT,
            &RELIEF_TOO_EARLY,
            &RELIEF_BEFORE_WRITE_OFF,
            &RELIEF_INFORMED_LATE,
            &RELIEF_PROOF_MISSING,
            &AMOUNT_OUT_OF_RANGE,
        ]);
    ops.post("/write-offs/{id}/reverse", reverse)
        .id("reverse_write_off")
        .tag(TAG)
        .summary("Reverse a write-off")
        .description("Undoes its allocations and reverses its entry on the day. The items are open again.")
        .command::<ReverseWriteOff>()
        .if_match()
        .body::<ReverseWriteOffBody>()
        .ok::<WriteOffView>()
        .errors(&ENTRY)
        .errors(&[&WRITE_OFF_REVERSED, &UNDO_BEFORE_ALLOCATION]);
}

async fn list(
    State(queries): State<Arc<dyn WriteOffQueries>>,
    ctx: Ctx,
    params: ListParams<WriteOffView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.write_offs(tenant, query), params, accept).await
}

async fn create(State(app): State<Application>, ctx: Ctx, Json(body): Json<CreateWriteOff>) -> ApiResult {
    answer::created(PATH, execute(&app, &ctx, body).await?)
}

async fn get(
    State(queries): State<Arc<dyn WriteOffQueries>>,
    ctx: Ctx,
    Id(id): Id<WriteOffId>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.write_off(ctx.tenant, id).await?;
    let view = view.ok_or_else(|| AppError::not_found("write_off"))?;
    answer::view(&view, Some(view.version), &headers)
}

async fn relieve(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<WriteOffId>,
    Json(body): Json<RelieveVatBody>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, RelieveVat { id, body }).await?)
}

async fn reverse(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<WriteOffId>,
    Json(body): Json<ReverseWriteOffBody>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, ReverseWriteOff { id, body }).await?)
}
