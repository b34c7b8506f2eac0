//! `POST /approvals/{id}/recall`: the submitter takes an entry back, which can then change again.

use async_trait::async_trait;
use domain::accounting::approval::ApprovalId;

use super::ports::StoredApproval;
use super::views::ApprovalView;
use super::{SUBMIT, find, save, sources};
use crate::accounting::post_journal_entry::stored_draft;
use crate::authorize::Access;
use crate::changes::stale;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// Also takes back what was approved and could not be posted.
pub struct RecallApproval {
    pub id: ApprovalId,
}

#[async_trait]
impl Command for RecallApproval {
    const NAME: &'static str = "recall_approval";
    const ACCESS: Access = Access::Permission(SUBMIT);
    type Output = ApprovalView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<ApprovalView>> {
        let before = find(uow, self.id).await?;
        check_version(ctx, before.approval.version)?;
        let approval = before.approval.clone().recall(ctx.actor.user_id())?;
        // Refuses what was posted meanwhile.
        let (draft, _) = stored_draft(uow, approval.entry).await?;
        if !uow.approvals().mark_entry(approval.entry, draft.version(), None).await? {
            return Err(stale(draft.version()));
        }
        let again = stored_draft(uow, approval.entry).await?;
        sources::given_up(ctx, uow, again).await?;
        let after = StoredApproval { approval, ..before.clone() };
        let view = save(uow, &before, &after, "recalled").await?;
        Ok(Done::of(view.id, view.version, view))
    }
}
