//! The document that a note corrects, and the prepayment invoices that an invoice deducts.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::documents::document_type::{DocumentType, InvoiceKind, PurchaseKind};
use domain::documents::note::{DocumentGroup, DocumentLine, NoteKind};
use domain::error::{Violation, Violations};

use super::input::Note;
use super::taken_back::check_taken;
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
    /// The document that this one corrects itself.
    pub beneath: Option<Box<Self>>,
}

impl Original {
    pub fn number(&self) -> &str {
        self.document.number.as_deref().unwrap_or_default()
    }

    /// The kind of a note.
    pub fn note_kind(&self) -> Option<NoteKind> {
        let kind = self.document.kind.as_deref().filter(|_| self.document.document_type.reduces())?;
        NoteKind::parse(kind).ok()
    }

    /// The kind of the invoice that it is, or that was made before it.
    pub fn invoice_kind(&self) -> Option<InvoiceKind> {
        let own = self.document.kind.as_deref().and_then(|kind| InvoiceKind::parse(kind).ok());
        own.or_else(|| self.beneath.as_deref().and_then(Self::invoice_kind))
    }

    /// The day whose rates the lines have: that of the supply, whatever was written about it since.
    pub fn rates_date(&self) -> Option<NaiveDate> {
        match &self.beneath {
            Some(beneath) => beneath.rates_date(),
            None if self.document.document_type.corrects() => self.document.view.corrects_date,
            None => self.document.view.tax_date,
        }
    }

    /// Whether it is a prepayment invoice of which invoices have deducted everything.
    pub fn is_deducted(&self) -> bool {
        let prepaid = self.document.kind.as_deref() == Some(InvoiceKind::Prepayment.as_str());
        let uncredited = self.lines.iter().any(|line| line.left().is_positive());
        let used = |group: &DocumentGroup| group.used_taxable == group.taxable && group.used_vat == group.vat;
        prepaid && uncredited && !self.groups.is_empty() && self.groups.iter().all(used)
    }

    /// Whether a document of the type takes this credit note back.
    pub fn is_taken_back_by(&self, document_type: DocumentType) -> bool {
        !document_type.reduces() && self.document.document_type.reduces()
    }

    /// Whether this is a debit note that took a credit note back. What it asks for is the invoice's.
    pub fn took_back(&self) -> bool {
        let beneath = self.beneath.as_deref();
        beneath.is_some_and(|beneath| beneath.is_taken_back_by(self.document.document_type))
    }

    /// The document with its progress, and those that it corrects itself; `None` when there is none of the types.
    pub async fn find(
        uow: &mut dyn UnitOfWork,
        id: DocumentId,
        types: &[DocumentType],
    ) -> AppResult<Option<Self>> {
        let mut chain: Vec<Self> = Vec::new();
        let (mut next, mut types) = (Some(id), types);
        while let Some(id) = next {
            let Some(found) = Self::find_of(uow, &BTreeSet::from([id]), types).await?.remove(&id) else {
                break;
            };
            (next, types) = (found.document.corrects, found.document.document_type.corrected());
            chain.push(found);
        }
        let put =
            |beneath: Option<Self>, original: Self| Some(Self { beneath: beneath.map(Box::new), ..original });
        Ok(chain.into_iter().rev().fold(None, put))
    }

    /// The documents of the type with their progress, read together; others are absent.
    pub async fn find_all(
        uow: &mut dyn UnitOfWork,
        ids: &BTreeSet<DocumentId>,
        document_type: DocumentType,
    ) -> AppResult<BTreeMap<DocumentId, Self>> {
        Self::find_of(uow, ids, &[document_type]).await
    }

    async fn find_of(
        uow: &mut dyn UnitOfWork,
        ids: &BTreeSet<DocumentId>,
        types: &[DocumentType],
    ) -> AppResult<BTreeMap<DocumentId, Self>> {
        let mut found = uow.documents().find_documents(ids).await?;
        found.retain(|document| types.contains(&document.document_type));
        let whole = |document: StoredDocument| {
            (document.id, Self { document, groups: Vec::new(), lines: Vec::new(), beneath: None })
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
    let types = document_type.corrected();
    let (Some(note), Some(corrected)) = (note, types.first()) else { return Ok(None) };
    let Some(id) = note.corrects else {
        if note.number.is_none() || note.date.is_none() {
            violations.push(Violation::new(&CORRECTED_MISSING).at("/correctsId"));
        }
        return Ok(None);
    };
    let Some(original) = Original::find(uow, id, types).await? else {
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
    Ok(Some(original).filter(|original| check_taken(original, document_type, violations)))
}
