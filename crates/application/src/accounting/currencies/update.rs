//! `PATCH /currencies/{code}`: name and use of a currency. Its decimals stay, because stored amounts have them.

use async_trait::async_trait;
use domain::error::Violation;
use domain::money::CurrencyCode;
use domain::text::LocalizedName;

use super::CURRENCY;
use crate::accounting::changes::{record, stale};
use crate::accounting::error::COMPANY_CURRENCY_FIXED;
use crate::accounting::ports::currencies::{CurrencyRecord, currency_entity_id};
use crate::accounting::ports::stored::Stored;
use crate::accounting::views::currency::CurrencyView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::unit_of_work::UnitOfWork;

/// `None` leaves a field as it is.
#[derive(Debug, Clone)]
pub struct UpdateCurrency {
    pub code: CurrencyCode,
    pub name: Option<LocalizedName>,
    pub active: Option<bool>,
}

#[async_trait]
impl Command for UpdateCurrency {
    const NAME: &'static str = "update_currency";
    const ACCESS: Access = Access::Permission("accounting.currency.update");
    type Output = CurrencyView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<CurrencyView>> {
        let stored = uow.currencies().find(self.code).await?.ok_or_else(|| AppError::not_found(CURRENCY))?;
        let current = stored.value.version;
        check_version(ctx, current)?;
        let company = uow.ledger().company_currency().await?.code == self.code;
        if company && self.active == Some(false) {
            let fixed = Violation::new(&COMPANY_CURRENCY_FIXED).at("/active").with("currency", self.code);
            return Err(fixed.into());
        }
        let before = CurrencyView::of(&stored, company);
        let old = stored.value;
        let changed = CurrencyRecord {
            currency: old.currency,
            name: self.name.clone().or(old.name),
            active: self.active.unwrap_or(old.active),
            version: current + 1,
        };
        if !uow.currencies().update(&changed).await? {
            return Err(stale(current));
        }
        let view = CurrencyView::of(&Stored { value: changed, updated_at: uow.now() }, company);
        record(uow, CURRENCY, currency_entity_id(self.code), "updated", Some(&before), Some(&view));
        Ok(Done { id: None, version: Some(view.version), output: view })
    }
}
