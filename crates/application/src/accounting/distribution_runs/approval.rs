//! What becomes of a run whose entry waited for approval in vain.

use super::note;
use super::ports::{DistributionRunId, StoredDistribution};
use crate::changes::stale;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// The run counts as undone, so that the key may be run again.
pub async fn given_up(uow: &mut dyn UnitOfWork, id: DistributionRunId) -> AppResult<()> {
    let run = uow.distributions().find_run(id).await?;
    let run = run.ok_or_else(|| AppError::internal("a draft of a distribution run belongs to none"))?;
    if !uow.distributions().mark_undone(run.id, run.version).await? {
        return Err(stale(run.version));
    }
    let scale = uow.ledger().company_currency().await?.scale;
    let before = run.view(scale);
    let after = StoredDistribution { undone: true, waiting: false, version: run.version + 1, ..run };
    note(uow, "undone", Some(&before), &after.view(scale));
    Ok(())
}
