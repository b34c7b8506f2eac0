//! Turns a document of the file into the body that a caller would send for it.

use domain::error::Violation;
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount};
use serde_json::{Map, Value, json};

use super::ImportKind;
use super::columns::Column;
use super::document_file::{FileDocument, FileLine};
use super::document_names::Names;
use super::row_errors::RowErrors;

/// The description of a charge in files that only give its amount.
const CHARGE_DESCRIPTION: &str = "رسوم / Charges";

/// Columns of a document and the members that they are in any body.
const HEAD: [(Column, &str); 14] = [
    (Column::Party, "partyCode"),
    (Column::Branch, "branchCode"),
    (Column::Date, "documentDate"),
    (Column::DueDate, "dueDate"),
    (Column::Currency, "currency"),
    (Column::Rate, "rate"),
    (Column::DocumentDiscount, "discountAmount"),
    (Column::SupplierNumber, "supplierNumber"),
    (Column::Kind, "kind"),
    (Column::NoteKind, "kind"),
    (Column::CorrectsDate, "correctsDate"),
    (Column::Reason, "reason"),
    (Column::Method, "method"),
    (Column::Charges, "charges"),
];

const LINE: [(Column, &str); 9] = [
    (Column::Item, "itemCode"),
    (Column::Description, "description"),
    (Column::Quantity, "quantity"),
    (Column::UnitPrice, "unitPrice"),
    (Column::Unit, "unitCode"),
    (Column::TaxCode, "taxCode"),
    (Column::Account, "accountCode"),
    (Column::DiscountPercent, "discountPercent"),
    (Column::DiscountAmount, "discountAmount"),
];

/// The body of a document.
pub(super) struct Body {
    pub text: String,
    /// The row that each allocation is from.
    pub allocated: Vec<usize>,
}

/// The body of a document, or nothing if it names something that is not there, which is noted.
pub(super) fn body(
    kind: ImportKind,
    document: &FileDocument,
    (names, post): (&Names, bool),
    errors: &mut RowErrors,
) -> Option<Body> {
    let mut members = Map::new();
    for (column, member) in HEAD {
        if let Some(text) = document.head(column) {
            members.insert(member.to_owned(), text.into());
        }
    }
    members.insert("reference".to_owned(), document.reference().into());
    members.insert("post".to_owned(), post.into());
    let allocated = match kind {
        ImportKind::Receipts | ImportKind::Payments => money(document, names, &mut members, errors)?,
        _ => {
            trade(kind, document, names, &mut members, errors)?;
            Vec::new()
        }
    };
    Some(Body { text: Value::Object(members).to_string(), allocated })
}

fn trade(
    kind: ImportKind,
    document: &FileDocument,
    names: &Names,
    members: &mut Map<String, Value>,
    errors: &mut RowErrors,
) -> Option<()> {
    if let Some(text) = document.head(Column::PricesIncludeVat) {
        members.insert("pricesIncludeVat".to_owned(), (text == "true").into());
    }
    if kind == ImportKind::PurchaseInvoices {
        // A migrated bill is posted on its own date, not on the day of the import.
        let date = document.head(Column::Date).map_or(Value::Null, Value::from);
        members.insert("postingDate".to_owned(), date);
    }
    if let Some(number) = document.head(Column::CorrectsNumber) {
        if document.head(Column::CorrectsDate).is_some() {
            members.insert("correctsNumber".to_owned(), number.into());
        } else {
            let column = Column::CorrectsNumber;
            let id = names.named(document, number, (document.place_of(column), column), errors)?;
            members.insert("correctsId".to_owned(), json!(id.uuid()));
        }
    }
    let charge = document.head(Column::Charge).and_then(|text| Amount::parse(text).ok());
    if let Some(charge) = charge.filter(|charge| !charge.is_zero()) {
        let mut body = Map::new();
        body.insert("description".to_owned(), CHARGE_DESCRIPTION.into());
        body.insert("amount".to_owned(), charge.display(2).into());
        if let Some(code) = document.head(Column::ChargeTaxCode) {
            body.insert("taxCode".to_owned(), code.into());
        }
        members.insert("charges".to_owned(), vec![Value::Object(body)].into());
    }
    members.insert("lines".to_owned(), document.lines.iter().map(line).collect::<Vec<_>>().into());
    Some(())
}

fn line(line: &FileLine) -> Value {
    let member = |(column, member): (Column, &str)| Some((member.to_owned(), line.cell(column)?.into()));
    Value::Object(LINE.into_iter().filter_map(member).collect())
}

/// The amounts of the rows are one amount. Each row is allocated to the invoice that it names: one that is alone as far as the
/// invoice is open, one of several exactly.
fn money(
    document: &FileDocument,
    names: &Names,
    members: &mut Map<String, Value>,
    errors: &mut RowErrors,
) -> Option<Vec<usize>> {
    if let Some(code) = document.head(Column::Account) {
        members.insert("accountCode".to_owned(), code.into());
    }
    let (mut total, mut allocations, mut allocated, mut good) = (Amount::ZERO, Vec::new(), Vec::new(), true);
    for (index, row) in document.lines.iter().enumerate() {
        let amount = row.cell(Column::Amount).and_then(|text| Amount::parse(text).ok()).unwrap_or_default();
        match total.checked_add(amount) {
            Some(sum) => total = sum,
            None => {
                errors.push(row.place, "amount", Violation::new(&AMOUNT_OUT_OF_RANGE));
                good = false;
            }
        }
        let Some(invoice) = row.cell(Column::Invoice) else { continue };
        let Some(id) = names.named(document, invoice, (row.place, Column::Invoice), errors) else {
            good = false;
            continue;
        };
        let mut allocation = json!({ "documentId": id.uuid() });
        if document.lines.len() > 1 {
            allocation["amount"] = amount.display(2).into();
        }
        allocations.push(allocation);
        allocated.push(index);
    }
    members.insert("amount".to_owned(), total.display(2).into());
    members.insert("allocations".to_owned(), allocations.into());
    good.then_some(allocated)
}
