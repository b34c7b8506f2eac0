//! `POST /journal-entries/{id}/submit`: a draft waits for approval, with the steps that its policy has now.

use async_trait::async_trait;
use domain::accounting::approval::{
    APPROVAL_NOT_REQUIRED, APPROVAL_REQUIRED, Approval, ApprovalId, ENTRY_AWAITS_APPROVAL, NewApproval,
};
use domain::accounting::journal_entry::{DraftEntry, EntryApproval};
use domain::ids::JournalEntryId;

use super::ports::StoredApproval;
use super::views::ApprovalView;
use super::{ENTITY, SUBMIT};
use crate::accounting::create_journal_entry::insert_draft;
use crate::accounting::ledger::{Ledger, Posting};
use crate::accounting::ports::books::Books;
use crate::accounting::ports::journal_entries::EntryMeta;
use crate::accounting::post_journal_entry::stored_draft;
use crate::accounting::views::journal_entry::JournalEntryView;
use crate::authorize::Access;
use crate::changes::{record, stale};
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct SubmitJournalEntry {
    pub id: JournalEntryId,
}

#[async_trait]
impl Command for SubmitJournalEntry {
    const NAME: &'static str = "submit_journal_entry";
    const ACCESS: Access = Access::Permission(SUBMIT);
    type Output = ApprovalView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<ApprovalView>> {
        let (draft, meta) = stored_draft(uow, self.id).await?;
        check_version(ctx, draft.version())?;
        if meta.approval.is_some() {
            return Err(AppError::of(&ENTRY_AWAITS_APPROVAL));
        }
        let books = Books::open(ctx, uow).await?;
        let view = submit(ctx, uow, books, (draft, meta)).await?;
        Ok(Done::of(view.id, view.version, view))
    }
}

/// Makes a request for approval of a stored draft. The draft passes every check of a posting: what could not be posted is
/// not worth anybody's approval.
async fn submit(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    books: Books,
    (draft, meta): (DraftEntry, EntryMeta),
) -> AppResult<ApprovalView> {
    let submitted_by =
        ctx.actor.user_id().ok_or_else(|| AppError::internal("the product submits nothing"))?;
    let (entry, version) = (draft.id(), draft.version());
    let content = draft.content();
    let (journal, posting_date) = (content.journal_id, content.posting_date);
    let (description, created_by, changed_by) =
        (content.description.clone(), meta.created_by, meta.changed_by.clone());
    let mut ledger = Ledger::with(ctx, books);
    let needed = ledger.approval_of(uow, Posting::new(draft, meta)).await?;
    let Some((policy, total)) = needed else { return Err(AppError::of(&APPROVAL_NOT_REQUIRED)) };
    let approval = Approval::new(NewApproval {
        id: ApprovalId::new(uow.new_id()),
        entry,
        policy: policy.id,
        policy_code: policy.code,
        steps: policy.steps,
        created_by,
        changed_by,
        submitted_by,
        submitted_at: uow.now(),
    });
    let stored = StoredApproval { approval, journal, posting_date, total, description, problems: Vec::new() };
    uow.approvals().insert_approval(&stored).await?;
    if !uow.approvals().mark_entry(entry, version, Some(EntryApproval::PendingApproval)).await? {
        return Err(stale(version));
    }
    let view = stored.view(ledger.books.company.scale);
    record(uow, ENTITY, view.id, "submitted", None, Some(&view));
    Ok(view)
}

/// Posts an entry that is not stored yet. One that an approval policy matches is stored as a draft and submitted instead. The
/// caller has the right to post it.
pub(in crate::accounting) async fn post_or_submit(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    books: Books,
    (draft, meta): (DraftEntry, EntryMeta),
) -> AppResult<JournalEntryView> {
    let posting = Posting::new(draft.clone(), meta.clone());
    match Ledger::with(ctx, books).post_one(uow, posting).await {
        Err(error) if error.is(&APPROVAL_REQUIRED) => {}
        posted => return posted,
    }
    let mut books = Books::open(ctx, uow).await?;
    let mut view = insert_draft(uow, &mut books, draft.clone(), meta.clone()).await?;
    submit(ctx, uow, books, (draft, meta)).await?;
    view.approval_status = Some(EntryApproval::PendingApproval.as_str());
    view.version += 1;
    Ok(view)
}
