//! Documents in storage.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::number_series::NumberSeries;
use domain::company::branch::BranchId;
use domain::documents::document_type::DocumentType;
use domain::documents::note::{DocumentGroup, DocumentLine};
use domain::documents::progress::LineProgress;
use domain::ids::{Id, JournalEntryId, NumberSeriesId, TenantId, UserId};
use domain::money::{Amount, CurrencyCode, Quantity};
use domain::parties::party::PartyId;
use domain::time::Timestamp;

use super::views::{DocumentLineView, DocumentView};
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

/// Marks the ids of documents.
#[derive(Debug)]
pub enum Document {}
pub type DocumentId = Id<Document>;

pub use domain::documents::status::DocumentStatus;

domain::choices! {
    /// The effect of a document line on a line of another document (R73).
    pub enum LinkKind {
        /// An invoice bills what is ordered.
        Bills = "bills",
        /// A receipt fulfils what is ordered.
        Fulfils = "fulfils",
        /// A note corrects what was invoiced.
        Corrects = "corrects",
    }
}

/// The branch that a document names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentBranch {
    pub id: BranchId,
    pub code: String,
}

/// A line of a document and what it does to a line of another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentLink {
    pub from_line: u32,
    pub to: DocumentId,
    pub to_line: u32,
    pub kind: LinkKind,
    /// In base units.
    pub quantity: Quantity,
}

/// A document as it is kept.
#[derive(Debug, Clone)]
pub struct StoredDocument {
    pub id: DocumentId,
    pub document_type: DocumentType,
    /// The kind of the invoice or of the note, where there is one.
    pub kind: Option<String>,
    pub status: DocumentStatus,
    /// The legal number; drafts have none.
    pub number: Option<String>,
    /// The series that gave it.
    pub series: Option<NumberSeriesId>,
    pub party: PartyId,
    /// Its code.
    pub party_code: String,
    pub branch: Option<DocumentBranch>,
    pub document_date: NaiveDate,
    pub posting_date: NaiveDate,
    pub currency: CurrencyCode,
    pub total: Amount,
    pub reference: Option<String>,
    /// The supplier's number as it is compared.
    pub supplier_key: Option<String>,
    pub corrects: Option<DocumentId>,
    /// The order that it bills, where it bills one; of a quotation the document that it became.
    pub order: Option<DocumentId>,
    /// The last day of a quotation.
    pub valid_until: Option<NaiveDate>,
    pub entry: Option<JournalEntryId>,
    pub reversal_entry: Option<JournalEntryId>,
    /// The body that made it.
    pub body: String,
    /// The view of the document, without lines.
    pub view: DocumentView,
    pub lines: Vec<DocumentLineView>,
    pub created_by: Option<UserId>,
    pub created_at: Timestamp,
    pub posted_at: Option<Timestamp>,
    pub version: i64,
}

impl StoredDocument {
    /// The exposure of a line towards the credit limit, in the company currency: the value of a customer's confirmed order
    /// that is still to be invoiced.
    pub fn exposure_of(&self, line: &LineProgress, scale: u8) -> Amount {
        let open = self.document_type == DocumentType::SalesOrder && self.status == DocumentStatus::Confirmed;
        if open { line.open_amount(scale) } else { Amount::ZERO }
    }
}

/// Amounts that a document takes of a group of another one.
#[derive(Debug, Clone, Copy)]
pub struct GroupUse {
    pub document: DocumentId,
    pub number: u32,
    pub taxable: Amount,
    pub vat: Amount,
}

/// A posted document with its entry.
#[derive(Debug, Clone)]
pub struct PostedDocument {
    pub id: DocumentId,
    pub document_type: DocumentType,
    pub number: String,
    pub entry: JournalEntryId,
}

/// A posted document as others name it.
#[derive(Debug, Clone)]
pub struct NamedDocument {
    pub id: DocumentId,
    pub number: String,
    pub reference: Option<String>,
    pub party_code: String,
}

/// A document by the reference that it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferredDocument {
    pub id: DocumentId,
    /// `None` while it is a draft.
    pub number: Option<String>,
    pub reference: String,
    pub party_code: String,
}

