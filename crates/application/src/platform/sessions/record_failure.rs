//! A wrong password is counted, and one too many locks the account.

use async_trait::async_trait;
use domain::ids::{TenantId, UserId};
use serde_json::json;

use crate::authorize::Access;
use crate::command::{Application, Command, Done, execute};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::platform::guard::record;
use crate::platform::ports::Caller;
use crate::platform::sign_in_policy::SignInPolicy;
use crate::platform::users::USER;
use crate::unit_of_work::UnitOfWork;

/// Counts one failure. While a lock lasts the account's count stays, so that it ends when it said it would.
///
/// Every refusal costs one write, whatever its reason: the time of an answer does not tell which addresses exist.
pub struct RecordFailure {
    /// The accounts that the password was tried for. None is to blame for an unknown address, nor for a right password that
    /// lets nobody in.
    users: Vec<UserId>,
    failures_max: u32,
    lock_seconds: i64,
}

impl RecordFailure {
    pub async fn run(
        app: &Application,
        policy: &SignInPolicy,
        tenant: TenantId,
        users: Vec<UserId>,
        caller: &Caller,
    ) -> AppResult<()> {
        let command =
            Self { users, failures_max: policy.failures_max, lock_seconds: i64::from(policy.lock_seconds) };
        // Nothing proves that the account's owner typed the password.
        execute(app, &RequestContext::system(tenant, &caller.request_id), command).await.map(|_| ())
    }
}

#[async_trait]
impl Command for RecordFailure {
    const NAME: &'static str = "record_sign_in_failure";
    const ACCESS: Access = Access::Public;
    type Output = ();

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        let mut counted = false;
        for user in &self.users {
            counted |= self.count(uow, *user).await?;
        }
        if !counted {
            uow.sessions().count_refusal().await?;
        }
        Ok(Done::new(()))
    }
}

impl RecordFailure {
    /// Answers whether the account could be blamed.
    async fn count(&self, uow: &mut dyn UnitOfWork, user: UserId) -> AppResult<bool> {
        let now = uow.now();
        let found = uow.users().find(user).await?;
        let Some(mut user) = found.filter(|user| !user.is_locked(now)) else { return Ok(false) };
        user.failed_attempts += 1;
        let lock = user.failed_attempts >= self.failures_max;
        if lock {
            user.failed_attempts = 0;
            user.locked_until = Some(now.plus_seconds(self.lock_seconds));
        }
        uow.users().update(&user).await?;
        if lock {
            let after = json!({ "lockedUntil": user.locked_until.map(|until| until.to_string()) });
            record(uow, (USER, user.id.uuid()), "locked", None, Some(&after))?;
        }
        Ok(true)
    }
}
