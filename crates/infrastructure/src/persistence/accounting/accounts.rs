//! The chart of accounts: [`AccountRepository`] in SQL.

use std::collections::BTreeSet;

use application::accounting::ports::accounts::AccountRepository;
use application::accounting::ports::reports::ChartAccount;
use application::ports::storage_error::StorageResult;
use application::ports::stored::Stored;
use async_trait::async_trait;
use domain::accounting::account::{
    ACCOUNT_DEPTH_MAX, Account, AccountType, AccountUsage, CashFlowActivity, ControlKind, NewAccount,
};
use domain::ids::AccountId;

use super::columns::{quoted, read_code, read_name, search_column};
use super::report_queries::{self, CHART};
use crate::persistence::SqlUnitOfWork;
use crate::sql::bulk::Bulk;
use crate::sql::statement::Lookup;
use crate::sql::value::{Columns, Kind, Value};
use crate::statements;

/// The columns in which [`read_account`] reads an account.
macro_rules! account_columns {
    () => {
        "a.id, a.code, a.name_ar, a.name_en, a.type, a.subtype, a.parent_id, a.is_posting, a.currency, a.control, \
         a.reconcilable, a.cash_flow, a.active, a.merged_into_id, a.version, a.updated_at"
    };
}
pub(crate) use account_columns;

statements! {
    FIND = "accounting.account.find":
        concat!("SELECT ", account_columns!(), " FROM account a WHERE a.tenant_id = ?1 AND a.id = ?2");
    PARENT = "accounting.account.parent":
        "SELECT parent_id FROM account WHERE tenant_id = ?1 AND id = ?2 AND parent_id IS NOT NULL";
    HAS_CHILDREN = "accounting.account.has_children":
        "SELECT {first} 1 FROM account WHERE tenant_id = ?1 AND parent_id = ?2 {only}";
    HAS_LINES = "accounting.account.has_lines":
        "SELECT {first} 1 FROM ledger_line WHERE tenant_id = ?1 AND account_id = ?2 {only}";
    IN_RULES = "accounting.account.in_rules":
        "SELECT {first} 1 FROM dimension_rule WHERE tenant_id = ?1 AND account_id = ?2 {only}";
    IN_DIMENSION_DEFAULTS = "accounting.account.in_dimension_defaults":
        "SELECT {first} 1 FROM dimension_default WHERE tenant_id = ?1 AND account_id = ?2 {only}";
    IN_POSTING_RULES = "accounting.account.in_posting_rules":
        "SELECT {first} 1 FROM posting_rule WHERE tenant_id = ?1 AND account_id = ?2 {only}";
    IN_APPROVAL_POLICIES = "accounting.account.in_approval_policies":
        "SELECT {first} 1 FROM approval_policy WHERE tenant_id = ?1 AND account_id = ?2 {only}";
    IN_BUDGETS = "accounting.account.in_budgets":
        "SELECT {first} 1 FROM budget_line WHERE tenant_id = ?1 AND account_id = ?2 {only}";
    IN_MERGES = "accounting.account.in_merges":
        "SELECT {first} 1 FROM account WHERE tenant_id = ?1 AND merged_into_id = ?2 {only}";
    IN_DISTRIBUTION_KEYS = "accounting.account.in_distribution_keys":
        "SELECT {first} 1 FROM distribution_key WHERE tenant_id = ?1 AND targets LIKE ?2 {escape} {only}";
    IN_DEFERRALS = "accounting.account.in_deferrals":
        "SELECT {first} 1 FROM deferral WHERE tenant_id = ?1 AND (source_account_id = ?2 OR target_account_id = ?2) {only}";
    IN_SETTINGS = "accounting.account.in_settings":
        "SELECT {first} 1 FROM ledger_settings WHERE tenant_id = ?1 AND (retained_earnings_account_id = ?2 \
         OR rounding_account_id = ?2 OR opening_account_id = ?2 \
         OR exchange_differences_account_id = ?2 OR unrealised_exchange_account_id = ?2 \
         OR receivable_revaluation_account_id = ?2 OR payable_revaluation_account_id = ?2 \
         OR inter_branch_account_id = ?2 OR translation_difference_account_id = ?2) {only}";
    UPDATE = "accounting.account.update":
        "UPDATE account SET code = ?3, name_ar = ?4, name_en = ?5, search = ?6, type = ?7, subtype = ?8, parent_id = ?9, \
         is_posting = ?10, currency = ?11, control = ?12, cash_flow = ?13, reconcilable = ?14, active = ?15, \
         updated_at = ?16, version = ?17, merged_into_id = ?18 WHERE tenant_id = ?1 AND id = ?2 AND version = ?17 - 1";
    // Before a change or a deletion: what it was until now.
    KEEP = "accounting.account_history.keep":
        "INSERT INTO account_history (tenant_id, account_id, version, code, name_ar, name_en, type, parent_id, is_posting, \
         control, cash_flow, created_at, valid_until) SELECT a.tenant_id, a.id, a.version, a.code, a.name_ar, a.name_en, \
         a.type, a.parent_id, a.is_posting, a.control, a.cash_flow, a.created_at, ?4 FROM account a \
         WHERE a.tenant_id = ?1 AND a.id = ?2 AND a.version = ?3";
    HAS_SETTLED = "accounting.account.has_settled_entries":
        "SELECT {first} 1 FROM fiscal_period p INNER JOIN fiscal_year y ON y.tenant_id = p.tenant_id \
         AND y.id = p.fiscal_year_id INNER JOIN account_balance b ON b.tenant_id = p.tenant_id \
         AND b.fiscal_period_id = p.id AND b.account_id = ?2 WHERE p.tenant_id = ?1 AND (y.status = 'closed' \
         OR p.start_date <= (SELECT k.locked_through FROM ledger_lock k WHERE k.tenant_id = ?1 AND k.kind = 'hard')) {only}";
    DELETE = "accounting.account.delete": "DELETE FROM account WHERE tenant_id = ?1 AND id = ?2 AND version = ?3";
}

