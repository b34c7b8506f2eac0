//! `/me`: the caller.

use std::sync::Arc;

use application::authorize::Access;
use application::command::{Application, execute};
use application::error::UNKNOWN_REFERENCE;
use application::platform::error::{USERS_ONLY, WRONG_PASSWORD};
use application::platform::me::{ChangePassword, UpdateMe, change_password, me};
use application::platform::ports::PlatformQueries;
use application::platform::sign_in::SignIn;
use application::platform::views::{MeView, UserView};
use axum::extract::State;
use domain::error::Language;
use domain::ids::TenantId;
use domain::text::NAME_LENGTH_MAX;

use super::recognised_by;
use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Json, Visitor};
use crate::middleware::Switches;
use crate::middleware::rate::Refused;
use crate::operation::Operations;
use crate::request;
use crate::wire::{CurrentPassword, NewPassword, Optional, RequiredText};

const TAG: &str = "me";

request! {
    /// Changes to the caller's own data. Members left out stay as they are.
    pub struct UpdateMeBody {
        name: Optional<RequiredText<NAME_LENGTH_MAX>> = "Sara Al-Otaibi",
        /// The language of messages.
        locale: Optional<Language> = "ar",
        /// The tenant that a sign-in enters by default: one of those the caller belongs to.
        default_tenant_id: Optional<TenantId>,
    }
    /// A change of the caller's own password.
    pub struct ChangePasswordBody {
        current_password: CurrentPassword,
        /// The new password: at least 12 characters and not easy to guess.
        new_password: NewPassword,
    }
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "The caller: the user, the tenant and the permissions.");
    ops.get("/me", get)
        .id("get_me")
        .tag(TAG)
        .summary("Read the caller")
        .description(
            "The user, the tenant, the permissions of this credential and every tenant the user belongs to.",
        )
        .access(Access::SignedIn)
        .ok::<MeView>();
    ops.patch("/me", update)
        .id("update_me")
        .tag(TAG)
        .summary("Change your own name, language or default tenant")
        .description(
            "The name and the language are those of this tenant. `If-Match` takes the version of the user \
             in `GET /me`.",
        )
        .command::<UpdateMe>()
        .if_match()
        .body::<UpdateMeBody>()
        .ok::<UserView>()
        .errors(&[&USERS_ONLY, &UNKNOWN_REFERENCE]);
    ops.post("/me/password", password)
        .id("change_my_password")
        .tag(TAG)
        .summary("Change your own password")
        .description(
            "Ends every session of the user, including this one; sign in again with the new password. Wrong \
             attempts count towards the lock of the account.",
        )
        .signs_in()
        .command::<ChangePassword>()
        .body::<ChangePasswordBody>()
        .no_content()
        .errors(&[&USERS_ONLY, &WRONG_PASSWORD, &domain::platform::PASSWORD_GUESSABLE]);
}

async fn get(ctx: Ctx, State(queries): State<Arc<dyn PlatformQueries>>) -> ApiResult {
    answer::json(&me(&*queries, &ctx).await?)
}

async fn update(ctx: Ctx, State(app): State<Application>, Json(body): Json<UpdateMeBody>) -> ApiResult {
    let command = UpdateMe {
        name: body.name.0.map(String::from),
        locale: body.locale.0,
        default_tenant: body.default_tenant_id.0,
    };
    answer::ok(execute(&app, &ctx, command).await?)
}

async fn password(
    ctx: Ctx,
    visitor: Visitor,
    State(sign_in): State<SignIn>,
    State(switches): State<Switches>,
    Json(body): Json<ChangePasswordBody>,
) -> ApiResult {
    let ctx = recognised_by(ctx, "change_my_password", &[]);
    if let Some(user) = ctx.actor.user_id() {
        let _ = switches.rates().sign_in_to(&user.to_string()).map_err(Refused::problem)?;
    }
    let (current, new) = (&body.current_password.0, &body.new_password.0);
    let executed = change_password(&sign_in, &ctx, current, new, &visitor.caller()).await?;
    answer::no_content(executed)
}
