//! An item as a request or a row of a file writes it, turned into one that is kept.

use std::collections::BTreeSet;

use domain::error::Violations;
use domain::items::barcode::{Barcode, BarcodeKind, barcode_key};
use domain::items::category::ItemCategoryId;
use domain::items::conversion::Ratio;
use domain::items::item::{Blocked, HsCode, Item, ItemId, ItemKind, ItemUnit, Tracking};
use domain::items::match_policy::MatchPolicy;
use domain::items::unit::UnitId;
use domain::money::{Percentage, Price, Quantity};
use domain::tax::tax_code::TaxCodeId;
use domain::text::{Code, LocalizedName};

use super::Learned;
use super::body::{BarcodeBody, ItemChange, ItemUnitBody, NewItem};
use super::resolve::Resolver;
use crate::items::known::Names;
use crate::reference::{Reference, by_id_or_code, optional, patched};
use crate::wire::{Optional, Patch};

const PURCHASE_UNIT: Names<'static> = Names { at: "", id: "purchaseUnitId", code: "purchaseUnitCode" };
const SALES_UNIT: Names<'static> = Names { at: "", id: "salesUnitId", code: "salesUnitCode" };

/// A unit beside the base unit.
#[derive(Debug, Clone)]
pub struct UnitInput {
    pub unit: Option<Reference<UnitId>>,
    pub ratio: Ratio,
}

/// A barcode; without a unit it stands on the base unit.
#[derive(Debug, Clone)]
pub struct BarcodeInput {
    pub code: Code,
    pub unit: Option<Reference<UnitId>>,
    pub kind: BarcodeKind,
}

/// All members of an item.
#[derive(Debug, Clone)]
pub struct ItemInput {
    pub code: Code,
    pub name: LocalizedName,
    pub description: Option<String>,
    pub kind: ItemKind,
    pub category: Option<Reference<ItemCategoryId>>,
    pub base_unit: Option<Reference<UnitId>>,
    pub tracking: Tracking,
    pub purchase_unit: Option<Reference<UnitId>>,
    pub sales_unit: Option<Reference<UnitId>>,
    pub sales_price: Option<Price>,
    pub sales_tax_code: Option<Reference<TaxCodeId>>,
    pub purchase_tax_code: Option<Reference<TaxCodeId>>,
    pub weight: Option<Quantity>,
    pub volume: Option<Quantity>,
    pub hs_code: Option<HsCode>,
    pub match_policy: Option<MatchPolicy>,
    pub over_receipt_percent: Option<Percentage>,
    pub blocked: Blocked,
    pub blocked_reason: Option<String>,
    pub active: bool,
    pub units: Vec<UnitInput>,
    pub barcodes: Vec<BarcodeInput>,
}

/// The records and barcodes that items name.
#[derive(Debug, Default)]
pub struct Named {
    pub units: BTreeSet<Reference<UnitId>>,
    pub categories: BTreeSet<Reference<ItemCategoryId>>,
    pub tax_codes: BTreeSet<Reference<TaxCodeId>>,
    pub barcodes: BTreeSet<String>,
}

impl ItemInput {
    pub fn new(new: &NewItem) -> Self {
        Self {
            code: new.code.clone(),
            name: new.name.clone(),
            description: new.description.clone().map(String::from).filter(|text| !text.is_empty()),
            kind: new.kind,
            category: by_id_or_code(new.category_id, new.category_code.clone()),
            base_unit: by_id_or_code(new.base_unit_id, new.base_unit_code.clone()),
            tracking: new.tracking,
            purchase_unit: by_id_or_code(new.purchase_unit_id, new.purchase_unit_code.clone()),
            sales_unit: by_id_or_code(new.sales_unit_id, new.sales_unit_code.clone()),
            sales_price: new.sales_price,
            sales_tax_code: by_id_or_code(new.sales_tax_code_id, new.sales_tax_code.clone()),
            purchase_tax_code: by_id_or_code(new.purchase_tax_code_id, new.purchase_tax_code.clone()),
            weight: new.weight,
            volume: new.volume,
            hs_code: new.hs_code.clone(),
            match_policy: new.match_policy,
            over_receipt_percent: new.over_receipt_percent,
            blocked: new.blocked,
            blocked_reason: new.blocked_reason.clone().map(String::from).filter(|text| !text.is_empty()),
            active: new.active,
            units: new.units.0.iter().map(unit).collect(),
            barcodes: new.barcodes.0.iter().map(barcode).collect(),
        }
    }

