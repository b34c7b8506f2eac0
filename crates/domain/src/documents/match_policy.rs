//! How receipts and bills are matched with purchase orders (R75, R86).

use crate::items::item::Item;
use crate::items::match_policy::MatchPolicy;
use crate::money::{Percentage, Quantity};
use crate::parties::roles::Supplier;

/// The policy, and how far receipts may go beyond the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderMatch {
    pub policy: MatchPolicy,
    pub over_receipt: Percentage,
}

/// The values that a supplier, an item or a line has of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OwnMatch {
    pub policy: Option<MatchPolicy>,
    pub over_receipt: Option<Percentage>,
}

impl Default for OrderMatch {
    fn default() -> Self {
        Self { policy: MatchPolicy::ThreeWay, over_receipt: Percentage::ZERO }
    }
}

impl OrderMatch {
    /// That of a supplier, where it has its own; `self` is the company's.
    #[must_use]
    pub fn of_supplier(self, supplier: Option<&Supplier>) -> Self {
        let own = supplier.map(|supplier| OwnMatch {
            policy: supplier.match_policy,
            over_receipt: supplier.over_receipt_percent,
        });
        self.of_line(own.unwrap_or_default())
    }

    /// That of an item, where it has its own; `self` is the supplier's.
    #[must_use]
    pub fn of_item(self, item: Option<&Item>) -> Self {
        let own =
            item.map(|item| OwnMatch { policy: item.match_policy, over_receipt: item.over_receipt_percent });
        self.of_line(own.unwrap_or_default())
    }

    /// That of a line, where it has its own; `self` is the item's.
    #[must_use]
    pub fn of_line(self, own: OwnMatch) -> Self {
        Self {
            policy: own.policy.unwrap_or(self.policy),
            over_receipt: own.over_receipt.unwrap_or(self.over_receipt),
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

    #[test]
    fn a_line_says_one_thing_and_leaves_the_other_to_those_before() {
        let percent = |text: &str| Percentage::parse(text).unwrap();
        let company = OrderMatch { policy: MatchPolicy::ThreeWay, over_receipt: percent("10") };
        let own = OwnMatch { policy: Some(MatchPolicy::TwoWay), over_receipt: None };
        assert_eq!(company.of_line(own), OrderMatch { policy: MatchPolicy::TwoWay, ..company });
        let own = OwnMatch { policy: None, over_receipt: Some(Percentage::ZERO) };
        assert_eq!(company.of_line(own), OrderMatch { over_receipt: Percentage::ZERO, ..company });
        assert_eq!(company.of_supplier(None).of_item(None).of_line(OwnMatch::default()), company);
    }
}
