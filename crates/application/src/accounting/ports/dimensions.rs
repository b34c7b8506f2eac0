//! Dimensions and their values in storage.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::accounting::dimension::{DimensionTree, DimensionValue};
use domain::ids::{DimensionId, DimensionValueId, TenantId};

use crate::accounting::views::dimension::DimensionValueView;
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;
use crate::ports::stored::Stored;

pub use domain::accounting::dimension::VALUE_DEPTH_MAX;

#[async_trait]
pub trait DimensionRepository: Send {
    async fn find_value(&mut self, id: DimensionValueId) -> StorageResult<Option<Stored<DimensionValue>>>;
    async fn value_by_code(
        &mut self,
        dimension: DimensionId,
        code: &str,
    ) -> StorageResult<Option<DimensionValueId>>;
    /// The values above one, nearest first; never more than [`VALUE_DEPTH_MAX`].
    async fn value_ancestors(&mut self, id: DimensionValueId) -> StorageResult<Vec<DimensionValueId>>;
    /// The values with everything above them.
    async fn value_tree(&mut self, values: &BTreeSet<DimensionValueId>) -> StorageResult<DimensionTree>;
    /// How many levels lie below a value.
    async fn value_levels_below(&mut self, id: DimensionValueId) -> StorageResult<usize>;
    /// The resources that refer to a value, by name.
    async fn value_users(&mut self, id: DimensionValueId) -> StorageResult<Vec<&'static str>>;
    async fn insert_value(&mut self, value: &DimensionValue) -> StorageResult<()>;
    /// Replaces what is stored at `value.version - 1`. MUST answer `false` when it is at another.
    async fn update_value(&mut self, value: &DimensionValue) -> StorageResult<bool>;
    /// MUST answer `false` when there is no value with this id and version.
    async fn delete_value(&mut self, id: DimensionValueId, version: i64) -> StorageResult<bool>;
}

/// What `GET /dimensions/{id}/values` filters and sorts by.
pub static DIMENSION_VALUE_LIST: ListSpec = ListSpec {
    resource: "dimension_value",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("code", FieldKind::Text).sortable(),
        FieldSpec::new("name", FieldKind::Search),
        FieldSpec::new("parentId", FieldKind::Id).nullable(),
        FieldSpec::new("postable", FieldKind::Boolean),
        FieldSpec::new("active", FieldKind::Boolean),
        FieldSpec::new("updatedAt", FieldKind::Timestamp),
    ],
    default_sort: &[("code", Direction::Ascending)],
    expand: &[],
};

#[async_trait]
pub trait DimensionQueries: Send + Sync {
    async fn dimension_value(
        &self,
        tenant: TenantId,
        dimension: DimensionId,
        id: DimensionValueId,
    ) -> AppResult<Option<DimensionValueView>>;
    async fn dimension_values(
        &self,
        tenant: TenantId,
        dimension: DimensionId,
        query: &ListQuery,
    ) -> AppResult<Page<DimensionValueView>>;
}
