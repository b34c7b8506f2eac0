//! `/exchange-rates`: company units for one unit of a currency, from a date until the next rate.

use std::sync::Arc;

use application::accounting::error::{COMPANY_CURRENCY_RATE, EXCHANGE_RATE_REPEATED};
use application::accounting::exchange_rates::save_many::{ExchangeRatesSavedView, SaveExchangeRates};
use application::accounting::ports::exchange_rates::ExchangeRateQueries;
use application::accounting::views::exchange_rate::EffectiveRateView;
use application::authorize::Access;
use application::command::{Application, execute};
use application::error::{AppError, NOT_FOUND};
use application::master_data::Described;
use application::ports::clock::Clock;
use axum::extract::State;
use chrono::NaiveDate;
use domain::accounting::exchange_rate::ExchangeRate;
use domain::accounting::journal_entry::CURRENCY_UNKNOWN;
use domain::money::CurrencyCode;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Json, Query};
use crate::operation::Operations;
use crate::query;
use crate::routes::master_data;

const TAG: &str = ExchangeRate::RESOURCE.tag;

query! {
    /// The rate to answer.
    pub struct EffectiveRateQuery {
        /// The currency.
        currency: CurrencyCode,
        /// The day for which the rate is needed; today by default.
        date: Option<NaiveDate>,
    }
}

pub fn operations(ops: &mut Operations) {
    master_data::operations::<ExchangeRate>(ops);
    ops.post("/exchange-rates/bulk", save_many)
        .id("save_exchange_rates")
        .tag(TAG)
        .summary("Create or replace up to 1,000 exchange rates")
        .description("All rates are saved or none is; every error is listed at once.")
        .command::<SaveExchangeRates>()
        .body::<SaveExchangeRates>()
        .ok::<ExchangeRatesSavedView>()
        .errors(&[&EXCHANGE_RATE_REPEATED, &CURRENCY_UNKNOWN, &COMPANY_CURRENCY_RATE]);
    ops.get("/exchange-rates/effective", effective)
        .id("get_effective_exchange_rate")
        .tag(TAG)
        .summary("Get the rate that applies on a date")
        .description("Answers the latest rate up to that date, or 1 for the company currency.")
        .access(Access::Permission(ExchangeRate::RESOURCE.get.permission.name))
        .query::<EffectiveRateQuery>()
        .ok::<EffectiveRateView>()
        .errors(&[&NOT_FOUND]);
}

async fn save_many(
    State(app): State<Application>,
    ctx: Ctx,
    Json(command): Json<SaveExchangeRates>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, command).await?)
}

async fn effective(
    State(queries): State<Arc<dyn ExchangeRateQueries>>,
    State(clock): State<Arc<dyn Clock>>,
    ctx: Ctx,
    Query(query): Query<EffectiveRateQuery>,
) -> ApiResult {
    let date = query.date.unwrap_or_else(|| ctx.today(clock.now()));
    let rate = queries.effective_rate(ctx.tenant, query.currency, date).await?;
    answer::json(&rate.ok_or_else(|| AppError::not_found(ExchangeRate::RESOURCE.entity))?)
}
