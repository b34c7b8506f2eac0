//! The periods of a statement: one, or those of a range side by side, each with the one that it is compared with.

use chrono::{Datelike, Months, NaiveDate};
use domain::accounting::report_layout::LayoutKind;
use domain::error::Violation;

use super::StatementRequest;
use crate::accounting::ports::reports::{Calendar, DateSpan};
use crate::accounting::reports::error::{REPORT_NEEDS_RANGE, STATEMENT_ONE_DAY, STATEMENT_TOO_MANY_PERIODS};
use crate::accounting::reports::income_statement::flow_range;
use crate::accounting::reports::request::{Compare, Range, ReportRequest, shift_months};
use crate::accounting::reports::{Frame, Reports};
use crate::error::AppResult;

/// Most periods side by side, besides those that they are compared with.
pub const STATEMENT_PERIODS_MAX: usize = 24;

domain::choices! {
    /// Which periods of the range are columns.
    pub enum Periods {
        /// The whole range.
        Total = "total",
        Month = "month",
        Quarter = "quarter",
        Year = "year",
    }
}

impl Periods {
    /// Months of one; `None` is a fiscal year.
    const fn months(self) -> Option<u32> {
        match self {
            Self::Month => Some(1),
            Self::Quarter => Some(3),
            Self::Total | Self::Year => None,
        }
    }
}

/// The days between an opening and a closing balance, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

/// A period that is shown, and the one beside it.
#[derive(Debug, Clone, Copy)]
pub struct Period {
    pub span: Span,
    pub compared: Option<Span>,
    /// The sum of the others, after them.
    pub is_sum: bool,
}

impl Reports {
    pub(super) fn periods(
        &self,
        kind: LayoutKind,
        request: &StatementRequest,
        frame: &Frame,
    ) -> AppResult<Vec<Period>> {
        let report = &request.report;
        if kind == LayoutKind::BalanceSheet {
            return self.days(request, frame);
        }
        let whole = span(flow_range(self, report, frame)?, report)?;
        let mut spans = split(&frame.calendar, whole, request.periods)?;
        let has_sum = spans.len() > 1 && kind != LayoutKind::EquityChanges;
        spans.extend(has_sum.then_some(whole));
        let count = spans.len();
        let period = |(index, span): (usize, Span)| {
            let range = Range { from: Some(span.from), to: Some(span.to) };
            let compared = range.compared(report.compare)?;
            let compared = compared.and_then(|range| Some(Span { from: range.from?, to: range.to? }));
            Ok(Period { span, compared, is_sum: has_sum && index + 1 == count })
        };
        spans.into_iter().enumerate().map(period).collect()
    }

    /// Balance sheets of the last days of periods. The period of each is its fiscal year up to the day.
    fn days(&self, request: &StatementRequest, frame: &Frame) -> AppResult<Vec<Period>> {
        let report = &request.report;
        let calendar = &frame.calendar;
        let day = self.last_day(report, frame)?;
        let blocks = match (request.periods, report.from) {
            (Periods::Total, Some(_)) => return Err(Violation::new(&STATEMENT_ONE_DAY).at("?from").into()),
            (Periods::Total, None) => vec![Span { from: calendar.period_start(day), to: day }],
            (periods, from) => {
                let range = Range::checked(from.or(Some(calendar.year_start(day))), Some(day))?;
                split(calendar, span(range, report)?, periods)?
            }
        };
        let up_to = |day: NaiveDate| Span { from: calendar.year_start(day), to: day };
        let period = |block: Span| {
            let beside = match report.compare {
                Compare::None => None,
                Compare::PreviousYear => shift_months(block.to, -12),
                Compare::PreviousPeriod => block.from.pred_opt(),
            };
            Period { span: up_to(block.to), compared: beside.map(up_to), is_sum: false }
        };
        Ok(blocks.into_iter().map(period).collect())
    }
}

fn span(range: Range, request: &ReportRequest) -> Result<Span, Violation> {
    match (range.from, range.to) {
        (Some(from), Some(to)) => Ok(Span { from, to }),
        _ => {
            Err(Violation::new(&REPORT_NEEDS_RANGE).at(if request.from.is_some() { "?to" } else { "?from" }))
        }
    }
}

/// Periods are counted from the beginning of each fiscal year; those at the ends of the range may be parts of one.
fn split(calendar: &Calendar, whole: Span, periods: Periods) -> Result<Vec<Span>, Violation> {
    if periods == Periods::Total {
        return Ok(vec![whole]);
    }
    let mut spans = Vec::new();
    let mut count = 0;
    let mut next = Some(whole.from);
    while let Some(from) = next.filter(|day| *day <= whole.to) {
        let to = block_end(calendar, from, periods).min(whole.to).max(from);
        count += 1;
        if count <= STATEMENT_PERIODS_MAX {
            spans.push(Span { from, to });
        }
        next = to.succ_opt();
    }
    if count > STATEMENT_PERIODS_MAX {
        let many = Violation::new(&STATEMENT_TOO_MANY_PERIODS).at("?columns");
        return Err(many.with("count", count).with("max", STATEMENT_PERIODS_MAX));
    }
    Ok(spans)
}