#[async_trait]
pub trait DocumentRepository: Send {
    async fn find_document(&mut self, id: DocumentId) -> StorageResult<Option<StoredDocument>>;
    /// The document that an entry was made for; `None` when it was made for something else.
    async fn document_of_entry(&mut self, entry: JournalEntryId) -> StorageResult<Option<DocumentId>>;
    /// Documents by their ids; unknown ones are absent.
    async fn find_documents(&mut self, ids: &BTreeSet<DocumentId>) -> StorageResult<Vec<StoredDocument>>;
    /// The posted invoices and bills that these entries were made for, as far as nothing of them is open any more.
    async fn paid_documents(
        &mut self,
        entries: &BTreeSet<JournalEntryId>,
    ) -> StorageResult<Vec<StoredDocument>>;
    /// The entries and the numbers of posted documents, whatever their types; others are absent.
    async fn entries_of(&mut self, documents: &BTreeSet<DocumentId>) -> StorageResult<Vec<PostedDocument>>;
    async fn insert_document(&mut self, document: &StoredDocument) -> StorageResult<()>;
    /// Replaces what is stored at the version before the document's. MUST answer `false` when it is at another.
    async fn update_document(&mut self, document: &StoredDocument) -> StorageResult<bool>;
    /// MUST answer `false` when there is no draft with this id and version.
    async fn delete_draft_document(&mut self, id: DocumentId, version: i64) -> StorageResult<bool>;
    /// The document that has a supplier's number already.
    async fn by_supplier_key(
        &mut self,
        document_type: DocumentType,
        party: PartyId,
        key: &str,
    ) -> StorageResult<Option<DocumentId>>;
    /// The posted documents of these types whose number or reference is among `names`, each once.
    async fn posted_named(
        &mut self,
        types: &[DocumentType],
        names: &BTreeSet<&str>,
    ) -> StorageResult<Vec<NamedDocument>>;
    /// The drafts and posted documents of a type that have one of these references. MUST keep other transactions from asking for
    /// those of the same tenant until this one ends.
    async fn referred(
        &mut self,
        document_type: DocumentType,
        references: &BTreeSet<&str>,
    ) -> StorageResult<Vec<ReferredDocument>>;
    /// The debt of a customer in the company currency: the open receivables of its code. MUST keep other transactions from
    /// asking for it until this one ends.
    async fn receivable_of(&mut self, party: PartyId, code: &str) -> StorageResult<Amount>;
    /// The documents of a party that are not in the ledger, at most `max`.
    async fn unposted_of(&mut self, party: PartyId, max: i64) -> StorageResult<BTreeSet<DocumentId>>;
    /// The active series that numbers documents of a type in a branch, the first by code; else the first one of no branch.
    async fn document_series(
        &mut self,
        document_type: DocumentType,
        branch: Option<BranchId>,
    ) -> StorageResult<Option<NumberSeries>>;

    /// Adds the groups and lines of a document that is posted.
    async fn insert_progress(
        &mut self,
        document: DocumentId,
        groups: &[DocumentGroup],
        lines: &[DocumentLine],
    ) -> StorageResult<()>;
    /// Adds lines of an order that is confirmed, each with what it adds to what its party may owe.
    async fn insert_line_progress(
        &mut self,
        order: DocumentId,
        party: PartyId,
        lines: &[(LineProgress, Amount)],
    ) -> StorageResult<()>;
    /// The lines of an order in their order; of other documents there are none.
    async fn line_progress(&mut self, order: DocumentId) -> StorageResult<Vec<LineProgress>>;
    /// Writes lines of an order, in the order of their numbers, over the versions that they were read at. MUST fail as retryable
    /// when one has another version by now.
    async fn move_line_progress(
        &mut self,
        order: DocumentId,
        lines: &[(LineProgress, Amount)],
    ) -> StorageResult<()>;
    /// Deletes a line at the version that it was read at. MUST fail as retryable when it has another version by now.
    async fn delete_line_progress(&mut self, order: DocumentId, line: &LineProgress) -> StorageResult<()>;
    /// The value of a customer's confirmed orders that is still to be invoiced, in the company currency.
    async fn open_orders_of(&mut self, party: PartyId) -> StorageResult<Amount>;
    async fn insert_links(&mut self, from: DocumentId, links: &[DocumentLink]) -> StorageResult<()>;
    async fn links_from(&mut self, document: DocumentId) -> StorageResult<Vec<DocumentLink>>;
    /// Quotations that are sent and were valid until a day before this one.
    async fn overdue_quotations(&mut self, today: NaiveDate, max: u32) -> StorageResult<Vec<DocumentId>>;
    /// The groups of documents, in the order of their numbers.
    async fn groups_of(
        &mut self,
        documents: &BTreeSet<DocumentId>,
    ) -> StorageResult<Vec<(DocumentId, DocumentGroup)>>;
    /// The lines of documents, likewise.
    async fn lines_of(
        &mut self,
        documents: &BTreeSet<DocumentId>,
    ) -> StorageResult<Vec<(DocumentId, DocumentLine)>>;
    /// Takes amounts of groups. MUST answer `false` when less than that is left of any, and the work then ends.
    async fn use_groups(&mut self, uses: &[GroupUse]) -> StorageResult<bool>;
    /// Takes quantities back of lines, which are named by their numbers. MUST answer `false` as above.
    async fn credit_lines(
        &mut self,
        document: DocumentId,
        quantities: &[(u32, Quantity)],
    ) -> StorageResult<bool>;
}

