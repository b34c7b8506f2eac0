//! Prices of a list.

mod input;
mod plan;
pub mod save_many;

pub use input::PriceInput;
pub use plan::{Learned, Plan, Planned};

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::items::item::{ItemId, UNIT_UNKNOWN_FOR_ITEM};
use domain::items::price::{ItemPrice, PRICE_NEGATIVE, PRICE_OVERLAPS, QUANTITY_NEGATIVE, VALIDITY_REVERSED};
use domain::items::price_list::{PriceList, PriceListId};
use domain::items::unit::UnitId;
use domain::money::{Percentage, Price, Quantity};
use domain::text::Code;
use uuid::Uuid;

use super::error::REFERENCE_INACTIVE;
use crate::error::{AppResult, UNKNOWN_REFERENCE};
use crate::master_data::{Check, MasterData, Within};
use crate::wire::{Optional, Patch};
use crate::{request, resource, view};

/// A price with its list.
pub type PriceKey = Within<PriceList, ItemPrice>;

request! {
    /// A price of an item in a list.
    pub struct NewPrice as CreatePriceBody {
        /// The item by id. Give the id or the code.
        item_id: Option<ItemId>,
        /// The item by code.
        item_code: Option<Code> = "P-100",
        /// The unit by id: the base unit of the item or one of its other units. Give the id or the code.
        unit_id: Option<UnitId>,
        /// The unit by code.
        unit_code: Option<Code> = "PCE",
        /// The smallest quantity, in the unit, for which the price holds.
        quantity_from: Quantity => "0",
        /// The first day on which the price holds.
        valid_from: NaiveDate = "2026-01-01",
        /// The last day on which the price holds; null for any later day.
        valid_to: Option<NaiveDate>,
        /// The price of one unit, in the currency of the list.
        price: Price = "12.5",
        /// The discount in per cent that goes with the price.
        discount_percent: Percentage => "0",
    }

    /// Changes to a price (JSON Merge Patch). Members left out stay as they are; null clears a member. Item and unit do not change.
    pub struct PriceChange as UpdatePriceBody {
        /// The smallest quantity for which the price holds.
        quantity_from: Optional<Quantity>,
        /// The first day on which the price holds.
        valid_from: Optional<NaiveDate>,
        /// The last day on which the price holds; null for any later day.
        valid_to: Patch<NaiveDate>,
        /// The price of one unit, in the currency of the list.
        price: Optional<Price>,
        /// The discount in per cent that goes with the price.
        discount_percent: Optional<Percentage>,
    }
}

view! {
    /// The price of an item in a list: in one unit, from a quantity on, from a day on.
    pub struct PriceView of ItemPrice {
        id: Uuid,
        price_list_id: Uuid,
        item_id: Uuid,
        unit_id: Uuid,
        /// The smallest quantity, in the unit, for which the price holds.
        quantity_from: String,
        valid_from: NaiveDate,
        /// The last day; null for any later day.
        valid_to: Option<NaiveDate>,
        /// The price of one unit, in the currency of the list.
        price: String,
        /// The discount that goes with the price, in per cent.
        discount_percent: String,
    }
}

resource! {
    ItemPrice by id: PriceKey, in price_list_id: PriceListId
        = "items", "price", "prices" at "/price-lists/{id}/prices", "/price-lists/{id}/prices/{priceId}";
    en: "a", "price", "the prices of a price list"; ar: "الأسعار";
    within: "price_list", "price lists";
    bodies: NewPrice, PriceChange => PriceView;
    list: id sortable, item_id, unit_id, valid_from, valid_to; order: id;
    refuses:
        create [
            &UNKNOWN_REFERENCE, &REFERENCE_INACTIVE, &UNIT_UNKNOWN_FOR_ITEM, &PRICE_NEGATIVE, &QUANTITY_NEGATIVE,
            &VALIDITY_REVERSED, &PRICE_OVERLAPS
        ],
        change [&PRICE_NEGATIVE, &QUANTITY_NEGATIVE, &VALIDITY_REVERSED, &PRICE_OVERLAPS],
        delete [];
}

#[async_trait]
impl MasterData for ItemPrice {
    async fn create(new: &NewPrice, key: PriceKey, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let input = PriceInput::new(new);
        let learned = Learned::of(check.uow, std::iter::once(&input)).await?;
        let Some(value) = input.price(key.parent, "", &learned, &mut check.violations) else {
            return Ok(None);
        };
        let value = Self { id: key.id, ..value };
        alone(&value, check).await?;
        Ok(Some(value))
    }

    async fn change(&self, change: &PriceChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let value = Self {
            quantity_from: change.quantity_from.or(&self.quantity_from),
            valid_from: change.valid_from.or(&self.valid_from),
            valid_to: change.valid_to.or(&self.valid_to),
            price: change.price.or(&self.price),
            discount_percent: change.discount_percent.or(&self.discount_percent),
            ..self.clone()
        };
        check.violations.extend(value.check().into_vec());
        alone(&value, check).await?;
        Ok(Some(value))
    }
}

/// Refuses a price that holds beside another one.
async fn alone(value: &ItemPrice, check: &mut Check<'_>) -> AppResult<()> {
    let lists = [value.price_list_id].into();
    check.uow.items().lock_price_lists(&lists).await?;
    let others = check.uow.items().prices_from(&lists, &[value.item_id].into(), value.valid_from).await?;
    let other = others.iter().find(|other| other.value.id != value.id && other.value.overlaps(value));
    if let Some(other) = other {
        check.refuse(other.value.overlapped());
    }
    Ok(())
}
