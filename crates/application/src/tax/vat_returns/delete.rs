//! `DELETE /vat-returns/{id}`: only drafts disappear.

use async_trait::async_trait;
use domain::tax::vat_return::{VAT_RETURN_FILED, VatReturnId};

use super::{ENTITY, draft};
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::changes::record;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

pub struct DeleteVatReturn {
    pub id: VatReturnId,
}

#[async_trait]
impl Command for DeleteVatReturn {
    const NAME: &'static str = "delete_vat_return";
    const ACCESS: Access = Access::Permission("tax.vat_return.create");
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let (stored, document) = draft(ctx, uow, self.id).await?;
        let scale = Books::open(ctx, uow).await?.company.scale;
        if !uow.vat_returns().delete_return(stored.id, stored.version).await? {
            return Err(AppError::of(&VAT_RETURN_FILED));
        }
        let before = stored.view(document, scale);
        record(uow, ENTITY, before.id, "deleted", Some(&before), None);
        Ok(Done::new(()))
    }
}
