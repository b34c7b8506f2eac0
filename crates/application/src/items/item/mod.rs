//! Items: what is sold and bought.

mod body;
pub mod input;
mod resolve;
mod view;

pub use body::{BarcodeBody, ItemChange, ItemUnitBody, NewItem};
pub use view::ItemView;

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::error::{Violation, Violations};
use domain::items::barcode::{BARCODE_INVALID, BARCODE_REPEATED, BARCODE_TAKEN};
use domain::items::category::ItemCategory;
use domain::items::item::{
    BLOCKED_REASON_MISSING, BLOCKED_REASON_NOT_TAKEN, ITEM_HAS_ENTRIES, ITEM_UNIT_HAS_PRICES,
    ITEM_UNIT_REPEATED, Item, ItemId, MEASURE_NEGATIVE, TRACKING_NOT_AVAILABLE, UNIT_UNKNOWN_FOR_ITEM,
};
use domain::items::price::PRICE_NEGATIVE;
use domain::items::unit::Unit;
use domain::tax::tax_code::{TAX_CODE_KIND_NOT_TAKEN, TaxCode};

use self::input::{ItemInput, Named};
use super::error::REFERENCE_INACTIVE;
use super::known::Known;
use super::ports::BarcodeOwner;
use crate::error::{AppResult, UNKNOWN_REFERENCE};
use crate::master_data::{Check, MasterData, Records};
use crate::paging::FieldKind;
use crate::resource;
use crate::unit_of_work::UnitOfWork;

resource! {
    Item by id: ItemId = "items", "item", "items" at "/items", "/items/{id}";
    en: "an", "item", "items"; ar: "الأصناف";
    about: "What is sold and bought: goods, services and charges, with their units and barcodes.";
    bodies: NewItem, ItemChange => ItemView; unique code;
    list: id sortable, code sortable, name, kind, category_id, barcode = FieldKind::Barcode, blocked, active;
    order: code;
    refuses:
        create [
            &UNKNOWN_REFERENCE, &REFERENCE_INACTIVE, &TAX_CODE_KIND_NOT_TAKEN, &TRACKING_NOT_AVAILABLE,
            &UNIT_UNKNOWN_FOR_ITEM, &ITEM_UNIT_REPEATED, &BARCODE_INVALID, &BARCODE_TAKEN, &BARCODE_REPEATED,
            &BLOCKED_REASON_MISSING, &BLOCKED_REASON_NOT_TAKEN, &MEASURE_NEGATIVE, &PRICE_NEGATIVE
        ],
        change [
            &UNKNOWN_REFERENCE, &REFERENCE_INACTIVE, &TAX_CODE_KIND_NOT_TAKEN, &TRACKING_NOT_AVAILABLE,
            &UNIT_UNKNOWN_FOR_ITEM, &ITEM_UNIT_REPEATED, &BARCODE_INVALID, &BARCODE_TAKEN, &BARCODE_REPEATED,
            &BLOCKED_REASON_MISSING, &BLOCKED_REASON_NOT_TAKEN, &MEASURE_NEGATIVE, &PRICE_NEGATIVE,
            &ITEM_HAS_ENTRIES, &ITEM_UNIT_HAS_PRICES
        ],
        delete unused [];
    change says "Members that hold a list (`units`, `barcodes`) are replaced as a whole. Kind and base unit of an item that has \
        prices stay as they are.";
}

/// The records that items name, and the owners of their barcodes.
pub struct Learned {
    pub units: Known<Unit>,
    pub categories: Known<ItemCategory>,
    pub tax_codes: Known<TaxCode>,
    pub owners: Vec<BarcodeOwner>,
}

impl Learned {
    /// Reads it for all of the items at once.
    pub async fn of(
        uow: &mut dyn UnitOfWork,
        inputs: impl Iterator<Item = &ItemInput> + Send,
    ) -> AppResult<Self> {
        let mut named = Named::default();
        inputs.for_each(|input| input.name(&mut named));
        let items = uow.items();
        Ok(Self {
            units: Known::new(items.units(&named.units).await?),
            categories: Known::new(items.categories(&named.categories).await?),
            tax_codes: Known::new(items.tax_codes(&named.tax_codes).await?),
            owners: items.barcode_owners(&named.barcodes).await?,
        })
    }
}

/// Refuses the barcodes of an item that others have.
pub fn check_barcodes(item: &Item, owners: &[BarcodeOwner], violations: &mut Violations) {
    for (index, barcode) in item.barcodes.iter().enumerate() {
        let key = barcode.key();
        let other = owners.iter().find(|owner| owner.key == key && owner.item_id != item.id);
        if let Some(other) = other {
            let taken = Violation::new(&BARCODE_TAKEN).at(format!("/barcodes/{index}/code"));
            violations.push(taken.with("value", &barcode.code).with("item", &other.item_code));
        }
    }
}

#[async_trait]
impl MasterData for Item {
    async fn create(new: &NewItem, id: ItemId, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        made(&ItemInput::new(new), id, None, check).await
    }

    async fn change(&self, change: &ItemChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let next = made(&ItemInput::changed(self, change), self.id, Some(self), check).await?;
        let Some(next) = next else { return Ok(None) };
        let priced = check.uow.items().priced_units(self.id).await?;
        // Prices and documents.
        let used = !Records::<Self>::used_by(check.uow, self.id).await?.is_empty();
        check.violations.extend(self.may_become(&next, used).into_vec());
        let lost: Vec<_> = priced.into_iter().filter(|unit| next.ratio(*unit).is_none()).collect();
        let named: BTreeSet<_> = lost.into_iter().map(crate::reference::Reference::Id).collect();
        for unit in check.uow.items().units(&named).await? {
            let lost = Violation::new(&ITEM_UNIT_HAS_PRICES).at("/units");
            check.refuse(lost.with("code", &self.code).with("unit", unit.code));
        }
        Ok(Some(next))
    }
}

async fn made(
    input: &ItemInput,
    id: ItemId,
    before: Option<&Item>,
    check: &mut Check<'_>,
) -> AppResult<Option<Item>> {
    let learned = Learned::of(check.uow, std::iter::once(input)).await?;
    let Some(item) = input.item(id, before, &learned, &mut check.violations) else { return Ok(None) };
    check.violations.extend(item.check().into_vec());
    check_barcodes(&item, &learned.owners, &mut check.violations);
    Ok(Some(item))
}