    /// The item as it is.
    pub fn of(item: &Item) -> Self {
        let kept = |unit: &ItemUnit| UnitInput { unit: Some(Reference::Id(unit.unit_id)), ratio: unit.ratio };
        let coded = |barcode: &Barcode| BarcodeInput {
            code: barcode.code.clone(),
            unit: Some(Reference::Id(barcode.unit_id)),
            kind: barcode.kind,
        };
        Self {
            code: item.code.clone(),
            name: item.name.clone(),
            description: item.description.clone(),
            kind: item.kind,
            category: Some(Reference::Id(item.category_id)),
            base_unit: Some(Reference::Id(item.base_unit_id)),
            tracking: item.tracking,
            purchase_unit: item.purchase_unit_id.map(Reference::Id),
            sales_unit: item.sales_unit_id.map(Reference::Id),
            sales_price: item.sales_price,
            sales_tax_code: item.sales_tax_code_id.map(Reference::Id),
            purchase_tax_code: item.purchase_tax_code_id.map(Reference::Id),
            weight: item.weight,
            volume: item.volume,
            hs_code: item.hs_code.clone(),
            match_policy: item.match_policy,
            over_receipt_percent: item.over_receipt_percent,
            blocked: item.blocked,
            blocked_reason: item.blocked_reason.clone(),
            active: item.active,
            units: item.units.iter().map(kept).collect(),
            barcodes: item.barcodes.iter().map(coded).collect(),
        }
    }

    /// The item with what the change names.
    pub fn changed(item: &Item, change: &ItemChange) -> Self {
        let old = Self::of(item);
        let unit_of = |id: &Patch<UnitId>, code: &Patch<Code>| patched(id.clone(), code.clone());
        let tax_of = |id: &Patch<TaxCodeId>, code: &Patch<Code>| patched(id.clone(), code.clone());
        let optional_unit = |id: &Optional<UnitId>, code: &Optional<Code>| optional(id.clone(), code.clone());
        let category = optional(change.category_id.clone(), change.category_code.clone());
        let blocked = change.blocked.or(&old.blocked);
        let reason = match (&change.blocked_reason, blocked) {
            (Patch::Absent, Blocked::None) => None,
            (reason, _) => reason.or(&old.blocked_reason),
        };
        Self {
            code: change.code.or(&old.code),
            name: change.name.or(&old.name),
            description: change.description.or(&old.description).filter(|text: &String| !text.is_empty()),
            kind: change.kind.or(&old.kind),
            category: category.or(old.category),
            base_unit: optional_unit(&change.base_unit_id, &change.base_unit_code).or(old.base_unit),
            tracking: change.tracking.or(&old.tracking),
            purchase_unit: unit_of(&change.purchase_unit_id, &change.purchase_unit_code)
                .unwrap_or(old.purchase_unit),
            sales_unit: unit_of(&change.sales_unit_id, &change.sales_unit_code).unwrap_or(old.sales_unit),
            sales_price: change.sales_price.or(&old.sales_price),
            sales_tax_code: tax_of(&change.sales_tax_code_id, &change.sales_tax_code)
                .unwrap_or(old.sales_tax_code),
            purchase_tax_code: tax_of(&change.purchase_tax_code_id, &change.purchase_tax_code)
                .unwrap_or(old.purchase_tax_code),
            weight: change.weight.or(&old.weight),
            volume: change.volume.or(&old.volume),
            hs_code: change.hs_code.or(&old.hs_code),
            match_policy: change.match_policy.or(&old.match_policy),
            over_receipt_percent: change.over_receipt_percent.or(&old.over_receipt_percent),
            blocked,
            blocked_reason: reason.filter(|text| !text.is_empty()),
            active: change.active.or(&old.active),
            units: change.units.0.as_ref().map_or(old.units, |units| units.0.iter().map(unit).collect()),
            barcodes: change
                .barcodes
                .0
                .as_ref()
                .map_or(old.barcodes, |barcodes| barcodes.0.iter().map(barcode).collect()),
        }
    }

