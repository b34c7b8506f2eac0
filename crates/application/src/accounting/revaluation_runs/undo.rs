//! `POST /revaluation-runs/{id}/undo`: takes back both entries on their own days, so that the day may be valued again.

use async_trait::async_trait;
use domain::accounting::journal_entry::{EntrySource, EntrySourceKind};
use domain::text::DESCRIPTION_LENGTH_MAX;

use super::ports::{RevaluationRunId, StoredRun};
use super::views::RevaluationRunView;
use super::{REVALUATION_UNDONE, note};
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
    /// Undoes a revaluation run.
    pub struct UndoRevaluationRunBody {
        /// The reason, which becomes the description of the reversals.
        reason: RequiredText<DESCRIPTION_LENGTH_MAX> = "Wrong closing rate",
    }
}

pub struct UndoRevaluationRun {
    pub id: RevaluationRunId,
    pub reason: String,
}

#[async_trait]
impl Command for UndoRevaluationRun {
    const NAME: &'static str = "undo_revaluation_run";
    const ACCESS: Access = Access::Permission("accounting.revaluation_run.undo");
    type Output = RevaluationRunView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<RevaluationRunView>> {
        let run = uow.revaluations().find_run(self.id).await?;
        let run = run.ok_or_else(|| AppError::not_found("revaluation_run"))?;
        check_version(ctx, run.version)?;
        if run.undone {
            return Err(AppError::of(&REVALUATION_UNDONE));
        }
        let mut ledger = Ledger::open(ctx, uow).await?;
        let scale = ledger.books.company.scale;
        let mut postings = Vec::new();
        for (part, entry) in (2..).zip([run.entry, run.mirror_entry].into_iter().flatten()) {
            let source = EntrySource::part(EntrySourceKind::RevaluationRun, run.id.uuid(), part);
            postings.push(reversal_of(ctx, uow, entry, source, &self.reason, None).await?);
        }
        if !postings.is_empty() {
            ledger.post_noted(uow, postings).await.map_err(|error| error.of_the_whole("/date"))?;
        }
        if !uow.revaluations().mark_undone(run.id, run.version).await? {
            return Err(stale(run.version));
        }
        let before = run.view(scale);
        let view = StoredRun { undone: true, version: run.version + 1, ..run }.view(scale);
        note(uow, "undone", Some(&before), &view);
        Ok(Done::of(view.id, view.version, view))
    }
}
