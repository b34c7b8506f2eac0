//! Discounts for early payment on documents: how a note spreads one over what the document charged (R106).

use crate::money::Amount;

/// Lines and charges of a document that have one tax code and the same dimensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Discounted {
    /// The index of their tax group.
    pub group: usize,
    /// The discount with VAT.
    pub gross: Amount,
}

/// Spreads a discount over the groups of a document by what they come to with VAT, and within each group over what it is made
/// of. Answers the share of each part. `None` on overflow.
pub fn spread_early_discount(
    discount: Amount,
    groups: &[Amount],
    parts: &[Discounted],
    scale: u8,
) -> Option<Vec<Amount>> {
    let mut spread = vec![Amount::ZERO; parts.len()];
    for (group, share) in discount.split(groups, scale)?.into_iter().enumerate() {
        let own: Vec<usize> = (0..parts.len()).filter(|part| parts[*part].group == group).collect();
        let weights: Vec<Amount> = own.iter().map(|part| parts[*part].gross).collect();
        for (part, share) in own.iter().zip(share.split(&weights, scale)?) {
            spread[*part] = share;
        }
    }
    Some(spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    /// P4: 690.00 and 400.00 with 2 per cent of 1,090.00.
    #[test]
    fn groups_bear_it_by_what_they_come_to_with_vat() {
        let parts = [
            Discounted { group: 0, gross: amount("690") },
            Discounted { group: 1, gross: amount("100") },
            Discounted { group: 1, gross: amount("300") },
        ];
        let spread = spread_early_discount(amount("21.80"), &[amount("690"), amount("400")], &parts, 2);
        assert_eq!(spread, Some(vec![amount("13.80"), amount("2"), amount("6")]));
    }
}
