//! The company profile: [`CompanyRepository`] and [`CompanyQueries`] in SQL.

use application::company::ports::{CompanyQueries, CompanyRepository};
use application::error::AppResult;
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::company::profile::{CompanyProfile, CompanyRegistrations, VatPeriod};
use domain::documents::price_match::PriceTolerance;
use domain::ids::TenantId;
use domain::money::{Amount, Percentage};
use domain::parties::address::Address;
use domain::text::LocalizedName;

use crate::persistence::SqlUnitOfWork;
use crate::persistence::accounting::company_money::no_tenant;
use crate::persistence::table::Column;
use crate::sql::db::Db;
use crate::sql::value::{Row, Value};
use crate::{statements, word_column};

word_column!(VatPeriod);

statements! {
    // The tenant's name stands in for the legal one until a profile is saved.
    FIND = "company.company_profile.find" as reference:
        "SELECT t.name_ar, t.name_en, p.version, p.legal_name_ar, p.legal_name_en, p.vat_number, p.registrations, p.address, \
         p.vat_period, p.prices_include_vat, \
         p.price_tolerance_percent, p.price_tolerance_amount FROM tenant t LEFT JOIN company_profile p ON p.tenant_id = t.id WHERE t.id = ?1";
    UPDATE = "company.company_profile.update":
        "UPDATE company_profile SET legal_name_ar = ?3, legal_name_en = ?4, vat_number = ?5, registrations = ?6, address = ?7, \
         vat_period = ?8, prices_include_vat = ?9, price_tolerance_percent = ?10, price_tolerance_amount = ?11, updated_at = ?12, version = ?2 \
         WHERE tenant_id = ?1 AND version = ?2 - 1";
    INSERT = "company.company_profile.insert":
        "INSERT INTO company_profile (tenant_id, version, legal_name_ar, legal_name_en, vat_number, registrations, address, \
         vat_period, prices_include_vat, price_tolerance_percent, price_tolerance_amount, created_at, updated_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12)";
}

#[async_trait]
impl CompanyRepository for SqlUnitOfWork {
    async fn profile(&mut self) -> StorageResult<CompanyProfile> {
        let row = self.tx.find(&FIND, &[self.tenant.into()]).await?;
        row.map_or_else(no_tenant, read)
    }

    async fn save_profile(&mut self, profile: &CompanyProfile) -> StorageResult<bool> {
        let mut params: Vec<Value> = vec![self.tenant.into(), profile.version.into()];
        profile.legal_name.put(&mut params);
        profile.vat_number.put(&mut params);
        profile.registrations.put(&mut params);
        profile.address.put(&mut params);
        profile.vat_period.put(&mut params);
        profile.prices_include_vat.put(&mut params);
        params.push(Amount::from_scaled(profile.price_tolerance.percent.scaled()).into());
        params.push(profile.price_tolerance.amount.into());
        params.push(self.now.into());
        if self.tx.execute(&UPDATE, &params).await? == 1 {
            return Ok(true);
        }
        if profile.version != 1 || self.profile().await?.version != 0 {
            return Ok(false);
        }
        self.tx.execute_one(&INSERT, &params).await?;
        Ok(true)
    }
}

#[async_trait]
impl CompanyQueries for Db {
    async fn company_profile(&self, tenant: TenantId) -> AppResult<CompanyProfile> {
        let row = self.find(&FIND, &[tenant.into()]).await?;
        Ok(row.map_or_else(no_tenant, read)?)
    }
}

fn read(row: Row) -> StorageResult<CompanyProfile> {
    let mut columns = row.columns("company_profile");
    let name = LocalizedName::take(&mut columns, &["name_ar", "name_en"])?;
    let version: Option<i64> = columns.get("version")?;
    let Some(version) = version else {
        return Ok(CompanyProfile::unsaved(name));
    };
    Ok(CompanyProfile {
        legal_name: LocalizedName::take(&mut columns, &["legal_name_ar", "legal_name_en"])?,
        vat_number: columns.get("vat_number")?,
        registrations: CompanyRegistrations::take(&mut columns, &["registrations"])?,
        address: <Option<Address> as Column>::take(&mut columns, &["address"])?,
        vat_period: VatPeriod::take(&mut columns, &["vat_period"])?,
        prices_include_vat: columns.get("prices_include_vat")?,
        price_tolerance: PriceTolerance {
            // As an amount: both are ten-thousandths.
            percent: Percentage::from_scaled(columns.get::<Amount>("price_tolerance_percent")?.scaled())
                .unwrap_or_default(),
            amount: columns.get("price_tolerance_amount")?,
        },
        version,
    })
}
