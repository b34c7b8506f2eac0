//! Reports in the tenant's second currency (R161): sums of the books are translated before a report arranges them, so that every
//! report is made as it is in the company currency. What translation leaves over is a movement of the account that shows it.

mod closing;
mod rates;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::error::Violation;
use domain::ids::{AccountId, DimensionValueId};
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount, Currency, Rate};

use self::closing::Closed;
use self::rates::Rates;
use super::chart::Chart;
use crate::accounting::ports::reports::{Calendar, Movement, Movements, ReportingCurrency};
use crate::error::AppResult;

/// The sums of one bucket within a column of a report. Assets and liabilities are translated at the rate of a day, those of
/// lanes before it in the same column included, so that a movement is the difference of two translated balances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lane {
    pub bucket: usize,
    pub column: usize,
    pub as_of: NaiveDate,
}

/// The value of the grouping dimension; `None` is the whole bucket.
type Group = Option<DimensionValueId>;

/// Translates the sums of one report.
pub struct Translation<'a> {
    rates: Rates<'a>,
    reporting: &'a ReportingCurrency,
    calendar: &'a Calendar,
    chart: &'a Chart,
    scale: u8,
}

/// Balances reached in a column.
#[derive(Debug, Clone, Copy, Default)]
struct Reached {
    company: i128,
    translated: i128,
}

/// The sums of an account in a lane: in the company currency, and of income, expenses and equity in the other one, too.
#[derive(Debug, Clone, Copy, Default)]
struct Moved {
    debit: i128,
    credit: i128,
    translated: (i128, i128),
}

impl<'a> Translation<'a> {
    pub fn new(
        reporting: &'a ReportingCurrency,
        calendar: &'a Calendar,
        chart: &'a Chart,
        currency: Currency,
    ) -> Self {
        let rates = Rates::new(reporting, calendar);
        Self { rates, reporting, calendar, chart, scale: currency.scale }
    }

    /// The same movements in the other currency, with those of the translation difference. Lanes of a column come in order of
    /// their days.
    pub fn translate(&self, movements: Movements, lanes: &[Lane]) -> AppResult<Movements> {
        let closed = Closed::of(self, &movements.periods)?;
        let mut balances: BTreeMap<(usize, Group, AccountId), Reached> = BTreeMap::new();
        let mut books: BTreeMap<(usize, Group), Reached> = BTreeMap::new();
        let mut sums = Vec::with_capacity(movements.sums.len());
        for lane in lanes {
            let mut moved = self.moved(&movements.sums, *lane, &closed)?;
            // What moved before is translated anew on a later day.
            let before = balances.range((lane.column, None, AccountId::new(uuid::Uuid::nil()))..);
            let before = before.take_while(|((column, ..), _)| *column == lane.column);
            for ((_, group, account), _) in before {
                moved.entry((*group, *account)).or_default();
            }
            let of_column = books.keys().filter(|(column, _)| *column == lane.column);
            let mut left: BTreeMap<Group, i128> = of_column.map(|(_, group)| (*group, 0)).collect();
            for ((group, account), moved) in moved {
                let (debit, credit) = match self.has_closing_rate(account) {
                    true => {
                        let reached = balances.entry((lane.column, group, account)).or_default();
                        self.balance(reached, moved, lane.as_of)?
                    }
                    false => moved.translated,
                };
                *left.entry(group).or_default() -= debit - credit;
                let of_books = books.entry((lane.column, group)).or_default();
                of_books.company += moved.debit - moved.credit;
                sums.push(movement(lane.bucket, account, group, (debit, credit))?);
            }
            for (group, left) in left {
                let of_books = books.entry((lane.column, group)).or_default();
                // Only lines of one part of the books need not balance; what they lack is no translation difference.
                let lacking = self.at_day(of_books.company, lane.as_of)?;
                let net = left + lacking - of_books.translated;
                of_books.translated = lacking;
                let sides = (net.max(0), (-net).max(0));
                sums.push(movement(lane.bucket, self.reporting.difference, group, sides)?);
            }
        }
        Ok(Movements { sums, ..movements })
    }

