//! The posted documents that a file names by their numbers or references.

use std::collections::{BTreeSet, HashMap};

use domain::documents::document_type::DocumentType;
use domain::error::Violation;
use domain::text::code_key;

use super::ImportKind;
use super::cells::{Place, quoted};
use super::columns::{Column, name};
use super::document_file::{DocumentFile, FileDocument};
use super::error::{IMPORT_DOCUMENT_AMBIGUOUS, IMPORT_DOCUMENT_UNKNOWN};
use super::row_errors::RowErrors;
use crate::documents::ports::{DocumentId, NamedDocument};
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// A party and a number or reference.
type Key = (String, String);

/// The documents found, by the key of the party and the name.
#[derive(Default)]
pub(super) struct Names {
    numbers: HashMap<Key, Vec<DocumentId>>,
    references: HashMap<Key, Vec<DocumentId>>,
}

impl Names {
    /// Looks up all names of a file at once.
    pub async fn of(uow: &mut dyn UnitOfWork, file: &DocumentFile) -> AppResult<Self> {
        let types: &[DocumentType] = match file.kind {
            ImportKind::CreditNotes => &[DocumentType::SalesInvoice],
            ImportKind::Receipts => {
                &[DocumentType::SalesInvoice, DocumentType::SalesDebitNote, DocumentType::PurchaseCreditNote]
            }
            ImportKind::Payments => &[DocumentType::PurchaseInvoice, DocumentType::SalesCreditNote],
            _ => return Ok(Self::default()),
        };
        let wanted: BTreeSet<&str> = file.documents.iter().flat_map(wanted).collect();
        if wanted.is_empty() {
            return Ok(Self::default());
        }
        let mut names = Self::default();
        for found in uow.documents().posted_named(types, &wanted).await? {
            names.add(found);
        }
        Ok(names)
    }

    fn add(&mut self, found: NamedDocument) {
        let party = code_key(&found.party_code);
        self.numbers.entry((party.clone(), found.number)).or_default().push(found.id);
        if let Some(reference) = found.reference {
            self.references.entry((party, reference)).or_default().push(found.id);
        }
    }

    /// The document of the party that is meant; a number comes before a reference, which several documents may have.
    pub fn named(
        &self,
        document: &FileDocument,
        text: &str,
        (place, column): (Place, Column),
        errors: &mut RowErrors,
    ) -> Option<DocumentId> {
        let key = (code_key(document.head(Column::Party).unwrap_or("")), text.to_owned());
        let candidates = self.numbers.get(&key).or_else(|| self.references.get(&key));
        let found = match candidates.map(Vec::as_slice) {
            Some([id]) => Ok(*id),
            Some([_, _, ..]) => Err(&IMPORT_DOCUMENT_AMBIGUOUS),
            _ => Err(&IMPORT_DOCUMENT_UNKNOWN),
        };
        let refused = |def| errors.push(place, name(column), Violation::new(def).with("value", quoted(text)));
        found.map_err(refused).ok()
    }
}

/// The names of posted documents in a document of the file.
fn wanted(document: &FileDocument) -> impl Iterator<Item = &str> {
    let corrected =
        document.head(Column::CorrectsNumber).filter(|_| document.head(Column::CorrectsDate).is_none());
    corrected.into_iter().chain(document.lines.iter().filter_map(|line| line.cell(Column::Invoice)))
}
