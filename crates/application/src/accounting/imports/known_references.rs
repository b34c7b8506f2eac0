//! The documents that a file would make a second time: those of the party that have the reference already.

use std::collections::{BTreeSet, HashMap};

use domain::documents::document_type::DocumentType;
use domain::error::Violation;
use domain::text::code_key;

use super::ImportKind;
use super::cells::{Place, quoted};
use super::columns::{Column, name};
use super::document_file::{DocumentFile, FileDocument};
use super::error::IMPORT_DOCUMENT_EXISTS;
use super::row_errors::RowErrors;
use crate::documents::ports::ReferredDocument;
use crate::documents::views::DocumentView;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// Documents by party and reference, as they were before the file.
#[derive(Default)]
pub(super) struct KnownReferences(HashMap<(String, String), ReferredDocument>);

impl KnownReferences {
    /// Looks up the references of a file at once. Another file of the tenant waits here for the end of this import.
    pub async fn of(uow: &mut dyn UnitOfWork, file: &DocumentFile) -> AppResult<Self> {
        let references: BTreeSet<&str> = file.documents.iter().map(FileDocument::reference).collect();
        if references.is_empty() {
            return Ok(Self::default());
        }
        let found = uow.documents().referred(document_type(file.kind), &references).await?;
        let key = |found: &ReferredDocument| (code_key(&found.party_code), found.reference.clone());
        Ok(Self(found.into_iter().map(|found| (key(&found), found)).collect()))
    }

    /// Notes a document that the party, as the file names it, has already. Answers whether it has.
    pub fn refuse(&self, document: &FileDocument, errors: &mut RowErrors) -> bool {
        self.refuse_of(document, document.head(Column::Party).unwrap_or_default(), errors)
    }

    /// The same with the party that the document came to have: a file may name one that became another.
    pub fn refuse_made(&self, document: &FileDocument, made: &DocumentView, errors: &mut RowErrors) {
        self.refuse_of(document, &made.party_code, errors);
    }

    fn refuse_of(&self, document: &FileDocument, party: &str, errors: &mut RowErrors) -> bool {
        let key = (code_key(party), document.reference().to_owned());
        let Some(known) = self.0.get(&key) else { return false };
        let number = known.number.clone().unwrap_or_else(|| "-".to_owned());
        let exists = Violation::new(&IMPORT_DOCUMENT_EXISTS).with("number", number).with("id", known.id);
        let (place, column) = document.reference_place();
        errors.push(place, name(column), exists.with("reference", quoted(document.reference())));
        true
    }
}

impl FileDocument {
    /// The reference of the document: its label, unless a column gives another.
    pub(super) fn reference(&self) -> &str {
        self.head(Column::Reference).unwrap_or(&self.label)
    }

    fn reference_place(&self) -> (Place, Column) {
        match self.head(Column::Reference) {
            Some(_) => (self.place_of(Column::Reference), Column::Reference),
            None => (self.place, Column::Document),
        }
    }
}

const fn document_type(kind: ImportKind) -> DocumentType {
    match kind {
        ImportKind::PurchaseInvoices => DocumentType::PurchaseInvoice,
        ImportKind::CreditNotes => DocumentType::SalesCreditNote,
        ImportKind::Receipts => DocumentType::Receipt,
        ImportKind::Payments => DocumentType::Payment,
        _ => DocumentType::SalesInvoice,
    }
}
