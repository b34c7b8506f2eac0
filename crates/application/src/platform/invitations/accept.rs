//! Accepting, by whoever holds the token: signed in, or with a first password.

use std::time::Duration;

use domain::error::{Language, Violation};
use domain::ids::UserId;
use domain::time::Timestamp;

use super::accept_invitation::{AcceptInvitation, Account};
use crate::command::{Executed, execute};
use crate::error::{AppError, AppResult};
use crate::platform::api_keys::hash_token;
use crate::platform::error::{INVITATION_UNUSABLE, TOO_MANY_ATTEMPTS};
use crate::platform::ports::Caller;
use crate::platform::records::NewUser;
use crate::platform::sessions::context_of;
use crate::platform::sign_in::SignIn;

/// Wrong tokens that one source may send before it has to wait.
pub const WRONG_TOKENS_MAX: u32 = 30;
/// How long it waits then, in seconds.
pub const WRONG_TOKENS_SECONDS: i64 = 60;

/// The first data of a new account; `None` takes the invitation's.
pub struct NewAccount {
    pub password: String,
    pub name: Option<String>,
    pub locale: Option<Language>,
}

/// The accepting person: signed in, or not yet a user.
pub enum Acceptor {
    SignedIn(UserId),
    New(NewAccount),
}

/// Without signing in it always makes a new account, whoever else has the address elsewhere: neither the answer nor its time
/// tells whether somebody does, and no password of theirs is touched.
pub async fn accept(
    sign_in: &SignIn,
    token: &str,
    acceptor: Acceptor,
    caller: &Caller,
) -> AppResult<Executed> {
    let unusable = || AppError::new(Violation::new(&INVITATION_UNUSABLE).at("/token"));
    let token_hash = hash_token(token);
    let now = sign_in.app.clock.now();
    not_too_often(sign_in, caller, now)?;
    let found = sign_in.queries.invitation_by_token(&token_hash).await?;
    // A hash is made for nobody who only guesses.
    let Some((tenant, invitation)) = found.filter(|(_, invitation)| invitation.is_usable(now)) else {
        if let Some(source) = caller.source {
            let key = format!("invitation {source}");
            sign_in.attempts.count(&key, WRONG_TOKENS_MAX, WRONG_TOKENS_SECONDS, now);
        }
        return Err(unusable());
    };
    let (id, account) = match acceptor {
        Acceptor::SignedIn(id) => (id, Account::Known(id)),
        Acceptor::New(new) => {
            let name = new.name.unwrap_or_else(|| invitation.name.clone());
            let password = sign_in
                .choose_password(&new.password, (&invitation.email, &name), tenant, "/password")
                .await?;
            let id = UserId::new(sign_in.app.ids.new_id());
            let new = NewUser {
                id,
                password_hash: sign_in.passwords.hash(password, &caller.turn(&invitation.email)).await?,
                email: invitation.email,
                name,
                locale: new.locale.unwrap_or(invitation.locale),
                password_by_other: false,
                platform_admin: false,
                managed_by: Some(tenant),
            };
            (id, Account::New(new))
        }
    };
    let ctx = context_of(id, tenant, caller);
    execute(&sign_in.app, &ctx, AcceptInvitation { token_hash, account }).await
}

fn not_too_often(sign_in: &SignIn, caller: &Caller, now: Timestamp) -> AppResult<()> {
    let Some(source) = caller.source else { return Ok(()) };
    let locked = sign_in.attempts.locked_until(&format!("invitation {source}"), WRONG_TOKENS_MAX, now);
    let Some(until) = locked else { return Ok(()) };
    let seconds = u64::try_from((until.micros() - now.micros()) / 1_000_000 + 1).unwrap_or(1);
    let refused = Violation::new(&TOO_MANY_ATTEMPTS).with("seconds", seconds);
    Err(AppError { retry_after: Some(Duration::from_secs(seconds)), ..AppError::new(refused) })
}
