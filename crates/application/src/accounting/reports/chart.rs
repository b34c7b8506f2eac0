//! The chart of accounts as statements walk it.

use std::collections::HashMap;

use domain::accounting::account::AccountType;
use domain::ids::AccountId;

use crate::accounting::ports::reports::ChartAccount;

/// Every account with its place in the tree.
pub struct Chart {
    accounts: Vec<ChartAccount>,
    index: HashMap<AccountId, usize>,
}

/// One account in the tree of a section, with the accounts below it.
pub struct Branch<'a> {
    pub account: &'a ChartAccount,
    pub below: Vec<Branch<'a>>,
}

impl Chart {
    /// `accounts` in order of their codes.
    pub fn new(mut accounts: Vec<ChartAccount>) -> Self {
        accounts.sort_by(|a, b| a.code.cmp(&b.code));
        let index = accounts.iter().enumerate().map(|(i, account)| (account.id, i)).collect();
        Self { accounts, index }
    }

    pub fn iter(&self) -> impl Iterator<Item = &ChartAccount> {
        self.accounts.iter()
    }

    pub fn get(&self, id: AccountId) -> Option<&ChartAccount> {
        self.index.get(&id).map(|i| &self.accounts[*i])
    }

    /// The account itself and its headings, nearest first.
    pub fn path<'a>(&'a self, account: &'a ChartAccount) -> Vec<&'a ChartAccount> {
        let mut path = vec![account];
        while let Some(parent) = path.last().and_then(|last| last.parent_id).and_then(|id| self.get(id)) {
            if path.iter().any(|seen| seen.id == parent.id) {
                break;
            }
            path.push(parent);
        }
        path
    }

    /// The account or the heading that stands for it at a depth, counted from 1.
    pub fn at_level<'a>(&'a self, account: &'a ChartAccount, level: Option<u8>) -> &'a ChartAccount {
        let Some(level) = level else { return account };
        let path = self.path(account);
        let above = path.len().saturating_sub(usize::from(level.max(1)));
        path.get(above).copied().unwrap_or(account)
    }

    /// The tree of the accounts of one type. A heading of another type is passed over, so that a chart with one root
    /// for the whole balance sheet still has assets, liabilities and equity apart.
    pub fn section(&self, account_type: AccountType) -> Vec<Branch<'_>> {
        let mut children: HashMap<Option<AccountId>, Vec<&ChartAccount>> = HashMap::new();
        for account in self.accounts.iter().filter(|account| account.account_type == account_type) {
            let above = self.path(account).into_iter().skip(1).find(|a| a.account_type == account_type);
            children.entry(above.map(|a| a.id)).or_default().push(account);
        }
        grow(&children, None)
    }
}

fn grow<'a>(
    children: &HashMap<Option<AccountId>, Vec<&'a ChartAccount>>,
    parent: Option<AccountId>,
) -> Vec<Branch<'a>> {
    let below = children.get(&parent).map(Vec::as_slice).unwrap_or_default();
    below.iter().map(|account| Branch { account, below: grow(children, Some(account.id)) }).collect()
}
