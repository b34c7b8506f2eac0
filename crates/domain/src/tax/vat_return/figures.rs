//! The figures of a return, made of sums of entries.

use super::boxes::{BoxContent, BoxDef, KSA};
use crate::money::Amount;
use crate::tax::tax_entry::TaxSide;

/// The entries of one box and side that stand in one column, added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoxSum {
    pub code: String,
    pub side: TaxSide,
    /// Whether the entries correct documents of earlier returns.
    pub adjustment: bool,
    /// Whether the tax dates of the entries are before the period.
    pub early: bool,
    pub base: Amount,
    pub tax: Amount,
    pub count: u64,
}

impl BoxSum {
    /// Entries that an earlier return should have had: what corrects a filed document is none of them.
    pub fn late(&self) -> bool {
        self.early && !self.adjustment
    }

    fn owed(&self) -> Option<Amount> {
        match self.side {
            TaxSide::Output => Some(self.tax),
            TaxSide::Input => self.tax.checked_neg(),
        }
    }
}

/// One box with its figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoxFigure {
    pub def: &'static BoxDef,
    /// `None` in the boxes after the totals, which have VAT only.
    pub amount: Option<Amount>,
    pub adjustment: Option<Amount>,
    pub vat: Amount,
}

/// A whole return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    pub boxes: Vec<BoxFigure>,
    /// The VAT of the period.
    pub due: Amount,
    /// The credit that the returns before have left.
    pub credit: Amount,
    /// The net VAT owed, or reclaimable if negative.
    pub net: Amount,
    /// The amount by which late entries change the VAT owed, without its sign.
    pub late_vat: Amount,
    /// The entries in the boxes.
    pub entry_count: u64,
}

/// Puts sums into the boxes. Sums of boxes that there are not, or that hold no entries, count for nothing. `None` on overflow.
pub fn figures(sums: &[BoxSum], credit: Amount) -> Option<Figures> {
    let (mut due, mut net) = (Amount::ZERO, Amount::ZERO);
    let mut boxes: Vec<BoxFigure> = Vec::with_capacity(KSA.len());
    for def in KSA {
        let vat = |code: &str| boxes.iter().find(|known| known.def.code == code).map(|known| known.vat);
        let only = |vat: Amount| BoxFigure { def, amount: None, adjustment: None, vat };
        let figure = match def.content {
            BoxContent::Entries { group, base } => of_entries(def, (group, base), sums)?,
            BoxContent::Total(codes) => {
                total(def, boxes.iter().filter(|known| codes.contains(&known.def.code)))?
            }
            BoxContent::Due { output, input } => {
                due = vat(output)?.checked_sub(vat(input)?)?;
                only(due)
            }
            BoxContent::Corrections => only(Amount::ZERO),
            BoxContent::CreditBroughtForward => only(credit),
            BoxContent::Net => {
                net = due.checked_sub(credit)?;
                only(net)
            }
        };
        boxes.push(figure);
    }
    let placed = |sum: &&BoxSum| {
        KSA.iter().any(|def| def.code == sum.code && matches!(def.content, BoxContent::Entries { .. }))
    };
    let late = sums.iter().filter(placed).filter(|sum| sum.late()).map(BoxSum::owed);
    let late_vat = Amount::sum(late.collect::<Option<Vec<_>>>()?)?.abs();
    let entry_count = sums.iter().filter(placed).map(|sum| sum.count).sum();
    Some(Figures { boxes, due, credit, net, late_vat, entry_count })
}

fn of_entries(def: &'static BoxDef, (group, base): (TaxSide, TaxSide), sums: &[BoxSum]) -> Option<BoxFigure> {
    let (mut amount, mut adjustment, mut vat) = (Amount::ZERO, Amount::ZERO, Amount::ZERO);
    for sum in sums.iter().filter(|sum| sum.code == def.code) {
        if sum.side == base {
            let column = if sum.adjustment { &mut adjustment } else { &mut amount };
            *column = column.checked_add(sum.base)?;
        }
        let counts = if sum.side == group { sum.tax } else { sum.tax.checked_neg()? };
        vat = vat.checked_add(counts)?;
    }
    Some(BoxFigure { def, amount: Some(amount), adjustment: Some(adjustment), vat })
}

fn total<'a>(def: &'static BoxDef, parts: impl Iterator<Item = &'a BoxFigure>) -> Option<BoxFigure> {
    let (mut amount, mut adjustment, mut vat) = (Amount::ZERO, Amount::ZERO, Amount::ZERO);
    for part in parts {
        amount = amount.checked_add(part.amount?)?;
        adjustment = adjustment.checked_add(part.adjustment?)?;
        vat = vat.checked_add(part.vat)?;
    }
    Some(BoxFigure { def, amount: Some(amount), adjustment: Some(adjustment), vat })
}
