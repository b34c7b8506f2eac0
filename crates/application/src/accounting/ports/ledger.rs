//! The reads and writes of posting: the facts that decide, balances, numbers and the hash chain.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::account::AccountFacts;
use domain::accounting::dimension::{DimensionCombination, DimensionRule, DimensionTree};
use domain::accounting::fiscal_period::PeriodFacts;
use domain::accounting::journal::Journal;
use domain::accounting::journal_entry::ValidatedEntry;
use domain::accounting::ledger_settings::LedgerAccountRole;
use domain::accounting::lock::{LockException, Locks};
use domain::accounting::number_series::NumberSeries;
use domain::ids::{
    AccountId, DimensionSetId, DimensionValueId, FiscalYearId, JournalId, NumberSeriesId, UserId,
};
use domain::money::{Currency, CurrencyCode, Rate};
use domain::text::LocalizedName;

use crate::ports::storage_error::StorageResult;

/// The facts about the books that an entry needs; read in as few round trips as the engine allows.
#[derive(Debug, Clone)]
pub struct FactsRequest {
    pub journal_id: JournalId,
    pub posting_date: NaiveDate,
    /// Ask for the closing period instead of the regular one.
    pub closing: bool,
    pub accounts: BTreeSet<AccountId>,
    pub currencies: BTreeSet<CurrencyCode>,
    /// The values on its lines.
    pub dimension_values: BTreeSet<DimensionValueId>,
    /// Whose lock exceptions count.
    pub user: Option<UserId>,
}

/// The books at the moment of posting.
#[derive(Debug, Clone)]
pub struct PostingFacts {
    pub company: Currency,
    /// `None` when the tenant has no such journal.
    pub journal: Option<JournalFacts>,
    pub accounts: HashMap<AccountId, AccountFacts>,
    pub currencies: HashMap<CurrencyCode, Currency>,
    pub rates: HashMap<CurrencyCode, Rate>,
    pub settings: LedgerSettings,
    pub period: Option<PeriodFacts>,
    /// The code and id of the fiscal year of the period.
    pub fiscal_year: Option<(FiscalYearId, String)>,
    pub locks: Locks,
    pub exceptions: Vec<LockException>,
    /// In the order in which they were made.
    pub dimension_rules: Vec<DimensionRule>,
    pub dimension_tree: DimensionTree,
}

#[derive(Debug, Clone)]
pub struct JournalFacts {
    pub journal: Journal,
    pub series: NumberSeries,
}

/// The accounts the ledger itself posts to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LedgerSettings {
    pub retained_earnings_account_id: Option<AccountId>,
    pub rounding_account_id: Option<AccountId>,
    pub opening_account_id: Option<AccountId>,
    pub version: i64,
}

impl LedgerSettings {
    pub fn account(&self, role: LedgerAccountRole) -> Option<AccountId> {
        match role {
            LedgerAccountRole::RetainedEarnings => self.retained_earnings_account_id,
            LedgerAccountRole::Rounding => self.rounding_account_id,
            LedgerAccountRole::Opening => self.opening_account_id,
        }
    }

    pub fn set_account(&mut self, role: LedgerAccountRole, account: Option<AccountId>) {
        match role {
            LedgerAccountRole::RetainedEarnings => self.retained_earnings_account_id = account,
            LedgerAccountRole::Rounding => self.rounding_account_id = account,
            LedgerAccountRole::Opening => self.opening_account_id = account,
        }
    }
}

/// An account as an entry's lines name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountName {
    pub code: String,
    pub name: LocalizedName,
}

/// The end of a journal's hash chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHead {
    pub sequence: i64,
    pub hash: [u8; 32],
}

#[async_trait]
pub trait LedgerRepository: Send {
    async fn posting_facts(&mut self, request: &FactsRequest) -> StorageResult<PostingFacts>;
    async fn settings(&mut self) -> StorageResult<LedgerSettings>;
    /// The tenant's own currency.
    async fn company_currency(&mut self) -> StorageResult<Currency>;
    /// Currencies of the tenant, active or not; those that are not set up are absent.
    async fn currencies(
        &mut self,
        codes: &BTreeSet<CurrencyCode>,
    ) -> StorageResult<HashMap<CurrencyCode, Currency>>;

    /// Adds the lines to the maintained balances of their period and day. May be kept until the command ends; a
    /// balance read in the same unit of work MUST include it.
    async fn add_to_balances(&mut self, entry: &ValidatedEntry, posting_date: NaiveDate)
    -> StorageResult<()>;

    /// The next number of a series in one of its periods, from 1, without gaps (R14), and the end of the journal's chain
    /// (R5). Both stay locked until the commit, so this comes last.
    async fn next_number_and_head(
        &mut self,
        series: NumberSeriesId,
        period_key: &str,
        journal: JournalId,
    ) -> StorageResult<(i64, ChainHead)>;
    async fn chain_head(&mut self, journal: JournalId) -> StorageResult<ChainHead>;
    async fn save_chain_head(&mut self, journal: JournalId, head: ChainHead) -> StorageResult<()>;

    async fn journal_by_code(&mut self, code: &str) -> StorageResult<Option<JournalId>>;
    async fn journal_exists(&mut self, id: JournalId) -> StorageResult<bool>;
    async fn accounts_by_code(
        &mut self,
        codes: &BTreeSet<String>,
    ) -> StorageResult<HashMap<String, AccountId>>;
    async fn account_names(
        &mut self,
        ids: &BTreeSet<AccountId>,
    ) -> StorageResult<HashMap<AccountId, AccountName>>;

    /// Dimension and value ids for pairs of codes; pairs that do not exist or are inactive are absent.
    async fn dimension_values(
        &mut self,
        pairs: &BTreeSet<(String, String)>,
    ) -> StorageResult<HashMap<(String, String), DimensionPair>>;
    /// The stored set of a combination; stores it when it is new.
    async fn dimension_set(&mut self, combination: &DimensionCombination) -> StorageResult<DimensionSetId>;
    /// Codes of each set: dimension code to value code.
    async fn dimension_set_codes(
        &mut self,
        sets: &BTreeSet<DimensionSetId>,
    ) -> StorageResult<HashMap<DimensionSetId, BTreeMap<String, String>>>;
    async fn dimension_combinations(
        &mut self,
        sets: &BTreeSet<DimensionSetId>,
    ) -> StorageResult<HashMap<DimensionSetId, DimensionCombination>>;
}

/// A dimension with one of its values.
pub type DimensionPair = (domain::ids::DimensionId, domain::ids::DimensionValueId);
