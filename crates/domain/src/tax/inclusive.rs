//! Prices that include VAT (R63): VAT is taken out of the sum of each group, and the sum that was shown at the shelf stays.

use super::calculate::{GroupParts, Groups, totals};
use super::document::{Calculation, ChargeTax, Document, LineTax};
use super::price::Priced;
use crate::money::Amount;

/// `None` on overflow.
pub(super) fn inclusive(
    document: &Document,
    lines: &[Priced],
    discount: Amount,
    groups: &Groups,
) -> Option<Calculation> {
    let scale = document.currency.scale;
    let lines = discounted(lines, discount, scale)?;
    let mut found = Vec::with_capacity(groups.count());
    let mut nets = (vec![Amount::ZERO; lines.len()], vec![Amount::ZERO; document.charges.len()]);
    let members = Members::of(groups);
    for index in 0..groups.count() {
        let rate = groups.treatments[index].rate();
        let (own_lines, own_charges) = (&members.lines[index], &members.charges[index]);
        let with_vat = own_lines.iter().map(|line| lines[*line].total);
        let with_vat: Vec<Amount> =
            with_vat.chain(own_charges.iter().map(|charge| document.charges[*charge].amount)).collect();
        let sum = Amount::sum(with_vat.iter().copied())?;
        let vat = rate.within(sum, scale)?;
        let taxable = sum.checked_sub(vat)?;
        let parts = rate.nets(&with_vat, taxable, scale)?;
        let (of_lines, of_charges) = parts.split_at_checked(own_lines.len())?;
        own_lines.iter().zip(of_lines).for_each(|(line, net)| nets.0[*line] = *net);
        own_charges.iter().zip(of_charges).for_each(|(charge, net)| nets.1[*charge] = *net);
        let lines_net = Amount::sum(of_lines.iter().copied())?;
        let charges = Amount::sum(of_charges.iter().copied())?;
        let discount = Amount::ZERO;
        found.push(groups.group(index, GroupParts { lines_net, discount, charges, taxable, vat }));
    }
    let of_line = |(line, net): (&Priced, Amount)| {
        let Priced { amount, discount, charge, total: gross } = *line;
        Some(LineTax { amount, discount, charge, net, vat: gross.checked_sub(net)?, gross })
    };
    let of_charge = |(charge, net): (&super::document::Charge, Amount)| {
        let gross = charge.amount;
        Some(ChargeTax { net, vat: gross.checked_sub(net)?, gross })
    };
    Some(Calculation {
        lines: lines.iter().zip(nets.0).map(of_line).collect::<Option<_>>()?,
        charges: document.charges.iter().zip(nets.1).map(of_charge).collect::<Option<_>>()?,
        totals: totals(&found)?,
        groups: found,
    })
}

/// The lines with their parts of the document's discount.
fn discounted(lines: &[Priced], discount: Amount, scale: u8) -> Option<Vec<Priced>> {
    if discount.is_zero() {
        return Some(lines.to_vec());
    }
    let weights: Vec<Amount> = lines.iter().map(|line| line.total).collect();
    let parts = discount.split(&weights, scale)?;
    let less = |(line, part): (&Priced, Amount)| {
        let discount = line.discount.checked_add(part)?;
        Some(Priced { discount, total: line.total.checked_sub(part)?, ..*line })
    };
    lines.iter().zip(parts).map(less).collect()
}

/// Per group the indexes of its lines and charges.
struct Members {
    lines: Vec<Vec<usize>>,
    charges: Vec<Vec<usize>>,
}

impl Members {
    fn of(groups: &Groups) -> Self {
        let gathered = |of: &[usize]| {
            let mut members = vec![Vec::new(); groups.count()];
            of.iter().enumerate().for_each(|(index, group)| members[*group].push(index));
            members
        };
        Self { lines: gathered(&groups.of_line), charges: gathered(&groups.of_charge) }
    }
}
