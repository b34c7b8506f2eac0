//! A request for a report, and the dates and filters that follow from it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::error::{Language, Violation, Violations};
use domain::ids::{DimensionId, DimensionValueId};
use domain::money::CurrencyCode;
use domain::time::Timestamp;

use super::error::{
    REPORT_DATES_CONFLICT, REPORT_FILTER_TOO_LARGE, REPORT_NEEDS_RANGE, REPORT_RANGE_REVERSED,
};
use crate::accounting::ports::reports::{Calendar, DimensionSelection, DimensionTree};
use crate::error::UNKNOWN_REFERENCE;
use crate::nouns::noun;

/// Most values of one dimension that a filter may cover, those below the named ones included.
pub const FILTER_VALUES_MAX: usize = 1_000;

domain::choices! {
    /// The range or day with which the figures are compared.
    pub enum Compare {
        None = "none",
        PreviousPeriod = "previous-period",
        PreviousYear = "previous-year",
    }
}

/// `dimension=code:value,value`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DimensionFilter {
    pub dimension: String,
    pub values: Vec<String>,
}

/// One report as asked for.
#[derive(Debug, Clone)]
pub struct ReportRequest {
    pub from: Option<NaiveDate>,
    /// Also called `asOf`.
    pub to: Option<NaiveDate>,
    pub known_at: Option<Timestamp>,
    pub compare: Compare,
    pub dimensions: Vec<DimensionFilter>,
    /// Only lines in this currency, with their amounts in it.
    pub currency: Option<CurrencyCode>,
    /// All lines, translated into this currency.
    pub presentation: Option<CurrencyCode>,
    /// Depth of the account tree that is shown, from 1.
    pub level: Option<u8>,
    pub include_zero: bool,
    /// `None` is the report's own default.
    pub include_closing: Option<bool>,
    /// Code of the dimension whose values become columns.
    pub group_by: Option<String>,
    pub language: Language,
}

impl ReportRequest {
    /// Everything there is, in English.
    pub fn new() -> Self {
        Self {
            from: None,
            to: None,
            known_at: None,
            compare: Compare::None,
            dimensions: Vec::new(),
            currency: None,
            presentation: None,
            level: None,
            include_zero: false,
            include_closing: None,
            group_by: None,
            language: Language::English,
        }
    }

    /// Whether only some lines count, so that debits and credits need not agree.
    pub fn is_filtered(&self) -> bool {
        self.currency.is_some() || !self.dimensions.is_empty()
    }
}

impl Default for ReportRequest {
    fn default() -> Self {
        Self::new()
    }
}

/// `asOf` or `to`, not both.
pub fn end_date(to: Option<NaiveDate>, as_of: Option<NaiveDate>) -> Result<Option<NaiveDate>, Violation> {
    match (to, as_of) {
        (Some(to), Some(as_of)) if to != as_of => Err(Violation::new(&REPORT_DATES_CONFLICT).at("?asOf")),
        (to, as_of) => Ok(to.or(as_of)),
    }
}

/// A range of the report: the one asked for, or the one beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

impl Range {
    pub fn checked(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Self, Violation> {
        match (from, to) {
            (Some(from), Some(to)) if from > to => {
                Err(Violation::new(&REPORT_RANGE_REVERSED).at("?from").with("from", from).with("to", to))
            }
            _ => Ok(Self { from, to }),
        }
    }

    /// The range that this one is compared with; `None` without a comparison.
    pub fn compared(self, compare: Compare) -> Result<Option<Self>, Violation> {
        let needs = || Violation::new(&REPORT_NEEDS_RANGE).at("?compare");
        match compare {
            Compare::None => Ok(None),
            Compare::PreviousYear => {
                let to = self.to.ok_or_else(needs)?;
                let shift = |date: NaiveDate| shift_months(date, -12);
                Ok(Some(Self { from: self.from.and_then(shift), to: shift(to) }))
            }
            Compare::PreviousPeriod => {
                let (from, to) = (self.from.ok_or_else(needs)?, self.to.ok_or_else(needs)?);
                Ok(Some(previous(from, to)))
            }
        }
    }
}

/// Whole months are set beside as many whole months before; other ranges beside as many days before.
fn previous(from: NaiveDate, to: NaiveDate) -> Range {
    use chrono::Datelike;
    let before = from.pred_opt();
    if from.day() == 1 && is_month_end(to) {
        let months = (to.year() - from.year()) * 12 + to.month() as i32 - from.month() as i32 + 1;
        return Range { from: shift_months(from, -months), to: before };
    }
    let days = (to - from).num_days();
    Range { from: before.and_then(|last| last.checked_sub_signed(chrono::TimeDelta::days(days))), to: before }
}

fn is_month_end(date: NaiveDate) -> bool {
    use chrono::Datelike;
    date.succ_opt().is_none_or(|next| next.day() == 1)
}

/// So many months later or earlier; the last day of a month stays the last day.
pub fn shift_months(date: NaiveDate, months: i32) -> Option<NaiveDate> {
    use chrono::{Datelike, Months};
    let by = Months::new(months.unsigned_abs());
    let shift =
        |date: NaiveDate| if months < 0 { date.checked_sub_months(by) } else { date.checked_add_months(by) };
    if is_month_end(date) {
        return shift(date.with_day(1)?)?.checked_add_months(Months::new(1))?.pred_opt();
    }
    shift(date)
}

impl Calendar {
    /// The first day of the fiscal year that contains the day; years of the calendar where none is defined.
    pub fn year_start(&self, day: NaiveDate) -> NaiveDate {
        use chrono::Datelike;
        let year = self.years.iter().find(|year| year.start <= day && day <= year.end);
        let january = NaiveDate::from_ymd_opt(day.year(), 1, 1).unwrap_or(day);
        year.map_or(january, |year| year.start)
    }

