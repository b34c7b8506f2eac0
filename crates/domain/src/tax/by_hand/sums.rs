//! The sums of the posted lines of an entry by tax code.

use super::{HandTax, HandTaxes, Row, bought, return_box, signed};
use crate::accounting::journal_entry::PostedLine;
use crate::money::Amount;
use crate::tax::tax_code::TaxKind;
use crate::tax::tax_entry::TaxSide;

pub(super) fn taxes(taxes: &HandTaxes<'_>, lines: &[PostedLine]) -> Option<Vec<HandTax>> {
    let mut made: Vec<HandTax> = Vec::new();
    for row in &taxes.rows {
        let line = lines.get(row.index)?;
        match row.tax {
            Some(side) => made.push(of_tax(taxes, row, side, line)?),
            None if row.rate.is_zero() => {
                for side in sides(row.code.kind) {
                    add_base(&mut made, row, *side, line)?;
                }
            }
            // It is in the base of the line that bears its tax.
            None => {}
        }
    }
    made.retain(|tax| !(tax.base.is_zero() && tax.tax.is_zero()));
    Some(made)
}

const fn sides(kind: TaxKind) -> &'static [TaxSide] {
    match kind {
        TaxKind::Sale => &[TaxSide::Output],
        TaxKind::ReverseCharge => &[TaxSide::Output, TaxSide::Input],
        _ => &[TaxSide::Input],
    }
}

/// One line of tax, whose base has the side of the tax.
fn of_tax(taxes: &HandTaxes<'_>, row: &Row<'_>, side: TaxSide, line: &PostedLine) -> Option<HandTax> {
    let (currency_tax, tax) = signed(line, side == TaxSide::Input)?;
    let base = line.details.tax_base.unwrap_or_default();
    let company_base = base.convert(line.rate, taxes.facts.company.scale)?;
    let of_side = |amount: Amount| if tax.is_negative() { amount.checked_neg() } else { Some(amount) };
    Some(HandTax {
        account: Some(line.account),
        currency_base: of_side(base)?,
        currency_tax,
        base: of_side(company_base)?,
        tax,
        ..empty(row, side, line)
    })
}

/// Lines of one code without tax make one entry for each currency.
fn add_base(made: &mut Vec<HandTax>, row: &Row<'_>, side: TaxSide, line: &PostedLine) -> Option<()> {
    let (currency_base, base) = signed(line, bought(row.code.kind))?;
    let same = |tax: &HandTax| tax.code == row.code.code && tax.side == side && tax.currency == line.currency;
    let at = made.iter().position(same).unwrap_or_else(|| {
        made.push(empty(row, side, line));
        made.len() - 1
    });
    made[at].currency_base = made[at].currency_base.checked_add(currency_base)?;
    made[at].base = made[at].base.checked_add(base)?;
    Some(())
}

fn empty(row: &Row<'_>, side: TaxSide, line: &PostedLine) -> HandTax {
    HandTax {
        code: row.code.code.clone(),
        category: row.category,
        rate: row.rate,
        side,
        account: None,
        return_box: return_box(row.code, side),
        currency: line.currency,
        currency_base: Amount::ZERO,
        currency_tax: Amount::ZERO,
        base: Amount::ZERO,
        tax: Amount::ZERO,
    }
}
