//! What becomes of a line whose entry waited for approval.

use domain::accounting::deferral::DeferralLineStatus;
use domain::ids::JournalEntryId;

use super::note;
use super::ports::DeferralId;
use crate::accounting::ports::books::Books;
use crate::changes::stale;
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// The line of an entry that was approved and posted, or rejected or recalled and then deleted.
pub async fn decided(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    id: DeferralId,
    (entry, status): (JournalEntryId, DeferralLineStatus),
) -> AppResult<()> {
    let lost = || AppError::internal("an entry that waited for approval belongs to no line of its deferral");
    let mut deferral = uow.deferrals().find_deferral(id).await?.ok_or_else(lost)?;
    let before = deferral.clone();
    let line = deferral.lines.iter_mut().find(|line| line.entry == Some(entry)).ok_or_else(lost)?;
    line.status = status;
    line.entry = Some(entry).filter(|_| status == DeferralLineStatus::Posted);
    deferral.settle();
    deferral.version += 1;
    if !uow.deferrals().save_deferral(&deferral).await? {
        return Err(stale(before.version));
    }
    let mut books = Books::open(ctx, uow).await?;
    let legend = deferral.legend(uow, &mut books).await?;
    let action = if status == DeferralLineStatus::Posted { "ran" } else { "rejected" };
    note(uow, action, Some(&before.full_view(&legend)), &deferral.full_view(&legend));
    Ok(())
}