pub static ACCOUNT_INSERT: Bulk = Bulk::new(
    "accounting.account.insert",
    "account",
    &[
        ("tenant_id", Kind::Id),
        ("id", Kind::Id),
        ("code", Kind::Text(50)),
        ("name_ar", Kind::Text(200)),
        ("name_en", Kind::Text(200)),
        ("search", Kind::Text(600)),
        ("type", Kind::Text(20)),
        ("subtype", Kind::Text(50)),
        ("parent_id", Kind::Id),
        ("is_posting", Kind::Bool),
        ("currency", Kind::Text(3)),
        ("control", Kind::Text(20)),
        ("cash_flow", Kind::Text(20)),
        ("reconcilable", Kind::Bool),
        ("active", Kind::Bool),
        ("created_at", Kind::Time),
        ("updated_at", Kind::Time),
        ("version", Kind::Int),
    ],
);
pub static BULKS: &[&Bulk] = &[&ACCOUNT_INSERT];

pub static CHILDREN: Lookup = Lookup::new(
    "accounting.account.children",
    "SELECT id FROM account WHERE tenant_id = ?1",
    ("parent_id", Kind::Id),
);
pub static LOOKUPS: &[&Lookup] = &[&CHILDREN];

pub(crate) fn read_account(columns: &mut Columns) -> StorageResult<Stored<Account>> {
    let fields = NewAccount {
        id: columns.get("id")?,
        code: read_code(columns)?,
        name: read_name(columns)?,
        account_type: columns.parse("type", |text| AccountType::parse(text).ok())?,
        subtype: columns.get("subtype")?,
        parent_id: columns.get("parent_id")?,
        is_posting: columns.get("is_posting")?,
        currency: columns.get("currency")?,
        control: columns.parse("control", |text| ControlKind::parse(text).ok())?,
        reconcilable: columns.get("reconcilable")?,
        cash_flow: columns.parse("cash_flow", |text| CashFlowActivity::parse(text).ok())?,
        active: columns.get("active")?,
    };
    let merged_into = columns.get("merged_into_id")?;
    let value = Account::from_stored(fields, columns.get("version")?).stored_as_merged(merged_into);
    Ok(Stored { value, updated_at: columns.get("updated_at")? })
}

#[async_trait]
impl AccountRepository for SqlUnitOfWork {
    async fn find(&mut self, id: AccountId) -> StorageResult<Option<Stored<Account>>> {
        let row = self.tx.find(&FIND, &[self.tenant.into(), id.into()]).await?;
        row.map(|row| read_account(&mut row.columns("account"))).transpose()
    }

    async fn ancestors(&mut self, id: AccountId) -> StorageResult<Vec<AccountId>> {
        let mut ancestors = Vec::new();
        let mut at = id;
        while ancestors.len() < ACCOUNT_DEPTH_MAX {
            let Some(row) = self.tx.find(&PARENT, &[self.tenant.into(), at.into()]).await? else { break };
            at = row.single("account", "parent_id")?;
            ancestors.push(at);
        }
        Ok(ancestors)
    }

