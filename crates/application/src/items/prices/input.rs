//! A price as a request or a row of a file writes it.

use chrono::NaiveDate;
use domain::error::{Violation, Violations};
use domain::items::item::{ItemId, UNIT_UNKNOWN_FOR_ITEM};
use domain::items::price::{ItemPrice, PriceId};
use domain::items::price_list::PriceListId;
use domain::items::unit::UnitId;
use domain::money::{Percentage, Price, Quantity};
use uuid::Uuid;

use super::NewPrice;
use super::plan::Learned;
use crate::items::known::Names;
use crate::reference::{Reference, by_id_or_code};
use crate::wire::REQUIRED;

/// All members of a price.
#[derive(Debug, Clone)]
pub struct PriceInput {
    pub item: Option<Reference<ItemId>>,
    pub unit: Option<Reference<UnitId>>,
    pub quantity_from: Quantity,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub price: Price,
    pub discount_percent: Percentage,
}

impl PriceInput {
    pub fn new(new: &NewPrice) -> Self {
        Self {
            item: by_id_or_code(new.item_id, new.item_code.clone()),
            unit: by_id_or_code(new.unit_id, new.unit_code.clone()),
            quantity_from: new.quantity_from,
            valid_from: new.valid_from,
            valid_to: new.valid_to,
            price: new.price,
            discount_percent: new.discount_percent,
        }
    }

    /// The price that is meant, without an id yet. Everything that is wrong is noted below `at`.
    pub fn price(
        &self,
        price_list_id: PriceListId,
        at: &str,
        learned: &Learned,
        violations: &mut Violations,
    ) -> Option<ItemPrice> {
        let item_names = Names { at, id: "itemId", code: "itemCode" };
        let unit_names = Names { at, id: "unitId", code: "unitCode" };
        let required = |names: Names<'_>| Violation::new(&REQUIRED).at(format!("{at}/{}", names.id));
        let item = match &self.item {
            Some(item) => learned.items.named(item, item_names, None, violations),
            None => {
                violations.push(required(item_names));
                None
            }
        };
        let Some(unit_reference) = &self.unit else {
            violations.push(required(unit_names));
            return None;
        };
        let unit = learned.units.get(unit_reference);
        let has = item.zip(unit).is_some_and(|(item, unit)| item.ratio(unit.id).is_some());
        // A unit that the item has may be priced, active or not.
        let old = unit.filter(|_| has).map(|unit| unit.id);
        let unit = learned.units.named(unit_reference, unit_names, old, violations)?;
        let item = item?;
        if !has {
            let unknown = Violation::new(&UNIT_UNKNOWN_FOR_ITEM).at(unit_names.pointer(unit_reference));
            violations.push(unknown.with("unit", &unit.code).with("item", &item.code));
            return None;
        }
        let price = ItemPrice {
            id: PriceId::new(Uuid::nil()),
            price_list_id,
            item_id: item.id,
            unit_id: unit.id,
            quantity_from: self.quantity_from,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            price: self.price,
            discount_percent: self.discount_percent,
            version: 1,
        };
        let wrong = price.check().into_vec();
        let good = wrong.is_empty();
        violations.extend(wrong.into_iter().map(|violation| {
            let pointer = format!("{at}{}", violation.pointer);
            violation.at(pointer)
        }));
        good.then_some(price)
    }
}