/// The last day of the period that contains the day.
fn block_end(calendar: &Calendar, day: NaiveDate, periods: Periods) -> NaiveDate {
    let year = year_of(calendar, day);
    let Some(months) = periods.months() else { return year.end };
    // A year of many months is no longer than some of the calendar's.
    let ends = (1..=1_200 / months).map_while(|n| year.start.checked_add_months(Months::new(n * months)));
    ends.filter_map(|next| next.pred_opt()).find(|end| *end >= day).map_or(year.end, |end| end.min(year.end))
}

/// The fiscal year of a day; where none is defined the calendar's, as far as the next fiscal year.
fn year_of(calendar: &Calendar, day: NaiveDate) -> DateSpan {
    let defined = calendar.years.iter().find(|year| year.start <= day && day <= year.end);
    if let Some(year) = defined {
        return *year;
    }
    let start = NaiveDate::from_ymd_opt(day.year(), 1, 1).unwrap_or(day);
    let december = NaiveDate::from_ymd_opt(day.year(), 12, 31).unwrap_or(day);
    let following = calendar.years.iter().find(|year| year.start > day);
    let before_it = following.and_then(|year| year.start.pred_opt());
    DateSpan { start, end: before_it.map_or(december, |end| december.min(end)) }
}

/// The period in few characters: `2026`, `2026-03`, `2026-01 – 2026-03`, or its days.
pub fn caption(kind: LayoutKind, span: Span) -> String {
    let Span { from, to } = span;
    if kind == LayoutKind::BalanceSheet {
        return to.to_string();
    }
    let ends_month = to.succ_opt().is_none_or(|next| next.day() == 1);
    if from.day() != 1 || !ends_month {
        return format!("{from} – {to}");
    }
    let month = |day: NaiveDate| format!("{:04}-{:02}", day.year(), day.month());
    match (from.year() == to.year(), from.month(), to.month()) {
        (true, 1, 12) => format!("{:04}", from.year()),
        (true, first, last) if first == last => month(from),
        _ => format!("{} – {}", month(from), month(to)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::money::{Currency, CurrencyCode};
    use domain::text::LocalizedName;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        domain::time::parse_date(text).unwrap()
    }

    fn calendar(years: &[(&str, &str)]) -> Calendar {
        Calendar {
            company: Currency { code: CurrencyCode::parse("SAR").unwrap(), scale: 2 },
            company_name: LocalizedName::parse(None, Some("Company")).unwrap(),
            currencies: BTreeMap::new(),
            years: years.iter().map(|(start, end)| DateSpan { start: day(start), end: day(end) }).collect(),
            periods: Vec::new(),
        }
    }

    fn captions(years: &[(&str, &str)], from: &str, to: &str, periods: Periods) -> Vec<String> {
        let whole = Span { from: day(from), to: day(to) };
        let spans = split(&calendar(years), whole, periods).unwrap();
        spans.into_iter().map(|span| caption(LayoutKind::IncomeStatement, span)).collect()
    }

    #[test]
    fn a_range_is_split_along_fiscal_years() {
        let july = [("2025-07-01", "2026-06-30")];
        assert_eq!(
            captions(&july, "2025-08-15", "2025-12-31", Periods::Quarter),
            ["2025-08-15 – 2025-09-30", "2025-10 – 2025-12"]
        );
        assert_eq!(
            captions(&july, "2026-05-01", "2026-07-31", Periods::Year),
            ["2026-05 – 2026-06", "2026-07"]
        );
        assert_eq!(captions(&[], "2026-01-01", "2027-12-31", Periods::Year), ["2026", "2027"]);
        assert_eq!(captions(&[], "2026-01-31", "2026-03-01", Periods::Month).len(), 3);
        let odd = [("2026-01-15", "2026-12-31")];
        assert_eq!(
            captions(&odd, "2026-01-01", "2026-02-20", Periods::Month),
            ["2026-01-01 – 2026-01-14", "2026-01-15 – 2026-02-14", "2026-02-15 – 2026-02-20"]
        );
    }

    #[test]
    fn too_many_periods_are_counted() {
        let whole = Span { from: day("2024-01-01"), to: day("2026-02-28") };
        let many = split(&calendar(&[]), whole, Periods::Month).unwrap_err();
        assert_eq!(
            (many.def, many.param("count"), many.pointer.as_str()),
            (&STATEMENT_TOO_MANY_PERIODS, Some("26"), "?columns")
        );
    }
}
