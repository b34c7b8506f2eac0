//! The state of a tenant's books at the moment of posting.

use std::collections::{HashMap, HashSet};

use crate::accounting::account::AccountFacts;
use crate::accounting::dimension::{DimensionRule, DimensionTree};
use crate::accounting::fiscal_period::PeriodFacts;
use crate::accounting::journal::JournalKind;
use crate::accounting::lock::{LockException, Locks};
use crate::ids::{AccountId, UserId};
use crate::money::{Currency, CurrencyCode, Rate};
use crate::time::Timestamp;

/// Everything that decides whether a draft may be posted. Borrowed, so that caches need not be copied.
#[derive(Debug, Clone, Copy)]
pub struct PostingRules<'a> {
    pub company: Currency,
    /// The tenant's currencies; the company currency need not be among them.
    pub currencies: &'a HashMap<CurrencyCode, Currency>,
    /// The inactive currencies, which only a year close may still use.
    pub inactive_currencies: &'a HashSet<CurrencyCode>,
    /// At least the accounts of the lines and the rounding account.
    pub accounts: &'a HashMap<AccountId, AccountFacts>,
    /// Company units for one unit of the currency on the posting date, for lines without their own rate.
    pub rates: &'a HashMap<CurrencyCode, Rate>,
    pub rounding_account: Option<AccountId>,
    /// The dimension rules in the order in which they were made.
    pub dimension_rules: &'a [DimensionRule],
    /// At least the values of the lines and what lies above them.
    pub dimension_tree: &'a DimensionTree,
    /// The period of the posting date: the closing one for entries of kind closing; `None` when there is none.
    pub period: Option<&'a PeriodFacts>,
    pub locks: &'a Locks,
    pub exceptions: &'a [LockException],
    pub user: UserId,
    pub now: Timestamp,
    pub journal_kind: JournalKind,
}

impl PostingRules<'_> {
    pub fn currency(&self, code: CurrencyCode) -> Option<Currency> {
        if code == self.company.code { Some(self.company) } else { self.currencies.get(&code).copied() }
    }
}
