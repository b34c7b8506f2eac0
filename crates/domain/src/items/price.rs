//! Prices of items, and which of them holds (R55).

use chrono::NaiveDate;

use super::conversion::Ratio;
use super::item::ItemId;
use super::price_list::PriceListId;
use super::unit::UnitId;
use crate::error::{Violation, Violations};
use crate::ids::Id;
use crate::money::{Percentage, Price, Quantity};

pub type PriceId = Id<ItemPrice>;

crate::errors! {
    PRICE_NEGATIVE = "price_negative", Rule, User,
        "A price is not negative.", "لا يكون السعر سالبًا.";
    QUANTITY_NEGATIVE = "quantity_negative", Rule, User,
        "This quantity is not negative.", "لا تكون هذه الكمية سالبة.";
    VALIDITY_REVERSED = "validity_reversed", Rule, User,
        "The last day {to} is before the first day {from}.", "اليوم الأخير {to} قبل اليوم الأول {from}.";
    PRICE_OVERLAPS = "price_overlaps", Conflict, User,
        "The list has a price of the same item, unit and quantity from {from} to {to}.",
        "في القائمة سعر للصنف والوحدة والكمية نفسها من {from} إلى {to}.";
    PRICE_NOT_FOUND = "price_not_found", Rule, User,
        "Item {item} has no price in {unit} and {currency} on {date}.",
        "لا يوجد سعر للصنف {item} بالوحدة {unit} والعملة {currency} في {date}.";
}

/// The price of an item in a list: in one unit, from a quantity on, from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemPrice {
    pub id: PriceId,
    pub price_list_id: PriceListId,
    pub item_id: ItemId,
    pub unit_id: UnitId,
    pub quantity_from: Quantity,
    pub valid_from: NaiveDate,
    /// The last day; none for a price that holds until it is changed.
    pub valid_to: Option<NaiveDate>,
    pub price: Price,
    pub discount_percent: Percentage,
    pub version: i64,
}

/// The key that no two prices of a list may share on the same day.
pub type PriceKey = (ItemId, UnitId, Quantity);

impl ItemPrice {
    pub fn check(&self) -> Violations {
        let mut violations = Violations::new();
        if self.price.is_negative() {
            violations.push(Violation::new(&PRICE_NEGATIVE).at("/price"));
        }
        if self.quantity_from.is_negative() {
            violations.push(Violation::new(&QUANTITY_NEGATIVE).at("/quantityFrom"));
        }
        violations.check("", check_validity(self.valid_from, self.valid_to));
        violations
    }

    pub const fn key(&self) -> PriceKey {
        (self.item_id, self.unit_id, self.quantity_from)
    }

    /// Whether two prices hold for the same thing on the same day.
    pub fn overlaps(&self, other: &Self) -> bool {
        let begins_by_end = |one: &Self, other: &Self| other.valid_to.is_none_or(|to| one.valid_from <= to);
        self.key() == other.key() && begins_by_end(self, other) && begins_by_end(other, self)
    }

    pub fn holds_on(&self, date: NaiveDate) -> bool {
        self.valid_from <= date && self.valid_to.is_none_or(|to| date <= to)
    }

    /// The violation of a price that holds beside this one.
    pub fn overlapped(&self) -> Violation {
        let to = self.valid_to.map_or_else(|| "…".to_owned(), |to| to.to_string());
        Violation::new(&PRICE_OVERLAPS).at("/validFrom").with("from", self.valid_from).with("to", to)
    }
}

pub(super) fn check_validity(from: NaiveDate, to: Option<NaiveDate>) -> Result<(), Violation> {
    match to.filter(|to| *to < from) {
        Some(to) => Err(Violation::new(&VALIDITY_REVERSED).at("/validTo").with("from", from).with("to", to)),
        None => Ok(()),
    }
}

/// The criteria by which a price is looked up.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    pub unit_id: UnitId,
    pub quantity: Quantity,
    pub base_unit_id: UnitId,
    pub base_quantity: Quantity,
    /// The wanted unit in base units.
    pub ratio: Ratio,
    pub date: NaiveDate,
}

/// A price that was found in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<'p> {
    pub listed: &'p ItemPrice,
    /// The price of one of the wanted unit.
    pub price: Price,
    /// Whether the price was converted from that of the base unit.
    pub converted: bool,
}