    async fn chart(&mut self) -> StorageResult<Vec<ChartAccount>> {
        let rows = self.tx.query(&CHART, &[self.tenant.into()]).await?;
        rows.into_iter().map(report_queries::account).collect()
    }

    async fn levels_below(&mut self, id: AccountId) -> StorageResult<usize> {
        let mut level: BTreeSet<AccountId> = [id].into();
        for depth in 0..ACCOUNT_DEPTH_MAX {
            let rows = self.tx.lookup(&CHILDREN, self.tenant, level.iter().map(|id| (*id).into())).await?;
            if rows.is_empty() {
                return Ok(depth);
            }
            level = rows.into_iter().map(|row| row.single("account", "id")).collect::<StorageResult<_>>()?;
        }
        Ok(ACCOUNT_DEPTH_MAX)
    }

    async fn usage(&mut self, id: AccountId) -> StorageResult<AccountUsage> {
        let key = [self.tenant.into(), id.into()];
        let has_entries = self.tx.find(&HAS_LINES, &key).await?.is_some();
        Ok(AccountUsage {
            has_entries,
            has_settled_entries: has_entries && self.tx.find(&HAS_SETTLED, &key).await?.is_some(),
            has_children: self.tx.find(&HAS_CHILDREN, &key).await?.is_some(),
        })
    }

    async fn users(&mut self, id: AccountId) -> StorageResult<Vec<&'static str>> {
        let users = [
            (&HAS_CHILDREN, "accounts"),
            (&IN_MERGES, "accounts"),
            (&HAS_LINES, "journal-entries"),
            (&IN_DIMENSION_DEFAULTS, "dimension-defaults"),
            (&IN_RULES, "dimension-rules"),
            (&IN_POSTING_RULES, "posting-rules"),
            (&IN_APPROVAL_POLICIES, "approval-policies"),
            (&IN_BUDGETS, "budget-lines"),
            (&IN_DEFERRALS, "deferrals"),
            (&IN_SETTINGS, "ledger-settings"),
        ];
        let mut found = self.users_of(&users, &[self.tenant.into(), id.into()]).await?;
        let named = [self.tenant.into(), quoted(&id.to_string())];
        found.extend(self.users_of(&[(&IN_DISTRIBUTION_KEYS, "distribution-keys")], &named).await?);
        self.add_mentions(&id.to_string(), &mut found).await?;
        Ok(found)
    }

    async fn insert(&mut self, account: &Account) -> StorageResult<()> {
        let row = std::iter::once(self.account_row(account));
        self.tx.insert_many(&ACCOUNT_INSERT, row).await
    }

    async fn update(&mut self, account: &Account) -> StorageResult<bool> {
        self.keep_account(account.id(), account.version() - 1).await?;
        let mut params = self.account_values(account);
        params.extend([self.now.into(), account.version().into(), account.merged_into().into()]);
        Ok(self.tx.execute(&UPDATE, &params).await? == 1)
    }

    async fn delete(&mut self, id: AccountId, version: i64) -> StorageResult<bool> {
        self.keep_account(id, version).await?;
        let params = [self.tenant.into(), id.into(), version.into()];
        Ok(self.tx.execute(&DELETE, &params).await? == 1)
    }
}

impl SqlUnitOfWork {
    async fn keep_account(&mut self, id: AccountId, version: i64) -> StorageResult<()> {
        let params = [self.tenant.into(), id.into(), version.into(), self.now.into()];
        self.tx.apply(&KEEP, &params).await
    }

    /// The columns of [`ACCOUNT_INSERT`].
    pub(super) fn account_row(&self, account: &Account) -> Vec<Value> {
        let mut row = self.account_values(account);
        row.extend([self.now.into(), self.now.into(), account.version().into()]);
        row
    }

    /// The values that an insert and an update have in common.
    fn account_values(&self, account: &Account) -> Vec<Value> {
        vec![
            self.tenant.into(),
            account.id().into(),
            account.code().as_str().into(),
            account.name().ar().into(),
            account.name().en().into(),
            search_column(account.code(), account.name()),
            account.account_type().as_str().into(),
            account.subtype().into(),
            account.parent_id().into(),
            account.is_posting().into(),
            account.currency().into(),
            account.control().as_str().into(),
            account.cash_flow().as_str().into(),
            account.reconcilable().into(),
            account.active().into(),
        ]
    }
}
