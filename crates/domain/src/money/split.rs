//! Splitting amounts without losing a step: largest remainder (R64).
//!
//! Every part is first rounded down. What is then missing goes, one step each, to the parts that lost most; of equal losses to
//! the larger weight, then to the earlier part.

use super::{Amount, Percentage, unit_of};

/// A part before rounding: `numerator` over a divisor that all parts share, in steps of the scale.
struct Share {
    numerator: i128,
    weight: i64,
}

/// Whole steps for each share that add up to `total`. `None` when that would take more than one step for a share.
fn largest_remainder(total: i128, shares: &[Share], divisor: i128) -> Option<Vec<i128>> {
    let mut parts: Vec<i128> = shares.iter().map(|share| share.numerator / divisor).collect();
    let missing = total - parts.iter().sum::<i128>();
    let missing = usize::try_from(missing).ok().filter(|missing| *missing <= shares.len())?;
    let mut order: Vec<usize> = (0..shares.len()).collect();
    let rank = |index: &usize| {
        let share = &shares[*index];
        (std::cmp::Reverse((share.numerator % divisor, share.weight)), *index)
    };
    order.sort_by_key(rank);
    for index in order.into_iter().take(missing) {
        parts[index] += 1;
    }
    Some(parts)
}

/// Steps as amounts.
fn amounts(steps: Vec<i128>, unit: i64) -> Option<Vec<Amount>> {
    let amount = |steps: i128| i64::try_from(steps * i128::from(unit)).ok().map(Amount::from_scaled);
    steps.into_iter().map(amount).collect()
}

impl Amount {
    /// Parts in proportion to `weights`, which add up to `self` exactly. `None` when a weight is negative, when none is
    /// positive, and when `self` has more decimals than the scale.
    pub fn split(self, weights: &[Self], scale: u8) -> Option<Vec<Self>> {
        let unit = unit_of(scale);
        if !self.fits(scale) || weights.iter().any(|weight| weight.is_negative()) {
            return None;
        }
        let sum: i128 = weights.iter().map(|weight| i128::from(weight.scaled())).sum();
        if sum == 0 {
            return None;
        }
        let magnitude = i128::from(self.scaled()).abs();
        let share = |weight: &Self| Share {
            numerator: magnitude * i128::from(weight.scaled()),
            weight: weight.scaled(),
        };
        let shares: Vec<Share> = weights.iter().map(share).collect();
        let total = magnitude / i128::from(unit);
        let steps = largest_remainder(total, &shares, sum * i128::from(unit))?;
        let sign = if self.is_negative() { -1 } else { 1 };
        amounts(steps.into_iter().map(|step| sign * step).collect(), unit)
    }

    /// Parts in proportion to `weights`, each rounded half-up, of which the last takes what rounding leaves (R158). `None` when
    /// a weight is negative, when none is positive, and when `self` has more decimals than the scale.
    pub fn spread(self, weights: &[i64], scale: u8) -> Option<Vec<Self>> {
        let unit = unit_of(scale);
        let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
        if !self.fits(scale) || sum == 0 || weights.iter().any(|weight| *weight < 0) {
            return None;
        }
        let steps = i128::from(self.scaled()) / i128::from(unit);
        let half_up = |weight: &i64| {
            let doubled = steps.abs() * i128::from(*weight) * 2 + sum;
            doubled / (2 * sum) * steps.signum()
        };
        let mut parts: Vec<i128> = weights.iter().map(half_up).collect();
        let last = parts.pop()?;
        let before: i128 = parts.iter().sum();
        parts.push(if weights.len() == 1 { last } else { steps - before });
        amounts(parts, unit)
    }
}

impl Percentage {
    /// The amounts without the share that they include, rounded so that they add up to `total`, their sum without it (R63).
    /// `None` when an amount is negative.
    pub fn nets(self, amounts_with: &[Amount], total: Amount, scale: u8) -> Option<Vec<Amount>> {
        let unit = unit_of(scale);
        if amounts_with.iter().any(|amount| amount.is_negative()) || !total.fits(scale) {
            return None;
        }
        let (numerator, denominator) = self.without();
        let share = |amount: &Amount| Share {
            numerator: i128::from(amount.scaled()) * i128::from(numerator),
            weight: amount.scaled(),
        };
        let shares: Vec<Share> = amounts_with.iter().map(share).collect();
        let total = i128::from(total.scaled()) / i128::from(unit);
        let steps = largest_remainder(total, &shares, i128::from(denominator) * i128::from(unit))?;
        amounts(steps, unit)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn amounts_of(texts: &[&str]) -> Vec<Amount> {
        texts.iter().map(|text| Amount::parse(text).unwrap()).collect()
    }

    fn split(total: &str, weights: &[&str], scale: u8) -> Option<Vec<Amount>> {
        Amount::parse(total).unwrap().split(&amounts_of(weights), scale)
    }

    #[test]
    fn what_rounding_leaves_goes_to_the_largest_remainders() {
        for (total, weights, scale, parts) in [
            ("10", &["100", "50"][..], 2, &["6.67", "3.33"][..]),
            ("115.01", &["30", "30", "40"], 2, &["34.50", "34.50", "46.01"]),
            ("15.43", &["139.93", "135.30", "33.33"], 2, &["7.00", "6.76", "1.67"]),
            // Equal remainders: the larger weight, then the earlier part.
            ("0.01", &["1", "1", "1"], 2, &["0.01", "0", "0"]),
            ("0.03", &["1", "3"], 2, &["0.01", "0.02"]),
            ("-10", &["1", "1", "1"], 2, &["-3.34", "-3.33", "-3.33"]),
            ("1", &["0", "5"], 2, &["0", "1"]),
            ("10", &["1", "1", "1"], 0, &["4", "3", "3"]),
            ("0", &["1"], 2, &["0"]),
        ] {
            assert_eq!(split(total, weights, scale), Some(amounts_of(parts)), "{total} over {weights:?}");
        }
        assert_eq!(split("1", &[], 2), None);
        assert_eq!(split("1", &["0"], 2), None);
        assert_eq!(split("1", &["-1", "2"], 2), None);
        assert_eq!(split("0.001", &["1"], 2), None);
    }

    proptest! {
        #[test]
        fn parts_add_up_and_none_is_off_by_a_step(
            total in -1_000_000_000_i64..1_000_000_000,
            weights in prop::collection::vec(0_i64..1_000_000_000, 1..40),
            scale in 0_u8..=4,
        ) {
            let unit = unit_of(scale);
            let total = Amount::from_scaled(total * unit);
            let weights: Vec<_> = weights.into_iter().map(Amount::from_scaled).collect();
            let sum: i128 = weights.iter().map(|weight| i128::from(weight.scaled())).sum();
            prop_assume!(sum > 0);
            let parts = total.split(&weights, scale).unwrap();
            prop_assert_eq!(Amount::sum(parts.iter().copied()), Some(total));
            for (part, weight) in parts.iter().zip(&weights) {
                prop_assert!(part.fits(scale));
                let exact = i128::from(total.scaled()) * i128::from(weight.scaled());
                let off = (i128::from(part.scaled()) * sum - exact).abs();
                prop_assert!(off < sum * i128::from(unit), "{part:?} of {weight:?}");
                prop_assert!(!weight.is_zero() || part.is_zero());
            }
        }
    }
}
