//! `POST /fiscal-years/generate`: several years at once.

use async_trait::async_trait;
use chrono::{Months, NaiveDate};
use domain::accounting::fiscal_year::{
    FISCAL_YEAR_OUT_OF_RANGE, FiscalYear, FiscalYearDraft, PeriodPattern, check_new_year, generate_year,
};
use domain::error::Violation;

use super::{CREATE, insert};
use crate::accounting::views::fiscal_year::{FiscalYearView, GeneratedFiscalYearsView};
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::ports::unit_of_work::UnitOfWork;

pub const MONTHS_PER_YEAR: u32 = 12;

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
        let mut drafts = Vec::with_capacity(self.years.into());
        for index in 0..u32::from(self.years) {
            let start = self.start.checked_add_months(Months::new(index * MONTHS_PER_YEAR));
            let start = start.ok_or_else(|| Violation::new(&FISCAL_YEAR_OUT_OF_RANGE).at("/start"))?;
            drafts.push(generate_year(start, self.pattern)?);
        }
        let mut years = insert_block(uow, existing, drafts).await?;
        years.sort_by_key(|year| year.start);
        let items = years.iter().map(FiscalYearView::from).collect();
        Ok(Done::new(GeneratedFiscalYearsView { items }))
    }
}

/// Stores years that follow each other, from the side on which they join the existing ones.
pub(super) async fn insert_block(
    uow: &mut dyn UnitOfWork,
    mut existing: Vec<FiscalYear>,
    mut drafts: Vec<FiscalYearDraft>,
) -> AppResult<Vec<FiscalYear>> {
    let first = existing.iter().map(|year| year.start).min();
    if drafts.first().is_some_and(|draft| first.is_some_and(|first| draft.start < first)) {
        drafts.reverse();
    }
    let mut years = Vec::with_capacity(drafts.len());
    for draft in drafts {
        check_new_year(&existing, &draft)?;
        let year = insert(uow, draft, None).await?;
        existing.push(year.clone());
        years.push(year);
    }
    Ok(years)
}
