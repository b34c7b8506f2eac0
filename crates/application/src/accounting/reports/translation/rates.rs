//! The rates at which a report is translated.

use std::cell::RefCell;
use std::collections::HashMap;

use chrono::NaiveDate;
use domain::accounting::fiscal_period::FiscalPeriodKind;
use domain::accounting::ledger_settings::IncomeRate;
use domain::error::Violation;
use domain::money::{CurrencyCode, Rate};

use crate::accounting::ports::reports::{Calendar, DateSpan, ReportingCurrency};
use crate::accounting::reports::error::TRANSLATION_RATE_MISSING;

/// The rates of one currency by day, and by fiscal period.
pub struct Rates<'a> {
    reporting: &'a ReportingCurrency,
    periods: HashMap<NaiveDate, DateSpan>,
    of_periods: RefCell<HashMap<NaiveDate, Rate>>,
}

impl<'a> Rates<'a> {
    pub fn new(reporting: &'a ReportingCurrency, calendar: &Calendar) -> Self {
        let regular = calendar.periods.iter().filter(|period| period.kind == FiscalPeriodKind::Regular);
        let periods = regular.map(|period| (period.span.start, period.span)).collect();
        Self { reporting, periods, of_periods: RefCell::default() }
    }

    /// The rate in force on a day.
    pub fn on(&self, day: NaiveDate) -> Result<Rate, Violation> {
        self.reporting.rate_on(day).ok_or_else(|| missing(self.reporting.currency, day))
    }

    /// The rate of income and expenses in the period that begins on a day.
    pub fn of_period(&self, start: NaiveDate) -> Result<Rate, Violation> {
        if let Some(rate) = self.of_periods.borrow().get(&start) {
            return Ok(*rate);
        }
        let span = self.periods.get(&start).copied().unwrap_or(DateSpan { start, end: start });
        let rate = match self.reporting.income_rate {
            IncomeRate::PeriodEnd => self.on(span.end)?,
            IncomeRate::Average => self.mean(span)?,
        };
        self.of_periods.borrow_mut().insert(start, rate);
        Ok(rate)
    }

    /// The mean of the rates in force on each day, so that a rate that holds for longer counts more.
    fn mean(&self, span: DateSpan) -> Result<Rate, Violation> {
        let first = self.on(span.start)?;
        let within = self.reporting.rates.iter().filter(|(day, _)| *day > span.start && *day <= span.end);
        let mut steps = vec![(span.start, first)];
        steps.extend(within.copied());
        let until = steps.iter().skip(1).map(|(day, _)| *day).chain(span.end.succ_opt());
        let days: Vec<(Rate, i64)> =
            steps.iter().zip(until).map(|((from, rate), to)| (*rate, (to - *from).num_days())).collect();
        Rate::mean(days).ok_or_else(|| missing(self.reporting.currency, span.start))
    }
}

fn missing(currency: CurrencyCode, day: NaiveDate) -> Violation {
    Violation::new(&TRANSLATION_RATE_MISSING)
        .at("?presentationCurrency")
        .with("currency", currency)
        .with("date", day)
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use domain::ids::AccountId;
    use domain::money::Currency;
    use domain::text::LocalizedName;

    use super::*;
    use crate::accounting::ports::reports::PeriodSpan;

    pub fn day(text: &str) -> NaiveDate {
        domain::time::parse_date(text).unwrap()
    }

    pub fn reporting(income_rate: IncomeRate, rates: &[(&str, &str)]) -> ReportingCurrency {
        let rate = |(from, rate): &(&str, &str)| (day(from), Rate::parse(rate).unwrap());
        ReportingCurrency {
            currency: CurrencyCode::parse("USD").unwrap(),
            income_rate,
            difference: AccountId::new(uuid::Uuid::from_u128(99)),
            rates: rates.iter().map(rate).collect(),
        }
    }

    /// January to March 2026, and the closing period of the year at their end.
    pub fn calendar() -> Calendar {
        let month = |start: &str, end: &str, kind| PeriodSpan {
            span: DateSpan { start: day(start), end: day(end) },
            kind,
        };
        Calendar {
            company: Currency { code: CurrencyCode::parse("SAR").unwrap(), scale: 2 },
            company_name: LocalizedName::parse(None, Some("Company")).unwrap(),
            currencies: BTreeMap::new(),
            years: vec![DateSpan { start: day("2026-01-01"), end: day("2026-03-31") }],
            periods: vec![
                month("2026-01-01", "2026-01-31", FiscalPeriodKind::Regular),
                month("2026-02-01", "2026-02-28", FiscalPeriodKind::Regular),
                month("2026-03-01", "2026-03-31", FiscalPeriodKind::Regular),
                month("2026-03-31", "2026-03-31", FiscalPeriodKind::Closing),
            ],
        }
    }

    #[test]
    fn a_period_has_the_mean_of_its_days_or_its_last_rate() {
        let steps = [("2025-12-15", "3.7"), ("2026-01-11", "3.8"), ("2026-02-01", "4")];
        let average = reporting(IncomeRate::Average, &steps);
        let calendar = calendar();
        let rates = Rates::new(&average, &calendar);
        // Ten days at 3.7 and 21 at 3.8.
        assert_eq!(rates.of_period(day("2026-01-01")).unwrap(), Rate::parse("3.7677419355").unwrap());
        assert_eq!(rates.of_period(day("2026-02-01")).unwrap(), Rate::parse("4").unwrap());
        let last = reporting(IncomeRate::PeriodEnd, &steps);
        let rates = Rates::new(&last, &calendar);
        assert_eq!(rates.of_period(day("2026-01-01")).unwrap(), Rate::parse("3.8").unwrap());
    }

    #[test]
    fn a_day_before_the_first_rate_is_named() {
        let reporting = reporting(IncomeRate::Average, &[("2026-01-11", "3.8")]);
        let calendar = calendar();
        let rates = Rates::new(&reporting, &calendar);
        assert!(rates.on(day("2026-01-11")).is_ok());
        let refused = rates.of_period(day("2026-01-01")).unwrap_err();
        let named = (refused.def, refused.param("currency"), refused.param("date"));
        assert_eq!(named, (&TRANSLATION_RATE_MISSING, Some("USD"), Some("2026-01-01")));
    }
}
