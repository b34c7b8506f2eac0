//! Journal entries in storage: drafts that change, posted entries that do not.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::journal_entry::{DraftEntry, EntryApproval, PostedEntry};
use domain::ids::{JournalEntryId, JournalId, RecurringEntryId, UserId};
use domain::money::Amount;
use domain::time::Timestamp;

use crate::accounting::views::journal_entry::{JournalEntryView, LedgerLineView};
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;
use domain::ids::TenantId;

/// The facts that storage keeps of an entry beside its business content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryMeta {
    pub notes: Option<String>,
    pub recurring_entry_id: Option<RecurringEntryId>,
    /// The entry that it was copied from.
    pub copied_from: Option<JournalEntryId>,
    /// Its latest copy.
    pub copied_to: Option<JournalEntryId>,
    /// The day on which the entry is taken back by another one that is posted with it (R151).
    pub reverse_on: Option<NaiveDate>,
    /// How far it is approved, of an entry that an approval policy matched.
    pub approval: Option<EntryApproval>,
    pub created_by: Option<UserId>,
    pub created_at: Timestamp,
    /// Of a draft: everybody beside its creator whose figures it has, of whom nobody approves it.
    pub changed_by: Vec<UserId>,
    /// Of a new entry that is one of several parts: the amount of all of them, by which approval policies measure it. It is
    /// not stored.
    pub whole: Option<Amount>,
}

impl EntryMeta {
    /// Notes that somebody wrote some of the draft.
    pub fn note_maker(&mut self, maker: Option<UserId>) {
        if let Some(maker) =
            maker.filter(|maker| self.created_by != Some(*maker) && !self.changed_by.contains(maker))
        {
            self.changed_by.push(maker);
        }
    }

    /// The facts of a new entry that was not made from another one.
    pub fn new(created_by: Option<UserId>, created_at: Timestamp) -> Self {
        Self {
            notes: None,
            recurring_entry_id: None,
            copied_from: None,
            copied_to: None,
            reverse_on: None,
            approval: None,
            created_by,
            created_at,
            changed_by: Vec::new(),
            whole: None,
        }
    }
}

/// An entry as stored, in whichever state it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one at a time, and only for a moment")]
pub enum StoredEntry {
    Draft { draft: DraftEntry, meta: EntryMeta },
    Posted { entry: PostedEntry, meta: EntryMeta, version: i64 },
}

#[async_trait]
pub trait JournalEntryRepository: Send {
    async fn find(&mut self, id: JournalEntryId) -> StorageResult<Option<StoredEntry>>;
    async fn insert_draft(&mut self, draft: &DraftEntry, meta: &EntryMeta) -> StorageResult<()>;
    /// Replaces the draft stored at `draft.version() - 1`. MUST change nothing and answer `false` when it is at another.
    async fn update_draft(&mut self, draft: &DraftEntry, meta: &EntryMeta) -> StorageResult<bool>;
    /// MUST answer `false` when there is no draft with this id and version.
    async fn delete_draft(&mut self, id: JournalEntryId, version: i64) -> StorageResult<bool>;
    /// Marks a posted entry as reversed (R4): once only. MUST answer `false` when it already is.
    async fn mark_reversed(&mut self, id: JournalEntryId, by: JournalEntryId) -> StorageResult<bool>;
    /// Changes what may change after posting (R2). MUST answer `false` when the entry is at another version.
    async fn update_posted(
        &mut self,
        id: JournalEntryId,
        version: i64,
        reference: Option<&str>,
        notes: Option<&str>,
    ) -> StorageResult<bool>;
    async fn journal_has_entries(&mut self, id: JournalId) -> StorageResult<bool>;
}

/// The fields by which `GET /journal-entries` filters and sorts.
pub static JOURNAL_ENTRY_LIST: ListSpec = ListSpec {
    resource: "journal_entry",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("status", FieldKind::Word(&["draft", "posted", "reversed"])),
        FieldSpec::new("approvalStatus", FieldKind::Word(EntryApproval::WORDS)).nullable(),
        FieldSpec::new(
            "kind",
            FieldKind::Word(&["standard", "opening", "closing", "reversal", "revaluation"]),
        ),
        FieldSpec::new("journalId", FieldKind::Id),
        FieldSpec::new("fiscalPeriodId", FieldKind::Id).nullable(),
        FieldSpec::new("number", FieldKind::Text).sortable().nullable(),
        FieldSpec::new("reference", FieldKind::Text).nullable(),
        FieldSpec::new("description", FieldKind::Text).nullable(),
        FieldSpec::new("currency", FieldKind::Text),
        FieldSpec::new("total", FieldKind::Amount).nullable(),
        FieldSpec::new("postingDate", FieldKind::Date).sortable(),
        FieldSpec::new("reverseOn", FieldKind::Date).nullable(),
        FieldSpec::new("createdAt", FieldKind::Timestamp),
        FieldSpec::new("recordedAt", FieldKind::Timestamp).nullable(),
        FieldSpec::new("recurringEntryId", FieldKind::Id).nullable(),
        FieldSpec::new("copiedFromId", FieldKind::Id).nullable(),
        FieldSpec::new("createdBy", FieldKind::Id).nullable(),
        FieldSpec::new("postedBy", FieldKind::Id).nullable(),
        FieldSpec::new("text", FieldKind::Search),
        FieldSpec::new("accountCode", FieldKind::Text),
        FieldSpec::new("party", FieldKind::Text),
        FieldSpec::new("dimension", FieldKind::DimensionValue),
        FieldSpec::new("lineAmount", FieldKind::Amount),
    ],
    default_sort: &[("id", Direction::Descending)],
    expand: &["lines"],
};

/// The fields by which `GET /ledger-lines` filters and sorts.
pub static LEDGER_LINE_LIST: ListSpec = ListSpec {
    resource: "ledger_line",
    fields: &[
        FieldSpec::new("accountId", FieldKind::Id),
        FieldSpec::new("accountCode", FieldKind::Text),
        FieldSpec::new("entryId", FieldKind::Id),
        FieldSpec::new("journalId", FieldKind::Id),
        FieldSpec::new("fiscalPeriodId", FieldKind::Id),
        FieldSpec::new("postingDate", FieldKind::Date).sortable(),
        FieldSpec::new("currency", FieldKind::Text),
        FieldSpec::new("party", FieldKind::Text).nullable(),
        FieldSpec::new("taxCode", FieldKind::Text).nullable(),
        FieldSpec::new("recordedAt", FieldKind::Timestamp),
        FieldSpec::new("number", FieldKind::Text),
        FieldSpec::new("reference", FieldKind::Text).nullable(),
        FieldSpec::new("amount", FieldKind::Amount),
        FieldSpec::new("dimension", FieldKind::DimensionValue),
        FieldSpec::new("createdBy", FieldKind::Id).nullable(),
        FieldSpec::new("postedBy", FieldKind::Id).nullable(),
        FieldSpec::new("text", FieldKind::Search),
    ],
    default_sort: &[("postingDate", Direction::Ascending)],
    expand: &[],
};

#[async_trait]
pub trait JournalEntryQueries: Send + Sync {
    /// With its lines, up to [`LINES_INLINE_MAX`](crate::accounting::views::journal_entry::LINES_INLINE_MAX).
    async fn journal_entry(
        &self,
        tenant: TenantId,
        id: JournalEntryId,
    ) -> AppResult<Option<JournalEntryView>>;
    async fn journal_entries(&self, tenant: TenantId, query: &ListQuery)
    -> AppResult<Page<JournalEntryView>>;
    async fn ledger_lines(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<LedgerLineView>>;
}
