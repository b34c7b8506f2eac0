//! `POST /distribution-runs/{id}/undo`: takes the entry back on its own day, so that the key may be run again.

use async_trait::async_trait;
use domain::accounting::approval::ENTRY_AWAITS_APPROVAL;
use domain::accounting::journal_entry::{EntrySource, EntrySourceKind};
use domain::text::DESCRIPTION_LENGTH_MAX;

use super::ports::{DistributionRunId, StoredDistribution};
use super::views::DistributionRunView;
use super::{DISTRIBUTION_UNDONE, note};
use crate::accounting::ledger::{Ledger, reversal_of};
use crate::authorize::Access;
use crate::changes::stale;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::RequiredText;

request! {
    /// Undoes a distribution run.
    pub struct UndoDistributionRunBody {
        /// The reason, which becomes the description of the reversal.
        reason: RequiredText<DESCRIPTION_LENGTH_MAX> = "Wrong floor space",
    }
}

pub struct UndoDistributionRun {
    pub id: DistributionRunId,
    pub reason: String,
}

#[async_trait]
impl Command for UndoDistributionRun {
    const NAME: &'static str = "undo_distribution_run";
    const ACCESS: Access = Access::Permission("accounting.distribution_run.undo");
    type Output = DistributionRunView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<DistributionRunView>> {
        let run = uow.distributions().find_run(self.id).await?;
        let run = run.ok_or_else(|| AppError::not_found("distribution_run"))?;
        check_version(ctx, run.version)?;
        if run.undone {
            return Err(AppError::of(&DISTRIBUTION_UNDONE));
        }
        if run.waiting {
            return Err(AppError::of(&ENTRY_AWAITS_APPROVAL));
        }
        let mut ledger = Ledger::open(ctx, uow).await?;
        let scale = ledger.books.company.scale;
        if let Some(entry) = run.entry {
            let source = EntrySource::part(EntrySourceKind::DistributionRun, run.id.uuid(), 1);
            let reversal = reversal_of(ctx, uow, entry, source, &self.reason, None).await?;
            ledger.post_noted(uow, vec![reversal]).await.map_err(|error| error.of_the_whole("/date"))?;
        }
        if !uow.distributions().mark_undone(run.id, run.version).await? {
            return Err(stale(run.version));
        }
        let before = run.view(scale);
        let view = StoredDistribution { undone: true, version: run.version + 1, ..run }.view(scale);
        note(uow, "undone", Some(&before), &view);
        Ok(Done::of(view.id, view.version, view))
    }
}
