//! Reads of accounts that are more than one query: the tree, and balances as they were known.

use chrono::NaiveDate;
use domain::error::Violation;
use domain::ids::{AccountId, TenantId};
use domain::time::Timestamp;

use super::ACCOUNT;
use crate::accounting::error::CHART_TOO_LARGE;
use crate::accounting::ports::accounts::{AccountQueries, TREE_ACCOUNTS_MAX};
use crate::accounting::reports::error::KNOWN_AT_IN_FUTURE;
use crate::accounting::views::account::{AccountTreeView, account_tree};
use crate::accounting::views::account_balance::AccountBalanceView;
use crate::command::Application;
use crate::error::{AppError, AppResult};

/// The whole chart, nested or flat.
pub async fn tree(queries: &dyn AccountQueries, tenant: TenantId, flat: bool) -> AppResult<AccountTreeView> {
    let accounts = queries.chart(tenant).await?;
    if accounts.len() > TREE_ACCOUNTS_MAX {
        return Err(AppError::new(Violation::new(&CHART_TOO_LARGE).with("max", TREE_ACCOUNTS_MAX)));
    }
    Ok(account_tree(accounts, flat))
}

/// The balance of an account. The balance as known at a moment never changes afterwards (R10), so that moment
/// must have passed and everything begun before it must have ended.
pub async fn balance(
    app: &Application,
    queries: &dyn AccountQueries,
    tenant: TenantId,
    id: AccountId,
    as_of: NaiveDate,
    known_at: Option<Timestamp>,
) -> AppResult<AccountBalanceView> {
    if let Some(known_at) = known_at {
        // The very present is future, too: a posting of this microsecond may still come.
        if known_at >= app.clock.now() {
            return Err(AppError::new(Violation::new(&KNOWN_AT_IN_FUTURE).at("?knownAt")));
        }
        app.database.settle(tenant).await?;
    }
    let balance = queries.account_balance(tenant, id, as_of, known_at).await?;
    balance.ok_or_else(|| AppError::not_found(ACCOUNT))
}
