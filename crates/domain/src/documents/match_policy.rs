//! How receipts and bills are matched with purchase orders (R75, R86).

use crate::items::item::Item;
use crate::items::match_policy::MatchPolicy;
use crate::money::{Percentage, Quantity};

/// The policy, and how far receipts may go beyond the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderMatch {
    pub policy: MatchPolicy,
    pub over_receipt: Percentage,
}

impl Default for OrderMatch {
    fn default() -> Self {
        Self { policy: MatchPolicy::ThreeWay, over_receipt: Percentage::ZERO }
    }
}

impl OrderMatch {
    /// That of an item, where it has its own; `self` is the company's.
    #[must_use]
    pub fn of_item(self, item: Option<&Item>) -> Self {
        Self {
            policy: item.and_then(|item| item.match_policy).unwrap_or(self.policy),
            over_receipt: item.and_then(|item| item.over_receipt_percent).unwrap_or(self.over_receipt),
        }
    }

    /// The quantity beyond the ordered one.
    pub fn beyond(self, ordered: Quantity) -> Quantity {
        let product = i128::from(ordered.scaled()) * i128::from(self.over_receipt.scaled());
        let share = product / i128::from(Percentage::HUNDRED.scaled());
        Quantity::from_scaled(i64::try_from(share).unwrap_or_default().max(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantity_beyond_an_order_is_a_share_of_it() {
        let beyond = |percent: &str, ordered: &str| {
            let over_receipt = Percentage::parse(percent).unwrap();
            let matching = OrderMatch { over_receipt, ..OrderMatch::default() };
            matching.beyond(Quantity::parse(ordered).unwrap()).to_string()
        };
        assert_eq!(beyond("5", "200"), "10");
        assert_eq!(beyond("0", "200"), "0");
        assert_eq!(beyond("2.5", "0.000001"), "0", "rounded down");
        assert_eq!(beyond("100", "7"), "7");
    }
}
