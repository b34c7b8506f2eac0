//! `POST /vat-returns/{id}/amend`: a return for a period that is filed already, with the entries that it lacked.

use async_trait::async_trait;
use domain::tax::vat_return::{VAT_REASON_LENGTH_MAX, VAT_RETURN_NOT_FILED, VatReturnId, VatReturnStatus};

use super::ENTITY;
use super::create::{exists, keep, new_return};
use super::ports::StoredReturn;
use super::views::VatReturnView;
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::RequiredText;

request! {
    /// Amends a filed return.
    pub struct AmendVatReturnBody {
        /// The reason, which is kept with the new return.
        reason: RequiredText<VAT_REASON_LENGTH_MAX> = "A supplier's invoice arrived late",
    }
}

pub struct AmendVatReturn {
    pub id: VatReturnId,
    pub reason: String,
}

#[async_trait]
impl Command for AmendVatReturn {
    const NAME: &'static str = "amend_vat_return";
    const ACCESS: Access = Access::Permission("tax.vat_return.amend");
    type Output = VatReturnView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<VatReturnView>> {
        let found = uow.vat_returns().find_return(self.id).await?;
        let (original, _) = found.ok_or_else(|| AppError::not_found(ENTITY))?;
        check_version(ctx, original.version)?;
        if original.status != VatReturnStatus::Filed {
            return Err(AppError::of(&VAT_RETURN_NOT_FILED));
        }
        // An amendment of an amendment belongs to the first return of the period, too.
        let amends = original.amends.unwrap_or(original.id);
        if let Some(head) = uow.vat_returns().draft_amendment(amends).await? {
            return Err(exists(head).into());
        }
        let scale = Books::open(ctx, uow).await?.company.scale;
        let id = VatReturnId::new(uow.new_id());
        let new = new_return(ctx, id, original.period, uow.now());
        let new = StoredReturn { amends: Some(amends), reason: Some(self.reason.clone()), ..new };
        keep(uow, new, scale, "amended").await
    }
}