/// The price of one list, of whose prices those of the item are given: that of the exact unit with the largest quantity that is
/// reached, and the latest of these. Only a unit without any price on the day gets that of the base unit, converted.
pub fn price_in_list<'p>(prices: &[&'p ItemPrice], wanted: &Wanted) -> Option<Found<'p>> {
    let of_unit = |unit: UnitId| {
        prices.iter().copied().filter(move |price| price.unit_id == unit && price.holds_on(wanted.date))
    };
    let reached = |unit: UnitId, quantity: Quantity| {
        of_unit(unit)
            .filter(|price| price.quantity_from <= quantity)
            .max_by_key(|price| (price.quantity_from, price.valid_from))
    };
    if wanted.unit_id == wanted.base_unit_id || of_unit(wanted.unit_id).next().is_some() {
        let listed = reached(wanted.unit_id, wanted.quantity)?;
        return Some(Found { listed, price: listed.price, converted: false });
    }
    let listed = reached(wanted.base_unit_id, wanted.base_quantity)?;
    Some(Found { listed, price: wanted.ratio.price_of(listed.price)?, converted: true })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text).unwrap()
    }

    const PIECE: u128 = 1;
    const BOX: u128 = 2;

    fn price(unit: u128, quantity_from: &str, (from, to): (&str, Option<&str>), price: &str) -> ItemPrice {
        ItemPrice {
            id: PriceId::new(Uuid::nil()),
            price_list_id: PriceListId::new(Uuid::nil()),
            item_id: ItemId::new(Uuid::nil()),
            unit_id: UnitId::new(Uuid::from_u128(unit)),
            quantity_from: quantity(quantity_from),
            valid_from: day(from),
            valid_to: to.map(day),
            price: Price::parse(price).unwrap(),
            discount_percent: Percentage::ZERO,
            version: 1,
        }
    }

    #[test]
    fn prices_overlap_when_a_day_belongs_to_both() {
        let first = price(PIECE, "0", ("2026-01-01", Some("2026-06-30")), "10");
        for (from, to, overlaps) in [
            ("2026-06-30", None, true),
            ("2026-07-01", None, false),
            ("2025-01-01", None, true),
            ("2025-01-01", Some("2025-12-31"), false),
            ("2025-01-01", Some("2026-01-01"), true),
        ] {
            let other = price(PIECE, "0", (from, to), "11");
            assert_eq!(
                (first.overlaps(&other), other.overlaps(&first)),
                (overlaps, overlaps),
                "{from} {to:?}"
            );
        }
        assert!(!first.overlaps(&price(BOX, "0", ("2026-01-01", None), "10")));
        assert!(!first.overlaps(&price(PIECE, "10", ("2026-01-01", None), "10")));
    }

    #[test]
    fn what_contradicts_itself_is_said_at_once() {
        let mut wrong = price(PIECE, "-1", ("2026-02-01", Some("2026-01-31")), "-0.01");
        let found: Vec<_> = wrong.check().into_vec().into_iter().map(|v| (v.def.code, v.pointer)).collect();
        let at = |code, pointer: &str| (code, pointer.to_owned());
        assert_eq!(
            found,
            [
                at("price_negative", "/price"),
                at("quantity_negative", "/quantityFrom"),
                at("validity_reversed", "/validTo")
            ]
        );
        wrong = price(PIECE, "0", ("2026-01-31", Some("2026-01-31")), "0");
        assert!(wrong.check().is_empty());
    }

    fn resolved(prices: &[ItemPrice], unit: u128, wanted: &str, date: &str) -> Option<(String, bool)> {
        let ratio = if unit == PIECE { Ratio::ONE } else { Ratio::new(12, 1).unwrap() };
        let quantity = quantity(wanted);
        let wanted = Wanted {
            unit_id: UnitId::new(Uuid::from_u128(unit)),
            quantity,
            base_unit_id: UnitId::new(Uuid::from_u128(PIECE)),
            base_quantity: ratio.base_quantity(quantity, 0).unwrap(),
            ratio,
            date: day(date),
        };
        let prices: Vec<&ItemPrice> = prices.iter().collect();
        price_in_list(&prices, &wanted).map(|found| (found.price.to_string(), found.converted))
    }

    #[test]
    fn the_largest_quantity_that_is_reached_decides() {
        let prices = [
            price(PIECE, "0", ("2026-01-01", Some("2026-03-31")), "10"),
            price(PIECE, "0", ("2026-04-01", None), "11"),
            price(PIECE, "100", ("2026-01-01", None), "9"),
        ];
        let own = |text: &str| Some((text.to_owned(), false));
        assert_eq!(resolved(&prices, PIECE, "99", "2026-03-31"), own("10"));
        assert_eq!(resolved(&prices, PIECE, "99", "2026-04-01"), own("11"));
        assert_eq!(resolved(&prices, PIECE, "100", "2026-04-01"), own("9"));
        assert_eq!(resolved(&prices, PIECE, "1", "2025-12-31"), None);
        // Nine boxes of twelve are more than a hundred pieces.
        assert_eq!(resolved(&prices, BOX, "9", "2026-04-01"), Some(("108".to_owned(), true)));
        assert_eq!(resolved(&prices, BOX, "1", "2026-04-01"), Some(("132".to_owned(), true)));
    }

    #[test]
    fn a_unit_with_a_price_of_its_own_is_not_converted() {
        let prices = [
            price(PIECE, "0", ("2026-01-01", None), "10"),
            price(BOX, "5", ("2026-01-01", Some("2026-12-31")), "100"),
        ];
        assert_eq!(resolved(&prices, BOX, "5", "2026-05-01"), Some(("100".to_owned(), false)));
        assert_eq!(resolved(&prices, BOX, "4", "2026-05-01"), None);
        assert_eq!(resolved(&prices, BOX, "4", "2027-01-01"), Some(("120".to_owned(), true)));
    }
}
