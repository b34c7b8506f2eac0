//! What lines of a note are worth that take quantity and price of a line of the corrected document (R65): their share of what the
//! document came to, with its discount and its charges, so that notes of all parts come to the document.

use std::collections::BTreeMap;

use domain::documents::next_share::next_share;
use domain::documents::note::NoteKind;
use domain::error::{Violation, Violations};
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount, Quantity};
use domain::tax::category::Treatment;
use domain::tax::document::{Calculation, ChargeTax, Document, Group};

use super::line::{ChargeLine, Line};
use super::original::Original;
use super::prepare::{Header, Preparing};
use crate::documents::views::{DocumentChargeView, DocumentLineView};

/// What a part of a document came to.
#[derive(Debug, Clone, Copy)]
struct Worth {
    net: Amount,
    gross: Amount,
}

/// What lines and charges of a note are worth.
#[derive(Default)]
pub(super) struct Carried {
    /// By the place of the line in the note.
    lines: Vec<(usize, Worth)>,
    /// The charges of the document that come back with the lines.
    charges: Vec<(ChargeLine, Worth)>,
}

/// How much of the document's lines came back before the note and with it, and what all are worth.
struct Back {
    whole: Amount,
    before: Amount,
    with: Amount,
}

impl Preparing<'_> {
    /// The worth of the note's lines. `rest` is a note of everything that is left, which takes what is left of the charges.
    pub(super) fn carried(
        &self,
        header: &Header,
        lines: &[Line],
        rest: bool,
        violations: &mut Violations,
    ) -> Option<Carried> {
        let original = header.original.as_ref().filter(|_| self.document_type.reduces())?;
        let own_discount = self.input.discount.0.is_some() || self.input.discount.1.is_some();
        let as_before = header.include_vat == original.document.view.prices_include_vat;
        let carries = as_before && !own_discount;
        let takes = self.note_kind().is_some_and(NoteKind::takes_quantity) && (rest || carries);
        let scale = header.money.currency.scale;
        let found = || {
            let all = Whole::of(original, scale)?;
            let (worths, back) = all.lines(lines, rest)?;
            let charges = match takes && self.input.charges.is_empty() {
                true => all.charges(&back, header.include_vat == Some(true))?,
                false => Vec::new(),
            };
            Some(Carried { lines: if carries { worths } else { Vec::new() }, charges })
        };
        let carried = found();
        if carried.is_none() {
            violations.push(Violation::new(&AMOUNT_OUT_OF_RANGE).at("/lines"));
        }
        carried
    }
}

impl Carried {
    /// The charges that come back, at their places.
    pub fn charges(&self) -> Vec<ChargeLine> {
        self.charges.iter().map(|(charge, _)| charge.clone()).collect()
    }

    /// Gives lines and charges what they are worth, and their groups with them. Without VAT in the prices, the difference to
    /// quantity times price is the group's discount, as in the document; with it, it is in the lines.
    pub fn give(&self, document: &Document, calculation: &mut Calculation) -> Option<()> {
        let scale = document.currency.scale;
        for (index, worth) in &self.lines {
            let (line, taxed) = (calculation.lines.get_mut(*index)?, document.lines.get(*index)?);
            let group = group_of(&mut calculation.groups, &taxed.tax)?;
            let less = line.net.checked_sub(worth.net)?;
            group.taxable = group.taxable.checked_sub(less)?;
            if !document.prices_include_vat {
                group.discount = group.discount.checked_add(less)?;
                group.vat = group.rate.of(group.taxable, scale)?;
                continue;
            }
            let vat = worth.gross.checked_sub(worth.net)?;
            group.lines_net = group.lines_net.checked_sub(less)?;
            group.vat = group.vat.checked_sub(line.vat)?.checked_add(vat)?;
            line.discount = line.amount.checked_sub(worth.gross)?;
            (line.net, line.vat, line.gross) = (worth.net, vat, worth.gross);
        }
        if document.prices_include_vat {
            self.give_charges(document, calculation)?;
        }
        Some(())
    }

    fn give_charges(&self, document: &Document, calculation: &mut Calculation) -> Option<()> {
        for (index, (_, worth)) in self.charges.iter().enumerate() {
            let (charge, taxed) = (calculation.charges.get_mut(index)?, document.charges.get(index)?);
            let group = group_of(&mut calculation.groups, &taxed.tax)?;
            let (less, vat) = (charge.net.checked_sub(worth.net)?, worth.gross.checked_sub(worth.net)?);
            group.charges = group.charges.checked_sub(less)?;
            group.taxable = group.taxable.checked_sub(less)?;
            group.vat = group.vat.checked_sub(charge.vat)?.checked_add(vat)?;
            *charge = ChargeTax { net: worth.net, vat, gross: worth.gross };
        }
        Some(())
    }
}

