//! Documents in storage.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::number_series::NumberSeries;
use domain::documents::document_type::DocumentType;
use domain::documents::note::{DocumentGroup, DocumentLine};
use domain::ids::{Id, JournalEntryId, NumberSeriesId, TenantId, UserId};
use domain::money::{Amount, CurrencyCode, Quantity};
use domain::parties::party::PartyId;
use domain::time::Timestamp;

use super::views::{DocumentLineView, DocumentView};
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

/// What ids of documents stand for.
#[derive(Debug)]
pub enum Document {}
pub type DocumentId = Id<Document>;

domain::choices! {
    /// The states of a document.
    pub enum DocumentStatus {
        /// May change, and leaves no trace in the books.
        Draft = "draft",
        Posted = "posted",
        /// Posted, and taken back by the reversal of its entry.
        Reversed = "reversed",
    }
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
    pub document_date: NaiveDate,
    pub posting_date: NaiveDate,
    pub currency: CurrencyCode,
    pub total: Amount,
    pub reference: Option<String>,
    /// The supplier's number as it is compared.
    pub supplier_key: Option<String>,
    pub corrects: Option<DocumentId>,
    pub entry: Option<JournalEntryId>,
    pub reversal_entry: Option<JournalEntryId>,
    /// The body that made it.
    pub body: String,
    /// What it came to, without lines.
    pub view: DocumentView,
    pub lines: Vec<DocumentLineView>,
    pub created_by: Option<UserId>,
    pub created_at: Timestamp,
    pub posted_at: Option<Timestamp>,
    pub version: i64,
}

/// Amounts that a document takes of a group of another one.
#[derive(Debug, Clone, Copy)]
pub struct GroupUse {
    pub document: DocumentId,
    pub number: u32,
    pub taxable: Amount,
    pub vat: Amount,
}

/// A posted document as others name it.
#[derive(Debug, Clone)]
pub struct NamedDocument {
    pub id: DocumentId,
    pub number: String,
    pub reference: Option<String>,
    pub party_code: String,
}

#[async_trait]
pub trait DocumentRepository: Send {
    async fn find_document(&mut self, id: DocumentId) -> StorageResult<Option<StoredDocument>>;
    /// The document that an entry was made for; `None` when it was made for something else.
    async fn document_of_entry(&mut self, entry: JournalEntryId) -> StorageResult<Option<DocumentId>>;
    /// Documents by their ids; unknown ones are absent.
    async fn find_documents(&mut self, ids: &BTreeSet<DocumentId>) -> StorageResult<Vec<StoredDocument>>;
    /// The entries of posted documents, whatever their types; others are absent.
    async fn entries_of(
        &mut self,
        documents: &BTreeSet<DocumentId>,
    ) -> StorageResult<Vec<(DocumentId, JournalEntryId)>>;
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
    /// What a customer owes in the company currency: the open receivables of its code. MUST keep other transactions from
    /// asking the same until this one ends.
    async fn receivable_of(&mut self, party: PartyId, code: &str) -> StorageResult<Amount>;
    /// The active series that numbers documents of a type, the first by code.
    async fn document_series(&mut self, document_type: DocumentType) -> StorageResult<Option<NumberSeries>>;

    /// Adds the groups and lines of a document that is posted.
    async fn insert_progress(
        &mut self,
        document: DocumentId,
        groups: &[DocumentGroup],
        lines: &[DocumentLine],
    ) -> StorageResult<()>;
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

/// The fields by which lists of documents filter and sort.
const FIELDS: [FieldSpec; 13] = [
    FieldSpec::new("id", FieldKind::Id).sortable(),
    FieldSpec::new("status", FieldKind::Word(DocumentStatus::WORDS)),
    FieldSpec::new("kind", FieldKind::Text).nullable(),
    FieldSpec::new("number", FieldKind::Text).sortable().nullable(),
    FieldSpec::new("partyId", FieldKind::Id),
    FieldSpec::new("partyCode", FieldKind::Text),
    FieldSpec::new("documentDate", FieldKind::Date).sortable(),
    FieldSpec::new("postingDate", FieldKind::Date),
    FieldSpec::new("currency", FieldKind::Text),
    FieldSpec::new("total", FieldKind::Amount),
    FieldSpec::new("reference", FieldKind::Text).nullable(),
    FieldSpec::new("correctsId", FieldKind::Id).nullable(),
    FieldSpec::new("createdAt", FieldKind::Timestamp),
];

pub static DOCUMENT_LIST: ListSpec = ListSpec {
    resource: "document",
    fields: &FIELDS,
    default_sort: &[("id", Direction::Descending)],
    expand: &[],
};

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
