//! `/allocations` and `/nettings`: items that settle each other.

use std::sync::Arc;

use application::accounting::error::JOURNAL_UNKNOWN;
use application::authorize::Access;
use application::command::{Application, execute};
use application::documents::error::TAX_DATE_LOCKED;
use application::error::{AppError, UNKNOWN_REFERENCE};
use application::paging::ListSpec;
use application::settlement::adjust::ADJUSTMENTS_TOO_MANY;
use application::settlement::allocate::{AllocateItems, NetItems};
use application::settlement::auto_allocate::{AUTO_DIFFERENCE_RULE, AutoAllocate};
use application::settlement::entry::EXCHANGE_ACCOUNT_MISSING;
use application::settlement::ports::{ALLOCATION_LIST, SettlementQueries};
use application::settlement::undo::{UndoAllocation, UndoAllocationBody};
use application::settlement::views::{AllocationBatchView, AllocationView};
use axum::extract::State;
use domain::accounting::journal_entry::{FISCAL_PERIOD_CLOSED, FISCAL_PERIOD_MISSING};
use domain::accounting::lock::DATE_LOCKED;
use domain::accounting::posting_rule::POSTING_RULE_MISSING;
use domain::error::ErrorDef;
use domain::money::AMOUNT_SCALE_EXCEEDED;
use domain::settlement::allocation::{
    ALLOCATION_ACCOUNTS_DIFFER, ALLOCATION_AMOUNT_NOT_POSITIVE, ALLOCATION_AMOUNTS_DIFFER,
    ALLOCATION_AMOUNTS_REQUIRED, ALLOCATION_BEFORE_ITEM, ALLOCATION_EXCEEDS_OPEN, ALLOCATION_OF_REVERSAL,
    ALLOCATION_PARTIES_DIFFER, ALLOCATION_UNDONE, ALLOCATION_WRONG_SIDE, AMOUNT_TOO_LARGE_TO_SETTLE,
    AllocationId, NETTING_SAME_ACCOUNT, UNDO_BEFORE_ALLOCATION,
};
use domain::settlement::early_discount::{DISCOUNT_EXPIRED, DISCOUNT_NOT_COVERED, DISCOUNT_NOT_GRANTED};
use domain::settlement::tolerance::DIFFERENCE_EXCEEDS_TOLERANCE;
use domain::tax::credit::CREDIT_EXCEEDS_DOCUMENT;
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;

const READ: Access = Access::Permission("settlement.allocation.read");
const PATH: &str = "/allocations";
const TAG: &str = "allocations";
/// The errors of the date, and of the journal entry that settles the difference.
const ENTRY: [&ErrorDef; 5] = [
    &FISCAL_PERIOD_MISSING,
    &FISCAL_PERIOD_CLOSED,
    &DATE_LOCKED,
    &EXCHANGE_ACCOUNT_MISSING,
    &JOURNAL_UNKNOWN,
];
const PAIRS: [&ErrorDef; 10] = [
    &ALLOCATION_EXCEEDS_OPEN,
    &ALLOCATION_BEFORE_ITEM,
    &ALLOCATION_WRONG_SIDE,
    &ALLOCATION_PARTIES_DIFFER,
    &ALLOCATION_AMOUNT_NOT_POSITIVE,
    &ALLOCATION_AMOUNTS_REQUIRED,
    &ALLOCATION_AMOUNTS_DIFFER,
    &AMOUNT_SCALE_EXCEEDED,
    &AMOUNT_TOO_LARGE_TO_SETTLE,
    &UNKNOWN_REFERENCE,
];

/// The errors of discounts and differences.
const ADJUSTMENTS: [&ErrorDef; 8] = [
    &DISCOUNT_EXPIRED,
    &DISCOUNT_NOT_GRANTED,
    &DISCOUNT_NOT_COVERED,
    &DIFFERENCE_EXCEEDS_TOLERANCE,
    &ADJUSTMENTS_TOO_MANY,
    &CREDIT_EXCEEDS_DOCUMENT,
    &TAX_DATE_LOCKED,
    &POSTING_RULE_MISSING,
];

impl ListSpecSource for AllocationView {
    const SPEC: &'static ListSpec = &ALLOCATION_LIST;
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Items that settle each other: payments with invoices, receivables with payables.");
    ops.get(PATH, list)
        .id("list_allocations")
        .tag(TAG)
        .summary("List allocations")
        .description("Undone allocations stay in the list, followed by the ones that undid them.")
        .access(READ)
        .list::<AllocationView>(&ALLOCATION_LIST);
    ops.get("/allocations/{id}", get)
        .id("get_allocation")
        .tag(TAG)
        .summary("Get an allocation")
        .access(READ)
        .view::<AllocationView>();
    changes(ops);
}

