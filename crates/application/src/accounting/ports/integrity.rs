//! Proofs that the books agree with themselves (R5, R14, R16).

use async_trait::async_trait;
use domain::accounting::journal_entry::{EntryHeader, PostedLine};
use domain::accounting::number_series::NumberReset;
use domain::ids::{JournalEntryId, JournalId, NumberSeriesId, TenantId};
use domain::money::Amount;
use futures::stream::BoxStream;

use super::integrity_evidence::EvidenceQueries;
use crate::error::AppResult;

/// A truth that SQL alone decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntegrityRule {
    AccountBalances,
    DailyBalances,
    DimensionBalances,
    EntriesBalanced,
    LinesMatchEntries,
    ChainHeads,
    ReversalsMutual,
    NumbersUnique,
    /// Every entry was posted in the change feed and in the audit log, and every posting there is an entry.
    FeedMatchesLedger,
    /// Open items of an account and party are what the ledger has there.
    OpenItemsEqualControl,
    /// The open amount of an item is its amount less its allocations.
    AllocationsEqualOpen,
    /// Open lines of a reconcilable account are its balance.
    OpenLinesEqualAccounts,
    /// What is open of a line is its amount less its matches.
    LineMatchesEqualOpen,
    /// The VAT in the tax entries of a journal entry is the VAT that it posted on their accounts.
    TaxEntriesEqualVatAccounts,
    /// The sums of tax entries by day are the tax entries.
    TaxDaysEqualEntries,
    /// The entries of a filed return are there, and make the VAT that it declares.
    ReturnEntriesOnce,
    /// The progress of order lines is what the links of other documents add up to.
    ProgressEqualsLinks,
}

/// A contradiction of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// The entry or journal concerned, or the key of a balance.
    pub subject: String,
    pub detail: String,
}

/// Posted entries of one series on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesDay {
    pub posting_date: chrono::NaiveDate,
    pub fiscal_year: String,
    pub entries: i64,
}

/// A number series with its counters and its posted numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesUse {
    pub id: NumberSeriesId,
    pub code: String,
    pub reset: NumberReset,
    /// Period key and last number given.
    pub counters: Vec<(String, i64)>,
    pub days: Vec<SeriesDay>,
}

/// The change feed of a tenant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EventSequence {
    pub events: i64,
    pub first: Option<i64>,
    pub last: Option<i64>,
    /// The last sequence given.
    pub counter: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainedJournal {
    pub id: JournalId,
    pub code: String,
}

/// One stored line of a chained entry; an entry without lines comes with none.
#[derive(Debug, Clone)]
pub struct ChainedLine {
    pub header: ChainedHeader,
    pub line: Option<PostedLine>,
    /// Whether the line repeats its entry's date, period and moment.
    pub line_matches: bool,
}

#[derive(Debug, Clone)]
pub struct ChainedHeader {
    pub entry: EntryHeader,
    pub previous_hash: [u8; 32],
    pub hash: [u8; 32],
    pub line_count: u32,
    pub total: Amount,
    /// The stored end of the journal's chain; the same in every row.
    pub head: Option<(i64, [u8; 32])>,
}

impl ChainedHeader {
    pub fn id(&self) -> JournalEntryId {
        self.entry.id
    }
}

#[async_trait]
pub trait IntegrityQueries: EvidenceQueries + Send + Sync {
    /// Total debits and credits of all maintained balances.
    async fn balance_totals(&self, tenant: TenantId) -> AppResult<(Amount, Amount)>;
    /// The contradictions of a rule, at most `limit` of them, decided in one statement and so in one snapshot.
    async fn contradictions(
        &self,
        tenant: TenantId,
        rule: IntegrityRule,
        limit: u32,
    ) -> AppResult<Vec<Contradiction>>;
    async fn series_use(&self, tenant: TenantId) -> AppResult<Vec<SeriesUse>>;
    async fn event_sequence(&self, tenant: TenantId) -> AppResult<EventSequence>;
    async fn chained_journals(&self, tenant: TenantId) -> AppResult<Vec<ChainedJournal>>;
    /// The lines of a journal in chain order, one snapshot, flat memory.
    fn chained_lines(
        &self,
        tenant: TenantId,
        journal: JournalId,
    ) -> BoxStream<'static, AppResult<ChainedLine>>;
}
