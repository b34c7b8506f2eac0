//! `/users`: the people of the tenant.

use std::sync::Arc;

use application::authorize::Access;
use application::command::{Application, execute};
use application::error::{ALREADY_EXISTS, AppError, UNKNOWN_REFERENCE};
use application::platform::error::{
    ALREADY_DONE, GRANT_EXCEEDS_OWN, LAST_ADMINISTRATOR, SHARED_USER, TARGET_EXCEEDS_OWN,
};
use application::platform::ports::{PasswordHasher, PlatformQueries};
use application::platform::users::{
    ActivateUser, CreateUser, DeactivateUser, SetPassword, USER, USER_LIST, UpdateUser,
};
use application::platform::views::UserView;
use axum::extract::State;
use domain::error::Language;
use domain::ids::{RoleId, UserId};
use domain::platform::{EmailAddress, PASSWORD_GUESSABLE};
use domain::text::NAME_LENGTH_MAX;
use http::HeaderMap;

use super::{hash_password, recognised_by};
use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;
use crate::request;
use crate::wire::{List, NewPassword, Optional, RequiredText};

const TAG: &str = "users";
/// Roles given with an invitation.
const ROLES_MAX: usize = 20;

request! {
    /// An invitation into the tenant.
    pub struct CreateUserBody {
        /// The sign-in name. Someone known from another tenant keeps their name and password.
        email: EmailAddress = "sara@example.com",
        name: RequiredText<NAME_LENGTH_MAX> = "Sara Al-Otaibi",
        /// The language of messages.
        locale: Language => "en",
        /// At least 12 characters; without it the person cannot sign in until a password is set.
        password: Option<NewPassword>,
        /// Roles given at once; needs `platform.role_assignment.create` too.
        role_ids: List<RoleId, ROLES_MAX> => [],
    }
    /// Changes of a user.
    pub struct UpdateUserBody {
        email: Optional<EmailAddress> = "sara@example.com",
        name: Optional<RequiredText<NAME_LENGTH_MAX>> = "Sara Al-Otaibi",
        locale: Optional<Language> = "ar",
    }
    /// A new password for a user.
    pub struct SetPasswordBody {
        /// At least 12 characters.
        password: NewPassword,
    }
}

impl ListSpecSource for UserView {
    const SPEC: &'static application::paging::ListSpec = &USER_LIST;
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "The people of the tenant.");
    ops.get("/users", list)
        .id("list_users")
        .tag(TAG)
        .summary("List users")
        .access(Access::Permission("platform.user.read"))
        .list::<UserView>(&USER_LIST);
    ops.get("/users/{id}", get)
        .id("get_user")
        .tag(TAG)
        .summary("Read a user")
        .access(Access::Permission("platform.user.read"))
        .view::<UserView>();
    ops.post("/users", create)
        .id("create_user")
        .tag(TAG)
        .summary("Invite a user")
        .command::<CreateUser>()
        .body::<CreateUserBody>()
        .created::<UserView>()
        .errors(&[&ALREADY_EXISTS, &UNKNOWN_REFERENCE, &GRANT_EXCEEDS_OWN, &PASSWORD_GUESSABLE]);
    ops.patch("/users/{id}", update)
        .id("update_user")
        .tag(TAG)
        .summary("Change a user")
        .description("A person who also belongs to another tenant is changed by themselves, or by the platform's administrator.")
        .command::<UpdateUser>()
        .if_match()
        .body::<UpdateUserBody>()
        .ok::<UserView>()
        .errors(&[&ALREADY_EXISTS, &SHARED_USER, &TARGET_EXCEEDS_OWN]);
    ops.post("/users/{id}/set-password", set_password)
        .id("set_user_password")
        .tag(TAG)
        .summary("Give a user a new password")
        .description("Ends every session of the user and lifts a lock. Only for users who hold no more rights than the caller.")
        .command::<SetPassword>()
        .if_match()
        .body::<SetPasswordBody>()
        .ok::<UserView>()
        .errors(&[&SHARED_USER, &TARGET_EXCEEDS_OWN, &PASSWORD_GUESSABLE]);
    lifecycle(ops);
}

