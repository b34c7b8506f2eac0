//! `POST /price-quotes`: the prices that hold for some items.

use std::sync::Arc;

use application::authorize::Access;
use application::error::UNKNOWN_REFERENCE;
use application::items::error::REFERENCE_INACTIVE;
use application::items::ports::PriceQueries;
use application::items::price_quotes::{PriceQuoteBody, PriceQuoteView, PriceQuotes};
use application::master_data::Described;
use application::ports::clock::Clock;
use axum::extract::State;
use domain::items::conversion::{QUANTITY_NOT_WHOLE, QUANTITY_TOO_LARGE};
use domain::items::item::UNIT_UNKNOWN_FOR_ITEM;
use domain::items::price::{PRICE_NOT_FOUND, QUANTITY_NEGATIVE};
use domain::items::price_list::PriceList;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Json};
use crate::operation::Operations;

pub fn operations(ops: &mut Operations) {
    ops.post("/price-quotes", quote)
        .id("quote_prices")
        .tag(PriceList::RESOURCE.tag)
        .summary("Look up prices")
        .description(
            "Answers the price of each line and its source without keeping anything. The first of these that has a price \
             decides: the price list that is named, the default list of the currency, the price of the item itself. Within a \
             list it is the price of the exact unit with the largest `quantityFrom` that the quantity reaches; a unit that has \
             no price on that day gets that of the base unit, converted and rounded to six decimals. A price is never \
             converted into another currency, and prices with VAT and without are never mixed. A request has at most 1,000 \
             lines; where one has no price, nothing is answered but the errors of all lines.",
        )
        .access(Access::Permission("items.price_quote.read"))
        .body::<PriceQuoteBody>()
        .ok::<PriceQuoteView>()
        .errors(&[
            &UNKNOWN_REFERENCE,
            &REFERENCE_INACTIVE,
            &UNIT_UNKNOWN_FOR_ITEM,
            &QUANTITY_NEGATIVE,
            &QUANTITY_NOT_WHOLE,
            &QUANTITY_TOO_LARGE,
            &PRICE_NOT_FOUND,
        ])
        .also_read_only();
}

async fn quote(
    State(prices): State<Arc<dyn PriceQueries>>,
    State(clock): State<Arc<dyn Clock>>,
    ctx: Ctx,
    Json(body): Json<PriceQuoteBody>,
) -> ApiResult {
    let view = PriceQuotes { prices }.run(ctx.tenant, ctx.today(clock.now()), &body).await?;
    answer::json(&view)
}
