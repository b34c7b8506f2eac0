//! Dimension rules in storage, beside what is kept of all master data.

use async_trait::async_trait;
use domain::accounting::dimension::DimensionRule;

use crate::ports::storage_error::StorageResult;

#[async_trait]
pub trait DimensionRuleRepository: Send {
    /// The rules that posting keeps, in the order in which they were made.
    async fn active_rules(&mut self) -> StorageResult<Vec<DimensionRule>>;
}
