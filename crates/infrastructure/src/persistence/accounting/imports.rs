//! [`ImportRepository`] in SQL: chart and dimensions as a whole.

use application::accounting::ports::imports::ImportRepository;
use application::accounting::ports::stored::Stored;
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::accounting::account::Account;
use domain::accounting::dimension::{Dimension, DimensionValue};

use super::accounts::{ACCOUNT_INSERT, account_columns, read_account};
use super::dimensions::{VALUE_INSERT, dimension_columns, read_dimension, read_value, value_columns};
use crate::persistence::SqlUnitOfWork;
use crate::statements;

statements! {
    CHART = "accounting.imports.chart":
        concat!("SELECT ", account_columns!(), " FROM account a WHERE a.tenant_id = ?1 ORDER BY a.code");
    DIMENSIONS = "accounting.imports.dimensions":
        concat!(dimension_columns!(), " WHERE d.tenant_id = ?1 ORDER BY d.code");
    VALUES = "accounting.imports.dimension_values":
        concat!(value_columns!(), " WHERE v.tenant_id = ?1");
}

#[async_trait]
impl ImportRepository for SqlUnitOfWork {
    async fn chart(&mut self) -> StorageResult<Vec<Stored<Account>>> {
        let rows = self.tx.query(&CHART, &[self.tenant.into()]).await?;
        rows.into_iter().map(|row| read_account(&mut row.columns("account"))).collect()
    }

    async fn add_accounts(&mut self, accounts: &[Account]) -> StorageResult<()> {
        let rows: Vec<_> = accounts.iter().map(|account| self.account_row(account)).collect();
        self.tx.insert_many(&ACCOUNT_INSERT, rows.into_iter()).await
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
        let rows: Vec<_> = values.iter().map(|value| self.value_row(value)).collect();
        self.tx.insert_many(&VALUE_INSERT, rows.into_iter()).await
    }
}
