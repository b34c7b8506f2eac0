//! Rows of documents, read in one place.

use application::documents::ports::{DocumentStatus, StoredDocument};
use application::ports::storage_error::StorageResult;
use domain::documents::document_type::DocumentType;

use crate::sql::value::Columns;

/// The columns in which [`read_document`] reads a document without its body and lines.
macro_rules! document_columns {
    () => {
        "d.id, d.document_type, d.kind, d.status, d.number, d.series_id, d.party_id, d.party_code, d.document_date, d.posting_date, \
         d.currency, d.total, d.reference, d.supplier_key, d.corrects_id, d.entry_id, d.reversal_entry_id, d.content, \
         d.created_by, d.created_at, d.posted_at, d.version"
    };
}
pub(super) use document_columns;

/// A document with neither body nor lines.
pub(super) fn read_document(columns: &mut Columns) -> StorageResult<StoredDocument> {
    Ok(StoredDocument {
        id: columns.get("id")?,
        document_type: columns.parse("document_type", |text| DocumentType::parse(text).ok())?,
        kind: columns.get("kind")?,
        status: columns.parse("status", |text| DocumentStatus::parse(text).ok())?,
        number: columns.get("number")?,
        series: columns.get("series_id")?,
        party: columns.get("party_id")?,
        party_code: columns.get("party_code")?,
        document_date: columns.get("document_date")?,
        posting_date: columns.get("posting_date")?,
        currency: columns.get("currency")?,
        total: columns.get("total")?,
        reference: columns.get("reference")?,
        supplier_key: columns.get("supplier_key")?,
        corrects: columns.get("corrects_id")?,
        entry: columns.get("entry_id")?,
        reversal_entry: columns.get("reversal_entry_id")?,
        body: String::new(),
        view: columns.parse("content", |text| serde_json::from_str(text).ok())?,
        lines: Vec::new(),
        created_by: columns.get("created_by")?,
        created_at: columns.get("created_at")?,
        posted_at: columns.get("posted_at")?,
        version: columns.get("version")?,
    })
}
