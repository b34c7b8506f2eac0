//! `/auth/invitations/accept`: a person becomes a user of a tenant.

use std::sync::Arc;

use application::authorize::Access;
use application::context::Actor;
use application::error::{ALREADY_EXISTS, AppError, UNAUTHENTICATED};
use application::platform::error::{
    INVITATION_FOR_OTHER, INVITATION_UNUSABLE, INVITATION_VOID, OWN_PASSWORD_NEEDED, PASSWORD_NOT_NEEDED,
    TOO_MANY_ATTEMPTS, TOO_MANY_MEMBERSHIPS, USERS_ONLY,
};
use application::platform::identity::Authenticator;
use application::platform::invitations::{Acceptor, NewAccount, accept};
use application::platform::sign_in::SignIn;
use application::platform::views::AcceptedInvitationView;
use axum::extract::State;
use domain::error::{Language, Violation};
use domain::platform::PASSWORD_GUESSABLE;
use domain::text::NAME_LENGTH_MAX;
use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::answer::{self, ApiResult};
use crate::extract::{Json, Visitor};
use crate::middleware::guard::credential;
use crate::operation::Operations;
use crate::request;
use crate::wire::{NewPassword, REQUIRED, RequiredText};

/// Longest token, in characters.
const TOKEN_LENGTH_MAX: usize = 200;

request! {
    /// Acceptance of an invitation.
    pub struct AcceptInvitationBody {
        /// As it was shown to whoever invited.
        token: RequiredText<TOKEN_LENGTH_MAX>,
        /// Without signing in: the first password of the new account, at least 12 characters and not easy to guess.
        password: Option<NewPassword>,
        /// Without signing in: the name of the new account; by default the invitation's.
        name: Option<RequiredText<NAME_LENGTH_MAX>> = "Sara Al-Otaibi",
        /// Without signing in: the language of messages; by default the invitation's.
        locale: Option<Language> = "ar",
    }
}

pub fn operations(ops: &mut Operations) {
    ops.post("/auth/invitations/accept", handle)
        .id("accept_invitation")
        .tag(super::auth::TAG)
        .summary("Accept an invitation")
        .description(
            "With a person's bearer token the invitation makes that person a user of the tenant, if their address is the invited \
             one; no tenant's administrator sets the password of an account with several tenants. Without one, `password` makes \
             a new account, which opens this tenant alone, also when somebody has an account with the same address elsewhere. \
             Then sign in.",
        )
        .signs_in()
        .access(Access::Public)
        .body::<AcceptInvitationBody>()
        .ok::<AcceptedInvitationView>()
        .errors(&[
            &UNAUTHENTICATED,
            &USERS_ONLY,
            &INVITATION_UNUSABLE,
            &INVITATION_FOR_OTHER,
            &INVITATION_VOID,
            &OWN_PASSWORD_NEEDED,
            &PASSWORD_NOT_NEEDED,
            &PASSWORD_GUESSABLE,
            &TOO_MANY_ATTEMPTS,
            &TOO_MANY_MEMBERSHIPS,
            &ALREADY_EXISTS,
        ]);
}

async fn handle(
    visitor: Visitor,
    headers: HeaderMap,
    State(sign_in): State<SignIn>,
    State(authenticator): State<Arc<dyn Authenticator>>,
    Json(body): Json<AcceptInvitationBody>,
) -> ApiResult {
    let acceptor = match signed_in(&headers, &*authenticator).await? {
        Some(_) if body.password.is_some() => {
            return Err(Violation::new(&PASSWORD_NOT_NEEDED).at("/password").into());
        }
        Some(Actor::User(id)) => Acceptor::SignedIn(id),
        Some(Actor::ApiKey(..) | Actor::System) => return Err(AppError::of(&USERS_ONLY).into()),
        None => {
            let missing = || AppError::new(Violation::new(&REQUIRED).at("/password"));
            let password = body.password.ok_or_else(missing)?.0;
            Acceptor::New(NewAccount { password, name: body.name.map(String::from), locale: body.locale })
        }
    };
    answer::ok(accept(&sign_in, &body.token, acceptor, &visitor.caller()).await?)
}

/// Who is signed in; a credential that is there and not good is refused, not passed over.
async fn signed_in(
    headers: &HeaderMap,
    authenticator: &dyn Authenticator,
) -> Result<Option<Actor>, AppError> {
    let given = headers.contains_key(AUTHORIZATION) || headers.contains_key("x-api-key");
    if !given {
        return Ok(None);
    }
    let credential = credential(headers).ok_or_else(|| AppError::of(&UNAUTHENTICATED))?;
    authenticator.authenticate(&credential).await.map(|identity| Some(identity.actor))
}