/// The fields by which lists of documents filter and sort; those of types that have more follow.
macro_rules! document_fields {
    ($words:expr $(, $more:expr)* $(,)?) => {
        &[
            FieldSpec::new("id", FieldKind::Id).sortable(),
            FieldSpec::new("status", FieldKind::Word($words)),
            FieldSpec::new("kind", FieldKind::Text).nullable(),
            FieldSpec::new("number", FieldKind::Text).sortable().nullable(),
            FieldSpec::new("partyId", FieldKind::Id),
            FieldSpec::new("partyCode", FieldKind::Text),
            FieldSpec::new("branchId", FieldKind::Id).nullable(),
            FieldSpec::new("branchCode", FieldKind::Text).nullable(),
            FieldSpec::new("documentDate", FieldKind::Date).sortable(),
            FieldSpec::new("postingDate", FieldKind::Date),
            FieldSpec::new("currency", FieldKind::Text),
            FieldSpec::new("total", FieldKind::Amount),
            FieldSpec::new("reference", FieldKind::Text).nullable(),
            FieldSpec::new("correctsId", FieldKind::Id).nullable(),
            FieldSpec::new("createdAt", FieldKind::Timestamp),
            $($more,)*
        ]
    };
}

const fn list_of(resource: &'static str, fields: &'static [FieldSpec]) -> ListSpec {
    ListSpec { resource, fields, default_sort: &[("id", Direction::Descending)], expand: &[] }
}

/// Of documents that enter the ledger.
pub static DOCUMENT_LIST: ListSpec = list_of("document", document_fields!(DocumentStatus::OF_LEDGER));
/// Of invoices and bills, which may bill orders.
pub static INVOICE_LIST: ListSpec = list_of(
    "document",
    document_fields!(DocumentStatus::OF_LEDGER, FieldSpec::new("orderId", FieldKind::Id).nullable()),
);
/// Of orders.
pub static ORDER_LIST: ListSpec = list_of("order", document_fields!(DocumentStatus::OF_ORDERS));
/// Of quotations.
pub static QUOTATION_LIST: ListSpec = list_of(
    "quotation",
    document_fields!(
        DocumentStatus::OF_QUOTATIONS,
        FieldSpec::new("validUntil", FieldKind::Date).nullable(),
        FieldSpec::new("convertedToId", FieldKind::Id).nullable(),
    ),
);

/// The list of documents of a type.
pub const fn list_spec(document_type: DocumentType) -> &'static ListSpec {
    match document_type {
        DocumentType::Quotation => &QUOTATION_LIST,
        DocumentType::SalesOrder | DocumentType::PurchaseOrder => &ORDER_LIST,
        DocumentType::SalesInvoice | DocumentType::PurchaseInvoice => &INVOICE_LIST,
        _ => &DOCUMENT_LIST,
    }
}

#[async_trait]
pub trait DocumentQueries: Send + Sync {
    /// With its lines. A document of another type is not there.
    async fn document(
        &self,
        tenant: TenantId,
        document_type: DocumentType,
        id: DocumentId,
    ) -> AppResult<Option<DocumentView>>;
    /// Without lines.
    async fn documents(
        &self,
        tenant: TenantId,
        document_type: DocumentType,
        query: &ListQuery,
    ) -> AppResult<Page<DocumentView>>;
}
