//! What an import reads of the chart and the dimensions as a whole, and adds to them.

use async_trait::async_trait;
use domain::accounting::account::{Account, AccountUsage};
use domain::accounting::dimension::{Dimension, DimensionValue};
use domain::ids::AccountId;

use crate::ports::storage_error::StorageResult;

#[async_trait]
pub trait ImportRepository: Send {
    /// The whole chart of accounts.
    async fn chart(&mut self) -> StorageResult<Vec<Account>>;
    async fn account_usage(&mut self, account: AccountId) -> StorageResult<AccountUsage>;
    /// Adds accounts; a parent MUST come before what lies below it.
    async fn add_accounts(&mut self, accounts: &[Account]) -> StorageResult<()>;
    /// Replaces the account stored one version earlier. MUST answer `false` when it is at another.
    async fn replace_account(&mut self, account: &Account) -> StorageResult<bool>;
    async fn all_dimensions(&mut self) -> StorageResult<Vec<Dimension>>;
    async fn all_dimension_values(&mut self) -> StorageResult<Vec<DimensionValue>>;
    async fn add_dimension(&mut self, dimension: &Dimension) -> StorageResult<()>;
    async fn add_dimension_values(&mut self, values: &[DimensionValue]) -> StorageResult<()>;
}
