//! Tax withheld from payments in storage.

use async_trait::async_trait;
use domain::ids::{TenantId, UserId};
use domain::money::Amount;
use domain::tax::withholding::{
    WithholdingEntry, WithholdingMonth, WithholdingReturnId, WithholdingReturnStatus, WithholdingSum,
};
use domain::time::Timestamp;
use uuid::Uuid;

use super::views::{WithholdingEntryView, WithholdingLineView, WithholdingReturnView};
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

/// A return as it is kept.
#[derive(Debug, Clone)]
pub struct StoredWithholdingReturn {
    pub id: WithholdingReturnId,
    pub month: WithholdingMonth,
    pub status: WithholdingReturnStatus,
    /// The number that the authority gave it.
    pub reference: Option<String>,
    pub base: Amount,
    pub tax: Amount,
    pub entry_count: u64,
    pub lines: Vec<WithholdingLineView>,
    pub prepared_at: Timestamp,
    pub filed_at: Option<Timestamp>,
    pub filed_by: Option<UserId>,
    pub created_by: Option<UserId>,
    pub created_at: Timestamp,
    pub version: i64,
}

#[async_trait]
pub trait WithholdingRepository: Send {
    /// Adds entries; they are never changed afterwards.
    async fn insert_withholding_entries(&mut self, entries: &[WithholdingEntry]) -> StorageResult<()>;
    /// The entries of a payment.
    async fn withholding_entries_of(&mut self, payment: Uuid) -> StorageResult<Vec<WithholdingEntry>>;
    /// The entries up to the end of a month that are in no filed return, added up by supplier and tax code, in their order.
    async fn sums_through(&mut self, month: WithholdingMonth) -> StorageResult<Vec<WithholdingSum>>;
    /// Gives the same entries to a return, and answers how many they are. An entry is in one return at most.
    async fn take_withholding_entries(
        &mut self,
        id: WithholdingReturnId,
        month: WithholdingMonth,
    ) -> StorageResult<u64>;
    async fn find_withholding_return(
        &mut self,
        id: WithholdingReturnId,
    ) -> StorageResult<Option<StoredWithholdingReturn>>;
    /// The return of a month.
    async fn withholding_return_of(
        &mut self,
        month: WithholdingMonth,
    ) -> StorageResult<Option<WithholdingReturnId>>;
    /// The last month of a filed return.
    async fn last_withholding_month(&mut self) -> StorageResult<Option<WithholdingMonth>>;
    /// The first draft of a month before this one.
    async fn withholding_draft_before(
        &mut self,
        month: WithholdingMonth,
    ) -> StorageResult<Option<WithholdingMonth>>;
    async fn insert_withholding_return(&mut self, stored: &StoredWithholdingReturn) -> StorageResult<()>;
    /// Writes a return over its version before. MUST answer `false` when it is at another version or filed.
    async fn save_withholding_return(&mut self, stored: &StoredWithholdingReturn) -> StorageResult<bool>;
    /// MUST answer `false` when it is at another version or filed.
    async fn delete_withholding_return(
        &mut self,
        id: WithholdingReturnId,
        version: i64,
    ) -> StorageResult<bool>;
}

/// The fields by which `GET /withholding-returns` filters and sorts.
pub static WITHHOLDING_RETURN_LIST: ListSpec = ListSpec {
    resource: "withholding_return",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("from", FieldKind::Date).sortable(),
        FieldSpec::new("status", FieldKind::Word(WithholdingReturnStatus::WORDS)),
        FieldSpec::new("reference", FieldKind::Text).nullable(),
    ],
    default_sort: &[("from", Direction::Descending)],
    expand: &[],
};

/// The fields by which the entries filter and sort.
pub static WITHHOLDING_ENTRY_LIST: ListSpec = ListSpec {
    resource: "withholding_entry",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("paymentId", FieldKind::Id),
        FieldSpec::new("documentNumber", FieldKind::Text),
        FieldSpec::new("entryId", FieldKind::Id),
        FieldSpec::new("party", FieldKind::Text),
        FieldSpec::new("taxCode", FieldKind::Text),
        FieldSpec::new("paymentDate", FieldKind::Date).sortable(),
        FieldSpec::new("returnId", FieldKind::Id).nullable(),
    ],
    default_sort: &[("id", Direction::Descending)],
    expand: &[],
};

#[async_trait]
pub trait WithholdingQueries: Send + Sync {
    async fn withholding_return(
        &self,
        tenant: TenantId,
        id: WithholdingReturnId,
    ) -> AppResult<Option<WithholdingReturnView>>;
    /// Withholding tax returns without their lines.
    async fn withholding_returns(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<WithholdingReturnView>>;
    async fn withholding_entries(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<WithholdingEntryView>>;
    /// The entries that a filed return has, or that a draft would take. `None` if there is no such return.
    async fn entries_of_withholding_return(
        &self,
        tenant: TenantId,
        id: WithholdingReturnId,
        query: &ListQuery,
    ) -> AppResult<Option<Page<WithholdingEntryView>>>;
}
