//! `POST /currencies`: a currency that entries may be in.

use async_trait::async_trait;
use domain::error::Violations;
use domain::money::{Currency, CurrencyCode};
use domain::text::LocalizedName;

use super::CURRENCY;
use crate::accounting::changes::{already_exists, record};
use crate::accounting::ports::currencies::{CurrencyRecord, currency_entity_id};
use crate::accounting::ports::stored::Stored;
use crate::accounting::views::currency::CurrencyView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::ports::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct CreateCurrency {
    pub code: CurrencyCode,
    pub name: LocalizedName,
    /// `None` takes the decimals of ISO 4217.
    pub scale: Option<u8>,
    pub active: bool,
}

#[async_trait]
impl Command for CreateCurrency {
    const NAME: &'static str = "create_currency";
    const ACCESS: Access = Access::Permission("accounting.currency.create");
    type Output = CurrencyView;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<CurrencyView>> {
        let mut violations = Violations::new();
        if uow.currencies().find(self.code).await?.is_some() {
            violations.push(already_exists("code", self.code));
        }
        let company = uow.ledger().company_currency().await?;
        let iso = Currency::iso(self.code);
        let currency = Currency { code: self.code, scale: self.scale.unwrap_or(iso.scale) };
        let new = CurrencyRecord {
            currency,
            name: Some(self.name.clone()),
            active: self.active || self.code == company.code,
            version: 1,
        };
        let new = violations.into_result(new)?;
        uow.currencies().insert(&new).await?;
        let company = new.currency.code == company.code;
        let id = currency_entity_id(self.code);
        let view = CurrencyView::of(&Stored { value: new, updated_at: uow.now() }, company);
        record(uow, CURRENCY, id, "created", None, Some(&view));
        Ok(Done { id: None, version: Some(view.version), output: view })
    }
}
