//! Items (R50): what is sold and bought.

#[cfg(test)]
mod tests;

use super::barcode::{BARCODE_REPEATED, Barcode};
use super::category::ItemCategoryId;
use super::conversion::Ratio;
use super::price::PRICE_NEGATIVE;
use super::unit::UnitId;
use crate::error::{Violation, Violations};
use crate::ids::Id;
use crate::items::match_policy::MatchPolicy;
use crate::money::{Percentage, Price, Quantity};
use crate::tax::tax_code::{TAX_CODE_KIND_NOT_TAKEN, TaxCode, TaxCodeId, TaxKind};
use crate::text::{Code, LocalizedName};

pub type ItemId = Id<Item>;

/// Longest description, in characters.
pub const DESCRIPTION_LENGTH_MAX: usize = 1_000;
/// Longest reason for which an item is blocked, in characters.
pub const BLOCKED_REASON_LENGTH_MAX: usize = 200;
/// Most units of one item beside its base unit.
pub const ITEM_UNITS_MAX: usize = 20;
/// Most barcodes of one item.
pub const BARCODES_MAX: usize = 20;
/// Fewest digits of a code of the Harmonized System.
const HS_CODE_DIGITS_MIN: usize = 6;
/// Most digits that countries give it.
const HS_CODE_DIGITS_MAX: usize = 12;

crate::errors! {
    ITEM_HAS_ENTRIES = "item_has_entries", Conflict, User,
        "Item {code} has entries or prices, so its {member} no longer changes. Make a new item instead.",
        "الصنف {code} له حركات أو أسعار، لذا لا يتغير {member} بعد الآن. أنشئ صنفًا جديدًا بدلًا منه.";
    ITEM_UNIT_HAS_PRICES = "item_unit_has_prices", Conflict, User,
        "Item {code} has prices in the unit {unit}; delete them before the unit.",
        "للصنف {code} أسعار بالوحدة {unit}؛ احذفها قبل حذف الوحدة.";
    TRACKING_NOT_AVAILABLE = "tracking_not_available", Rule, User,
        "Tracking by {tracking} is not available yet; only none is.",
        "التتبع من نوع {tracking} غير متاح بعد؛ المتاح هو none فقط.";
    UNIT_UNKNOWN_FOR_ITEM = "unit_unknown_for_item", Rule, User,
        "{unit} is neither the base unit of item {item} nor one of its other units.",
        "{unit} ليست الوحدة الأساسية للصنف {item} ولا إحدى وحداته الأخرى.";
    ITEM_UNIT_REPEATED = "item_unit_repeated", Rule, User,
        "Each unit is there once, and the base unit is not among the others.",
        "تذكر كل وحدة مرة واحدة، ولا تكون الوحدة الأساسية بين الوحدات الأخرى.";
    BLOCKED_REASON_MISSING = "blocked_reason_missing", Rule, User,
        "Say why the item is blocked.", "اذكر سبب إيقاف الصنف.";
    BLOCKED_REASON_NOT_TAKEN = "blocked_reason_not_taken", Rule, User,
        "An item that is not blocked has no reason for it.", "الصنف غير الموقوف ليس له سبب إيقاف.";
    MEASURE_NEGATIVE = "measure_negative", Rule, User,
        "Weight and volume are not negative.", "لا يكون الوزن ولا الحجم سالبًا.";
    INVALID_HS_CODE = "invalid_hs_code", Rule, User,
        "'{value}' is not a code of the Harmonized System: 6 to 12 digits, such as 8544.49.",
        "'{value}' ليس رمزًا من النظام المنسق: من 6 إلى 12 رقمًا، مثل 8544.49.";
}

crate::choices! {
    /// The kind of an item.
    pub enum ItemKind {
        /// Goods whose quantity on hand is kept.
        Stock = "stock",
        /// Goods whose quantity is not kept.
        NonStock = "non_stock",
        Service = "service",
        /// A cost that belongs to goods, such as freight or duty.
        Charge = "charge",
    }
}

crate::choices! {
    /// How single pieces of an item are told apart.
    pub enum Tracking {
        None = "none",
        Lot = "lot",
        Serial = "serial",
    }
}

crate::choices! {
    /// The transactions for which an item is blocked.
    pub enum Blocked {
        None = "none",
        Sales = "sales",
        Purchases = "purchases",
        All = "all",
    }
}

/// A code of the Harmonized System, its digits only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HsCode(String);

impl HsCode {
    /// Dots, which group the digits, are left out.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let digits: String = text.chars().filter(|c| *c != '.').collect();
        Self::stored(&digits).ok_or_else(|| {
            let value: String = text.chars().take(HS_CODE_DIGITS_MAX * 2).collect();
            Violation::new(&INVALID_HS_CODE).with("value", value)
        })
    }
    pub fn stored(digits: &str) -> Option<Self> {
        let good = (HS_CODE_DIGITS_MIN..=HS_CODE_DIGITS_MAX).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        good.then(|| Self(digits.to_owned()))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for HsCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A unit of an item beside its base unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemUnit {
    pub unit_id: UnitId,
    /// One of the unit in base units.
    pub ratio: Ratio,
}

/// An item that is sold or bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub id: ItemId,
    pub code: Code,
    pub name: LocalizedName,
    pub description: Option<String>,
    pub kind: ItemKind,
    pub category_id: ItemCategoryId,
    /// The unit that its quantities are kept in.
    pub base_unit_id: UnitId,
    pub tracking: Tracking,
    pub purchase_unit_id: Option<UnitId>,
    pub sales_unit_id: Option<UnitId>,
    /// The sales price of one base unit, without VAT, in the company currency.
    pub sales_price: Option<Price>,
    pub sales_tax_code_id: Option<TaxCodeId>,
    pub purchase_tax_code_id: Option<TaxCodeId>,
    /// The weight of one base unit, in kilograms.
    pub weight: Option<Quantity>,
    /// The volume of one base unit, in cubic metres.
    pub volume: Option<Quantity>,
    pub hs_code: Option<HsCode>,
    /// Whether bills of the item wait for its receipt; `None` as the company does.
    pub match_policy: Option<MatchPolicy>,
    /// How far receipts may go beyond orders; `None` as the company allows.
    pub over_receipt_percent: Option<Percentage>,
    pub blocked: Blocked,
    pub blocked_reason: Option<String>,
    pub active: bool,
    pub units: Vec<ItemUnit>,
    pub barcodes: Vec<Barcode>,
    pub version: i64,
}

