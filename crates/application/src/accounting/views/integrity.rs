//! What the integrity endpoints answer.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Every truth that must hold, each with what contradicts it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IntegrityChecksView {
    /// All checks hold.
    pub ok: bool,
    pub checks: Vec<IntegrityCheckView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IntegrityCheckView {
    /// Stable: `trial_balance_zero`, `account_balances` …
    pub code: &'static str,
    /// In the language of the request.
    pub title: String,
    pub ok: bool,
    /// The first contradictions, at most 20.
    pub findings: Vec<IntegrityFindingView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IntegrityFindingView {
    /// The entry, journal, series or balance concerned.
    pub subject: String,
    pub detail: String,
}

/// The hash chains of every journal and of the audit log, recomputed from the stored rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChainVerificationView {
    pub ok: bool,
    pub journals: Vec<JournalChainView>,
    pub audit: AuditChainView,
    /// How the chains compare with the earlier head that was sent; null without one.
    pub earlier_head: Option<HeadComparisonView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JournalChainView {
    pub journal_id: Uuid,
    /// Code of the journal.
    pub journal: String,
    /// Entries that were read.
    pub entries: u64,
    pub lines: u64,
    pub ok: bool,
    /// How many entries are not as they were posted.
    pub broken: u64,
    pub first_broken: Option<BrokenEntryView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BrokenEntryView {
    /// Null: the end of the chain itself is not where it should be.
    pub entry_id: Option<Uuid>,
    pub number: Option<String>,
    pub chain_sequence: Option<i64>,
    /// `content` (header or lines are not what was hashed), `previous_hash`, `sequence`, `line_count`, `total`,
    /// `unbalanced`, `line_header` (a line's date, period or moment is not its entry's), `chain_head`.
    pub differs: Vec<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditChainView {
    pub ok: bool,
    /// Rows of the chain that were read.
    pub rows: u64,
    /// Changes that were recorded before the chain began, by earlier versions of the product.
    pub before_chain: u64,
    /// How many rows are not as they were written.
    pub broken: u64,
    pub first_broken: Option<BrokenAuditView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BrokenAuditView {
    /// In the chain, which is that of the event in the change feed; 0 for rows from before the chain.
    pub position: i64,
    /// Of the row; null: the end of the chain itself is not where it should be, or rows from before it are gone.
    pub id: Option<Uuid>,
    /// `content` (the row is not what was hashed), `missing` (there is no row), `sequence` (an event is missing before it),
    /// `event` (the event says something else), `ledger` (the posting it records is not in the ledger), `chain_head`.
    pub differs: Vec<&'static str>,
}

/// Where every hash chain ends: kept outside the database, it tells later whether an end was removed or rewritten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IntegrityHeadView {
    pub tenant_id: Uuid,
    /// When this was read.
    #[schema(format = "date-time")]
    pub read_at: String,
    /// Journals that have entries, in order of their ids; then the audit log.
    pub chains: Vec<ChainHeadView>,
    /// SHA-256 over tenant and chains, hexadecimal, as `docs/INTEGRITY.md` describes it.
    pub digest: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChainHeadView {
    /// `journal` or `audit`.
    pub chain: &'static str,
    /// Null for the audit log.
    pub journal_id: Option<Uuid>,
    pub journal_code: Option<String>,
    /// Of the last entry, from 1 without gaps; of the audit log the position of the last change in the feed.
    pub position: i64,
    /// Of the last entry or row, hexadecimal.
    pub hash: String,
    /// Which bytes it is made of.
    pub version: u8,
    /// The legal number of the last entry; null for the audit log.
    pub number: Option<String>,
    /// When the last entry or row was recorded.
    pub recorded_at: Option<String>,
}

/// An earlier head against the chains as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeadComparisonView {
    /// Every chain still holds what the head names.
    pub ok: bool,
    /// Whether the digest that was sent is that of the chains that were sent; null when none was sent.
    pub digest_ok: Option<bool>,
    pub chains: Vec<ComparedChainView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ComparedChainView {
    /// `journal` or `audit`.
    pub chain: &'static str,
    pub journal_id: Option<Uuid>,
    pub position: i64,
    /// Null when the chain still has this hash at this position; `missing` when it ends before, `hash` when it has another
    /// one there.
    pub differs: Option<&'static str>,
}
