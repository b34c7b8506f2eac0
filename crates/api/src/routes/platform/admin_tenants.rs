//! `/admin/tenants`: for the platform's administrators.

use std::sync::Arc;

use application::accounting::fiscal_years::FirstYear;
use application::authorize::Access;
use application::command::{Application, execute};
use application::error::{ALREADY_EXISTS, AppError};
use application::platform::error::{ALREADY_DONE, HAS_ADMINISTRATOR, OWN_TENANT};
use application::platform::invitations::InvitationToken;
use application::platform::ports::{PasswordHasher, PlatformQueries};
use application::platform::tenants::{ActivateTenant, SuspendTenant, TENANT, TENANT_LIST};
use application::platform::views::{InvitationSecretView, NewTenantView, TenantView};
use application::tenancy::create_tenant::CreateTenant;
use application::tenancy::invite_administrator::InviteAdministrator;
use application::tenancy::provision::{Entry, NewAdministrator, NewTenant};
use axum::extract::State;
use chrono::NaiveDate;
use domain::accounting::fiscal_year::{
    FISCAL_YEAR_END_ALONE, FISCAL_YEAR_END_BEFORE_START, FISCAL_YEAR_TOO_LONG,
};
use domain::country::Country;
use domain::error::Language;
use domain::ids::TenantId;
use domain::money::CurrencyCode;
use domain::platform::{EmailAddress, PASSWORD_GUESSABLE, Password};
use domain::text::{Code, LocalizedName, NAME_LENGTH_MAX};
use domain::time_zone::TimeZone;
use http::HeaderMap;

use super::invitations::shown_once;
use super::recognised_by;
use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource, Visitor};
use crate::operation::Operations;
use crate::request;
use crate::wire::{NewPassword, RequiredText, TemplateName};

const TAG: &str = "admin";

request! {
    /// The first administrator of a tenant.
    pub struct AdministratorBody {
        /// The e-mail address of the administrator. It may have accounts in other tenants already; this account opens
        /// the new tenant only.
        email: EmailAddress = "sara@example.com",
        name: RequiredText<NAME_LENGTH_MAX> = "Sara Al-Otaibi",
        /// A password, with which the account is made at once: at least 12 characters and not easy to guess. Without
        /// it, the answer has an invitation, with which the person chooses a password.
        password: Option<NewPassword>,
        locale: Language => "en",
    }
    /// The administrator of a tenant that has none.
    pub struct InviteAdministratorBody {
        email: EmailAddress = "sara@example.com",
        name: RequiredText<NAME_LENGTH_MAX> = "Sara Al-Otaibi",
        locale: Language => "en",
    }
    /// A new tenant.
    pub struct CreateTenantBody {
        /// The code that people give when they sign in. It is unique on the platform.
        code: Code = "trading",
        name: LocalizedName,
        /// The company currency. It never changes.
        currency: CurrencyCode => "SAR",
        country: Country => "SA",
        /// The time zone, which decides which day is "today"; by default that of the country's capital.
        time_zone: Option<TimeZone>,
        /// The template: `sa-standard` has a chart of accounts with Arabic and English names, `empty` has none.
        template: TemplateName => "sa-standard",
        /// The first day of the first fiscal year, which may be any day; by default the year is the calendar year.
        fiscal_year_start: Option<NaiveDate> = "2026-01-01",
        /// The last day of the first fiscal year, at most 24 months after it begins; by default the year has twelve
        /// months.
        fiscal_year_end: Option<NaiveDate> = "2026-12-31",
        administrator: AdministratorBody,
    }
}

