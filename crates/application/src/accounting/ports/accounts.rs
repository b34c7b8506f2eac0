//! The chart of accounts in storage.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::account::{Account, AccountUsage};
use domain::ids::{AccountId, TenantId};
use domain::time::Timestamp;

use super::reports::ChartAccount;
use crate::accounting::views::account::AccountView;
use crate::accounting::views::account_balance::{AccountBalanceView, AccountLedgerView};
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;
use crate::ports::stored::Stored;

/// Most accounts that the tree shows; a larger chart is read as a list.
pub const TREE_ACCOUNTS_MAX: usize = 20_000;

#[async_trait]
pub trait AccountRepository: Send {
    async fn find(&mut self, id: AccountId) -> StorageResult<Option<Stored<Account>>>;
    /// The headings above an account, nearest first; never more than the chart may be deep.
    async fn ancestors(&mut self, id: AccountId) -> StorageResult<Vec<AccountId>>;
    /// How many levels lie below an account; 0 for one without children.
    async fn levels_below(&mut self, id: AccountId) -> StorageResult<usize>;
    /// Every account as statements need it, in order of its code.
    async fn chart(&mut self) -> StorageResult<Vec<ChartAccount>>;
    async fn usage(&mut self, id: AccountId) -> StorageResult<AccountUsage>;
    /// The resources that refer to an account, by name; drafts and recurring entries count.
    async fn users(&mut self, id: AccountId) -> StorageResult<Vec<&'static str>>;
    async fn insert(&mut self, account: &Account) -> StorageResult<()>;
    /// Replaces the account stored at `account.version() - 1`. MUST answer `false` when it is at another.
    async fn update(&mut self, account: &Account) -> StorageResult<bool>;
    /// MUST answer `false` when there is no account with this id and version.
    async fn delete(&mut self, id: AccountId, version: i64) -> StorageResult<bool>;
}

/// The fields by which `GET /accounts` filters and sorts.
pub static ACCOUNT_LIST: ListSpec = ListSpec {
    resource: "account",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("code", FieldKind::Text).sortable(),
        FieldSpec::new("name", FieldKind::Search),
        FieldSpec::new("type", FieldKind::Word(&["asset", "liability", "equity", "income", "expense"])),
        FieldSpec::new("subtype", FieldKind::Text).nullable(),
        FieldSpec::new("parentId", FieldKind::Id).nullable(),
        FieldSpec::new("isPosting", FieldKind::Boolean),
        FieldSpec::new("active", FieldKind::Boolean),
        FieldSpec::new("control", FieldKind::Word(&["none", "receivable", "payable", "inventory", "vat"])),
        FieldSpec::new("currency", FieldKind::Text).nullable(),
        FieldSpec::new("mergedIntoId", FieldKind::Id).nullable(),
        FieldSpec::new("updatedAt", FieldKind::Timestamp),
    ],
    default_sort: &[("code", Direction::Ascending)],
    expand: &[],
};

/// One page of an account's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLedgerQuery {
    pub from: Option<NaiveDate>,
    /// `None` is today, or the day on which the first page was read.
    pub to: Option<NaiveDate>,
    pub today: NaiveDate,
    pub limit: u32,
    /// Opaque; made and read by the adapter. It carries the running balance.
    pub cursor: Option<String>,
}

#[async_trait]
pub trait AccountQueries: Send + Sync {
    async fn account(&self, tenant: TenantId, id: AccountId) -> AppResult<Option<AccountView>>;
    async fn accounts(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<AccountView>>;
    /// All accounts in the order of their codes; one more than [`TREE_ACCOUNTS_MAX`] when there are too many.
    async fn chart(&self, tenant: TenantId) -> AppResult<Vec<AccountView>>;
    /// From maintained balances, or by summing what was recorded up to `known_at`. The caller settles the database
    /// first. `None` when there is no such account.
    async fn account_balance(
        &self,
        tenant: TenantId,
        id: AccountId,
        as_of: NaiveDate,
        known_at: Option<Timestamp>,
    ) -> AppResult<Option<AccountBalanceView>>;
    /// Reads one page through the index alone, whatever the size of the ledger. `None` when there is no such account.
    async fn account_ledger(
        &self,
        tenant: TenantId,
        id: AccountId,
        query: &AccountLedgerQuery,
    ) -> AppResult<Option<AccountLedgerView>>;
}