fn group_of<'g>(groups: &'g mut [Group], tax: &Treatment) -> Option<&'g mut Group> {
    groups.iter_mut().find(|group| group.category == tax.category() && group.rate == tax.rate())
}

/// The corrected document, with what its lines came to.
struct Whole<'o> {
    original: &'o Original,
    lines: BTreeMap<u32, Worth>,
    scale: u8,
}

impl<'o> Whole<'o> {
    fn of(original: &'o Original, scale: u8) -> Option<Self> {
        let parsed = |line: &DocumentLineView| {
            let (net, gross) = (Amount::parse(&line.net).ok()?, Amount::parse(&line.gross).ok()?);
            Some((line.line_no, Worth { net, gross }))
        };
        let mut lines: BTreeMap<u32, Worth> =
            original.document.lines.iter().map(parsed).collect::<Option<_>>()?;
        for group in &original.document.view.tax_groups {
            let discount = Amount::parse(&group.discount).ok()?;
            if discount.is_zero() {
                continue;
            }
            let own =
                |line: &&DocumentLineView| line.tax_category == group.category && line.tax_rate == group.rate;
            let numbers: Vec<u32> =
                original.document.lines.iter().filter(own).map(|line| line.line_no).collect();
            let weights: Vec<Amount> = numbers.iter().map(|number| lines[number].net).collect();
            for (number, share) in numbers.iter().zip(discount.split(&weights, scale)?) {
                let worth = lines.get_mut(number)?;
                worth.net = worth.net.checked_sub(share)?;
            }
        }
        Some(Self { original, lines, scale })
    }

    /// What the note's lines are worth, and how much of the document comes back with them.
    fn lines(&self, of_note: &[Line], rest: bool) -> Option<(Vec<(usize, Worth)>, Back)> {
        let before: BTreeMap<u32, Amount> =
            self.original.lines.iter().map(|line| (line.line_no, weight(line.credited_quantity))).collect();
        let (mut back, mut worths) = (before.clone(), Vec::new());
        for (index, line) in of_note.iter().enumerate().filter(|(_, line)| line.carries) {
            let Some(number) = line.corrects_line_no else { continue };
            let whole = self.original.lines.iter().find(|one| one.line_no == number)?;
            let (used, worth) = (back.get_mut(&number)?, *self.lines.get(&number)?);
            let (of, taken) = (weight(whole.quantity), weight(line.quantity));
            // More than is left is refused, unless the note takes no quantity back.
            let from = if used.checked_add(taken)? > of { Amount::ZERO } else { *used };
            let part = |whole: Amount| next_share(whole, of, from, taken, self.scale);
            worths.push((index, Worth { net: part(worth.net)?, gross: part(worth.gross)? }));
            *used = used.checked_add(taken)?.min(of);
        }
        let whole = Amount::sum(self.lines.values().map(|worth| worth.net))?;
        let with = if rest { whole } else { self.worth_of(&back)? };
        Some((worths, Back { whole, before: self.worth_of(&before)?, with }))
    }

    /// What so much of each line is worth.
    fn worth_of(&self, back: &BTreeMap<u32, Amount>) -> Option<Amount> {
        let worth = |line: &domain::documents::note::DocumentLine| {
            let (worth, back) = (self.lines.get(&line.line_no)?, *back.get(&line.line_no)?);
            next_share(worth.net, weight(line.quantity), Amount::ZERO, back, self.scale)
        };
        Amount::sum(self.original.lines.iter().map(worth).collect::<Option<Vec<_>>>()?)
    }

    /// The parts of the charges that come back; `with_vat` is how the note has its prices.
    fn charges(&self, back: &Back, with_vat: bool) -> Option<Vec<(ChargeLine, Worth)>> {
        let mut charges = Vec::new();
        let taken = back.with.checked_sub(back.before)?;
        for charge in &self.original.document.view.charges {
            let part = |text: &str| {
                next_share(Amount::parse(text).ok()?, back.whole, back.before, taken, self.scale)
            };
            let worth = Worth { net: part(&charge.net)?, gross: part(&charge.gross)? };
            let amount = if with_vat { worth.gross } else { worth.net };
            if amount.is_positive() {
                charges.push((again(charges.len(), charge, amount), worth));
            }
        }
        Some(charges)
    }
}

fn again(index: usize, charge: &DocumentChargeView, amount: Amount) -> ChargeLine {
    let whole = ChargeLine::again(index, charge, None);
    // A part that comes back does not open the charge of the order again.
    let ordered = whole.ordered.filter(|_| whole.amount == amount);
    ChargeLine { amount, ordered, ..whole }
}

/// As a number that amounts are shared by.
const fn weight(quantity: Quantity) -> Amount {
    Amount::from_scaled(quantity.scaled())
}
