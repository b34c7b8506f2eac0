//! Notes of documents of another system, which they name by number and date: never those of the company's own documents (R65).

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::documents::document_type::{DocumentType, TradeSide};
use domain::documents::supplier_number::supplier_number_key;
use domain::error::{Violation, Violations};
use domain::parties::party::Party;

use super::input::Note;
use crate::documents::error::{CORRECTED_DATE_LATE, CORRECTED_IS_OWN};
use crate::documents::ports::{DocumentId, DocumentStatus};
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// The documents whose numbers a note may not give as those of another system.
const fn own_documents(side: TradeSide) -> &'static [DocumentType] {
    match side {
        TradeSide::Sale => {
            &[DocumentType::SalesInvoice, DocumentType::SalesDebitNote, DocumentType::SalesCreditNote]
        }
        TradeSide::Purchase => &[DocumentType::PurchaseInvoice, DocumentType::PurchaseCreditNote],
    }
}

/// Refuses a note that names a document of the company by its number, because nothing would keep it from taking back more than
/// there is; and one that was written before what it corrects.
pub(super) async fn check_foreign(
    uow: &mut dyn UnitOfWork,
    side: TradeSide,
    note: Option<&Note<'_>>,
    (party, date): (Option<&Party>, NaiveDate),
    violations: &mut Violations,
) -> AppResult<()> {
    let Some(note) = note.filter(|note| note.corrects.is_none()) else { return Ok(()) };
    if let Some(original) = note.date.filter(|original| *original > date) {
        let late = Violation::new(&CORRECTED_DATE_LATE).at("/correctsDate").with("date", original);
        violations.push(late.with("note", date));
    }
    let Some(number) = note.number.map(str::trim).filter(|number| !number.is_empty()) else { return Ok(()) };
    if let Some(id) = own_document(uow, side, number, party).await? {
        let own = Violation::new(&CORRECTED_IS_OWN).at("/correctsNumber").with("number", number);
        violations.push(own.with("id", id));
    }
    Ok(())
}

/// The document of the company that the number means: its own number, the reference under which a document of the party was
/// imported, or the supplier's number of a bill of the party.
async fn own_document(
    uow: &mut dyn UnitOfWork,
    side: TradeSide,
    number: &str,
    party: Option<&Party>,
) -> AppResult<Option<DocumentId>> {
    let upper = number.to_uppercase();
    let names = BTreeSet::from([number, upper.as_str()]);
    let code = party.map(|party| party.code.to_string());
    let found = uow.documents().posted_named(own_documents(side), &names).await?;
    let own = found
        .into_iter()
        .find(|found| names.contains(found.number.as_str()) || Some(&found.party_code) == code.as_ref());
    if own.is_some() {
        return Ok(own.map(|own| own.id));
    }
    let Some(party) = party.filter(|_| side == TradeSide::Purchase) else { return Ok(None) };
    let key = supplier_number_key(number);
    let bill = uow.documents().by_supplier_key(DocumentType::PurchaseInvoice, party.id, &key).await?;
    let Some(bill) = bill else { return Ok(None) };
    let bill = uow.documents().find_document(bill).await?;
    Ok(bill.filter(|bill| bill.status == DocumentStatus::Posted).map(|bill| bill.id))
}
