//! The first fiscal years of a ledger, and others in their place while nothing is dated in them.

use chrono::{Datelike, NaiveDate};
use domain::accounting::fiscal_year::{FISCAL_YEAR_END_ALONE, FISCAL_YEARS_USED, FiscalYear, YearPlan};
use domain::error::Violation;

use super::ensure::{checked, has_entries, insert_plans};
use super::rhythm::rhythm;
use super::{record, stale};
use crate::accounting::fiscal_periods::record_period;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// The first fiscal year that is asked for; `None` leaves it to the tenant's settings and the calendar.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FirstYear {
    pub start: Option<NaiveDate>,
    /// `None` is twelve months, or the end before the month in which years are set to begin.
    pub end: Option<NaiveDate>,
}

/// Makes the fiscal years from the first one up to today's and answers how many.
///
/// Years that are there stay, unless another beginning is asked for and no entry is in the ledger: then they give way.
pub async fn first_fiscal_years(
    uow: &mut dyn UnitOfWork,
    first: FirstYear,
    today: NaiveDate,
) -> AppResult<usize> {
    if first.end.is_some() && first.start.is_none() {
        return Err(Violation::new(&FISCAL_YEAR_END_ALONE).at("/fiscalYearStart").into());
    }
    let mut existing = uow.fiscal_years().fiscal_years().await?;
    if !existing.is_empty() {
        let Some(start) = first.start else { return Ok(0) };
        let same = |year: &FiscalYear| year.start == start && first.end.is_none_or(|end| year.end == end);
        if existing.iter().any(same) {
            return Ok(0);
        }
        remove_unused(uow, &existing).await.map_err(|error| at(error, "/fiscalYearStart"))?;
        existing.clear();
    }
    make(uow, &existing, first, today).await
}

/// Lets the one year of a ledger without entries begin in the month that the tenant set; answers whether it changed.
pub async fn realign_unused_year(uow: &mut dyn UnitOfWork, today: NaiveDate) -> AppResult<bool> {
    let existing = uow.fiscal_years().fiscal_years().await?;
    let [year] = existing.as_slice() else { return Ok(false) };
    let rhythm = rhythm(uow, &existing).await?;
    let in_place = year.start.day() == 1 && rhythm.start_month.unwrap_or(1) == year.start.month();
    if in_place || !year.is_open() || has_entries(uow).await? {
        return Ok(false);
    }
    remove_unused(uow, &existing).await?;
    let plan = rhythm.around(today);
    insert_plans(uow, Vec::new(), plan.into_iter().collect()).await?;
    Ok(true)
}

async fn make(
    uow: &mut dyn UnitOfWork,
    existing: &[FiscalYear],
    first: FirstYear,
    today: NaiveDate,
) -> AppResult<usize> {
    let rhythm = rhythm(uow, existing).await?;
    let plan = match first.start {
        Some(start) => {
            Some(YearPlan { end: first.end.or(rhythm.starting(start).end), ..rhythm.starting(start) })
        }
        None => rhythm.around(today),
    };
    let Some(plan) = plan else { return Ok(0) };
    checked(&[], &plan).map_err(|mut error| {
        for violation in &mut error.violations {
            let end = violation.pointer == "/end" && first.end.is_some();
            violation.pointer = if end { "/fiscalYearEnd" } else { "/fiscalYearStart" }.to_owned();
        }
        error
    })?;
    let mut plans = vec![plan];
    while let Some(end) = plans.last().and_then(YearPlan::last_day).filter(|end| *end < today) {
        let Some(next) = rhythm.after(end) else { break };
        plans.push(next);
    }
    let made = plans.len();
    insert_plans(uow, Vec::new(), plans).await.map_err(|error| at(error, "/fiscalYearStart"))?;
    Ok(made)
}

fn at(mut error: crate::error::AppError, pointer: &str) -> crate::error::AppError {
    error.violations.iter_mut().for_each(|violation| violation.pointer = pointer.to_owned());
    error
}

/// Takes away every year; refused once an entry is in the ledger or a year is closed.
async fn remove_unused(uow: &mut dyn UnitOfWork, years: &[FiscalYear]) -> AppResult<()> {
    let closed = years.iter().find(|year| !year.is_open());
    if closed.is_some() || has_entries(uow).await? {
        let first = years.iter().map(|year| year.start).min().unwrap_or_default();
        return Err(Violation::new(&FISCAL_YEARS_USED).with("date", first).into());
    }
    for year in years {
        let periods = uow.fiscal_years().fiscal_periods(year.id).await?;
        if !uow.fiscal_years().delete_fiscal_year(year.id, year.version).await? {
            return Err(stale(year.version));
        }
        for period in &periods {
            record_period(uow, "deleted", Some(period), None, None);
        }
        record(uow, "deleted", Some(year), None, None);
    }
    Ok(())
}
