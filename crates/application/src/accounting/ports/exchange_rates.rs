//! Exchange rates in storage, beside what is kept of all master data.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::exchange_rate::ExchangeRate;
use domain::ids::TenantId;
use domain::money::CurrencyCode;

use crate::accounting::views::exchange_rate::EffectiveRateView;
use crate::error::AppResult;
use crate::ports::storage_error::StorageResult;
use crate::ports::stored::Stored;

#[async_trait]
pub trait ExchangeRateRepository: Send {
    /// The rate of exactly this date.
    async fn find_on(
        &mut self,
        currency: CurrencyCode,
        date: NaiveDate,
    ) -> StorageResult<Option<Stored<ExchangeRate>>>;
}

#[async_trait]
pub trait ExchangeRateQueries: Send + Sync {
    /// The last rate up to and including `date`; 1 for the company currency. `None` when there is none.
    async fn effective_rate(
        &self,
        tenant: TenantId,
        currency: CurrencyCode,
        date: NaiveDate,
    ) -> AppResult<Option<EffectiveRateView>>;
}
