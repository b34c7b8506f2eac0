//! Debit notes that take a credit note back: what it took of the invoice is the invoice's again (R65).

use domain::documents::note::NoteKind;
use domain::error::{Violation, Violations};
use domain::money::Quantity;
use domain::tax::document::Group;

use super::original::Original;
use super::prepare::{Header, Preparing};
use crate::documents::ports::{DocumentId, GroupUse};

/// The quantities of an invoice that a debit note makes the invoice's again, by line. They are negative.
pub type GivenBack = (DocumentId, Vec<(u32, Quantity)>);

impl Preparing<'_> {
    /// The credit note that a debit note takes back.
    pub(super) fn taken_back<'h>(&self, header: &'h Header) -> Option<&'h Original> {
        header.original.as_ref().filter(|original| original.is_taken_back_by(self.document_type))
    }

    /// The kind of the note, which decides the accounts of its lines: what comes back of a return leaves the account of returns.
    pub(super) fn kind_of_lines(&self, header: &Header) -> Option<NoteKind> {
        match self.taken_back(header) {
            Some(credit_note) => credit_note.note_kind(),
            None => self.note_kind(),
        }
    }

    /// Whether the lines take quantities of the document that the note corrects.
    pub(super) fn takes_quantities(&self, header: &Header) -> bool {
        match self.taken_back(header) {
            Some(credit_note) => credit_note.note_kind().is_some_and(NoteKind::takes_quantity),
            None => self.document_type.reduces() && self.note_kind().is_some_and(NoteKind::takes_quantity),
        }
    }

    /// The amounts of the invoice that a debit note frees, group by group.
    pub(super) fn groups_given_back(&self, header: &Header, groups: &[Group]) -> Vec<GroupUse> {
        let invoice = self.taken_back(header).and_then(|credit_note| credit_note.beneath.as_deref());
        let Some(invoice) = invoice else { return Vec::new() };
        let freed = |group: &Group| {
            let of =
                invoice.groups.iter().find(|one| one.category == group.category && one.rate == group.rate)?;
            Some(GroupUse {
                document: invoice.document.id,
                number: of.number,
                taxable: group.taxable.checked_neg()?,
                vat: group.vat.checked_neg()?,
            })
        };
        groups.iter().filter_map(freed).collect()
    }

    /// The quantities of the invoice that a debit note frees. `taken` are those of the credit note's lines.
    pub(super) fn lines_given_back(&self, header: &Header, taken: &[(u32, Quantity)]) -> Option<GivenBack> {
        let credit_note = self.taken_back(header)?;
        let invoice = credit_note.beneath.as_deref()?;
        if !credit_note.note_kind().is_some_and(NoteKind::takes_quantity) {
            return Some((invoice.document.id, Vec::new()));
        }
        let of_invoice = |(line_no, quantity): &(u32, Quantity)| {
            let line = credit_note.document.lines.iter().find(|line| line.line_no == *line_no)?;
            Some((line.corrects_line_no?, Quantity::from_scaled(-quantity.scaled())))
        };
        Some((invoice.document.id, taken.iter().filter_map(of_invoice).collect()))
    }
}

/// Refuses a document that is taken back in another way than by this note.
pub(super) fn check_taken(
    original: &Original,
    by: domain::documents::document_type::DocumentType,
    violations: &mut Violations,
) -> bool {
    use crate::documents::error::{DEBIT_NOTE_TOOK_BACK, DISCOUNT_NOTE_NOT_CORRECTED};
    let def = match () {
        () if original.note_kind() == Some(NoteKind::EarlyDiscount) => &DISCOUNT_NOTE_NOT_CORRECTED,
        () if original.took_back() && by.reduces() => &DEBIT_NOTE_TOOK_BACK,
        () => return true,
    };
    violations.push(Violation::new(def).at("/correctsId").with("number", original.number()));
    false
}
