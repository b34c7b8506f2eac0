//! Fiscal years that are made because they are needed: next to existing ones, in the same rhythm.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, Months, NaiveDate};

use super::generate::last_day;
use super::{FiscalYear, MONTHS_PER_YEAR, PeriodPattern, YearPlan};

/// How many missing fiscal years may lie between two that are used: a date further off is a slip of the pen.
pub const FISCAL_YEARS_BEYOND_MAX: usize = 2;
/// The limit for the first entries of a ledger, which may be old books: missing years before the existing ones.
pub const FISCAL_YEARS_HISTORY_MAX: usize = 30;
/// The limit for the first entries of a ledger: missing years after the existing ones.
pub const FISCAL_YEARS_AHEAD_MAX: usize = 5;

/// How years look that are made by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearRhythm {
    /// The month in which years begin; `None` is twelve months each, whenever they begin.
    pub start_month: Option<u32>,
    pub pattern: PeriodPattern,
}

impl YearRhythm {
    /// The year that begins on the day; it ends before the next first day of the month in which years begin.
    pub fn starting(&self, start: NaiveDate) -> YearPlan {
        let end = self.start_month.and_then(|month| {
            let this = NaiveDate::from_ymd_opt(start.year(), month, 1)?;
            let next = if this > start { this } else { NaiveDate::from_ymd_opt(start.year() + 1, month, 1)? };
            next.checked_sub_days(Days::new(1))
        });
        YearPlan { end, ..YearPlan::twelve_months(start, self.pattern) }
    }

    /// The year after one that ends on the day.
    pub fn after(&self, end: NaiveDate) -> Option<YearPlan> {
        Some(self.starting(end.succ_opt()?))
    }

    /// The year before one that begins on the day.
    pub fn before(&self, start: NaiveDate) -> Option<YearPlan> {
        let end = start.pred_opt()?;
        let first = match self.start_month {
            Some(month) => latest_first_of(month, end)?,
            None => start.checked_sub_months(Months::new(MONTHS_PER_YEAR))?,
        };
        Some(YearPlan { end: Some(end), ..YearPlan::twelve_months(first, self.pattern) })
    }

    /// The year of the day where there is none yet: the calendar year unless years begin in another month.
    pub fn around(&self, date: NaiveDate) -> Option<YearPlan> {
        let start = latest_first_of(self.start_month.unwrap_or(1), date)?;
        Some(YearPlan {
            end: last_day(start, MONTHS_PER_YEAR),
            ..YearPlan::twelve_months(start, self.pattern)
        })
    }
}

fn latest_first_of(month: u32, date: NaiveDate) -> Option<NaiveDate> {
    let this = NaiveDate::from_ymd_opt(date.year(), month, 1)?;
    if this <= date { Some(this) } else { NaiveDate::from_ymd_opt(date.year() - 1, month, 1) }
}

/// The years that are missing for some dates, or which of the dates are too far off.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MissingYears {
    /// Before the existing ones, the nearest first.
    pub before: Vec<YearPlan>,
    /// After them, in order.
    pub after: Vec<YearPlan>,
    /// Dates with more missing years before them than may be made; with any, no year is to be made.
    pub too_far: BTreeSet<NaiveDate>,
}

/// The years missing for `dates`; `first` says that the ledger has no entry yet, so that they may be old books.
pub fn missing_years(
    existing: &[FiscalYear],
    dates: &BTreeSet<NaiveDate>,
    rhythm: YearRhythm,
    first: bool,
) -> MissingYears {
    let mut missing = MissingYears::default();
    let span = existing.iter().map(|year| year.start).min().zip(existing.iter().map(|year| year.end).max());
    let (start, end) = match (span, dates.last()) {
        (Some(span), _) => span,
        (None, None) => return missing,
        // Without any year the last date begins the books, and earlier ones are reached from there.
        (None, Some(last)) => {
            let Some(year) = rhythm.around(*last) else { return missing };
            let (start, end) = (year.start, year.last_day().unwrap_or(*last));
            missing.after.push(year);
            (start, end)
        }
    };
    let earlier: Vec<NaiveDate> = dates.iter().rev().copied().filter(|date| *date < start).collect();
    let later: Vec<NaiveDate> = dates.iter().copied().filter(|date| *date > end).collect();
    // Old books lie on one side; what lies on the other is as suspect as ever.
    let (history, ahead) = match (first, earlier.len() >= later.len()) {
        (true, true) => (FISCAL_YEARS_HISTORY_MAX, FISCAL_YEARS_BEYOND_MAX),
        (true, false) => (FISCAL_YEARS_BEYOND_MAX, FISCAL_YEARS_AHEAD_MAX),
        (false, _) => (FISCAL_YEARS_BEYOND_MAX, FISCAL_YEARS_BEYOND_MAX),
    };
    let before = chain(&earlier, history, &mut missing.too_far, rhythm.before(start), |year| {
        rhythm.before(year.start)
    });
    let after =
        chain(&later, ahead, &mut missing.too_far, rhythm.after(end), |year| rhythm.after(year.last_day()?));
    missing.before = before;
    missing.after.extend(after);
    missing
}

