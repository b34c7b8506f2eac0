//! A fiscal year with its periods, made from its first and last day.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::{
    FISCAL_YEAR_CODE_TAKEN, FISCAL_YEAR_END_BEFORE_START, FISCAL_YEAR_MONTHS_MAX, FISCAL_YEAR_OUT_OF_RANGE,
    FISCAL_YEAR_TOO_LONG, FiscalYear, MONTHS_PER_YEAR,
};
use crate::accounting::fiscal_period::FiscalPeriodKind;
use crate::error::Violation;
use crate::text::Code;

const FIRST_YEAR: i32 = 1900;
const LAST_YEAR: i32 = 2199;
/// Most fiscal years that get a code of their own by themselves although they begin and end in the same calendar years.
const SAME_CODES_MAX: u32 = 9;

crate::choices! {
    /// How a year is divided.
    pub enum PeriodPattern {
        Monthly = "monthly",
        Quarterly = "quarterly",
    }
}

/// The wanted shape of a new year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearPlan {
    pub start: NaiveDate,
    /// `None` is twelve months.
    pub end: Option<NaiveDate>,
    /// `None` is the year's own: `2026`, `2025/26`, and `2026-2` for a second one within 2026.
    pub code: Option<Code>,
    pub pattern: PeriodPattern,
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

    /// How a year was divided whose longest regular period has so many days.
    pub const fn of_longest_period(days: i64) -> Self {
        if days > 31 { Self::Quarterly } else { Self::Monthly }
    }
}

impl YearPlan {
    pub fn twelve_months(start: NaiveDate, pattern: PeriodPattern) -> Self {
        Self { start, end: None, code: None, pattern }
    }

    /// The last day; `None` beyond the calendar.
    pub fn last_day(&self) -> Option<NaiveDate> {
        self.end.or_else(|| last_day(self.start, MONTHS_PER_YEAR))
    }

    pub fn covers(&self, date: NaiveDate) -> bool {
        self.last_day().is_some_and(|end| self.start <= date && date <= end)
    }

    /// The year with its periods: months or quarters of the calendar, of which the first and the last may be parts, so
    /// that each day is covered once; the closing period is the last day once more.
    pub fn draft(&self, existing: &[FiscalYear]) -> Result<FiscalYearDraft, Violation> {
        let out_of_range = || Violation::new(&FISCAL_YEAR_OUT_OF_RANGE).at("/start");
        let (start, end) = (self.start, self.last_day().ok_or_else(out_of_range)?);
        if end < start {
            let before = Violation::new(&FISCAL_YEAR_END_BEFORE_START).at("/end");
            return Err(before.with("start", start).with("end", end));
        }
        if start.year() < FIRST_YEAR || end.year() > LAST_YEAR {
            return Err(out_of_range());
        }
        let latest = last_day(start, FISCAL_YEAR_MONTHS_MAX).ok_or_else(out_of_range)?;
        if end > latest {
            let long = Violation::new(&FISCAL_YEAR_TOO_LONG).at("/end");
            return Err(long.with("max", FISCAL_YEAR_MONTHS_MAX).with("latest", latest));
        }
        let code = match &self.code {
            Some(code) => code.clone(),
            None => own_code(start, end, existing)?,
        };
        let periods = periods((start, end), &code, self.pattern).ok_or_else(out_of_range)?;
        Ok(FiscalYearDraft { code, start, end, periods })
    }
}

impl FiscalYearDraft {
    /// Whether a month of the calendar may come twice in it.
    pub fn is_long(&self) -> bool {
        last_day(self.start, MONTHS_PER_YEAR).is_some_and(|end| end < self.end)
    }

    /// Whether its code is one that a year gets by itself, which patterns of numbers reckon with.
    pub fn has_own_code(&self) -> bool {
        let code = self.code.as_str();
        let base = code.split_once('-').map_or(code, |(base, _)| base);
        let further = |tail: &str| matches!(tail.as_bytes(), [b'-', b'2'..=b'9']);
        own_text(self.start, self.end) == base
            && code.strip_prefix(base).is_some_and(|tail| tail.is_empty() || further(tail))
    }
}

/// Twelve months from `start`.
pub fn generate_year(start: NaiveDate, pattern: PeriodPattern) -> Result<FiscalYearDraft, Violation> {
    YearPlan::twelve_months(start, pattern).draft(&[])
}

fn periods(
    (start, end): (NaiveDate, NaiveDate),
    code: &Code,
    pattern: PeriodPattern,
) -> Option<Vec<FiscalPeriodDraft>> {
    let mut periods = Vec::new();
    let (mut first, mut number) = (start, 0_u8);
    while first <= end {
        number += 1;
        let name = match pattern {
            PeriodPattern::Monthly => first.format("%Y-%m").to_string(),
            PeriodPattern::Quarterly => format!("{code}-Q{number}"),
        };
        let last = last_day(first.with_day(1)?, pattern.months())?.min(end);
        let kind = FiscalPeriodKind::Regular;
        periods.push(FiscalPeriodDraft { number, name, start: first, end: last, kind });
        first = last.succ_opt()?;
    }
    periods.push(FiscalPeriodDraft {
        number: number + 1,
        name: format!("{code}-CLOSING"),
        start: end,
        end,
        kind: FiscalPeriodKind::Closing,
    });
    Some(periods)
}

/// `2026` within a calendar year, otherwise `2025/26`; a number follows when an existing year has that code.
fn own_code(start: NaiveDate, end: NaiveDate, existing: &[FiscalYear]) -> Result<Code, Violation> {
    let text = own_text(start, end);
    let codes = (1..=SAME_CODES_MAX).map(|n| if n == 1 { text.clone() } else { format!("{text}-{n}") });
    let free = |code: &String| existing.iter().all(|year| year.code.as_str() != code);
    let code = codes.into_iter().find(free);
    Code::parse(&code.ok_or_else(|| Violation::new(&FISCAL_YEAR_CODE_TAKEN).at("/code").with("year", &text))?)
}

