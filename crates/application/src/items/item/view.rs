//! Items as the API shows them.

use domain::items::barcode::Barcode;
use domain::items::item::{Item, ItemUnit};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::master_data::Shown;
use crate::view;
use crate::views::NameView;

/// A unit of an item: one of it is `numerator / denominator` base units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ItemUnitView {
    pub unit_id: Uuid,
    pub numerator: i64,
    pub denominator: i64,
}

impl Shown<Vec<ItemUnit>> for Vec<ItemUnitView> {
    fn shown(units: &Vec<ItemUnit>) -> Self {
        let shown = |unit: &ItemUnit| ItemUnitView {
            unit_id: unit.unit_id.uuid(),
            numerator: unit.ratio.numerator(),
            denominator: unit.ratio.denominator(),
        };
        units.iter().map(shown).collect()
    }
}

/// A barcode of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BarcodeView {
    pub code: String,
    /// The unit that it stands on.
    pub unit_id: Uuid,
    /// `gtin` or `internal`.
    pub kind: &'static str,
}

impl Shown<Vec<Barcode>> for Vec<BarcodeView> {
    fn shown(barcodes: &Vec<Barcode>) -> Self {
        let shown = |barcode: &Barcode| BarcodeView {
            code: barcode.code.to_string(),
            unit_id: barcode.unit_id.uuid(),
            kind: barcode.kind.as_str(),
        };
        barcodes.iter().map(shown).collect()
    }
}

view! {
    /// An item that is sold or bought.
    pub struct ItemView of Item {
        id: Uuid,
        code: String,
        name: NameView,
        description: Option<String>,
        /// `stock`, `non_stock`, `service` or `charge`.
        kind: &'static str,
        category_id: Uuid,
        /// The unit that quantities are kept in.
        base_unit_id: Uuid,
        /// `none`: pieces are not told apart.
        tracking: &'static str,
        /// The unit of purchases; null for the base unit.
        purchase_unit_id: Option<Uuid>,
        /// The unit of sales; null for the base unit.
        sales_unit_id: Option<Uuid>,
        /// The price of one base unit without VAT, in the company currency.
        sales_price: Option<String>,
        /// The tax code for sales; null for that of the category.
        sales_tax_code_id: Option<Uuid>,
        /// The tax code for purchases; null for that of the category.
        purchase_tax_code_id: Option<Uuid>,
        /// The weight of one base unit in kilograms.
        weight: Option<String>,
        /// The volume of one base unit in cubic metres.
        volume: Option<String>,
        /// The digits of the code of the Harmonized System.
        hs_code: Option<String>,
        /// `three_way` or `two_way`; null as the company profile says.
        match_policy: Option<&'static str> = |item| item.match_policy.map(|policy| policy.as_str()),
        /// How far receipts may go beyond the ordered quantity, in per cent; null as the company profile says.
        over_receipt_percent: Option<String> = |item| item.over_receipt_percent.map(|percent| percent.to_string()),
        /// `none`, `sales`, `purchases` or `all`.
        blocked: &'static str,
        blocked_reason: Option<String>,
        active: bool,
        /// The units beside the base unit.
        units: Vec<ItemUnitView>,
        barcodes: Vec<BarcodeView>,
    }
}
