//! The opening entries of a tenant, as they are read.

use async_trait::async_trait;
use domain::ids::TenantId;

use crate::accounting::opening_balances::OpeningBalancesView;
use crate::error::AppResult;

/// Most opening entries that are shown; `/journal-entries?kind=opening` lists all of them.
pub const OPENING_ENTRIES_SHOWN_MAX: u32 = 1_000;

#[async_trait]
pub trait OpeningBalanceQueries: Send + Sync {
    async fn opening_balances(&self, tenant: TenantId) -> AppResult<OpeningBalancesView>;
}
