//! Tenants and their settings.

use application::error::{AppError, AppResult};
use application::platform::ports::TenantRepository;
use application::platform::records::{Tenant, TenantStatus};
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::country::Country;
use domain::ids::TenantId;
use domain::money::Currency;
use domain::text::{Code, LocalizedName};
use domain::time_zone::TimeZone;
use serde_json::Value as Json;

use crate::persistence::SqlUnitOfWork;
use crate::sql::value::{Columns, Row};
use crate::statements;

statements! {
    FIND = "platform.tenant.find":
        "SELECT id, code, name_ar, name_en, currency, country, time_zone, template, status, created_at, updated_at, version \
         FROM tenant {lock} WHERE id = ?1";
    FIND_BY_CODE = "platform.tenant.find_by_code":
        "SELECT id, code, name_ar, name_en, currency, country, time_zone, template, status, created_at, updated_at, version \
         FROM tenant {lock_range} WHERE code = ?1";
    COUNT = "platform.tenant.count": "SELECT COUNT(*) AS count FROM tenant";
    INSERT = "platform.tenant.insert":
        "INSERT INTO tenant (id, code, name_ar, name_en, currency, country, time_zone, template, status, created_at, \
         updated_at, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    UPDATE = "platform.tenant.update":
        "UPDATE tenant SET name_ar = ?2, name_en = ?3, time_zone = ?4, status = ?5, updated_at = ?6, version = ?7 \
         WHERE id = ?1";
    CURRENCY_INSERT = "platform.tenant.insert_currency":
        "INSERT INTO currency (tenant_id, code, name_ar, name_en, scale, active, created_at, updated_at, version) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, 1)";
    SETTING_FIND = "platform.setting.find":
        "SELECT value, version FROM tenant_setting {lock} WHERE tenant_id = ?1 AND setting_key = ?2";
    SETTING_UPDATE = "platform.setting.update":
        "UPDATE tenant_setting SET value = ?3, version = ?4, updated_at = ?5 \
         WHERE tenant_id = ?1 AND setting_key = ?2 AND version = ?4 - 1";
    SETTING_INSERT = "platform.setting.insert":
        "INSERT INTO tenant_setting (tenant_id, setting_key, value, version, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    SETTING_DELETE = "platform.setting.delete":
        "DELETE FROM tenant_setting WHERE tenant_id = ?1 AND setting_key = ?2";
}

/// Reads the columns of [`FIND`].
pub(super) fn read_tenant(columns: &mut Columns) -> StorageResult<Tenant> {
    let id = columns.get("id")?;
    let code = columns.parse("code", Code::stored)?;
    let (name, currency) = (read_name(columns)?, columns.get("currency")?);
    let country = columns.parse("country", |text| Country::parse(text).ok())?;
    let time_zone = read_time_zone(columns, &country)?;
    Ok(Tenant {
        id,
        code,
        name,
        currency,
        country,
        time_zone,
        template: columns.get("template")?,
        status: columns.parse("status", TenantStatus::parse)?,
        created_at: columns.get("created_at")?,
        updated_at: columns.get("updated_at")?,
        version: columns.get("version")?,
    })
}

/// Reads `time_zone`, null in rows of earlier versions: those are where their country is.
pub(super) fn read_time_zone(columns: &mut Columns, country: &Country) -> StorageResult<TimeZone> {
    let name: Option<String> = columns.get("time_zone")?;
    let Some(name) = name else { return Ok(TimeZone::of_country(country.as_str())) };
    TimeZone::parse(&name).map_err(|violation| columns.corrupt("time_zone", violation.def.code))
}

/// Reads `name_ar, name_en`.
pub(super) fn read_name(columns: &mut Columns) -> StorageResult<LocalizedName> {
    let (ar, en): (Option<String>, Option<String>) = (columns.get("name_ar")?, columns.get("name_en")?);
    let absurd = "no name, or one that is too long";
    LocalizedName::stored(ar, en).ok_or_else(|| columns.corrupt("name_ar, name_en", absurd))
}

pub(super) fn json(columns: &mut Columns, column: &'static str) -> StorageResult<Json> {
    columns.parse(column, |text| serde_json::from_str(text).ok())
}

fn one(row: Option<Row>) -> AppResult<Option<Tenant>> {
    Ok(row.map(|row| read_tenant(&mut row.columns("tenant"))).transpose()?)
}

#[async_trait]
impl TenantRepository for SqlUnitOfWork {
    async fn find(&mut self, id: TenantId) -> AppResult<Option<Tenant>> {
        one(self.tx.find(&FIND, &[id.into()]).await?)
    }

    async fn find_by_code(&mut self, code: &str) -> AppResult<Option<Tenant>> {
        one(self.tx.find(&FIND_BY_CODE, &[code.into()]).await?)
    }

    async fn count(&mut self) -> AppResult<u64> {
        let row = self.tx.find(&COUNT, &[]).await?;
        Ok(row.map_or(Ok(0), |row| row.single("tenant", "count"))?)
    }

    async fn insert(&mut self, tenant: &Tenant) -> AppResult<()> {
        let params = [
            tenant.id.into(),
            tenant.code.as_str().into(),
            tenant.name.ar().into(),
            tenant.name.en().into(),
            tenant.currency.into(),
            tenant.country.as_str().into(),
            tenant.time_zone.name().into(),
            (&tenant.template).into(),
            tenant.status.as_str().into(),
            tenant.created_at.into(),
            tenant.updated_at.into(),
            tenant.version.into(),
        ];
        Ok(self.tx.execute_one(&INSERT, &params).await?)
    }

    async fn update(&mut self, tenant: &Tenant) -> AppResult<()> {
        let params = [
            tenant.id.into(),
            tenant.name.ar().into(),
            tenant.name.en().into(),
            tenant.time_zone.name().into(),
            tenant.status.as_str().into(),
            tenant.updated_at.into(),
            tenant.version.into(),
        ];
        Ok(self.tx.execute_one(&UPDATE, &params).await?)
    }

    async fn insert_currency(&mut self, currency: Currency, name: &LocalizedName) -> AppResult<()> {
        let params = [
            self.tenant.into(),
            currency.code.into(),
            name.ar().into(),
            name.en().into(),
            currency.scale.into(),
            true.into(),
            self.now.into(),
        ];
        Ok(self.tx.execute_one(&CURRENCY_INSERT, &params).await?)
    }

    async fn setting(&mut self, key: &str) -> AppResult<Option<(Json, i64)>> {
        let Some(row) = self.tx.find(&SETTING_FIND, &[self.tenant.into(), key.into()]).await? else {
            return Ok(None);
        };
        let mut columns = row.columns("tenant_setting");
        Ok(Some((json(&mut columns, "value")?, columns.get("version")?)))
    }

    async fn save_setting(&mut self, key: &str, value: &Json, version: i64) -> AppResult<()> {
        let params =
            [self.tenant.into(), key.into(), value.to_string().into(), version.into(), self.now.into()];
        if self.tx.execute(&SETTING_UPDATE, &params).await? == 0 {
            self.tx.execute_one(&SETTING_INSERT, &params).await?;
        }
        Ok(())
    }

    async fn delete_setting(&mut self, key: &str) -> AppResult<()> {
        let deleted = self.tx.execute(&SETTING_DELETE, &[self.tenant.into(), key.into()]).await;
        deleted.map(|_| ()).map_err(AppError::from)
    }
}