fn lifecycle(ops: &mut Operations) {
    ops.post("/users/{id}/deactivate", deactivate)
        .id("deactivate_user")
        .tag(TAG)
        .summary("Shut a user out of the tenant")
        .description("Sessions and API keys of the user end at once; what they did stays.")
        .command::<DeactivateUser>()
        .if_match()
        .ok::<UserView>()
        .errors(&[&ALREADY_DONE, &LAST_ADMINISTRATOR]);
    ops.post("/users/{id}/activate", activate)
        .id("activate_user")
        .tag(TAG)
        .summary("Let a user in again")
        .command::<ActivateUser>()
        .if_match()
        .ok::<UserView>()
        .errors(&[&ALREADY_DONE, &TARGET_EXCEEDS_OWN]);
}

async fn list(
    ctx: Ctx,
    State(queries): State<Arc<dyn PlatformQueries>>,
    params: ListParams<UserView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    let page = move |query| {
        let queries = queries.clone();
        async move { queries.users(tenant, &query).await }
    };
    answer::list(page, params.into_inner(), accept).await
}

async fn get(
    ctx: Ctx,
    Id(id): Id<UserId>,
    State(queries): State<Arc<dyn PlatformQueries>>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.user(ctx.tenant, id).await?.ok_or_else(|| AppError::not_found(USER))?;
    answer::view(&view, Some(view.version), &headers)
}

async fn create(
    ctx: Ctx,
    State(app): State<Application>,
    State(passwords): State<Arc<dyn PasswordHasher>>,
    Json(body): Json<CreateUserBody>,
) -> ApiResult {
    let name = String::from(body.name);
    let password_hash = match &body.password {
        Some(password) => Some(hash_password(&*passwords, password, &body.email, &name, "/password").await?),
        None => None,
    };
    let roles: Vec<String> = body.role_ids.0.iter().map(ToString::to_string).collect();
    let given = if password_hash.is_some() { "password" } else { "" };
    let parts = [body.email.as_str(), &name, body.locale.as_str(), given, &roles.join(",")];
    let ctx = recognised_by(ctx, "create_user", &parts);
    let command =
        CreateUser { email: body.email, name, locale: body.locale, password_hash, roles: body.role_ids.0 };
    answer::created("/users", execute(&app, &ctx, command).await?)
}

async fn update(
    ctx: Ctx,
    Id(id): Id<UserId>,
    State(app): State<Application>,
    Json(body): Json<UpdateUserBody>,
) -> ApiResult {
    let name = body.name.0.map(String::from);
    let command = UpdateUser { id, email: body.email.0, name, locale: body.locale.0 };
    answer::ok(execute(&app, &ctx, command).await?)
}

async fn set_password(
    ctx: Ctx,
    Id(id): Id<UserId>,
    State(app): State<Application>,
    State(queries): State<Arc<dyn PlatformQueries>>,
    State(passwords): State<Arc<dyn PasswordHasher>>,
    Json(body): Json<SetPasswordBody>,
) -> ApiResult {
    let user = queries.user(ctx.tenant, id).await?.ok_or_else(|| AppError::not_found(USER))?;
    let email = EmailAddress::parse(&user.email)?;
    let password_hash = hash_password(&*passwords, &body.password, &email, &user.name, "/password").await?;
    let ctx = recognised_by(ctx, "set_user_password", &[&id.to_string()]);
    answer::ok(execute(&app, &ctx, SetPassword { id, password_hash }).await?)
}

async fn deactivate(ctx: Ctx, Id(id): Id<UserId>, State(app): State<Application>) -> ApiResult {
    answer::ok(execute(&app, &ctx, DeactivateUser { id }).await?)
}

async fn activate(ctx: Ctx, Id(id): Id<UserId>, State(app): State<Application>) -> ApiResult {
    answer::ok(execute(&app, &ctx, ActivateUser { id }).await?)
}
