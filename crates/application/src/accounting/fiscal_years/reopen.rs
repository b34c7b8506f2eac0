//! `POST /fiscal-years/{id}/reopen`: for an adjustment of a closed year (R12).

use async_trait::async_trait;
use domain::accounting::fiscal_period::FiscalPeriodKind;
use domain::ids::FiscalYearId;
use domain::text::required_text;

use super::{REOPEN_REASON_LENGTH_MAX, find, record, save_period, save_year};
use crate::accounting::views::fiscal_year::{FiscalYearReopenView, FiscalYearView};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct ReopenFiscalYear {
    pub id: FiscalYearId,
    /// Kept in the audit log.
    pub reason: String,
    /// Open its regular periods too; otherwise only those opened one by one take entries.
    pub open_periods: bool,
}

#[async_trait]
impl Command for ReopenFiscalYear {
    const NAME: &'static str = "reopen_fiscal_year";
    const ACCESS: Access = Access::Permission("accounting.fiscal_year.reopen");
    type Output = FiscalYearReopenView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<FiscalYearReopenView>> {
        let reason = required_text(&self.reason, REOPEN_REASON_LENGTH_MAX)
            .map_err(|violation| violation.at("/reason"))?;
        let (before, years) = find(uow, self.id).await?;
        check_version(ctx, before.version)?;
        let year = before.clone().reopen(&years)?;
        save_year(uow, &year).await?;
        record(uow, "reopened", Some(&before), Some(&year), Some(&reason));
        let mut opened_periods = Vec::new();
        if self.open_periods {
            let periods = uow.fiscal_years().fiscal_periods(year.id).await?;
            let closed = |kind, open: bool| kind == FiscalPeriodKind::Regular && !open;
            for period in periods.into_iter().filter(|period| closed(period.kind, period.is_open())) {
                let opened = period.clone().open(year.status)?;
                opened_periods.push(save_period(uow, "opened", &period, &opened, Some(&reason)).await?);
            }
        }
        let fiscal_year = FiscalYearView::from(&year);
        Ok(Done::of(year.id.uuid(), year.version, FiscalYearReopenView { fiscal_year, opened_periods }))
    }
}