impl ListSpecSource for TenantView {
    const SPEC: &'static application::paging::ListSpec = &TENANT_LIST;
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "The tenants of the platform, for platform administrators.");
    ops.post("/admin/tenants", create)
        .id("create_tenant")
        .tag(TAG)
        .summary("Set up a tenant")
        .description(
            "Creates the tenant with its company currency, standard roles and administrator, from a \
             template.",
        )
        .command::<CreateTenant>()
        .body::<CreateTenantBody>()
        .created::<NewTenantView>()
        .errors(&[
            &ALREADY_EXISTS,
            &PASSWORD_GUESSABLE,
            &FISCAL_YEAR_TOO_LONG,
            &FISCAL_YEAR_END_BEFORE_START,
            &FISCAL_YEAR_END_ALONE,
        ]);
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
    ops.post("/admin/tenants/{id}/invite-administrator", invite_administrator)
        .id("invite_administrator")
        .tag(TAG)
        .summary("Invite an administrator into a tenant that has none")
        .description(
            "For a tenant whose first invitation was lost or has expired. The token is shown only in this \
             answer.",
        )
        .command::<InviteAdministrator>()
        .body::<InviteAdministratorBody>()
        .ok::<InvitationSecretView>()
        .errors(&[&HAS_ADMINISTRATOR, &ALREADY_EXISTS]);
    ops.post("/admin/tenants/{id}/suspend", suspend)
        .id("suspend_tenant")
        .tag(TAG)
        .summary("Suspend a tenant")
        .description("The tenant cannot be used until it is activated again. Its data stays as it is.")
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
    visitor: Visitor,
    State(app): State<Application>,
    State(passwords): State<Arc<dyn PasswordHasher>>,
    Json(body): Json<CreateTenantBody>,
) -> ApiResult {
    let person = body.administrator;
    let name = String::from(person.name);
    let mut token = None;
    let entry = match &person.password {
        Some(password) => {
            let code = body.code.as_str();
            let names = [Some(name.as_str()), Some(code), body.name.ar(), body.name.en()];
            let words: Vec<&str> = names.into_iter().flatten().collect();
            let chosen = Password::choose(&password.0, &person.email, &words)
                .map_err(|violation| AppError::new(violation.at("/administrator/password")))?;
            Entry::Password(passwords.hash(chosen, &visitor.caller().turn(&person.email)).await?)
        }
        None => {
            let made = InvitationToken::generate(&*app.ids);
            let hash = made.hash;
            token = Some(made);
            Entry::Invitation(hash)
        }
    };
    let invited = if token.is_some() { "invited" } else { "" };
    let administrator = NewAdministrator { email: person.email, name, locale: person.locale, entry };
    let new = NewTenant {
        code: body.code,
        name: body.name,
        currency: body.currency,
        country: body.country,
        time_zone: body.time_zone,
        template: body.template.0,
        administrator,
    };
    let zone = new.time_zone();
    let parts = [new.code.as_str(), new.currency.as_str(), new.country.as_str(), zone.name(), &new.template];
    let names = [new.name.ar().unwrap_or(""), new.name.en().unwrap_or("")];
    let person = [
        new.administrator.email.as_str(),
        &new.administrator.name,
        new.administrator.locale.as_str(),
        invited,
    ];
    let first_year = FirstYear { start: body.fiscal_year_start, end: body.fiscal_year_end };
    let shown = |date: Option<NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
    let (start, end) = (shown(first_year.start), shown(first_year.end));
    let year = [start.as_str(), end.as_str()];
    let recognised =
        recognised_by(Ctx(ctx.0.clone()), "create_tenant", &[&parts[..], &names, &person, &year].concat());
    let executed = execute(&app, &recognised, CreateTenant { new, first_year }).await?;
    answer::created("/admin/tenants", shown_once(&ctx, executed, token)?)
}

async fn invite_administrator(
    ctx: Ctx,
    Id(id): Id<TenantId>,
    State(app): State<Application>,
    Json(body): Json<InviteAdministratorBody>,
) -> ApiResult {
    let token = InvitationToken::generate(&*app.ids);
    let (name, entry) = (String::from(body.name), Entry::Invitation(token.hash));
    let administrator = NewAdministrator { email: body.email, name, locale: body.locale, entry };
    let command = InviteAdministrator { tenant: id, administrator, token_hash: token.hash };
    let executed = execute(&app, &ctx, command).await?;
    answer::ok(shown_once(&ctx, executed, Some(token))?)
}

async fn list(
    State(queries): State<Arc<dyn PlatformQueries>>,
    params: ListParams<TenantView>,
    accept: Accept,
) -> ApiResult {
    answer::list_from(queries, move |from, query| from.tenants(query), params, accept).await
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
