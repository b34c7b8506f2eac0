//! The bodies that create and change items.

use domain::items::barcode::BarcodeKind;
use domain::items::category::ItemCategoryId;
use domain::items::conversion::RATIO_PART_MAX;
use domain::items::item::{
    BARCODES_MAX, BLOCKED_REASON_LENGTH_MAX, Blocked, DESCRIPTION_LENGTH_MAX, HsCode, ITEM_UNITS_MAX,
    ItemKind, Tracking,
};
use domain::items::match_policy::MatchPolicy;
use domain::items::unit::UnitId;
use domain::money::{Percentage, Price, Quantity};
use domain::tax::tax_code::TaxCodeId;
use domain::text::{Code, LocalizedName};

use crate::request;
use crate::wire::{Int, List, Optional, Patch, Text};

/// The numerator or the denominator of a unit.
pub type RatioPart = Int<1, RATIO_PART_MAX>;

request! {
    /// A unit of an item beside its base unit: one of it is `numerator / denominator` base units.
    pub struct ItemUnitBody {
        /// The unit by id.
        unit_id: Option<UnitId>,
        /// The unit by code.
        unit_code: Option<Code> = "BX",
        /// Base units in `denominator` of this unit, a whole number.
        numerator: RatioPart = 12,
        /// A whole number.
        denominator: RatioPart => 1,
    }

    /// A barcode of an item, unique in the tenant.
    pub struct BarcodeBody as ItemBarcodeBody {
        /// The digits of a GTIN (EAN-8, UPC-A, EAN-13 or ITF-14) with its check digit, or a code of one's own.
        code: Code = "6281000000007",
        /// The unit that it stands on, by id; the base unit by default.
        unit_id: Option<UnitId>,
        /// The unit by code.
        unit_code: Option<Code>,
        /// The kind of barcode: a GTIN of GS1, or a code of the company's own, which has no check digit.
        kind: BarcodeKind => "gtin",
    }

    /// A new item.
    pub struct NewItem as CreateItemBody {
        /// Short code, unique in the tenant, that lines of documents name.
        code: Code = "CABLE-25",
        /// Name in Arabic, English or both.
        name: LocalizedName = { "ar": "كابل 25 مم", "en": "Cable 25 mm" },
        /// A description of the item.
        description: Option<Text<DESCRIPTION_LENGTH_MAX>>,
        /// The kind of item: goods whose quantity is kept (`stock`) or not (`non_stock`), a service, or a charge that belongs
        /// to goods, such as freight. Cannot change once the item has prices.
        kind: ItemKind = "stock",
        /// The category by id. Give the id or the code.
        category_id: Option<ItemCategoryId>,
        /// The category by code.
        category_code: Option<Code> = "GOODS",
        /// The unit that quantities are kept in, by id. Give the id or the code. Cannot change once the item has prices.
        base_unit_id: Option<UnitId>,
        /// The base unit by code.
        base_unit_code: Option<Code> = "PCE",
        /// How single pieces are told apart. Only `none` is available.
        tracking: Tracking => "none",
        /// The unit of purchases by id: the base unit or one of `units`. The base unit by default.
        purchase_unit_id: Option<UnitId>,
        /// The unit of purchases by code.
        purchase_unit_code: Option<Code>,
        /// The unit of sales by id: the base unit or one of `units`. The base unit by default.
        sales_unit_id: Option<UnitId>,
        /// The unit of sales by code.
        sales_unit_code: Option<Code>,
        /// The price of one base unit without VAT, in the company currency, where no price list has one.
        sales_price: Option<Price> = "12.5",
        /// The tax code for sales by id: of the kind `vat_sale` or `none`.
        sales_tax_code_id: Option<TaxCodeId>,
        /// The tax code for sales by code.
        sales_tax_code: Option<Code>,
        /// The tax code for purchases by id: of the kind `vat_purchase`, `vat_purchase_rc`, `vat_import` or `none`.
        purchase_tax_code_id: Option<TaxCodeId>,
        /// The tax code for purchases by code.
        purchase_tax_code: Option<Code>,
        /// The weight of one base unit in kilograms.
        weight: Option<Quantity> = "0.25",
        /// The volume of one base unit in cubic metres.
        volume: Option<Quantity>,
        /// The code of the Harmonized System: 6 to 12 digits, which dots may group.
        hs_code: Option<HsCode> = "854449",
        /// Whether bills of the item wait for its receipt (`three_way`) or may come before or without it (`two_way`); by default as
        /// the company profile says. Orders keep what was so when they were confirmed or changed.
        match_policy: Option<MatchPolicy>,
        /// How far receipts of the item may go beyond the ordered quantity, in per cent; by default as the company profile says.
        over_receipt_percent: Option<Percentage> = "5",
        /// The transactions for which the item is blocked.
        blocked: Blocked => "none",
        /// The reason for which it is blocked; required when it is.
        blocked_reason: Option<Text<BLOCKED_REASON_LENGTH_MAX>>,
        /// Whether anything new may name the item.
        active: bool => true,
        /// The units beside the base unit.
        units: List<ItemUnitBody, ITEM_UNITS_MAX> => [],
        /// The barcodes.
        barcodes: List<BarcodeBody, BARCODES_MAX> = [{ "code": "6281000000007" }] => [],
    }

    /// Changes to an item (JSON Merge Patch). Members left out stay as they are; null clears a member.
    pub struct ItemChange as UpdateItemBody {
        /// Short code, unique in the tenant.
        code: Optional<Code>,
        /// Name in Arabic, English or both.
        name: Optional<LocalizedName>,
        /// A description of the item.
        description: Patch<Text<DESCRIPTION_LENGTH_MAX>>,
        /// Cannot change once the item has prices.
        kind: Optional<ItemKind>,
        /// The category by id.
        category_id: Optional<ItemCategoryId>,
        /// The category by code.
        category_code: Optional<Code>,
        /// The unit that quantities are kept in, by id. Cannot change once the item has prices.
        base_unit_id: Optional<UnitId>,
        /// The base unit by code.
        base_unit_code: Optional<Code>,
        /// How single pieces are told apart. Only `none` is available.
        tracking: Optional<Tracking>,
        /// The unit of purchases by id; null for the base unit.
        purchase_unit_id: Patch<UnitId>,
        /// The unit of purchases by code; null for the base unit.
        purchase_unit_code: Patch<Code>,
        /// The unit of sales by id; null for the base unit.
        sales_unit_id: Patch<UnitId>,
        /// The unit of sales by code; null for the base unit.
        sales_unit_code: Patch<Code>,
        /// The price of one base unit without VAT, in the company currency.
        sales_price: Patch<Price>,
        /// The tax code for sales by id.
        sales_tax_code_id: Patch<TaxCodeId>,
        /// The tax code for sales by code.
        sales_tax_code: Patch<Code>,
        /// The tax code for purchases by id.
        purchase_tax_code_id: Patch<TaxCodeId>,
        /// The tax code for purchases by code.
        purchase_tax_code: Patch<Code>,
        /// The weight of one base unit in kilograms.
        weight: Patch<Quantity>,
        /// The volume of one base unit in cubic metres.
        volume: Patch<Quantity>,
        /// The code of the Harmonized System.
        hs_code: Patch<HsCode>,
        /// Whether bills of the item wait for its receipt; null leaves it to the company profile.
        match_policy: Patch<MatchPolicy>,
        /// How far receipts may go beyond the ordered quantity, in per cent; null leaves it to the company profile.
        over_receipt_percent: Patch<Percentage>,
        /// The transactions for which the item is blocked. `none` clears the reason.
        blocked: Optional<Blocked>,
        /// The reason for which it is blocked.
        blocked_reason: Patch<Text<BLOCKED_REASON_LENGTH_MAX>>,
        /// Whether anything new may name the item.
        active: Optional<bool>,
        /// All units beside the base unit.
        units: Optional<List<ItemUnitBody, ITEM_UNITS_MAX>>,
        /// All barcodes.
        barcodes: Optional<List<BarcodeBody, BARCODES_MAX>>,
    }
}
