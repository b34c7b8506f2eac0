//! Revaluation of foreign balances at the rate of a day: unrealised exchange differences (R108).

use std::collections::BTreeMap;

use super::account::ControlKind;
use super::journal_entry::{LineAmount, LineDetails, NewLine};
use crate::error::Violation;
use crate::ids::AccountId;
use crate::money::{AMOUNT_OUT_OF_RANGE, Amount, CurrencyCode, Rate};
use crate::settlement::open_item::OpenItemId;

/// A balance in a foreign currency on a day, or an open item of a party. Debits are positive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignBalance {
    pub account: AccountId,
    pub control: ControlKind,
    /// The open item, for receivables and payables, which are valued item by item.
    pub item: Option<(OpenItemId, String)>,
    pub currency: CurrencyCode,
    pub balance: Amount,
    /// Its carrying amount in the company currency.
    pub company_balance: Amount,
}

/// A balance with its value at a rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revalued {
    pub balance: ForeignBalance,
    pub rate: Rate,
    pub value: Amount,
    /// The value less the carrying amount; a gain if positive, as debits are positive.
    pub difference: Amount,
}

impl ForeignBalance {
    pub fn at(self, rate: Rate, company_scale: u8) -> Result<Revalued, Violation> {
        let value = self.balance.convert(rate, company_scale);
        let difference = value.and_then(|value| value.checked_sub(self.company_balance));
        let out_of_range = || Violation::new(&AMOUNT_OUT_OF_RANGE);
        let (value, difference) = value.zip(difference).ok_or_else(out_of_range)?;
        Ok(Revalued { balance: self, rate, value, difference })
    }
}

/// Where revaluation posts. Receivables and payables keep their historical value, so that what is open of them stays true;
/// their differences stand on accounts beside them.
#[derive(Debug, Clone, Copy, Default)]
pub struct RevaluationAccounts {
    pub receivable: Option<AccountId>,
    pub payable: Option<AccountId>,
    pub unrealised: Option<AccountId>,
}

/// An account that a difference needs and the settings do not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingAccount {
    Receivable,
    Payable,
    Unrealised,
}

/// Lines of the entry, all in the company currency: one for each account, party and currency, and the other side of each
/// currency. Empty when nothing differs.
pub fn revaluation_lines(
    revalued: &[Revalued],
    accounts: RevaluationAccounts,
) -> Result<Vec<NewLine>, Result<MissingAccount, Violation>> {
    let mut sums: BTreeMap<(CurrencyCode, AccountId, Option<&str>), Amount> = BTreeMap::new();
    let mut totals: BTreeMap<CurrencyCode, Amount> = BTreeMap::new();
    for Revalued { balance, difference, .. } in revalued.iter().filter(|one| !one.difference.is_zero()) {
        let account = match balance.control {
            ControlKind::Receivable => accounts.receivable.ok_or(Ok(MissingAccount::Receivable))?,
            ControlKind::Payable => accounts.payable.ok_or(Ok(MissingAccount::Payable))?,
            _ => balance.account,
        };
        let party = balance.item.as_ref().map(|(_, party)| party.as_str());
        add(sums.entry((balance.currency, account, party)).or_default(), *difference)?;
        add(totals.entry(balance.currency).or_default(), *difference)?;
    }
    let line = |account: AccountId, currency: CurrencyCode, party: Option<&str>, amount: Amount| {
        let amount = LineAmount::from_balance(amount)?;
        let details = LineDetails {
            description: Some(currency.to_string()),
            party: party.map(str::to_owned),
            ..LineDetails::NONE
        };
        Some(NewLine { details, ..NewLine::new(account, amount) })
    };
    let mut lines: Vec<_> = sums
        .into_iter()
        .filter_map(|((currency, account, party), amount)| line(account, currency, party, amount))
        .collect();
    for (currency, total) in totals.into_iter().filter(|(_, total)| !total.is_zero()) {
        let account = accounts.unrealised.ok_or(Ok(MissingAccount::Unrealised))?;
        let other = total.checked_neg().ok_or_else(out_of_range)?;
        lines.extend(line(account, currency, None, other));
    }
    Ok(lines)
}

fn add(sum: &mut Amount, amount: Amount) -> Result<(), Result<MissingAccount, Violation>> {
    *sum = sum.checked_add(amount).ok_or_else(out_of_range)?;
    Ok(())
}

fn out_of_range() -> Result<MissingAccount, Violation> {
    Err(Violation::new(&AMOUNT_OUT_OF_RANGE))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn account(n: u128) -> AccountId {
        AccountId::new(Uuid::from_u128(n))
    }
    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    fn item(control: ControlKind, currency: &str, balance: &str, company: &str) -> ForeignBalance {
        ForeignBalance {
            account: account(1),
            control,
            item: Some((OpenItemId::new(Uuid::nil()), "C1".to_owned())),
            currency: CurrencyCode::parse(currency).unwrap(),
            balance: amount(balance),
            company_balance: amount(company),
        }
    }

    #[test]
    fn p9_items_are_valued_one_by_one_and_posted_by_account_party_and_currency() {
        let (receivable, payable) = (ControlKind::Receivable, ControlKind::Payable);
        let rate = |text: &str| Rate::parse(text).unwrap();
        let revalued = [
            item(receivable, "USD", "1000", "3750.00").at(rate("3.77"), 2).unwrap(),
            item(receivable, "EUR", "250.50", "1014.53").at(rate("4.15"), 2).unwrap(),
            item(receivable, "USD", "-400", "-1504.00").at(rate("3.77"), 2).unwrap(),
            item(payable, "EUR", "-800", "-3240.00").at(rate("4.15"), 2).unwrap(),
        ];
        let differences: Vec<_> = revalued.iter().map(|one| one.difference.display(2)).collect();
        assert_eq!(differences, ["20.00", "25.05", "-4.00", "-80.00"]);
        let accounts = RevaluationAccounts {
            receivable: Some(account(11)),
            payable: Some(account(12)),
            unrealised: Some(account(13)),
        };
        let lines = revaluation_lines(&revalued, accounts).unwrap();
        let shown: Vec<_> = lines.iter().map(|line| (line.account, line.amount)).collect();
        let (debit, credit) =
            (|text| LineAmount::Debit(amount(text)), |text| LineAmount::Credit(amount(text)));
        assert_eq!(
            shown,
            [
                (account(11), debit("25.05")),
                (account(12), credit("80.00")),
                (account(11), debit("16.00")),
                (account(13), debit("54.95")),
                (account(13), credit("16.00")),
            ]
        );
        let missing = RevaluationAccounts { payable: None, ..accounts };
        assert_eq!(revaluation_lines(&revalued, missing).unwrap_err().unwrap(), MissingAccount::Payable);
    }

    #[test]
    fn without_a_difference_there_is_nothing_to_post_and_no_account_is_needed() {
        let same = item(ControlKind::Receivable, "USD", "100", "375.00");
        let revalued = [same.at(Rate::parse("3.75").unwrap(), 2).unwrap()];
        assert!(revaluation_lines(&revalued, RevaluationAccounts::default()).unwrap().is_empty());
    }
}
