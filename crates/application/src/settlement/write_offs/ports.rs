//! Write-offs in storage.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::account::ControlKind;
use domain::ids::{AccountId, JournalEntryId, TenantId, UserId};
use domain::money::{Amount, CurrencyCode};
use domain::settlement::write_off::{WriteOffId, WriteOffKind};
use domain::time::Timestamp;

use super::views::{VatReliefView, WriteOffItemView, WriteOffView};
use crate::documents::views::CreatedDocumentView;
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

/// A write-off as it is kept.
#[derive(Debug, Clone)]
pub struct StoredWriteOff {
    pub id: WriteOffId,
    pub kind: WriteOffKind,
    pub reversed: bool,
    /// The legal number of its entry.
    pub number: String,
    pub control: ControlKind,
    /// The code of the party.
    pub party: String,
    /// The account that took what was written off.
    pub account: AccountId,
    pub date: NaiveDate,
    pub currency: CurrencyCode,
    /// A magnitude, like the one in the company currency.
    pub amount: Amount,
    pub company_amount: Amount,
    pub entry: JournalEntryId,
    pub reversal_entry: Option<JournalEntryId>,
    pub reason: String,
    pub vat_relief: Option<VatReliefView>,
    pub items: Vec<WriteOffItemView>,
    pub created_by: Option<UserId>,
    pub created_at: Timestamp,
    pub version: i64,
}

impl StoredWriteOff {
    pub fn view(&self, scale: u8, company_scale: u8) -> WriteOffView {
        WriteOffView {
            id: self.id.uuid(),
            kind: self.kind.as_str(),
            status: if self.reversed { "reversed" } else { "posted" },
            number: self.number.clone(),
            control: self.control.as_str(),
            party: self.party.clone(),
            account_id: self.account.uuid(),
            date: self.date,
            currency: self.currency.to_string(),
            amount: self.amount.display(scale),
            company_amount: self.company_amount.display(company_scale),
            entry_id: self.entry.uuid(),
            reversal_entry_id: self.reversal_entry.map(|id| id.uuid()),
            reason: self.reason.clone(),
            vat_relief: self.vat_relief.clone(),
            items: self.items.clone(),
            created_by: self.created_by.map(|id| id.uuid()),
            created_at: self.created_at.to_string(),
            version: self.version,
        }
    }

    /// As answers to what made it name it.
    pub fn created(&self) -> CreatedDocumentView {
        CreatedDocumentView {
            document_type: super::ENTITY.to_owned(),
            id: self.id.uuid(),
            number: Some(self.number.clone()),
        }
    }
}

#[async_trait]
pub trait WriteOffRepository: Send {
    async fn find_write_off(&mut self, id: WriteOffId) -> StorageResult<Option<StoredWriteOff>>;
    async fn insert_write_off(&mut self, write_off: &StoredWriteOff) -> StorageResult<()>;
    /// MUST answer `false` when it is at another version than the one before, or reversed.
    async fn save_relief(&mut self, write_off: &StoredWriteOff) -> StorageResult<bool>;
    /// Saves a reversed write-off, with the reversal of its relief. MUST answer `false` in the same cases.
    async fn save_reversed(&mut self, write_off: &StoredWriteOff) -> StorageResult<bool>;
}

/// The fields by which `GET /write-offs` filters and sorts.
pub static WRITE_OFF_LIST: ListSpec = ListSpec {
    resource: "write_off",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("kind", FieldKind::Word(WriteOffKind::WORDS)),
        FieldSpec::new("status", FieldKind::Word(&["posted", "reversed"])),
        FieldSpec::new("party", FieldKind::Text),
        FieldSpec::new("date", FieldKind::Date).sortable(),
        FieldSpec::new("entryId", FieldKind::Id),
    ],
    default_sort: &[("id", Direction::Descending)],
    expand: &[],
};

#[async_trait]
pub trait WriteOffQueries: Send + Sync {
    async fn write_off(&self, tenant: TenantId, id: WriteOffId) -> AppResult<Option<WriteOffView>>;
    async fn write_offs(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<WriteOffView>>;
}
