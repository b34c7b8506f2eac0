//! `PUT` and `DELETE /config/{key}`.

use async_trait::async_trait;
use domain::error::Violation;
use serde_json::Value;

use crate::accounting::fiscal_years::realign_unused_year;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::platform::error::INVALID_SETTING;
use crate::platform::guard::record;
use crate::platform::settings::{SETTING, START_MONTH, SettingSpec, setting_id};
use crate::platform::views::SettingView;
use crate::unit_of_work::UnitOfWork;

/// Sets a value, or goes back to the default.
pub struct PutSetting {
    pub key: String,
    /// `None`: the default.
    pub value: Option<Value>,
}

#[async_trait]
impl Command for PutSetting {
    const NAME: &'static str = "put_setting";
    const ACCESS: Access = Access::Permission("platform.setting.update");
    type Output = SettingView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<SettingView>> {
        let spec = SettingSpec::find(&self.key)?;
        let tenant = uow.tenant();
        let country =
            uow.tenants().find(tenant).await?.map(|t| t.country.as_str().to_owned()).unwrap_or_default();
        let stored = uow.tenants().setting(spec.key).await?;
        let before = spec.view(stored, &country);
        check_version(ctx, before.version)?;
        let after = match &self.value {
            Some(value) if !(spec.accepts)(value) => {
                let bad = Violation::new(&INVALID_SETTING)
                    .with("key", spec.key)
                    .with_phrase("expected", spec.expected.clone());
                return Err(AppError::new(bad.at("/value")));
            }
            Some(value) => {
                uow.tenants().save_setting(spec.key, value, before.version + 1).await?;
                spec.view(Some((value.clone(), before.version + 1)), &country)
            }
            None => {
                uow.tenants().delete_setting(spec.key).await?;
                spec.view(None, &country)
            }
        };
        if spec.key == START_MONTH {
            let today = ctx.today(uow.now());
            realign_unused_year(uow, today).await?;
        }
        let id = setting_id(spec.key);
        record(uow, (SETTING, id), "updated", Some(&before), Some(&after))?;
        Ok(Done { version: Some(after.version), id: None, output: after })
    }
}
