//! Amounts as a tenant shows them: with the decimals of its own currencies.

use std::collections::BTreeMap;

use application::ports::storage_error::{StorageError, StorageResult};
use domain::ids::TenantId;
use domain::money::{Amount, Currency, CurrencyCode};
use domain::text::LocalizedName;

use super::columns::read_name;
use super::facts::COMPANY;
use crate::sql::db::Db;
use crate::sql::value::{Columns, Row};
use crate::statements;

statements! {
    // The company's currency and name.
    LETTERHEAD = "accounting.currency.letterhead":
        "SELECT t.currency, c.code, c.scale, t.name_ar, t.name_en FROM tenant t \
         LEFT JOIN currency c ON c.tenant_id = t.id WHERE t.id = ?1";
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

    /// Reads the rows of [`SCALES`].
    pub fn of_rows(rows: Vec<Row>) -> StorageResult<Self> {
        let mut company = None;
        let mut scales = BTreeMap::new();
        for row in rows {
            company = Some(read_scale(&mut row.columns("currency"), &mut scales)?);
        }
        Self::with_scales(company, scales)
    }

    /// Reads the rows of [`LETTERHEAD`], with the company's name.
    pub fn of_letterhead(rows: Vec<Row>) -> StorageResult<(Self, LocalizedName)> {
        let mut found = None;
        let mut scales = BTreeMap::new();
        for row in rows {
            let mut columns = row.columns("tenant");
            let company = read_scale(&mut columns, &mut scales)?;
            found = Some((company, read_name(&mut columns)?));
        }
        let Some((company, name)) = found else { return no_tenant() };
        Ok((Self::with_scales(Some(company), scales)?, name))
    }

    fn with_scales(company: Option<CurrencyCode>, scales: BTreeMap<CurrencyCode, u8>) -> StorageResult<Self> {
        let Some(code) = company else { return no_tenant() };
        Ok(Self { company: Currency { code, scale: scale(&scales, code) }, scales })
    }

    /// Every currency of the tenant, its own among them.
    pub fn currencies(&self) -> BTreeMap<CurrencyCode, Currency> {
        let all = self.scales.iter().map(|(code, scale)| Currency { code: *code, scale: *scale });
        all.chain([self.company]).map(|currency| (currency.code, currency)).collect()
    }

    /// Formats an amount of the company currency.
    pub fn company(&self, amount: Amount) -> String {
        amount.display(self.company.scale)
    }

    /// The decimals of a currency.
    pub fn scale(&self, code: CurrencyCode) -> u8 {
        scale(&self.scales, code)
    }

    /// Formats an amount of another currency.
    pub fn of(&self, amount: Amount, code: CurrencyCode) -> String {
        amount.display(scale(&self.scales, code))
    }
}

/// Reads `currency, code, scale`; answers the company currency.
fn read_scale(columns: &mut Columns, scales: &mut BTreeMap<CurrencyCode, u8>) -> StorageResult<CurrencyCode> {
    let company = columns.get("currency")?;
    let (code, scale): (Option<CurrencyCode>, Option<u8>) = (columns.get("code")?, columns.get("scale")?);
    scales.extend(code.zip(scale));
    Ok(company)
}

fn scale(scales: &BTreeMap<CurrencyCode, u8>, code: CurrencyCode) -> u8 {
    scales.get(&code).copied().unwrap_or(Currency::iso(code).scale)
}
