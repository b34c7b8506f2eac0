//! [`AccountQueries`]: accounts as views, straight from SQL.

use application::accounting::ports::accounts::{AccountLedgerQuery, AccountQueries, TREE_ACCOUNTS_MAX};
use application::accounting::views::account::AccountView;
use application::accounting::views::account_balance::{AccountBalanceView, AccountLedgerView};
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::ids::{AccountId, TenantId};
use domain::time::Timestamp;

use super::accounts::{FIND, account_columns, read_account};
use super::{account_balance, account_ledger};
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::Value;
use crate::statements;

statements! {
    CHART = "accounting.account.chart":
        concat!("SELECT ", account_columns!(), " FROM account a WHERE a.tenant_id = ?1 ORDER BY a.code {page ?2}");
}

pub static LIST: ListSql = ListSql {
    spec: &application::accounting::ports::accounts::ACCOUNT_LIST,
    select: concat!("SELECT ", account_columns!(), " FROM account a"),
    tenant: "a.tenant_id",
    key: &["a.id"],
    columns: &[
        ("id", "a.id"),
        ("code", "a.code"),
        ("name", "a.search"),
        ("type", "a.type"),
        ("subtype", "a.subtype"),
        ("parentId", "a.parent_id"),
        ("isPosting", "a.is_posting"),
        ("active", "a.active"),
        ("control", "a.control"),
        ("currency", "a.currency"),
        ("mergedIntoId", "a.merged_into_id"),
        ("updatedAt", "a.updated_at"),
    ],
    sorted_as: &[],
};

#[async_trait]
impl AccountQueries for Db {
    async fn account(&self, tenant: TenantId, id: AccountId) -> AppResult<Option<AccountView>> {
        let Some(row) = self.find(&FIND, &[tenant.into(), id.into()]).await? else { return Ok(None) };
        Ok(Some(AccountView::from(&read_account(&mut row.columns("account"))?)))
    }

    async fn accounts(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<AccountView>> {
        LIST.page(self, tenant, query, None, |columns| Ok(AccountView::from(&read_account(columns)?))).await
    }

    async fn chart(&self, tenant: TenantId) -> AppResult<Vec<AccountView>> {
        let limit = Value::Int(TREE_ACCOUNTS_MAX as i64 + 1);
        let rows = self.query(&CHART, &[tenant.into(), limit]).await?;
        let mut accounts = Vec::with_capacity(rows.len());
        for row in rows {
            accounts.push(AccountView::from(&read_account(&mut row.columns("account"))?));
        }
        Ok(accounts)
    }

    async fn account_balance(
        &self,
        tenant: TenantId,
        id: AccountId,
        as_of: NaiveDate,
        known_at: Option<Timestamp>,
    ) -> AppResult<Option<AccountBalanceView>> {
        account_balance::view(self, tenant, id, as_of, known_at).await
    }

    async fn account_ledger(
        &self,
        tenant: TenantId,
        id: AccountId,
        query: &AccountLedgerQuery,
    ) -> AppResult<Option<AccountLedgerView>> {
        account_ledger::page(self, tenant, id, query).await
    }
}
