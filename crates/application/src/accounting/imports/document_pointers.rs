//! Maps a place in the body of a document to the row and column it came from.

use domain::error::Violation;

use super::cells::Place;
use super::columns::{Column, name};
use super::document_bodies::Body;
use super::document_file::FileDocument;
use super::row_errors::RowErrors;

/// Notes what was said about a document.
pub(super) fn note(document: &FileDocument, body: &Body, violations: Vec<Violation>, errors: &mut RowErrors) {
    for violation in violations {
        let (place, column) = locate(document, body, &violation.pointer);
        errors.push(place, name(column), violation);
    }
}

fn locate(document: &FileDocument, body: &Body, pointer: &str) -> (Place, Column) {
    let mut parts = pointer.trim_start_matches('/').split('/');
    let (member, index, field) = (parts.next().unwrap_or(""), parts.next(), parts.next());
    let index = index.and_then(|index| index.parse::<usize>().ok());
    let row = |row: usize| document.lines.get(row).map_or(document.place, |line| line.place);
    match (member, index) {
        ("lines", Some(index)) => (row(index), of_line(field.unwrap_or(""))),
        ("charges", Some(_)) => {
            let column = if field == Some("taxCode") { Column::ChargeTaxCode } else { Column::Charge };
            (document.place_of(Column::Charge), column)
        }
        ("allocations", index) => {
            let first = body.allocated.get(index.unwrap_or(0)).copied();
            (first.map_or(document.place, row), Column::Invoice)
        }
        _ => {
            let column = of_document(member, document);
            (document.place_of(column), column)
        }
    }
}

fn of_line(field: &str) -> Column {
    match field {
        "itemId" | "itemCode" => Column::Item,
        "quantity" => Column::Quantity,
        "unitId" | "unitCode" => Column::Unit,
        "unitPrice" | "priceBaseQuantity" => Column::UnitPrice,
        "discountPercent" => Column::DiscountPercent,
        "discountAmount" | "discount" => Column::DiscountAmount,
        "taxCode" | "taxCodeId" => Column::TaxCode,
        "accountId" | "accountCode" => Column::Account,
        _ => Column::Description,
    }
}

fn of_document(member: &str, document: &FileDocument) -> Column {
    match member {
        "partyId" | "partyCode" | "control" => Column::Party,
        "branchId" | "branchCode" => Column::Branch,
        "documentDate" | "postingDate" | "supplyDate" | "taxDate" => Column::Date,
        "dueDate" => Column::DueDate,
        "currency" => Column::Currency,
        "rate" => Column::Rate,
        "pricesIncludeVat" => Column::PricesIncludeVat,
        "discountPercent" | "discountAmount" | "discount" => Column::DocumentDiscount,
        "reference" if document.head(Column::Reference).is_some() => Column::Reference,
        "supplierNumber" => Column::SupplierNumber,
        "kind" if document.head(Column::NoteKind).is_some() => Column::NoteKind,
        "kind" => Column::Kind,
        "correctsId" | "correctsNumber" => Column::CorrectsNumber,
        "correctsDate" => Column::CorrectsDate,
        "reason" => Column::Reason,
        "amount" => Column::Amount,
        "method" => Column::Method,
        "accountId" | "accountCode" => Column::Account,
        "charges" => Column::Charges,
        _ => Column::Document,
    }
}
