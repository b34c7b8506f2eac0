//! The boxes of the VAT return that a tax code names (R60).

use super::{TAX_CODE_BOX_UNFIT, TAX_CODE_MEMBER_MISSING, TaxCode, TaxKind};
use crate::error::{Violation, Violations};
use crate::tax::category::TaxCategory;
use crate::tax::tax_entry::TaxSide;
use crate::tax::vat_return::{BoxContent, KSA};
use crate::text::Code;

/// The boxes that take the entries of a kind.
fn boxes_of(kind: TaxKind) -> Vec<&'static str> {
    let (group, base) = match kind {
        TaxKind::Sale => (TaxSide::Output, TaxSide::Output),
        TaxKind::Purchase | TaxKind::Import => (TaxSide::Input, TaxSide::Input),
        TaxKind::ReverseCharge => (TaxSide::Input, TaxSide::Output),
        TaxKind::Withholding | TaxKind::None => return Vec::new(),
    };
    let taken = |content: &BoxContent| matches!(content, BoxContent::Entries { group: g, base: b } if (*g, *b) == (group, base));
    KSA.iter().filter(|def| taken(&def.content)).map(|def| def.code).collect()
}

impl TaxCode {
    /// Everything about the boxes that does not fit the kind. VAT that is owed or recovered has a box, because returns declare what
    /// is in boxes and nothing else.
    pub fn check_boxes(&self) -> Violations {
        let mut violations = Violations::new();
        let bears_tax = self.category.is_some_and(TaxCategory::bears_tax);
        let recovers = !self.recoverable_percent.is_zero();
        let members = [
            (self.kind.has_output(), bears_tax, &self.output_box, "outputBox"),
            (self.kind.has_input(), bears_tax && recovers, &self.input_box, "inputBox"),
        ];
        for (taken, needed, given, member) in members {
            match given {
                _ if !taken => {}
                None if needed => violations.push(self.member(&TAX_CODE_MEMBER_MISSING, member)),
                Some(given) if !self.takes_box(given) => {
                    let unfit = self.member(&TAX_CODE_BOX_UNFIT, member).with("box", given);
                    violations.push(unfit.with("allowed", boxes_of(self.kind).join(", ")));
                }
                _ => {}
            }
        }
        violations
    }

    fn takes_box(&self, code: &Code) -> bool {
        boxes_of(self.kind).contains(&code.as_str())
    }

    /// Whether the boxes are as `next` has them.
    fn has_boxes_of(&self, next: &Self) -> bool {
        self.output_box == next.output_box && self.input_box == next.input_box
    }

    /// What is wrong with the boxes of `next`, which this code becomes: nothing about boxes that stay as they were written before
    /// they were checked. Once the code is used, only boxes that were wrong change.
    pub fn check_boxes_of(&self, next: &Self, used: bool) -> Violations {
        let same = self.kind == next.kind
            && self.category == next.category
            && self.recoverable_percent == next.recoverable_percent;
        if same && self.has_boxes_of(next) {
            return Violations::new();
        }
        let mut violations = next.check_boxes();
        if used && self.check_boxes().is_empty() {
            for (changed, member) in [
                (self.output_box != next.output_box, "outputBox"),
                (self.input_box != next.input_box, "inputBox"),
            ] {
                if changed && !self.gains_input_box(next, member) {
                    violations.push(self.used(member));
                }
            }
        }
        violations
    }

    /// Whether VAT that was not recovered will be, from now on, and gets the box that it had no use for.
    fn gains_input_box(&self, next: &Self, member: &str) -> bool {
        member == "inputBox"
            && self.input_box.is_none()
            && self.recoverable_percent.is_zero()
            && !next.recoverable_percent.is_zero()
    }

    fn used(&self, member: &'static str) -> Violation {
        let fixed = Violation::new(&super::TAX_CODE_USED).at(format!("/{member}"));
        fixed.with("code", &self.code).with("member", member)
    }
}
