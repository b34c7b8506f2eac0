//! `DELETE /dunning-runs/{id}`: only drafts disappear.

use async_trait::async_trait;
use domain::settlement::dunning::DunningRunId;

use super::{draft_at, note_run};
use crate::authorize::Access;
use crate::changes::stale;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

pub struct DeleteDunningRun {
    pub id: DunningRunId,
}

#[async_trait]
impl Command for DeleteDunningRun {
    const NAME: &'static str = "delete_dunning_run";
    const ACCESS: Access = Access::Permission("settlement.dunning_run.create");
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let run = draft_at(ctx, uow, self.id).await?;
        if !uow.dunning().delete_dunning_run(run.id, run.version).await? {
            return Err(stale(run.version));
        }
        note_run(uow, "deleted", Some(&run.view()), None);
        Ok(Done::new(()))
    }
}
