//! Properties of every entry that can be posted (R6, R7, R4).

use std::collections::HashMap;

use proptest::prelude::*;

use super::tests::{Books, code, content, day, entry_id, post};
use super::*;
use crate::accounting::hash_chain::DimensionSets;
use crate::ids::AccountId;
use crate::money::{Amount, Currency, CurrencyCode};

const CURRENCIES: [&str; 4] = ["SAR", "USD", "KWD", "JPY"];

/// In each currency some lines on one side and their exact sum on the other, in as many minor units.
fn balanced_lines() -> impl Strategy<Value = Vec<NewLine>> {
    let group = (0_usize..4, any::<bool>(), prop::collection::vec((1_i64..5_000_000, 9_u128..=12), 1..12));
    prop::collection::vec(group, 1..4).prop_map(|groups| groups.into_iter().flat_map(group_lines).collect())
}

fn group_lines((currency, debit_side, parts): (usize, bool, Vec<(i64, u128)>)) -> Vec<NewLine> {
    let currency = Currency::iso(code(CURRENCIES[currency]));
    let unit = currency.minor_unit().scaled();
    let line = |account: u128, units: i64, debit: bool| {
        let amount = Amount::from_scaled(units * unit);
        let amount = if debit { LineAmount::Debit(amount) } else { LineAmount::Credit(amount) };
        NewLine { currency: Some(currency.code), ..NewLine::new(super::tests::account(account), amount) }
    };
    let total = parts.iter().map(|(units, _)| units).sum();
    // Every yen amount is at least 0.02 riyals, so nothing vanishes in conversion.
    parts
        .iter()
        .map(|(units, account)| line(*account, *units, debit_side))
        .chain([line(super::tests::CASH, total, !debit_side)])
        .collect()
}

type Balances = HashMap<(AccountId, CurrencyCode), (i64, i64)>;

fn add(balances: &mut Balances, entry: &PostedEntry) {
    for line in entry.lines() {
        let (company, own) = balances.entry((line.account, line.currency)).or_default();
        *company += line.debit.scaled() - line.credit.scaled();
        *own += line.currency_debit.scaled() - line.currency_credit.scaled();
    }
}

proptest! {
    #[test]
    fn posted_entries_balance_and_their_residue_is_bounded(lines in balanced_lines()) {
        let books = Books::new();
        let given = lines.len();
        let foreign = lines.iter().filter(|line| line.currency != Some(code("SAR"))).count();
        let posted = books.post(lines);
        let debit = Amount::sum(posted.lines().iter().map(|line| line.debit)).unwrap();
        let credit = Amount::sum(posted.lines().iter().map(|line| line.credit)).unwrap();
        prop_assert_eq!(debit, credit);
        for line in posted.lines() {
            prop_assert!(line.debit.is_zero() != line.credit.is_zero());
            prop_assert!(line.debit.fits(2) && line.credit.fits(2));
        }
        let rounding: Vec<_> = posted.lines().iter().filter(|line| line.rounding).collect();
        prop_assert_eq!(posted.lines().len(), given + rounding.len());
        prop_assert!(rounding.len() <= 1);
        if let Some(line) = rounding.first() {
            // Half of a hundredth, that is 50 ten-thousandths, for each converted line.
            let residue = line.debit.scaled() + line.credit.scaled();
            prop_assert!(residue <= 50 * i64::try_from(foreign).unwrap());
        }
        prop_assert!(posted.hash_is_intact(&DimensionSets::new()));
    }

    #[test]
    fn an_entry_and_its_reversal_leave_nothing(lines in balanced_lines()) {
        let books = Books::new();
        let original = books.post(lines);
        let draft = original.reversal_draft(entry_id(90), day("2026-01-31"), "undo").unwrap();
        let reversal = post(draft.validate(&books.rules()).unwrap());
        let mut balances = Balances::new();
        add(&mut balances, &original);
        add(&mut balances, &reversal);
        prop_assert!(balances.values().all(|balance| *balance == (0, 0)), "{:?}", balances);
    }

    #[test]
    fn one_minor_unit_too_much_in_the_company_currency_is_refused(mut lines in balanced_lines(), at: prop::sample::Index) {
        for line in &mut lines {
            line.currency = Some(code("SAR"));
            line.amount = line.amount.with(Amount::from_scaled(line.amount.amount().scaled() * 100));
        }
        let line = at.get(&lines).clone();
        lines.push(NewLine { amount: line.amount.with(Amount::from_scaled(100)), ..line });
        let books = Books::new();
        let refused = DraftEntry::new(content(lines), LINES_MAX).unwrap().validate(&books.rules()).unwrap_err();
        prop_assert_eq!(refused.len(), 1);
        prop_assert_eq!(refused[0].def, &UNBALANCED_ENTRY);
    }
}
