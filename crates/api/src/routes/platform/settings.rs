//! `/tenants/current/settings` and `/config/{key}`: small values that shape the tenant.

use std::sync::Arc;

use application::authorize::Access;
use application::command::{Application, execute};
use application::error::AppError;
use application::platform::error::{INVALID_SETTING, UNKNOWN_SETTING};
use application::platform::ports::PlatformQueries;
use application::platform::settings::{SETTING, SettingSpec, setting, settings};
use application::platform::views::SettingView;
use application::ports::cache::{Cache, CacheKey, Cached};
use application::tenancy::put_setting::PutSetting;
use axum::extract::{Path, State};
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Json};
use crate::operation::Operations;
use crate::request;
use crate::wire::{AnyJson, Text};

const TAG: &str = "settings";
const READ: Access = Access::Permission("platform.setting.read");
/// Longest key that is looked up, in characters.
const KEY_LENGTH_MAX: usize = 100;

request! {
    /// The value of a setting.
    pub struct PutSettingBody {
        /// The value, of the type that the setting's description names.
        value: AnyJson = "15",
    }
}

/// Every known setting with its value.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingsView {
    pub items: Vec<SettingView>,
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Settings: small values that shape a tenant, such as VAT rate, language and fiscal year.");
    ops.get("/tenants/current/settings", list)
        .id("list_settings")
        .tag(TAG)
        .summary("List the settings")
        .description("Lists every known setting with the value in force, whether set or default.")
        .access(READ)
        .ok::<SettingsView>();
    ops.get("/config/{key}", get)
        .id("get_setting")
        .tag(TAG)
        .summary("Read a setting")
        .path_parameter::<Text<KEY_LENGTH_MAX>>("key", "The key of the setting, such as `vat-rate`.")
        .access(READ)
        .view::<SettingView>()
        .errors(&[&UNKNOWN_SETTING]);
    ops.put("/config/{key}", put)
        .id("update_setting")
        .tag(TAG)
        .summary("Set a setting")
        .path_parameter::<Text<KEY_LENGTH_MAX>>("key", "The key of the setting, such as `vat-rate`.")
        .command::<PutSetting>()
        .if_match()
        .body::<PutSettingBody>()
        .ok::<SettingView>()
        .errors(&[&UNKNOWN_SETTING, &INVALID_SETTING]);
    ops.delete("/config/{key}", reset)
        .id("delete_setting")
        .tag(TAG)
        .summary("Reset a setting to its default")
        .path_parameter::<Text<KEY_LENGTH_MAX>>("key", "The key of the setting, such as `vat-rate`.")
        .command::<PutSetting>()
        .if_match()
        .no_content()
        .errors(&[&UNKNOWN_SETTING]);
}

async fn list(ctx: Ctx, State(queries): State<Arc<dyn PlatformQueries>>) -> ApiResult {
    answer::json(&SettingsView { items: settings(&*queries, ctx.tenant).await? })
}

async fn get(
    ctx: Ctx,
    State(queries): State<Arc<dyn PlatformQueries>>,
    State(cache): State<Arc<dyn Cache>>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> ApiResult {
    // Only known keys reach the cache.
    let (tenant, key) = (ctx.tenant, SettingSpec::find(&key)?.key);
    let load = async move {
        let view = setting(&*queries, tenant, key).await?;
        Ok(Some(Cached { body: answer::to_bytes(&view)?, version: Some(view.version) }))
    };
    let found = cache.get_or_load(CacheKey::config(tenant, key), Box::new(|| Box::pin(load))).await?;
    answer::cached(found.ok_or_else(|| AppError::not_found(SETTING))?, &headers)
}

async fn put(
    ctx: Ctx,
    State(app): State<Application>,
    Path(key): Path<String>,
    Json(body): Json<PutSettingBody>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, PutSetting { key, value: Some(body.value.0) }).await?)
}

async fn reset(ctx: Ctx, State(app): State<Application>, Path(key): Path<String>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, PutSetting { key, value: None }).await?)
}