    /// The sums of a lane by group and account.
    fn moved(
        &self,
        sums: &[Movement],
        lane: Lane,
        closed: &Closed,
    ) -> AppResult<BTreeMap<(Group, AccountId), Moved>> {
        let mut moved: BTreeMap<(Group, AccountId), Moved> = BTreeMap::new();
        for sum in sums.iter().filter(|sum| sum.bucket == lane.bucket) {
            let (debit, credit) = (i128::from(sum.debit.scaled()), i128::from(sum.credit.scaled()));
            let translated = match sum.on {
                Some(on) if debit != 0 || credit != 0 => self.flow(sum, on, closed)?,
                _ => (0, 0),
            };
            let all = moved.entry((sum.group, sum.account)).or_default();
            all.debit += debit;
            all.credit += credit;
            all.translated.0 += translated.0;
            all.translated.1 += translated.1;
        }
        Ok(moved)
    }

    /// Income and expenses have the rate of their period, equity that of its day, and closing entries what they move on.
    fn flow(&self, sum: &Movement, on: NaiveDate, closed: &Closed) -> AppResult<(i128, i128)> {
        let sides = (i128::from(sum.debit.scaled()), i128::from(sum.credit.scaled()));
        let is_equity = self.is_balance_sheet(sum.account);
        if sum.closing {
            let moved_on = closed.net(self, sum, on, is_equity, sides.0 - sides.1)?;
            if let Some(net) = moved_on {
                return Ok((net.max(0), (-net).max(0)));
            }
        }
        let rate = if is_equity || sum.closing { self.rates.on(on)? } else { self.rates.of_period(on)? };
        let net = self.divided(sides.0 - sides.1, rate)?;
        self.sides(net, sides, rate)
    }

    /// What moved of an asset or a liability up to a day.
    fn balance(&self, reached: &mut Reached, moved: Moved, day: NaiveDate) -> AppResult<(i128, i128)> {
        reached.company += moved.debit - moved.credit;
        let translated = self.at_day(reached.company, day)?;
        let net = translated - reached.translated;
        reached.translated = translated;
        if moved.debit == 0 && moved.credit == 0 {
            return Ok((net.max(0), (-net).max(0)));
        }
        self.sides(net, (moved.debit, moved.credit), self.rates.on(day)?)
    }

    /// Both sides of a movement with a net amount; the side that is not translated by itself has what is left.
    fn sides(&self, net: i128, (debit, credit): (i128, i128), rate: Rate) -> AppResult<(i128, i128)> {
        let (debit, credit) = (self.divided(debit, rate)?, self.divided(credit, rate)?);
        let rest = net - (debit - credit);
        Ok((debit + rest.max(0), credit + (-rest).max(0)))
    }

    fn at_day(&self, company: i128, day: NaiveDate) -> AppResult<i128> {
        if company == 0 { Ok(0) } else { self.divided(company, self.rates.on(day)?) }
    }

    fn divided(&self, company: i128, rate: Rate) -> AppResult<i128> {
        let fits = || Violation::new(&AMOUNT_OUT_OF_RANGE);
        let company = i64::try_from(company).map_err(|_| fits())?;
        let amount = Amount::from_scaled(company).divide(rate, self.scale).ok_or_else(fits)?;
        Ok(i128::from(amount.scaled()))
    }

    /// A quotient in the unit of amounts, rounded half away from zero to the decimals of the currency.
    fn rounded(&self, numerator: i128, denominator: i128) -> i128 {
        let step =
            i128::from(Currency { code: self.reporting.currency, scale: self.scale }.minor_unit().scaled());
        let divisor = denominator.abs() * step;
        let sign = numerator.signum() * denominator.signum();
        sign * ((numerator.abs() + divisor / 2) / divisor * step)
    }

    /// Equity has the rates of its days, income and expenses those of periods.
    fn has_closing_rate(&self, account: AccountId) -> bool {
        use domain::accounting::account::AccountType::{Asset, Liability};
        self.chart.get(account).is_some_and(|account| matches!(account.account_type, Asset | Liability))
    }

    fn is_balance_sheet(&self, account: AccountId) -> bool {
        self.chart.get(account).is_some_and(|account| account.account_type.is_balance_sheet())
    }
}

fn movement(
    bucket: usize,
    account: AccountId,
    group: Group,
    (debit, credit): (i128, i128),
) -> AppResult<Movement> {
    let amount = |scaled: i128| {
        i64::try_from(scaled).map(Amount::from_scaled).map_err(|_| Violation::new(&AMOUNT_OUT_OF_RANGE))
    };
    Ok(Movement {
        bucket,
        account,
        group,
        debit: amount(debit)?,
        credit: amount(credit)?,
        on: None,
        closing: false,
    })
}
