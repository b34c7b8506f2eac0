//! The due dates of a recurring entry.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use crate::error::{Violation, Violations};

/// Longest interval, in months, weeks or years.
pub const RECURRENCE_INTERVAL_MAX: u16 = 120;
/// Most occurrences that one question answers.
pub const OCCURRENCES_MAX: usize = 1_000;

crate::errors! {
    RECURRENCE_DAY = "recurrence_day", Rule, User,
        "The day of the month is 1 to 31, not {value}.", "يوم الشهر من 1 إلى 31 وليس {value}.";
    RECURRENCE_MONTH = "recurrence_month", Rule, User,
        "The month is 1 to 12, not {value}.", "الشهر من 1 إلى 12 وليس {value}.";
    RECURRENCE_INTERVAL = "recurrence_interval", Rule, User,
        "The interval is 1 to {max}, not {value}.", "الفاصل من 1 إلى {max} وليس {value}.";
    RECURRENCE_END_BEFORE_START = "recurrence_end_before_start", Rule, User,
        "The end {end} lies before the start {start}.", "تاريخ النهاية {end} يسبق تاريخ البداية {start}.";
}

/// The rhythm. A day that a month does not have becomes its last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frequency {
    Monthly { day_of_month: u8, interval: u16 },
    Weekly { weekday: Weekday, interval: u16 },
    Yearly { month: u8, day: u8 },
}

/// A rhythm between two dates, both included; without `end` it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recurrence {
    every: Frequency,
    start: NaiveDate,
    end: Option<NaiveDate>,
}

impl Recurrence {
    /// All violations at once.
    pub fn new(every: Frequency, start: NaiveDate, end: Option<NaiveDate>) -> Result<Self, Vec<Violation>> {
        let mut violations = Violations::new();
        let mut day_is = |day: u8, pointer: &str| {
            if !(1..=31).contains(&day) {
                violations.push(Violation::new(&RECURRENCE_DAY).at(pointer).with("value", day));
            }
        };
        let interval = match every {
            Frequency::Monthly { day_of_month, interval } => {
                day_is(day_of_month, "/schedule/dayOfMonth");
                interval
            }
            Frequency::Weekly { interval, .. } => interval,
            Frequency::Yearly { month, day } => {
                day_is(day, "/schedule/day");
                if !(1..=12).contains(&month) {
                    violations
                        .push(Violation::new(&RECURRENCE_MONTH).at("/schedule/month").with("value", month));
                }
                1
            }
        };
        if !(1..=RECURRENCE_INTERVAL_MAX).contains(&interval) {
            violations.push(
                Violation::new(&RECURRENCE_INTERVAL)
                    .at("/schedule/interval")
                    .with("max", RECURRENCE_INTERVAL_MAX)
                    .with("value", interval),
            );
        }
        if let Some(end) = end.filter(|end| *end < start) {
            violations.push(
                Violation::new(&RECURRENCE_END_BEFORE_START)
                    .at("/endDate")
                    .with("start", start)
                    .with("end", end),
            );
        }
        violations.into_result(Self { every, start, end })
    }

    pub fn every(&self) -> Frequency {
        self.every
    }
    pub fn start(&self) -> NaiveDate {
        self.start
    }
    pub fn end(&self) -> Option<NaiveDate> {
        self.end
    }

    /// The first occurrence later than `date`; `None` when there is no more.
    pub fn next_after(&self, date: NaiveDate) -> Option<NaiveDate> {
        let from = date.succ_opt()?.max(self.start);
        let mut step = self.step_near(from)?;
        // The estimate is at most two steps early, because days are clipped and anchors lie within a step.
        loop {
            let occurrence = self.occurrence(step)?;
            if occurrence >= from {
                return self.end.is_none_or(|end| occurrence <= end).then_some(occurrence);
            }
            step += 1;
        }
    }

    /// The last occurrence earlier than `date`.
    pub fn last_before(&self, date: NaiveDate) -> Option<NaiveDate> {
        let before = self.end.and_then(|end| end.succ_opt()).map_or(date, |after_end| date.min(after_end));
        // Four steps beyond the estimate, which may be two early, are surely not before the date.
        let last = self.step_near(before.max(self.start))?.checked_add(4)?;
        (0..=last)
            .rev()
            .filter_map(|step| self.occurrence(step))
            .find(|occurrence| *occurrence < before && *occurrence >= self.start)
    }

    /// The occurrences from `from` through `to`, at most [`OCCURRENCES_MAX`]; ask again after the last one.
    pub fn occurrences(&self, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
        let first = from.pred_opt().and_then(|before| self.next_after(before));
        std::iter::successors(first, |date| self.next_after(*date))
            .take_while(|date| *date <= to)
            .take(OCCURRENCES_MAX)
            .collect()
    }

    /// The place in the sequence just before the first occurrence on or after `from`, which is not before `start`.
    fn step_near(&self, from: NaiveDate) -> Option<u32> {
        let steps = match self.every {
            Frequency::Weekly { interval, .. } => {
                (from - self.start).num_days() / (7 * i64::from(interval.max(1)))
            }
            Frequency::Monthly { interval, .. } => {
                let months = i64::from(from.year() - self.start.year()) * 12 + i64::from(from.month())
                    - i64::from(self.start.month());
                months / i64::from(interval.max(1))
            }
            Frequency::Yearly { .. } => i64::from(from.year() - self.start.year()),
        };
        u32::try_from((steps - 1).max(0)).ok()
    }

    fn occurrence(&self, step: u32) -> Option<NaiveDate> {
        match self.every {
            Frequency::Weekly { weekday, interval } => {
                let offset = weekday.days_since(self.start.weekday());
                let days = u64::from(offset) + 7 * u64::from(interval) * u64::from(step);
                self.start.checked_add_days(Days::new(days))
            }
            Frequency::Monthly { day_of_month, interval } => {
                let months = step.checked_mul(u32::from(interval))?;
                let month = self.start.with_day(1)?.checked_add_months(Months::new(months))?;
                clipped(month.year(), month.month(), day_of_month)
            }
            Frequency::Yearly { month, day } => {
                clipped(self.start.year().checked_add(i32::try_from(step).ok()?)?, u32::from(month), day)
            }
        }
    }
}

fn clipped(year: i32, month: u32, day: u8) -> Option<NaiveDate> {
    (1..=u32::from(day)).rev().find_map(|day| NaiveDate::from_ymd_opt(year, month, day))
}

#[cfg(test)]
mod tests;