fn changes(ops: &mut Operations) {
    ops.post(PATH, allocate)
        .id("create_allocations")
        .tag(TAG)
        .summary("Allocate payments to invoices")
        .description(
            "Pairs debit items with credit items of the same account and party. A pair settles as much as both \
             have open unless it says less, and never more. Items of different currencies take an amount in \
             each. What exchange rates make of the difference is posted as a realised exchange difference, in \
             one journal entry for the request. `takeDiscount` settles the rest of a debt by its discount for \
             early payment: a credit note lowers VAT with it in the same transaction. `writeOffDifference` writes \
             off what is left, within the tolerance of the company profile. All pairs are settled, or none.",
        )
        .command::<AllocateItems>()
        .body::<AllocateItems>()
        .ok::<AllocationBatchView>()
        .errors(&PAIRS)
        .errors(&[&ALLOCATION_ACCOUNTS_DIFFER])
        .errors(&ADJUSTMENTS)
        .errors(&ENTRY)
        .large();
    ops.post("/allocations/auto", auto)
        .id("auto_allocate")
        .tag(TAG)
        .summary("Allocate by a rule")
        .description(
            "Matches the payments of each party with its debts, account by account and currency by currency, \
             and allocates what was found. `dryRun=true` shows the proposal and keeps nothing. At most 10,000 \
             pairs are allocated by one request, of at most 1,000 parties and 10,000 items of each. \
             `writeOffDifferences` also writes off what little is left, within the tolerance of the company profile.",
        )
        .command::<AutoAllocate>()
        .body::<AutoAllocate>()
        .ok::<AllocationBatchView>()
        .errors(&[&ALLOCATION_EXCEEDS_OPEN, &AUTO_DIFFERENCE_RULE, &POSTING_RULE_MISSING])
        .errors(&ENTRY);
    ops.post("/allocations/{id}/undo", undo)
        .id("undo_allocation")
        .tag(TAG)
        .summary("Undo an allocation")
        .description(
            "Both items are open again as far as the allocation had settled them, and its exchange difference \
             is taken back by an entry of its own. A discount that was taken with it, and a difference that was \
             written off with it, are undone, too: their notes and write-offs are reversed on the day. The answer is the allocation that undoes it.",
        )
        .command::<UndoAllocation>()
        .body::<UndoAllocationBody>()
        .ok::<AllocationView>()
        .errors(&[&ALLOCATION_UNDONE, &ALLOCATION_OF_REVERSAL, &UNDO_BEFORE_ALLOCATION])
        .errors(&ENTRY);
    ops.post("/nettings", net)
        .id("create_netting")
        .tag(TAG)
        .summary("Net receivables with payables")
        .description(
            "Pairs debit items with credit items of one party on different accounts, and posts the entry that \
             moves them against each other. Undone like any allocation.",
        )
        .command::<NetItems>()
        .body::<NetItems>()
        .ok::<AllocationBatchView>()
        .errors(&PAIRS)
        .errors(&[&NETTING_SAME_ACCOUNT])
        .errors(&ENTRY)
        .large();
}

async fn list(
    State(queries): State<Arc<dyn SettlementQueries>>,
    ctx: Ctx,
    params: ListParams<AllocationView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.allocation_page(tenant, query), params, accept).await
}

async fn get(
    State(queries): State<Arc<dyn SettlementQueries>>,
    ctx: Ctx,
    Id(id): Id<AllocationId>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.allocation(ctx.tenant, id).await?;
    let view = view.ok_or_else(|| AppError::not_found("allocation"))?;
    answer::view(&view, None, &headers)
}

async fn allocate(State(app): State<Application>, ctx: Ctx, Json(body): Json<AllocateItems>) -> ApiResult {
    answer::ok(execute(&app, &ctx, body).await?)
}

async fn auto(State(app): State<Application>, ctx: Ctx, Json(body): Json<AutoAllocate>) -> ApiResult {
    answer::ok(execute(&app, &ctx, body).await?)
}

async fn undo(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<AllocationId>,
    Json(body): Json<UndoAllocationBody>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, UndoAllocation { id, body }).await?)
}

async fn net(State(app): State<Application>, ctx: Ctx, Json(body): Json<NetItems>) -> ApiResult {
    answer::ok(execute(&app, &ctx, body).await?)
}
