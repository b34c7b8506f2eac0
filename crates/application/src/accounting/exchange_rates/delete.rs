//! `DELETE /exchange-rates/{id}`: a rate disappears; entries posted with it keep it.

use async_trait::async_trait;
use domain::ids::ExchangeRateId;

use super::EXCHANGE_RATE;
use crate::accounting::views::currency::ExchangeRateView;
use crate::authorize::Access;
use crate::changes::{record, stale};
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct DeleteExchangeRate {
    pub id: ExchangeRateId,
}

#[async_trait]
impl Command for DeleteExchangeRate {
    const NAME: &'static str = "delete_exchange_rate";
    const ACCESS: Access = Access::Permission("accounting.exchange_rate.delete");
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let stored = uow.exchange_rates().find(self.id).await?;
        let stored = stored.ok_or_else(|| AppError::not_found(EXCHANGE_RATE))?;
        let version = stored.value.version;
        check_version(ctx, version)?;
        if !uow.exchange_rates().delete(self.id, version).await? {
            return Err(stale(version));
        }
        let before = ExchangeRateView::from(&stored);
        record(uow, EXCHANGE_RATE, before.id, "deleted", Some(&before), None);
        Ok(Done::new(()))
    }
}
