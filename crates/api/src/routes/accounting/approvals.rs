//! `/approvals`: entries that wait for other people.

use std::sync::Arc;

use application::accounting::approvals::READ;
use application::accounting::approvals::decide::{
    ApproveApproval, ApproveApprovalBody, RejectApproval, RejectApprovalBody,
};
use application::accounting::approvals::ports::{APPROVAL_LIST, ApprovalQueries};
use application::accounting::approvals::recall::RecallApproval;
use application::accounting::approvals::views::ApprovalView;
use application::accounting::error::ENTRY_NOT_DRAFT;
use application::authorize::Access;
use application::command::{Application, execute};
use application::error::AppError;
use application::paging::ListSpec;
use axum::extract::State;
use domain::accounting::approval::{
    APPROVAL_ALREADY_GIVEN, APPROVAL_NOT_PENDING, APPROVAL_NOT_RECALLED, ApprovalDelegation, ApprovalId,
    ApprovalPolicy, NOT_AN_APPROVER,
};
use domain::platform::FOUR_EYES_REQUIRED;
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;
use crate::routes::master_data;

const TAG: &str = "approvals";

impl ListSpecSource for ApprovalView {
    const SPEC: &'static ListSpec = &APPROVAL_LIST;
}

pub fn operations(ops: &mut Operations) {
    master_data::operations::<ApprovalPolicy>(ops);
    master_data::operations::<ApprovalDelegation>(ops);
    ops.tag(TAG, "Journal entries that wait for approval, and what was decided about them.");
    ops.get("/approvals", list)
        .id("list_approvals")
        .tag(TAG)
        .summary("List approvals")
        .access(Access::Permission(READ))
        .list::<ApprovalView>(&APPROVAL_LIST);
    ops.get("/approvals/mine", list_mine)
        .id("list_my_approvals")
        .tag(TAG)
        .summary("List what waits for me")
        .description(
            "The approvals about which the caller may decide now, also in the place of somebody who delegated. Entries that the \
             caller created or submitted are not among them.",
        )
        .access(Access::Permission(READ))
        .list::<ApprovalView>(&APPROVAL_LIST);
    ops.get("/approvals/{id}", get)
        .id("get_approval")
        .tag(TAG)
        .summary("Get an approval")
        .access(Access::Permission(READ))
        .view::<ApprovalView>();
    actions(ops);
}

fn actions(ops: &mut Operations) {
    ops.post("/approvals/{id}/approve", approve)
        .id("approve_approval")
        .tag(TAG)
        .summary("Approve an entry")
        .description(
            "Counts the caller for the step that is being decided, or the person whom the caller stands in for. Creator and \
             submitter of the entry never approve it, and one person counts once in all steps together. The last approval posts \
             the entry in the same transaction, by the act of the last approver. If posting is refused, for example because the \
             period was closed meanwhile, the approval stays and `postingProblems` has the reasons.",
        )
        .command::<ApproveApproval>()
        .if_match()
        .body::<ApproveApprovalBody>()
        .ok::<ApprovalView>()
        .errors(&[&FOUR_EYES_REQUIRED, &NOT_AN_APPROVER, &APPROVAL_ALREADY_GIVEN, &APPROVAL_NOT_PENDING]);
    ops.post("/approvals/{id}/reject", reject)
        .id("reject_approval")
        .tag(TAG)
        .summary("Reject an entry")
        .description("Ends the approval. The entry is an ordinary draft again, which can be changed and submitted anew.")
        .command::<RejectApproval>()
        .if_match()
        .body::<RejectApprovalBody>()
        .ok::<ApprovalView>()
        .errors(&[&FOUR_EYES_REQUIRED, &NOT_AN_APPROVER, &APPROVAL_ALREADY_GIVEN, &APPROVAL_NOT_PENDING]);
    ops.post("/approvals/{id}/recall", recall)
        .id("recall_approval")
        .tag(TAG)
        .summary("Take an entry back")
        .description(
            "Only the submitter does so, while it waits or after it was approved and could not be posted. The entry is an \
             ordinary draft again.",
        )
        .command::<RecallApproval>()
        .if_match()
        .ok::<ApprovalView>()
        .errors(&[&APPROVAL_NOT_RECALLED, &APPROVAL_NOT_PENDING, &ENTRY_NOT_DRAFT]);
}

async fn list(
    State(queries): State<Arc<dyn ApprovalQueries>>,
    ctx: Ctx,
    params: ListParams<ApprovalView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.approvals(tenant, query), params, accept).await
}

async fn list_mine(
    State(queries): State<Arc<dyn ApprovalQueries>>,
    State(app): State<Application>,
    ctx: Ctx,
    params: ListParams<ApprovalView>,
    accept: Accept,
) -> ApiResult {
    let (tenant, now) = (ctx.tenant, app.clock.now());
    let person = ctx.actor.user_id().ok_or_else(|| AppError::internal("nobody has a queue"))?;
    let person = (person, ctx.today(now), now);
    answer::list_from(queries, move |from, query| from.approvals_for(tenant, person, query), params, accept)
        .await
}

async fn get(
    State(queries): State<Arc<dyn ApprovalQueries>>,
    ctx: Ctx,
    Id(id): Id<ApprovalId>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.approval(ctx.tenant, id).await?;
    let view = view.ok_or_else(|| AppError::not_found("approval"))?;
    answer::view(&view, Some(view.version), &headers)
}

async fn approve(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<ApprovalId>,
    Json(body): Json<ApproveApprovalBody>,
) -> ApiResult {
    let command = ApproveApproval { id, comment: body.comment.map(Into::into) };
    answer::ok(execute(&app, &ctx, command).await?)
}

async fn reject(
    State(app): State<Application>,
    ctx: Ctx,
    Id(id): Id<ApprovalId>,
    Json(body): Json<RejectApprovalBody>,
) -> ApiResult {
    let command = RejectApproval { id, reason: body.reason.into() };
    answer::ok(execute(&app, &ctx, command).await?)
}

async fn recall(State(app): State<Application>, ctx: Ctx, Id(id): Id<ApprovalId>) -> ApiResult {
    answer::ok(execute(&app, &ctx, RecallApproval { id }).await?)
}
