//! Open items and allocations in storage.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::account::ControlKind;
use domain::ids::{Id, JournalEntryId, TenantId, UserId};
use domain::money::{Amount, CurrencyCode};
use domain::settlement::allocation::{Allocation, AllocationId, AllocationKind};
use domain::settlement::early_discount::EarlyDiscount;
use domain::settlement::open_item::{OpenItem, OpenItemId};
use domain::time::Timestamp;
use uuid::Uuid;

use super::views::{AllocationView, OpenItemView};
use crate::accounting::views::NameView;
use crate::documents::ports::DocumentId;
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

/// The allocations that one request made.
#[derive(Debug)]
pub enum AllocationBatch {}
pub type AllocationBatchId = Id<AllocationBatch>;

/// The document that made an item.
#[derive(Debug, Clone)]
pub struct ItemDocument {
    pub id: DocumentId,
    pub document_type: String,
    pub number: String,
}

/// An item with what people know it by.
#[derive(Debug, Clone)]
pub struct FoundItem {
    pub item: OpenItem,
    /// The legal number of its entry.
    pub number: String,
    /// The document that made it, if one did.
    pub document: Option<ItemDocument>,
    /// The references and descriptions of its line and its entry.
    pub references: Vec<String>,
    pub descriptions: Vec<String>,
}

impl FoundItem {
    /// The number that people know it by: that of the document, or else of the entry.
    pub fn known_as(&self) -> &str {
        self.document.as_ref().map_or(&self.number, |document| &document.number)
    }
}

/// An allocation as it is kept.
#[derive(Debug, Clone)]
pub struct StoredAllocation {
    pub id: AllocationId,
    pub batch: AllocationBatchId,
    pub kind: AllocationKind,
    pub date: NaiveDate,
    /// An undo has the amounts of what it undoes.
    pub allocation: Allocation,
    /// The entry that its batch posted.
    pub entry: Option<JournalEntryId>,
    pub undoes: Option<AllocationId>,
    /// The payment's allocation with which the discount was taken, or the difference written off.
    pub belongs_to: Option<AllocationId>,
    /// The note or the write-off that one of its items is of, if that was made for the allocation.
    pub document: Option<Uuid>,
    pub reason: Option<String>,
    pub created_by: Option<UserId>,
    pub recorded_at: Timestamp,
}

impl StoredAllocation {
    /// Whether it takes off its items or gives back to them.
    pub fn gives_back(&self) -> bool {
        self.kind == AllocationKind::Undo
    }
}

#[async_trait]
pub trait OpenItemRepository: Send {
    /// Adds the items of lines that were posted just now, each with the kind of its account.
    async fn insert_open_items(&mut self, items: &[(ControlKind, OpenItem)]) -> StorageResult<()>;
    /// Items by their ids; unknown ones are absent.
    async fn open_items(&mut self, ids: &BTreeSet<OpenItemId>) -> StorageResult<Vec<FoundItem>>;
    async fn open_items_of_entries(
        &mut self,
        entries: &BTreeSet<JournalEntryId>,
    ) -> StorageResult<Vec<OpenItem>>;
    /// The open items of parties that were posted through a day, at most `max` in the order of parties and due dates.
    async fn unsettled_items(
        &mut self,
        control: ControlKind,
        parties: &BTreeSet<String>,
        through: NaiveDate,
        max: i64,
    ) -> StorageResult<Vec<FoundItem>>;
    /// The parties that have anything open, at most `max`, in their order after `after`.
    async fn parties_with_items(
        &mut self,
        control: ControlKind,
        after: &str,
        max: i64,
    ) -> StorageResult<Vec<String>>;
    /// Writes what is left open of items, each with what was open before. MUST fail as retryable when an item has
    /// another amount open by now.
    async fn save_open_items(&mut self, items: &[(OpenItem, Amount)]) -> StorageResult<()>;
    async fn insert_allocations(&mut self, allocations: &[StoredAllocation]) -> StorageResult<()>;
    async fn find_allocation(&mut self, id: AllocationId) -> StorageResult<Option<StoredAllocation>>;
    /// Writes until when items grant a discount, and how much.
    async fn save_discounts(&mut self, discounts: &[(OpenItemId, EarlyDiscount)]) -> StorageResult<()>;
    /// The amount that live allocations with notes have taken off an item, in its currency; a magnitude.
    async fn credited_of(&mut self, id: OpenItemId) -> StorageResult<Amount>;
    /// The allocations that belong to these and that nobody has undone.
    async fn companions_of(&mut self, ids: &BTreeSet<AllocationId>) -> StorageResult<Vec<StoredAllocation>>;
    /// The allocations with the items of notes and write-offs that were made for them, as far as nobody has undone them.
    async fn allocations_of_documents(
        &mut self,
        documents: &BTreeSet<Uuid>,
    ) -> StorageResult<Vec<StoredAllocation>>;
    /// The allocations of an entry's items that nobody has undone, without those of reversals and those
    /// that belong to others.
    async fn live_allocations(&mut self, entry: JournalEntryId) -> StorageResult<Vec<StoredAllocation>>;
    /// Whether another allocation has undone this one.
    async fn is_undone(&mut self, id: AllocationId) -> StorageResult<bool>;
}

