//! Year close: what income and expense accounts hold goes to retained earnings, per dimension set and currency (R12).

use std::collections::BTreeMap;

use super::dimension::DimensionCombination;
use super::journal_entry::{LineAmount, NewLine};
use crate::error::Violation;
use crate::ids::{AccountId, DimensionSetId};
use crate::money::{AMOUNT_OUT_OF_RANGE, Amount, CurrencyCode, Rate};

/// A whole unit of any currency, in ten-thousandths.
const WHOLE_UNIT: i128 = 10_000;

/// The balance that an income or expense account still holds, one row for each currency it was posted in. Debit is
/// positive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemainingBalance {
    pub account: AccountId,
    pub dimension_set: DimensionSetId,
    /// The stored combination of `dimension_set`.
    pub dimensions: DimensionCombination,
    pub currency: CurrencyCode,
    /// The balance in the company currency.
    pub balance: Amount,
    /// The balance in `currency`.
    pub currency_balance: Amount,
}

impl RemainingBalance {
    pub fn is_zero(&self) -> bool {
        self.balance.is_zero() && self.currency_balance.is_zero()
    }
}

/// The account that takes the profit.
#[derive(Debug, Clone, Copy)]
pub struct RetainedEarnings {
    pub account: AccountId,
    /// The only currency the account takes; any when `None`.
    pub currency: Option<CurrencyCode>,
}

impl RetainedEarnings {
    /// The currency in which profit of `currency` arrives: the same, so that every currency balances by itself, unless
    /// the account takes only another.
    fn takes(&self, currency: CurrencyCode, company: CurrencyCode) -> CurrencyCode {
        if self.currency.is_none_or(|own| own == currency) { currency } else { company }
    }
}

/// An amount in the company currency and in that of the line, in ten-thousandths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Net {
    company: i128,
    currency: i128,
}

impl Net {
    fn add(&mut self, other: Self) {
        self.company += other.company;
        self.currency += other.currency;
    }
    fn negated(self) -> Self {
        Self { company: -self.company, currency: -self.currency }
    }
}

/// The lines of the closing entry; empty when nothing remains to be closed.
///
/// Each currency of an account is closed with the foreign and the company amount it holds, and arrives in retained
/// earnings in the same currency: afterwards the account holds nothing in any currency, and each currency balances.
/// Called again after an adjustment with what remains then, it closes only that.
pub fn closing_lines(
    balances: &[RemainingBalance],
    retained_earnings: RetainedEarnings,
    company: CurrencyCode,
) -> Result<Vec<NewLine>, Violation> {
    type Group<'a> = (&'a DimensionCombination, BTreeMap<(AccountId, CurrencyCode), Net>);
    let mut sets: BTreeMap<DimensionSetId, Group<'_>> = BTreeMap::new();
    for row in balances {
        let (_, accounts) =
            sets.entry(row.dimension_set).or_insert_with(|| (&row.dimensions, BTreeMap::new()));
        let (balance, foreign) = (row.balance.scaled().into(), row.currency_balance.scaled().into());
        accounts
            .entry((row.account, row.currency))
            .or_default()
            .add(Net { company: balance, currency: foreign });
    }
    let mut lines = Vec::new();
    for (dimension_set, (dimensions, accounts)) in sets {
        let mut profit: BTreeMap<CurrencyCode, Net> = BTreeMap::new();
        let mut push = |account: AccountId, currency: CurrencyCode, net: Net| -> Result<(), Violation> {
            for line in lines_of(account, currency, net, company)? {
                lines.push(NewLine { dimensions: dimensions.clone(), dimension_set, ..line });
            }
            Ok(())
        };
        for ((account, currency), net) in accounts {
            push(account, currency, net.negated())?;
            let arrives = retained_earnings.takes(currency, company);
            let kept = if arrives == currency { net.currency } else { net.company };
            profit.entry(arrives).or_default().add(Net { company: net.company, currency: kept });
        }
        for (currency, net) in profit {
            push(retained_earnings.account, currency, net)?;
        }
    }
    Ok(lines)
}

/// The lines that change an account by `net`: one, or two where no single rate leads from one amount to the other, as
/// when exchange differences are left of a foreign amount that is itself zero.
fn lines_of(
    account: AccountId,
    currency: CurrencyCode,
    net: Net,
    company: CurrencyCode,
) -> Result<Vec<NewLine>, Violation> {
    if net == Net::default() {
        return Ok(Vec::new());
    }
    if currency == company || has_rate(net) {
        return Ok(vec![line(account, currency, (net.company > 0, net), company)?]);
    }
    // Added to both sides: whole units, as many of either currency, so that each side has a rate near one.
    let most = net.company.abs().max(net.currency.abs());
    let both = (most / WHOLE_UNIT + 1) * WHOLE_UNIT;
    let debit = Net { company: net.company.max(0) + both, currency: net.currency.max(0) + both };
    let credit = Net { company: (-net.company).max(0) + both, currency: (-net.currency).max(0) + both };
    Ok(vec![
        line(account, currency, (true, debit), company)?,
        line(account, currency, (false, credit), company)?,
    ])
}

/// Whether both amounts are on one side and some usable rate lies between them.
fn has_rate(net: Net) -> bool {
    let amounts = amount(net.company).ok().zip(amount(net.currency).ok());
    net.company.signum() == net.currency.signum()
        && amounts.is_some_and(|(company, foreign)| Rate::between(foreign, company).is_some())
}

fn line(
    account: AccountId,
    currency: CurrencyCode,
    (debit, net): (bool, Net),
    company: CurrencyCode,
) -> Result<NewLine, Violation> {
    let own = amount(net.currency)?;
    let side = if debit { LineAmount::Debit(own) } else { LineAmount::Credit(own) };
    let company_amount = if currency == company { None } else { Some(amount(net.company)?) };
    Ok(NewLine { currency: Some(currency), company_amount, ..NewLine::new(account, side) })
}

/// The amount without its sign.
fn amount(scaled: i128) -> Result<Amount, Violation> {
    let scaled = i64::try_from(scaled.abs()).map_err(|_| Violation::new(&AMOUNT_OUT_OF_RANGE))?;
    Ok(Amount::from_scaled(scaled))
}

#[cfg(test)]
mod tests;
