//! Rows of documents, read in one place.

use application::documents::branch::DocumentBranch;
use application::documents::ports::{
    DocumentId, DocumentStatus, NamedDocument, ReferredDocument, StoredDocument,
};
use application::ports::storage_error::{StorageError, StorageResult};
use domain::company::branch::BranchId;
use domain::documents::document_type::DocumentType;
use domain::documents::note::{DocumentGroup, DocumentLine};
use domain::documents::progress::LineProgress;
use domain::money::{Amount, Percentage};
use domain::tax::category::TaxCategory;
use serde::Serialize;

use crate::sql::value::{Columns, Row, Value};

/// The columns in which [`read_document`] reads a document without its body and lines. What was posted with a merged party is its
/// survivor's; what is shown of it stays as it was.
macro_rules! document_columns {
    () => {
        concat!("d.id, d.document_type, d.kind, d.status, d.state, d.number, d.series_id, ", $crate::persistence::parties::aliases::survivor_id!("d", "party_id"),
        " AS party_id, ", $crate::persistence::parties::aliases::survivor!("d", "party_code"), " AS party_code, d.branch_id, d.branch_code, d.document_date, d.posting_date, d.currency, d.total, d.reference, d.supplier_key, d.corrects_id, d.order_id, d.valid_until, d.entry_id, d.reversal_entry_id, d.content, \
         d.created_by, d.created_at, d.posted_at, d.version")
    };
}
pub(super) use document_columns;

/// The columns in which [`read_progress`] reads what has become of a line of an order.
macro_rules! progress_columns {
    () => {
        "p.line_no, p.item_id, p.ordered, p.cancelled, p.delivered, p.returned, p.invoiced, p.credited, p.amount, p.beyond, p.two_way, p.version"
    };
}
pub(super) use progress_columns;

/// A document with neither body nor lines.
pub(super) fn read_document(columns: &mut Columns) -> StorageResult<StoredDocument> {
    let id = columns.get("id")?;
    let document_type = columns.parse("document_type", |text| DocumentType::parse(text).ok())?;
    let kind = columns.get("kind")?;
    let of_ledger = columns.parse("status", |text| DocumentStatus::parse(text).ok())?;
    let own: Option<String> = columns.get("state")?;
    Ok(StoredDocument {
        id,
        document_type,
        kind,
        status: own.and_then(|text| DocumentStatus::parse(&text).ok()).unwrap_or(of_ledger),
        number: columns.get("number")?,
        series: columns.get("series_id")?,
        party: columns.get("party_id")?,
        party_code: columns.get("party_code")?,
        branch: read_branch(columns)?,
        document_date: columns.get("document_date")?,
        posting_date: columns.get("posting_date")?,
        currency: columns.get("currency")?,
        total: columns.get("total")?,
        reference: columns.get("reference")?,
        supplier_key: columns.get("supplier_key")?,
        corrects: columns.get("corrects_id")?,
        order: columns.get("order_id")?,
        valid_until: columns.get("valid_until")?,
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

fn read_branch(columns: &mut Columns) -> StorageResult<Option<DocumentBranch>> {
    let (id, code): (Option<BranchId>, Option<String>) =
        (columns.get("branch_id")?, columns.get("branch_code")?);
    Ok(id.zip(code).map(|(id, code)| DocumentBranch { id, code }))
}

pub(super) fn read_progress(columns: &mut Columns) -> StorageResult<LineProgress> {
    Ok(LineProgress {
        line_no: columns.get("line_no")?,
        item: columns.get("item_id")?,
        ordered: columns.get("ordered")?,
        cancelled: columns.get("cancelled")?,
        delivered: columns.get("delivered")?,
        returned: columns.get("returned")?,
        invoiced: columns.get("invoiced")?,
        credited: columns.get("credited")?,
        amount: columns.get("amount")?,
        beyond: columns.get("beyond")?,
        two_way: columns.get("two_way")?,
        version: columns.get("version")?,
    })
}

/// The values of a document that may change, in the order of both statements.
pub(super) fn content(document: &StoredDocument) -> StorageResult<Vec<Value>> {
    let (status, posted) = (document.status, DocumentStatus::Posted);
    let of_ledger = if status.is_of_ledger() { status.as_str() } else { posted.as_str() };
    let own = (!status.is_of_ledger()).then(|| status.as_str());
    Ok(vec![
        document.kind.as_deref().into(),
        of_ledger.into(),
        document.number.as_deref().into(),
        document.series.into(),
        document.party.into(),
        document.party_code.as_str().into(),
        document.document_date.into(),
        document.posting_date.into(),
        document.currency.into(),
        document.total.into(),
        document.reference.as_deref().into(),
        document.supplier_key.as_deref().into(),
        document.corrects.into(),
        document.entry.into(),
        document.reversal_entry.into(),
        document.body.as_str().into(),
        json(&document.view)?.as_str().into(),
        json(&document.lines)?.as_str().into(),
        own.into(),
        document.order.into(),
        document.valid_until.into(),
        document.branch.as_ref().map(|branch| branch.id).into(),
        document.branch.as_ref().map(|branch| branch.code.as_str()).into(),
    ])
}

fn json<T: Serialize>(content: &T) -> StorageResult<String> {
    serde_json::to_string(content)
        .map_err(|error| StorageError::Internal(format!("content of a document: {error}")))
}

/// A document with its body and its lines.
pub(super) fn read_whole(row: Row) -> StorageResult<StoredDocument> {
    let mut columns = row.columns("document");
    let document = read_document(&mut columns)?;
    let body = columns.get("body")?;
    let lines = columns.parse("content_lines", |text| serde_json::from_str(text).ok())?;
    Ok(StoredDocument { body, lines, ..document })
}

pub(super) fn read_named(columns: &mut Columns) -> StorageResult<NamedDocument> {
    Ok(NamedDocument {
        id: columns.get("id")?,
        number: columns.get("number")?,
        reference: columns.get("reference")?,
        party_code: columns.get("party_code")?,
    })
}

pub(super) fn read_referred(columns: &mut Columns) -> StorageResult<ReferredDocument> {
    Ok(ReferredDocument {
        id: columns.get("id")?,
        number: columns.get("number")?,
        reference: columns.get("reference")?,
        party_code: columns.get("party_code")?,
    })
}

pub(super) fn read_group(columns: &mut Columns) -> StorageResult<(DocumentId, DocumentGroup)> {
    let document = columns.get("document_id")?;
    let number = columns.get("group_no")?;
    let category = columns.parse("category", |text| TaxCategory::parse(text).ok())?;
    let rate: Amount = columns.get("rate")?;
    let rate = Percentage::from_scaled(rate.scaled());
    let group = DocumentGroup {
        number,
        category,
        rate: rate.ok_or_else(|| StorageError::Internal("a rate of tax cannot be read".to_owned()))?,
        taxable: columns.get("taxable")?,
        vat: columns.get("vat")?,
        used_taxable: columns.get("used_taxable")?,
        used_vat: columns.get("used_vat")?,
    };
    Ok((document, group))
}

pub(super) fn read_line(columns: &mut Columns) -> StorageResult<(DocumentId, DocumentLine)> {
    let document = columns.get("document_id")?;
    let line = DocumentLine {
        line_no: columns.get("line_no")?,
        item: columns.get("item_id")?,
        quantity: columns.get("quantity")?,
        credited_quantity: columns.get("credited_quantity")?,
    };
    Ok((document, line))
}
