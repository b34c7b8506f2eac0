//! `POST /withholding-returns/{id}/prepare`: computes a draft again, with the payments posted meanwhile.

use async_trait::async_trait;
use domain::tax::withholding::WithholdingReturnId;

use super::views::WithholdingReturnView;
use super::{CREATE, compute, draft, note, save};
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

pub struct PrepareWithholdingReturn {
    pub id: WithholdingReturnId,
}

#[async_trait]
impl Command for PrepareWithholdingReturn {
    const NAME: &'static str = "prepare_withholding_return";
    const ACCESS: Access = Access::Permission(CREATE);
    type Output = WithholdingReturnView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<WithholdingReturnView>> {
        let mut stored = draft(ctx, uow, self.id).await?;
        let scale = Books::open(ctx, uow).await?.company.scale;
        let before = stored.view(scale);
        compute(uow, &mut stored, scale).await?;
        stored.version += 1;
        save(uow, &stored).await?;
        let view = stored.view(scale);
        note(uow, "prepared", Some(&before), &view);
        Ok(Done::of(view.id, view.version, view))
    }
}
