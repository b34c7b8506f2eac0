//! A fiscal year with its periods, made from its first day.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::{FISCAL_YEAR_OUT_OF_RANGE, FISCAL_YEAR_START_NOT_FIRST};
use crate::accounting::fiscal_period::FiscalPeriodKind;
use crate::error::Violation;
use crate::text::Code;

const MONTHS_PER_YEAR: u32 = 12;
const FIRST_YEAR: i32 = 1900;
const LAST_YEAR: i32 = 2199;

crate::choices! {
    /// How a year is divided.
    pub enum PeriodPattern {
        Monthly = "monthly",
        Quarterly = "quarterly",
    }
}

/// A year that does not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiscalYearDraft {
    pub code: Code,
    pub start: NaiveDate,
    pub end: NaiveDate,
    /// The regular periods in order, then the closing period.
    pub periods: Vec<FiscalPeriodDraft>,
}

/// A period that does not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiscalPeriodDraft {
    pub number: u8,
    pub name: String,
    pub start: NaiveDate,
    pub end: NaiveDate,
    pub kind: FiscalPeriodKind,
}

impl PeriodPattern {
    const fn months(self) -> u32 {
        match self {
            Self::Monthly => 1,
            Self::Quarterly => 3,
        }
    }
}

/// Twelve months from `start`, the first of any month: the regular periods cover each day exactly once, and
/// the closing period is the last day once more.
pub fn generate_year(start: NaiveDate, pattern: PeriodPattern) -> Result<FiscalYearDraft, Violation> {
    if start.day() != 1 {
        return Err(Violation::new(&FISCAL_YEAR_START_NOT_FIRST).at("/start").with("date", start));
    }
    let out_of_range = || Violation::new(&FISCAL_YEAR_OUT_OF_RANGE).at("/start");
    let end = last_day(start, MONTHS_PER_YEAR).ok_or_else(out_of_range)?;
    if start.year() < FIRST_YEAR || end.year() > LAST_YEAR {
        return Err(out_of_range());
    }
    let code = default_code(start, end)?;
    let mut periods = Vec::new();
    let mut number = 0_u8;
    for month in (0..MONTHS_PER_YEAR).step_by(pattern.months() as usize) {
        number += 1;
        let first = start.checked_add_months(Months::new(month)).ok_or_else(out_of_range)?;
        let name = match pattern {
            PeriodPattern::Monthly => first.format("%Y-%m").to_string(),
            PeriodPattern::Quarterly => format!("{code}-Q{number}"),
        };
        let last = last_day(first, pattern.months()).ok_or_else(out_of_range)?;
        periods.push(FiscalPeriodDraft {
            number,
            name,
            start: first,
            end: last,
            kind: FiscalPeriodKind::Regular,
        });
    }
    periods.push(FiscalPeriodDraft {
        number: number + 1,
        name: format!("{code}-CLOSING"),
        start: end,
        end,
        kind: FiscalPeriodKind::Closing,
    });
    Ok(FiscalYearDraft { code, start, end, periods })
}

/// `2026` for the calendar year, otherwise `2025/26`.
pub fn default_code(start: NaiveDate, end: NaiveDate) -> Result<Code, Violation> {
    let text = if start.year() == end.year() {
        start.year().to_string()
    } else {
        format!("{}/{:02}", start.year(), end.year() % 100)
    };
    Code::parse(&text)
}

fn last_day(first: NaiveDate, months: u32) -> Option<NaiveDate> {
    first.checked_add_months(Months::new(months))?.checked_sub_days(Days::new(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::parse_date;

    #[test]
    fn a_calendar_year_has_twelve_months_and_a_closing_period() {
        let year = generate_year(parse_date("2028-01-01").unwrap(), PeriodPattern::Monthly).unwrap();
        assert_eq!(year.code.as_str(), "2028");
        assert_eq!(year.periods[1].end, parse_date("2028-02-29").unwrap());
        assert_eq!(year.periods[1].name, "2028-02");
        let closing = &year.periods[12];
        assert_eq!((closing.number, closing.kind), (13, FiscalPeriodKind::Closing));
        assert_eq!((closing.start, closing.end), (year.end, year.end));
    }

    #[test]
    fn a_year_over_two_calendar_years_says_so() {
        let year = generate_year(parse_date("2099-07-01").unwrap(), PeriodPattern::Quarterly).unwrap();
        assert_eq!(year.code.as_str(), "2099/00");
        assert_eq!(year.end, parse_date("2100-06-30").unwrap());
        assert_eq!(year.periods.iter().map(|p| p.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        assert_eq!(year.periods[3].name, "2099/00-Q4");
    }

    #[test]
    fn a_year_starts_on_the_first_of_a_month_within_range() {
        let start = |text| generate_year(parse_date(text).unwrap(), PeriodPattern::Monthly);
        assert_eq!(start("2026-01-02").unwrap_err().def, &FISCAL_YEAR_START_NOT_FIRST);
        assert_eq!(start("2199-02-01").unwrap_err().def, &FISCAL_YEAR_OUT_OF_RANGE);
    }

    proptest! {
        #[test]
        fn generated_years_cover_each_day_exactly_once(
            year in 1900_i32..2190, month in 1_u32..=12, count in 1_usize..4, quarterly: bool,
        ) {
            let pattern = if quarterly { PeriodPattern::Quarterly } else { PeriodPattern::Monthly };
            let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap();
            let mut day = first;
            for _ in 0..count {
                let draft = generate_year(day, pattern).unwrap();
                prop_assert_eq!(draft.start, day);
                for period in draft.periods.iter().filter(|p| p.kind == FiscalPeriodKind::Regular) {
                    prop_assert_eq!(period.start, day);
                    prop_assert!(period.start <= period.end);
                    day = period.end.succ_opt().unwrap();
                }
                prop_assert_eq!(draft.end.succ_opt().unwrap(), day);
            }
        }
    }
}
