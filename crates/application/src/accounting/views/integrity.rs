//! The answers of the integrity endpoints.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Every integrity check, each with the contradictions it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IntegrityChecksView {
    /// Whether all checks hold.
    pub ok: bool,
    pub checks: Vec<IntegrityCheckView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IntegrityCheckView {
    /// The stable code of the check, such as `trial_balance_zero` or `account_balances`.
    pub code: &'static str,
    /// The title, in the language of the request.
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
    /// The comparison with the earlier head that was sent; null if none was sent.
    pub earlier_head: Option<HeadComparisonView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JournalChainView {
    pub journal_id: Uuid,
    /// The code of the journal.
    pub journal: String,
    /// The number of entries that were verified.
    pub entries: u64,
    pub lines: u64,
    pub ok: bool,
    /// The number of entries that differ from what was posted.
    pub broken: u64,
    pub first_broken: Option<BrokenEntryView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BrokenEntryView {
    /// The entry; null when the end of the chain itself is not where it should be.
    pub entry_id: Option<Uuid>,
    pub number: Option<String>,
    pub chain_sequence: Option<i64>,
    /// The differences found: `content` (header or lines are not what was hashed), `previous_hash`, `sequence`, `line_count`,
    /// `total`, `unbalanced`, `line_header` (a line's date, period or moment is not its entry's) or `chain_head`.
    pub differs: Vec<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditChainView {
    pub ok: bool,
    /// The number of rows that were verified.
    pub rows: u64,
    /// Changes that were recorded before the chain began, by earlier versions of the product.
    pub before_chain: u64,
    /// The number of rows that differ from what was written.
    pub broken: u64,
    pub first_broken: Option<BrokenAuditView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BrokenAuditView {
    /// The position in the audit chain, which is that of the event in the change feed; 0 for rows from before the
    /// chain.
    pub position: i64,
    /// The id of the row; null when the end of the chain is not where it should be, or when rows from before it are
    /// missing.
    pub id: Option<Uuid>,
    /// The differences found: `content` (the row is not what was hashed), `missing` (there is no row), `sequence` (an event
    /// is missing before it), `event` (the event says something else), `ledger` (the posting it records is not in the ledger)
    /// or `chain_head`.
    pub differs: Vec<&'static str>,
}

/// The ends of all hash chains. Kept outside the database, they show later whether an end was removed or rewritten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IntegrityHeadView {
    pub tenant_id: Uuid,
    /// The moment at which the ends were read.
    #[schema(format = "date-time")]
    pub read_at: String,
    /// The ends of the chains: first the journals that have entries, in order of their ids, then the audit log.
    pub chains: Vec<ChainHeadView>,
    /// The SHA-256 over the tenant and the chains, hexadecimal, as described in `docs/INTEGRITY.md`.
    pub digest: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChainHeadView {
    /// The kind of chain: `journal` or `audit`.
    pub chain: &'static str,
    /// The journal of the chain; null for the audit log.
    pub journal_id: Option<Uuid>,
    pub journal_code: Option<String>,
    /// The position of the last entry, from 1 without gaps; for the audit log, the position of the last change in the
    /// change feed.
    pub position: i64,
    /// The hash of the last entry or row, hexadecimal.
    pub hash: String,
    /// The version of the bytes that are hashed.
    pub version: u8,
    /// The legal number of the last entry; null for the audit log.
    pub number: Option<String>,
    /// The moment at which the last entry or row was recorded.
    pub recorded_at: Option<String>,
}

/// The comparison of the present chains with an earlier head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeadComparisonView {
    /// Whether every chain still has the hashes that the head names.
    pub ok: bool,
    /// Whether the digest that was sent matches the chains that were sent; null when none was sent.
    pub digest_ok: Option<bool>,
    pub chains: Vec<ComparedChainView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ComparedChainView {
    /// The kind of chain: `journal` or `audit`.
    pub chain: &'static str,
    pub journal_id: Option<Uuid>,
    pub position: i64,
    /// How the chain differs from the earlier head: null when it still has this hash at this position, `missing` when
    /// it ends before it, `hash` when it has another hash there.
    pub differs: Option<&'static str>,
}
