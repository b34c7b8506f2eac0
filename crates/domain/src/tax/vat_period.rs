//! The periods of VAT returns.

use chrono::{Days, Months, NaiveDate};

use crate::error::{Violation, Violations};

/// Most days of a period: those of a leap year.
pub const VAT_PERIOD_DAYS_MAX: i64 = 366;

crate::errors! {
    VAT_PERIOD_INVALID = "vat_period_invalid", Rule, Developer,
        "A period is a month such as 2026-03 or a quarter such as 2026-Q1.",
        "الفترة شهر مثل 2026-03 أو ربع سنة مثل 2026-Q1.";
    VAT_PERIOD_DATES = "vat_period_dates", Rule, User,
        "A period ends on or after its first day and has at most {max} days.",
        "تنتهي الفترة في يومها الأول أو بعده، ولا تتجاوز {max} يومًا.";
    VAT_PERIOD_REQUIRED = "vat_period_required", Rule, Developer,
        "Give either period, or both from and to.", "أدخل إما period، أو from وto معًا.";
}

/// The days that a return is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VatPeriod {
    from: NaiveDate,
    to: NaiveDate,
}

impl VatPeriod {
    pub fn new(from: NaiveDate, to: NaiveDate) -> Result<Self, Violation> {
        if to < from || (to - from).num_days() >= VAT_PERIOD_DAYS_MAX {
            return Err(Violation::new(&VAT_PERIOD_DATES).at("/to").with("max", VAT_PERIOD_DAYS_MAX));
        }
        Ok(Self { from, to })
    }

    /// As stored.
    pub const fn stored(from: NaiveDate, to: NaiveDate) -> Self {
        Self { from, to }
    }

    /// From what a request gives: the text of a month or a quarter, or else both days.
    pub fn given(
        text: Option<&str>,
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
    ) -> Result<Self, Vec<Violation>> {
        let mut violations = Violations::new();
        let period = match (text, from, to) {
            (Some(text), None, None) => violations.check("/period", Self::parse(text)),
            (None, Some(from), Some(to)) => violations.check("", Self::new(from, to)),
            _ => violations.check("", Err(Violation::new(&VAT_PERIOD_REQUIRED))),
        };
        match period {
            Some(period) => Ok(period),
            None => Err(violations.into_vec()),
        }
    }

    /// A month (`2026-03`) or a quarter (`2026-Q1`).
    pub fn parse(text: &str) -> Result<Self, Violation> {
        Self::read(text).ok_or_else(|| Violation::new(&VAT_PERIOD_INVALID))
    }

    fn read(text: &str) -> Option<Self> {
        let (year, part) = text.split_once('-')?;
        let digits = |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
        let (first, months) = match part.strip_prefix('Q') {
            Some(quarter) if digits(quarter, 1) => {
                (quarter.parse::<u32>().ok()?.checked_sub(1)?.checked_mul(3)?.checked_add(1)?, 3)
            }
            None if digits(part, 2) => (part.parse().ok()?, 1),
            _ => return None,
        };
        let year = digits(year, 4).then(|| year.parse().ok()).flatten()?;
        let from = NaiveDate::from_ymd_opt(year, first, 1)?;
        let to = from.checked_add_months(Months::new(months))?.checked_sub_days(Days::new(1))?;
        Some(Self { from, to })
    }

    pub const fn from(self) -> NaiveDate {
        self.from
    }
    pub const fn to(self) -> NaiveDate {
        self.to
    }
    /// The first day of the period after this one. `None` at the end of time.
    pub fn next_day(self) -> Option<NaiveDate> {
        self.to.succ_opt()
    }
    pub fn overlaps(self, other: Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }
}

impl std::fmt::Display for VatPeriod {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} – {}", self.from, self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_and_a_quarter_are_read() {
        for (text, from, to) in [
            ("2026-03", "2026-03-01", "2026-03-31"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("2026-Q1", "2026-01-01", "2026-03-31"),
            ("2026-Q4", "2026-10-01", "2026-12-31"),
        ] {
            let period = VatPeriod::parse(text).unwrap();
            assert_eq!((period.from().to_string(), period.to().to_string()), (from.into(), to.into()));
        }
        for text in ["", "2026", "2026-13", "2026-3", "2026-Q5", "2026-Q0", "2026-q1", "26-03", "2026-03-01"]
        {
            assert_eq!(VatPeriod::parse(text).unwrap_err().def, &VAT_PERIOD_INVALID, "{text}");
        }
    }

    #[test]
    fn a_period_is_given_in_one_way_only() {
        let day = |text: &str| Some(crate::time::parse_date(text).unwrap());
        let refused = |given: Result<VatPeriod, Vec<Violation>>| {
            let violation = given.unwrap_err().remove(0);
            (violation.pointer, violation.def.code)
        };
        let (first, last) = (day("2026-01-01"), day("2026-03-31"));
        assert!(VatPeriod::given(None, first, last).is_ok());
        assert_eq!(refused(VatPeriod::given(None, first, None)), (String::new(), "vat_period_required"));
        assert_eq!(
            refused(VatPeriod::given(Some("2026-03"), first, None)),
            (String::new(), "vat_period_required")
        );
        assert_eq!(refused(VatPeriod::given(None, last, first)), ("/to".to_owned(), "vat_period_dates"));
        let longer = VatPeriod::given(None, first, day("2027-01-02"));
        assert_eq!(refused(longer), ("/to".to_owned(), "vat_period_dates"));
        assert_eq!(
            refused(VatPeriod::given(Some("Q1"), None, None)),
            ("/period".to_owned(), "vat_period_invalid")
        );
    }
}
