//! Closing entries of a year move on what income and expenses of its periods are in the other currency, each at the rates of the
//! periods. Translated at a rate of their own, they would leave profit behind on accounts that are closed.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::error::Violation;
use domain::ids::AccountId;
use domain::money::AMOUNT_OUT_OF_RANGE;

use super::{Group, Reached, Translation};
use crate::accounting::ports::reports::Movement;
use crate::error::AppResult;

/// What the accounts of income and expenses moved in each year, and all of them together.
pub struct Closed {
    accounts: BTreeMap<(NaiveDate, Group, AccountId), Reached>,
    years: BTreeMap<(NaiveDate, Group), Reached>,
    /// Years with periods that have no rate, which matters only where a closing entry of them is shown.
    unrated: BTreeMap<NaiveDate, Violation>,
}

impl Closed {
    /// `periods` are the sums of income and expense accounts by period.
    pub fn of(translation: &Translation<'_>, periods: &[Movement]) -> AppResult<Self> {
        let mut closed = Self { accounts: BTreeMap::new(), years: BTreeMap::new(), unrated: BTreeMap::new() };
        for sum in periods {
            let Some(on) = sum.on else { continue };
            let company = i128::from(sum.debit.scaled()) - i128::from(sum.credit.scaled());
            if company == 0 {
                continue;
            }
            let year = translation.calendar.year_start(on);
            let rate = match translation.rates.of_period(on) {
                Ok(rate) => rate,
                Err(missing) => {
                    closed.unrated.entry(year).or_insert(missing);
                    continue;
                }
            };
            let translated = translation.divided(company, rate)?;
            let account = closed.accounts.entry((year, sum.group, sum.account)).or_default();
            let all = closed.years.entry((year, sum.group)).or_default();
            for reached in [account, all] {
                reached.company += company;
                reached.translated += translated;
            }
        }
        Ok(closed)
    }

    /// The part of what was moved on that the net amount of a closing entry is of the whole; `None` where nothing was to be moved.
    pub fn net(
        &self,
        translation: &Translation<'_>,
        sum: &Movement,
        on: NaiveDate,
        is_equity: bool,
        net: i128,
    ) -> AppResult<Option<i128>> {
        let year = translation.calendar.year_start(on);
        if let Some(missing) = self.unrated.get(&year) {
            return Err(missing.clone().into());
        }
        let whole = match is_equity {
            true => self.years.get(&(year, sum.group)),
            false => self.accounts.get(&(year, sum.group, sum.account)),
        };
        let Some(Reached { company, translated }) = whole.copied().filter(|whole| whole.company != 0) else {
            return Ok(None);
        };
        if net == -company || net == company {
            return Ok(Some(translated * (net / company)));
        }
        let share = i128::checked_mul(net, translated).ok_or_else(|| Violation::new(&AMOUNT_OUT_OF_RANGE))?;
        Ok(Some(translation.rounded(share, company)))
    }
}
