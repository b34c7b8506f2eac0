//! `POST /exchange-rates/bulk`: many rates at once; those already there are replaced.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use domain::accounting::exchange_rate::ExchangeRate;
use domain::error::{Violation, Violations};
use domain::ids::ExchangeRateId;
use domain::money::CurrencyCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{NewExchangeRate, refuse_currency};
use crate::accounting::error::EXCHANGE_RATE_REPEATED;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult, PERMISSION_DENIED};
use crate::master_data::{Described, insert, replace};
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::List;

/// Most rates in one request.
const RATES_MAX: usize = 1_000;
const UPDATE: &str = ExchangeRate::RESOURCE.change.permission.name;

request! {
    /// Several exchange rates at once.
    pub struct SaveExchangeRates as SaveExchangeRatesBody {
        /// The rates, each currency and date once. Existing rates are replaced.
        items: List<NewExchangeRate, RATES_MAX, 1>,
    }
}

/// How many of the rates sent were created, changed or left as they were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExchangeRatesSavedView {
    pub created: u32,
    pub updated: u32,
    /// Already there with the same rate and source.
    pub unchanged: u32,
}

#[async_trait]
impl Command for SaveExchangeRates {
    const NAME: &'static str = "save_exchange_rates";
    const ACCESS: Access = Access::Permission(ExchangeRate::RESOURCE.create.permission.name);
    type Output = ExchangeRatesSavedView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<ExchangeRatesSavedView>> {
        self.check(uow).await?;
        let mut saved = ExchangeRatesSavedView { created: 0, updated: 0, unchanged: 0 };
        for new in &self.items.0 {
            let there = uow.exchange_rates().find_on(new.currency, new.date).await?;
            let (rate, source) = (new.rate, new.source());
            match there {
                Some(stored) if stored.value.rate == rate && stored.value.source == source => {
                    saved.unchanged += 1;
                }
                Some(stored) => {
                    if !ctx.permissions.allows(UPDATE) {
                        let denied = Violation::new(&PERMISSION_DENIED).with("permission", UPDATE);
                        return Err(AppError::new(denied));
                    }
                    let value = ExchangeRate { rate, source, ..stored.value.clone() };
                    replace(uow, &stored, value).await?;
                    saved.updated += 1;
                }
                None => {
                    let id = ExchangeRateId::new(uow.new_id());
                    insert(uow, new.rate(id)).await?;
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
        for (index, input) in self.items.0.iter().enumerate() {
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
