//! `POST /vat-returns/{id}/prepare`: computes a draft again, with the entries posted meanwhile.

use async_trait::async_trait;
use domain::tax::vat_return::{VAT_RETURN_FILED, VatReturnId};

use super::views::VatReturnView;
use super::{compute, draft, note};
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

pub struct PrepareVatReturn {
    pub id: VatReturnId,
}

#[async_trait]
impl Command for PrepareVatReturn {
    const NAME: &'static str = "prepare_vat_return";
    const ACCESS: Access = Access::Permission("tax.vat_return.create");
    type Output = VatReturnView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<VatReturnView>> {
        let (mut stored, document) = draft(ctx, uow, self.id).await?;
        let scale = Books::open(ctx, uow).await?.company.scale;
        let before = stored.view(document, scale);
        let (made, document) = compute(uow, &stored, scale).await?;
        stored.set_figures(&made);
        stored.prepared_at = uow.now();
        stored.version += 1;
        if !uow.vat_returns().save_return(&stored, &document).await? {
            return Err(AppError::of(&VAT_RETURN_FILED));
        }
        let view = stored.view(document, scale);
        note(uow, "prepared", Some(&before), &view);
        Ok(Done::of(view.id, view.version, view))
    }
}
