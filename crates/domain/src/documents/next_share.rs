//! Parts of an amount that are taken one after the other and come to the whole.

use crate::money::Amount;

/// The part of `whole` that belongs to `taken`, when `used` of the amount `of` was taken before. Parts are differences of sums, so
/// all of them together are the whole, however they round. `None` on overflow.
pub fn next_share(whole: Amount, of: Amount, used: Amount, taken: Amount, scale: u8) -> Option<Amount> {
    if !of.is_positive() {
        return Some(Amount::ZERO);
    }
    let through = |amount: Amount| whole.share(amount, of, scale);
    through(used.checked_add(taken)?)?.checked_sub(through(used)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_parts_come_to_the_whole(whole in 0..1_000_000_i64, takes in prop::collection::vec(1..10_000_i64, 1..20)) {
            let (whole, of) = (Amount::from_scaled(whole * 100), Amount::from_scaled(takes.iter().sum()));
            let (mut used, mut sum) = (Amount::ZERO, Amount::ZERO);
            for take in takes {
                let taken = Amount::from_scaled(take);
                let part = next_share(whole, of, used, taken, 2).unwrap();
                prop_assert!(!part.is_negative());
                used = used.checked_add(taken).unwrap();
                sum = sum.checked_add(part).unwrap();
            }
            prop_assert_eq!(sum, whole);
        }
    }

    #[test]
    fn nothing_belongs_to_a_part_of_nothing() {
        let one = Amount::parse("1.00").unwrap();
        assert_eq!(next_share(one, Amount::ZERO, Amount::ZERO, one, 2), Some(Amount::ZERO));
    }
}
