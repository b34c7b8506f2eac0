//! The ports of number series beyond those of all master data: the numbers that each has given, and the rules that keep them apart.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::number_series::NumberShape;
use domain::ids::{NumberSeriesId, TenantId};
use futures::stream::BoxStream;

use crate::accounting::number_series::overlap::SeriesNumbers;
use crate::error::AppResult;
use crate::ports::storage_error::StorageResult;

#[async_trait]
pub trait NumberSeriesRepository: Send {
    /// Every series of the tenant by code, with all that decides which numbers they give and gave.
    async fn all_numbers(&mut self) -> StorageResult<Vec<SeriesNumbers>>;
    /// Keeps the forms of the numbers that a series gave before.
    async fn save_earlier(&mut self, id: NumberSeriesId, earlier: &[NumberShape]) -> StorageResult<()>;
}

/// A posted entry's number with the values that it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberUsed {
    pub number: String,
    pub date: NaiveDate,
    pub fiscal_year_code: String,
    pub journal_code: String,
    /// Whether another entry of the tenant has the same number.
    pub repeated: bool,
}

#[async_trait]
pub trait NumberSeriesQueries: Send + Sync {
    /// The fiscal year that a date lies in.
    async fn fiscal_year_code(&self, tenant: TenantId, date: NaiveDate) -> AppResult<Option<String>>;
    /// The code of the first journal that numbers its entries from the series.
    async fn journal_of_series(&self, tenant: TenantId, id: NumberSeriesId) -> AppResult<Option<String>>;
    /// The last number given in each period that has any.
    async fn counters(&self, tenant: TenantId, id: NumberSeriesId) -> AppResult<Vec<(String, u64)>>;
    /// Every number of the series on a posted entry, in no particular order.
    fn numbers(&self, tenant: TenantId, id: NumberSeriesId) -> BoxStream<'static, StorageResult<NumberUsed>>;
}
