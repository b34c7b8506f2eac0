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
        /// The token of the invitation, as the inviting user received it.
        token: RequiredText<TOKEN_LENGTH_MAX>,
        /// The password of the new account, at least 12 characters and not easy to guess; only without a bearer token.
        password: Option<NewPassword>,
        /// The name of the new account; by default that of the invitation. Only without a bearer token.
        name: Option<RequiredText<NAME_LENGTH_MAX>> = "Sara Al-Otaibi",
        /// The language of messages; by default that of the invitation. Only without a bearer token.
        locale: Option<Language> = "ar",
    }
}

pub fn operations(ops: &mut Operations) {
    ops.post("/auth/invitations/accept", handle)
        .id("accept_invitation")
        .tag(super::auth::TAG)
        .summary("Accept an invitation")
        .description(
            "Called with the bearer token of a user, the invitation makes that user a member of the tenant, \
             if the user's e-mail address is the invited one; no tenant's administrator can set the \
             password of an account that belongs to several tenants. Called without a token, `password` \
             creates a new account, which opens only this tenant, even if there is an account with the same \
             address elsewhere. Then sign in.",
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

/// The user who is signed in, if any. A bad credential is refused, not passed over.
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