    /// Adds what it names.
    pub fn name(&self, named: &mut Named) {
        let units = self.units.iter().filter_map(|unit| unit.unit.clone());
        let of_barcodes = self.barcodes.iter().filter_map(|barcode| barcode.unit.clone());
        let own = [&self.base_unit, &self.purchase_unit, &self.sales_unit];
        named.units.extend(own.into_iter().flatten().cloned().chain(units).chain(of_barcodes));
        named.categories.extend(self.category.clone());
        named
            .tax_codes
            .extend([&self.sales_tax_code, &self.purchase_tax_code].into_iter().flatten().cloned());
        named.barcodes.extend(self.barcodes.iter().map(|barcode| barcode_key(barcode.code.as_str())));
    }

    /// The item that is meant. `before` is what it was; what it named stays, active or not.
    pub fn item(
        &self,
        id: ItemId,
        before: Option<&Item>,
        learned: &Learned,
        violations: &mut Violations,
    ) -> Option<Item> {
        let count = violations.len();
        let mut resolver = Resolver { learned, before, violations };
        let category_id = resolver.category(self.category.as_ref());
        let base_unit_id = resolver.base_unit(self.base_unit.as_ref());
        let purchase_unit_id = resolver.unit(self.purchase_unit.as_ref(), PURCHASE_UNIT);
        let sales_unit_id = resolver.unit(self.sales_unit.as_ref(), SALES_UNIT);
        let units = resolver.units(&self.units);
        let barcodes = resolver.barcodes(&self.barcodes, base_unit_id);
        let (sales_tax_code_id, purchase_tax_code_id) =
            resolver.taxes(self.sales_tax_code.as_ref(), self.purchase_tax_code.as_ref());
        if resolver.violations.len() != count {
            return None;
        }
        Some(Item {
            id,
            code: self.code.clone(),
            name: self.name.clone(),
            description: self.description.clone(),
            kind: self.kind,
            category_id: category_id?,
            base_unit_id: base_unit_id?,
            tracking: self.tracking,
            purchase_unit_id,
            sales_unit_id,
            sales_price: self.sales_price,
            sales_tax_code_id,
            purchase_tax_code_id,
            weight: self.weight,
            volume: self.volume,
            hs_code: self.hs_code.clone(),
            match_policy: self.match_policy,
            over_receipt_percent: self.over_receipt_percent,
            blocked: self.blocked,
            blocked_reason: self.blocked_reason.clone(),
            active: self.active,
            units,
            barcodes,
            version: before.map_or(1, |item| item.version),
        })
    }
}

fn unit(body: &ItemUnitBody) -> UnitInput {
    let ratio = Ratio::new(body.numerator.0, body.denominator.0);
    UnitInput {
        unit: by_id_or_code(body.unit_id, body.unit_code.clone()),
        // The body's bounds are those of a ratio.
        ratio: ratio.unwrap_or(Ratio::ONE),
    }
}

fn barcode(body: &BarcodeBody) -> BarcodeInput {
    let unit = by_id_or_code(body.unit_id, body.unit_code.clone());
    BarcodeInput { code: body.code.clone(), unit, kind: body.kind }
}