impl Item {
    /// Everything about the item that contradicts itself.
    pub fn check(&self) -> Violations {
        let mut violations = Violations::new();
        if self.tracking != Tracking::None {
            let unavailable = Violation::new(&TRACKING_NOT_AVAILABLE).at("/tracking");
            violations.push(unavailable.with("tracking", self.tracking));
        }
        match (self.blocked, &self.blocked_reason) {
            (Blocked::None, Some(_)) => {
                violations.push(Violation::new(&BLOCKED_REASON_NOT_TAKEN).at("/blockedReason"));
            }
            (Blocked::None, None) | (_, Some(_)) => {}
            (_, None) => violations.push(Violation::new(&BLOCKED_REASON_MISSING).at("/blockedReason")),
        }
        if self.sales_price.is_some_and(Price::is_negative) {
            violations.push(Violation::new(&PRICE_NEGATIVE).at("/salesPrice"));
        }
        for (measure, member) in [(self.weight, "/weight"), (self.volume, "/volume")] {
            if measure.is_some_and(Quantity::is_negative) {
                violations.push(Violation::new(&MEASURE_NEGATIVE).at(member));
            }
        }
        self.check_units(&mut violations);
        self.check_barcodes(&mut violations);
        violations
    }

    fn check_units(&self, violations: &mut Violations) {
        for (index, unit) in self.units.iter().enumerate() {
            let before = self.units.iter().take(index);
            if unit.unit_id == self.base_unit_id || before.into_iter().any(|one| one.unit_id == unit.unit_id)
            {
                violations.push(Violation::new(&ITEM_UNIT_REPEATED).at(format!("/units/{index}/unitId")));
            }
        }
        for (unit, member) in
            [(self.purchase_unit_id, "/purchaseUnitId"), (self.sales_unit_id, "/salesUnitId")]
        {
            self.check_unit(unit, member, violations);
        }
    }

    fn check_unit(&self, unit: Option<UnitId>, pointer: &str, violations: &mut Violations) {
        if let Some(unit) = unit.filter(|unit| self.ratio(*unit).is_none()) {
            let unknown = Violation::new(&UNIT_UNKNOWN_FOR_ITEM).at(pointer);
            violations.push(unknown.with("unit", unit).with("item", &self.code));
        }
    }

    fn check_barcodes(&self, violations: &mut Violations) {
        for (index, barcode) in self.barcodes.iter().enumerate() {
            let at = format!("/barcodes/{index}");
            violations.check(&at, barcode.check());
            self.check_unit(Some(barcode.unit_id), &format!("{at}/unitId"), violations);
            if self.barcodes.iter().take(index).any(|one| one.key() == barcode.key()) {
                let repeated = Violation::new(&BARCODE_REPEATED).at(format!("{at}/code"));
                violations.push(repeated.with("value", &barcode.code));
            }
        }
    }

    /// One of the unit in base units; none of a unit that the item does not have.
    pub fn ratio(&self, unit: UnitId) -> Option<Ratio> {
        if unit == self.base_unit_id {
            return Some(Ratio::ONE);
        }
        self.units.iter().find(|one| one.unit_id == unit).map(|one| one.ratio)
    }

    /// Everything that keeps the item from becoming `next` once it has entries or prices, which are in its base unit.
    pub fn may_become(&self, next: &Self, has_entries: bool) -> Violations {
        let mut violations = Violations::new();
        for (changed, member) in [
            (next.kind != self.kind, "kind"),
            (next.base_unit_id != self.base_unit_id, "baseUnitId"),
            (next.tracking != self.tracking, "tracking"),
        ] {
            if changed && has_entries {
                let fixed = Violation::new(&ITEM_HAS_ENTRIES).at(format!("/{member}"));
                violations.push(fixed.with("code", &self.code).with("member", member));
            }
        }
        violations
    }
}

/// Kinds of tax codes for what is sold.
pub const SALES_TAX_KINDS: &[TaxKind] = &[TaxKind::Sale, TaxKind::None];
/// Kinds of tax codes for what is bought.
pub const PURCHASE_TAX_KINDS: &[TaxKind] =
    &[TaxKind::Purchase, TaxKind::ReverseCharge, TaxKind::Import, TaxKind::None];

/// Refuses a tax code of a kind that does not go where it is named.
pub fn check_tax_kind(code: &TaxCode, allowed: &[TaxKind]) -> Result<(), Violation> {
    if allowed.contains(&code.kind) {
        return Ok(());
    }
    let allowed: Vec<&str> = allowed.iter().map(|kind| kind.as_str()).collect();
    let refused = Violation::new(&TAX_CODE_KIND_NOT_TAKEN).with("code", &code.code).with("kind", code.kind);
    Err(refused.with("allowed", allowed.join(", ")))
}
