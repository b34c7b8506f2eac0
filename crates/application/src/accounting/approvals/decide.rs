//! `POST /approvals/{id}/approve` and `/reject`: one person's decision. The last approval posts the entry.

use async_trait::async_trait;
use domain::accounting::approval::{ApprovalId, ApprovalStatus, Verdict};
use domain::accounting::journal_entry::EntryApproval;

use super::ports::StoredApproval;
use super::views::{ApprovalView, PostingProblemView};
use super::{APPROVE, COMMENT_LENGTH_MAX, find, save, sources};
use crate::accounting::ledger::{Ledger, Posting};
use crate::accounting::post_journal_entry::stored_draft;
use crate::authorize::Access;
use crate::changes::stale;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::warnings::shown;
use crate::wire::{RequiredText, Text};

request! {
    /// An approval.
    pub struct ApproveApprovalBody {
        /// A comment for the record.
        comment: Option<Text<COMMENT_LENGTH_MAX>> = "Checked against the contract",
    }

    /// A rejection.
    pub struct RejectApprovalBody {
        /// The reason, for the person who submitted the entry.
        reason: RequiredText<COMMENT_LENGTH_MAX> = "The invoice belongs to next month",
    }
}

/// Approves the step that is being decided, for the caller or for the person whom the caller stands in for.
pub struct ApproveApproval {
    pub id: ApprovalId,
    pub comment: Option<String>,
}

/// Ends the request; the entry is a draft that can change again.
pub struct RejectApproval {
    pub id: ApprovalId,
    pub reason: String,
}

#[async_trait]
impl Command for ApproveApproval {
    const NAME: &'static str = "approve_approval";
    const ACCESS: Access = Access::Permission(APPROVE);
    type Output = ApprovalView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<ApprovalView>> {
        let before = find(uow, self.id).await?;
        let verdict = (Verdict::Approved, self.comment.clone());
        let mut after = decided(ctx, uow, &before, verdict).await?;
        if after.approval.status == ApprovalStatus::Approved {
            after.problems = post(ctx, uow, &after).await?;
        }
        let view = save(uow, &before, &after, "approved").await?;
        let warnings = shown(&std::mem::take(uow.warnings()), ctx.language);
        let view = ApprovalView { warnings, ..view };
        Ok(Done::of(view.id, view.version, view))
    }
}

#[async_trait]
impl Command for RejectApproval {
    const NAME: &'static str = "reject_approval";
    const ACCESS: Access = Access::Permission(APPROVE);
    type Output = ApprovalView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<ApprovalView>> {
        let before = find(uow, self.id).await?;
        let verdict = (Verdict::Rejected, Some(self.reason.clone()));
        let after = decided(ctx, uow, &before, verdict).await?;
        let (draft, _) = stored_draft(uow, after.approval.entry).await?;
        mark(uow, &after, draft.version(), None).await?;
        let again = stored_draft(uow, after.approval.entry).await?;
        sources::given_up(ctx, uow, again).await?;
        let view = save(uow, &before, &after, "rejected").await?;
        Ok(Done::of(view.id, view.version, view))
    }
}

async fn decided(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    before: &StoredApproval,
    verdict: (Verdict, Option<String>),
) -> AppResult<StoredApproval> {
    check_version(ctx, before.approval.version)?;
    let caller = ctx.actor.user_id().ok_or_else(|| AppError::internal("the product decides nothing"))?;
    let now = uow.now();
    let voters = uow.approvals().voters(caller, ctx.today(now), now).await?;
    let approval = before.approval.clone().decide(caller, &voters, verdict, now)?;
    Ok(StoredApproval { approval, ..before.clone() })
}

/// Posts the approved entry by the act of the last approver. What refuses it is answered and does not undo the approval.
async fn post(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    approved: &StoredApproval,
) -> AppResult<Vec<PostingProblemView>> {
    let (draft, _) = stored_draft(uow, approved.approval.entry).await?;
    mark(uow, approved, draft.version(), Some(EntryApproval::Approved)).await?;
    let (draft, meta) = stored_draft(uow, approved.approval.entry).await?;
    let warned = uow.warnings().len();
    let (entry, source) = (draft.id(), draft.source());
    let part = uow.bookkeeping().begin_part().await?;
    let posted = Ledger::open(ctx, uow).await?.post_one(uow, Posting::stored(draft, meta)).await;
    uow.bookkeeping().end_part(part, posted.is_ok()).await?;
    if posted.is_err() {
        uow.warnings().truncate(warned);
    }
    match posted {
        Ok(_) => {
            sources::posted(ctx, uow, source, entry).await?;
            Ok(Vec::new())
        }
        Err(error) if error.is_refusal() => {
            Ok(error.violations.iter().map(PostingProblemView::from).collect())
        }
        Err(error) => Err(error),
    }
}

async fn mark(
    uow: &mut dyn UnitOfWork,
    stored: &StoredApproval,
    version: i64,
    approval: Option<EntryApproval>,
) -> AppResult<()> {
    if uow.approvals().mark_entry(stored.approval.entry, version, approval).await? {
        return Ok(());
    }
    Err(stale(version))
}
