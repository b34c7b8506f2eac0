//! [`ImportRepository`] in SQL: chart and dimensions as a whole.

use application::accounting::ports::imports::ImportRepository;
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::accounting::account::{
    Account, AccountType, AccountUsage, CashFlowActivity, ControlKind, NewAccount,
};
use domain::accounting::dimension::{Dimension, DimensionValue};
use domain::ids::AccountId;
use domain::text::{LocalizedName, search_form};

use super::facts::{read_code, read_name};
use crate::persistence::SqlUnitOfWork;
use crate::sql::statement::Bulk;
use crate::sql::value::{Kind, Row, Value};
use crate::statements;

statements! {
    CHART = "accounting.imports.chart":
        "SELECT id, code, name_ar, name_en, type, subtype, parent_id, is_posting, currency, control, cash_flow, \
         reconcilable, active, version FROM account WHERE tenant_id = ?1 ORDER BY code";
    HAS_LINES = "accounting.imports.account_has_lines":
        "SELECT {first} 1 FROM ledger_line WHERE tenant_id = ?1 AND account_id = ?2 {only}";
    HAS_CHILDREN = "accounting.imports.account_has_children":
        "SELECT {first} 1 FROM account WHERE tenant_id = ?1 AND parent_id = ?2 {only}";
    REPLACE = "accounting.imports.replace_account":
        "UPDATE account SET code = ?3, name_ar = ?4, name_en = ?5, search = ?6, type = ?7, subtype = ?8, parent_id = ?9, \
         is_posting = ?10, currency = ?11, control = ?12, cash_flow = ?13, reconcilable = ?14, active = ?15, \
         updated_at = ?16, version = ?17 WHERE tenant_id = ?1 AND id = ?2 AND version = ?17 - 1";
    DIMENSIONS = "accounting.imports.dimensions":
        "SELECT id, code, name_ar, name_en, active, version FROM dimension WHERE tenant_id = ?1 ORDER BY code";
    VALUES = "accounting.imports.dimension_values":
        "SELECT id, dimension_id, code, name_ar, name_en, parent_id, active, version FROM dimension_value \
         WHERE tenant_id = ?1";
    DIMENSION_INSERT = "accounting.imports.insert_dimension":
        "INSERT INTO dimension (tenant_id, id, code, name_ar, name_en, active, created_at, updated_at, version) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)";
}

