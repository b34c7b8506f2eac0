//! How a tenant's fiscal years look that are made by themselves.

use domain::accounting::fiscal_period::FiscalPeriodKind;
use domain::accounting::fiscal_year::{FiscalYear, PeriodPattern, YearRhythm};

use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

pub use crate::platform::settings::AUTOMATIC;
pub use crate::platform::settings::START_MONTH;

/// The month that was set, if any, and periods like those of the last year.
pub async fn rhythm(uow: &mut dyn UnitOfWork, existing: &[FiscalYear]) -> AppResult<YearRhythm> {
    let stored = uow.tenants().setting(START_MONTH).await?;
    let start_month =
        stored.and_then(|(value, _)| value.as_u64()).and_then(|month| u32::try_from(month).ok());
    let mut pattern = PeriodPattern::Monthly;
    if let Some(last) = existing.iter().max_by_key(|year| year.end) {
        let periods = uow.fiscal_years().fiscal_periods(last.id).await?;
        let regular = periods.iter().filter(|period| period.kind == FiscalPeriodKind::Regular);
        let longest = regular.map(|period| (period.end - period.start).num_days() + 1).max();
        pattern = PeriodPattern::of_longest_period(longest.unwrap_or_default());
    }
    Ok(YearRhythm { start_month, pattern })
}

/// Whether the next fiscal year is made when it is needed, which is the default.
pub async fn makes_years(uow: &mut dyn UnitOfWork) -> AppResult<bool> {
    let stored = uow.tenants().setting(AUTOMATIC).await?;
    Ok(stored.and_then(|(value, _)| value.as_bool()).unwrap_or(true))
}
