//! `POST /fiscal-years`: one year with its periods.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::fiscal_year::{PeriodPattern, YearPlan};
use domain::text::{Code, LocalizedName};

use super::ensure::checked;
use super::{CREATE, check_numbers, insert};
use crate::accounting::views::fiscal_year::FiscalYearView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct CreateFiscalYear {
    /// The first day.
    pub start: NaiveDate,
    /// The last day; `None` is twelve months.
    pub end: Option<NaiveDate>,
    /// `None` is the year's own: `2026` or `2025/26`.
    pub code: Option<Code>,
    pub name: Option<LocalizedName>,
    pub pattern: PeriodPattern,
}

#[async_trait]
impl Command for CreateFiscalYear {
    const NAME: &'static str = "create_fiscal_year";
    const ACCESS: Access = Access::Permission(CREATE);
    type Output = FiscalYearView;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<FiscalYearView>> {
        let existing = uow.fiscal_years().fiscal_years().await?;
        let plan =
            YearPlan { start: self.start, end: self.end, code: self.code.clone(), pattern: self.pattern };
        let draft = checked(&existing, &plan)?;
        check_numbers(uow, &existing, &draft).await?;
        let year = insert(uow, draft, self.name.clone()).await?;
        Ok(Done::of(year.id.uuid(), year.version, FiscalYearView::from(&year)))
    }
}
