//! Splits an amount into instalments with their dates.

use chrono::{Datelike, Days, NaiveDate};

use super::{DiscountBasis, DueFrom, PaymentTerm, TermLine};
use crate::money::{Amount, Percentage};

/// Days of the longest month.
const MONTH_DAYS_MAX: u32 = 31;

/// The dates that terms count from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermDates {
    pub document: NaiveDate,
    pub delivery: NaiveDate,
}

/// The discount for payment until a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlyPayment {
    pub percent: Percentage,
    /// The last day.
    pub until: NaiveDate,
    pub amount: Amount,
    /// Whether who pays a part gets its share.
    pub partial: bool,
}

/// A part of an amount and the day on which it falls due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instalment {
    /// The share of the instalment in the whole.
    pub percent: Percentage,
    pub amount: Amount,
    pub due_date: NaiveDate,
    pub discount: Option<EarlyPayment>,
}

impl PaymentTerm {
    /// The instalments of an amount, of which `net` is without VAT, in the order of the lines; they add up to it exactly. Due
    /// dates stay on days on which banks rest. `None` when an amount has more decimals than the scale, and on overflow.
    pub fn instalments(
        &self,
        amount: Amount,
        net: Amount,
        dates: TermDates,
        scale: u8,
    ) -> Option<Vec<Instalment>> {
        let shares = self.lines.shares();
        let weights: Vec<Amount> = shares.iter().map(|share| Amount::from_scaled(*share)).collect();
        let amounts = amount.split(&weights, scale)?;
        let bases = match self.discount_basis {
            DiscountBasis::Gross => amounts.clone(),
            DiscountBasis::Net => net.split(&weights, scale)?,
        };
        let parts = self.lines.iter().zip(shares).zip(amounts.into_iter().zip(bases));
        let instalment = |((line, share), (amount, base)): ((&TermLine, i64), (Amount, Amount))| {
            let discount = match line.discount {
                None => None,
                Some(discount) => Some(EarlyPayment {
                    percent: discount.percent,
                    until: days_after(line.start(dates)?, discount.days)?,
                    amount: discount.percent.of(base, scale)?,
                    partial: self.partial_discount,
                }),
            };
            let percent = Percentage::from_scaled(share)?;
            Some(Instalment { percent, amount, due_date: line.due_date(dates)?, discount })
        };
        parts.map(instalment).collect()
    }
}

impl TermLine {
    /// The day from which its days are counted.
    fn start(&self, dates: TermDates) -> Option<NaiveDate> {
        match self.from {
            DueFrom::Document => Some(dates.document),
            DueFrom::Delivery => Some(dates.delivery),
            DueFrom::EndOfMonth => on_day(dates.document, MONTH_DAYS_MAX),
        }
    }

    fn due_date(&self, dates: TermDates) -> Option<NaiveDate> {
        let date = days_after(self.start(dates)?, self.due_days)?;
        self.day_of_month.map_or(Some(date), |day| on_day(date, day))
    }
}

fn days_after(date: NaiveDate, days: u32) -> Option<NaiveDate> {
    date.checked_add_days(Days::new(days.into()))
}

/// The first such day of a month that is not before the date.
fn on_day(date: NaiveDate, day: u32) -> Option<NaiveDate> {
    let of_month = |first: NaiveDate| (1..=day).rev().find_map(|day| first.with_day(day));
    let first = date.with_day(1)?;
    of_month(first).filter(|found| *found >= date).or_else(|| {
        let next = days_after(first, MONTH_DAYS_MAX)?.with_day(1)?;
        of_month(next)
    })
}
