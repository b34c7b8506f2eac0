//! Tax entries in storage, and as the API shows them.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::ids::TenantId;
use domain::money::Percentage;
use domain::tax::tax_entry::{TaxEntry, TaxSide};
use domain::tax::vat_return::VatReturnId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::report_ports::{UnpaidBill, UnpaidBillsQuery, VatDetailQuery};
use crate::accounting::views::NameView;
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

pub const READ: &str = "tax.tax_entry.read";

/// The base and the tax of one document at one tax code. Entries are never changed: a note has entries of its own, whose
/// amounts are negative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaxEntryView {
    pub id: Uuid,
    /// The kind of the document.
    pub source_type: &'static str,
    pub source_id: Uuid,
    /// The number of the document.
    pub document_number: String,
    /// The journal entry of the document.
    pub entry_id: Uuid,
    /// The code of the party.
    pub party: Option<String>,
    pub tax_code: String,
    /// `S`, `Z`, `E` or `O`.
    pub category: &'static str,
    /// In per cent.
    pub rate: String,
    /// The VAT account on which the tax was posted; null where no tax was, or where it became part of the cost.
    pub account_id: Option<Uuid>,
    /// `output` if the tax is owed, `input` if it is recovered.
    pub side: &'static str,
    /// The box of the VAT return; null where the entry is part of no box.
    #[serde(rename = "box")]
    pub return_box: Option<String>,
    pub currency: String,
    /// In the currency of the document.
    pub currency_base: String,
    pub currency_tax: String,
    /// In the company currency, like the tax.
    pub base: String,
    pub tax: String,
    pub tax_date: NaiveDate,
    /// The day on which the VAT was due, where the tax date is later: a return that begins after it has the entry as late.
    pub due_date: Option<NaiveDate>,
    pub posting_date: NaiveDate,
    /// The document that a note corrects.
    pub corrects_id: Option<Uuid>,
    /// The filed return that has the entry; null while it is in none.
    pub return_id: Option<Uuid>,
    /// The column of the return: `amount`, or `adjustment` if the entry corrects a document of an earlier return. Null where
    /// the entry is in no return.
    pub column: Option<&'static str>,
    /// Whether the VAT was due before the period of the return. Null where the entry is in no return.
    pub late: Option<bool>,
}

/// Where an entry stands in a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    pub in_return: Option<VatReturnId>,
    pub adjustment: bool,
    pub late: bool,
}

/// `scales` are those of the document's currency and of the company's.
pub fn tax_entry_view(
    entry: &TaxEntry,
    placed: Option<Placed>,
    (scale, company_scale): (u8, u8),
) -> TaxEntryView {
    TaxEntryView {
        id: entry.id.uuid(),
        source_type: entry.source_kind.as_str(),
        source_id: entry.source_id,
        document_number: entry.document_number.clone(),
        entry_id: entry.entry.uuid(),
        party: entry.party.clone(),
        tax_code: entry.tax_code.clone(),
        category: entry.category.as_str(),
        rate: Percentage::to_string(&entry.rate),
        account_id: entry.account.map(|id| id.uuid()),
        side: entry.side.as_str(),
        return_box: entry.return_box.as_ref().map(ToString::to_string),
        currency: entry.currency.to_string(),
        currency_base: entry.currency_base.display(scale),
        currency_tax: entry.currency_tax.display(scale),
        base: entry.base.display(company_scale),
        tax: entry.tax.display(company_scale),
        tax_date: entry.tax_date,
        due_date: entry.due_date,
        posting_date: entry.posting_date,
        corrects_id: entry.corrects,
        return_id: placed.and_then(|placed| placed.in_return).map(|id| id.uuid()),
        column: placed.map(|placed| if placed.adjustment { "adjustment" } else { "amount" }),
        late: placed.map(|placed| placed.late),
    }
}

/// The fields by which `GET /tax-entries` and the entries of a box filter and sort.
pub static TAX_ENTRY_LIST: ListSpec = ListSpec {
    resource: "tax_entry",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("sourceType", FieldKind::Text),
        FieldSpec::new("sourceId", FieldKind::Id),
        FieldSpec::new("documentNumber", FieldKind::Text),
        FieldSpec::new("entryId", FieldKind::Id),
        FieldSpec::new("party", FieldKind::Text).nullable(),
        FieldSpec::new("taxCode", FieldKind::Text),
        FieldSpec::new("category", FieldKind::Word(&["S", "Z", "E", "O"])),
        FieldSpec::new("side", FieldKind::Word(TaxSide::WORDS)),
        FieldSpec::new("box", FieldKind::Text).nullable(),
        FieldSpec::new("taxDate", FieldKind::Date).sortable(),
        FieldSpec::new("dueDate", FieldKind::Date).nullable(),
        FieldSpec::new("postingDate", FieldKind::Date),
        FieldSpec::new("correctsId", FieldKind::Id).nullable(),
        FieldSpec::new("returnId", FieldKind::Id).nullable(),
    ],
    default_sort: &[("id", Direction::Descending)],
    expand: &[],
};

#[async_trait]
pub trait TaxEntryRepository: Send {
    /// Adds entries; they are never changed afterwards.
    async fn insert_tax_entries(&mut self, entries: &[TaxEntry]) -> StorageResult<()>;
    /// Whether a filed return has a tax entry of this document.
    async fn is_filed(&mut self, source_id: Uuid) -> StorageResult<bool>;
    /// The entries of a document.
    async fn entries_of(&mut self, source_id: Uuid) -> StorageResult<Vec<TaxEntry>>;
}

#[async_trait]
pub trait TaxEntryQueries: Send + Sync {
    /// Bills of suppliers of which something is open, each with the decimals of its currency, in the order of their tax dates.
    async fn unpaid_bills(
        &self,
        tenant: TenantId,
        query: &UnpaidBillsQuery,
    ) -> AppResult<Vec<(UnpaidBill, u8)>>;
    /// Entries with the names of their parties and the branches of their documents, in the order of their tax dates.
    async fn vat_detail(
        &self,
        tenant: TenantId,
        query: &VatDetailQuery,
    ) -> AppResult<Vec<(TaxEntry, NameView, Option<String>)>>;
    async fn tax_entries(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<TaxEntryView>>;
    /// The entries of some boxes of a return: those that a filed one has, or those that a draft would take. `None` if there is
    /// no such return.
    async fn entries_of_return(
        &self,
        tenant: TenantId,
        id: VatReturnId,
        boxes: &[&'static str],
        query: &ListQuery,
    ) -> AppResult<Option<Page<TaxEntryView>>>;
}
