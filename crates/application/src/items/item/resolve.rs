//! From what an item names to the records that are meant, with everything that is wrong.

use domain::error::{Violation, Violations};
use domain::items::barcode::Barcode;
use domain::items::category::ItemCategoryId;
use domain::items::item::{Item, ItemUnit, PURCHASE_TAX_KINDS, SALES_TAX_KINDS};
use domain::items::unit::UnitId;
use domain::tax::tax_code::TaxCodeId;

use super::Learned;
use super::input::{BarcodeInput, UnitInput};
use crate::items::item_categories::{PURCHASE_TAX, SALES_TAX, tax_code};
use crate::items::known::Names;
use crate::reference::Reference;
use crate::wire::REQUIRED;

const CATEGORY: Names<'static> = Names { at: "", id: "categoryId", code: "categoryCode" };
const BASE_UNIT: Names<'static> = Names { at: "", id: "baseUnitId", code: "baseUnitCode" };

pub(super) struct Resolver<'a> {
    pub learned: &'a Learned,
    /// The item before the change; records that it already named stay, active or not.
    pub before: Option<&'a Item>,
    pub violations: &'a mut Violations,
}

impl Resolver<'_> {
    fn required(&mut self, names: Names<'_>) {
        self.violations.push(Violation::new(&REQUIRED).at(format!("{}/{}", names.at, names.id)));
    }

    pub fn category(&mut self, reference: Option<&Reference<ItemCategoryId>>) -> Option<ItemCategoryId> {
        let Some(reference) = reference else {
            self.required(CATEGORY);
            return None;
        };
        let old = self.before.map(|item| item.category_id);
        self.learned.categories.named(reference, CATEGORY, old, self.violations).map(|category| category.id)
    }

    pub fn base_unit(&mut self, reference: Option<&Reference<UnitId>>) -> Option<UnitId> {
        if reference.is_none() {
            self.required(BASE_UNIT);
        }
        self.unit(reference, BASE_UNIT)
    }

    pub fn unit(&mut self, reference: Option<&Reference<UnitId>>, names: Names<'_>) -> Option<UnitId> {
        let reference = reference?;
        let known = self.learned.units.get(reference).map(|unit| unit.id);
        let old = known.filter(|id| self.before.is_some_and(|item| item.ratio(*id).is_some()));
        self.learned.units.named(reference, names, old, self.violations).map(|unit| unit.id)
    }

    pub fn units(&mut self, inputs: &[UnitInput]) -> Vec<ItemUnit> {
        let mut units = Vec::with_capacity(inputs.len());
        for (index, input) in inputs.iter().enumerate() {
            let at = format!("/units/{index}");
            let names = Names { at: &at, id: "unitId", code: "unitCode" };
            if input.unit.is_none() {
                self.required(names);
            }
            let unit_id = self.unit(input.unit.as_ref(), names);
            units.extend(unit_id.map(|unit_id| ItemUnit { unit_id, ratio: input.ratio }));
        }
        units
    }

    pub fn barcodes(&mut self, inputs: &[BarcodeInput], base_unit: Option<UnitId>) -> Vec<Barcode> {
        let mut barcodes = Vec::with_capacity(inputs.len());
        for (index, input) in inputs.iter().enumerate() {
            let at = format!("/barcodes/{index}");
            let unit_id = match &input.unit {
                None => base_unit,
                unit => self.unit(unit.as_ref(), Names { at: &at, id: "unitId", code: "unitCode" }),
            };
            let barcode = |unit_id| Barcode { code: input.code.clone(), kind: input.kind, unit_id };
            barcodes.extend(unit_id.map(barcode));
        }
        barcodes
    }

    /// The tax codes for sales and for purchases.
    pub fn taxes(
        &mut self,
        sales: Option<&Reference<TaxCodeId>>,
        purchases: Option<&Reference<TaxCodeId>>,
    ) -> (Option<TaxCodeId>, Option<TaxCodeId>) {
        let codes = &self.learned.tax_codes;
        let of_sales = (SALES_TAX, self.before.and_then(|item| item.sales_tax_code_id));
        let of_purchases = (PURCHASE_TAX, self.before.and_then(|item| item.purchase_tax_code_id));
        let sales = tax_code(codes, sales, of_sales, SALES_TAX_KINDS, self.violations);
        (sales, tax_code(codes, purchases, of_purchases, PURCHASE_TAX_KINDS, self.violations))
    }
}