/// Years one after the other, away from the existing ones, until every date lies in one; at most `jump` without a date
/// before the first that has one, and no more than usual later on.
fn chain(
    dates: &[NaiveDate],
    mut jump: usize,
    too_far: &mut BTreeSet<NaiveDate>,
    first: Option<YearPlan>,
    further: impl Fn(&YearPlan) -> Option<YearPlan>,
) -> Vec<YearPlan> {
    let mut years = Vec::new();
    let (mut next, mut waiting) = (first, Vec::new());
    let mut dates = dates.iter().copied().peekable();
    while dates.peek().is_some() {
        let Some(year) = next.take().filter(|_| waiting.len() < jump) else {
            too_far.extend(dates);
            break;
        };
        next = further(&year);
        let mut used = false;
        while dates.next_if(|date| year.covers(*date)).is_some() {
            used = true;
        }
        waiting.push(year);
        if used {
            years.append(&mut waiting);
            jump = FISCAL_YEARS_BEYOND_MAX;
        }
    }
    years
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::accounting::fiscal_year::{FiscalYearStatus, generate_year};
    use crate::ids::FiscalYearId;
    use crate::time::parse_date;

    const CALENDAR: YearRhythm = YearRhythm { start_month: None, pattern: PeriodPattern::Monthly };

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

    fn dates(texts: &[&str]) -> BTreeSet<NaiveDate> {
        texts.iter().map(|text| day(text)).collect()
    }

    /// First days of the missing years in order, and the dates that are too far off.
    fn missing(existing: &[FiscalYear], texts: &[&str], first: bool) -> (Vec<String>, Vec<String>) {
        let found = missing_years(existing, &dates(texts), CALENDAR, first);
        let mut starts: Vec<_> = found.before.iter().chain(&found.after).map(|year| year.start).collect();
        starts.sort_unstable();
        let shown = |days: Vec<NaiveDate>| days.iter().map(ToString::to_string).collect();
        (shown(starts), shown(found.too_far.into_iter().collect()))
    }

    fn starts(existing: &[FiscalYear], texts: &[&str], first: bool) -> Vec<String> {
        let (starts, too_far) = missing(existing, texts, first);
        assert!(too_far.is_empty(), "{too_far:?}");
        starts
    }

    #[test]
    fn calendar_years_where_there_is_none() {
        assert_eq!(
            starts(&[], &["2023-05-05", "2025-01-01"], true),
            ["2023-01-01", "2024-01-01", "2025-01-01"]
        );
        assert!(starts(&[], &[], true).is_empty());
    }

    #[test]
    fn years_on_either_side_begin_on_the_same_day() {
        let existing = [year("2024-07-01")];
        assert!(starts(&existing, &["2024-07-01", "2025-06-30"], false).is_empty());
        assert_eq!(
            starts(&existing, &["2023-06-30", "2025-07-01"], false),
            ["2022-07-01", "2023-07-01", "2025-07-01"]
        );
        assert_eq!(starts(&existing, &["2027-01-01"], false), ["2025-07-01", "2026-07-01"]);
    }

    #[test]
    fn a_date_far_off_is_named_and_nothing_else() {
        let existing = [year("2026-01-01")];
        for far in ["1926-02-01", "2023-12-31", "2029-01-01", "2062-02-01", "2199-12-31"] {
            let (_, too_far) = missing(&existing, &[far, "2026-05-01"], false);
            assert_eq!(too_far, [far]);
        }
        let all = ["2016-01-01", "2018-01-01", "2020-05-05", "2022-01-01", "2024-01-01"];
        assert_eq!(starts(&existing, &all, false).len(), 10, "each is near the one before");
        let (_, too_far) = missing(&existing, &["2016-01-01", "2020-05-05", "2024-01-01"], false);
        assert_eq!(too_far, ["2016-01-01", "2020-05-05"]);
    }

    #[test]
    fn the_first_entries_may_be_old_books_but_not_a_slip_of_the_pen() {
        let existing = [year("2026-01-01")];
        assert_eq!(starts(&existing, &["2010-12-01", "2011-01-01", "2013-06-01"], true).len(), 16);
        assert_eq!(starts(&existing, &["2031-01-15"], true).len(), 5);
        for far in ["1926-02-01", "2032-01-01", "2062-02-01"] {
            assert_eq!(missing(&existing, &[far], true).1, [far]);
        }
        let slip = missing(&existing, &["2010-12-01", "2011-01-01", "2031-06-01"], true).1;
        assert_eq!(slip, ["2031-06-01"], "the other side of old books");
        let slip = missing(&existing, &["1926-01-01", "2016-01-01", "2017-01-01"], true).1;
        assert_eq!(slip, ["1926-01-01"]);
    }

    #[test]
    fn a_month_to_begin_in_is_reached_by_a_short_year() {
        let july = YearRhythm { start_month: Some(7), pattern: PeriodPattern::Monthly };
        let short = july.after(day("2026-12-31")).unwrap();
        assert_eq!((short.start, short.last_day()), (day("2027-01-01"), Some(day("2027-06-30"))));
        let whole = july.after(day("2027-06-30")).unwrap();
        assert_eq!(whole.last_day(), Some(day("2028-06-30")));
        let before = july.before(day("2026-01-01")).unwrap();
        assert_eq!((before.start, before.end), (day("2025-07-01"), Some(day("2025-12-31"))));
        let around = july.around(day("2026-03-15")).unwrap();
        assert_eq!((around.start, around.last_day()), (day("2025-07-01"), Some(day("2026-06-30"))));
    }

    #[test]
    fn years_that_begin_within_a_month_go_on_so() {
        let whole = CALENDAR.after(day("2027-03-14")).unwrap();
        assert_eq!((whole.start, whole.last_day()), (day("2027-03-15"), Some(day("2028-03-14"))));
    }
}
