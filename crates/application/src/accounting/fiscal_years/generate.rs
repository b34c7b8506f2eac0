//! `POST /fiscal-years/generate`: several years at once.

use async_trait::async_trait;
use chrono::{Months, NaiveDate};
use domain::accounting::fiscal_year::{FISCAL_YEAR_OUT_OF_RANGE, MONTHS_PER_YEAR, PeriodPattern, YearPlan};
use domain::error::Violation;

use super::CREATE;
use super::ensure::insert_plans;
use crate::accounting::views::fiscal_year::{FiscalYearView, GeneratedFiscalYearsView};
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct GenerateFiscalYears {
    /// The first day of the first year.
    pub start: NaiveDate,
    /// How many, 1 to [`FISCAL_YEARS_GENERATED_MAX`](super::FISCAL_YEARS_GENERATED_MAX).
    pub years: u8,
    pub pattern: PeriodPattern,
}

#[async_trait]
impl Command for GenerateFiscalYears {
    const NAME: &'static str = "generate_fiscal_years";
    const ACCESS: Access = Access::Permission(CREATE);
    type Output = GeneratedFiscalYearsView;

    async fn run(
        &self,
        _: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<GeneratedFiscalYearsView>> {
        let existing = uow.fiscal_years().fiscal_years().await?;
        let mut plans = Vec::with_capacity(self.years.into());
        for index in 0..u32::from(self.years) {
            let start = self.start.checked_add_months(Months::new(index * MONTHS_PER_YEAR));
            let start = start.ok_or_else(|| Violation::new(&FISCAL_YEAR_OUT_OF_RANGE).at("/start"))?;
            let next = self.start.checked_add_months(Months::new((index + 1) * MONTHS_PER_YEAR));
            // From the first day, so that a year that begins on the 31st leaves no gap after a shorter month.
            let end = next.and_then(|next| next.pred_opt());
            plans.push(YearPlan { end, ..YearPlan::twelve_months(start, self.pattern) });
        }
        // From the side on which they join the existing ones.
        let first = existing.iter().map(|year| year.start).min();
        if first.is_some_and(|first| self.start < first) {
            plans.reverse();
        }
        let mut years = insert_plans(uow, existing, plans).await?;
        years.sort_by_key(|year| year.start);
        let items = years.iter().map(FiscalYearView::from).collect();
        Ok(Done::new(GeneratedFiscalYearsView { items }))
    }
}
