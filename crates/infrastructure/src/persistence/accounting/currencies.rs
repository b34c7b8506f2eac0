//! Currencies: [`CurrencyRepository`] and [`CurrencyQueries`] in SQL.

use application::accounting::ports::currencies::{CurrencyQueries, CurrencyRecord, CurrencyRepository};
use application::accounting::ports::stored::Stored;
use application::accounting::views::currency::CurrencyView;
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::ids::TenantId;
use domain::money::{Currency, CurrencyCode};
use domain::text::LocalizedName;

use crate::persistence::SqlUnitOfWork;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::{Columns, Value};
use crate::statements;

/// The columns in which [`read`] reads a currency; the company's own last.
macro_rules! currency_columns {
    () => {
        "SELECT c.code, c.scale, c.name_ar, c.name_en, c.active, c.version, c.updated_at, \
         t.currency AS company_currency FROM currency c \
         INNER JOIN tenant t ON t.id = c.tenant_id"
    };
}

statements! {
    FIND = "accounting.currency.find": concat!(currency_columns!(), " WHERE c.tenant_id = ?1 AND c.code = ?2");
    IN_ACCOUNTS = "accounting.currency.in_accounts":
        "SELECT {first} 1 FROM account WHERE tenant_id = ?1 AND currency = ?2 {only}";
    IN_RATES = "accounting.currency.in_exchange_rates":
        "SELECT {first} 1 FROM exchange_rate WHERE tenant_id = ?1 AND currency = ?2 {only}";
    // Maintained balances know every currency that was ever posted in, and are few beside the lines.
    IN_BALANCES = "accounting.currency.in_balances":
        "SELECT {first} 1 FROM account_balance WHERE tenant_id = ?1 AND currency = ?2 {only}";
    IN_DRAFTS = "accounting.currency.in_drafts":
        "SELECT {first} 1 FROM journal_entry WHERE tenant_id = ?1 AND status = 'draft' AND currency = ?2 {only}";
    INSERT = "accounting.currency.insert":
        "INSERT INTO currency (tenant_id, code, scale, name_ar, name_en, active, created_at, updated_at, version) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)";
    UPDATE = "accounting.currency.update":
        "UPDATE currency SET scale = ?3, name_ar = ?4, name_en = ?5, active = ?6, updated_at = ?7, version = ?8 \
         WHERE tenant_id = ?1 AND code = ?2 AND version = ?8 - 1";
    DELETE = "accounting.currency.delete": "DELETE FROM currency WHERE tenant_id = ?1 AND code = ?2 AND version = ?3";
}

pub static LIST: ListSql = ListSql {
    spec: &application::accounting::ports::currencies::CURRENCY_LIST,
    select: currency_columns!(),
    tenant: "c.tenant_id",
    key: &["c.code"],
    columns: &[("code", "c.code"), ("active", "c.active"), ("updatedAt", "c.updated_at")],
    sorted_as: &[],
};

fn read(columns: &mut Columns) -> StorageResult<(Stored<CurrencyRecord>, CurrencyCode)> {
    let currency = Currency { code: columns.get("code")?, scale: columns.get("scale")? };
    let (ar, en): (Option<String>, Option<String>) = (columns.get("name_ar")?, columns.get("name_en")?);
    let value = CurrencyRecord {
        currency,
        name: LocalizedName::stored(ar, en),
        active: columns.get("active")?,
        version: columns.get("version")?,
    };
    Ok((Stored { value, updated_at: columns.get("updated_at")? }, columns.get("company_currency")?))
}

fn view(columns: &mut Columns) -> StorageResult<CurrencyView> {
    let (stored, company) = read(columns)?;
    Ok(CurrencyView::of(&stored, stored.value.currency.code == company))
}

#[async_trait]
impl CurrencyRepository for SqlUnitOfWork {
    async fn find(&mut self, code: CurrencyCode) -> StorageResult<Option<Stored<CurrencyRecord>>> {
        let row = self.tx.find(&FIND, &[self.tenant.into(), code.into()]).await?;
        row.map(|row| read(&mut row.columns("currency")).map(|(stored, _)| stored)).transpose()
    }

    async fn users(&mut self, code: CurrencyCode) -> StorageResult<Vec<&'static str>> {
        self.flush_balances().await?;
        let users = [
            (&IN_ACCOUNTS, "accounts"),
            (&IN_RATES, "exchange-rates"),
            (&IN_BALANCES, "journal-entries"),
            (&IN_DRAFTS, "journal-entries"),
        ];
        let mut found = self.users_of(&users, &[self.tenant.into(), code.into()]).await?;
        self.add_mentions(code.as_str(), &mut found).await?;
        Ok(found)
    }

    async fn insert(&mut self, currency: &CurrencyRecord) -> StorageResult<()> {
        let params = self.currency_params(currency);
        self.tx.execute_one(&INSERT, &params).await
    }

    async fn update(&mut self, currency: &CurrencyRecord) -> StorageResult<bool> {
        let params = self.currency_params(currency);
        Ok(self.tx.execute(&UPDATE, &params).await? == 1)
    }

    async fn delete(&mut self, code: CurrencyCode, version: i64) -> StorageResult<bool> {
        Ok(self.tx.execute(&DELETE, &[self.tenant.into(), code.into(), version.into()]).await? == 1)
    }
}

impl SqlUnitOfWork {
    fn currency_params(&self, record: &CurrencyRecord) -> [Value; 8] {
        [
            self.tenant.into(),
            record.currency.code.into(),
            record.currency.scale.into(),
            record.name.as_ref().and_then(LocalizedName::ar).into(),
            record.name.as_ref().and_then(LocalizedName::en).into(),
            record.active.into(),
            self.now.into(),
            record.version.into(),
        ]
    }
}

#[async_trait]
impl CurrencyQueries for Db {
    async fn currency(&self, tenant: TenantId, code: CurrencyCode) -> AppResult<Option<CurrencyView>> {
        let row = self.find(&FIND, &[tenant.into(), code.into()]).await?;
        Ok(row.map(|row| view(&mut row.columns("currency"))).transpose()?)
    }

    async fn currencies(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<CurrencyView>> {
        LIST.page(self, tenant, query, None, view).await
    }
}
