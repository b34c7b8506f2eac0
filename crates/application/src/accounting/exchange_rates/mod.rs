//! Exchange rates: company units for one unit of a currency. Entries keep the rate they were posted with.

pub mod save_many;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::currency::CurrencyRecord;
use domain::accounting::exchange_rate::{ExchangeRate, SOURCE_LENGTH_MAX};
use domain::accounting::journal_entry::CURRENCY_UNKNOWN;
use domain::error::Violation;
use domain::ids::ExchangeRateId;
use domain::money::{CurrencyCode, Rate};
use uuid::Uuid;

use super::error::COMPANY_CURRENCY_RATE;
use crate::changes::already_exists;
use crate::error::{ALREADY_EXISTS, AppResult};
use crate::master_data::{Check, MasterData, Records};
use crate::unit_of_work::UnitOfWork;
use crate::wire::{Optional, Patch, Text};
use crate::{request, resource, view};

request! {
    /// An exchange rate that applies from a date on.
    pub struct NewExchangeRate as CreateExchangeRateBody {
        /// The currency, which must not be the company currency.
        currency: CurrencyCode = "USD",
        /// The first day on which the rate applies. It applies until the next rate of the currency.
        date: NaiveDate = "2026-01-01",
        /// Units of the company currency for one unit of the currency.
        rate: Rate = "3.75",
        /// The source of the rate.
        source: Option<Text<SOURCE_LENGTH_MAX>> = "SAMA",
    }

    /// A change of the exchange rate (JSON Merge Patch). Members left out stay as they are; null clears a member.
    pub struct ExchangeRateChange as UpdateExchangeRateBody {
        /// Units of the company currency for one unit of the currency.
        rate: Optional<Rate>,
        /// The source of the rate.
        source: Patch<Text<SOURCE_LENGTH_MAX>>,
    }
}

view! {
    /// Company units for one unit of a currency, from a date until the next rate.
    pub struct ExchangeRateView of ExchangeRate {
        id: Uuid,
        currency: String,
        date: NaiveDate,
        rate: String,
        source: Option<String>,
    }
}

resource! {
    ExchangeRate by id: ExchangeRateId
        = "accounting", "exchange_rate", "exchange_rates" at "/exchange-rates", "/exchange-rates/{id}";
    en: "an", "exchange rate", "exchange rates"; ar: "أسعار الصرف";
    about: "Company units for one unit of a currency, from a date until the next rate.";
    bodies: NewExchangeRate, ExchangeRateChange => ExchangeRateView;
    remembered by posting;
    list: id sortable, currency sortable, date sortable; order: currency, date;
    refuses: create [&ALREADY_EXISTS, &CURRENCY_UNKNOWN, &COMPANY_CURRENCY_RATE], change [], delete [];
    delete says "Entries posted with the rate keep it.";
}

#[async_trait]
impl MasterData for ExchangeRate {
    async fn create(
        new: &NewExchangeRate,
        id: ExchangeRateId,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        let refused = refuse_currency(check.uow, new.currency).await?;
        check.violations.extend(refused);
        if check.uow.exchange_rates().find_on(new.currency, new.date).await?.is_some() {
            check.refuse(already_exists("date", format!("{} {}", new.currency, new.date)));
        }
        Ok(Some(new.rate(id)))
    }

    async fn change(&self, change: &ExchangeRateChange, _: &mut Check<'_>) -> AppResult<Option<Self>> {
        let (rate, source) = (change.rate.or(&self.rate), change.source.or(&self.source));
        Ok(Some(Self { rate, source, ..self.clone() }))
    }
}

impl NewExchangeRate {
    fn source(&self) -> Option<String> {
        self.source.clone().map(String::from).filter(|source| !source.is_empty())
    }

    fn rate(&self, id: ExchangeRateId) -> ExchangeRate {
        let Self { currency, date, rate, .. } = *self;
        ExchangeRate { id, currency, date, rate, source: self.source(), version: 1 }
    }
}

/// Why this currency can have no rate, if so.
async fn refuse_currency(uow: &mut dyn UnitOfWork, currency: CurrencyCode) -> AppResult<Option<Violation>> {
    if uow.ledger().company_currency().await?.code == currency {
        return Ok(Some(Violation::new(&COMPANY_CURRENCY_RATE).at("/currency").with("currency", currency)));
    }
    if Records::<CurrencyRecord>::find(uow, currency).await?.is_none() {
        return Ok(Some(Violation::new(&CURRENCY_UNKNOWN).at("/currency").with("currency", currency)));
    }
    Ok(None)
}
