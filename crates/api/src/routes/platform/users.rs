//! `/users`: the people of the tenant.

use std::sync::Arc;

use application::authorize::Access;
use application::command::{Application, execute};
use application::context::{Actor, RequestContext};
use application::error::{ALREADY_EXISTS, AppError, AppResult};
use application::platform::error::{
    ALREADY_DONE, CURRENT_PASSWORD_NEEDED, LAST_ADMINISTRATOR, OWN_ACCOUNT, TARGET_EXCEEDS_OWN, USERS_ONLY,
    WRONG_PASSWORD,
};
use application::platform::guard::person;
use application::platform::invitations::CreateInvitation;
use application::platform::me::verify_own;
use application::platform::ports::{Caller, PlatformQueries};
use application::platform::sign_in::SignIn;
use application::platform::users::{
    ActivateUser, DeactivateUser, RevokeUserSessions, SetPassword, USER, USER_LIST, UpdateUser,
};
use application::platform::views::{InvitationSecretView, UserView};
use axum::extract::State;
use domain::error::Language;
use domain::ids::UserId;
use domain::platform::{EmailAddress, PASSWORD_GUESSABLE, PasswordHash};
use domain::text::NAME_LENGTH_MAX;
use http::HeaderMap;

use super::invitations::{self, CreateInvitationBody};
use super::recognised_by;
use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource, Visitor};
use crate::operation::Operations;
use crate::request;
use crate::wire::{CurrentPassword, NewPassword, Optional, RequiredText};

const TAG: &str = "users";

request! {
    /// Changes to a user. Members left out stay as they are.
    pub struct UpdateUserBody {
        /// A new e-mail address. It can be changed only if this tenant manages the account: one that was made by
        /// accepting this tenant's invitation, until the person takes it into another tenant.
        email: Optional<EmailAddress> = "sara@example.com",
        /// The user's name in this tenant.
        name: Optional<RequiredText<NAME_LENGTH_MAX>> = "Sara Al-Otaibi",
        locale: Optional<Language> = "ar",
        /// The current password. It is needed if callers change the address of their own account.
        current_password: Option<CurrentPassword>,
    }
    /// A new password for a user.
    pub struct SetPasswordBody {
        /// The new password: at least 12 characters and not easy to guess.
        password: NewPassword,
        /// The current password. It is needed if the user is the caller.
        current_password: Option<CurrentPassword>,
    }
}

impl ListSpecSource for UserView {
    const SPEC: &'static application::paging::ListSpec = &USER_LIST;
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "The users of the tenant.");
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
    ops.post("/users", invitations::create)
        .id("create_user")
        .tag(TAG)
        .summary("Invite a user")
        .description(
            "The same as `POST /invitations`: it answers the invitation, and the person becomes a user by \
             accepting it.",
        )
        .command::<CreateInvitation>()
        .body::<CreateInvitationBody>()
        .created::<InvitationSecretView>()
        .errors(invitations::CREATE_ERRORS);
    ops.patch("/users/{id}", update)
        .id("update_user")
        .tag(TAG)
        .summary("Change a user")
        .description(
            "The name and the language are those of this tenant; other tenants are not affected. Only a \
             person can change the e-mail address, and only that of an account that this tenant manages.",
        )
        .command::<UpdateUser>()
        .if_match()
        .body::<UpdateUserBody>()
        .ok::<UserView>()
        .errors(&[
            &ALREADY_EXISTS,
            &OWN_ACCOUNT,
            &TARGET_EXCEEDS_OWN,
            &USERS_ONLY,
            &CURRENT_PASSWORD_NEEDED,
            &WRONG_PASSWORD,
        ]);
    ops.post("/users/{id}/set-password", set_password)
        .id("set_user_password")
        .tag(TAG)
        .summary("Give a user a new password")
        .description(
            "Sets a new password, ends every session of the user and lifts a lock of the account. Only a \
             person can do this, only for a user who holds no more rights than the caller, and only for an \
             account that this tenant manages. Before such an account can enter another tenant, its owner \
             must choose a new password.",
        )
        .command::<SetPassword>()
        .if_match()
        .body::<SetPasswordBody>()
        .ok::<UserView>()
        .errors(&[
            &OWN_ACCOUNT,
            &TARGET_EXCEEDS_OWN,
            &USERS_ONLY,
            &CURRENT_PASSWORD_NEEDED,
            &WRONG_PASSWORD,
            &PASSWORD_GUESSABLE,
        ]);
    lifecycle(ops);
}