    /// The first day of the regular period that contains the day; of its month where none is defined.
    pub fn period_start(&self, day: NaiveDate) -> NaiveDate {
        use chrono::Datelike;
        use domain::accounting::fiscal_period::FiscalPeriodKind::Regular;
        let inside = |period: &&crate::accounting::ports::reports::PeriodSpan| {
            period.kind == Regular && period.span.start <= day && day <= period.span.end
        };
        let period = self.periods.iter().find(inside);
        period.map_or(day.with_day(1).unwrap_or(day), |period| period.span.start)
    }
}

/// The values a filter covers: those named and everything below them.
pub fn select(
    filter: &DimensionFilter,
    tree: Option<&DimensionTree>,
    violations: &mut Violations,
) -> Option<DimensionSelection> {
    let unknown = |resource: &str, value: &str| {
        Violation::new(&UNKNOWN_REFERENCE)
            .at("?dimension")
            .with_phrase("resource", noun(resource))
            .with("value", value)
    };
    let Some(tree) = tree else {
        violations.push(unknown("dimension", &filter.dimension));
        return None;
    };
    let mut chosen: BTreeSet<DimensionValueId> = BTreeSet::new();
    for code in &filter.values {
        match tree.values.iter().find(|node| node.code == *code) {
            Some(node) => drop(chosen.insert(node.id)),
            None => violations.push(unknown("dimension_value", &format!("{}:{code}", tree.code))),
        }
    }
    let mut grown = true;
    while grown {
        let below =
            tree.values.iter().filter(|node| node.parent_id.is_some_and(|parent| chosen.contains(&parent)));
        let below: Vec<_> = below.map(|node| node.id).filter(|id| !chosen.contains(id)).collect();
        grown = !below.is_empty();
        chosen.extend(below);
    }
    if chosen.len() > FILTER_VALUES_MAX {
        let violation = Violation::new(&REPORT_FILTER_TOO_LARGE).at("?dimension");
        violations.push(violation.with("count", chosen.len()).with("max", FILTER_VALUES_MAX));
    }
    let dimension: DimensionId = tree.id;
    Some(DimensionSelection { dimension, values: chosen.into_iter().collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        domain::time::parse_date(text).unwrap()
    }
    fn range(from: &str, to: &str) -> Range {
        Range { from: Some(day(from)), to: Some(day(to)) }
    }

    #[test]
    fn comparisons_keep_whole_months_whole() {
        let cases = [
            ("2026-02-01", "2026-02-28", Compare::PreviousPeriod, "2026-01-01", "2026-01-31"),
            ("2026-04-01", "2026-06-30", Compare::PreviousPeriod, "2026-01-01", "2026-03-31"),
            ("2026-03-05", "2026-03-14", Compare::PreviousPeriod, "2026-02-23", "2026-03-04"),
            ("2025-02-01", "2025-02-28", Compare::PreviousYear, "2024-02-01", "2024-02-29"),
        ];
        for (from, to, compare, expected_from, expected_to) in cases {
            let compared = range(from, to).compared(compare).unwrap();
            assert_eq!(compared, Some(range(expected_from, expected_to)), "{from} {to}");
        }
    }

    #[test]
    fn an_open_range_cannot_be_compared() {
        let open = Range { from: None, to: Some(day("2026-02-28")) };
        assert_eq!(open.compared(Compare::PreviousPeriod).unwrap_err().def, &REPORT_NEEDS_RANGE);
        assert_eq!(
            end_date(Some(day("2026-01-01")), Some(day("2026-01-02"))).unwrap_err().def,
            &REPORT_DATES_CONFLICT
        );
        let reversed = Range::checked(Some(day("2026-01-02")), Some(day("2026-01-01")));
        assert_eq!(reversed.unwrap_err().def, &REPORT_RANGE_REVERSED);
    }
}
