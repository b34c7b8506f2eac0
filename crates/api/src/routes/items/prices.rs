//! `/price-lists/{id}/prices`: the prices of a list.

use application::command::{Application, execute};
use application::error::UNKNOWN_REFERENCE;
use application::items::error::{PRICE_REPEATED, REFERENCE_INACTIVE};
use application::items::prices::save_many::{PricesSavedView, SavePrices, SavePricesBody};
use application::master_data::Described;
use axum::extract::State;
use domain::items::item::UNIT_UNKNOWN_FOR_ITEM;
use domain::items::price::{ItemPrice, PRICE_NEGATIVE, PRICE_OVERLAPS, QUANTITY_NEGATIVE, VALIDITY_REVERSED};
use domain::items::price_list::PriceListId;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Json};
use crate::operation::Operations;
use crate::routes::master_data;

pub fn operations(ops: &mut Operations) {
    master_data::operations::<ItemPrice>(ops);
    ops.post("/price-lists/{id}/prices/bulk", save_many)
        .id("save_prices")
        .tag(ItemPrice::RESOURCE.tag)
        .summary("Create or replace up to 10,000 prices of a list")
        .description(
            "All prices are saved or none is; every error is listed at once. A price with the item, unit, quantity and first \
             day of one that is there replaces it.",
        )
        .command::<SavePrices>()
        .body::<SavePricesBody>()
        .ok::<PricesSavedView>()
        .errors(&[
            &UNKNOWN_REFERENCE,
            &REFERENCE_INACTIVE,
            &UNIT_UNKNOWN_FOR_ITEM,
            &PRICE_NEGATIVE,
            &QUANTITY_NEGATIVE,
            &VALIDITY_REVERSED,
            &PRICE_REPEATED,
            &PRICE_OVERLAPS,
        ])
        .large();
}

async fn save_many(
    State(app): State<Application>,
    ctx: Ctx,
    Id(price_list): Id<PriceListId>,
    Json(body): Json<SavePricesBody>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, SavePrices { price_list, body }).await?)
}
