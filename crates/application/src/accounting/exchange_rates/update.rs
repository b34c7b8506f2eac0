//! `PATCH /exchange-rates/{id}`: another rate or source for the same currency and date.

use async_trait::async_trait;
use domain::ids::ExchangeRateId;
use domain::money::Rate;

use super::EXCHANGE_RATE;
use crate::accounting::ports::exchange_rates::ExchangeRate;
use crate::accounting::views::currency::ExchangeRateView;
use crate::authorize::Access;
use crate::changes::{record, stale};
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::stored::Stored;
use crate::unit_of_work::UnitOfWork;

/// `None` leaves a field as it is, an inner `None` empties it.
#[derive(Debug, Clone)]
pub struct UpdateExchangeRate {
    pub id: ExchangeRateId,
    pub rate: Option<Rate>,
    pub source: Option<Option<String>>,
}

#[async_trait]
impl Command for UpdateExchangeRate {
    const NAME: &'static str = "update_exchange_rate";
    const ACCESS: Access = Access::Permission("accounting.exchange_rate.update");
    type Output = ExchangeRateView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<ExchangeRateView>> {
        let stored = uow.exchange_rates().find(self.id).await?;
        let stored = stored.ok_or_else(|| AppError::not_found(EXCHANGE_RATE))?;
        check_version(ctx, stored.value.version)?;
        let rate = self.rate.unwrap_or(stored.value.rate);
        let source = self.source.clone().unwrap_or_else(|| stored.value.source.clone());
        let view = replace(uow, &stored, rate, source).await?;
        Ok(Done::of(view.id, view.version, view))
    }
}

/// Stores and notes another rate for the same currency and date.
pub(super) async fn replace(
    uow: &mut dyn UnitOfWork,
    stored: &Stored<ExchangeRate>,
    rate: Rate,
    source: Option<String>,
) -> AppResult<ExchangeRateView> {
    let current = stored.value.version;
    let changed = ExchangeRate { rate, source, version: current + 1, ..stored.value.clone() };
    if !uow.exchange_rates().update(&changed).await? {
        return Err(stale(current));
    }
    let before = ExchangeRateView::from(stored);
    let view = ExchangeRateView::from(&Stored { value: changed, updated_at: uow.now() });
    record(uow, EXCHANGE_RATE, view.id, "updated", Some(&before), Some(&view));
    Ok(view)
}
