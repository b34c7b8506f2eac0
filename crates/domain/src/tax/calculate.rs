//! The one calculation of tax: documents, the ledger, returns and e-invoices share it (R17, R61). Nothing else multiplies by a
//! rate.

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use super::category::Treatment;
use super::document::{Calculation, Document, Group, Totals};
use super::exclusive::exclusive;
use super::inclusive::inclusive;
use super::price::price;
use crate::error::{Violation, Violations};
use crate::money::{AMOUNT_OUT_OF_RANGE, Amount};

crate::errors! {
    TAX_AMOUNT_NEGATIVE = "tax_amount_negative", Rule, User,
        "Must not be negative: credit notes carry positive amounts, too.",
        "يجب ألا تكون القيمة سالبة: فالإشعارات الدائنة تحمل قيمًا موجبة أيضًا.";
    PRICE_BASE_QUANTITY_NOT_POSITIVE = "price_base_quantity_not_positive", Rule, User,
        "The number of units that the price is for is greater than 0.",
        "عدد الوحدات التي يخصها السعر أكبر من 0.";
    DISCOUNT_EXCEEDS_AMOUNT = "discount_exceeds_amount", Rule, User,
        "The discount of {discount} is more than the {amount} there is.",
        "الخصم {discount} أكبر من المبلغ المتاح {amount}.";
    TAX_REASONS_MIXED = "tax_reasons_mixed", Rule, User,
        "A document has one reason for each category; category {category} has {first} and {other}. Make two documents.",
        "للمستند سبب واحد لكل فئة؛ والفئة {category} لها {first} و{other}. أنشئ مستندين.";
}

/// Calculates the taxes of a document, or answers everything that is wrong with it.
pub fn calculate(document: &Document) -> Result<Calculation, Vec<Violation>> {
    let mut violations = Violations::new();
    let Some((lines, discount)) = price(document, &mut violations) else {
        return Err(violations.into_vec());
    };
    let groups = Groups::of(document);
    let calculation = if document.prices_include_vat {
        inclusive(document, &lines, discount, &groups)
    } else {
        exclusive(document, &lines, discount, &groups)
    };
    calculation.ok_or_else(|| vec![Violation::new(&AMOUNT_OUT_OF_RANGE)])
}

/// The groups of a document and to which of them its lines and charges belong.
pub(super) struct Groups {
    pub treatments: Vec<Treatment>,
    pub of_line: Vec<usize>,
    pub of_charge: Vec<usize>,
}

impl Groups {
    fn of(document: &Document) -> Self {
        let mut groups = Self { treatments: Vec::new(), of_line: Vec::new(), of_charge: Vec::new() };
        let mut known = HashMap::new();
        let mut place = |tax: &Treatment, treatments: &mut Vec<Treatment>| {
            let index = *known.entry((tax.category(), tax.rate())).or_insert(treatments.len());
            match treatments.get_mut(index) {
                None => treatments.push(*tax),
                // The group's reason is the one that any of its lines names; different ones were refused before.
                Some(group) if group.reason().is_none() => *group = *tax,
                Some(_) => {}
            }
            index
        };
        groups.of_line = document.lines.iter().map(|line| place(&line.tax, &mut groups.treatments)).collect();
        groups.of_charge =
            document.charges.iter().map(|charge| place(&charge.tax, &mut groups.treatments)).collect();
        groups
    }

    pub fn count(&self) -> usize {
        self.treatments.len()
    }

    /// Per group the sum of what stands at the places that belong to it.
    pub fn sums(&self, of: &[usize], amounts: impl Iterator<Item = Amount>) -> Option<Vec<Amount>> {
        let mut sums = vec![Amount::ZERO; self.count()];
        for (group, amount) in of.iter().zip(amounts) {
            sums[*group] = sums[*group].checked_add(amount)?;
        }
        Some(sums)
    }

    /// The group at an index with its amounts.
    pub fn group(&self, index: usize, parts: GroupParts) -> Group {
        let GroupParts { lines_net, discount, charges, taxable, vat } = parts;
        let tax = &self.treatments[index];
        let (category, rate, reason) = (tax.category(), tax.rate(), tax.reason());
        Group { category, rate, reason, lines_net, discount, charges, taxable, vat }
    }
}

/// The amounts of a group.
pub(super) struct GroupParts {
    pub lines_net: Amount,
    pub discount: Amount,
    pub charges: Amount,
    pub taxable: Amount,
    pub vat: Amount,
}

/// The totals that follow from the groups.
pub fn totals(groups: &[Group]) -> Option<Totals> {
    let sum = |part: fn(&Group) -> Amount| Amount::sum(groups.iter().map(part));
    let (net, vat) = (sum(|group| group.taxable)?, sum(|group| group.vat)?);
    Some(Totals {
        lines_net: sum(|group| group.lines_net)?,
        discount: sum(|group| group.discount)?,
        charges: sum(|group| group.charges)?,
        net,
        vat,
        total: net.checked_add(vat)?,
    })
}
