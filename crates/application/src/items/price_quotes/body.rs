//! The body of a request for price quotes.

use chrono::NaiveDate;
use domain::items::item::ItemId;
use domain::items::price_list::PriceListId;
use domain::items::unit::UnitId;
use domain::money::{CurrencyCode, Quantity};
use domain::text::Code;

use crate::request;
use crate::wire::List;

/// Most lines in one request.
pub const LINES_MAX: usize = 1_000;

request! {
    /// Items whose prices are wanted. Nothing of it is kept.
    pub struct PriceQuoteBody {
        /// The currency of the prices. A price is never converted into another one.
        currency: CurrencyCode = "SAR",
        /// Whether the prices are to include VAT. A price with VAT is never made of one without, nor the other way round.
        prices_include_vat: bool => false,
        /// The price list that comes first, by id.
        price_list_id: Option<PriceListId>,
        /// The price list by code.
        price_list_code: Option<Code> = "STANDARD",
        /// The day on which the prices hold, for lines that name none; today by default.
        date: Option<NaiveDate> = "2026-03-15",
        /// The lines.
        lines: List<PriceQuoteLineBody, LINES_MAX, 1> = [{ "itemCode": "P-100", "unitCode": "PCE", "quantity": "3" }],
    }

    /// One item in one quantity.
    pub struct PriceQuoteLineBody {
        /// The item by id. Give the id or the code.
        item_id: Option<ItemId>,
        /// The item by code.
        item_code: Option<Code> = "P-100",
        /// The unit by id: the base unit of the item or one of its other units. Its unit of sales by default.
        unit_id: Option<UnitId>,
        /// The unit by code.
        unit_code: Option<Code> = "PCE",
        /// The number of units.
        quantity: Quantity => "1",
        /// The day on which the price holds.
        date: Option<NaiveDate>,
    }
}
