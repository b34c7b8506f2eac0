//! `DELETE /currencies/{code}`: only a currency that nothing refers to disappears.

use async_trait::async_trait;
use domain::error::Violation;
use domain::money::CurrencyCode;

use super::CURRENCY;
use crate::accounting::changes::{record, refuse_used, stale};
use crate::accounting::error::COMPANY_CURRENCY_FIXED;
use crate::accounting::ports::currencies::currency_entity_id;
use crate::accounting::views::currency::CurrencyView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct DeleteCurrency {
    pub code: CurrencyCode,
}

#[async_trait]
impl Command for DeleteCurrency {
    const NAME: &'static str = "delete_currency";
    const ACCESS: Access = Access::Permission("accounting.currency.delete");
    type Output = ();

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let stored = uow.currencies().find(self.code).await?.ok_or_else(|| AppError::not_found(CURRENCY))?;
        let version = stored.value.version;
        check_version(ctx, version)?;
        if uow.ledger().company_currency().await?.code == self.code {
            return Err(Violation::new(&COMPANY_CURRENCY_FIXED).with("currency", self.code).into());
        }
        refuse_used(&uow.currencies().users(self.code).await?)?;
        if !uow.currencies().delete(self.code, version).await? {
            return Err(stale(version));
        }
        let before = CurrencyView::of(&stored, false);
        record(uow, CURRENCY, currency_entity_id(self.code), "deleted", Some(&before), None);
        Ok(Done::new(()))
    }
}
