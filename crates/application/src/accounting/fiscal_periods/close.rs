//! `POST /fiscal-periods/{id}/close`: nothing is posted into it any more.

use async_trait::async_trait;
use domain::error::Violation;
use domain::ids::FiscalPeriodId;

use super::{find, save};
use crate::accounting::fiscal_years::LEDGER_OUT_OF_BALANCE;
use crate::accounting::views::fiscal_year::FiscalPeriodView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct CloseFiscalPeriod {
    pub id: FiscalPeriodId,
}

#[async_trait]
impl Command for CloseFiscalPeriod {
    const NAME: &'static str = "close_fiscal_period";
    const ACCESS: Access = Access::Permission("accounting.fiscal_period.close");
    type Output = FiscalPeriodView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<FiscalPeriodView>> {
        let before = find(ctx, uow, self.id).await?;
        let after = before.clone().close()?;
        let year = before.fiscal_year_id;
        let count = uow.fiscal_years().periods_out_of_balance(year, Some(before.id)).await?;
        if count > 0 {
            return Err(AppError::new(Violation::new(&LEDGER_OUT_OF_BALANCE).with("count", count)));
        }
        save(uow, "closed", &before, &after, None).await
    }
}
