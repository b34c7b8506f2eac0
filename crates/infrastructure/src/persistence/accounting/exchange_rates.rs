//! Exchange rates in SQL.

use application::accounting::ports::exchange_rates::{ExchangeRateQueries, ExchangeRateRepository};
use application::accounting::views::exchange_rate::EffectiveRateView;
use application::error::AppResult;
use application::ports::storage_error::StorageResult;
use application::ports::stored::Stored;
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::exchange_rate::ExchangeRate;
use domain::ids::TenantId;
use domain::money::{CurrencyCode, Rate};

use super::company_money::company;
use crate::persistence::SqlUnitOfWork;
use crate::persistence::table::stored_row;
use crate::sql::db::Db;
use crate::{rows_of, statements, table};

table! {
    ExchangeRate in "accounting", "exchange_rate" by id;
    columns { currency, date: [rate_date], rate, source }
}

statements! {
    FIND_ON = "accounting.exchange_rate.find_on":
        rows_of!(ExchangeRate, " WHERE t.tenant_id = ?1 AND t.currency = ?2 AND t.rate_date = ?3");
    EFFECTIVE = "accounting.exchange_rate.effective": rows_of!(
        ExchangeRate,
        " WHERE t.tenant_id = ?1 AND t.currency = ?2 AND t.rate_date = (SELECT MAX(d.rate_date) FROM exchange_rate d \
         WHERE d.tenant_id = ?1 AND d.currency = ?2 AND d.rate_date <= ?3)"
    );
}

#[async_trait]
impl ExchangeRateRepository for SqlUnitOfWork {
    async fn find_on(
        &mut self,
        currency: CurrencyCode,
        date: NaiveDate,
    ) -> StorageResult<Option<Stored<ExchangeRate>>> {
        stored_row(self.tx.find(&FIND_ON, &[self.tenant.into(), currency.into(), date.into()]).await?)
    }
}

#[async_trait]
impl ExchangeRateQueries for Db {
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
        let row = self.find(&EFFECTIVE, &[tenant.into(), currency.into(), date.into()]).await?;
        Ok(stored_row::<ExchangeRate>(row)?.map(|stored| EffectiveRateView {
            rate: stored.value.rate.to_string(),
            rate_date: Some(stored.value.date),
            exchange_rate_id: Some(stored.value.id.uuid()),
            ..own
        }))
    }
}
