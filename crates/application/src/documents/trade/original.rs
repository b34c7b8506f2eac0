//! The document that a note corrects, and the prepayment invoices that an invoice deducts.

use domain::documents::document_type::DocumentType;
use domain::documents::note::{DocumentGroup, DocumentLine};
use domain::error::{Violation, Violations};

use super::input::Note;
use crate::changes::unknown_reference;
use crate::documents::error::{CORRECTED_MISSING, CORRECTED_NOT_POSTED};
use crate::documents::ports::{DocumentId, DocumentStatus, StoredDocument};
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// A posted document with what is left of it.
#[derive(Debug, Clone)]
pub struct Original {
    pub document: StoredDocument,
    pub groups: Vec<DocumentGroup>,
    pub lines: Vec<DocumentLine>,
}

impl Original {
    pub fn number(&self) -> &str {
        self.document.number.as_deref().unwrap_or_default()
    }

    /// The document with its progress; `None` when there is none of the type.
    pub async fn find(
        uow: &mut dyn UnitOfWork,
        id: DocumentId,
        document_type: DocumentType,
    ) -> AppResult<Option<Self>> {
        let found = uow.documents().find_document(id).await?;
        let Some(document) = found.filter(|found| found.document_type == document_type) else {
            return Ok(None);
        };
        let groups = uow.documents().groups_of(id).await?;
        let lines = uow.documents().lines_of(id).await?;
        Ok(Some(Self { document, groups, lines }))
    }
}

/// The document that a note names. A note of a document that another system made names it by number and date.
pub(super) async fn corrected(
    uow: &mut dyn UnitOfWork,
    document_type: DocumentType,
    note: Option<&Note<'_>>,
    violations: &mut Violations,
) -> AppResult<Option<Original>> {
    let (Some(note), Some(corrected)) = (note, document_type.corrected()) else { return Ok(None) };
    let Some(id) = note.corrects else {
        if note.number.is_none() || note.date.is_none() {
            violations.push(Violation::new(&CORRECTED_MISSING).at("/correctsId"));
        }
        return Ok(None);
    };
    let Some(original) = Original::find(uow, id, corrected).await? else {
        violations.push(unknown_reference("/correctsId", corrected.as_str(), id));
        return Ok(None);
    };
    if original.document.status != DocumentStatus::Posted {
        let number = original.document.number.clone().unwrap_or_else(|| id.to_string());
        let refused = Violation::new(&CORRECTED_NOT_POSTED).at("/correctsId").with("number", number);
        violations.push(refused.with("status", original.document.status));
        return Ok(None);
    }
    Ok(Some(original))
}
