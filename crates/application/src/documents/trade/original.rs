//! The document that a note corrects, and the prepayment invoices that an invoice deducts.

use std::collections::{BTreeMap, BTreeSet};

use domain::documents::document_type::{DocumentType, PurchaseKind};
use domain::documents::note::{DocumentGroup, DocumentLine};
use domain::error::{Violation, Violations};

use super::input::Note;
use crate::changes::unknown_reference;
use crate::documents::error::{CORRECTED_MISSING, CORRECTED_NOT_POSTED, CUSTOMS_NOT_CORRECTED};
use crate::documents::ports::{DocumentId, DocumentStatus, StoredDocument};
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// A posted document with the progress of its tax groups and lines.
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
        Ok(Self::find_all(uow, &BTreeSet::from([id]), document_type).await?.remove(&id))
    }

    /// The documents of the type with their progress, read together; others are absent.
    pub async fn find_all(
        uow: &mut dyn UnitOfWork,
        ids: &BTreeSet<DocumentId>,
        document_type: DocumentType,
    ) -> AppResult<BTreeMap<DocumentId, Self>> {
        let mut found = uow.documents().find_documents(ids).await?;
        found.retain(|document| document.document_type == document_type);
        let whole = |document: StoredDocument| {
            (document.id, Self { document, groups: Vec::new(), lines: Vec::new() })
        };
        let mut originals: BTreeMap<_, _> = found.into_iter().map(whole).collect();
        let ids = originals.keys().copied().collect();
        for (id, group) in uow.documents().groups_of(&ids).await? {
            originals.entry(id).and_modify(|original| original.groups.push(group));
        }
        for (id, line) in uow.documents().lines_of(&ids).await? {
            originals.entry(id).and_modify(|original| original.lines.push(line));
        }
        Ok(originals)
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
    if original.document.kind.as_deref() == Some(PurchaseKind::Customs.as_str()) {
        let customs = Violation::new(&CUSTOMS_NOT_CORRECTED).at("/correctsId");
        violations.push(customs.with("number", original.number()));
        return Ok(None);
    }
    Ok(Some(original))
}
