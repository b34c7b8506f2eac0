//! Missing fiscal years, generated for an import.

use chrono::{Datelike, Days, Months, NaiveDate};
use domain::accounting::fiscal_year::{
    FISCAL_YEAR_OUT_OF_RANGE, FISCAL_YEAR_TOO_MANY, FISCAL_YEARS_MAX, FiscalYear, FiscalYearDraft,
    PeriodPattern, generate_year,
};
use domain::error::Violation;

use super::CREATE;
use super::generate::{MONTHS_PER_YEAR, insert_block};
use crate::authorize::{Access, require};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::ports::unit_of_work::UnitOfWork;

/// Generates the fiscal years that are missing for the dates `from` through `to` and answers how many.
///
/// New years join the existing ones without a gap and begin in the same month; where there is none they are calendar
/// years. All have monthly periods. Needs the permission to create fiscal years, if any is missing.
pub async fn ensure_fiscal_years(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    from: NaiveDate,
    to: NaiveDate,
) -> AppResult<usize> {
    let existing = uow.fiscal_years().fiscal_years().await?;
    let (before, after) = missing(&existing, from, to)?;
    let count = before.len() + after.len();
    if count == 0 {
        return Ok(0);
    }
    require(ctx, Access::Permission(CREATE))?;
    let mut all = existing.clone();
    all.extend(insert_block(uow, existing, before).await?);
    insert_block(uow, all, after).await?;
    Ok(count)
}

type Block = Vec<FiscalYearDraft>;

/// The years before the existing ones and those after them, each in order.
fn missing(existing: &[FiscalYear], from: NaiveDate, to: NaiveDate) -> Result<(Block, Block), Violation> {
    if to < from {
        return Ok((Block::new(), Block::new()));
    }
    let out_of_range = || Violation::new(&FISCAL_YEAR_OUT_OF_RANGE).at("/start");
    let first = existing.iter().map(|year| year.start).min();
    let last = existing.iter().map(|year| year.end).max();
    let (Some(first), Some(last)) = (first, last) else {
        let start = NaiveDate::from_ymd_opt(from.year(), 1, 1).ok_or_else(out_of_range)?;
        return Ok((Block::new(), years_through(start, to)?));
    };
    let mut start = first;
    let mut steps = 0;
    while start > from {
        start = start.checked_sub_months(Months::new(MONTHS_PER_YEAR)).ok_or_else(out_of_range)?;
        steps += 1;
        bounded(steps)?;
    }
    let before = first.checked_sub_days(Days::new(1)).ok_or_else(out_of_range)?;
    let next = last.checked_add_days(Days::new(1)).ok_or_else(out_of_range)?;
    Ok((years_through(start, before)?, years_through(next, to)?))
}

/// Years from `start` until one contains `to`; none when `to` lies before.
fn years_through(start: NaiveDate, to: NaiveDate) -> Result<Block, Violation> {
    let mut block = Block::new();
    let mut next = start;
    while next <= to {
        let year = generate_year(next, PeriodPattern::Monthly)?;
        next = year.end.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
        block.push(year);
        bounded(block.len())?;
    }
    Ok(block)
}

fn bounded(count: usize) -> Result<(), Violation> {
    if count > FISCAL_YEARS_MAX {
        return Err(Violation::new(&FISCAL_YEAR_TOO_MANY).with("max", FISCAL_YEARS_MAX));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::accounting::fiscal_year::FiscalYearStatus;
    use domain::ids::FiscalYearId;
    use domain::time::parse_date;
    use uuid::Uuid;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        parse_date(text).unwrap()
    }

    fn year(start: &str) -> FiscalYear {
        let draft = generate_year(day(start), PeriodPattern::Monthly).unwrap();
        FiscalYear {
            id: FiscalYearId::new(Uuid::nil()),
            code: draft.code,
            name: None,
            start: draft.start,
            end: draft.end,
            status: FiscalYearStatus::Open,
            version: 1,
        }
    }

    fn codes(existing: &[FiscalYear], from: &str, to: &str) -> Vec<String> {
        let (before, after) = missing(existing, day(from), day(to)).unwrap();
        before.iter().chain(&after).map(|draft| draft.code.to_string()).collect()
    }

    #[test]
    fn calendar_years_where_there_is_none() {
        assert_eq!(codes(&[], "2023-05-05", "2025-01-01"), ["2023", "2024", "2025"]);
        assert!(codes(&[], "2025-01-01", "2024-12-31").is_empty());
    }

    #[test]
    fn years_on_either_side_begin_in_the_same_month() {
        let existing = [year("2024-07-01")];
        assert!(codes(&existing, "2024-07-01", "2025-06-30").is_empty());
        assert_eq!(codes(&existing, "2023-06-30", "2025-07-01"), ["2022/23", "2023/24", "2025/26"]);
        assert_eq!(codes(&existing, "2027-01-01", "2027-01-01"), ["2025/26", "2026/27"]);
    }

    #[test]
    fn dates_beyond_the_calendar_are_refused() {
        assert!(missing(&[], day("1900-01-01"), day("2199-12-31")).is_err());
    }
}
