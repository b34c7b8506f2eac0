//! Notes: what is left of the document that they correct (R65).

use crate::error::{Violation, Violations};
use crate::items::item::ItemId;
use crate::money::{Amount, Percentage, Quantity};
use crate::tax::calculate::totals;
use crate::tax::category::TaxCategory;
use crate::tax::credit::{CREDIT_EXCEEDS_DOCUMENT, Taxed, note_vat};
use crate::tax::document::{Calculation, Group};

crate::errors! {
    NOTE_QUANTITY_EXCEEDS = "note_quantity_exceeds_document", Rule, User,
        "Line {line} of {number} has {left} left to be credited, not {quantity}.",
        "بقي من السطر {line} في {number} ما كميته {left} لتُسترد، وليس {quantity}.";
    NOTHING_LEFT = "nothing_left_to_credit", Conflict, User,
        "Everything of {number} has been credited already.", "استُرد كامل {number} من قبل.";
    CORRECTED_LINE_UNKNOWN = "corrected_line_unknown", Rule, User,
        "{number} has no line {line}.", "لا يوجد في {number} سطر برقم {line}.";
}

crate::choices! {
    /// The reason for which a note is made.
    pub enum NoteKind {
        /// Goods came back, or a service was not rendered.
        Return = "return",
        /// The whole document is taken back.
        Cancellation = "cancellation",
        /// The price was wrong.
        Price = "price",
        /// A discount that was granted afterwards.
        Rebate = "rebate",
        /// A discount for early payment, which allocations take.
        EarlyDiscount = "early_discount",
    }
}

impl NoteKind {
    /// Whether quantities of the corrected document come back.
    pub const fn takes_quantity(self) -> bool {
        matches!(self, Self::Return | Self::Cancellation)
    }
}

/// A group of a posted document, and how much of it notes and deductions have used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentGroup {
    pub number: u32,
    pub category: TaxCategory,
    pub rate: Percentage,
    pub taxable: Amount,
    pub vat: Amount,
    pub used_taxable: Amount,
    pub used_vat: Amount,
}

/// A line of a posted document, and how much of it came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentLine {
    pub line_no: u32,
    pub item: Option<ItemId>,
    pub quantity: Quantity,
    pub credited_quantity: Quantity,
}

impl DocumentLine {
    pub fn left(&self) -> Quantity {
        Quantity::from_scaled(self.quantity.scaled() - self.credited_quantity.scaled())
    }
}

impl DocumentGroup {
    fn left(&self) -> Option<Taxed> {
        Some(Taxed {
            taxable: self.taxable.checked_sub(self.used_taxable)?,
            vat: self.vat.checked_sub(self.used_vat)?,
        })
    }
}

/// Gives the note's groups the VAT that is theirs (R65). With `rest`, the note takes back everything that is left, to the last
/// halala; a group's discount takes up what rounding of earlier notes left over. Answers, per group of the note, which group of
/// the document it uses.
pub fn correct(
    calculation: &mut Calculation,
    document: &[DocumentGroup],
    rest: bool,
) -> Result<Vec<u32>, Vec<Violation>> {
    let mut violations = Violations::new();
    let mut used = Vec::with_capacity(calculation.groups.len());
    for group in &mut calculation.groups {
        let original = document.iter().find(|one| one.category == group.category && one.rate == group.rate);
        let Some(original) = original else {
            violations.push(
                Violation::new(&CREDIT_EXCEEDS_DOCUMENT)
                    .with("taxable", group.taxable.display(2))
                    .with("category", group.category)
                    .with("rate", group.rate)
                    .with("left", Amount::ZERO.display(2)),
            );
            continue;
        };
        used.push(original.number);
        if rest && take_rest(group, original).is_some() {
            continue;
        }
        let whole = Group { taxable: original.taxable, vat: original.vat, ..*group };
        let credited = Taxed { taxable: original.used_taxable, vat: original.used_vat };
        let own = Taxed { taxable: group.taxable, vat: group.vat };
        if let Some(vat) = violations.check("", note_vat(&whole, credited, own)) {
            group.vat = vat;
        }
    }
    if let Some(found) = totals(&calculation.groups) {
        calculation.totals = found;
    }
    violations.into_result(used)
}

fn take_rest(group: &mut Group, original: &DocumentGroup) -> Option<()> {
    let left = original.left()?;
    let over = group.taxable.checked_sub(left.taxable)?;
    group.discount = group.discount.checked_add(over)?;
    (group.taxable, group.vat) = (left.taxable, left.vat);
    Some(())
}
