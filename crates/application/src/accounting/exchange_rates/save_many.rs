//! `POST /exchange-rates/bulk`: many rates at once; those already there are replaced.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::error::{Violation, Violations};
use domain::ids::ExchangeRateId;
use domain::money::{CurrencyCode, Rate};

use super::create::insert;
use super::refuse_currency;
use super::update::replace;
use crate::accounting::error::EXCHANGE_RATE_REPEATED;
use crate::accounting::ports::exchange_rates::ExchangeRate;
use crate::accounting::views::currency::ExchangeRatesSavedView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult, PERMISSION_DENIED};
use crate::unit_of_work::UnitOfWork;

const UPDATE: &str = "accounting.exchange_rate.update";

#[derive(Debug, Clone)]
pub struct SaveExchangeRates {
    pub rates: Vec<RateInput>,
}

#[derive(Debug, Clone)]
pub struct RateInput {
    pub currency: CurrencyCode,
    pub date: NaiveDate,
    pub rate: Rate,
    pub source: Option<String>,
}

#[async_trait]
impl Command for SaveExchangeRates {
    const NAME: &'static str = "save_exchange_rates";
    const ACCESS: Access = Access::Permission("accounting.exchange_rate.create");
    type Output = ExchangeRatesSavedView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<ExchangeRatesSavedView>> {
        self.check(uow).await?;
        let mut saved = ExchangeRatesSavedView { created: 0, updated: 0, unchanged: 0 };
        for input in &self.rates {
            let there = uow.exchange_rates().find_on(input.currency, input.date).await?;
            match there {
                Some(stored) if stored.value.rate == input.rate && stored.value.source == input.source => {
                    saved.unchanged += 1;
                }
                Some(stored) => {
                    if !ctx.permissions.allows(UPDATE) {
                        let denied = Violation::new(&PERMISSION_DENIED).with("permission", UPDATE);
                        return Err(AppError::new(denied));
                    }
                    replace(uow, &stored, input.rate, input.source.clone()).await?;
                    saved.updated += 1;
                }
                None => {
                    let rate = ExchangeRate {
                        id: ExchangeRateId::new(uow.new_id()),
                        currency: input.currency,
                        date: input.date,
                        rate: input.rate,
                        source: input.source.clone(),
                        version: 1,
                    };
                    insert(uow, rate).await?;
                    saved.created += 1;
                }
            }
        }
        Ok(Done::new(saved))
    }
}

impl SaveExchangeRates {
    /// Every rate whose currency cannot have one, and every date that is there twice.
    async fn check(&self, uow: &mut dyn UnitOfWork) -> AppResult<()> {
        let mut violations = Violations::new();
        let mut refused: BTreeMap<CurrencyCode, Option<Violation>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for (index, input) in self.rates.iter().enumerate() {
            if let Entry::Vacant(unknown) = refused.entry(input.currency) {
                unknown.insert(refuse_currency(uow, input.currency).await?);
            }
            if let Some(Some(violation)) = refused.get(&input.currency) {
                violations.push(violation.clone().at(format!("/items/{index}{}", violation.pointer)));
            }
            if !seen.insert((input.currency, input.date)) {
                violations.push(
                    Violation::new(&EXCHANGE_RATE_REPEATED)
                        .at(format!("/items/{index}/date"))
                        .with("currency", input.currency)
                        .with("date", input.date),
                );
            }
        }
        Ok(violations.into_result(())?)
    }
}
