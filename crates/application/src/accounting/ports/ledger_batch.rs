//! Posting very many entries in one transaction: facts that are read once, and writes in large pieces.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::account::AccountFacts;
use domain::accounting::dimension::{DimensionRule, DimensionTree};
use domain::accounting::fiscal_period::PeriodFacts;
use domain::accounting::journal_entry::PostedEntry;
use domain::accounting::lock::{LockException, Locks};
use domain::ids::{AccountId, JournalId, NumberSeriesId, UserId};
use domain::money::{Currency, CurrencyCode, Rate};

use super::journal_entries::EntryMeta;
use super::ledger::{ChainHead, JournalFacts, LedgerSettings};
use crate::ports::storage_error::StorageResult;

/// The books as every entry of one transaction finds them.
#[derive(Debug, Clone)]
pub struct SessionFacts {
    pub company: Currency,
    pub accounts: HashMap<AccountId, AccountFacts>,
    pub currencies: HashMap<CurrencyCode, Currency>,
    pub settings: LedgerSettings,
    /// Regular periods in the order of their dates, each with the code of its fiscal year.
    pub periods: Vec<(PeriodFacts, String)>,
    pub locks: Locks,
    pub exceptions: Vec<LockException>,
    pub dimension_rules: Vec<DimensionRule>,
    /// The values of every dimension.
    pub dimension_tree: DimensionTree,
}

#[async_trait]
pub trait LedgerBatchRepository: Send {
    async fn session_facts(&mut self, user: Option<UserId>) -> StorageResult<SessionFacts>;
    async fn journal_facts(&mut self, journal: JournalId) -> StorageResult<Option<JournalFacts>>;
    /// Every rate of a currency in the order of the dates.
    async fn exchange_rates(&mut self, currency: CurrencyCode) -> StorageResult<Vec<(NaiveDate, Rate)>>;
    /// The last number given, 0 for none. Serialises postings of that series until the commit.
    async fn last_number(&mut self, series: NumberSeriesId, period_key: &str) -> StorageResult<i64>;
    /// Raises the last number from what [`Self::last_number`] said. MUST fail when it is another by now.
    async fn raise_number(
        &mut self,
        series: NumberSeriesId,
        period_key: &str,
        from: i64,
        to: i64,
    ) -> StorageResult<()>;
    /// Moves the end of a chain from the sequence that was read. MUST fail when it is another by now.
    async fn move_chain_head(&mut self, journal: JournalId, from: i64, head: ChainHead) -> StorageResult<()>;
    /// Writes headers and lines of new posted entries.
    async fn insert_posted_many(&mut self, entries: &[(PostedEntry, EntryMeta)]) -> StorageResult<()>;
}
