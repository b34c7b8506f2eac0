//! [`ImportRepository`] in SQL: chart and dimensions as a whole.

use application::accounting::ports::imports::ImportRepository;
use application::accounting::ports::stored::Stored;
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::accounting::account::Account;
use domain::accounting::dimension::{Dimension, DimensionValue};

use super::accounts::{account_columns, read_account};
use super::columns::search_column;
use super::dimensions::{dimension_columns, read_dimension, read_value, value_columns};
use crate::persistence::SqlUnitOfWork;
use crate::sql::statement::Bulk;
use crate::sql::value::Kind;
use crate::statements;

statements! {
    CHART = "accounting.imports.chart":
        concat!("SELECT ", account_columns!(), " FROM account a WHERE a.tenant_id = ?1 ORDER BY a.code");
    DIMENSIONS = "accounting.imports.dimensions":
        concat!(dimension_columns!(), " WHERE d.tenant_id = ?1 ORDER BY d.code");
    VALUES = "accounting.imports.dimension_values":
        concat!(value_columns!(), " WHERE v.tenant_id = ?1");
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
    async fn chart(&mut self) -> StorageResult<Vec<Stored<Account>>> {
        let rows = self.tx.query(&CHART, &[self.tenant.into()]).await?;
        rows.into_iter().map(|row| read_account(&mut row.columns("account"))).collect()
    }

    async fn add_accounts(&mut self, accounts: &[Account]) -> StorageResult<()> {
        let (tenant, now) = (self.tenant, self.now);
        let rows = accounts.iter().map(|account| {
            vec![
                tenant.into(),
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
                now.into(),
                now.into(),
                account.version().into(),
            ]
        });
        self.tx.insert_many(&ACCOUNT_INSERT, rows).await
    }

    async fn all_dimensions(&mut self) -> StorageResult<Vec<Dimension>> {
        let rows = self.tx.query(&DIMENSIONS, &[self.tenant.into()]).await?;
        rows.into_iter()
            .map(|row| read_dimension(&mut row.columns("dimension")).map(|stored| stored.value))
            .collect()
    }

    async fn all_dimension_values(&mut self) -> StorageResult<Vec<DimensionValue>> {
        let rows = self.tx.query(&VALUES, &[self.tenant.into()]).await?;
        rows.into_iter()
            .map(|row| read_value(&mut row.columns("dimension_value")).map(|stored| stored.value))
            .collect()
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
                search_column(&value.code, &value.name),
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
