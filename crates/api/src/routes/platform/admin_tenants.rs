//! `/admin/tenants`: for the platform's administrators.

use std::sync::Arc;

use application::authorize::Access;
use application::command::{Application, execute};
use application::error::{ALREADY_EXISTS, AppError};
use application::platform::create_tenant::CreateTenant;
use application::platform::error::{ALREADY_DONE, OWN_TENANT};
use application::platform::ports::{PasswordHasher, PlatformQueries};
use application::platform::provision::{NewAdministrator, NewTenant};
use application::platform::records::Country;
use application::platform::tenants::{ActivateTenant, SuspendTenant, TENANT, TENANT_LIST};
use application::platform::views::TenantView;
use axum::extract::State;
use domain::error::Language;
use domain::ids::TenantId;
use domain::money::CurrencyCode;
use domain::platform::EmailAddress;
use domain::text::{Code, LocalizedName, NAME_LENGTH_MAX};
use http::HeaderMap;

use super::{hash_password, recognised_by};
use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;
use crate::request;
use crate::wire::{NewPassword, RequiredText, TemplateName};

const TAG: &str = "admin";

request! {
    /// The first administrator of a tenant.
    pub struct AdministratorBody {
        /// Someone who is known already keeps their name and password.
        email: EmailAddress = "sara@example.com",
        name: RequiredText<NAME_LENGTH_MAX> = "Sara Al-Otaibi",
        /// At least 12 characters.
        password: NewPassword,
        locale: Language => "en",
    }
    /// A new tenant.
    pub struct CreateTenantBody {
        /// What people give when they sign in; unique.
        code: Code = "trading",
        name: LocalizedName,
        /// The company currency; it never changes.
        currency: CurrencyCode => "SAR",
        country: Country => "SA",
        /// `sa-standard`: a chart of accounts with Arabic and English names; `empty`: nothing.
        template: TemplateName => "sa-standard",
        administrator: AdministratorBody,
    }
}

impl ListSpecSource for TenantView {
    const SPEC: &'static application::paging::ListSpec = &TENANT_LIST;
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Tenants of the platform, for its administrators.");
    ops.post("/admin/tenants", create)
        .id("create_tenant")
        .tag(TAG)
        .summary("Set up a tenant")
        .description("Creates the tenant, its company currency, its standard roles and its administrator, from a template.")
        .command::<CreateTenant>()
        .body::<CreateTenantBody>()
        .created::<TenantView>()
        .errors(&[&ALREADY_EXISTS, &domain::platform::PASSWORD_GUESSABLE]);
    ops.get("/admin/tenants", list)
        .id("list_tenants")
        .tag(TAG)
        .summary("List tenants")
        .access(Access::PlatformAdmin)
        .list::<TenantView>(&TENANT_LIST);
    ops.get("/admin/tenants/{id}", get)
        .id("get_tenant")
        .tag(TAG)
        .summary("Read a tenant")
        .access(Access::PlatformAdmin)
        .view::<TenantView>();
    ops.post("/admin/tenants/{id}/suspend", suspend)
        .id("suspend_tenant")
        .tag(TAG)
        .summary("Suspend a tenant")
        .description("Nobody can use it until it is activated again; nothing in it changes.")
        .command::<SuspendTenant>()
        .if_match()
        .ok::<TenantView>()
        .errors(&[&ALREADY_DONE, &OWN_TENANT]);
    ops.post("/admin/tenants/{id}/activate", activate)
        .id("activate_tenant")
        .tag(TAG)
        .summary("Activate a suspended tenant")
        .command::<ActivateTenant>()
        .if_match()
        .ok::<TenantView>()
        .errors(&[&ALREADY_DONE]);
}

async fn create(
    ctx: Ctx,
    State(app): State<Application>,
    State(passwords): State<Arc<dyn PasswordHasher>>,
    Json(body): Json<CreateTenantBody>,
) -> ApiResult {
    let person = body.administrator;
    let name = String::from(person.name);
    let hash =
        hash_password(&*passwords, &person.password, &person.email, &name, "/administrator/password").await?;
    let administrator = NewAdministrator {
        email: person.email,
        name,
        locale: person.locale,
        password_hash: hash,
        platform_admin: false,
    };
    let new = NewTenant {
        code: body.code,
        name: body.name,
        currency: body.currency,
        country: body.country,
        template: body.template.0,
        administrator,
    };
    let parts = [new.code.as_str(), new.currency.as_str(), new.country.as_str(), &new.template];
    let names = [new.name.ar().unwrap_or(""), new.name.en().unwrap_or("")];
    let person =
        [new.administrator.email.as_str(), &new.administrator.name, new.administrator.locale.as_str()];
    let ctx = recognised_by(ctx, "create_tenant", &[&parts[..], &names, &person].concat());
    answer::created("/admin/tenants", execute(&app, &ctx, CreateTenant { new }).await?)
}

async fn list(
    State(queries): State<Arc<dyn PlatformQueries>>,
    params: ListParams<TenantView>,
    accept: Accept,
) -> ApiResult {
    let page = move |query| {
        let queries = queries.clone();
        async move { queries.tenants(&query).await }
    };
    answer::list(page, params.into_inner(), accept).await
}

async fn get(
    Id(id): Id<TenantId>,
    State(queries): State<Arc<dyn PlatformQueries>>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.tenant(id).await?.ok_or_else(|| AppError::not_found(TENANT))?;
    answer::view(&view, Some(view.version), &headers)
}

async fn suspend(ctx: Ctx, Id(id): Id<TenantId>, State(app): State<Application>) -> ApiResult {
    answer::ok(execute(&app, &ctx, SuspendTenant { id }).await?)
}

async fn activate(ctx: Ctx, Id(id): Id<TenantId>, State(app): State<Application>) -> ApiResult {
    answer::ok(execute(&app, &ctx, ActivateTenant { id }).await?)
}
