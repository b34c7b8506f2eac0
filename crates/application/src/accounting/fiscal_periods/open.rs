//! `POST /fiscal-periods/{id}/open`: it takes entries again, while its year is open.

use async_trait::async_trait;
use domain::ids::FiscalPeriodId;
use domain::text::required_text;

use super::{find, save};
use crate::accounting::fiscal_years::REOPEN_REASON_LENGTH_MAX;
use crate::accounting::views::fiscal_year::FiscalPeriodView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct OpenFiscalPeriod {
    pub id: FiscalPeriodId,
    /// Kept in the audit log.
    pub reason: String,
}

#[async_trait]
impl Command for OpenFiscalPeriod {
    const NAME: &'static str = "open_fiscal_period";
    const ACCESS: Access = Access::Permission("accounting.fiscal_period.open");
    type Output = FiscalPeriodView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<FiscalPeriodView>> {
        let reason = required_text(&self.reason, REOPEN_REASON_LENGTH_MAX)
            .map_err(|violation| violation.at("/reason"))?;
        let before = find(ctx, uow, self.id).await?;
        let years = uow.fiscal_years().fiscal_years().await?;
        let year = years.iter().find(|year| year.id == before.fiscal_year_id);
        let year = year.ok_or_else(|| AppError::internal("a fiscal period without its year"))?;
        let after = before.clone().open(year.status)?;
        save(uow, "opened", &before, &after, Some(&reason)).await
    }
}
