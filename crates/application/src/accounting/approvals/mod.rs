//! Approval of entries made by hand (R150): policies, requests and substitutes.
//!
//! [`Books::check`](crate::accounting::ports::books::Books::check) refuses to post what a policy matches, whichever way it
//! comes; [`submit`] makes a request of it, and the last approval posts.

pub mod approvers;
pub mod decide;
pub mod delegations;
pub mod policies;
pub mod policy_input;
pub mod ports;
pub mod recall;
pub mod sources;
pub mod submit;
pub mod views;

use domain::accounting::approval::ApprovalId;

use self::ports::StoredApproval;
use self::views::ApprovalView;
use crate::changes::{record, stale};
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

pub const READ: &str = "accounting.approval.read";
/// The permission without which nobody decides, whatever a policy says.
pub const APPROVE: &str = "accounting.approval.approve";
pub const SUBMIT: &str = "accounting.journal_entry.submit";

/// Longest comment on a decision, in characters.
pub const COMMENT_LENGTH_MAX: usize = 500;

const ENTITY: &str = "approval";

async fn find(uow: &mut dyn UnitOfWork, id: ApprovalId) -> AppResult<StoredApproval> {
    let stored = uow.approvals().find_approval(id).await?;
    stored.ok_or_else(|| AppError::not_found(ENTITY))
}

/// Stores what became of a request, notes it and shows it.
async fn save(
    uow: &mut dyn UnitOfWork,
    before: &StoredApproval,
    after: &StoredApproval,
    action: &'static str,
) -> AppResult<ApprovalView> {
    if !uow.approvals().update_approval(after).await? {
        return Err(stale(before.approval.version));
    }
    let scale = uow.ledger().company_currency().await?.scale;
    let (before, view) = (before.view(scale), after.view(scale));
    record(uow, ENTITY, view.id, action, Some(&before), Some(&view));
    Ok(view)
}
