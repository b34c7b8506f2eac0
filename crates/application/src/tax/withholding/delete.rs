//! `DELETE /withholding-returns/{id}`: only drafts disappear.

use async_trait::async_trait;
use domain::tax::withholding::{WITHHOLDING_RETURN_FILED, WithholdingReturnId};

use super::{CREATE, ENTITY, draft};
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::changes::record;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

pub struct DeleteWithholdingReturn {
    pub id: WithholdingReturnId,
}

#[async_trait]
impl Command for DeleteWithholdingReturn {
    const NAME: &'static str = "delete_withholding_return";
    const ACCESS: Access = Access::Permission(CREATE);
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let stored = draft(ctx, uow, self.id).await?;
        let scale = Books::open(ctx, uow).await?.company.scale;
        if !uow.withholding().delete_withholding_return(stored.id, stored.version).await? {
            return Err(AppError::of(&WITHHOLDING_RETURN_FILED));
        }
        let before = stored.view(scale);
        record(uow, ENTITY, before.id, "deleted", Some(&before), None);
        Ok(Done::new(()))
    }
}
