//! The tree of dimension values in storage.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::accounting::dimension::DimensionTree;
use domain::ids::DimensionValueId;

use crate::ports::storage_error::StorageResult;

pub use domain::accounting::dimension::VALUE_DEPTH_MAX;

#[async_trait]
pub trait DimensionRepository: Send {
    /// The values above one, nearest first; never more than [`VALUE_DEPTH_MAX`].
    async fn value_ancestors(&mut self, id: DimensionValueId) -> StorageResult<Vec<DimensionValueId>>;
    /// The values with everything above them.
    async fn value_tree(&mut self, values: &BTreeSet<DimensionValueId>) -> StorageResult<DimensionTree>;
    /// How many levels lie below a value.
    async fn value_levels_below(&mut self, id: DimensionValueId) -> StorageResult<usize>;
}
