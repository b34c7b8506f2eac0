//! Year close: what income and expense accounts hold goes to retained earnings, per dimension set (R12).

use std::collections::BTreeMap;

use super::dimension::DimensionCombination;
use super::journal_entry::{LineAmount, NewLine};
use crate::error::Violation;
use crate::ids::{AccountId, DimensionSetId};
use crate::money::{AMOUNT_OUT_OF_RANGE, Amount, CurrencyCode};

/// What an income or expense account still holds in the year, one row for each currency it was posted in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemainingBalance {
    pub account: AccountId,
    pub dimension_set: DimensionSetId,
    /// The stored combination of `dimension_set`.
    pub dimensions: DimensionCombination,
    pub currency: CurrencyCode,
    /// In the company currency, debit positive.
    pub balance: Amount,
}

/// The lines of the closing entry, in the company currency; empty when nothing remains to be closed.
///
/// Balances of one account and dimension set are closed together, whatever currency they came from: the closing
/// line is in the company currency. Called again after an adjustment with what remains then, it closes only that.
pub fn closing_lines(
    balances: &[RemainingBalance],
    retained_earnings: AccountId,
) -> Result<Vec<NewLine>, Violation> {
    type Group<'a> = (&'a DimensionCombination, BTreeMap<AccountId, i128>);
    let mut sets: BTreeMap<DimensionSetId, Group<'_>> = BTreeMap::new();
    for row in balances {
        let (_, accounts) =
            sets.entry(row.dimension_set).or_insert_with(|| (&row.dimensions, BTreeMap::new()));
        *accounts.entry(row.account).or_default() += i128::from(row.balance.scaled());
    }
    let mut lines = Vec::new();
    for (dimension_set, (dimensions, accounts)) in sets {
        let mut push = |account: AccountId, balance: i128| -> Result<(), Violation> {
            let balance = i64::try_from(balance).map_err(|_| Violation::new(&AMOUNT_OUT_OF_RANGE))?;
            if let Some(amount) = LineAmount::from_balance(Amount::from_scaled(balance)) {
                let dimensions = dimensions.clone();
                lines.push(NewLine { dimensions, dimension_set, ..NewLine::new(account, amount) });
            }
            Ok(())
        };
        for (account, balance) in &accounts {
            push(*account, -balance)?;
        }
        push(retained_earnings, accounts.values().sum())?;
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const RETAINED: AccountId = AccountId::new(Uuid::from_u128(99));

    fn row(account: u128, set: u128, currency: &str, balance: &str) -> RemainingBalance {
        RemainingBalance {
            account: AccountId::new(Uuid::from_u128(account)),
            dimension_set: DimensionSetId::new(Uuid::from_u128(set)),
            dimensions: DimensionCombination::EMPTY,
            currency: CurrencyCode::parse(currency).unwrap(),
            balance: Amount::parse(balance).unwrap(),
        }
    }

    /// Account, set and signed amount of each line.
    fn shown(lines: &[NewLine]) -> Vec<(u128, u128, String)> {
        let signed = |amount: LineAmount| match amount {
            LineAmount::Debit(amount) => amount.display(2),
            LineAmount::Credit(amount) => format!("-{}", amount.display(2)),
        };
        let id = |id: Uuid| id.as_u128();
        lines.iter().map(|l| (id(l.account.uuid()), id(l.dimension_set.uuid()), signed(l.amount))).collect()
    }

    #[test]
    fn each_dimension_set_closes_into_its_own_retained_earnings() {
        let balances = [
            row(4, 1, "SAR", "-1000"),
            row(5, 1, "SAR", "300"),
            row(5, 1, "USD", "75.50"),
            row(5, 2, "SAR", "40"),
            row(6, 2, "SAR", "0"),
        ];
        assert_eq!(
            shown(&closing_lines(&balances, RETAINED).unwrap()),
            [
                (4, 1, "1000.00".to_owned()),
                (5, 1, "-375.50".to_owned()),
                (99, 1, "-624.50".to_owned()),
                (5, 2, "-40.00".to_owned()),
                (99, 2, "40.00".to_owned()),
            ]
        );
    }

    #[test]
    fn nothing_remains_after_closing_and_an_adjustment_closes_alone() {
        assert!(closing_lines(&[], RETAINED).unwrap().is_empty());
        let closed = [row(4, 1, "SAR", "-1000"), row(4, 1, "USD", "1000"), row(5, 1, "SAR", "0")];
        assert!(closing_lines(&closed, RETAINED).unwrap().is_empty());
        let adjusted = [row(5, 1, "SAR", "12.34")];
        assert_eq!(shown(&closing_lines(&adjusted, RETAINED).unwrap()).len(), 2);
    }

    #[test]
    fn no_profit_needs_no_retained_earnings_line() {
        let lines = closing_lines(&[row(4, 1, "SAR", "-10"), row(5, 1, "SAR", "10")], RETAINED).unwrap();
        assert!(lines.iter().all(|line| line.account != RETAINED));
        assert_eq!(lines.len(), 2);
    }

    #[test]
    fn sums_that_do_not_fit_are_refused() {
        let huge = row(4, 1, "SAR", "922337203685477");
        let refused = closing_lines(&[huge.clone(), huge], RETAINED).unwrap_err();
        assert_eq!(refused.def, &AMOUNT_OUT_OF_RANGE);
    }
}
