//! Fiscal periods: entries lie in exactly one, and only in an open one (R11).

use chrono::NaiveDate;

use super::fiscal_year::FiscalYearStatus;
use crate::error::Violation;
use crate::ids::{FiscalPeriodId, FiscalYearId};

crate::errors! {
    FISCAL_PERIOD_ALREADY_CLOSED = "fiscal_period_already_closed", Conflict, User,
        "Fiscal period {period} is already closed.", "الفترة المالية {period} مقفلة بالفعل.";
    FISCAL_PERIOD_ALREADY_OPEN = "fiscal_period_already_open", Conflict, User,
        "Fiscal period {period} is already open.", "الفترة المالية {period} مفتوحة بالفعل.";
    FISCAL_PERIOD_IN_CLOSED_YEAR = "fiscal_period_in_closed_year", Conflict, Administrator,
        "Fiscal period {period} belongs to a closed year; reopen the year first.",
        "الفترة المالية {period} تتبع سنة مقفلة؛ أعد فتح السنة أولًا.";
}

crate::choices! {
    /// The status of a fiscal period, which decides whether it accepts entries.
    pub enum FiscalPeriodStatus {
        Open = "open",
        Closed = "closed",
    }
}

crate::choices! {
    /// The closing period holds only year-close entries, so that ordinary periods keep their figures (R12).
    pub enum FiscalPeriodKind {
        Regular = "regular",
        Closing = "closing",
    }
}

/// A month, a quarter or the closing period of a fiscal year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiscalPeriod {
    pub id: FiscalPeriodId,
    pub fiscal_year_id: FiscalYearId,
    /// The number within the year, from 1; the closing period has the last one.
    pub number: u8,
    pub name: String,
    pub start: NaiveDate,
    pub end: NaiveDate,
    pub kind: FiscalPeriodKind,
    pub status: FiscalPeriodStatus,
    pub version: i64,
}

/// The facts about its period that posting needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodFacts {
    pub id: FiscalPeriodId,
    pub start: NaiveDate,
    pub end: NaiveDate,
    pub kind: FiscalPeriodKind,
    pub status: FiscalPeriodStatus,
}

impl PeriodFacts {
    pub fn covers(&self, date: NaiveDate) -> bool {
        self.start <= date && date <= self.end
    }
}

impl FiscalPeriod {
    pub fn covers(&self, date: NaiveDate) -> bool {
        self.facts().covers(date)
    }

    pub fn is_open(&self) -> bool {
        self.status == FiscalPeriodStatus::Open
    }

    pub fn facts(&self) -> PeriodFacts {
        PeriodFacts { id: self.id, start: self.start, end: self.end, kind: self.kind, status: self.status }
    }

    /// Closes the period: nothing is posted into it any more.
    pub fn close(self) -> Result<Self, Violation> {
        if !self.is_open() {
            return Err(Violation::new(&FISCAL_PERIOD_ALREADY_CLOSED).with("period", &self.name));
        }
        Ok(Self { status: FiscalPeriodStatus::Closed, version: self.version + 1, ..self })
    }

    /// Opens the period again, which its year's status must allow.
    pub fn open(self, year: FiscalYearStatus) -> Result<Self, Violation> {
        if self.is_open() {
            return Err(Violation::new(&FISCAL_PERIOD_ALREADY_OPEN).with("period", &self.name));
        }
        if year == FiscalYearStatus::Closed {
            return Err(Violation::new(&FISCAL_PERIOD_IN_CLOSED_YEAR).with("period", &self.name));
        }
        Ok(Self { status: FiscalPeriodStatus::Open, version: self.version + 1, ..self })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::time::parse_date;

    #[test]
    fn a_period_closes_and_opens_once_and_covers_its_days() {
        let period = FiscalPeriod {
            id: FiscalPeriodId::new(Uuid::from_u128(1)),
            fiscal_year_id: FiscalYearId::new(Uuid::from_u128(2)),
            number: 2,
            name: "2026-02".to_owned(),
            start: parse_date("2026-02-01").unwrap(),
            end: parse_date("2026-02-28").unwrap(),
            kind: FiscalPeriodKind::Regular,
            status: FiscalPeriodStatus::Open,
            version: 1,
        };
        assert!(period.covers(period.start) && period.covers(period.end));
        assert!(!period.covers(parse_date("2026-03-01").unwrap()));

        assert_eq!(period.clone().open(FiscalYearStatus::Open).unwrap_err().def, &FISCAL_PERIOD_ALREADY_OPEN);
        let closed = period.close().unwrap();
        assert_eq!((closed.status, closed.version), (FiscalPeriodStatus::Closed, 2));
        assert_eq!(closed.clone().close().unwrap_err().def, &FISCAL_PERIOD_ALREADY_CLOSED);
        assert_eq!(
            closed.clone().open(FiscalYearStatus::Closed).unwrap_err().def,
            &FISCAL_PERIOD_IN_CLOSED_YEAR
        );
        assert!(closed.open(FiscalYearStatus::Open).unwrap().is_open());
    }
}