pub static ACCOUNT_INSERT: Bulk = Bulk::new(
    "accounting.imports.insert_accounts",
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
pub static VALUE_INSERT: Bulk = Bulk::new(
    "accounting.imports.insert_dimension_values",
    "dimension_value",
    &[
        ("tenant_id", Kind::Id),
        ("id", Kind::Id),
        ("dimension_id", Kind::Id),
        ("code", Kind::Text(50)),
        ("name_ar", Kind::Text(200)),
        ("name_en", Kind::Text(200)),
        ("search", Kind::Text(600)),
        ("parent_id", Kind::Id),
        ("active", Kind::Bool),
        ("created_at", Kind::Time),
        ("updated_at", Kind::Time),
        ("version", Kind::Int),
    ],
);
pub static BULKS: &[&Bulk] = &[&ACCOUNT_INSERT, &VALUE_INSERT];

#[async_trait]
impl ImportRepository for SqlUnitOfWork {
    async fn chart(&mut self) -> StorageResult<Vec<Account>> {
        self.tx.query(&CHART, &[self.tenant.into()]).await?.into_iter().map(account).collect()
    }

    async fn account_usage(&mut self, account: AccountId) -> StorageResult<AccountUsage> {
        let params = [self.tenant.into(), account.into()];
        Ok(AccountUsage {
            has_entries: self.tx.find(&HAS_LINES, &params).await?.is_some(),
            has_children: self.tx.find(&HAS_CHILDREN, &params).await?.is_some(),
        })
    }

    async fn add_accounts(&mut self, accounts: &[Account]) -> StorageResult<()> {
        let (tenant, now) = (self.tenant, self.now);
        let rows = accounts.iter().map(|account| {
            let mut row = vec![tenant.into(), account.id().into()];
            row.extend(account_columns(account));
            row.extend([now.into(), now.into(), account.version().into()]);
            row
        });
        self.tx.insert_many(&ACCOUNT_INSERT, rows).await
    }

    async fn replace_account(&mut self, account: &Account) -> StorageResult<bool> {
        let mut params = vec![self.tenant.into(), account.id().into()];
        params.extend(account_columns(account));
        params.extend([self.now.into(), account.version().into()]);
        Ok(self.tx.execute(&REPLACE, &params).await? == 1)
    }

    async fn all_dimensions(&mut self) -> StorageResult<Vec<Dimension>> {
        self.tx.query(&DIMENSIONS, &[self.tenant.into()]).await?.into_iter().map(dimension).collect()
    }

    async fn all_dimension_values(&mut self) -> StorageResult<Vec<DimensionValue>> {
        self.tx.query(&VALUES, &[self.tenant.into()]).await?.into_iter().map(value).collect()
    }

    async fn add_dimension(&mut self, dimension: &Dimension) -> StorageResult<()> {
        let params: [Value; 8] = [
            self.tenant.into(),
            dimension.id.into(),
            dimension.code.as_str().into(),
            dimension.name.ar().into(),
            dimension.name.en().into(),
            dimension.active.into(),
            self.now.into(),
            dimension.version.into(),
        ];
        self.tx.execute_one(&DIMENSION_INSERT, &params).await
    }

    async fn add_dimension_values(&mut self, values: &[DimensionValue]) -> StorageResult<()> {
        let (tenant, now) = (self.tenant, self.now);
        let rows = values.iter().map(|value| {
            vec![
                tenant.into(),
                value.id.into(),
                value.dimension_id.into(),
                value.code.as_str().into(),
                value.name.ar().into(),
                value.name.en().into(),
                search(value.code.as_str(), &value.name).into(),
                value.parent_id.into(),
                value.active.into(),
                now.into(),
                now.into(),
                value.version.into(),
            ]
        });
        self.tx.insert_many(&VALUE_INSERT, rows).await
    }
}

/// `code` through `active`, in the order of the table.
fn account_columns(account: &Account) -> [Value; 13] {
    [
        account.code().as_str().into(),
        account.name().ar().into(),
        account.name().en().into(),
        search(account.code().as_str(), account.name()).into(),
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

/// What a search looks through: the code and both names, folded.
fn search(code: &str, name: &LocalizedName) -> String {
    let parts = [Some(code), name.ar(), name.en()];
    let text = parts.into_iter().flatten().map(search_form).collect::<Vec<_>>().join(" ");
    text.chars().take(SEARCH_LENGTH_MAX).collect()
}

/// As long as its column.
const SEARCH_LENGTH_MAX: usize = 600;

fn account(row: Row) -> StorageResult<Account> {
    let mut columns = row.columns("account");
    let fields = NewAccount {
        id: columns.get("id")?,
        code: read_code(&mut columns)?,
        name: read_name(&mut columns)?,
        account_type: columns.parse("type", |text| AccountType::parse(text).ok())?,
        subtype: columns.get("subtype")?,
        parent_id: columns.get("parent_id")?,
        is_posting: columns.get("is_posting")?,
        currency: columns.get("currency")?,
        control: columns.parse("control", |text| ControlKind::parse(text).ok())?,
        cash_flow: columns.parse("cash_flow", |text| CashFlowActivity::parse(text).ok())?,
        reconcilable: columns.get("reconcilable")?,
        active: columns.get("active")?,
    };
    Ok(Account::from_stored(fields, columns.get("version")?))
}

fn dimension(row: Row) -> StorageResult<Dimension> {
    let mut columns = row.columns("dimension");
    Ok(Dimension {
        id: columns.get("id")?,
        code: read_code(&mut columns)?,
        name: read_name(&mut columns)?,
        active: columns.get("active")?,
        version: columns.get("version")?,
    })
}

fn value(row: Row) -> StorageResult<DimensionValue> {
    let mut columns = row.columns("dimension_value");
    Ok(DimensionValue {
        id: columns.get("id")?,
        dimension_id: columns.get("dimension_id")?,
        code: read_code(&mut columns)?,
        name: read_name(&mut columns)?,
        parent_id: columns.get("parent_id")?,
        active: columns.get("active")?,
        version: columns.get("version")?,
    })
}
