//! Entries that balance for each value of a dimension, such as the branches of a company (R157).

use std::collections::{BTreeMap, HashMap};

use super::{LineAmount, LineDetails, PostedLine, ValidatedEntry};
use crate::error::Violation;
use crate::ids::{AccountId, DimensionSetId, DimensionValueId};
use crate::money::{AMOUNT_OUT_OF_RANGE, Amount, CurrencyCode, Rate};

/// What is known of an entry whose values are to balance.
#[derive(Debug)]
pub struct Balancing<'a> {
    /// The account that takes the other side for each value.
    pub account: AccountId,
    pub company: CurrencyCode,
    /// The value of each dimension set on the lines; sets without one are absent.
    pub values: &'a HashMap<DimensionSetId, DimensionValueId>,
    /// The set with nothing but the value.
    pub sets: &'a HashMap<DimensionValueId, DimensionSetId>,
}

impl ValidatedEntry {
    /// Adds, for each value whose lines do not balance in the company currency, the line that balances them. Lines without a
    /// value are a value of their own.
    pub fn balanced_by(mut self, balancing: &Balancing<'_>) -> Result<Self, Violation> {
        let out_of_range = || Violation::new(&AMOUNT_OUT_OF_RANGE);
        let mut sums: BTreeMap<Option<DimensionValueId>, i128> = BTreeMap::new();
        for line in &self.lines {
            let value = balancing.values.get(&line.dimension_set).copied();
            *sums.entry(value).or_default() +=
                i128::from(line.debit.scaled()) - i128::from(line.credit.scaled());
        }
        for (value, sum) in sums {
            let missing = i64::try_from(-sum).map_err(|_| out_of_range())?;
            let Some(amount) = LineAmount::from_balance(Amount::from_scaled(missing)) else { continue };
            let (debit, credit) = amount.columns();
            let set = value.and_then(|value| balancing.sets.get(&value)).copied();
            self.lines.push(PostedLine {
                line_no: u32::try_from(self.lines.len() + 1).unwrap_or(u32::MAX),
                account: balancing.account,
                debit,
                credit,
                currency: balancing.company,
                currency_debit: debit,
                currency_credit: credit,
                rate: Rate::ONE,
                dimension_set: set.unwrap_or(DimensionSetId::EMPTY),
                details: LineDetails::NONE,
                rounding: false,
            });
        }
        Ok(self)
    }
}
