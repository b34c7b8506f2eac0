//! The journal entry that a filed return posts: it clears the declared VAT from the VAT accounts.

use std::collections::BTreeMap;

use super::Figures;
use crate::accounting::journal_entry::{LineAmount, NewLine};
use crate::ids::AccountId;
use crate::money::Amount;

/// The accounts beside those on which documents posted VAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettlementAccounts {
    /// The account for the VAT owed to the authority.
    pub settlement: AccountId,
    /// The account for the credit with the authority, carried forward from return to return.
    pub credit: AccountId,
}

/// The lines of the entry. `owed` is what the entries of the return have posted on each VAT account: output tax is positive,
/// input tax negative. `None` if its sum is not the VAT that the return declares, or on overflow.
pub fn settlement_lines(
    owed: &BTreeMap<AccountId, Amount>,
    figures: &Figures,
    accounts: SettlementAccounts,
) -> Option<Vec<NewLine>> {
    if Amount::sum(owed.values().copied())? != figures.due {
        return None;
    }
    let (payable, left) = match figures.net.is_negative() {
        true => (Amount::ZERO, figures.net.checked_neg()?),
        false => (figures.net, Amount::ZERO),
    };
    let credit = left.checked_sub(figures.credit)?;
    let balances = owed.iter().map(|(account, amount)| (*account, *amount));
    let balances = balances.chain([(accounts.credit, credit), (accounts.settlement, payable.checked_neg()?)]);
    let line = |(account, balance)| Some(NewLine::new(account, LineAmount::from_balance(balance)?));
    Some(balances.filter_map(line).collect())
}
