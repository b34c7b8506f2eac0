//! Rows of open items and allocations, read in one place.

use application::documents::ports::DocumentId;
use application::ports::storage_error::StorageResult;
use application::settlement::ports::{FoundItem, ItemDocument, StoredAllocation};
use chrono::NaiveDate;
use domain::money::Amount;
use domain::settlement::allocation::{Allocation, AllocationKind};
use domain::settlement::early_discount::EarlyDiscount;
use domain::settlement::open_item::OpenItem;

use crate::sql::value::Columns;

/// The columns in which [`read_item`] reads an item. What was posted with a merged party is its survivor's.
macro_rules! item_columns {
    () => {
        concat!(
            "i.id, i.account_id, ",
            $crate::persistence::parties::aliases::survivor!("i", "party"),
            " AS party, i.entry_id, i.line_no, i.posting_date, i.due_date, i.currency, i.amount, \
         i.company_amount, i.open_amount, i.open_company_amount, i.settled_on, i.discount_date, \
         i.discount_amount, i.discount_partial"
        )
    };
}
pub(super) use item_columns;

/// After them, what [`read_found`] reads, with the tables it stands in.
macro_rules! found_columns {
    () => {
        ", e.number, d.id AS document_id, d.document_type, d.number AS document_number, l.reference AS line_reference, e.reference AS entry_reference, l.description AS line_description, \
         e.description AS entry_description FROM open_item i \
         INNER JOIN journal_entry e ON e.tenant_id = i.tenant_id AND e.id = i.entry_id \
         INNER JOIN ledger_line l ON l.tenant_id = i.tenant_id AND l.entry_id = i.entry_id AND l.line_no = i.line_no \
         LEFT JOIN document d ON d.tenant_id = e.tenant_id AND d.id = e.source_id"
    };
}
pub(super) use found_columns;

/// The columns in which [`read_allocation`] reads an allocation.
macro_rules! allocation_columns {
    () => {
        "a.id, a.batch_id, a.kind, a.allocation_date, a.debit_item_id, a.credit_item_id, a.amount, a.credit_amount, \
         a.debit_company_amount, a.credit_company_amount, a.entry_id, a.undoes_id, a.belongs_to_id, \
         a.document_id, a.reason, a.created_by, a.recorded_at"
    };
}
pub(super) use allocation_columns;

pub(super) fn read_item(columns: &mut Columns) -> StorageResult<OpenItem> {
    Ok(OpenItem {
        id: columns.get("id")?,
        account: columns.get("account_id")?,
        party: columns.get("party")?,
        entry: columns.get("entry_id")?,
        line_no: columns.get("line_no")?,
        posting_date: columns.get("posting_date")?,
        due_date: columns.get("due_date")?,
        currency: columns.get("currency")?,
        amount: columns.get("amount")?,
        company_amount: columns.get("company_amount")?,
        open_amount: columns.get("open_amount")?,
        open_company_amount: columns.get("open_company_amount")?,
        settled_on: columns.get("settled_on")?,
        discount: read_discount(columns)?,
    })
}

fn read_discount(columns: &mut Columns) -> StorageResult<Option<EarlyDiscount>> {
    let until: Option<NaiveDate> = columns.get("discount_date")?;
    let amount: Option<Amount> = columns.get("discount_amount")?;
    let partial: bool = columns.get("discount_partial")?;
    Ok(until.zip(amount).map(|(until, amount)| EarlyDiscount { until, amount, partial }))
}

pub(super) fn read_found(columns: &mut Columns) -> StorageResult<FoundItem> {
    let item = read_item(columns)?;
    let number = columns.get::<Option<String>>("number")?.unwrap_or_default();
    let document: (Option<DocumentId>, Option<String>, Option<String>) =
        (columns.get("document_id")?, columns.get("document_type")?, columns.get("document_number")?);
    let document = match document {
        (Some(id), Some(document_type), Some(number)) => Some(ItemDocument { id, document_type, number }),
        _ => None,
    };
    let references: [Option<String>; 2] = [columns.get("line_reference")?, columns.get("entry_reference")?];
    let descriptions: [Option<String>; 2] =
        [columns.get("line_description")?, columns.get("entry_description")?];
    Ok(FoundItem {
        item,
        number,
        document,
        references: references.into_iter().flatten().collect(),
        descriptions: descriptions.into_iter().flatten().collect(),
    })
}

pub(super) fn read_allocation(columns: &mut Columns) -> StorageResult<StoredAllocation> {
    let (id, batch) = (columns.get("id")?, columns.get("batch_id")?);
    let kind = columns.parse("kind", |text| AllocationKind::parse(text).ok())?;
    Ok(StoredAllocation {
        id,
        batch,
        kind,
        date: columns.get("allocation_date")?,
        allocation: Allocation {
            debit: columns.get("debit_item_id")?,
            credit: columns.get("credit_item_id")?,
            amount: columns.get("amount")?,
            credit_amount: columns.get("credit_amount")?,
            debit_company_amount: columns.get("debit_company_amount")?,
            credit_company_amount: columns.get("credit_company_amount")?,
        },
        entry: columns.get("entry_id")?,
        undoes: columns.get("undoes_id")?,
        belongs_to: columns.get("belongs_to_id")?,
        document: columns.get("document_id")?,
        reason: columns.get("reason")?,
        created_by: columns.get("created_by")?,
        recorded_at: columns.get("recorded_at")?,
    })
}
