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

/// The hash chain of every journal, recomputed from the stored rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChainVerificationView {
    pub ok: bool,
    pub journals: Vec<JournalChainView>,
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