fn lifecycle(ops: &mut Operations) {
    ops.post("/users/{id}/deactivate", deactivate)
        .id("deactivate_user")
        .tag(TAG)
        .summary("Remove a user's access to the tenant")
        .description("Sessions and API keys of the user end at once. Records of the user's actions stay.")
        .command::<DeactivateUser>()
        .if_match()
        .ok::<UserView>()
        .errors(&[&ALREADY_DONE, &LAST_ADMINISTRATOR, &TARGET_EXCEEDS_OWN]);
    ops.post("/users/{id}/revoke-sessions", revoke_sessions)
        .id("revoke_user_sessions")
        .tag(TAG)
        .summary("End a user's sessions")
        .description(
            "Ends the user's sessions in this tenant, but not their API keys. The user may sign in again at \
             once.",
        )
        .command::<RevokeUserSessions>()
        .no_content()
        .errors(&[&TARGET_EXCEEDS_OWN]);
    ops.post("/users/{id}/activate", activate)
        .id("activate_user")
        .tag(TAG)
        .summary("Restore a user's access to the tenant")
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
    answer::list_from(queries, move |from, query| from.users(tenant, query), params, accept).await
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

async fn update(
    ctx: Ctx,
    Id(id): Id<UserId>,
    visitor: Visitor,
    State(sign_in): State<SignIn>,
    Json(body): Json<UpdateUserBody>,
) -> ApiResult {
    let verified = verified(&sign_in, &ctx, id, body.current_password.as_ref(), &visitor.caller()).await?;
    let (email, name, locale) = (body.email.0, body.name.0.map(String::from), body.locale.0);
    let text = |value: Option<&str>| value.unwrap_or("\0").to_owned();
    let parts = [
        id.to_string(),
        text(email.as_ref().map(EmailAddress::as_str)),
        text(name.as_deref()),
        text(locale.map(Language::as_str)),
    ];
    let ctx = recognised_by(ctx, "update_user", &parts.each_ref().map(String::as_str));
    let command = UpdateUser { id, email, name, locale, verified };
    answer::ok(execute(&sign_in.app, &ctx, command).await?)
}

async fn set_password(
    ctx: Ctx,
    Id(id): Id<UserId>,
    visitor: Visitor,
    State(sign_in): State<SignIn>,
    Json(body): Json<SetPasswordBody>,
) -> ApiResult {
    // A caller without the right is refused before anything is hashed.
    person(&ctx)?;
    let user = sign_in.queries.user(ctx.tenant, id).await?.ok_or_else(|| AppError::not_found(USER))?;
    let email = EmailAddress::parse(&user.email)?;
    let chosen =
        sign_in.choose_password(&body.password.0, (&email, &user.name), ctx.tenant, "/password").await?;
    let verified = verified(&sign_in, &ctx, id, body.current_password.as_ref(), &visitor.caller()).await?;
    let password_hash = sign_in.passwords.hash(chosen, &visitor.caller().turn(&email)).await?;
    let ctx = recognised_by(ctx, "set_user_password", &[&id.to_string()]);
    answer::ok(execute(&sign_in.app, &ctx, SetPassword { id, password_hash, verified }).await?)
}

/// The hash against which the caller's current password was verified, if it is their own account and they gave it.
async fn verified(
    sign_in: &SignIn,
    ctx: &RequestContext,
    id: UserId,
    current: Option<&CurrentPassword>,
    caller: &Caller,
) -> AppResult<Option<PasswordHash>> {
    match current {
        Some(current) if ctx.actor == Actor::User(id) => {
            verify_own(sign_in, ctx, &current.0, caller).await.map(Some)
        }
        _ => Ok(None),
    }
}

async fn revoke_sessions(ctx: Ctx, Id(id): Id<UserId>, State(app): State<Application>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, RevokeUserSessions { id }).await?)
}

async fn deactivate(ctx: Ctx, Id(id): Id<UserId>, State(app): State<Application>) -> ApiResult {
    answer::ok(execute(&app, &ctx, DeactivateUser { id }).await?)
}

async fn activate(ctx: Ctx, Id(id): Id<UserId>, State(app): State<Application>) -> ApiResult {
    answer::ok(execute(&app, &ctx, ActivateUser { id }).await?)
}
