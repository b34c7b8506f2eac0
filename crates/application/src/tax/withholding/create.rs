//! `POST /withholding-returns`: prepares the return of a month and keeps it as a draft.

use async_trait::async_trait;
use domain::error::Violation;
use domain::money::Amount;
use domain::tax::withholding::{
    WITHHOLDING_MONTH_EXISTS, WITHHOLDING_MONTH_ORDER, WithholdingMonth, WithholdingReturnId,
    WithholdingReturnStatus,
};

use super::ports::StoredWithholdingReturn;
use super::views::WithholdingReturnView;
use super::{CREATE, compute, note};
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::RequiredText;

/// Longest text of a month.
const MONTH_LENGTH_MAX: usize = 10;

request! {
    /// Prepares the withholding tax return of a month.
    pub struct CreateWithholdingReturn as CreateWithholdingReturnBody {
        /// The month.
        month: RequiredText<MONTH_LENGTH_MAX> = "2026-03",
    }
}

#[async_trait]
impl Command for CreateWithholdingReturn {
    const NAME: &'static str = "create_withholding_return";
    const ACCESS: Access = Access::Permission(CREATE);
    type Output = WithholdingReturnView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<WithholdingReturnView>> {
        let month = WithholdingMonth::parse(&self.month).map_err(|violation| violation.at("/month"))?;
        if let Some(id) = uow.withholding().withholding_return_of(month).await? {
            let exists = Violation::new(&WITHHOLDING_MONTH_EXISTS).at("/month");
            return Err(exists.with("month", month).with("id", id).into());
        }
        if let Some(last) = uow.withholding().last_withholding_month().await?.filter(|last| *last > month) {
            return Err(Violation::new(&WITHHOLDING_MONTH_ORDER).at("/month").with("month", last).into());
        }
        let scale = Books::open(ctx, uow).await?.company.scale;
        let now = uow.now();
        let mut stored = StoredWithholdingReturn {
            id: WithholdingReturnId::new(uow.new_id()),
            month,
            status: WithholdingReturnStatus::Draft,
            reference: None,
            base: Amount::ZERO,
            tax: Amount::ZERO,
            entry_count: 0,
            lines: Vec::new(),
            prepared_at: now,
            filed_at: None,
            filed_by: None,
            created_by: ctx.actor.user_id(),
            created_at: now,
            version: 1,
        };
        compute(uow, &mut stored, scale).await?;
        uow.withholding().insert_withholding_return(&stored).await?;
        let view = stored.view(scale);
        note(uow, "prepared", None, &view);
        Ok(Done::of(view.id, view.version, view))
    }
}
