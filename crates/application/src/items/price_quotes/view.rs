//! The prices that hold.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Prices and where they come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PriceQuoteView {
    pub currency: String,
    pub prices_include_vat: bool,
    /// The quotes in the order of the lines that were sent.
    pub lines: Vec<PriceQuoteLineView>,
}

/// The price of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PriceQuoteLineView {
    pub item_id: Uuid,
    pub item_code: String,
    pub unit_id: Uuid,
    pub unit_code: String,
    pub quantity: String,
    /// The quantity in the base unit of the item.
    pub base_quantity: String,
    pub date: NaiveDate,
    /// The price of one unit, before the discount.
    pub price: String,
    /// The discount that goes with the price, in per cent.
    pub discount_percent: String,
    /// The source of the price: the list that was named (`price_list`), the default list of the currency
    /// (`default_price_list`) or the item itself (`item`).
    pub price_source: &'static str,
    /// Whether the price was converted from that of the base unit.
    pub converted: bool,
    /// The price list; null where the price is the item's own.
    pub price_list_id: Option<Uuid>,
    /// The price in the list; null where the price is the item's own.
    pub price_id: Option<Uuid>,
}
