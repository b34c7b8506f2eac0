//! Number series in storage, and what proves that they have no gaps.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::number_series::{NumberSeries, NumberShape};
use domain::ids::{NumberSeriesId, TenantId};
use domain::time::Timestamp;
use futures::stream::BoxStream;

use crate::accounting::number_series::overlap::SeriesNumbers;
use crate::accounting::views::NameView;
use crate::accounting::views::journal::NumberSeriesView;
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

/// A series as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSeries {
    pub series: NumberSeries,
    /// The document type it numbers: `journal_entry`.
    pub document_type: String,
    pub updated_at: Timestamp,
}

impl From<&StoredSeries> for NumberSeriesView {
    fn from(stored: &StoredSeries) -> Self {
        let series = &stored.series;
        Self {
            id: series.id.uuid(),
            code: series.code.to_string(),
            name: NameView::from(&series.name),
            document_type: stored.document_type.clone(),
            pattern: series.pattern.as_str().to_owned(),
            reset: series.pattern.reset().as_str(),
            gapless: series.gapless,
            active: series.active,
            updated_at: stored.updated_at.to_string(),
            version: series.version,
        }
    }
}

#[async_trait]
pub trait NumberSeriesRepository: Send {
    async fn find(&mut self, id: NumberSeriesId) -> StorageResult<Option<StoredSeries>>;
    async fn id_by_code(&mut self, code: &str) -> StorageResult<Option<NumberSeriesId>>;
    /// Whether it has given a number.
    async fn has_numbers(&mut self, id: NumberSeriesId) -> StorageResult<bool>;
    /// Every series of the tenant by code, with all that decides which numbers they give and gave.
    async fn all_numbers(&mut self) -> StorageResult<Vec<SeriesNumbers>>;
    /// Keeps the forms of the numbers that a series gave before.
    async fn save_earlier(&mut self, id: NumberSeriesId, earlier: &[NumberShape]) -> StorageResult<()>;
    /// The resources that refer to a series, by name.
    async fn users(&mut self, id: NumberSeriesId) -> StorageResult<Vec<&'static str>>;
    async fn insert(&mut self, series: &StoredSeries) -> StorageResult<()>;
    /// Replaces the series stored at `series.version - 1`. MUST answer `false` when it is at another.
    async fn update(&mut self, series: &StoredSeries) -> StorageResult<bool>;
    /// MUST answer `false` when there is no series with this id and version.
    async fn delete(&mut self, id: NumberSeriesId, version: i64) -> StorageResult<bool>;
}

/// The fields by which `GET /number-series` filters and sorts.
pub static NUMBER_SERIES_LIST: ListSpec = ListSpec {
    resource: "number_series",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("code", FieldKind::Text).sortable(),
        FieldSpec::new("documentType", FieldKind::Text),
        FieldSpec::new("reset", FieldKind::Word(&["never", "fiscal_year", "year", "month"])),
        FieldSpec::new("gapless", FieldKind::Boolean),
        FieldSpec::new("active", FieldKind::Boolean),
        FieldSpec::new("updatedAt", FieldKind::Timestamp),
    ],
    default_sort: &[("code", Direction::Ascending)],
    expand: &[],
};

/// A posted entry's number with what it was made of.
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
    async fn number_series(&self, tenant: TenantId, id: NumberSeriesId) -> AppResult<Option<StoredSeries>>;
    async fn number_series_list(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<NumberSeriesView>>;
    /// The fiscal year that a date lies in.
    async fn fiscal_year_code(&self, tenant: TenantId, date: NaiveDate) -> AppResult<Option<String>>;
    /// The code of the first journal that numbers its entries from the series.
    async fn journal_of_series(&self, tenant: TenantId, id: NumberSeriesId) -> AppResult<Option<String>>;
    /// The last number given in each period that has any.
    async fn counters(&self, tenant: TenantId, id: NumberSeriesId) -> AppResult<Vec<(String, u64)>>;
    /// Every number of the series on a posted entry, in no particular order.
    fn numbers(&self, tenant: TenantId, id: NumberSeriesId) -> BoxStream<'static, StorageResult<NumberUsed>>;
}
