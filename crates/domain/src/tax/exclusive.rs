//! Prices without VAT (R62): VAT is computed once for each group, on its taxable amount.

use super::calculate::{GroupParts, Groups, totals};
use super::document::{Calculation, ChargeTax, Document, LineTax};
use super::price::Priced;
use crate::money::{Amount, Percentage};

/// `None` on overflow.
pub(super) fn exclusive(
    document: &Document,
    lines: &[Priced],
    discount: Amount,
    groups: &Groups,
) -> Option<Calculation> {
    let scale = document.currency.scale;
    let lines_net = groups.sums(&groups.of_line, lines.iter().map(|line| line.total))?;
    let charges = groups.sums(&groups.of_charge, document.charges.iter().map(|charge| charge.amount))?;
    let discounts = if discount.is_zero() {
        vec![Amount::ZERO; groups.count()]
    } else {
        discount.split(&lines_net, scale)?
    };
    let mut found = Vec::with_capacity(groups.count());
    let amounts = lines_net.into_iter().zip(discounts).zip(charges);
    for (index, ((lines_net, discount), charges)) in amounts.enumerate() {
        let taxable = lines_net.checked_sub(discount)?.checked_add(charges)?;
        let vat = groups.treatments[index].rate().of(taxable, scale)?;
        found.push(groups.group(index, GroupParts { lines_net, discount, charges, taxable, vat }));
    }
    let shown = |net: Amount, rate: Percentage| {
        let vat = rate.of(net, scale)?;
        Some((vat, net.checked_add(vat)?))
    };
    let of_line = |(line, group): (&Priced, &usize)| {
        let (vat, gross) = shown(line.total, groups.treatments[*group].rate())?;
        let Priced { amount, discount, charge, total: net } = *line;
        Some(LineTax { amount, discount, charge, net, vat, gross })
    };
    let of_charge = |(charge, group): (&super::document::Charge, &usize)| {
        let (vat, gross) = shown(charge.amount, groups.treatments[*group].rate())?;
        Some(ChargeTax { net: charge.amount, vat, gross })
    };
    Some(Calculation {
        lines: lines.iter().zip(&groups.of_line).map(of_line).collect::<Option<_>>()?,
        charges: document.charges.iter().zip(&groups.of_charge).map(of_charge).collect::<Option<_>>()?,
        totals: totals(&found)?,
        groups: found,
    })
}
