//! Exchange rates in storage.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::ids::{ExchangeRateId, TenantId};
use domain::money::{CurrencyCode, Rate};

use crate::accounting::views::currency::{EffectiveRateView, ExchangeRateView};
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;
use crate::ports::stored::Stored;

/// Longest source of a rate, in characters.
pub const SOURCE_LENGTH_MAX: usize = 100;
/// Most rates in one request.
pub const RATES_MAX: usize = 1_000;

/// Company units for one unit of a currency, from a date until the next rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeRate {
    pub id: ExchangeRateId,
    pub currency: CurrencyCode,
    pub date: NaiveDate,
    pub rate: Rate,
    /// Where it is from: a central bank, a contract.
    pub source: Option<String>,
    pub version: i64,
}

impl From<&Stored<ExchangeRate>> for ExchangeRateView {
    fn from(stored: &Stored<ExchangeRate>) -> Self {
        let rate = &stored.value;
        Self {
            id: rate.id.uuid(),
            currency: rate.currency.to_string(),
            date: rate.date,
            rate: rate.rate.to_string(),
            source: rate.source.clone(),
            updated_at: stored.updated_at.to_string(),
            version: rate.version,
        }
    }
}

#[async_trait]
pub trait ExchangeRateRepository: Send {
    async fn find(&mut self, id: ExchangeRateId) -> StorageResult<Option<Stored<ExchangeRate>>>;
    /// The rate of exactly this date.
    async fn find_on(
        &mut self,
        currency: CurrencyCode,
        date: NaiveDate,
    ) -> StorageResult<Option<Stored<ExchangeRate>>>;
    async fn insert(&mut self, rate: &ExchangeRate) -> StorageResult<()>;
    /// Replaces the rate stored at `rate.version - 1`. MUST answer `false` when it is at another.
    async fn update(&mut self, rate: &ExchangeRate) -> StorageResult<bool>;
    /// MUST answer `false` when there is no rate with this id and version.
    async fn delete(&mut self, id: ExchangeRateId, version: i64) -> StorageResult<bool>;
}

/// The fields by which `GET /exchange-rates` filters and sorts.
pub static EXCHANGE_RATE_LIST: ListSpec = ListSpec {
    resource: "exchange_rate",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("currency", FieldKind::Text).sortable(),
        FieldSpec::new("date", FieldKind::Date).sortable(),
        FieldSpec::new("updatedAt", FieldKind::Timestamp),
    ],
    default_sort: &[("currency", Direction::Ascending), ("date", Direction::Ascending)],
    expand: &[],
};

#[async_trait]
pub trait ExchangeRateQueries: Send + Sync {
    async fn exchange_rate(
        &self,
        tenant: TenantId,
        id: ExchangeRateId,
    ) -> AppResult<Option<ExchangeRateView>>;
    async fn exchange_rates(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<ExchangeRateView>>;
    /// The last rate up to and including `date`; 1 for the company currency. `None` when there is none.
    async fn effective_rate(
        &self,
        tenant: TenantId,
        currency: CurrencyCode,
        date: NaiveDate,
    ) -> AppResult<Option<EffectiveRateView>>;
}
