//! Currencies in storage.

use async_trait::async_trait;
use domain::ids::TenantId;
use domain::money::{Currency, CurrencyCode};
use domain::text::LocalizedName;
use uuid::Uuid;

use super::stored::Stored;
use crate::accounting::views::currency::CurrencyView;
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;

/// A currency of the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrencyRecord {
    pub currency: Currency,
    pub name: Option<LocalizedName>,
    pub active: bool,
    pub version: i64,
}

/// The id under which audit log and change feed know a currency, whose key is its code: the code's letters, padded.
pub fn currency_entity_id(code: CurrencyCode) -> Uuid {
    let letters = code.as_str().bytes().fold(0_u128, |id, letter| (id << 8) | u128::from(letter));
    Uuid::from_u128(letters)
}

#[async_trait]
pub trait CurrencyRepository: Send {
    async fn find(&mut self, code: CurrencyCode) -> StorageResult<Option<Stored<CurrencyRecord>>>;
    /// The resources that refer to a currency, by name.
    async fn users(&mut self, code: CurrencyCode) -> StorageResult<Vec<&'static str>>;
    async fn insert(&mut self, currency: &CurrencyRecord) -> StorageResult<()>;
    /// Replaces what is stored at `currency.version - 1`. MUST answer `false` when it is at another.
    async fn update(&mut self, currency: &CurrencyRecord) -> StorageResult<bool>;
    /// MUST answer `false` when there is no currency with this code and version.
    async fn delete(&mut self, code: CurrencyCode, version: i64) -> StorageResult<bool>;
}

/// What `GET /currencies` filters and sorts by.
pub static CURRENCY_LIST: ListSpec = ListSpec {
    resource: "currency",
    fields: &[
        FieldSpec::new("code", FieldKind::Text).sortable(),
        FieldSpec::new("active", FieldKind::Boolean),
        FieldSpec::new("updatedAt", FieldKind::Timestamp),
    ],
    default_sort: &[("code", Direction::Ascending)],
    expand: &[],
};

#[async_trait]
pub trait CurrencyQueries: Send + Sync {
    async fn currency(&self, tenant: TenantId, code: CurrencyCode) -> AppResult<Option<CurrencyView>>;
    async fn currencies(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<CurrencyView>>;
}