fn own_text(start: NaiveDate, end: NaiveDate) -> String {
    if start.year() == end.year() {
        start.year().to_string()
    } else {
        format!("{}/{:02}", start.year(), end.year() % 100)
    }
}

pub(super) fn last_day(first: NaiveDate, months: u32) -> Option<NaiveDate> {
    first.checked_add_months(Months::new(months))?.checked_sub_days(Days::new(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::accounting::fiscal_year::FiscalYearStatus;
    use crate::ids::FiscalYearId;
    use crate::time::parse_date;

    fn day(text: &str) -> NaiveDate {
        parse_date(text).unwrap()
    }

    fn span(start: &str, end: &str) -> Result<FiscalYearDraft, Violation> {
        let pattern = PeriodPattern::Monthly;
        YearPlan { start: day(start), end: Some(day(end)), code: None, pattern }.draft(&[])
    }

    #[test]
    fn a_calendar_year_has_twelve_months_and_a_closing_period() {
        let year = generate_year(day("2028-01-01"), PeriodPattern::Monthly).unwrap();
        assert_eq!(year.code.as_str(), "2028");
        assert_eq!(year.periods[1].end, day("2028-02-29"));
        assert_eq!(year.periods[1].name, "2028-02");
        let closing = &year.periods[12];
        assert_eq!((closing.number, closing.kind), (13, FiscalPeriodKind::Closing));
        assert_eq!((closing.start, closing.end), (year.end, year.end));
    }

    #[test]
    fn a_year_over_two_calendar_years_says_so() {
        let year = generate_year(day("2099-07-01"), PeriodPattern::Quarterly).unwrap();
        assert_eq!(year.code.as_str(), "2099/00");
        assert_eq!(year.end, day("2100-06-30"));
        assert_eq!(year.periods.iter().map(|p| p.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        assert_eq!(year.periods[3].name, "2099/00-Q4");
    }

    #[test]
    fn a_first_year_may_begin_on_any_day_and_be_short_or_long() {
        let short = span("2026-03-15", "2026-12-31").unwrap();
        assert_eq!((short.code.as_str(), short.periods.len()), ("2026", 11));
        assert_eq!((short.periods[0].start, short.periods[0].end), (day("2026-03-15"), day("2026-03-31")));
        let long = span("2026-07-01", "2027-12-31").unwrap();
        assert_eq!((long.code.as_str(), long.periods.len()), ("2026/27", 19));
        let whole = generate_year(day("2026-03-15"), PeriodPattern::Monthly).unwrap();
        assert_eq!((whole.end, whole.periods.len()), (day("2027-03-14"), 14));
        let last = &whole.periods[12];
        assert_eq!(
            (last.name.as_str(), last.start, last.end),
            ("2027-03", day("2027-03-01"), day("2027-03-14"))
        );
        assert_eq!(span("2026-05-05", "2026-05-05").unwrap().periods.len(), 2, "a single day");
    }

    #[test]
    fn a_year_ends_after_it_starts_and_within_two_years() {
        assert_eq!(span("2026-05-05", "2026-05-04").unwrap_err().def, &FISCAL_YEAR_END_BEFORE_START);
        assert!(span("2026-01-01", "2027-12-31").is_ok());
        let long = span("2026-01-01", "2028-01-01").unwrap_err();
        assert_eq!((long.def, long.pointer.as_str()), (&FISCAL_YEAR_TOO_LONG, "/end"));
        assert_eq!(
            generate_year(day("2199-02-01"), PeriodPattern::Monthly).unwrap_err().def,
            &FISCAL_YEAR_OUT_OF_RANGE
        );
        let early = NaiveDate::from_ymd_opt(1899, 12, 31).unwrap();
        assert_eq!(generate_year(early, PeriodPattern::Monthly).unwrap_err().def, &FISCAL_YEAR_OUT_OF_RANGE);
    }

    #[test]
    fn years_within_one_calendar_year_have_codes_of_their_own() {
        let mut existing: Vec<FiscalYear> = Vec::new();
        let mut codes = Vec::new();
        for (start, end) in
            [("2026-01-01", "2026-03-14"), ("2026-03-15", "2026-06-30"), ("2026-07-01", "2027-06-30")]
        {
            let plan = YearPlan {
                end: Some(day(end)),
                ..YearPlan::twelve_months(day(start), PeriodPattern::Monthly)
            };
            let draft = plan.draft(&existing).unwrap();
            codes.push(draft.code.to_string());
            existing.push(FiscalYear {
                id: FiscalYearId::new(uuid::Uuid::nil()),
                code: draft.code,
                name: None,
                start: draft.start,
                end: draft.end,
                status: FiscalYearStatus::Open,
                version: 1,
            });
        }
        assert_eq!(codes, ["2026", "2026-2", "2026/27"]);
    }

    proptest! {
        #[test]
        fn generated_years_cover_each_day_exactly_once(
            year in 1900_i32..2180, ordinal in 1_u32..=365, days in 1_u64..730, count in 1_usize..4, quarterly: bool,
        ) {
            let pattern = if quarterly { PeriodPattern::Quarterly } else { PeriodPattern::Monthly };
            let mut day = NaiveDate::from_yo_opt(year, ordinal).unwrap();
            for _ in 0..count {
                let end = day.checked_add_days(Days::new(days - 1));
                let draft = YearPlan { end, ..YearPlan::twelve_months(day, pattern) }.draft(&[]).unwrap();
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
