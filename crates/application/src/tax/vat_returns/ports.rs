//! VAT returns in storage, and the tax entries that they are made of.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::ids::{AccountId, JournalEntryId, TenantId, UserId};
use domain::money::Amount;
use domain::tax::tax_entry::TaxEntry;
use domain::tax::vat_period::VatPeriod;
use domain::tax::vat_return::{BoxSum, VatReturnId, VatReturnStatus};
use domain::time::Timestamp;

use super::views::{ReturnDocument, VatReturnView};
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

/// A return as it is kept.
#[derive(Debug, Clone)]
pub struct StoredReturn {
    pub id: VatReturnId,
    pub period: VatPeriod,
    /// The filed return that this one amends.
    pub amends: Option<VatReturnId>,
    /// Why it is amended.
    pub reason: Option<String>,
    pub status: VatReturnStatus,
    /// The number that the authority gave it.
    pub reference: Option<String>,
    /// The credit with which the company began, of the first return only.
    pub opening_credit: Amount,
    /// Whether everything before the period was declared elsewhere; of the first return only.
    pub earlier_declared: bool,
    /// The first day that is declared here, if the first return says so.
    pub declared_from: Option<NaiveDate>,
    pub due: Amount,
    pub credit: Amount,
    pub net: Amount,
    pub late_vat: Amount,
    pub entry_count: u64,
    /// The entry that settled the VAT accounts.
    pub entry: Option<JournalEntryId>,
    pub prepared_at: Timestamp,
    pub filed_at: Option<Timestamp>,
    pub filed_by: Option<UserId>,
    pub created_by: Option<UserId>,
    pub created_at: Timestamp,
    pub version: i64,
}

impl StoredReturn {
    /// The entries that the return takes.
    pub fn scope(&self) -> EntryScope {
        let since = self.amends.map(|_| self.period.from()).or(self.declared_from);
        EntryScope { period: self.period, since, amends: self.amends.is_some() }
    }
}

/// A return among others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReturnHead {
    pub id: VatReturnId,
    pub period: VatPeriod,
    pub status: VatReturnStatus,
}

/// Entries that are in no filed return yet: those with a box that a return has, and a tax date from `since` to the end of the
/// period. Without `since` all that came before are taken, too, so that late ones are declared by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryScope {
    pub period: VatPeriod,
    pub since: Option<NaiveDate>,
    /// Whether the return amends one, and so takes what was due in its period and has a later tax date.
    pub amends: bool,
}

#[async_trait]
pub trait VatReturnRepository: Send {
    async fn find_return(&mut self, id: VatReturnId)
    -> StorageResult<Option<(StoredReturn, ReturnDocument)>>;
    /// A return that is no amendment and has days of the period: a filed one before a draft.
    async fn overlapping_return(&mut self, period: VatPeriod) -> StorageResult<Option<ReturnHead>>;
    /// The draft that amends a return.
    async fn draft_amendment(&mut self, amends: VatReturnId) -> StorageResult<Option<ReturnHead>>;
    /// The last filed return that is no amendment.
    async fn last_filed_return(&mut self) -> StorageResult<Option<VatPeriod>>;
    /// The first draft that is no amendment and begins before a day.
    async fn draft_before(&mut self, date: NaiveDate) -> StorageResult<Option<VatPeriod>>;
    /// The first day of the first return, if everything before it was declared elsewhere.
    async fn declared_from(&mut self) -> StorageResult<Option<NaiveDate>>;
    /// The credit that the filed returns leave to carry forward, less the credit already carried forward.
    async fn credit_left(&mut self) -> StorageResult<Amount>;
    async fn insert_return(&mut self, stored: &StoredReturn, document: &ReturnDocument) -> StorageResult<()>;
    /// Writes a return over its version before. MUST answer `false` when it is at another version or filed.
    async fn save_return(&mut self, stored: &StoredReturn, document: &ReturnDocument) -> StorageResult<bool>;
    /// MUST answer `false` when it is at another version or filed.
    async fn delete_return(&mut self, id: VatReturnId, version: i64) -> StorageResult<bool>;
    /// The entries by box, side and column.
    async fn box_sums(&mut self, scope: EntryScope) -> StorageResult<Vec<BoxSum>>;
    /// The tax that the entries have posted on each VAT account: output tax is positive, input tax negative.
    async fn owed_by_account(&mut self, scope: EntryScope)
    -> StorageResult<Vec<(Option<AccountId>, Amount)>>;
    /// The late entries, at most `max`, in the order of their tax dates.
    async fn late_entries(&mut self, scope: EntryScope, max: i64) -> StorageResult<Vec<TaxEntry>>;
    /// How many entries up to the end of the period name a box that the return does not have.
    async fn unplaced_entries(&mut self, scope: EntryScope) -> StorageResult<u64>;
    /// Gives the entries to a return, and answers how many they are. An entry is in one return at most.
    async fn take_entries(&mut self, id: VatReturnId, scope: EntryScope) -> StorageResult<u64>;
}

/// The fields by which `GET /vat-returns` filters and sorts.
pub static VAT_RETURN_LIST: ListSpec = ListSpec {
    resource: "vat_return",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("from", FieldKind::Date).sortable(),
        FieldSpec::new("to", FieldKind::Date),
        FieldSpec::new("status", FieldKind::Word(VatReturnStatus::WORDS)),
        FieldSpec::new("amendsId", FieldKind::Id).nullable(),
        FieldSpec::new("reference", FieldKind::Text).nullable(),
    ],
    default_sort: &[("from", Direction::Descending)],
    expand: &[],
};

#[async_trait]
pub trait VatReturnQueries: Send + Sync {
    async fn vat_return(&self, tenant: TenantId, id: VatReturnId) -> AppResult<Option<VatReturnView>>;
    /// VAT returns without boxes and late entries.
    async fn vat_returns(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<VatReturnView>>;
}
