//! Rows of tax entries, read in one place.

use application::ports::storage_error::StorageResult;
use domain::accounting::journal_entry::EntrySourceKind;
use domain::money::{Amount, Percentage};
use domain::tax::category::TaxCategory;
use domain::tax::tax_entry::{TaxEntry, TaxSide};
use domain::text::Code;

use crate::persistence::table::optional;
use crate::sql::value::Columns;

/// The columns in which [`read_entry`] reads an entry.
macro_rules! entry_columns {
    () => {
        "e.id, e.source_kind, e.source_id, e.document_number, e.entry_id, e.party, e.tax_code, e.category, e.rate, \
         e.account_id, e.side, e.return_box, e.currency, e.currency_base, e.currency_tax, e.base, e.tax, e.tax_date, \
         e.due_date, e.posting_date, e.corrects_id"
    };
}
pub(super) use entry_columns;

pub(super) fn read_entry(columns: &mut Columns) -> StorageResult<TaxEntry> {
    let id = columns.get("id")?;
    let source_kind = columns.parse("source_kind", |text| EntrySourceKind::parse(text).ok())?;
    let (source_id, document_number) = (columns.get("source_id")?, columns.get("document_number")?);
    let (entry, party, tax_code) =
        (columns.get("entry_id")?, columns.get("party")?, columns.get("tax_code")?);
    let category = columns.parse("category", |text| TaxCategory::parse(text).ok())?;
    let rate: Amount = columns.get("rate")?;
    let rate = Percentage::from_scaled(rate.scaled());
    Ok(TaxEntry {
        id,
        source_kind,
        source_id,
        document_number,
        entry,
        party,
        tax_code,
        category,
        rate: rate.ok_or_else(|| columns.corrupt("rate", "not from 0 to 100"))?,
        account: columns.get("account_id")?,
        side: columns.parse("side", |text| TaxSide::parse(text).ok())?,
        return_box: optional(columns, "return_box", Code::stored)?,
        currency: columns.get("currency")?,
        currency_base: columns.get("currency_base")?,
        currency_tax: columns.get("currency_tax")?,
        base: columns.get("base")?,
        tax: columns.get("tax")?,
        tax_date: columns.get("tax_date")?,
        due_date: columns.get("due_date")?,
        posting_date: columns.get("posting_date")?,
        corrects: columns.get("corrects_id")?,
    })
}
