//! `/tenants/current`: the tenant of the token.

use std::sync::Arc;

use application::authorize::Access;
use application::command::{Application, execute};
use application::error::AppError;
use application::platform::ports::PlatformQueries;
use application::platform::tenants::{TENANT, UpdateTenant};
use application::platform::views::TenantView;
use axum::extract::State;
use domain::text::LocalizedName;
use domain::time_zone::TimeZone;
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Json};
use crate::operation::Operations;
use crate::request;
use crate::wire::Optional;

const TAG: &str = "tenants";

request! {
    /// Changes to the tenant. Members left out stay as they are; code, currency and country are fixed.
    pub struct UpdateTenantBody {
        name: Optional<LocalizedName>,
        /// The time zone, which decides which day is "today". A change applies from now on; posted entries keep their
        /// dates.
        time_zone: Optional<TimeZone>,
    }
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "The tenant: the legal entity whose books are kept.");
    ops.get("/tenants/current", get)
        .id("get_current_tenant")
        .tag(TAG)
        .summary("Read the tenant of the token")
        .access(Access::Permission("platform.tenant.read"))
        .view::<TenantView>();
    ops.patch("/tenants/current", update)
        .id("update_current_tenant")
        .tag(TAG)
        .summary("Change the tenant of the token")
        .command::<UpdateTenant>()
        .if_match()
        .body::<UpdateTenantBody>()
        .ok::<TenantView>();
}

async fn get(ctx: Ctx, State(queries): State<Arc<dyn PlatformQueries>>, headers: HeaderMap) -> ApiResult {
    let view = queries.tenant(ctx.tenant).await?.ok_or_else(|| AppError::not_found(TENANT))?;
    answer::view(&view, Some(view.version), &headers)
}

async fn update(ctx: Ctx, State(app): State<Application>, Json(body): Json<UpdateTenantBody>) -> ApiResult {
    answer::ok(execute(&app, &ctx, UpdateTenant { name: body.name.0, time_zone: body.time_zone.0 }).await?)
}
