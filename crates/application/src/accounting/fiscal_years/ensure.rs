//! Missing fiscal years, made next to the existing ones: for an import that asks for them, and the next one by itself.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use domain::accounting::fiscal_year::{
    FISCAL_YEAR_TOO_FAR, FISCAL_YEARS_BEYOND_MAX, FiscalYear, FiscalYearDraft, MissingYears, YearPlan,
    check_new_year, missing_years,
};
use domain::error::Violation;

use super::rhythm::{makes_years, rhythm};
use super::{CREATE, insert};
use crate::authorize::{Access, require};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// How many days before it begins a fiscal year may be made by itself.
pub const NEXT_YEAR_AHEAD_DAYS_MAX: u64 = 366;
/// No entry is dated before or after.
const DATES: (i32, i32) = (1900, 2199);

/// The outcome for the dates that fiscal years were wanted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ensured {
    /// So many years were made; none was missing when it is 0.
    Made(usize),
    /// Dates too far from the fiscal years there are; nothing was made.
    TooFar(Vec<(NaiveDate, Violation)>),
}

/// Makes the fiscal years that are missing for the dates, next to the existing ones and in their rhythm.
///
/// Needs the permission to create fiscal years, if any is missing.
pub async fn ensure_fiscal_years(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    dates: &BTreeSet<NaiveDate>,
) -> AppResult<Ensured> {
    let existing = uow.fiscal_years().fiscal_years().await?;
    let covered = |date: &NaiveDate| existing.iter().any(|year| year.covers(*date));
    if dates.iter().all(covered) {
        return Ok(Ensured::Made(0));
    }
    require(ctx, Access::Permission(CREATE))?;
    let rhythm = rhythm(uow, &existing).await?;
    let first = !has_entries(uow).await?;
    let missing = missing_years(&existing, dates, rhythm, first);
    if !missing.too_far.is_empty() {
        return Ok(Ensured::TooFar(refusals(&existing, &missing)));
    }
    let made = missing.before.len() + missing.after.len();
    insert_plans(uow, existing, missing.before.into_iter().chain(missing.after).collect()).await?;
    Ok(Ensured::Made(made))
}

/// Whether any entry, draft or posted, is in the ledger.
pub async fn has_entries(uow: &mut dyn UnitOfWork) -> AppResult<bool> {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    Ok(uow.fiscal_years().has_entries_between(day(DATES.0, 1, 1), day(DATES.1, 12, 31)).await?)
}

fn refusals(existing: &[FiscalYear], missing: &MissingYears) -> Vec<(NaiveDate, Violation)> {
    let first = existing.iter().map(|year| year.start).min();
    let last = existing.iter().map(|year| year.end).max();
    let shown = |date: Option<NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
    let refuse = |date: &NaiveDate| {
        let far =
            Violation::new(&FISCAL_YEAR_TOO_FAR).with("date", date).with("max", FISCAL_YEARS_BEYOND_MAX);
        (*date, far.with("first", shown(first)).with("last", shown(last)))
    };
    missing.too_far.iter().map(refuse).collect()
}

/// Stores years each of which joins the existing ones and those before it in the list.
pub(super) async fn insert_plans(
    uow: &mut dyn UnitOfWork,
    mut existing: Vec<FiscalYear>,
    plans: Vec<YearPlan>,
) -> AppResult<Vec<FiscalYear>> {
    let mut made = Vec::with_capacity(plans.len());
    for plan in plans {
        let draft = checked(&existing, &plan)?;
        super::check_numbers(uow, &existing, &draft).await?;
        let year = insert(uow, draft, None).await?;
        existing.push(year.clone());
        made.push(year);
    }
    Ok(made)
}

/// The year of a plan, if it fits the existing ones.
pub(super) fn checked(existing: &[FiscalYear], plan: &YearPlan) -> AppResult<FiscalYearDraft> {
    let draft = plan.draft(existing)?;
    check_new_year(existing, &draft)?;
    Ok(draft)
}

/// Makes the fiscal year after the last one when the date lies in it, so that the turn of a year does not stop the
/// books; answers whether it did. It does not when the tenant makes its years by hand, nor long before the year begins.
pub async fn ensure_next_year(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    date: NaiveDate,
) -> AppResult<bool> {
    let existing = uow.fiscal_years().fiscal_years().await?;
    let Some(last) = existing.iter().map(|year| year.end).max() else { return Ok(false) };
    if date <= last || !makes_years(uow).await? {
        return Ok(false);
    }
    let latest = ctx.today(uow.now()).checked_add_days(Days::new(NEXT_YEAR_AHEAD_DAYS_MAX));
    let next = rhythm(uow, &existing).await?.after(last);
    let next = next.filter(|next| next.covers(date) && latest.is_some_and(|latest| next.start <= latest));
    let Some(next) = next else { return Ok(false) };
    insert_plans(uow, existing, vec![next]).await?;
    Ok(true)
}
