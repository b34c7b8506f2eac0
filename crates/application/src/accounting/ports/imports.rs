//! What an import reads of the chart and the dimensions as a whole, and adds to them in one step.

use async_trait::async_trait;
use domain::accounting::account::Account;
use domain::accounting::dimension::{Dimension, DimensionValue};

use super::stored::Stored;
use crate::ports::storage_error::StorageResult;

#[async_trait]
pub trait ImportRepository: Send {
    /// The whole chart of accounts.
    async fn chart(&mut self) -> StorageResult<Vec<Stored<Account>>>;
    /// Adds accounts; a parent MUST come before what lies below it.
    async fn add_accounts(&mut self, accounts: &[Account]) -> StorageResult<()>;
    async fn all_dimensions(&mut self) -> StorageResult<Vec<Dimension>>;
    async fn all_dimension_values(&mut self) -> StorageResult<Vec<DimensionValue>>;
    async fn add_dimension_values(&mut self, values: &[DimensionValue]) -> StorageResult<()>;
}
