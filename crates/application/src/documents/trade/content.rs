//! The lines of a document with everything that is known of them, and what they become: parts of an entry, lines of an order,
//! what they do to other documents.

use std::collections::BTreeSet;

use domain::documents::match_policy::OrderMatch;
use domain::documents::posting::{Part, spread_discounts};
use domain::error::{Violation, Violations};
use domain::items::item::ItemId;
use domain::items::match_policy::MatchPolicy;
use domain::money::{Amount, Quantity};
use domain::tax::document::{Calculation, Document};
use domain::tax::tax_code::TaxCode;

use super::line::{ChargeLine, Line};
use super::moves::OrderMove;
use super::resolve::{Codes, Resolved};
use super::tax_only::TaxOnlyLines;
use crate::documents::error::LINE_NAMED_TWICE;

/// A line of an order that is to be confirmed.
#[derive(Debug, Clone, Copy)]
pub struct OrderLine {
    pub line_no: u32,
    pub item: Option<ItemId>,
    /// The quantity in base units.
    pub quantity: Quantity,
    pub gross: Amount,
    /// The quantity that may be received beyond it.
    pub beyond: Quantity,
    /// Whether bills do not wait for receipts.
    pub two_way: bool,
}

/// Lines and charges with everything that is known of them.
pub(super) struct Content {
    pub lines: Vec<(Line, Resolved)>,
    pub charges: Vec<(ChargeLine, Resolved)>,
    pub tax_only: TaxOnlyLines,
    pub codes: Codes,
    pub document: Document,
    /// The customer's price list that was passed over, because it differs about VAT.
    pub unusable_list: Option<String>,
}

impl Content {
    /// Where the lines, charges and lines of tax only stand whose VAT is recovered, with their tax codes.
    pub fn recovering(&self) -> impl Iterator<Item = (&str, &TaxCode)> {
        let lines = self.lines.iter().map(|(line, resolved)| (line.at.as_str(), resolved.code));
        let charges = self.charges.iter().map(|(charge, resolved)| (charge.at.as_str(), resolved.code));
        let all = lines.chain(charges).chain(self.tax_only.codes());
        let recovers = |index: usize| {
            let code = self.codes.codes.get(index)?;
            let bears = self.codes.rates.get(index).is_some_and(|rate| !rate.is_zero());
            (bears && !code.recoverable_percent.is_zero()).then_some(code)
        };
        all.filter_map(move |(at, index)| Some((at, recovers(index)?)))
    }
}

/// Each line of an order has a number of its own.
pub(super) fn check_numbers(lines: &[Line], violations: &mut Violations) {
    let mut known = BTreeSet::new();
    for (index, line) in lines.iter().enumerate() {
        if !known.insert(line.number(index)) {
            let twice = Violation::new(&LINE_NAMED_TWICE).at(format!("{}/lineNo", line.at));
            violations.push(twice.with("line", line.number(index)));
        }
    }
}

/// The quantity that a line of a note takes back, in base units.
pub(super) fn credited_base(
    index: usize,
    (line, resolved): &(Line, Resolved),
) -> Option<(u32, u32, Quantity)> {
    Some((line.number(index), line.corrects_line_no?, resolved.base_quantity))
}

/// The order quantity that a line bills.
pub(super) fn bill(index: usize, (line, resolved): &(Line, Resolved)) -> Option<OrderMove> {
    let ordered = line.ordered.as_ref()?;
    Some(OrderMove {
        at: line.at.clone(),
        from_line: line.number(index),
        order: ordered.order,
        order_line: ordered.line.line_no,
        quantity: resolved.base_quantity,
        step: resolved.rounding,
    })
}

/// Lines and charges as they are posted, less their shares of the discount.
pub(super) fn parts(content: &Content, calculation: &Calculation, scale: u8) -> Option<Vec<Part>> {
    let nets = calculation.lines.iter().map(|line| line.net);
    let nets = nets.chain(calculation.charges.iter().map(|charge| charge.net));
    let resolved = content.lines.iter().map(|(_, resolved)| resolved);
    let resolved = resolved.chain(content.charges.iter().map(|(_, resolved)| resolved));
    let part = |(resolved, net): (&Resolved, Amount)| {
        let tax = content.codes.treatments.get(resolved.code)?;
        let group = calculation
            .groups
            .iter()
            .position(|group| group.category == tax.category() && group.rate == tax.rate())?;
        Some(Part {
            account: resolved.account,
            dimensions: resolved.dimensions.clone(),
            dimension_set: resolved.dimension_set,
            group,
            code: resolved.code,
            net,
        })
    };
    let mut parts: Vec<Part> = resolved.zip(nets).map(part).collect::<Option<_>>()?;
    spread_discounts(&mut parts, content.lines.len(), calculation, scale)?;
    Some(parts)
}

/// The lines as an order keeps them.
pub(super) fn order_lines(
    content: &Content,
    calculation: &Calculation,
    matching: OrderMatch,
) -> Vec<OrderLine> {
    let lines = content.lines.iter().enumerate().zip(&calculation.lines);
    lines
        .map(|((index, (line, resolved)), amounts)| {
            let matching = matching.of_item(resolved.item.as_ref()).of_line(line.matching);
            OrderLine {
                line_no: line.number(index),
                item: resolved.item.as_ref().map(|item| item.id),
                quantity: resolved.base_quantity,
                gross: amounts.gross,
                beyond: matching.beyond(resolved.base_quantity),
                two_way: matching.policy == MatchPolicy::TwoWay,
            }
        })
        .collect()
}
