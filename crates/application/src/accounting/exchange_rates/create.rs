//! `POST /exchange-rates`: a rate from a date on.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::error::Violations;
use domain::ids::ExchangeRateId;
use domain::money::{CurrencyCode, Rate};

use super::{EXCHANGE_RATE, refuse_currency};
use crate::accounting::ports::exchange_rates::ExchangeRate;
use crate::accounting::views::currency::ExchangeRateView;
use crate::authorize::Access;
use crate::changes::{already_exists, record};
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::ports::stored::Stored;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct CreateExchangeRate {
    pub currency: CurrencyCode,
    pub date: NaiveDate,
    pub rate: Rate,
    pub source: Option<String>,
}

#[async_trait]
impl Command for CreateExchangeRate {
    const NAME: &'static str = "create_exchange_rate";
    const ACCESS: Access = Access::Permission("accounting.exchange_rate.create");
    type Output = ExchangeRateView;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<ExchangeRateView>> {
        let mut violations = Violations::new();
        violations.extend(refuse_currency(uow, self.currency).await?);
        if uow.exchange_rates().find_on(self.currency, self.date).await?.is_some() {
            violations.push(already_exists("date", format!("{} {}", self.currency, self.date)));
        }
        let rate = violations.into_result(ExchangeRate {
            id: ExchangeRateId::new(uow.new_id()),
            currency: self.currency,
            date: self.date,
            rate: self.rate,
            source: self.source.clone(),
            version: 1,
        })?;
        let view = insert(uow, rate).await?;
        Ok(Done::of(view.id, view.version, view))
    }
}

/// Stores and notes a new rate.
pub(super) async fn insert(uow: &mut dyn UnitOfWork, rate: ExchangeRate) -> AppResult<ExchangeRateView> {
    uow.exchange_rates().insert(&rate).await?;
    let view = ExchangeRateView::from(&Stored { value: rate, updated_at: uow.now() });
    record(uow, EXCHANGE_RATE, view.id, "created", None, Some(&view));
    Ok(view)
}
