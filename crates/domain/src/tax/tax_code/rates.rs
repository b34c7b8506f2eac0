//! Rates and the dates from which they hold.

use chrono::NaiveDate;

use super::TAX_RATE_ORDER;
use crate::error::{Violation, Violations};
use crate::money::Percentage;

/// Most rates of a tax code.
pub const RATES_MAX: usize = 50;

/// A rate that holds from a day until the next one does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxRate {
    pub from: NaiveDate,
    pub rate: Percentage,
}

/// Rates in the order of their dates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaxRates(Vec<TaxRate>);

impl TaxRates {
    /// Each must begin later than the one before; all violations at once, at `/rates/…/from`.
    pub fn new(rates: Vec<TaxRate>) -> Result<Self, Vec<Violation>> {
        let mut violations = Violations::new();
        for (index, pair) in rates.windows(2).enumerate() {
            if pair[1].from <= pair[0].from {
                let violation = Violation::new(&TAX_RATE_ORDER).at(format!("/rates/{}/from", index + 1));
                violations.push(violation.with("date", pair[1].from));
            }
        }
        violations.into_result(Self(rates))
    }

    pub fn iter(&self) -> impl Iterator<Item = &TaxRate> {
        self.0.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rate that holds on the day; `None` before the first.
    pub fn on(&self, date: NaiveDate) -> Option<Percentage> {
        self.0.iter().rev().find(|rate| rate.from <= date).map(|rate| rate.rate)
    }

    /// Whether `next` has all of these rates and others, if any, for later dates only.
    pub(super) fn only_added_in(&self, next: &Self) -> bool {
        // Dates ascend, so what stands behind these is later.
        next.0.starts_with(&self.0)
    }
}
