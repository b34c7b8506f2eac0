//! Amounts as a tenant shows them: with the decimals of its own currencies.

use std::collections::BTreeMap;

use application::ports::storage_error::{StorageError, StorageResult};
use domain::ids::TenantId;
use domain::money::{Amount, Currency, CurrencyCode};

use super::facts::COMPANY;
use crate::sql::db::Db;
use crate::sql::value::Row;
use crate::statements;

statements! {
    // One row, without a code, when the tenant has no currency of its own yet.
    SCALES = "accounting.currency.scales":
        "SELECT t.currency, c.code, c.scale FROM tenant t LEFT JOIN currency c ON c.tenant_id = t.id WHERE t.id = ?1";
}

/// The tenant's own currency.
pub async fn company(db: &Db, tenant: TenantId) -> StorageResult<Currency> {
    let row = db.find(&COMPANY, &[tenant.into()]).await?;
    row.map_or_else(no_tenant, read_company)
}

/// A row of [`COMPANY`].
pub(crate) fn read_company(row: Row) -> StorageResult<Currency> {
    let mut columns = row.columns("tenant");
    let code: CurrencyCode = columns.get("currency")?;
    let scale: Option<u8> = columns.get("scale")?;
    Ok(Currency { code, scale: scale.unwrap_or(Currency::iso(code).scale) })
}

pub(crate) fn no_tenant<T>() -> StorageResult<T> {
    Err(StorageError::Internal("the tenant does not exist".to_owned()))
}

/// The decimals of the tenant's currencies.
pub struct CompanyMoney {
    pub company: Currency,
    scales: BTreeMap<CurrencyCode, u8>,
}

impl CompanyMoney {
    pub async fn read(db: &Db, tenant: TenantId) -> StorageResult<Self> {
        Self::of_rows(db.query(&SCALES, &[tenant.into()]).await?)
    }

    /// From the rows of [`SCALES`].
    pub fn of_rows(rows: Vec<Row>) -> StorageResult<Self> {
        let mut company = None;
        let mut scales = BTreeMap::new();
        for row in rows {
            let mut columns = row.columns("currency");
            company = Some(columns.get("currency")?);
            if let Some(code) = columns.get::<Option<CurrencyCode>>("code")? {
                scales.insert(code, columns.get("scale")?);
            }
        }
        let Some(code) = company else { return no_tenant() };
        Ok(Self { company: Currency { code, scale: scale(&scales, code) }, scales })
    }

    /// In the company currency.
    pub fn company(&self, amount: Amount) -> String {
        amount.display(self.company.scale)
    }

    /// In another currency.
    pub fn of(&self, amount: Amount, code: CurrencyCode) -> String {
        amount.display(scale(&self.scales, code))
    }
}

fn scale(scales: &BTreeMap<CurrencyCode, u8>, code: CurrencyCode) -> u8 {
    scales.get(&code).copied().unwrap_or(Currency::iso(code).scale)
}
