//! Entries that wait for approval and belong to a deferral or a distribution run, which learns what became of them.

use domain::accounting::deferral::DeferralLineStatus;
use domain::accounting::journal_entry::{DraftEntry, EntrySource, EntrySourceKind};
use domain::ids::JournalEntryId;

use crate::accounting::deferrals;
use crate::accounting::delete_journal_entry::remove_draft;
use crate::accounting::distribution_runs;
use crate::accounting::ports::journal_entries::EntryMeta;
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// Tells the source of an approved draft that its entry is posted.
pub async fn posted(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    source: Option<EntrySource>,
    entry: JournalEntryId,
) -> AppResult<()> {
    let Some(EntrySource { kind: EntrySourceKind::Deferral, id, .. }) = source else { return Ok(()) };
    deferrals::approval::decided(ctx, uow, id.into(), (entry, DeferralLineStatus::Posted)).await
}

/// Deletes a draft that was rejected or recalled, if it belongs to a source: nobody changes or posts it by hand. The
/// source may make it anew.
pub async fn given_up(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    (draft, meta): (DraftEntry, EntryMeta),
) -> AppResult<()> {
    let (entry, Some(source)) = (draft.id(), draft.source()) else { return Ok(()) };
    remove_draft(ctx, uow, draft, meta).await?;
    match source.kind {
        EntrySourceKind::Deferral => {
            let rejected = (entry, DeferralLineStatus::Rejected);
            deferrals::approval::decided(ctx, uow, source.id.into(), rejected).await
        }
        EntrySourceKind::DistributionRun => {
            distribution_runs::approval::given_up(uow, source.id.into()).await
        }
        _ => Ok(()),
    }
}
