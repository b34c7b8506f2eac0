//! Exchange rates: [`ExchangeRateRepository`] and [`ExchangeRateQueries`] in SQL.

use application::accounting::ports::exchange_rates::{
    ExchangeRate, ExchangeRateQueries, ExchangeRateRepository,
};
use application::accounting::views::currency::{EffectiveRateView, ExchangeRateView};
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::StorageResult;
use application::ports::stored::Stored;
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::ids::{ExchangeRateId, TenantId};
use domain::money::{CurrencyCode, Rate};

use super::company_money::company;
use crate::persistence::SqlUnitOfWork;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::{Columns, Row, Value};
use crate::statements;

/// The columns in which [`read`] reads a rate.
macro_rules! rate_columns {
    () => {
        "r.id, r.currency, r.rate_date, r.rate, r.source, r.version, r.updated_at FROM exchange_rate r"
    };
}

statements! {
    FIND = "accounting.exchange_rate.find":
        concat!("SELECT ", rate_columns!(), " WHERE r.tenant_id = ?1 AND r.id = ?2");
    FIND_ON = "accounting.exchange_rate.find_on":
        concat!("SELECT ", rate_columns!(), " WHERE r.tenant_id = ?1 AND r.currency = ?2 AND r.rate_date = ?3");
    EFFECTIVE = "accounting.exchange_rate.effective":
        concat!("SELECT {first} ", rate_columns!(), " WHERE r.tenant_id = ?1 AND r.currency = ?2 AND r.rate_date <= ?3 \
         ORDER BY r.rate_date DESC {only}");
    INSERT = "accounting.exchange_rate.insert":
        "INSERT INTO exchange_rate (tenant_id, id, currency, rate_date, rate, source, created_at, updated_at, version) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)";
    UPDATE = "accounting.exchange_rate.update":
        "UPDATE exchange_rate SET rate = ?3, source = ?4, updated_at = ?5, version = ?6 \
         WHERE tenant_id = ?1 AND id = ?2 AND version = ?6 - 1";
    DELETE = "accounting.exchange_rate.delete":
        "DELETE FROM exchange_rate WHERE tenant_id = ?1 AND id = ?2 AND version = ?3";
}

pub static LIST: ListSql = ListSql {
    spec: &application::accounting::ports::exchange_rates::EXCHANGE_RATE_LIST,
    select: concat!("SELECT ", rate_columns!()),
    tenant: "r.tenant_id",
    key: &["r.id"],
    columns: &[
        ("id", "r.id"),
        ("currency", "r.currency"),
        ("date", "r.rate_date"),
        ("updatedAt", "r.updated_at"),
    ],
    sorted_as: &[],
};

fn read(columns: &mut Columns) -> StorageResult<Stored<ExchangeRate>> {
    let value = ExchangeRate {
        id: columns.get("id")?,
        currency: columns.get("currency")?,
        date: columns.get("rate_date")?,
        rate: columns.get("rate")?,
        source: columns.get("source")?,
        version: columns.get("version")?,
    };
    Ok(Stored { value, updated_at: columns.get("updated_at")? })
}

fn optional(row: Option<Row>) -> StorageResult<Option<Stored<ExchangeRate>>> {
    row.map(|row| read(&mut row.columns("exchange_rate"))).transpose()
}

#[async_trait]
impl ExchangeRateRepository for SqlUnitOfWork {
    async fn find(&mut self, id: ExchangeRateId) -> StorageResult<Option<Stored<ExchangeRate>>> {
        optional(self.tx.find(&FIND, &[self.tenant.into(), id.into()]).await?)
    }

    async fn find_on(
        &mut self,
        currency: CurrencyCode,
        date: NaiveDate,
    ) -> StorageResult<Option<Stored<ExchangeRate>>> {
        optional(self.tx.find(&FIND_ON, &[self.tenant.into(), currency.into(), date.into()]).await?)
    }

    async fn insert(&mut self, rate: &ExchangeRate) -> StorageResult<()> {
        let params: [Value; 8] = [
            self.tenant.into(),
            rate.id.into(),
            rate.currency.into(),
            rate.date.into(),
            rate.rate.into(),
            rate.source.as_deref().into(),
            self.now.into(),
            rate.version.into(),
        ];
        self.tx.execute_one(&INSERT, &params).await
    }

    async fn update(&mut self, rate: &ExchangeRate) -> StorageResult<bool> {
        let params: [Value; 6] = [
            self.tenant.into(),
            rate.id.into(),
            rate.rate.into(),
            rate.source.as_deref().into(),
            self.now.into(),
            rate.version.into(),
        ];
        Ok(self.tx.execute(&UPDATE, &params).await? == 1)
    }

    async fn delete(&mut self, id: ExchangeRateId, version: i64) -> StorageResult<bool> {
        Ok(self.tx.execute(&DELETE, &[self.tenant.into(), id.into(), version.into()]).await? == 1)
    }
}

#[async_trait]
impl ExchangeRateQueries for Db {
    async fn exchange_rate(
        &self,
        tenant: TenantId,
        id: ExchangeRateId,
    ) -> AppResult<Option<ExchangeRateView>> {
        let stored = optional(self.find(&FIND, &[tenant.into(), id.into()]).await?)?;
        Ok(stored.as_ref().map(ExchangeRateView::from))
    }

    async fn exchange_rates(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<ExchangeRateView>> {
        LIST.page(self, tenant, query, None, |columns| Ok(ExchangeRateView::from(&read(columns)?))).await
    }

    async fn effective_rate(
        &self,
        tenant: TenantId,
        currency: CurrencyCode,
        date: NaiveDate,
    ) -> AppResult<Option<EffectiveRateView>> {
        let company = company(self, tenant).await?.code;
        let own = EffectiveRateView {
            currency: currency.to_string(),
            company_currency: company.to_string(),
            date,
            rate: Rate::ONE.to_string(),
            rate_date: None,
            exchange_rate_id: None,
        };
        if currency == company {
            return Ok(Some(own));
        }
        let stored = optional(self.find(&EFFECTIVE, &[tenant.into(), currency.into(), date.into()]).await?)?;
        Ok(stored.map(|stored| EffectiveRateView {
            rate: stored.value.rate.to_string(),
            rate_date: Some(stored.value.date),
            exchange_rate_id: Some(stored.value.id.uuid()),
            ..own
        }))
    }
}
