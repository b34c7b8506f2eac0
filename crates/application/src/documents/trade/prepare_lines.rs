//! Lines and charges of a document that is prepared, and what a note takes of the document that it corrects.

use domain::documents::document_type::TradeSide;
use domain::documents::note::{NOTE_QUANTITY_EXCEEDS, NOTHING_LEFT, NoteKind, correct};
use domain::error::{Violation, Violations};
use domain::money::Quantity;
use domain::tax::document::Calculation;

use super::carried::Carried;
use super::content::{Content, check_numbers};
use super::line::{ChargeLine, Line};
use super::ordered::{Orders, unfit_member};
use super::parts::DocumentLineBody;
use super::prepare::{Header, Preparing};
use super::tax_only::is_tax_only;
use crate::documents::error::{NOTE_LINES_MISSING, PREPAYMENT_DEDUCTED};
use crate::documents::ports::GroupUse;

impl Preparing<'_> {
    /// The lines, and whether the note takes everything that is left of the document that it corrects.
    pub(super) fn lines(
        &self,
        header: &Header,
        orders: &Orders,
        violations: &mut Violations,
    ) -> (Vec<Line>, bool) {
        let none = std::collections::BTreeMap::new();
        let dimensions = self.input.dimensions.map_or(&none, |dimensions| &dimensions.0);
        let original = header.original.as_ref();
        if !self.input.lines.is_empty() {
            let line = |(index, body): (usize, &DocumentLineBody)| {
                let at = format!("/lines/{index}");
                let ordered = orders.line((self.document_type, &at), body, violations);
                if body.line_no.is_some() && !self.document_type.is_order() {
                    violations.push(unfit_member(self.document_type, &at, "lineNo"));
                }
                violations.extend(self.unfit_matching(&at, body));
                if body.corrects_line_no.is_some() && !self.document_type.corrects() {
                    violations.push(unfit_member(self.document_type, &at, "correctsLineNo"));
                }
                Line::of(index, body, (original, ordered), dimensions, violations)
            };
            let bodies = self.input.lines.iter().enumerate().filter(|(_, body)| !is_tax_only(body));
            let lines: Vec<Line> = bodies.map(line).collect();
            check_numbers(&lines, violations);
            return (lines, false);
        }
        let whole = original.filter(|_| {
            self.taken_back(header).is_some() || self.note_kind().is_some_and(NoteKind::takes_quantity)
        });
        let Some(original) = whole else {
            violations.push(Violation::new(&NOTE_LINES_MISSING).at("/lines"));
            return (Vec::new(), false);
        };
        if original.is_deducted() {
            violations.push(Violation::new(&PREPAYMENT_DEDUCTED).with("number", original.number()));
            return (Vec::new(), true);
        }
        let left = original.document.lines.iter().filter_map(|line| {
            let progress = original.lines.iter().find(|one| one.line_no == line.line_no)?;
            Some((line, progress.left())).filter(|(_, left)| left.is_positive())
        });
        let lines: Vec<Line> =
            left.enumerate().map(|(index, (line, left))| Line::again(index, line, left)).collect();
        if lines.is_empty() {
            violations.push(Violation::new(&NOTHING_LEFT).with("number", original.number()));
        }
        (lines, true)
    }

    /// Only what is ordered of a supplier is matched with receipts and bills.
    fn unfit_matching(&self, at: &str, body: &DocumentLineBody) -> Vec<Violation> {
        if self.document_type.is_order() && self.document_type.side() == TradeSide::Purchase {
            return Vec::new();
        }
        let given = [
            ("overReceiptPercent", body.over_receipt_percent.is_some()),
            ("matchPolicy", body.match_policy.is_some()),
        ];
        let given = given.into_iter().filter(|(_, given)| *given);
        given.map(|(member, _)| unfit_member(self.document_type, at, member)).collect()
    }

    /// The charges: those that are given, or those of the corrected document that come back.
    pub(super) fn charges(&self, carried: Option<&Carried>, violations: &mut Violations) -> Vec<ChargeLine> {
        let given = self.input.charges.iter().enumerate();
        let given: Vec<ChargeLine> =
            given.map(|(index, body)| ChargeLine::of(index, body, violations)).collect();
        match carried.filter(|_| given.is_empty()) {
            None => given,
            Some(carried) => carried.charges(),
        }
    }

    /// Gives a note's groups the VAT that is left to them, and answers what they take of the document.
    pub(super) fn correct(
        &self,
        header: &Header,
        calculation: &mut Calculation,
        rest: bool,
    ) -> Result<Vec<GroupUse>, Vec<Violation>> {
        let takes = self.document_type.reduces() || self.taken_back(header).is_some();
        let Some(original) = header.original.as_ref().filter(|_| takes) else { return Ok(Vec::new()) };
        let numbers = correct(calculation, &original.groups, rest)?;
        let document = original.document.id;
        let of_group = |(group, number): (&domain::tax::document::Group, u32)| GroupUse {
            document,
            number,
            taxable: group.taxable,
            vat: group.vat,
        };
        let taken = calculation.groups.iter().zip(numbers).map(of_group);
        Ok(taken.chain(self.groups_given_back(header, &calculation.groups)).collect())
    }

    /// The quantities that come back, none more than is left.
    pub(super) fn credited(
        &self,
        header: &Header,
        content: &Content,
        violations: &mut Violations,
    ) -> Vec<(u32, Quantity)> {
        let takes = self.takes_quantities(header) || self.taken_back(header).is_some();
        let Some(original) = header.original.as_ref().filter(|_| takes) else { return Vec::new() };
        let mut credited: Vec<(u32, Quantity)> = Vec::new();
        let same_prices =
            original.document.view.prices_include_vat == Some(content.document.prices_include_vat);
        for (line, resolved) in &content.lines {
            let Some(number) = line.corrects_line_no else { continue };
            if let (Some(kept), Some(price), true) = (&line.kept, line.unit_price, same_prices) {
                let unit = resolved.unit.as_ref().map(|unit| unit.id.uuid());
                violations.check("", kept.check_price(&line.at, unit, (price, line.price_base_quantity)));
            }
            let sum = match credited.iter_mut().find(|(known, _)| *known == number) {
                Some((_, sum)) => {
                    *sum = Quantity::from_scaled(sum.scaled().saturating_add(line.quantity.scaled()));
                    *sum
                }
                None => {
                    credited.push((number, line.quantity));
                    line.quantity
                }
            };
            let left = original.lines.iter().find(|one| one.line_no == number).map(|one| one.left());
            if let Some(left) = left.filter(|left| sum > *left) {
                let exceeds = Violation::new(&NOTE_QUANTITY_EXCEEDS).at(format!("{}/quantity", line.at));
                let exceeds = exceeds.with("line", number).with("number", original.number());
                violations.push(exceeds.with("left", left).with("quantity", sum));
            }
        }
        credited
    }
}
