//! Open lines and their matches in storage.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::account::AccountFacts;
use domain::accounting::line_match::{LineMatchId, OpenLine, Taken};
use domain::ids::{AccountId, JournalEntryId, TenantId, UserId};
use domain::money::{Amount, CurrencyCode};
use domain::text::LocalizedName;
use domain::time::Timestamp;

use super::views::{LineMatchView, MatchKind, OpenLineView};
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

/// An open line with the texts by which people know it.
#[derive(Debug, Clone)]
pub struct FoundLine {
    pub line: OpenLine,
    /// The number of its entry.
    pub number: String,
    /// The reference of the line, or else that of its entry.
    pub reference: Option<String>,
}

/// The part that a match took of a line.
#[derive(Debug, Clone)]
pub struct MatchedLine {
    pub entry: JournalEntryId,
    pub line_no: u32,
    pub number: String,
    pub posting_date: NaiveDate,
    pub currency: CurrencyCode,
    pub taken: Taken,
}

/// A match as it is kept.
#[derive(Debug, Clone)]
pub struct StoredMatch {
    pub id: LineMatchId,
    pub account: AccountId,
    pub account_code: String,
    pub currency: CurrencyCode,
    pub date: NaiveDate,
    pub kind: MatchKind,
    /// What its debits in the currency come to.
    pub total: Amount,
    /// By how much the lines differed, debits positive.
    pub difference: Amount,
    pub difference_entry: Option<JournalEntryId>,
    /// What exchange rates made of it in the company currency, debits positive.
    pub exchange_difference: Amount,
    pub exchange_entry: Option<JournalEntryId>,
    pub line_count: u32,
    pub created_by: Option<UserId>,
    pub created_at: Timestamp,
    pub undone: Option<Undone>,
    pub version: i64,
}

/// By whom, when and why a match was undone.
#[derive(Debug, Clone)]
pub struct Undone {
    pub by: Option<UserId>,
    pub at: Timestamp,
    pub reason: String,
}

#[async_trait]
pub trait LineMatchRepository: Send {
    /// Adds lines of entries that are posted; those of reversals are closed already.
    async fn insert_open_lines(&mut self, lines: &[OpenLine]) -> StorageResult<()>;
    /// Closes the lines of entries that are reversed at this moment, with what was open before. MUST fail when it is not so any
    /// more.
    async fn reverse_open_lines(&mut self, lines: &[(OpenLine, Amount)]) -> StorageResult<()>;
    /// The lines that entries have on reconcilable accounts, in no order.
    async fn open_lines_of_entries(
        &mut self,
        entries: &BTreeSet<JournalEntryId>,
    ) -> StorageResult<Vec<FoundLine>>;
    /// What is open on an account of lines dated up to a day, the earliest first, at most `max`.
    async fn unmatched_lines(
        &mut self,
        account: AccountId,
        through: NaiveDate,
        max: i64,
    ) -> StorageResult<Vec<FoundLine>>;
    /// Writes what is left open, with what was open before. MUST fail when it is not so any more.
    async fn save_open_lines(&mut self, lines: &[(OpenLine, Amount)]) -> StorageResult<()>;
    /// Opens every line that an account has; lines of reversed entries and of their reversals are closed.
    async fn open_account(&mut self, account: AccountId) -> StorageResult<()>;
    /// Forgets what is open on an account.
    async fn close_account(&mut self, account: AccountId) -> StorageResult<()>;
    /// Whether matches of the account's lines stand.
    async fn account_has_matches(&mut self, account: AccountId) -> StorageResult<bool>;
    async fn insert_matches(&mut self, matches: &[(StoredMatch, Vec<MatchedLine>)]) -> StorageResult<()>;
    async fn find_match(&mut self, id: LineMatchId)
    -> StorageResult<Option<(StoredMatch, Vec<MatchedLine>)>>;
    /// MUST answer `false` when the match is at another version, or undone.
    async fn mark_match_undone(
        &mut self,
        id: LineMatchId,
        version: i64,
        undone: &Undone,
    ) -> StorageResult<bool>;
}

/// The fields by which `GET /open-lines` filters and sorts.
pub static OPEN_LINE_LIST: ListSpec = ListSpec {
    resource: "open_line",
    fields: &[
        FieldSpec::new("accountId", FieldKind::Id),
        FieldSpec::new("accountCode", FieldKind::Text),
        FieldSpec::new("entryId", FieldKind::Id),
        FieldSpec::new("number", FieldKind::Text),
        FieldSpec::new("reference", FieldKind::Text).nullable(),
        FieldSpec::new("party", FieldKind::Text).nullable(),
        FieldSpec::new("currency", FieldKind::Text),
        FieldSpec::new("postingDate", FieldKind::Date).sortable(),
        FieldSpec::new("settledOn", FieldKind::Date).nullable(),
    ],
    default_sort: &[("postingDate", Direction::Ascending)],
    expand: &[],
};

/// The fields by which `GET /line-matches` filters and sorts.
pub static LINE_MATCH_LIST: ListSpec = ListSpec {
    resource: "line_match",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("accountId", FieldKind::Id),
        FieldSpec::new("accountCode", FieldKind::Text),
        FieldSpec::new("currency", FieldKind::Text),
        FieldSpec::new("date", FieldKind::Date),
        FieldSpec::new("kind", FieldKind::Word(MatchKind::WORDS)),
        FieldSpec::new("status", FieldKind::Word(&["matched", "undone"])),
        FieldSpec::new("entryId", FieldKind::Id),
    ],
    default_sort: &[("id", Direction::Descending)],
    expand: &[],
};

/// Which open lines a report shows.
#[derive(Debug, Clone)]
pub struct OpenLinesQuery {
    /// The code of an account.
    pub account: Option<String>,
    pub currency: Option<CurrencyCode>,
    pub as_of: NaiveDate,
    pub known_at: Option<Timestamp>,
    /// Most lines that are read.
    pub max: i64,
}

/// What was open of a line on a day. Debits are positive.
#[derive(Debug, Clone)]
pub struct LineThen {
    pub account: AccountId,
    pub entry: JournalEntryId,
    pub line_no: u32,
    pub number: String,
    pub posting_date: NaiveDate,
    pub description: Option<String>,
    pub reference: Option<String>,
    pub party: Option<String>,
    pub currency: CurrencyCode,
    pub open: Amount,
    pub company_open: Amount,
}

#[async_trait]
pub trait LineMatchQueries: Send + Sync {
    async fn open_line_page(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<OpenLineView>>;
    async fn line_match(&self, tenant: TenantId, id: LineMatchId) -> AppResult<Option<LineMatchView>>;
    async fn line_match_page(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<LineMatchView>>;
    /// The accounts whose lines are matched, in the order of their codes; with a code that account, whatever it is.
    async fn matched_accounts(
        &self,
        tenant: TenantId,
        code: Option<&str>,
    ) -> AppResult<Vec<(AccountFacts, LocalizedName)>>;
    /// What was open on a day, in the order of accounts and dates.
    async fn lines_open_on(&self, tenant: TenantId, query: &OpenLinesQuery) -> AppResult<Vec<LineThen>>;
}
