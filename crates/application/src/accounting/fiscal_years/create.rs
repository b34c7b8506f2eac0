//! `POST /fiscal-years`: one year with its periods.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::fiscal_year::{PeriodPattern, check_new_year, generate_year};
use domain::text::{Code, LocalizedName};

use super::{CREATE, insert};
use crate::accounting::views::fiscal_year::FiscalYearView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::ports::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct CreateFiscalYear {
    /// The first day, the first of a month.
    pub start: NaiveDate,
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
        let mut draft = generate_year(self.start, self.pattern)?;
        if let Some(code) = &self.code {
            draft.code = code.clone();
        }
        check_new_year(&existing, &draft)?;
        let year = insert(uow, draft, self.name.clone()).await?;
        Ok(Done::of(year.id.uuid(), year.version, FiscalYearView::from(&year)))
    }
}