/// The fields by which `GET /open-items` filters and sorts.
pub static OPEN_ITEM_LIST: ListSpec = ListSpec {
    resource: "open_item",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("control", FieldKind::Word(&["receivable", "payable"])),
        FieldSpec::new("accountId", FieldKind::Id),
        FieldSpec::new("party", FieldKind::Text),
        FieldSpec::new("entryId", FieldKind::Id),
        FieldSpec::new("number", FieldKind::Text),
        FieldSpec::new("documentId", FieldKind::Id).nullable(),
        FieldSpec::new("documentNumber", FieldKind::Text).nullable(),
        FieldSpec::new("currency", FieldKind::Text),
        FieldSpec::new("postingDate", FieldKind::Date),
        FieldSpec::new("dueDate", FieldKind::Date).sortable(),
        FieldSpec::new("settledOn", FieldKind::Date).nullable(),
        FieldSpec::new("branch", FieldKind::Text).nullable(),
    ],
    default_sort: &[("id", Direction::Descending)],
    expand: &[],
};

/// The fields by which `GET /allocations` filters and sorts.
pub static ALLOCATION_LIST: ListSpec = ListSpec {
    resource: "allocation",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("batchId", FieldKind::Id),
        FieldSpec::new("kind", FieldKind::Word(AllocationKind::WORDS)),
        FieldSpec::new("date", FieldKind::Date),
        FieldSpec::new("debitItemId", FieldKind::Id),
        FieldSpec::new("creditItemId", FieldKind::Id),
        FieldSpec::new("entryId", FieldKind::Id).nullable(),
        FieldSpec::new("recordedAt", FieldKind::Timestamp),
    ],
    default_sort: &[("id", Direction::Descending)],
    expand: &[],
};

/// The items that an ageing report looks at.
#[derive(Debug, Clone)]
pub struct AgeingQuery {
    pub control: ControlKind,
    pub as_of: NaiveDate,
    pub known_at: Option<Timestamp>,
    pub party: Option<String>,
    pub currency: Option<CurrencyCode>,
    /// Only items of the branch with this code.
    pub branch: Option<String>,
    /// Dates are those of posting instead of those on which items fall due.
    pub by_posting: bool,
    /// Most sums that are read.
    pub max: i64,
}

/// The open amount of a party's items with one date and side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgedSum {
    pub party: String,
    /// The name of the party; empty where the code is only a text of lines.
    pub name: NameView,
    pub currency: CurrencyCode,
    /// The due date, or the posting date.
    pub date: NaiveDate,
    pub is_debit: bool,
    /// Debits if positive.
    pub amount: Amount,
    pub company_amount: Amount,
}

/// The lines of a party's statement.
#[derive(Debug, Clone)]
pub struct StatementQuery {
    /// The code of the party.
    pub party: String,
    /// `None` is receivables and payables.
    pub control: Option<ControlKind>,
    pub from: Option<NaiveDate>,
    pub to: NaiveDate,
    pub known_at: Option<Timestamp>,
    /// Only lines in this currency, with their amounts in it; `None` is all, in the company currency.
    pub currency: Option<CurrencyCode>,
    /// Only lines of the branch with this code.
    pub branch: Option<String>,
    /// Most lines that are read.
    pub max: i64,
}

/// A line of a receivable or payable account.
#[derive(Debug, Clone)]
pub struct StatementLine {
    pub posting_date: NaiveDate,
    pub due_date: Option<NaiveDate>,
    pub entry: JournalEntryId,
    pub line_no: u32,
    pub number: String,
    pub source_kind: Option<String>,
    pub source_id: Option<Uuid>,
    pub reference: Option<String>,
    pub description: Option<String>,
    pub debit: Amount,
    pub credit: Amount,
}

#[async_trait]
pub trait SettlementQueries: Send + Sync {
    async fn open_item(&self, tenant: TenantId, id: OpenItemId) -> AppResult<Option<OpenItemView>>;
    async fn open_item_page(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<OpenItemView>>;
    async fn allocation(&self, tenant: TenantId, id: AllocationId) -> AppResult<Option<AllocationView>>;
    async fn allocation_page(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<AllocationView>>;
    /// The sums in the order of parties.
    async fn aged_sums(&self, tenant: TenantId, query: &AgeingQuery) -> AppResult<Vec<AgedSum>>;
    /// The name of a party; empty where its code is only a text of lines, `None` where nothing has the code.
    async fn party_name(&self, tenant: TenantId, code: &str) -> AppResult<Option<NameView>>;
    /// The code of the party that the one with this code was merged into, or else the code.
    async fn surviving_code(&self, tenant: TenantId, code: &str) -> AppResult<String>;
    /// Whether a branch, or a value of the dimension `branch`, has the code.
    async fn knows_branch(&self, tenant: TenantId, code: &str) -> AppResult<bool>;
    /// The balance of a party before the first day; a debit if positive.
    async fn statement_opening(&self, tenant: TenantId, query: &StatementQuery) -> AppResult<Amount>;
    /// The lines in the order of their dates.
    async fn statement_lines(
        &self,
        tenant: TenantId,
        query: &StatementQuery,
    ) -> AppResult<Vec<StatementLine>>;
}
