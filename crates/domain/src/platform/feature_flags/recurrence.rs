//! Windows that come back every so many days, or on days of every so many weeks.

use chrono::{DateTime, Datelike, Duration, FixedOffset, Weekday};

use super::time_window::TimeWindowError;

const DAYS_PER_WEEK: i64 = 7;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence {
    pub pattern: Pattern,
    pub range: Range,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// Every so many days.
    Daily(u32),
    Weekly(Weekly),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weekly {
    /// Every so many weeks.
    pub interval: u32,
    pub days: Vec<Weekday>,
    /// Decides which days are of one week when the interval is more than 1.
    pub first_day: Weekday,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    NoEnd,
    /// No window starts after this.
    EndDate(DateTime<FixedOffset>),
    Numbered(u32),
}

impl Recurrence {
    pub(super) fn check(
        &self,
        start: DateTime<FixedOffset>,
        length: Duration,
    ) -> Result<(), TimeWindowError> {
        match &self.pattern {
            Pattern::Daily(0) => return Err(TimeWindowError::Interval),
            Pattern::Daily(interval) if length > Duration::days(i64::from(*interval)) => {
                return Err(TimeWindowError::TooLong);
            }
            Pattern::Daily(_) => {}
            Pattern::Weekly(weekly) => weekly.check(start, length)?,
        }
        match self.range {
            Range::EndDate(end) if end < start => Err(TimeWindowError::Range),
            Range::Numbered(0) => Err(TimeWindowError::Range),
            _ => Ok(()),
        }
    }

    /// When the last window began before `now`, which is not before the first one's start.
    pub(super) fn last_start(
        &self,
        start: DateTime<FixedOffset>,
        now: DateTime<FixedOffset>,
    ) -> Option<DateTime<FixedOffset>> {
        let (last, number) = match &self.pattern {
            Pattern::Daily(interval) => {
                let interval = i64::from(*interval);
                let passed = now.signed_duration_since(start).num_seconds() / (interval * 86_400);
                (start + Duration::days(passed * interval), passed + 1)
            }
            Pattern::Weekly(weekly) => weekly.last_start(start, now)?,
        };
        let within = match self.range {
            Range::NoEnd => true,
            Range::EndDate(end) => last <= end,
            Range::Numbered(windows) => number <= i64::from(windows),
        };
        within.then_some(last)
    }
}

impl Weekly {
    /// Days from the first day of the week to each day, ascending and without repetition.
    fn offsets(&self) -> Vec<i64> {
        let mut offsets: Vec<i64> = self.days.iter().map(|day| self.offset(*day)).collect();
        offsets.sort_unstable();
        offsets.dedup();
        offsets
    }

    fn offset(&self, day: Weekday) -> i64 {
        i64::from(day.days_since(self.first_day))
    }

    fn check(&self, start: DateTime<FixedOffset>, length: Duration) -> Result<(), TimeWindowError> {
        if self.interval == 0 {
            return Err(TimeWindowError::Interval);
        }
        let offsets = self.offsets();
        let (Some(first), Some(last)) = (offsets.first(), offsets.last()) else {
            return Err(TimeWindowError::NoDays);
        };
        let cycle = i64::from(self.interval) * DAYS_PER_WEEK;
        // From each day to the next, the last one's next being in the following cycle.
        let gaps = offsets.windows(2).map(|pair| pair[1] - pair[0]).chain([first + cycle - last]);
        if length > Duration::days(gaps.min().unwrap_or(cycle)) {
            return Err(TimeWindowError::TooLong);
        }
        if !self.days.contains(&start.weekday()) {
            return Err(TimeWindowError::StartOnOtherDay);
        }
        Ok(())
    }

    /// The last start and its number, the first being 1.
    fn last_start(
        &self,
        start: DateTime<FixedOffset>,
        now: DateTime<FixedOffset>,
    ) -> Option<(DateTime<FixedOffset>, i64)> {
        let offsets = self.offsets();
        let days = i64::try_from(offsets.len()).ok()?;
        let start_offset = self.offset(start.weekday());
        let first_index = i64::try_from(offsets.iter().position(|offset| *offset == start_offset)?).ok()?;
        let week = start - Duration::days(start_offset);
        let cycle_days = i64::from(self.interval) * DAYS_PER_WEEK;
        let passed = now.signed_duration_since(week).num_seconds().div_euclid(86_400);
        let cycle = passed / cycle_days;
        let within = passed % cycle_days;
        let reached = i64::try_from(offsets.iter().filter(|offset| **offset <= within).count()).ok()?;
        // Before the first day of a cycle, the last window is the last one of the cycle before.
        let (cycle, index) = if reached == 0 { (cycle - 1, days - 1) } else { (cycle, reached - 1) };
        let offset = offsets.get(usize::try_from(index).ok()?)?;
        let number = cycle * days + index - first_index + 1;
        (number >= 1).then(|| (week + Duration::days(cycle * cycle_days + offset), number))
    }
}
