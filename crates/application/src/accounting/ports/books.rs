//! The books as the entries of one unit of work find them, as far as something asked for them.
//!
//! The same facts turn codes into ids, decide whether an entry may be posted, and show it afterwards, so each is read
//! once. `accounting::ledger::learn` adds to them.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use domain::accounting::account::AccountFacts;
use domain::accounting::approval::ApprovalPolicy;
use domain::accounting::budget::ControllingBudget;
use domain::accounting::dimension::{DimensionDefaults, DimensionRule, DimensionTree};
use domain::accounting::fiscal_period::FiscalPeriodKind;
use domain::accounting::hash_chain::DimensionSets;
use domain::accounting::lock::{LockException, Locks};
use domain::accounting::posting_rule::PostingProfile;
use domain::ids::{AccountId, DimensionSetId, DimensionValueId, JournalId, UserId};
use domain::money::{Currency, CurrencyCode, Rate};
use domain::tax::tax_code::TaxCode;

use super::ledger::{AccountName, Days, FoundPeriod, JournalFacts, LedgerSettings, SetCodes};

#[derive(Debug, Clone)]
pub struct Books {
    pub company: Currency,
    pub settings: LedgerSettings,
    pub locks: Locks,
    /// The user that posts; `None` is the product itself.
    pub user: Option<UserId>,
    /// The lock exceptions of the user.
    pub exceptions: Vec<LockException>,
    /// In the order in which they decide.
    pub approval_policies: Vec<ApprovalPolicy>,
    /// The values that accounts give to lines which name none.
    pub dimension_defaults: DimensionDefaults,
    /// The budgets that postings are compared with.
    pub budgets: Vec<ControllingBudget>,
    /// In the order in which they were made.
    pub dimension_rules: Vec<DimensionRule>,
    pub dimension_tree: DimensionTree,
    /// Values whose place in the tree is known.
    pub placed_values: HashSet<DimensionValueId>,
    pub journals: HashMap<JournalId, JournalFacts>,
    pub accounts: HashMap<AccountId, AccountFacts>,
    pub account_names: HashMap<AccountId, AccountName>,
    pub currencies: HashMap<CurrencyCode, Currency>,
    /// The inactive ones of `currencies`, which only a year close may still use.
    pub inactive_currencies: HashSet<CurrencyCode>,
    /// By currency the days that were asked for, and the rates in force on them in the order of their dates.
    pub rates: HashMap<CurrencyCode, (Days, Vec<(NaiveDate, Rate)>)>,
    /// By kind the days that were asked for, and the periods that have any of them in the order of their dates.
    pub periods: HashMap<FiscalPeriodKind, (Days, Vec<FoundPeriod>)>,
    /// The tax codes that lines by hand name, by the text of the lines; texts that no code has are among `asked_codes` only.
    pub tax_codes: HashMap<String, TaxCode>,
    pub asked_codes: HashSet<String>,
    /// The accounts of documents, once a line by hand is on a VAT account.
    pub profile: Option<PostingProfile>,
    /// The values of dimension sets, as hashes have them.
    pub sets: DimensionSets,
    /// The dimension sets of lines on the inter-branch account, by their value.
    pub branch_sets: HashMap<DimensionValueId, DimensionSetId>,
    /// The codes of dimension sets, as they are shown.
    pub set_codes: HashMap<DimensionSetId, SetCodes>,
}

impl Books {
    pub fn new(company: Currency, settings: LedgerSettings, user: Option<UserId>) -> Self {
        Self {
            company,
            settings,
            user,
            locks: Locks::default(),
            exceptions: Vec::new(),
            approval_policies: Vec::new(),
            dimension_defaults: DimensionDefaults::default(),
            budgets: Vec::new(),
            dimension_rules: Vec::new(),
            dimension_tree: DimensionTree::default(),
            placed_values: HashSet::new(),
            journals: HashMap::new(),
            accounts: HashMap::new(),
            account_names: HashMap::new(),
            currencies: HashMap::new(),
            inactive_currencies: HashSet::new(),
            rates: HashMap::new(),
            periods: HashMap::new(),
            tax_codes: HashMap::new(),
            asked_codes: HashSet::new(),
            profile: None,
            sets: DimensionSets::new(),
            branch_sets: HashMap::new(),
            set_codes: HashMap::new(),
        }
    }

    /// The period of a kind that has the day.
    pub fn period(&self, kind: FiscalPeriodKind, date: NaiveDate) -> Option<&FoundPeriod> {
        let (_, periods) = self.periods.get(&kind)?;
        let begun = periods.partition_point(|found| found.period.start <= date);
        periods[..begun].iter().rev().find(|found| found.period.covers(date))
    }

    /// The rates in force on a day, of the currencies that were asked for.
    pub fn rates_on(&self, date: NaiveDate) -> HashMap<CurrencyCode, Rate> {
        let in_force = |rates: &[(NaiveDate, Rate)]| {
            let after = rates.partition_point(|(day, _)| *day <= date);
            Some(rates.get(after.checked_sub(1)?)?.1)
        };
        let all = self.rates.iter();
        all.filter_map(|(code, (_, rates))| Some((*code, in_force(rates)?))).collect()
    }
}
